"""An example of each report, for the API's description; the figures are invented."""

from datetime import UTC, date, datetime

from projections.freshness import Freshness
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
)

_YEAR = Period(first=date(2015, 1, 1), last=date(2015, 12, 31))
_FRESHNESS = Freshness(
    complete_until=datetime(2016, 3, 1, 8, 30, tzinfo=UTC),
    newest_position=4711,
    newest_recorded_at=datetime(2016, 3, 1, 8, 29, 58, tzinfo=UTC),
    parked_pathways=0,
)


def flow_example() -> FlowReport:
    """The year 2015 seen from 1 March 2016: for many, twelve months have not passed."""
    within = tuple(
        Within(
            months=months, persons=120, in_nec=found, months_not_passed=open_, not_yet_in_nec=yet
        )
        for months, found, open_, yet in ((3, 70, 22, 9), (6, 74, 61, 24), (12, 76, 110, 38))
    )
    told = {"persons": 120, "modules": 124, "completed": 99, "stopped_early": 25}
    row = FlowRow.model_validate({"group": "IBO", **told, "measure_ended": 0, "within": within})
    return FlowReport(
        period=_YEAR,
        by=GroupBy.KIND,
        as_of=date(2016, 3, 1),
        rows=(row,),
        total=row.model_copy(update={"group": None}),
        definitions=definitions(
            "cohort", "persons", "in_nec", "months_not_passed", "not_yet_in_nec"
        ),
        freshness=_FRESHNESS,
    )


def inflow_example() -> InflowReport:
    """One month."""
    return InflowReport(
        period=_YEAR,
        by=GroupBy.MONTH,
        rows=(InflowRow(group="2015-01", persons=210, pathways=212),),
        total=InflowRow(group=None, persons=210, pathways=212),
        inferred_left_out=31,
        definitions=definitions("inflow", "persons", "inferred_left_out"),
        freshness=_FRESHNESS,
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
        period=_YEAR,
        by=GroupBy.KIND,
        rows=(row,),
        total=row.model_copy(update={"group": None}),
        persons_migrated=0,
        definitions=definitions("started", "ended", "completion_rate"),
        freshness=_FRESHNESS,
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
    )
    return DaysReport(
        period=_YEAR,
        by=GroupBy.KIND,
        rows=(row,),
        total=row.model_copy(update={"group": None}),
        inferred_left_out=31,
        definitions=definitions("median_days_to_first_module", "median_days_to_work"),
        freshness=_FRESHNESS,
    )


def outflow_example() -> OutflowReport:
    """One way out."""
    row = OutflowRow(group="WERK_NEC_LOONTREKKEND", persons=88, pathways=88)
    return OutflowReport(
        period=_YEAR,
        by=GroupBy.REASON,
        rows=(row,),
        total=row.model_copy(update={"group": None}),
        definitions=definitions("outflow", "persons"),
        freshness=_FRESHNESS,
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
        period=_YEAR,
        by=GroupBy.REASON,
        as_of=date(2016, 3, 1),
        rows=(row,),
        total=row.model_copy(update={"group": None}),
        definitions=definitions("outflow", "reached", "measured", "in_work", "same_employer"),
        freshness=_FRESHNESS,
    )
