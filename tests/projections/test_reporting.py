"""Reports, against small populations whose figures are counted by hand."""

from datetime import date

import pytest
from projections.reporting import flow, queries
from projections.reporting.projection import MEASURES
from projections.reporting.reports import FlowRow, GroupBy, Period
from projections.reporting.web_pages import Bar
from pydantic import ValidationError

from schemas.codes import Checkpoint, ExitType, ModuleKind, Proof, StopReason

from .conftest import Worker
from .history import BAKERY, CANTEEN, GHENT, History

YEAR_2024 = Period(first=date(2024, 1, 1), last=date(2024, 12, 31))
LONG_AFTER = date(2026, 11, 23)
JANUARY = date(2024, 1, 2)


def ibo(name: str, until: date, person: str | None = None) -> History:
    """A pathway with one IBO that was completed on `until`."""
    history = History(name, person).enrolled(JANUARY).characteristics(JANUARY)
    return history.ibo("ibo", JANUARY, until).completed("ibo", until)


def in_nec(row: FlowRow) -> list[int]:
    return [each.in_nec for each in row.within]


def not_passed(row: FlowRow) -> list[int]:
    return [each.months_not_passed for each in row.within]


def flow_by_kind(worker: Worker, as_of: date = LONG_AFTER, **chosen: object):
    report = flow.flow(worker.connection, YEAR_2024, as_of=as_of, **chosen)
    return {row.group: row for row in report.rows}, report.total


def test_every_kind_of_module_belongs_to_a_measure():
    assert set(MEASURES) == set(ModuleKind)


def test_flow_counts_who_found_work_within_three_six_and_twelve_months(reporting):
    ended = date(2024, 3, 31)
    reporting.put(
        ibo("the day after", ended).hired(date(2024, 4, 1)),
        ibo("the last day of three months", ended).hired(date(2024, 6, 30)),
        ibo("one day too late for three", ended).hired(date(2024, 7, 1)),
        ibo("the last day of twelve months", ended).hired(date(2025, 3, 31)),
        ibo("after a year", ended).hired(date(2025, 4, 1)),
        ibo("on the last day itself", ended).hired(ended),
        ibo("a day before the last, so beside the module", ended).hired(date(2024, 3, 30)),
        ibo("never", ended),
    )

    rows, total = flow_by_kind(reporting)

    assert in_nec(rows["IBO"]) == [3, 4, 5]
    assert rows["IBO"].persons == 8
    assert in_nec(total) == [3, 4, 5]
    assert [each.share_in_nec for each in total.within] == [0.375, 0.5, 0.625]
    assert not_passed(total) == [0, 0, 0]


def at_work(row: FlowRow) -> list[tuple[int, ...]]:
    """Months passed, at work, by DmfA, Dimona, contract and statement, and no work known."""
    return [
        (
            each.flow_reached,
            each.at_work,
            each.at_work_dmfa,
            each.at_work_dimona,
            each.at_work_contract,
            each.at_work_statement,
            each.no_work_known,
        )
        for each in row.within
    ]


def test_flow_tells_who_works_on_the_day_and_on_which_proof(reporting):
    ended, april = date(2024, 3, 31), date(2024, 4, 1)
    reporting.put(
        ibo("by a statement", ended).hired(april, proof=Proof.VERKLARING),
        ibo("by DmfA, until the day itself", ended)
        .hired(april, proof=Proof.DMFA)
        .job_ended(date(2024, 9, 30)),
        ibo("ended a day before", ended).hired(april).job_ended(date(2024, 9, 29)),
        ibo("a contract that ended before", ended).hired(april, until=date(2024, 9, 1)),
        ibo("a contract that goes on", ended).hired(april, until=date(2024, 12, 31)),
        ibo("hired again", ended)
        .hired(april)
        .job_ended(date(2024, 6, 2))
        .hired(date(2024, 9, 30), proof=Proof.CONTRACT),
        ibo("hired before the module ended", ended).hired(date(2024, 2, 1)),
        ibo("never", ended),
    )

    rows, total = flow_by_kind(reporting)
    _, early = flow_by_kind(reporting, as_of=date(2024, 9, 30))

    assert at_work(total) == [
        (8, 5, 1, 3, 0, 1, 3),
        (8, 4, 1, 1, 1, 1, 4),
        (8, 2, 0, 0, 1, 1, 6),
    ]
    assert total.within[1].share_at_work == 0.5
    assert at_work(rows["IBO"]) == at_work(total)
    assert at_work(early)[1:] == [(0, 0, 0, 0, 0, 0, 0)] * 2, "these months have not passed"


