"""The reporting officer's questions over REST: each answer with its definitions and completeness."""

from collections.abc import Callable, Hashable
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from plumbing.callers import Caller
from plumbing.sign_in import signed_in
from psycopg import sql
from pydantic import BaseModel

from projections.freshness import freshness
from projections.kept import state
from projections.points import Point, PointAsked, Taken
from projections.reporting import queries
from projections.reporting.afterwards import afterwards
from projections.reporting.asked import (
    AfterwardsAsked,
    DayAsked,
    DurationsAsked,
    FlowAsked,
    InflowAsked,
    ModulesAsked,
    OutflowAsked,
    ReportAsked,
)
from projections.reporting.flow import flow
from projections.reporting.groups import LIVE
from projections.reporting.protected import protected_rows, rounded
from projections.reporting.reports import (
    AfterwardsReport,
    DaysReport,
    Figures,
    FlowReport,
    InflowReport,
    ModulesReport,
    OutflowReport,
)
from projections.reporting.then import TOO_MANY_THEN, rows_at
from projections.schema import Database
from projections.web_openapi import documented
from projections.web_reading import ReadModels, json_answer
from projections.web_rights import Rows, counted_for

SignedIn = Annotated[Caller, Depends(signed_in)]
UNSEEN = frozenset({"freshness"})
REPORTING = "reporting"
# A report sorts every person once: beyond what PostgreSQL allows by itself that goes by way of the disk. And
# one that takes several cores draws who is protected in each of them anew, and leaves none for other readers.
_MEANS = "set local work_mem = '64MB'; set local max_parallel_workers_per_gather = 0"
AnyAnswer = TypeVar("AnyAnswer", bound=Figures)
AnyAsked = TypeVar("AnyAsked", bound=ReportAsked | DayAsked)


def taken(
    read_models: ReadModels,
    asked: PointAsked,
    make: Callable[[Database, Point, sql.Identifier], AnyAnswer],
) -> AnyAnswer:
    """A report of the rows as they were at the point that is asked, each at one moment.

    Raises INVALID_REQUEST and TOO_MANY_THEN as Problems.
    """
    point = asked.point(read_models.now())
    then = point if asked.then else None
    what = f"{make.__module__}.{make.__qualname__} {asked.model_dump_json(exclude={'after'})}"
    with read_models.snapshot() as connection:
        report = counted(
            read_models, connection, (what, point), then, lambda of: make(connection, point, of)
        )
    return report.model_copy(update={"taken": Taken.model_validate(point)})


def counted(
    read_models: ReadModels,
    connection: Database,
    question: Hashable,
    then: Point | None,
    make: Callable[[sql.Identifier], AnyAnswer],
) -> AnyAnswer:
    """What `make` counts of the rows as they are, or were `then`: exactly, or protected for these readers.

    It is counted once while no row changes: the same rows give the same figures. `question` holds all
    that these depend on beside the rows. Raises TOO_MANY_THEN as a Problem.
    """

    def count() -> AnyAnswer:
        connection.execute(_MEANS)
        rows = rows_at(connection, then) if then else LIVE
        if not read_models.protected:
            return make(rows)
        with protected_rows(connection, rows) as protected:
            return rounded(make(protected))

    at = state(connection, REPORTING)
    told: AnyAnswer = read_models.kept.answer((question, read_models.protected), at, count)
    return told.model_copy(update={"freshness": freshness(connection, REPORTING)})


def flow_report(read_models: ReadModels, asked: FlowAsked) -> FlowReport:
    """Flow into the NEC. Raises as `taken`."""
    return taken(
        read_models,
        asked,
        lambda connection, point, rows: flow(
            connection,
            asked.period,
            as_of=point.as_of,
            by=asked.by,
            kinds=asked.kinds,
            organisation=asked.organisation,
            province=asked.province,
            rows=rows,
        ),
    )


def inflow_report(read_models: ReadModels, asked: InflowAsked) -> InflowReport:
    """Who started a pathway. Raises as `taken`."""
    return taken(
        read_models,
        asked,
        lambda connection, _, rows: queries.inflow(connection, asked.period, asked.by, rows=rows),
    )


def modules_report(read_models: ReadModels, asked: ModulesAsked) -> ModulesReport:
    """Modules that started and ended. Raises as `taken`."""
    return taken(
        read_models,
        asked,
        lambda connection, _, rows: queries.modules(connection, asked.period, asked.by, rows=rows),
    )


def durations_report(read_models: ReadModels, asked: DurationsAsked) -> DaysReport:
    """Days to the first module and to work. Raises as `taken`."""
    return taken(
        read_models,
        asked,
        lambda connection, point, rows: queries.days(
            connection, asked.period, asked.by, as_of=point.as_of, rows=rows
        ),
    )


def outflow_report(read_models: ReadModels, asked: OutflowAsked) -> OutflowReport:
    """Whose pathway was closed. Raises as `taken`."""
    return taken(
        read_models,
        asked,
        lambda connection, _, rows: queries.outflow(connection, asked.period, asked.by, rows=rows),
    )


