"""Exits by exit type, early stops by reason, and what became of IBOs: counted by hand."""

from datetime import date

import pytest
from projections.reporting.exits import EXITS_BY, exits
from projections.reporting.ibo import IBO_BY, ibo
from projections.reporting.reports import GroupBy, Period
from projections.reporting.stops import STOPS_BY, stops

from schemas.codes import Checkpoint, ContractKind, ExitType, Proof, StopReason

from .conftest import Worker
from .history import BAKERY, CANTEEN, GHENT, History, named

JANUARY = date(2024, 1, 2)
YEAR = Period(first=date(2024, 1, 1), last=date(2024, 12, 31))
LONG_AFTER = date(2026, 11, 23)
MAY, JUNE = date(2024, 5, 15), date(2024, 6, 14)
WORK, AGENCY, PENSION = (
    ExitType.WERK_NEC_LOONTREKKEND,
    ExitType.WERK_NEC_INTERIM,
    ExitType.PENSIOEN,
)
SIX = Checkpoint.SIX


def left(name: str, on: date, exit_type: ExitType, proof: Proof | None = None) -> History:
    return History(name).enrolled(JANUARY).closed(on, exit_type, proof)


def checked(history: History, since: date, *, works: bool, same: bool | None = None) -> History:
    return history.checked(date(2024, 12, 30), SIX, since=since, works=works, same=same)


def test_exit_types_are_kept_apart_in_each_period_with_what_nobody_measured(
    reporting: Worker,
) -> None:
    reporting.put(
        checked(left("works", MAY, WORK, Proof.DIMONA), MAY, works=True),
        checked(left("does not", MAY, WORK, Proof.CONTRACT), MAY, works=False),
        left("nobody looked", MAY, WORK),
        left("pensioned", MAY, PENSION),
        left("by an agency", JUNE, AGENCY, Proof.DIMONA),
        left("of the year after", date(2025, 1, 1), WORK),
    )

    report = exits(reporting.connection, YEAR, as_of=LONG_AFTER)

    may, june = report.rows
    assert (may.group, june.group) == ("2024-05", "2024-06")
    apart = {each.exit_type: each for each in may.exits}
    assert {kind: each.pathways for kind, each in apart.items()} == {WORK: 3, PENSION: 1}
    assert (apart[WORK].reached, apart[WORK].measured, apart[WORK].in_work) == (3, 2, 1)
    assert (apart[WORK].share_in_work, apart[WORK].share_unmeasured) == (0.5, 0.3333)
    assert (apart[WORK].without_proof, apart[WORK].share_without_proof) == (1, 0.3333)
    assert (apart[PENSION].share_unmeasured, apart[PENSION].share) == (1.0, 0.25)
    assert (may.pathways, may.to_work, may.share_to_work) == (4, 3, 0.75)
    assert (may.share_unmeasured, june.share_unmeasured) == (0.5, 1.0)
    assert (report.total.pathways, report.total.to_work) == (5, 4)
    assert [(each.exit_type, each.pathways) for each in report.total.exits] == [
        (PENSION, 1),
        (AGENCY, 1),
        (WORK, 3),
    ]


def test_exits_are_measured_after_the_months_that_are_asked_once_these_have_passed(
    reporting: Worker,
) -> None:
    history = checked(left("works", MAY, WORK), MAY, works=True)
    reporting.put(history.checked(date(2024, 6, 20), Checkpoint.ONE, since=MAY, works=False))

    def seen(as_of: date, months: int) -> tuple[int, int, int]:
        total = exits(reporting.connection, YEAR, as_of=as_of, months=months).total
        return total.reached, total.measured, total.in_work

    assert seen(LONG_AFTER, 6) == (1, 1, 1)
    assert seen(LONG_AFTER, 1) == (1, 1, 0)
    assert seen(LONG_AFTER, 3) == (1, 0, 0)
    # Six months after 15 May is 15 November, which is over the day after.
    assert seen(date(2024, 11, 15), 6) == (0, 0, 0)
    assert seen(date(2024, 11, 16), 6) == (1, 0, 0)
    assert seen(date(2024, 5, 14), 6) == (0, 0, 0)


def test_a_reopened_pathway_has_no_exit(reporting: Worker) -> None:
    reporting.put(left("back", MAY, WORK).reopened(JUNE))

    report = exits(reporting.connection, YEAR, as_of=LONG_AFTER)

    assert (report.rows, report.total.pathways, report.total.exits) == ((), 0, ())
    assert (report.total.share_to_work, report.total.share_unmeasured) == (None, None)


