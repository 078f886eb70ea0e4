"""Reports that follow a cohort over REST: time to work, outflow by proof, the end of WEP+ week by week."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from projections.reporting.asked import CurvesAsked, OutcomesAsked, TransitionAsked
from projections.reporting.outcomes import OutcomesReport, outcomes
from projections.reporting.then import TOO_MANY_THEN
from projections.reporting.time_to_work import CurvesReport, time_to_work
from projections.reporting.transition import TransitionReport, transition
from projections.reporting.web import Answers, SignedIn, taken
from projections.web_openapi import documented
from projections.web_reading import ReadModels
from projections.web_rights import Rows


def time_to_work_report(read_models: ReadModels, asked: CurvesAsked) -> CurvesReport:
    """Time to work as curves. Raises as `taken`."""
    return taken(
        read_models,
        asked,
        lambda connection, point, rows: time_to_work(
            connection, asked.period, as_of=point.as_of, since=asked.since, by=asked.by, rows=rows
        ),
    )


def outcomes_report(read_models: ReadModels, asked: OutcomesAsked) -> OutcomesReport:
    """Outflow to work by proof. Raises as `taken`."""
    return taken(
        read_models,
        asked,
        lambda connection, point, rows: outcomes(
            connection, asked.period, as_of=point.as_of, rows=rows
        ),
    )


def transition_report(read_models: ReadModels, asked: TransitionAsked) -> TransitionReport:
    """The end of WEP+. Raises as `taken`."""
    return taken(
        read_models,
        asked,
        lambda connection, point, rows: transition(
            connection, asked.period, as_of=point.as_of, rows=rows
        ),
    )


def cohorts_routes(read_models: ReadModels, rows: Rows) -> APIRouter:
    """`GET /v1/reports/...`: time-to-work, outcomes, transition. They name nobody."""
    routes = APIRouter(prefix="/v1/reports", tags=["reporting"])
    answers = Answers(read_models, rows)
    _add_time_to_work(routes, answers)
    _add_outcomes(routes, answers)
    _add_transition(routes, answers)
    return routes


def _add_time_to_work(routes: APIRouter, answers: Answers) -> None:
    @routes.get(
        "/time-to-work",
        name="report_time_to_work",
        operation_id="report_time_to_work",
        summary="Who of a cohort worked in the NEC by each of the first 24 months",
        response_model=CurvesReport,
        responses=documented(TOO_MANY_THEN),
    )
    def report_time_to_work(  # pyright: ignore[reportUnusedFunction]
        asked: Annotated[CurvesAsked, Query()], request: Request, caller: SignedIn
    ) -> Response:
        """Beside each number stands of how many persons the months have passed."""
        return answers(request, caller, asked, time_to_work_report)


def _add_outcomes(routes: APIRouter, answers: Answers) -> None:
    @routes.get(
        "/outcomes",
        name="report_outcomes",
        operation_id="report_outcomes",
        summary="Who was at work on leaving and 1, 3, 6 and 12 months later, by proof",
        response_model=OutcomesReport,
        responses=documented(TOO_MANY_THEN),
    )
    def report_outcomes(  # pyright: ignore[reportUnusedFunction]
        asked: Annotated[OutcomesAsked, Query()], request: Request, caller: SignedIn
    ) -> Response:
        """Whom nobody checked stands apart: of them nobody knows."""
        return answers(request, caller, asked, outcomes_report)


def _add_transition(routes: APIRouter, answers: Answers) -> None:
    @routes.get(
        "/transition",
        name="report_transition",
        operation_id="report_transition",
        summary="The end of WEP+ week by week: who was in a module, who went where, who found work",
        response_model=TransitionReport,
        responses=documented(TOO_MANY_THEN),
    )
    def report_transition(  # pyright: ignore[reportUnusedFunction]
        asked: Annotated[TransitionAsked, Query()], request: Request, caller: SignedIn
    ) -> Response:
        """A migration is neither inflow nor outflow."""
        return answers(request, caller, asked, transition_report)
