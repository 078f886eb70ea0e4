"""Lengths as sources tell them, on the calendar."""

from datetime import date
from decimal import Decimal

import pytest
from pathway.domain.lengths import length, through_the_weekend, working_days

from tests.pathway.domain.kit import day


@pytest.mark.parametrize(
    ("told", "start", "last"),
    [
        ("30 days", "2015-03-02", "2015-03-31"),
        ("4 weeks", "2015-06-01", "2015-06-28"),
        ("1 week", "2015-06-01", "2015-06-07"),
        ("1 month", "2015-06-01", "2015-06-30"),
        ("3 months", "2015-02-10", "2015-05-09"),
        ("6 months", "2015-09-01", "2016-02-29"),
        ("6 months", "2015-08-31", "2016-02-29"),
        ("12 months", "2018-12-15", "2019-12-14"),
        ("26 weeks or 6 months", "2014-09-01", "2015-03-01"),
        ("26 weeks or 6 months", "2015-03-01", "2015-08-31"),
        ("5 full days", "2015-06-01", "2015-06-05"),
        ("5 full days", "2015-06-03", "2015-06-09"),
        ("5 full days", "2015-06-06", "2015-06-12"),
        ("12 full days", "2015-06-04", "2015-06-19"),
    ],
)
def test_the_last_day_of_a_length_is_that_of_the_longer_way_of_telling_it(
    told: str, start: str, last: str
) -> None:
    one = length(told)

    assert one.last_day(day(start)) == day(last)
    assert str(one) == told
    assert not one.passed(day(start), day(last))
    assert one.reached(day(start), day(last))


def test_half_days_count_for_half() -> None:
    five = length("5 full days")
    start, half = day("2015-06-01"), Decimal(19)

    assert five.last_day(start, half) == day("2015-06-12")
    assert not five.passed(start, day("2015-06-14"), half)
    assert five.passed(start, day("2015-06-15"), half)


@pytest.mark.parametrize(
    ("until", "long_enough"),
    [("2015-06-25", False), ("2015-06-26", True), ("2015-06-27", True), ("2015-06-28", True)],
)
def test_four_weeks_from_a_monday_are_full_on_the_fourth_friday(
    until: str, long_enough: bool
) -> None:
    assert length("4 weeks").reached(day("2015-06-01"), day(until)) is long_enough


def test_one_of_two_ways_of_telling_is_enough() -> None:
    four_weeks = length("4 weeks or 1 month")

    assert four_weeks.reached(day("2015-02-02"), day("2015-03-01"))
    assert four_weeks.reached(day("2015-06-02"), day("2015-06-29"))
    assert not four_weeks.reached(day("2015-06-02"), day("2015-06-24"))


def test_working_days_are_those_from_monday_to_friday() -> None:
    assert working_days(day("2015-06-06"), day("2015-06-07")) == 0
    assert working_days(day("2015-06-05"), day("2015-06-08")) == 2
    assert working_days(day("2015-06-01"), day("2015-06-30")) == 22


@pytest.mark.parametrize("told", ["6 months", "26 weeks", "400 days", "5 full days"])
def test_the_end_of_the_calendar_is_no_crash(told: str) -> None:
    assert length(told).last_day(date.max) == date.max
    assert through_the_weekend(date.max) == date.max


@pytest.mark.parametrize("told", ["", "4", "0 weeks", "-1 days", "4 moons", "4 weeks or", 4, None])
def test_what_is_no_length_is_refused(told: object) -> None:
    with pytest.raises(ValueError, match="length"):
        length(told)
