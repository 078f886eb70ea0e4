"""The list of faults has every failpoint, and a run counts what goes wrong."""

import pytest
from plumbing.failpoints import PLACES

from tests.faults.faults import faults
from tests.faults.judge import Verdict
from tests.faults.run import Line, times


def test_every_failpoint_is_on_the_list_and_each_name_once() -> None:
    names = [fault.name for fault in faults(5)]

    assert len(names) == len(set(names))
    left = {place for place in PLACES if not any(name.endswith(place) for name in names)}
    assert left == set()


@pytest.mark.parametrize(
    ("name", "often"),
    [
        ("api, before-append", 20),
        ("anybody killed at any moment", 1000),
        ("PostgreSQL killed", 5),
        ("another cluster", 1),
    ],
)
def test_what_takes_long_comes_less_often(name: str, often: int) -> None:
    [fault] = [one for one in faults(5) if one.name == name]

    assert times(fault, kills=1000, each=20) == often
    assert times(fault, kills=0, each=0) == 0


def test_a_line_is_well_only_without_findings_and_troubles() -> None:
    assert Line("one").well
    assert not Line("one", verdict=Verdict(1, lost=["a"])).well
    assert not Line("one", verdict=Verdict(1, doubled=["a"])).well
    assert not Line("one", verdict=Verdict(1, out_of_order=["a"])).well
    assert not Line("one", verdict=Verdict(1, other_answers=["a"])).well
    assert not Line("one", troubles=["stuck"]).well


def test_a_line_tells_the_middle_and_the_slowest_recovery() -> None:
    line = Line("one", times=3, seconds=[1.0, 9.04, 2.0], verdict=Verdict(1_234, lost=["a", "b"]))

    assert line.cells() == ["one", "3", "1,234", "2", "0", "0", "0", "2.0", "9.0", "see below"]
    assert line.as_json()["verdict"]["lost"] == ["a", "b"]
