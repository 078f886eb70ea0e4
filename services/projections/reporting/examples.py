"""An example of each report, for the API's description; the figures are invented."""

from datetime import UTC, date, datetime

from projections.freshness import Freshness
from projections.reporting import (
    counsellors,
    exceptions,
    exits,
    ibo,
    retention,
    special,
    stock,
    stops,
    work_floors,
)
from projections.reporting.definitions import definitions
from projections.reporting.reports import (
    Afterwards,
    AfterwardsReport,
    AfterwardsRow,
    DaysReport,
    DaysRow,
    FlowReport,
    FlowRow,
    GroupBy,
    InflowReport,
    InflowRow,
    ModulesReport,
    ModulesRow,
    OutflowReport,
    OutflowRow,
    Period,
    Within,
    WorkWithin,
)

YEAR = Period(first=date(2015, 1, 1), last=date(2015, 12, 31))
FRESHNESS = Freshness(
    complete_until=datetime(2016, 3, 1, 8, 30, tzinfo=UTC),
    newest_position=4711,
    newest_recorded_at=datetime(2016, 3, 1, 8, 29, 58, tzinfo=UTC),
    parked_pathways=0,
)


def flow_example() -> FlowReport:
    """The year 2015 seen from 1 March 2016: for many, twelve months have not passed."""
    within = tuple(
        Within(
            months=months,
            persons=120,
            in_nec=found,
            months_not_passed=open_,
            not_yet_in_nec=yet,
            flow_reached=120 - open_,
            at_work=works,
            at_work_dmfa=works - 6,
            at_work_dimona=3,
            at_work_contract=2,
            at_work_statement=1,
        )
        for months, found, open_, yet, works in (
            (3, 70, 22, 9, 58),
            (6, 74, 61, 24, 41),
            (12, 76, 110, 38, 7),
        )
    )
    told = {"persons": 120, "modules": 124, "completed": 99, "stopped_early": 25}
    row = FlowRow.model_validate({"group": "IBO", **told, "measure_ended": 0, "within": within})
    return FlowReport(
        period=YEAR,
        by=GroupBy.KIND,
        as_of=date(2016, 3, 1),
        rows=(row,),
        total=row.model_copy(update={"group": None}),
        definitions=definitions(
            "cohort", "persons", "in_nec", "months_not_passed", "not_yet_in_nec"
        ),
        freshness=FRESHNESS,
    )


def inflow_example() -> InflowReport:
    """One month."""
    return InflowReport(
        period=YEAR,
        by=GroupBy.MONTH,
        rows=(InflowRow(group="2015-01", persons=210, pathways=212),),
        total=InflowRow(group=None, persons=210, pathways=212),
        inferred_left_out=31,
        definitions=definitions("inflow", "persons", "inferred_left_out"),
        freshness=FRESHNESS,
    )


def modules_example() -> ModulesReport:
    """One kind."""
    row = ModulesRow(
        group="IBO",
        persons_started=150,
        started=151,
        ended=124,
        completed=99,
        stopped_early=25,
        measure_ended=0,
    )
    return ModulesReport(
        period=YEAR,
        by=GroupBy.KIND,
        rows=(row,),
        total=row.model_copy(update={"group": None}),
        persons_migrated=0,
        definitions=definitions("started", "ended", "completion_rate"),
        freshness=FRESHNESS,
    )


def durations_example() -> DaysReport:
    """One kind of first module."""
    row = DaysRow(
        group="IBO",
        pathways=180,
        with_module=180,
        median_days_to_first_module=74,
        with_work=96,
        median_days_to_work=241.5,
        with_work_after_module=81,
        median_days_from_module_to_work=12,
        within=(
            WorkWithin(months=6, reached=141, in_nec=38),
            WorkWithin(months=12, reached=22, in_nec=11),
        ),
    )
    return DaysReport(
        period=YEAR,
        by=GroupBy.KIND,
        rows=(row,),
        total=row.model_copy(update={"group": None}),
        inferred_left_out=31,
        definitions=definitions("median_days_to_first_module", "median_days_to_work"),
        freshness=FRESHNESS,
    )


