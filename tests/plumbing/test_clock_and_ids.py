"""The day it is in Flanders, and identifiers that sort by time."""

from datetime import UTC, date, datetime

import pytest
from plumbing.clock import brussels_today, utc_now
from plumbing.ids import new_id


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 1, 31, 22, 59, tzinfo=UTC), date(2026, 1, 31)),
        (datetime(2026, 1, 31, 23, 0, tzinfo=UTC), date(2026, 2, 1)),
        (datetime(2026, 7, 31, 22, 0, tzinfo=UTC), date(2026, 8, 1)),
    ],
)
def test_the_day_changes_at_midnight_in_brussels_in_winter_and_summer(
    moment: datetime, day: date
) -> None:
    assert brussels_today(moment) == day


def test_a_moment_without_a_time_zone_has_no_day() -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        brussels_today(datetime(2026, 1, 1))  # noqa: DTZ001


def test_the_clock_is_aware() -> None:
    assert utc_now().tzinfo is UTC


def test_new_identifiers_are_of_version_7_and_sort_by_age() -> None:
    made = [new_id() for _ in range(1000)]

    assert {identifier.version for identifier in made} == {7}
    assert sorted(made) == made