def test_of_two_jobs_the_best_proof_counts_and_a_person_from_the_last_module_on(reporting):
    both = ibo("both", date(2024, 1, 31)).stage("s", date(2024, 4, 1), date(2024, 5, 31))
    both.completed("s", date(2024, 5, 31))
    both.hired(date(2024, 6, 3), proof=Proof.VERKLARING).hired(date(2024, 8, 1), proof=Proof.DMFA)
    reporting.put(both)

    rows, total = flow_by_kind(reporting)

    assert at_work(rows["IBO"])[0] == (1, 0, 0, 0, 0, 0, 1)
    assert at_work(rows["STAGE"])[0] == at_work(total)[0] == (1, 1, 1, 0, 0, 0, 0)


def test_a_hire_counts_under_each_kind_it_followed_and_a_person_once_in_the_total(reporting):
    both = History("dina").enrolled(JANUARY)
    both.work_experience("w", JANUARY, date(2024, 3, 31)).insertion("i", JANUARY, date(2024, 3, 31))
    both.completed("w", date(2024, 3, 31)).completed("i", date(2024, 3, 31))
    reporting.put(both.hired(date(2024, 5, 1)))

    rows, total = flow_by_kind(reporting)

    assert {group: in_nec(row) for group, row in rows.items()} == {
        "WEP_WERKERVARING": [1, 1, 1],
        "WEP_INSCHAKELING": [1, 1, 1],
    }
    assert (total.persons, total.modules, in_nec(total)) == (1, 2, [1, 1, 1])


def test_flow_follows_the_person_into_a_later_pathway(reporting):
    first = ibo("eva first", date(2024, 2, 1), person="eva").closed(date(2024, 2, 2))
    second = History("eva second", "eva").enrolled(date(2024, 3, 1)).hired(date(2024, 6, 1))
    reporting.put(first, second)

    _, total = flow_by_kind(reporting)

    assert (total.persons, in_nec(total)) == (1, [0, 1, 1])


def test_a_person_with_two_modules_is_in_the_nec_when_a_hire_followed_either(reporting):
    twice = ibo("fons", date(2024, 2, 1)).ibo("second", date(2024, 9, 1), date(2024, 10, 31))
    reporting.put(twice.completed("second", date(2024, 10, 31)).hired(date(2024, 11, 15)))

    _, total = flow_by_kind(reporting)

    assert (total.persons, total.modules, in_nec(total)) == (1, 2, [1, 1, 1])


def test_flow_tells_whose_months_have_not_passed_on_the_day_of_the_report(reporting):
    reporting.put(
        ibo("ended in march", date(2024, 3, 31)),
        ibo("ended in june", date(2024, 6, 30)).hired(date(2024, 7, 15)),
    )

    _, total = flow_by_kind(reporting, as_of=date(2024, 9, 30))

    # June + 3 months is 30 September, which is not over; March + 6 months is the same day.
    assert not_passed(total) == [1, 2, 2]
    assert [each.share_not_passed for each in total.within] == [0.5, 1.0, 1.0]
    # Who ended in June works already: the share can rise by the other one only.
    assert [each.not_yet_in_nec for each in total.within] == [0, 1, 1]
    assert [each.share_not_yet_in_nec for each in total.within] == [0.0, 0.5, 0.5]
    assert not_passed(flow_by_kind(reporting, as_of=date(2024, 10, 1))[1]) == [0, 1, 2]


def test_who_works_already_is_not_drawn_as_who_may_still(reporting):
    reporting.put(
        ibo("works already", date(2024, 6, 30)).hired(date(2024, 7, 15)),
        ibo("may still", date(2024, 6, 30)),
        ibo("too late", date(2024, 1, 31)),
        ibo("also too late", date(2024, 1, 31)),
    )

    _, total = flow_by_kind(reporting, as_of=date(2024, 9, 1))

    bar = Bar(total.within[0])
    assert (bar.within.months_not_passed, bar.in_nec, bar.open) == (2, 25, 25)


def test_flow_as_of_a_day_knows_no_later_hire_and_no_later_end(reporting):
    reporting.put(
        ibo("hired later", date(2024, 3, 31)).hired(date(2024, 5, 20)),
        ibo("ends later", date(2024, 5, 31)),
    )

    _, total = flow_by_kind(reporting, as_of=date(2024, 5, 1))

    assert (total.persons, in_nec(total)) == (1, [0, 0, 0])


