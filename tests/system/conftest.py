"""The whole system for the tests of this folder; see `stack.py` for what can be done to it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.conftest import NewDatabase
from tests.system.stack import Stack, running


@pytest.fixture(scope="session")
def stack(new_database: NewDatabase, kafka_bootstrap: str) -> Iterator[Stack]:
    """Everybody on the session's servers, with databases and topics of its own; others look at it too."""
    suffix = uuid4().hex[:8]
    urls = new_database(), new_database()
    topics = {"EVENTS_TOPIC": f"events-{suffix}", "STATE_TOPIC": f"state-{suffix}"}
    with (
        tempfile.TemporaryDirectory(prefix="pathway-system-") as folder,
        running(
            Stack(
                Path(folder), urls, kafka_bootstrap, **topics, PROJECTIONS_GROUP=f"group-{suffix}"
            )
        ) as stack,
    ):
        yield stack
