"""What a counsellor sees of pathways: the caseload, its counters, a timeline, and what was just written."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest
from plumbing.callers import Caller, CallerKind, Role
from plumbing.row_rights import Standing, values
from projections import freshness
from projections.counsellor.answers import Attention, attention
from projections.counsellor.queries import (
    CaseloadFilter,
    CaseloadSort,
    caseload,
    counters,
    modules,
    pathway,
    timeline,
)
from projections.pages import CursorUnreadable

from schemas.codes import Scheme

from .conftest import Worker
from .history import ANTWERP, BAKERY, CANTEEN, GARDEN, GHENT, History, broken, named, record

MARCH, APRIL, MAY, JUNE = (date(2024, month, 1) for month in (3, 4, 5, 6))

AUDITOR = Caller("auditor-01", CallerKind.MEDEWERKER, "OVO000083", frozenset({Role.AUDITOR}))
EVERYBODY = values(AUDITOR, AUDITOR.roles, Standing(), JUNE)


def chosen(worker: Worker, **narrowed: object) -> set[str]:
    """The names of the pathways that a filter lets through."""
    page = caseload(worker.connection, CaseloadFilter(**narrowed), EVERYBODY, limit=100)
    names = {named(f"pathway {name}"): name for name in ("anna", "bert", "carl", "dina")}
    return {names[row.pathway_id] for row in page.items}


@pytest.fixture
def four(counsellor) -> Worker:
    """Anna in an IBO, Bert in a stage, Carl closed, Dina without a counsellor."""
    counsellor.put(
        History("anna").enrolled(MARCH).assigned(MARCH, "u100", "OE-9000").ibo("i", APRIL, JUNE),
        History("bert")
        .enrolled(APRIL)
        .assigned(APRIL, "u200", "OE-9000")
        .stage("s", APRIL, date(2024, 8, 31), host=CANTEEN),
        History("carl").enrolled(MARCH).assigned(MARCH, "u100", "OE-1000").closed(JUNE),
        History("dina").enrolled(MAY),
    )
    return counsellor


def test_the_caseload_row_tells_where_a_pathway_stands(counsellor):
    history = (
        History("anna")
        .enrolled(MARCH)
        .characteristics(MARCH, ANTWERP)
        .assigned(MARCH, "u100", "OE-9000")
        .ibo("first", MARCH, date(2024, 3, 20))
        .completed("first", date(2024, 3, 20))
        .ibo("second", APRIL, JUNE)
        .characteristics(MAY, GHENT)
    )
    counsellor.put(history)

    row = pathway(counsellor.connection, history.pathway_id, EVERYBODY)

    assert (row.person_ref, row.status, row.counsellor, row.unit, row.counsellor_since) == (
        history.person_ref,
        "IN_BEGELEIDING",
        "u100",
        "OE-9000",
        MARCH,
    )
    assert (row.running_kinds, row.running_organisations) == (["IBO"], [BAKERY])
    assert (row.running_since, row.next_planned_end, row.modules) == (APRIL, JUNE, 2)
    assert (row.commune, row.last_fact_on, row.version) == (GHENT, MAY, 7)
    assert row.last_recorded_at == datetime.combine(MAY, time(9), UTC)
    assert (row.hires, row.closed_on, row.waits_from) == (0, None, None)


def test_a_day_that_passed_is_in_the_timeline_and_nothing_that_anybody_did(counsellor):
    history = History("anna").enrolled(MARCH).assigned(MARCH).ibo("i", MARCH, APRIL)
    counsellor.put(history)
    before = pathway(counsellor.connection, history.pathway_id, EVERYBODY)

    counsellor.put(history.reached(APRIL, "i"))

    after = pathway(counsellor.connection, history.pathway_id, EVERYBODY)
    assert before
    assert after
    moved = {"version": before.version + 1, "last_recorded_at": after.last_recorded_at}
    assert after == before._replace(**moved)
    [newest, *_] = timeline(counsellor.connection, history.pathway_id).items
    assert (newest.event, newest.occurred_on) == ("deadline-reached", APRIL)
    assert newest.details["module_organisation"] == BAKERY


def test_a_migration_ends_the_modules_and_tells_the_scheme(counsellor):
    history = (
        History("anna")
        .enrolled(MARCH, inferred=True)
        .work_experience("w", MARCH, date(2024, 9, 30))
    )
    counsellor.put(history.migrated(JUNE, "w"))

    row = pathway(counsellor.connection, history.pathway_id, EVERYBODY)
    [module] = modules(counsellor.connection, history.pathway_id)

    assert (row.scheme, row.guiding_organisation) == (Scheme.IWPL_SUBSIDIE, CANTEEN)
    assert (row.running_kinds, row.enrolment_inferred) == ([], True)
    assert (module.organisation, module.last_day, module.reason, module.migrated) == (
        GARDEN,
        date(2024, 5, 31),
        "EINDE_MAATREGEL",
        True,
    )


@pytest.mark.parametrize(
    ("history", "partners"),
    [
        (History("nobody").enrolled(MARCH).work_experience("w", MARCH, JUNE), {}),
        (History("one").enrolled(MARCH).migrated(APRIL), {CANTEEN: None}),
        (
            History("another").enrolled(MARCH).migrated(APRIL).migrated(MAY, to=BAKERY),
            {CANTEEN: "2024-04-30", BAKERY: None},
        ),
        (
            History("there and back")
            .enrolled(MARCH)
            .migrated(MARCH)
            .migrated(APRIL, to=BAKERY)
            .migrated(MAY),
            {BAKERY: "2024-04-30", CANTEEN: None},
        ),
        (
            History("closed").enrolled(MARCH).migrated(APRIL).migrated(MAY, to=BAKERY).closed(JUNE),
            {CANTEEN: "2024-04-30", BAKERY: "2024-06-01"},
        ),
        (
            History("referred").enrolled(MARCH).referred(MARCH).confirmed(APRIL),
            {CANTEEN: None},
        ),
        (
            History("handed over")
            .enrolled(MARCH)
            .referred(MARCH)
            .confirmed(APRIL)
            .guide_changed(MAY, CANTEEN, BAKERY),
            {CANTEEN: "2024-04-30", BAKERY: None},
        ),
        (History("waits").enrolled(MARCH).referred(MARCH), {}),
        (
            History("told late").enrolled(MARCH).migrated(MAY).migrated(APRIL, to=BAKERY),
            {BAKERY: "2024-04-30", CANTEEN: None},
        ),
    ],
    ids=lambda told: "",
)
def test_who_guides_is_told_with_the_last_day_of_who_guided(counsellor, history, partners):
    counsellor.put(history)

    query = "select partners from counsellor.caseload where pathway_id = %s"
    assert counsellor.rows(query, history.pathway_id) == [(partners,)]


def test_a_caseload_follows_who_guides(counsellor):
    history = History("anna").enrolled(MARCH).assigned(MARCH, "u100", "OE-9000")
    counsellor.put(history.transferred(APRIL, "u100", "u200"))
    of = {who: CaseloadFilter(counsellor=who) for who in ("u100", "u200")}

    def lists() -> dict[str, int]:
        found = {who: caseload(counsellor.connection, one, EVERYBODY) for who, one in of.items()}
        return {who: len(page.items) for who, page in found.items()}

    row = pathway(counsellor.connection, history.pathway_id, EVERYBODY)
    assert lists() == {"u100": 0, "u200": 1}
    assert (row.counsellor, row.unit, row.counsellor_since) == ("u200", "OE-9000", APRIL)

    counsellor.put(history.unassigned(MAY, "u200"))

    row = pathway(counsellor.connection, history.pathway_id, EVERYBODY)
    waiting = caseload(counsellor.connection, CaseloadFilter(unassigned=True), EVERYBODY).items
    assert lists() == {"u100": 0, "u200": 0}
    assert (row.counsellor, row.unit, row.counsellor_since) == (None, "OE-9000", None)
    assert [one.pathway_id for one in waiting] == [history.pathway_id]
    assert Attention.UNASSIGNED in attention(row, JUNE)


def test_the_caseload_row_tells_the_newest_screening_and_where_the_referral_stands(counsellor):
    history = History("anna").enrolled(MARCH).screened(MARCH).screened(APRIL, "GROTE_AFSTAND")
    counsellor.put(history.referred(APRIL))
    row = pathway(counsellor.connection, history.pathway_id, EVERYBODY)

    assert (row.distance, row.screened_on) == ("GROTE_AFSTAND", APRIL)
    assert (row.referral_provider, row.referral_status) == (CANTEEN, "AANGEMELD")
    assert (row.guiding_organisation, row.guided_until) == (None, None)

    counsellor.put(history.confirmed(MAY).extended(JUNE, date(2025, 9, 1)))

    row = pathway(counsellor.connection, history.pathway_id, EVERYBODY)
    assert (row.guiding_organisation, row.referral_status) == (CANTEEN, "DEFINITIEF")
    assert row.guided_until == date(2025, 9, 1)


def test_the_caseload_row_tells_the_newest_plan_and_asks_for_it_when_its_review_is_over(counsellor):
    history = History("anna").enrolled(MARCH).assigned(MARCH).plan_agreed(APRIL, JUNE)
    counsellor.put(history.plan_agreed(MARCH, MAY))
    row = pathway(counsellor.connection, history.pathway_id, EVERYBODY)

    assert (row.plan_agreed_on, row.plan_review_on) == (APRIL, JUNE)
    assert Attention.PLAN_TO_REVIEW not in attention(row, JUNE)
    assert Attention.PLAN_TO_REVIEW in attention(row, JUNE + timedelta(days=1))


def test_the_caseload_row_tells_until_when_somebody_is_absent_from_what_runs(counsellor):
    history = History("anna").enrolled(MARCH).assigned(MARCH).ibo("i", APRIL, JUNE)
    later, sooner = date(2024, 5, 24), date(2024, 5, 3)
    counsellor.put(history.absent("i", MAY, later).absent("i", APRIL, sooner))
    row = pathway(counsellor.connection, history.pathway_id, EVERYBODY)
    assert row.absent_until == later

    counsellor.put(history.stopped("i", later))

    row = pathway(counsellor.connection, history.pathway_id, EVERYBODY)
    assert row.absent_until is None


def test_the_caseload_row_tells_from_which_older_systems_it_comes_and_until_when_that_has_gaps(
    counsellor,
):
    history = History("anna").enrolled(MARCH).from_legacy(MARCH, MAY).from_legacy(MARCH, APRIL, "A")
    counsellor.put(history, History("bert").enrolled(MARCH))
    row = pathway(counsellor.connection, history.pathway_id, EVERYBODY)
    other = pathway(counsellor.connection, named("pathway bert"), EVERYBODY)

    assert (row.legacy_sources, row.incomplete_until) == (["A", "OUD"], MAY)
    assert (other.legacy_sources, other.incomplete_until) == ([], None)


def test_a_pathway_that_nobody_knows_has_no_row(counsellor):
    assert pathway(counsellor.connection, uuid4(), EVERYBODY) is None


@pytest.mark.parametrize(
    ("narrowed", "names"),
    [
        ({}, {"anna", "bert", "carl", "dina"}),
        ({"counsellor": "u100"}, {"anna", "carl"}),
        ({"unit": "OE-9000"}, {"anna", "bert"}),
        ({"unassigned": True}, {"dina"}),
        ({"guided_by": CANTEEN}, set()),
        ({"person_ref": named("person bert")}, {"bert"}),
        ({"status": ["AFGESLOTEN", "INGESCHREVEN"]}, {"carl", "dina"}),
        ({"running_kind": "IBO"}, {"anna"}),
        ({"organisation": CANTEEN}, {"bert"}),
        ({"planned_end_from": JUNE}, {"anna", "bert"}),
        ({"planned_end_until": JUNE}, {"anna"}),
        ({"enrolled_from": APRIL, "enrolled_until": APRIL}, {"bert"}),
        ({"closed": True}, {"carl"}),
        ({"closed": False, "counsellor": "u100"}, {"anna"}),
    ],
)
def test_the_caseload_is_narrowed(four, narrowed, names):
    assert chosen(four, **narrowed) == names


@pytest.mark.parametrize("sort", list(CaseloadSort))
@pytest.mark.parametrize("descending", [False, True])
def test_pages_follow_each_other_without_a_gap(four, sort, descending):
    whole = caseload(four.connection, CaseloadFilter(), EVERYBODY, sort=sort, descending=descending)

    pages, cursor = [], None
    while not pages or cursor:
        page = caseload(
            four.connection,
            CaseloadFilter(),
            EVERYBODY,
            sort=sort,
            descending=descending,
            limit=1,
            cursor=cursor,
        )
        pages.append(page)
        cursor = page.next_cursor

    assert [row for page in pages for row in page.items] == whole.items
    assert len(pages) == 4


def test_what_ends_first_comes_first_and_what_does_not_run_last(four):
    page = caseload(four.connection, CaseloadFilter(), EVERYBODY, sort=CaseloadSort.PLANNED_END)

    ends = [row.next_planned_end for row in page.items]
    assert ends == [JUNE, date(2024, 8, 31), None, None]


@pytest.mark.parametrize("cursor", ["", "x", "bm90aGluZw", "W10", "WyJlbnJvbGxlZF9vbiIsICJ4Il0"])
def test_a_cursor_of_another_list_is_refused(four, cursor):
    with pytest.raises(CursorUnreadable):
        caseload(four.connection, CaseloadFilter(), EVERYBODY, cursor=cursor or "?")


def test_a_cursor_of_another_order_is_refused(four):
    page = caseload(four.connection, CaseloadFilter(), EVERYBODY, limit=1)

    with pytest.raises(CursorUnreadable):
        caseload(
            four.connection,
            CaseloadFilter(),
            EVERYBODY,
            sort=CaseloadSort.STATUS,
            cursor=page.next_cursor,
        )


def test_counters_tell_what_needs_someone_today(four):
    in_may = counters(four.connection, CaseloadFilter(), EVERYBODY, today=date(2024, 5, 25))
    in_july = counters(
        four.connection, CaseloadFilter(unit="OE-9000"), EVERYBODY, today=date(2024, 7, 1)
    )

    assert (in_may.open, in_may.closed, in_may.unassigned, in_may.without_module) == (3, 1, 1, 0)
    assert (in_may.ends_soon, in_may.overdue, in_may.waiting) == (1, 0, 0)
    assert in_may.by_status == {"IN_BEGELEIDING": 2, "AFGESLOTEN": 1, "INGESCHREVEN": 1}
    assert (in_july.open, in_july.ends_soon, in_july.overdue) == (2, 0, 1)


def test_a_timeline_has_every_event_newest_day_first_in_pages(counsellor):
    history = History("anna").enrolled(MARCH).ibo("i", APRIL, JUNE).completed("i", MAY)
    history.assigned(date(2024, 3, 15)).withheld(JUNE)
    counsellor.put(history)

    first = timeline(counsellor.connection, history.pathway_id, limit=3)
    second = timeline(counsellor.connection, history.pathway_id, limit=3, cursor=first.next_cursor)

    entries = [*first.items, *second.items]
    assert [entry.event for entry in entries] == [
        "withheld",
        "ibo-completed",
        "ibo-started",
        "counsellor-assigned",
        "enrolled",
    ]
    assert [entry.version for entry in entries] == [5, 3, 2, 4, 1]
    assert second.next_cursor is None
    completed = entries[1].details
    assert (completed["module_kind"], completed["module_organisation"]) == ("IBO", BAKERY)


def test_the_counter_without_a_module_counts_whom_the_mark_marks(counsellor):
    counsellor.put(
        History("in guidance").enrolled(MARCH).assigned(APRIL),
        History("at work").enrolled(MARCH).assigned(APRIL).hired(MAY),
        History("not assigned").enrolled(MARCH),
        History("exempt").enrolled(MARCH).assigned(APRIL).exempt(JUNE, JUNE),
        History("exempt no more").enrolled(MARCH).assigned(APRIL).exempt(APRIL, MAY),
    )

    counted = counters(counsellor.connection, CaseloadFilter(), EVERYBODY, today=JUNE)

    rows = caseload(counsellor.connection, CaseloadFilter(), EVERYBODY).items
    marked = [row for row in rows if Attention.NO_MODULE in attention(row, JUNE)]
    assert (counted.open, counted.without_module, len(marked)) == (5, 2, 2)


def test_a_parked_pathway_says_that_it_waits(counsellor):
    history = History("anna").enrolled(MARCH).assigned(APRIL)
    broken_one = record(history, 2, 1)
    counsellor.apply(
        record(history, 1, 0),
        type(broken_one)(0, 1, broken_one.key, broken(history.values[1])),
    )

    row = pathway(counsellor.connection, history.pathway_id, EVERYBODY)

    assert (row.version, row.waits_from) == (1, 2)
    assert counters(counsellor.connection, CaseloadFilter(), EVERYBODY, today=JUNE).waiting == 1
    waited = freshness.reached(counsellor.connection, "counsellor", history.pathway_id, 2)
    assert (waited.reached, waited.parked, waited.behind) == (False, True, 1)


def test_it_tells_how_far_behind_a_wanted_version_it_is(counsellor):
    history = History("anna").enrolled(MARCH)
    counsellor.put(history)

    waited = freshness.reached(counsellor.connection, "counsellor", history.pathway_id, 3)

    assert (waited.reached, waited.version, waited.behind, waited.parked) == (False, 1, 2, False)


def test_rows_name_exactly_the_columns_of_their_tables(counsellor):
    history = History("anna").enrolled(MARCH).ibo("i", APRIL, JUNE)

    for table, columns in counsellor.columns_of_rows(history).items():
        assert columns == counsellor.columns(table)