def test_flow_tells_how_modules_ended(reporting):
    stopped = History("g").enrolled(JANUARY).ibo("ibo", JANUARY, date(2024, 6, 30))
    migrated = History("h").enrolled(JANUARY).work_experience("w", JANUARY, date(2024, 9, 30))
    reporting.put(
        ibo("i", date(2024, 3, 31)),
        stopped.stopped("ibo", date(2024, 2, 1)),
        migrated.migrated(date(2024, 7, 1), "w"),
    )

    _, total = flow_by_kind(reporting)

    assert (total.modules, total.completed, total.stopped_early, total.measure_ended) == (
        3,
        1,
        1,
        1,
    )


def test_flow_after_a_positive_end_stands_apart(reporting):
    ended = date(2024, 3, 31)
    stopped = History("g").enrolled(JANUARY).ibo("ibo", JANUARY, ended).stopped("ibo", ended)
    reporting.put(
        ibo("found work", ended).hired(date(2024, 4, 1)),
        ibo("found none", ended),
        stopped.hired(date(2024, 4, 1)),
    )

    rows, _ = flow_by_kind(reporting, by=GroupBy.ENDING)

    assert {group: (row.persons, in_nec(row)[0]) for group, row in rows.items()} == {
        "COMPLETED": (2, 1),
        "STOPPED_EARLY": (1, 1),
    }


def test_flow_of_no_modules_is_nothing_and_not_an_error(reporting):
    report = flow.flow(reporting.connection, YEAR_2024, as_of=LONG_AFTER)

    assert report.rows == ()
    assert (report.total.persons, in_nec(report.total)) == (0, [0, 0, 0])
    assert report.total.within[0].share_in_nec is None


def test_flow_by_provider_and_by_province_on_the_last_day(reporting):
    moved = History("anna").enrolled(JANUARY).characteristics(JANUARY)
    moved.ibo("ibo", JANUARY, date(2024, 3, 31)).characteristics(date(2024, 3, 1), GHENT)
    other = History("bert").enrolled(JANUARY).characteristics(JANUARY)
    other.ibo("ibo", JANUARY, date(2024, 3, 31), employer=CANTEEN)
    unknown = History("carl").enrolled(JANUARY).ibo("ibo", JANUARY, date(2024, 3, 31))
    reporting.put(*(each.completed("ibo", date(2024, 3, 31)) for each in (moved, other, unknown)))

    by_provider, _ = flow_by_kind(reporting, by=GroupBy.ORGANISATION)
    by_province, _ = flow_by_kind(reporting, by=GroupBy.PROVINCE)
    of_antwerp, _ = flow_by_kind(reporting, province="ANTWERPEN")

    assert {group: row.persons for group, row in by_provider.items()} == {BAKERY: 2, CANTEEN: 1}
    assert {group: row.persons for group, row in by_province.items()} == {
        "ANTWERPEN": 1,
        "OOST_VLAANDEREN": 1,
        "ONBEKEND": 1,
    }
    assert {group: row.persons for group, row in of_antwerp.items()} == {"IBO": 1}


@pytest.mark.parametrize("by", sorted(flow.FLOW_BY))
def test_flow_answers_by_each_of_its_groups(reporting, by):
    reporting.put(ibo("anna", date(2024, 3, 31)))

    report = flow.flow(reporting.connection, YEAR_2024, as_of=LONG_AFTER, by=by)

    assert [row.persons for row in report.rows] == [1]


@pytest.mark.parametrize(
    ("commune", "day", "province"),
    [
        ("11002", date(2024, 12, 31), "ANTWERPEN"),
        ("11056", date(2024, 12, 31), "ANTWERPEN"),
        ("11056", date(2025, 1, 1), "OOST_VLAANDEREN"),
        ("46030", date(2025, 1, 1), "OOST_VLAANDEREN"),
        ("21004", date(2024, 1, 1), "BRUSSELS_HOOFDSTEDELIJK_GEWEST"),
        ("24062", date(2024, 1, 1), "VLAAMS_BRABANT"),
        ("24062", date(1990, 1, 1), "BRABANT"),
        ("25112", date(2024, 1, 1), "WAALS_BRABANT"),
        ("31005", date(2024, 1, 1), "WEST_VLAANDEREN"),
        ("71016", date(2024, 1, 1), "LIMBURG"),
    ],
)
def test_the_province_is_the_one_of_the_day(reporting, commune, day, province):
    assert reporting.rows("select reporting.province_at(%s, %s)", commune, day) == [(province,)]


