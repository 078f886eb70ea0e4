"""The reporting officer's questions over REST: each answer with its definitions and completeness."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from plumbing.callers import Caller
from plumbing.problems import INVALID_REQUEST, FieldError
from plumbing.sign_in import signed_in

from projections.reporting import queries
from projections.reporting.afterwards import afterwards
from projections.reporting.asked import (
    AfterwardsAsked,
    DurationsAsked,
    FlowAsked,
    InflowAsked,
    ModulesAsked,
    OutflowAsked,
)
from projections.reporting.flow import flow
from projections.reporting.reports import (
    AfterwardsReport,
    DaysReport,
    FlowReport,
    InflowReport,
    ModulesReport,
    OutflowReport,
)
from projections.web_openapi import documented
from projections.web_reading import ReadModels, json_answer
from projections.web_rights import Rows

SignedIn = Annotated[Caller, Depends(signed_in)]
UNSEEN = frozenset({"freshness"})
REPORTING = "reporting"


def flow_report(read_models: ReadModels, asked: FlowAsked) -> FlowReport:
    """Flow into the NEC; a 422 Problem when it is asked as of a day that is yet to come."""
    seen_from = _not_to_come(read_models, asked.as_of)
    with read_models.snapshot() as connection:
        return flow(
            connection,
            asked.period,
            as_of=seen_from,
            by=asked.by,
            kinds=asked.kinds,
            organisation=asked.organisation,
            province=asked.province,
        )


def _not_to_come(read_models: ReadModels, as_of: date | None) -> date:
    """The day of the report; a 422 Problem when it is yet to come."""
    today = read_models.today
    if as_of is not None and as_of > today:
        told = FieldError(f"A report is seen from {today} at the latest.", parameter="query as_of")
        raise INVALID_REQUEST.problem(errors=[told])
    return as_of or today


def reporting_routes(read_models: ReadModels, rows: Rows) -> APIRouter:
    """`GET /v1/reports/...`: flow, inflow, modules, durations, outflow, afterwards. They name nobody."""
    routes = APIRouter(prefix="/v1/reports", tags=["reporting"])
    _add_flow(routes, read_models, rows)
    _add_inflow(routes, read_models, rows)
    _add_modules(routes, read_models, rows)
    _add_durations(routes, read_models, rows)
    _add_outflow(routes, read_models, rows)
    _add_afterwards(routes, read_models, rows)
    return routes


def _add_flow(routes: APIRouter, read_models: ReadModels, rows: Rows) -> None:
    @routes.get(
        "/flow",
        name="report_flow",
        operation_id="report_flow",
        summary="Flow into the NEC within 3, 6 and 12 months after a module's end",
        response_model=FlowReport,
        responses=documented(),
    )
    def report_flow(  # pyright: ignore[reportUnusedFunction]
        asked: Annotated[FlowAsked, Query()], request: Request, caller: SignedIn
    ) -> Response:
        """The share whose months have not passed yet is told beside each share."""
        read_models.require(REPORTING, asked.after, rows.hidden(request, caller, asked.after))
        return json_answer(request, flow_report(read_models, asked), unseen=UNSEEN)


def _add_inflow(routes: APIRouter, read_models: ReadModels, rows: Rows) -> None:
    @routes.get(
        "/inflow",
        name="report_inflow",
        operation_id="report_inflow",
        summary="Who started a pathway",
        response_model=InflowReport,
        responses=documented(),
    )
    def report_inflow(  # pyright: ignore[reportUnusedFunction]
        asked: Annotated[InflowAsked, Query()], request: Request, caller: SignedIn
    ) -> Response:
        """A migration is no inflow; days of enrolment that an import inferred are left out."""
        read_models.require(REPORTING, asked.after, rows.hidden(request, caller, asked.after))
        with read_models.snapshot() as connection:
            answer = queries.inflow(connection, asked.period, asked.by)
        return json_answer(request, answer, unseen=UNSEEN)


def _add_modules(routes: APIRouter, read_models: ReadModels, rows: Rows) -> None:
    @routes.get(
        "/modules",
        name="report_modules",
        operation_id="report_modules",
        summary="Which modules started, and how modules ended",
        response_model=ModulesReport,
        responses=documented(),
    )
    def report_modules(  # pyright: ignore[reportUnusedFunction]
        asked: Annotated[ModulesAsked, Query()], request: Request, caller: SignedIn
    ) -> Response:
        """What ended because the measure ended is neither completion nor early stop."""
        read_models.require(REPORTING, asked.after, rows.hidden(request, caller, asked.after))
        with read_models.snapshot() as connection:
            answer = queries.modules(connection, asked.period, asked.by)
        return json_answer(request, answer, unseen=UNSEEN)


def _add_durations(routes: APIRouter, read_models: ReadModels, rows: Rows) -> None:
    @routes.get(
        "/durations",
        name="report_durations",
        operation_id="report_durations",
        summary="Days from enrolment to the first module and to work",
        response_model=DaysReport,
        responses=documented(),
    )
    def report_durations(  # pyright: ignore[reportUnusedFunction]
        asked: Annotated[DurationsAsked, Query()], request: Request, caller: SignedIn
    ) -> Response:
        """Days of enrolment that an import inferred are left out, and how many."""
        read_models.require(REPORTING, asked.after, rows.hidden(request, caller, asked.after))
        with read_models.snapshot() as connection:
            answer = queries.days(connection, asked.period, asked.by)
        return json_answer(request, answer, unseen=UNSEEN)


def _add_outflow(routes: APIRouter, read_models: ReadModels, rows: Rows) -> None:
    @routes.get(
        "/outflow",
        name="report_outflow",
        operation_id="report_outflow",
        summary="Whose pathway was closed, and how",
        response_model=OutflowReport,
        responses=documented(),
    )
    def report_outflow(  # pyright: ignore[reportUnusedFunction]
        asked: Annotated[OutflowAsked, Query()], request: Request, caller: SignedIn
    ) -> Response:
        """A migration is no outflow."""
        read_models.require(REPORTING, asked.after, rows.hidden(request, caller, asked.after))
        with read_models.snapshot() as connection:
            answer = queries.outflow(connection, asked.period, asked.by)
        return json_answer(request, answer, unseen=UNSEEN)


def _add_afterwards(routes: APIRouter, read_models: ReadModels, rows: Rows) -> None:
    @routes.get(
        "/afterwards",
        name="report_afterwards",
        operation_id="report_afterwards",
        summary="Who works 1, 3, 6 and 12 months after the closing",
        response_model=AfterwardsReport,
        responses=documented(),
    )
    def report_afterwards(  # pyright: ignore[reportUnusedFunction]
        asked: Annotated[AfterwardsAsked, Query()], request: Request, caller: SignedIn
    ) -> Response:
        """The share that nobody measured is told beside each share."""
        read_models.require(REPORTING, asked.after, rows.hidden(request, caller, asked.after))
        seen_from = _not_to_come(read_models, asked.as_of)
        with read_models.snapshot() as connection:
            answer = afterwards(connection, asked.period, as_of=seen_from, by=asked.by)
        return json_answer(request, answer, unseen=UNSEEN)
