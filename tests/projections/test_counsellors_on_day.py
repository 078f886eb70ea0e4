"""Counsellors holding cases on a day: one invented office, counted by hand under each definition."""

from datetime import date

import pytest
from projections.reporting.counsellors import COUNSELLORS_BY, CounsellorsRow, counsellors
from projections.reporting.reports import GroupBy

from schemas.codes import ActorKind
from schemas.events import Screened

from .conftest import Worker
from .history import CANTEEN, GARDEN, History

START = date(2024, 1, 8)
DAY = date(2024, 6, 30)
NORTH, SOUTH = "OE-NOORD", "OE-ZUID"


def assigned(name: str, counsellor: str, unit: str = NORTH, on: date = START) -> History:
    """A pathway of `counsellor` since `on`; an import registered it, which is nobody's contact."""
    history = History(name).enrolled(on)
    return history.assigned(on, counsellor, unit)


def imported(history: History) -> History:
    """The same, with nothing in it registered by a counsellor."""
    told = [
        value.replace(b'"actortype":"BEMIDDELAAR"', b'"actortype":"IMPORT"')
        for value in history.values
    ]
    assert told != history.values
    history.values = told
    return history


def office() -> list[History]:
    """Two units on 30 June 2024: Ada, Bea and Cas hold cases in the north, Dan in the south."""
    return [
        imported(history)
        for history in (
            assigned("ada one", "ada").ibo("i", date(2024, 6, 3), date(2024, 9, 27)),
            assigned("ada two", "ada"),
            assigned("bea", "bea")
            .stage("s", date(2024, 2, 5), date(2024, 6, 28))
            .completed("s", date(2024, 6, 28)),
            assigned("cas", "cas").suspended(date(2024, 6, 10)),
            assigned("dan", "dan", SOUTH).work_experience("w", START, date(2024, 12, 31)),
            assigned("closed on the day", "eva").closed(DAY),
            assigned("closed long ago", "fons", on=date(2023, 1, 9)).closed(date(2023, 6, 30)),
            assigned("closed within the year", "gust", on=date(2023, 1, 9)).closed(
                date(2023, 7, 2)
            ),
            assigned("handed over on the day", "hans").transferred(DAY, "hans", "ada", NORTH),
            assigned("nobody's any more", "ines", SOUTH).unassigned(date(2024, 5, 2), "ines"),
            assigned("from tomorrow", "jan", on=date(2024, 7, 1)),
        )
    ]


def told(row: CounsellorsRow) -> tuple[int, int, int, int]:
    return (
        row.counsellors_assigned,
        row.counsellors_with_module,
        row.counsellors_in_year,
        row.counsellors_in_contact,
    )


def by_group(worker: Worker, day: date = DAY, by: GroupBy = GroupBy.UNIT):
    report = counsellors(worker.connection, day, by)
    return {row.group: row for row in report.rows}, report.total


def test_counsellors_are_counted_by_each_definition_and_unit(reporting: Worker) -> None:
    reporting.put(*office())

    rows, total = by_group(reporting)

    # In the north Ada, Bea and Cas have somebody; only Ada somebody in a module. In the year also
    # Eva, Gust and Hans; Fons' last day was just before it.
    assert told(rows[NORTH]) == (3, 1, 6, 0)
    # In the south Ines has nobody any more.
    assert told(rows[SOUTH]) == (1, 1, 2, 0)
    assert told(total) == (4, 2, 8, 0)


def test_caseloads_are_the_open_pathways_of_each(reporting: Worker) -> None:
    reporting.put(*office())

    rows, total = by_group(reporting)

    assert (rows[NORTH].pathways_assigned, rows[NORTH].pathways_unassigned) == (5, 0)
    assert (rows[NORTH].median_pathways, rows[NORTH].most_pathways) == (1, 3)
    assert (rows[SOUTH].pathways_assigned, rows[SOUTH].pathways_unassigned) == (1, 1)
    assert (total.pathways_assigned, total.pathways_unassigned) == (6, 1)
    assert (total.median_pathways, total.most_pathways) == (1, 3)


def test_the_day_before_a_hand_over_it_was_the_others(reporting: Worker) -> None:
    reporting.put(*office())

    rows, _ = by_group(reporting, date(2024, 6, 29))

    # Eva and Hans hold theirs still.
    assert told(rows[NORTH])[0] == 5


def test_a_counsellor_of_two_units_counts_once_in_the_total(reporting: Worker) -> None:
    reporting.put(assigned("one", "ada", NORTH), assigned("two", "ada", SOUTH))

    rows, total = by_group(reporting)

    assert (told(rows[NORTH])[0], told(rows[SOUTH])[0], told(total)[0]) == (1, 1, 1)


