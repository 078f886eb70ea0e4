"""Chance and time of a simulation follow from the seed alone."""

from datetime import UTC, date, datetime, timedelta

from pathway.simulation.chance import (
    SeededIds,
    SimulatedClock,
    office_hours,
    one_of,
    source,
    working_day,
)
from plumbing.clock import BRUSSELS

SATURDAY = date(2015, 3, 28)
MONDAY = date(2015, 3, 30)


def test_the_same_seeds_give_the_same_chances() -> None:
    assert source(1, "life").random() == source(1, "life").random()
    assert source(1, "life").random() != source(2, "life").random()


def test_a_weekend_day_becomes_the_monday_after_it() -> None:
    assert working_day(SATURDAY) == MONDAY
    assert working_day(MONDAY) == MONDAY


def test_desks_are_open_in_working_hours_of_flanders_also_when_clocks_change() -> None:
    chance = source("desk")
    for days in range(400):
        day = date(2015, 1, 1) + timedelta(days=days)
        local = office_hours(chance, day).astimezone(BRUSSELS)

        assert local.date() == working_day(day)
        assert 8 <= local.hour < 17


def test_weights_decide_how_often_something_is_chosen() -> None:
    chance = source("weights")
    chosen = [one_of(chance, {"often": 9, "seldom": 1, "never": 0}) for _ in range(1000)]

    assert 850 < chosen.count("often") < 950
    assert "never" not in chosen


def test_ids_are_repeatable_and_sort_by_the_simulated_moment() -> None:
    def three() -> list[object]:
        clock = SimulatedClock(datetime(2015, 1, 1, 9, tzinfo=UTC))
        ids = SeededIds(clock, source("ids"))
        told = []
        for _ in range(3):
            clock.now += timedelta(seconds=1)
            told.append(ids())
        return [*told, ids.salt()]

    first, again = three(), three()

    assert first == again
    assert first[:3] == sorted(first[:3])
    assert {i.version for i in first[:3]} == {7}
    assert len(first[3]) == 64