def outflow_example() -> OutflowReport:
    """One way out."""
    row = OutflowRow(group="WERK_NEC_LOONTREKKEND", persons=88, pathways=88)
    return OutflowReport(
        period=YEAR,
        by=GroupBy.REASON,
        rows=(row,),
        total=row.model_copy(update={"group": None}),
        definitions=definitions("outflow", "persons"),
        freshness=FRESHNESS,
    )


def afterwards_example() -> AfterwardsReport:
    """One way out, seen from 1 March 2016: for many, twelve months have not passed."""
    each = tuple(
        Afterwards(
            months=months, reached=reached, measured=measured, in_work=works, same_employer=same
        )
        for months, reached, measured, works, same in (
            (1, 88, 80, 78, 76), (3, 80, 71, 66, 60), (6, 61, 50, 44, 37), (12, 20, 15, 12, 9),
        )
    )  # fmt: skip
    row = AfterwardsRow(group="WERK_NEC_LOONTREKKEND", pathways=88, afterwards=each)
    return AfterwardsReport(
        period=YEAR,
        by=GroupBy.REASON,
        as_of=date(2016, 3, 1),
        rows=(row,),
        total=row.model_copy(update={"group": None}),
        definitions=definitions("outflow", "reached", "measured", "in_work", "same_employer"),
        freshness=FRESHNESS,
    )


def exits_example() -> exits.ExitsReport:
    """Two exit types of one month, six months later: some months have not passed."""
    job = {"exit_type": "WERK_NEC_LOONTREKKEND", "persons": 60, "pathways": 60, "share": 0.7595}
    job |= {"without_proof": 4, "reached": 51, "measured": 46, "in_work": 41}
    pension = {"exit_type": "PENSIOEN", "persons": 19, "pathways": 19, "share": 0.2405}
    pension |= {"without_proof": 19, "reached": 15, "measured": 0, "in_work": 0}
    whole = {"persons": 79, "pathways": 79, "to_work": 60, "without_proof": 23}
    whole |= {"reached": 66, "measured": 46, "in_work": 41}
    row = exits.ExitsRow.model_validate({"group": "2015-08", **whole, "exits": [job, pension]})
    return exits.ExitsReport(
        period=YEAR,
        by=GroupBy.MONTH,
        as_of=date(2016, 3, 1),
        months=6,
        rows=(row,),
        total=row.model_copy(update={"group": None}),
        definitions=exits.FIGURES,
        freshness=FRESHNESS,
    )


def stops_example() -> stops.StopsReport:
    """One kind, stopped for two reasons."""
    reasons = (
        stops.Stop(reason="NIET_OPGEDAAGD", modules=15, share=0.0993),
        stops.Stop(reason="ANDERE", modules=10, share=0.0662),
    )
    row = stops.StopsRow(
        group="IBO", started=151, stopped_early=25, measure_ended=0, reasons=reasons
    )
    return stops.StopsReport(
        period=YEAR,
        by=GroupBy.KIND,
        as_of=date(2016, 3, 1),
        rows=(row,),
        total=row.model_copy(update={"group": None}),
        definitions=stops.FIGURES,
        freshness=FRESHNESS,
    )


def exceptions_example() -> exceptions.ExceptionsReport:
    """One kind, in one year."""
    row = exceptions.ExceptionsRow(
        group="BACKDATED",
        persons=41,
        facts=57,
        soft_maximum=0,
        backdated=57,
        waived=0,
        own_case=0,
    )
    return exceptions.ExceptionsReport(
        period=YEAR,
        by=GroupBy.EXCEPTION,
        as_of=date(2016, 3, 1),
        rows=(row,),
        total=row.model_copy(update={"group": None}),
        definitions=exceptions.FIGURES,
        freshness=FRESHNESS,
    )


def ibo_example() -> ibo.IboReport:
    """One province, seen from 1 March 2016."""
    row = ibo.IboRow(
        group="ANTWERPEN",
        persons=98,
        completed=99,
        hired=90,
        reached=61,
        measured=52,
        retained=47,
        obliged=98,
        met=89,
        waived=5,
        breached=2,
        overdue=1,
        decisions=(
            ibo.IbosDecided(motive="GEEN_AANWERVING", waived=0, breached=2),
            ibo.IbosDecided(motive="ORDERBOEK", waived=5, breached=0),
        ),
    )
    return ibo.IboReport(
        period=YEAR,
        by=GroupBy.PROVINCE,
        as_of=date(2016, 3, 1),
        rows=(row,),
        total=row.model_copy(update={"group": None}),
        definitions=ibo.FIGURES,
        freshness=FRESHNESS,
    )