def test_inflow_leaves_out_whose_enrolment_was_inferred_and_says_how_many(reporting):
    reporting.put(
        History("anna").enrolled(JANUARY),
        History("anna again", "anna").enrolled(date(2024, 6, 1)),
        History("bert").enrolled(date(2024, 1, 20)),
        History("from the register").enrolled(JANUARY, inferred=True),
        History("from an older system").enrolled(JANUARY).from_legacy(JANUARY, JANUARY),
        History("earlier").enrolled(date(2023, 12, 31)),
    )

    report = queries.inflow(reporting.connection, YEAR_2024, GroupBy.MONTH)

    assert [(row.group, row.persons, row.pathways) for row in report.rows] == [
        ("2024-01", 2, 2),
        ("2024-06", 1, 1),
    ]
    assert (report.total.persons, report.total.pathways) == (2, 3)
    assert report.inferred_left_out == 2


def test_modules_started_and_ended_are_counted_each_on_its_day(reporting):
    early = History("anna").enrolled(date(2023, 1, 1)).ibo("a", date(2023, 11, 1), JANUARY)
    early.completed("a", JANUARY)
    runs = History("bert").enrolled(JANUARY).ibo("b", date(2024, 12, 1), date(2025, 5, 1))
    stopped = History("carl").enrolled(JANUARY).stage("c", JANUARY, date(2024, 3, 1))
    stopped.stopped("c", date(2024, 2, 1), StopReason.NIET_OPGEDAAGD)
    measure = History("dina").enrolled(JANUARY).work_experience("d", JANUARY, date(2024, 9, 30))
    measure.migrated(date(2024, 7, 1), "d")
    reporting.put(early, runs, stopped, measure)

    report = queries.modules(reporting.connection, YEAR_2024)

    told = {
        row.group: (row.started, row.ended, row.completed, row.stopped_early, row.measure_ended)
        for row in report.rows
    }
    assert told == {
        "IBO": (1, 1, 1, 0, 0),
        "STAGE": (1, 1, 0, 1, 0),
        "WEP_WERKERVARING": (1, 1, 0, 0, 1),
    }
    assert report.total.completion_rate == 0.5
    assert report.persons_migrated == 1


def test_a_migration_is_neither_inflow_nor_outflow(reporting):
    history = History("dina").enrolled(date(2023, 5, 1))
    history.work_experience("w", date(2023, 5, 2), date(2024, 9, 30))
    reporting.put(history.migrated(date(2024, 7, 1), "w"))

    assert queries.inflow(reporting.connection, YEAR_2024).total.pathways == 0
    assert queries.outflow(reporting.connection, YEAR_2024).total.pathways == 0


def test_days_to_first_module_and_to_work_are_medians_of_told_enrolments(reporting):
    def waited(name: str, to_module: int, to_work: int | None, **enrolment: bool) -> History:
        history = History(name).enrolled(date(2024, 1, 1), **enrolment)
        history.ibo("ibo", date(2024, 1, 1 + to_module), date(2024, 1, 30))
        return history.hired(date(2024, 2, to_work)) if to_work else history

    reporting.put(
        waited("a", 2, 1),
        waited("b", 10, 11),
        waited("c", 30, None),
        waited("d", 0, 20, inferred=True),
        waited("e", 0, 20).from_legacy(date(2024, 1, 1), date(2024, 1, 31)),
        History("no module").enrolled(date(2024, 1, 1)),
    )

    report = queries.days(reporting.connection, YEAR_2024)

    total = report.total
    assert (total.pathways, total.with_module, total.with_work) == (4, 3, 2)
    assert total.median_days_to_first_module == 10
    # 1 February is 31 days after 1 January, 11 February 41.
    assert total.median_days_to_work == 36
    assert report.inferred_left_out == 2


def test_who_works_within_six_and_twelve_months_of_enrolment_once_these_have_passed(reporting):
    reporting.put(
        History("on the last day").enrolled(JANUARY).hired(date(2024, 7, 2)),
        History("a day later").enrolled(JANUARY).hired(date(2024, 7, 3)),
        History("after a year").enrolled(JANUARY).hired(date(2025, 1, 3)),
        History("never").enrolled(date(2024, 2, 1)),
        History("inferred").enrolled(JANUARY, inferred=True).hired(JANUARY),
    )

    def told(as_of: date) -> list[tuple[int, int, int, float | None]]:
        total = queries.days(reporting.connection, YEAR_2024, as_of=as_of).total
        return [
            (each.months, each.reached, each.in_nec, each.share_in_nec) for each in total.within
        ]

    assert told(LONG_AFTER) == [(6, 4, 1, 0.25), (12, 4, 2, 0.5)]
    assert told(date(2024, 7, 2)) == [(6, 0, 0, None), (12, 0, 0, None)]
    assert told(date(2024, 7, 3)) == [(6, 3, 1, 0.3333), (12, 0, 0, None)]