def test_exits_by_who_guided_and_what_was_known_on_the_day(reporting: Worker) -> None:
    history = History("moved").enrolled(JANUARY).characteristics(JANUARY)
    history.confirmed(date(2024, 2, 1), CANTEEN).closed(MAY, WORK)
    later = history.characteristics(JUNE, GHENT)
    reporting.put(later, left("own", MAY, WORK))

    def groups(by: GroupBy) -> dict[str | None, int]:
        report = exits(reporting.connection, YEAR, as_of=LONG_AFTER, by=by)
        return {row.group: row.pathways for row in report.rows}

    assert groups(GroupBy.PROVIDER) == {CANTEEN: 1, "VDAB_OF_PROMOTOR": 1}
    assert groups(GroupBy.LOT) == {"P-4": 1, "ZONDER_PERCEEL": 1}
    assert groups(GroupBy.SCHEME) == {"IWPL_TENDER": 1, "ZONDER_REGELING": 1}
    assert groups(GroupBy.PROVINCE) == {"ANTWERPEN": 1, "ONBEKEND": 1}
    assert groups(GroupBy.AGE_GROUP) == {"25-49": 1, "ONBEKEND": 1}


@pytest.mark.parametrize("by", sorted(EXITS_BY))
def test_exits_answer_by_each_of_their_groups(reporting: Worker, by: GroupBy) -> None:
    reporting.put(left("works", MAY, WORK))

    report = exits(reporting.connection, YEAR, as_of=LONG_AFTER, by=by)

    assert [row.pathways for row in report.rows] == [1]


def test_stops_are_of_the_modules_that_started_in_the_period_each_reason_apart(
    reporting: Worker,
) -> None:
    def started(name: str, on: date = JANUARY) -> History:
        return History(name).enrolled(date(2023, 11, 2)).ibo("i", on, date(2024, 6, 28))

    migrated = History("migrated").enrolled(JANUARY).work_experience("w", JANUARY, JUNE)
    reporting.put(
        started("runs"),
        started("completed").completed("i", MAY),
        started("absent").stopped("i", MAY),
        started("also absent").stopped("i", MAY),
        started("works").stopped("i", date(2025, 2, 3), StopReason.WERK_ANDERE_WERKGEVER),
        started("the year before", date(2023, 12, 31)).stopped("i", MAY),
        migrated.migrated(JUNE, "w"),
    )

    report = stops(reporting.connection, YEAR, as_of=LONG_AFTER)
    before = stops(reporting.connection, YEAR, as_of=date(2025, 2, 2)).rows[0]

    one, wep = report.rows
    assert (one.group, one.started, one.stopped_early, one.share_stopped_early) == (
        "IBO",
        5,
        3,
        0.6,
    )
    assert [(each.reason, each.modules, each.share) for each in one.reasons] == [
        ("NIET_OPGEDAAGD", 2, 0.4),
        ("WERK_ANDERE_WERKGEVER", 1, 0.2),
    ]
    assert (wep.stopped_early, wep.measure_ended) == (0, 1)
    assert (report.total.started, report.total.stopped_early) == (6, 3)
    # On 2 February 2025 the last one was running still.
    assert (before.started, before.stopped_early) == (5, 2)


@pytest.mark.parametrize("by", sorted(STOPS_BY))
def test_stops_answer_by_each_of_their_groups(reporting: Worker, by: GroupBy) -> None:
    history = History("a").enrolled(JANUARY).ibo("i", JANUARY, JUNE)
    reporting.put(history.stopped("i", MAY))

    report = stops(reporting.connection, YEAR, as_of=LONG_AFTER, by=by)

    assert [row.stopped_early for row in report.rows] == [1]


def done(name: str, person: str | None = None) -> History:
    """An IBO at the bakery that was completed on 15 May."""
    history = History(name, person).enrolled(JANUARY).ibo("i", JANUARY, MAY)
    return history.completed("i", MAY)


def test_an_ibo_is_followed_by_a_hire_that_names_it_or_by_the_employer_within_a_week(
    reporting: Worker,
) -> None:
    names_it = done("names it")
    ibo_of_it = named(f"{names_it.pathway_id} module i")
    reporting.put(
        names_it.hired(date(2024, 9, 2), CANTEEN, linked_module_id=ibo_of_it),
        done("in a week").hired(date(2024, 5, 22)),
        done("a day later").hired(date(2024, 5, 23)),
        done("elsewhere").hired(date(2024, 5, 16), CANTEEN),
        done("nobody"),
        History("stopped").enrolled(JANUARY).ibo("i", JANUARY, MAY).stopped("i", MAY).hired(JUNE),
    )

    report = ibo(reporting.connection, YEAR, as_of=LONG_AFTER)
    in_june = ibo(reporting.connection, YEAR, as_of=JUNE)

    (row,) = report.rows
    assert (row.group, row.persons, row.completed, row.hired) == (BAKERY, 5, 5, 2)
    assert row.share_hired == 0.4
    assert in_june.total.hired == 1


