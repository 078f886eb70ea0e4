"""An example of each report that follows a cohort, for the API's description; the figures are invented."""

from datetime import date

from projections.reporting import outcomes, time_to_work, transition
from projections.reporting.definitions import definitions
from projections.reporting.examples import FRESHNESS, YEAR
from projections.reporting.reports import GroupBy


def time_to_work_example() -> time_to_work.CurvesReport:
    """The year 2015 seen from 1 March 2016; only two of the months."""
    points = tuple(
        time_to_work.WorkBy(months=months, reached=reached, in_nec=in_nec)
        for months, reached, in_nec in ((3, 310, 104), (6, 240, 131))
    )
    row = time_to_work.CurveRow(group="IBO", persons=320, points=points)
    return time_to_work.CurvesReport(
        period=YEAR,
        by=GroupBy.MEASURE,
        as_of=date(2016, 3, 1),
        since=time_to_work.Since.ENTRY,
        rows=(row,),
        total=row.model_copy(update={"group": None}),
        definitions=definitions("curve", "curve_reached", "curve_in_nec"),
        freshness=FRESHNESS,
    )


def outcomes_example() -> outcomes.OutcomesReport:
    """The year 2015 seen from 1 March 2016; only six months after the closing."""
    row = outcomes.OutcomesRow(
        group="6M",
        pathways=180,
        work_dmfa=92,
        work_dimona=11,
        work_contract=3,
        work_statement=2,
        not_in_work=51,
        unmeasured=21,
    )
    return outcomes.OutcomesReport(
        period=YEAR,
        by=GroupBy.CHECKPOINT,
        as_of=date(2016, 3, 1),
        rows=(row,),
        definitions=definitions("outflow", "outcome_reached", "work_by_proof", "unmeasured"),
        freshness=FRESHNESS,
    )


def transition_example() -> transition.TransitionReport:
    """One week of 2015."""
    row = transition.TransitionRow(
        group="2015-W27",
        running=810,
        ended=240,
        to_tender=150,
        to_subsidy=60,
        to_other=14,
        hired=9,
    )
    return transition.TransitionReport(
        period=YEAR,
        by=GroupBy.WEEK,
        as_of=date(2016, 3, 1),
        rows=(row,),
        total=row.model_copy(update={"group": None}),
        definitions=definitions("wep_running", "wep_ended", "wep_migrated", "wep_hired"),
        freshness=FRESHNESS,
    )