def test_days_are_by_the_form_of_the_first_module_and_by_who_guided_on_its_first_day(reporting):
    by_the_canteen = History("a").enrolled(JANUARY).confirmed(date(2024, 2, 1))
    by_the_canteen.stage("s", date(2024, 2, 11), date(2024, 3, 1))
    confirmed_later = History("b").enrolled(JANUARY).ibo("i", date(2024, 1, 5), date(2024, 3, 1))
    confirmed_later.confirmed(date(2024, 2, 1))
    reporting.put(by_the_canteen, confirmed_later, History("no module").enrolled(JANUARY))

    def told(by: GroupBy) -> dict[str | None, float | None]:
        report = queries.days(reporting.connection, YEAR_2024, by)
        return {row.group: row.median_days_to_first_module for row in report.rows}

    assert told(GroupBy.FORM) == {"WES": 40, "IBO": 3, "ONBEKEND": None}
    assert told(GroupBy.PROVIDER) == {CANTEEN: 40, "VDAB_OF_PROMOTOR": 3, "ONBEKEND": None}
    assert told(GroupBy.LOT) == {"P-4": 40, "ZONDER_PERCEEL": 3, "ONBEKEND": None}
    assert told(GroupBy.SCHEME) == {"IWPL_TENDER": 40, "ZONDER_REGELING": 3, "ONBEKEND": None}


def test_outflow_keeps_exit_types_apart(reporting):
    reporting.put(
        History("anna").enrolled(JANUARY).closed(date(2024, 5, 1), ExitType.PENSIOEN),
        History("bert").enrolled(JANUARY).closed(date(2024, 5, 2), ExitType.WERK_NEC_INTERIM),
        History("carl").enrolled(JANUARY).closed(date(2025, 1, 1), ExitType.PENSIOEN),
    )

    report = queries.outflow(reporting.connection, YEAR_2024)

    assert [(row.group, row.persons) for row in report.rows] == [
        ("PENSIOEN", 1),
        ("WERK_NEC_INTERIM", 1),
    ]


@pytest.mark.parametrize(
    ("question", "groups"),
    [
        (queries.inflow, queries.INFLOW_BY),
        (queries.modules, queries.MODULES_BY),
        (queries.days, queries.DAYS_BY),
        (queries.outflow, queries.OUTFLOW_BY),
    ],
)
def test_every_report_answers_by_each_of_its_groups(reporting, question, groups):
    reporting.put(ibo("anna", date(2024, 3, 31)).closed(date(2024, 4, 1)))

    for by in groups:
        report = question(reporting.connection, YEAR_2024, by)

        assert report.rows
        assert report.definitions


def test_characteristics_of_entry_stay_as_they_were(reporting):
    history = History("anna").enrolled(JANUARY).characteristics(JANUARY)
    reporting.put(history.characteristics(date(2024, 8, 1), GHENT))

    assert reporting.rows("select commune from reporting.inflow") == [("11002",)]


def test_a_report_says_up_to_when_it_is_complete(reporting):
    history = History("anna").enrolled(JANUARY)
    reporting.put(history)

    fresh = queries.inflow(reporting.connection, YEAR_2024).freshness

    assert fresh.newest_recorded_at == history.recorded_at
    assert fresh.complete_until is None
    assert fresh.parked_pathways == 0


def test_a_period_has_its_days_in_order():
    with pytest.raises(ValidationError, match="swap the two days"):
        Period(first=date(2024, 2, 1), last=date(2024, 1, 1))


def test_a_late_fact_changes_the_report_of_its_own_day(reporting):
    history = ibo("anna", date(2024, 3, 31))
    reporting.put(history)
    reporting.put(history.hired(date(2024, 4, 15)), from_version=len(history))

    _, total = flow_by_kind(reporting)

    assert in_nec(total) == [1, 1, 1]


def test_rows_name_exactly_the_columns_of_their_tables(reporting):
    history = ibo("anna", date(2024, 3, 31)).work_experience("w", JANUARY, date(2024, 9, 30))
    history.migrated(date(2024, 7, 1), "w").hired(date(2024, 7, 2)).closed(date(2024, 8, 1))
    history.checked(date(2024, 8, 5), Checkpoint.ONE, since=date(2024, 7, 2))

    for table, columns in reporting.columns_of_rows(history).items():
        assert columns == reporting.columns(table)
