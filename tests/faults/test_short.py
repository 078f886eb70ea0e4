"""The short form of `make faults`, for CI: some of it once, on one broker and a pair of PostgreSQL."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.faults.faults import faults
from tests.faults.run import endured
from tests.faults.stand import Stand, stand_on

pytestmark = pytest.mark.system

IN_CI = (
    "session, between insert and commit",
    "publisher, between-send-and-receipt",
    "consumer, between-rows-and-commit",
    "primary lost, its standby leads",
)


@pytest.fixture(scope="module")
def stand(kafka_bootstrap: str) -> Iterator[Stand]:
    with (
        tempfile.TemporaryDirectory(prefix="pathway-faults-") as folder,
        stand_on(Path(folder), Random(1), kafka_bootstrap) as stand,
    ):
        yield stand


@pytest.mark.parametrize("name", IN_CI)
def test_nothing_is_lost_doubled_or_out_of_order_after(name: str, stand: Stand) -> None:
    [fault] = [one for one in faults(0) if one.name == name]

    line = endured(stand, fault, 1, Random(2), lambda: None)

    assert line.troubles == []
    assert line.verdict.wrong == []
    assert line.verdict.acknowledged > 0
    assert len(line.seconds) == 1


def test_all_that_was_acknowledged_on_the_way_is_still_there(stand: Stand) -> None:
    verdict = stand.judged(stand.acknowledged)

    assert verdict.wrong == []
    assert verdict.acknowledged >= len(IN_CI)
