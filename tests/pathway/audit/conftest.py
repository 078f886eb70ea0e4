"""A store with two topics of the test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pathway.publishing import Publishing, topics_for


@pytest.fixture
def publishing(
    pathway_url: str, kafka_bootstrap: str, topic_suffix: str, tmp_path: Path
) -> Iterator[Publishing]:
    with topics_for(pathway_url, kafka_bootstrap, topic_suffix, tmp_path) as publishing:
        yield publishing