def test_who_is_retained_is_still_with_the_employer_six_months_after_the_hire(
    reporting: Worker,
) -> None:
    hired_on = date(2024, 5, 16)
    reporting.put(
        checked(done("stays").hired(hired_on), hired_on, works=True, same=True),
        checked(done("went elsewhere").hired(hired_on), hired_on, works=True, same=False),
        checked(done("works not").hired(hired_on), hired_on, works=False),
        done("nobody looked").hired(hired_on),
        checked(done("of another way out").hired(hired_on), JUNE, works=True, same=True),
    )

    total = ibo(reporting.connection, YEAR, as_of=LONG_AFTER).total
    too_soon = ibo(reporting.connection, YEAR, as_of=date(2024, 11, 16)).total

    assert (total.hired, total.reached, total.measured, total.retained) == (5, 5, 3, 1)
    assert (total.share_retained, total.share_unmeasured) == (0.3333, 0.4)
    assert (too_soon.hired, too_soon.reached, too_soon.share_retained) == (5, 0, None)


def test_dmfa_says_who_is_retained_before_what_somebody_declared(reporting: Worker) -> None:
    hired_on = date(2024, 5, 16)
    history = checked(done("both").hired(hired_on), hired_on, works=True, same=False)
    told = {"since": hired_on, "works": True, "same": True}
    reporting.put(history.checked(date(2024, 12, 31), SIX, Proof.VERKLARING, **told))

    total = ibo(reporting.connection, YEAR, as_of=LONG_AFTER).total

    assert (total.measured, total.retained) == (1, 0)


def test_each_obligation_to_hire_is_met_waived_breached_or_overdue_on_the_day_of_the_report(
    reporting: Worker,
) -> None:
    due = date(2024, 5, 22)

    def owed(name: str) -> History:
        history = History(name).enrolled(JANUARY).ibo("i", JANUARY, MAY)
        return history.completed("i", MAY, hire_due_by=due)

    reporting.put(
        owed("met").hired(due),
        owed("met too late").hired(date(2024, 5, 23)),
        owed("hired elsewhere").hired(due, CANTEEN),
        owed("by an agency").hired(due, contract=ContractKind.INTERIM),
        owed("waived").waived("i", date(2024, 5, 30)),
        owed("breached").breached("i", JUNE),
        owed("breached, and hired afterwards").breached("i", JUNE).hired(date(2024, 7, 1)),
        done("nobody has to"),
    )

    def seen(as_of: date) -> tuple[int, ...]:
        total = ibo(reporting.connection, YEAR, as_of=as_of).total
        return total.obliged, total.met, total.waived, total.breached, total.overdue

    assert seen(LONG_AFTER) == (7, 1, 1, 2, 3)
    # On the last day nobody is late; the waiver came on 30 May, the breaches in June.
    assert seen(due) == (7, 1, 0, 0, 0)
    assert seen(date(2024, 5, 21)) == (7, 0, 0, 0, 0)
    assert seen(date(2024, 5, 30)) == (7, 1, 1, 0, 5)
    (row,) = ibo(reporting.connection, YEAR, as_of=LONG_AFTER).rows
    assert [(each.motive, each.waived, each.breached) for each in row.decisions] == [
        ("GEEN_AANWERVING", 0, 2),
        ("ORDERBOEK", 1, 0),
    ]


def test_a_hire_that_names_the_ibo_meets_the_obligation_after_its_day(reporting: Worker) -> None:
    history = History("named").enrolled(JANUARY).ibo("i", JANUARY, MAY)
    history.completed("i", MAY, hire_due_by=date(2024, 5, 22))
    of_it = named(f"{history.pathway_id} module i")
    reporting.put(history.hired(JUNE, linked_module_id=of_it))

    total = ibo(reporting.connection, YEAR, as_of=LONG_AFTER).total

    assert (total.obliged, total.met, total.overdue) == (1, 1, 0)


@pytest.mark.parametrize("by", sorted(IBO_BY))
def test_ibos_answer_by_each_of_their_groups(reporting: Worker, by: GroupBy) -> None:
    reporting.put(done("a"))

    report = ibo(reporting.connection, YEAR, as_of=LONG_AFTER, by=by)

    assert [row.completed for row in report.rows] == [1]