def afterwards_report(read_models: ReadModels, asked: AfterwardsAsked) -> AfterwardsReport:
    """Who worked after the closing. Raises as `taken`."""
    return taken(
        read_models,
        asked,
        lambda connection, point, rows: afterwards(
            connection, asked.period, as_of=point.as_of, by=asked.by, rows=rows
        ),
    )


class Answers:
    """Answers reports over REST: once the rows are so far, exact or protected as the caller may see."""

    def __init__(self, read_models: ReadModels, rows: Rows) -> None:
        self._read_models = read_models
        self._rows = rows

    def __call__(
        self,
        request: Request,
        caller: Caller,
        asked: AnyAsked,
        report: Callable[[ReadModels, AnyAsked], BaseModel],
    ) -> Response:
        """The report that is asked. Raises the Problems of reports, and of rows that are behind."""
        hidden = self._rows.hidden(request, caller, asked.after)
        self._read_models.require(REPORTING, asked.after, hidden)
        told = report(counted_for(self._read_models, caller), asked)
        return json_answer(request, told, unseen=UNSEEN)


def reporting_routes(read_models: ReadModels, rows: Rows) -> APIRouter:
    """`GET /v1/reports/...`: flow, inflow, modules, durations, outflow, afterwards. They name nobody."""
    routes = APIRouter(prefix="/v1/reports", tags=["reporting"])
    answers = Answers(read_models, rows)
    _add_flow(routes, answers)
    _add_inflow(routes, answers)
    _add_modules(routes, answers)
    _add_durations(routes, answers)
    _add_outflow(routes, answers)
    _add_afterwards(routes, answers)
    return routes


def _add_flow(routes: APIRouter, answers: Answers) -> None:
    @routes.get(
        "/flow",
        name="report_flow",
        operation_id="report_flow",
        summary="Flow into the NEC within 3, 6 and 12 months after a module's end",
        response_model=FlowReport,
        responses=documented(TOO_MANY_THEN),
    )
    def report_flow(  # pyright: ignore[reportUnusedFunction]
        asked: Annotated[FlowAsked, Query()], request: Request, caller: SignedIn
    ) -> Response:
        """The share whose months have not passed yet is told beside each share."""
        return answers(request, caller, asked, flow_report)


def _add_inflow(routes: APIRouter, answers: Answers) -> None:
    @routes.get(
        "/inflow",
        name="report_inflow",
        operation_id="report_inflow",
        summary="Who started a pathway",
        response_model=InflowReport,
        responses=documented(TOO_MANY_THEN),
    )
    def report_inflow(  # pyright: ignore[reportUnusedFunction]
        asked: Annotated[InflowAsked, Query()], request: Request, caller: SignedIn
    ) -> Response:
        """A migration is no inflow; days of enrolment that an import inferred are left out."""
        return answers(request, caller, asked, inflow_report)


def _add_modules(routes: APIRouter, answers: Answers) -> None:
    @routes.get(
        "/modules",
        name="report_modules",
        operation_id="report_modules",
        summary="Which modules started, and how modules ended",
        response_model=ModulesReport,
        responses=documented(TOO_MANY_THEN),
    )
    def report_modules(  # pyright: ignore[reportUnusedFunction]
        asked: Annotated[ModulesAsked, Query()], request: Request, caller: SignedIn
    ) -> Response:
        """What ended because the measure ended is neither completion nor early stop."""
        return answers(request, caller, asked, modules_report)


def _add_durations(routes: APIRouter, answers: Answers) -> None:
    @routes.get(
        "/durations",
        name="report_durations",
        operation_id="report_durations",
        summary="Days from enrolment to the first module and to work, and who worked within 6 and 12 months",
        response_model=DaysReport,
        responses=documented(TOO_MANY_THEN),
    )
    def report_durations(  # pyright: ignore[reportUnusedFunction]
        asked: Annotated[DurationsAsked, Query()], request: Request, caller: SignedIn
    ) -> Response:
        """Days of enrolment that an import inferred are left out, and how many."""
        return answers(request, caller, asked, durations_report)


def _add_outflow(routes: APIRouter, answers: Answers) -> None:
    @routes.get(
        "/outflow",
        name="report_outflow",
        operation_id="report_outflow",
        summary="Whose pathway was closed, and how",
        response_model=OutflowReport,
        responses=documented(TOO_MANY_THEN),
    )
    def report_outflow(  # pyright: ignore[reportUnusedFunction]
        asked: Annotated[OutflowAsked, Query()], request: Request, caller: SignedIn
    ) -> Response:
        """A migration is no outflow."""
        return answers(request, caller, asked, outflow_report)


def _add_afterwards(routes: APIRouter, answers: Answers) -> None:
    @routes.get(
        "/afterwards",
        name="report_afterwards",
        operation_id="report_afterwards",
        summary="Who works 1, 3, 6 and 12 months after the closing",
        response_model=AfterwardsReport,
        responses=documented(TOO_MANY_THEN),
    )
    def report_afterwards(  # pyright: ignore[reportUnusedFunction]
        asked: Annotated[AfterwardsAsked, Query()], request: Request, caller: SignedIn
    ) -> Response:
        """The share that nobody measured is told beside each share."""
        return answers(request, caller, asked, afterwards_report)
