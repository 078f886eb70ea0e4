"""Who still works after a hire, and with the same employer: counted by hand."""

from datetime import date

import pytest
from projections.reporting.reports import GroupBy, Period
from projections.reporting.retention import RETENTION_BY, retention

from schemas.codes import Checkpoint, Proof

from .conftest import Worker
from .history import BAKERY, CANTEEN, GHENT, History, named

JANUARY, HIRED = date(2024, 1, 2), date(2024, 5, 16)
YEAR = Period(first=date(2024, 1, 1), last=date(2024, 12, 31))
LONG_AFTER = date(2026, 11, 23)
SIX, TWELVE = Checkpoint.SIX, Checkpoint.TWELVE


def hired(name: str, on: date = HIRED, employer: str = BAKERY, **told: object) -> History:
    return History(name).enrolled(JANUARY).hired(on, employer, **told)


def checked(
    history: History, months: Checkpoint = SIX, *, works: bool = True, same: bool | None = None
) -> History:
    return history.checked(date(2025, 5, 20), months, since=HIRED, works=works, same=same)


def test_whoever_was_hired_may_be_retained_with_or_without_a_module(reporting: Worker) -> None:
    reporting.put(
        checked(hired("stays"), same=True),
        checked(hired("works elsewhere"), same=False),
        checked(hired("works, nobody told where")),
        checked(hired("works not"), works=False),
        hired("nobody looked"),
        hired("of the year after", date(2025, 1, 1)),
    )

    report = retention(reporting.connection, YEAR, as_of=LONG_AFTER)

    (row,) = report.rows
    assert (row.group, row.persons, row.hired) == ("ZONDER_MODULE", 5, 5)
    assert (row.reached, row.measured, row.in_work, row.retained) == (5, 4, 3, 1)
    assert (row.share_in_work, row.share_retained, row.share_unmeasured) == (0.75, 0.25, 0.2)
    assert (report.total.hired, report.months) == (5, 6)


def test_it_is_asked_after_one_three_six_or_twelve_months_once_these_have_passed(
    reporting: Worker,
) -> None:
    reporting.put(checked(checked(hired("a"), same=True), TWELVE, works=False))

    def seen(months: int, as_of: date = LONG_AFTER) -> tuple[int, int, int]:
        total = retention(reporting.connection, YEAR, as_of=as_of, months=months).total
        return total.reached, total.measured, total.retained

    assert seen(6) == (1, 1, 1)
    assert seen(12) == (1, 1, 0)
    assert seen(3) == (1, 0, 0)
    # Six months after 16 May is 16 November, which is over the day after; both were checked in May.
    assert seen(6, date(2024, 11, 16)) == (0, 0, 0)
    assert seen(6, date(2024, 11, 17)) == (1, 0, 0)
    assert seen(6, date(2025, 5, 20)) == (1, 1, 1)
    assert retention(reporting.connection, YEAR, as_of=date(2024, 5, 15)).total.hired == 0


def test_the_best_source_counts_of_the_hire_that_was_checked(reporting: Worker) -> None:
    both = checked(hired("both"), same=False)
    both.checked(date(2025, 5, 21), SIX, Proof.VERKLARING, since=HIRED, works=True, same=True)
    changed = checked(hired("changed jobs"), same=True).hired(date(2024, 7, 1), CANTEEN)
    reporting.put(both, changed)

    report = retention(reporting.connection, YEAR, as_of=LONG_AFTER, by=GroupBy.ORGANISATION)

    told = {row.group: (row.hired, row.measured, row.retained) for row in report.rows}
    assert told == {BAKERY: (2, 2, 1), CANTEEN: (1, 0, 0)}
    assert (report.total.persons, report.total.hired) == (2, 3)


def test_a_hire_follows_the_module_that_it_names_or_the_last_one_there(reporting: Worker) -> None:
    ended = date(2024, 5, 10)

    def after(name: str) -> History:
        history = History(name).enrolled(JANUARY).ibo("i", JANUARY, ended)
        return history.completed("i", ended)

    names_it = after("names it")
    module = named(f"{names_it.pathway_id} module i")
    stage = History("stage").enrolled(JANUARY).stage("s", JANUARY, ended).completed("s", ended)
    reporting.put(
        names_it.hired(date(2024, 9, 2), CANTEEN, linked_module_id=module),
        after("in a week").hired(date(2024, 5, 17)),
        after("a day later").hired(date(2024, 5, 18)),
        after("elsewhere").hired(date(2024, 5, 13), CANTEEN),
        stage.hired(date(2024, 5, 13)),
    )

    def groups(by: GroupBy) -> dict[str | None, int]:
        report = retention(reporting.connection, YEAR, as_of=LONG_AFTER, by=by)
        return {row.group: row.hired for row in report.rows}

    assert groups(GroupBy.KIND) == {"IBO": 2, "STAGE": 1, "ZONDER_MODULE": 2}
    assert groups(GroupBy.ORGANISATION) == {BAKERY: 3, CANTEEN: 2}


def test_hires_are_by_how_the_pathway_stood_on_the_first_day(reporting: Worker) -> None:
    moved = History("moved").enrolled(JANUARY).characteristics(JANUARY)
    moved.confirmed(date(2024, 2, 1), CANTEEN).hired(HIRED)
    reporting.put(moved.characteristics(date(2024, 6, 3), GHENT), hired("own"))

    def groups(by: GroupBy) -> dict[str | None, int]:
        report = retention(reporting.connection, YEAR, as_of=LONG_AFTER, by=by)
        return {row.group: row.hired for row in report.rows}

    assert groups(GroupBy.PROVIDER) == {CANTEEN: 1, "VDAB_OF_PROMOTOR": 1}
    assert groups(GroupBy.PROVINCE) == {"ANTWERPEN": 1, "ONBEKEND": 1}
    assert groups(GroupBy.MONTH) == {"2024-05": 2}


@pytest.mark.parametrize("by", sorted(RETENTION_BY))
def test_hires_answer_by_each_of_their_groups(reporting: Worker, by: GroupBy) -> None:
    reporting.put(hired("a"))

    report = retention(reporting.connection, YEAR, as_of=LONG_AFTER, by=by)

    assert [row.hired for row in report.rows] == [1]