def test_who_registered_something_is_in_contact_also_without_a_pathway(reporting: Worker) -> None:
    history = imported(assigned("one", "ada"))
    told_by = {
        "distance": "MATIGE_AFSTAND",
        "needs": (),
        "advice": "OPLEIDING",
        "method": "GESPREK",
    }
    for actor, kind, on in (
        ("ada", ActorKind.BEMIDDELAAR, date(2024, 2, 1)),
        ("ada", ActorKind.BEMIDDELAAR, date(2024, 3, 1)),
        ("klaas", ActorKind.PARTNER, date(2024, 4, 1)),
        ("staff", ActorKind.MEDEWERKER, date(2024, 4, 2)),
        ("lies", ActorKind.BEMIDDELAAR, date(2024, 7, 1)),
    ):
        fact = Screened(pathway_status=history.status, **told_by)
        history.add(fact, on, actortype=kind, actorref=actor)
    reporting.put(history)

    rows, total = by_group(reporting)

    assert told(rows[NORTH]) == told(total) == (1, 0, 1, 2)
    # A year after Ada's last contact she has none; Klaas' is a month younger.
    assert told(by_group(reporting, date(2025, 3, 1))[1])[3] == 2
    assert told(by_group(reporting, date(2025, 4, 1))[1])[3] == 1


def test_counsellors_by_provider_and_lot_as_on_the_day(reporting: Worker) -> None:
    referred = assigned("referred", "ada").confirmed(date(2024, 3, 1), CANTEEN)
    taken_over = assigned("taken over", "bea").confirmed(date(2024, 3, 1), CANTEEN)
    reporting.put(
        referred,
        taken_over.guide_changed(date(2024, 6, 1), CANTEEN, GARDEN),
        assigned("own", "bea"),
    )

    by_provider, total = by_group(reporting, by=GroupBy.PROVIDER)
    in_may, _ = by_group(reporting, date(2024, 5, 31), GroupBy.PROVIDER)
    by_lot, _ = by_group(reporting, date(2024, 5, 31), GroupBy.LOT)

    held = {group: row.counsellors_assigned for group, row in by_provider.items()}
    assert held == {CANTEEN: 1, GARDEN: 1, "VDAB_OF_PROMOTOR": 1}
    assert total.counsellors_assigned == 2
    held = {group: row.counsellors_assigned for group, row in in_may.items()}
    assert held == {CANTEEN: 2, "VDAB_OF_PROMOTOR": 1}
    held = {group: row.counsellors_assigned for group, row in by_lot.items()}
    assert held == {"P-4": 2, "ZONDER_PERCEEL": 1}


def test_counsellors_of_one_unit_by_provider_and_of_one_provider_by_unit(reporting: Worker) -> None:
    reporting.put(
        assigned("north, referred", "ada").confirmed(date(2024, 3, 1), CANTEEN),
        assigned("north, own", "bea"),
        assigned("south, referred", "dan", SOUTH).confirmed(date(2024, 3, 1), CANTEEN),
    )

    def held(by: GroupBy, **narrowed: str) -> dict[str | None, tuple[int, ...]]:
        report = counsellors(reporting.connection, DAY, by, **narrowed)
        return {row.group: told(row) for row in (*report.rows, report.total)}

    assert held(GroupBy.PROVIDER, unit=NORTH) == {
        CANTEEN: (1, 0, 1, 1),
        "VDAB_OF_PROMOTOR": (1, 0, 2, 1),
        None: (2, 0, 2, 1),
    }
    assert held(GroupBy.UNIT, provider=CANTEEN) == {
        NORTH: (1, 0, 1, 1),
        SOUTH: (1, 0, 1, 1),
        None: (2, 0, 2, 1),
    }
    assert held(GroupBy.UNIT, provider="VDAB_OF_PROMOTOR", unit=SOUTH) == {
        SOUTH: (0, 0, 1, 1),
        None: (0, 0, 1, 1),
    }
    assert held(GroupBy.UNIT, unit="OE-NERGENS") == {None: (0, 0, 0, 0)}


def test_a_pathway_that_was_closed_and_reopened_was_not_held_in_between(reporting: Worker) -> None:
    history = assigned("came back", "ada").closed(date(2024, 4, 1)).reopened(date(2024, 5, 1))
    reporting.put(history)

    days = [date(2024, 3, 31), date(2024, 4, 1), date(2024, 4, 30), date(2024, 5, 1)]

    held = [by_group(reporting, day)[1].counsellors_assigned for day in days]
    assert held == [1, 0, 0, 1]


def test_with_nobody_there_the_answer_is_nobody(reporting: Worker) -> None:
    rows, total = by_group(reporting)

    assert rows == {}
    assert told(total) == (0, 0, 0, 0)
    assert (total.median_pathways, total.most_pathways) == (None, None)


@pytest.mark.parametrize("by", sorted(COUNSELLORS_BY))
def test_every_definition_is_spelt_out_in_the_answer(reporting: Worker, by: GroupBy) -> None:
    reporting.put(assigned("one", "ada"))

    report = counsellors(reporting.connection, DAY, by)

    spelt = {definition.figure for definition in report.definitions}
    counts = {
        name for name in CounsellorsRow.model_fields if name.startswith(("couns", "pathways"))
    }
    assert counts <= spelt
    assert [row.counsellors_assigned for row in report.rows] == [1]