def retention_example() -> retention.RetentionReport:
    """Hires after an IBO, six months later: for some, these have not passed."""
    row = retention.RetentionRow(
        group="IBO",
        persons=120,
        hired=124,
        reached=91,
        measured=74,
        in_work=66,
        retained=58,
    )
    return retention.RetentionReport(
        period=YEAR,
        by=GroupBy.KIND,
        as_of=date(2016, 3, 1),
        months=6,
        rows=(row,),
        total=row.model_copy(update={"group": None}),
        definitions=retention.FIGURES,
        freshness=FRESHNESS,
    )


def work_floors_example() -> work_floors.WorkFloorsReport:
    """One work floor."""
    row = work_floors.WorkFloorsRow(
        group="0400000148",
        persons_trained=14,
        trained_and_hired=3,
        persons_hosted=5,
        persons_hired=4,
    )
    return work_floors.WorkFloorsReport(
        period=YEAR,
        by=GroupBy.WORK_FLOOR,
        as_of=date(2016, 3, 1),
        rows=(row,),
        total=row.model_copy(update={"group": None}),
        definitions=work_floors.FIGURES,
        freshness=FRESHNESS,
    )


def reach_example() -> stock.ReachReport:
    """One province."""
    row = stock.ReachRow(group="ANTWERPEN", persons=801, pathways=812)
    return stock.ReachReport(
        period=YEAR,
        by=GroupBy.PROVINCE,
        rows=(row,),
        total=row.model_copy(update={"group": None}),
        definitions=definitions("reach", "persons"),
        freshness=FRESHNESS,
    )


def counsellors_example() -> counsellors.CounsellorsReport:
    """Four counts of the same unit on the same day."""
    row = counsellors.CounsellorsRow(
        group="OE-VOORBEELD-NOORD",
        counsellors_assigned=15,
        counsellors_with_module=11,
        counsellors_in_year=19,
        counsellors_in_contact=34,
        pathways_assigned=1480,
        pathways_unassigned=21,
        median_pathways=97,
        most_pathways=131,
    )
    return counsellors.CounsellorsReport(
        by=GroupBy.UNIT,
        rows=(row,),
        total=row.model_copy(update={"group": None}),
        definitions=counsellors.FIGURES,
        freshness=FRESHNESS,
    )


def stock_example() -> stock.StockReport:
    """One status at the end of a month."""
    row = stock.StockRow(group="IN_BEGELEIDING", persons=1398, pathways=1398, in_module=455)
    return stock.StockReport(
        by=GroupBy.STATUS,
        rows=(row,),
        total=row.model_copy(update={"group": None}),
        definitions=definitions("stock", "persons", "in_module"),
        freshness=FRESHNESS,
    )


def special_example() -> special.SpecialReport:
    """A year in which few men with a disability left: what would tell of them is null."""
    none: dict[str, int | None] = {"M": None, "V": None}
    works = special.SpecialOutcome(outcome="IN_WORK", persons=None, by_gender=none)
    left = works.model_copy(update={"persons": 95, "by_gender": {"M": 46, "V": 49}})
    yes = special.SpecialRow(group="JA", persons=21, by_gender=none, outcomes=(works,))
    no = special.SpecialRow(group="NEE", persons=160, by_gender=none, outcomes=(works,))
    total = {"group": None, "persons": 181, "by_gender": {"M": 84, "V": 97}, "outcomes": (left,)}
    return special.SpecialReport(
        period=YEAR,
        by=special.Special.DISABILITY,
        of=special.Of.AFTERWARDS,
        months=6,
        rows=(yes, no),
        total=special.SpecialRow.model_validate(total),
        definitions=special.FIGURES[special.Of.AFTERWARDS],
        freshness=FRESHNESS,
    )
