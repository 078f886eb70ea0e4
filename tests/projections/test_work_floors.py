"""Work floors of organisations with a werkervaringsmodule only: trained there, hired by them."""

from datetime import date

import pytest
from projections.reporting.reports import GroupBy, Period
from projections.reporting.work_floors import WorkFloorsRow, work_floors

from .conftest import Worker
from .history import BAKERY, CANTEEN, GARDEN, History

YEAR = Period(first=date(2014, 1, 1), last=date(2014, 12, 31))
START, END = date(2014, 3, 3), date(2014, 9, 30)
LONG_AFTER = date(2026, 11, 23)
OTHER = "0400000445"


def trained(
    name: str, floor: str | None = None, promotor: str = GARDEN, on: date = START
) -> History:
    """A werkervaringsmodule of `promotor` on a work floor, which is its own unless told."""
    history = History(name).enrolled(on)
    history.work_experience("w", on, END, promotor=promotor, work_floor=floor)
    return history.completed("w", END)


def told(row: WorkFloorsRow) -> tuple[int, int, int, int]:
    return (
        row.persons_trained,
        row.trained_and_hired,
        row.persons_hosted,
        row.persons_hired,
    )


def by_group(worker: Worker, as_of: date = LONG_AFTER, by: GroupBy = GroupBy.WORK_FLOOR):
    report = work_floors(worker.connection, YEAR, as_of=as_of, by=by)
    return {row.group: told(row) for row in report.rows}, told(report.total)


def test_people_trained_on_a_floor_and_people_hired_by_it(reporting: Worker) -> None:
    reporting.put(
        trained("hired there", BAKERY).hired(date(2014, 10, 1), BAKERY),
        trained("hired there much later", BAKERY).hired(date(2015, 10, 1), BAKERY),
        trained("hired elsewhere", BAKERY).hired(date(2014, 10, 1), OTHER),
        trained("not hired", BAKERY),
        trained("on the promotor's own floor"),
        trained("began the year before", BAKERY, on=date(2013, 3, 4)).hired(
            date(2014, 11, 3), BAKERY
        ),
        History("a stage there")
        .enrolled(START)
        .stage("s", date(2014, 11, 3), date(2015, 1, 30), host=BAKERY),
        History("hired untrained").enrolled(START).hired(date(2014, 12, 31), BAKERY),
        History("hired the year after").enrolled(START).hired(date(2015, 1, 1), BAKERY),
    )

    rows, total = by_group(reporting)

    assert rows == {BAKERY: (5, 3, 1, 3), GARDEN: (1, 0, 0, 0)}
    assert total == (6, 3, 1, 3)


def test_who_was_hired_before_the_training_was_not_hired_after_it(reporting: Worker) -> None:
    early = History("early").enrolled(date(2013, 1, 7)).hired(date(2013, 2, 4), BAKERY)
    early.work_experience("w", START, END, promotor=GARDEN, work_floor=BAKERY)
    reporting.put(early)

    rows, _ = by_group(reporting)

    assert rows == {BAKERY: (1, 0, 0, 0)}


def test_an_organisation_with_an_inschakelingsmodule_too_is_left_out(reporting: Worker) -> None:
    both = trained("both", BAKERY, CANTEEN)
    # Long after the period: what it offers is judged by all that is known.
    both.insertion("i", date(2015, 1, 5), date(2015, 9, 30), promotor=CANTEEN)
    reporting.put(both, trained("only", BAKERY, GARDEN))

    rows, total = by_group(reporting, by=GroupBy.ORGANISATION)

    assert rows == {GARDEN: (1, 0, 0, 0)}
    assert total == (1, 0, 0, 0)


def test_by_organisation_a_hire_by_any_of_its_floors_counts(reporting: Worker) -> None:
    reporting.put(
        trained("hired by the floor", BAKERY).hired(date(2014, 10, 1), BAKERY),
        trained("hired by the promotor", BAKERY).hired(date(2014, 10, 1), GARDEN),
        trained("hired by another floor", CANTEEN).hired(date(2014, 10, 1), BAKERY),
    )

    assert by_group(reporting, by=GroupBy.ORGANISATION)[0] == {GARDEN: (3, 3, 0, 3)}
    assert by_group(reporting)[0] == {BAKERY: (2, 1, 0, 2), CANTEEN: (1, 0, 0, 0)}


@pytest.mark.parametrize(
    ("as_of", "floor"),
    [
        (date(2014, 3, 2), None),
        (START, (1, 0, 0, 0)),
        (date(2014, 9, 30), (1, 0, 0, 0)),
        (date(2014, 10, 1), (1, 1, 0, 1)),
    ],
)
def test_seen_from_a_day_nothing_later_counts(
    reporting: Worker, as_of: date, floor: tuple[int, ...] | None
) -> None:
    reporting.put(trained("hired", BAKERY).hired(date(2014, 10, 1), BAKERY))

    assert by_group(reporting, as_of)[0] == ({BAKERY: floor} if floor else {})
