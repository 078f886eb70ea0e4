"""More of the reporting officer's questions over REST: exits, early stops, IBO, work floors, reach."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from projections.reporting.asked import (
    ExceptionsAsked,
    ExitsAsked,
    IboAsked,
    ReachAsked,
    RetentionAsked,
    StopsAsked,
    WorkFloorsAsked,
)
from projections.reporting.exceptions import ExceptionsReport, exceptions
from projections.reporting.exits import ExitsReport, exits
from projections.reporting.ibo import IboReport, ibo
from projections.reporting.retention import RetentionReport, retention
from projections.reporting.stock import ReachReport, reach
from projections.reporting.stops import StopsReport, stops
from projections.reporting.then import TOO_MANY_THEN
from projections.reporting.web import Answers, SignedIn, taken
from projections.reporting.work_floors import WorkFloorsReport, work_floors
from projections.web_openapi import documented
from projections.web_reading import ReadModels
from projections.web_rights import Rows


def exits_report(read_models: ReadModels, asked: ExitsAsked) -> ExitsReport:
    """Exits by exit type. Raises as `taken`."""
    return taken(
        read_models,
        asked,
        lambda connection, point, rows: exits(
            connection,
            asked.period,
            as_of=point.as_of,
            months=asked.months,
            by=asked.by,
            rows=rows,
        ),
    )


def stops_report(read_models: ReadModels, asked: StopsAsked) -> StopsReport:
    """Early stops by reason. Raises as `taken`."""
    return taken(
        read_models,
        asked,
        lambda connection, point, rows: stops(
            connection, asked.period, as_of=point.as_of, by=asked.by, rows=rows
        ),
    )


def ibo_report(read_models: ReadModels, asked: IboAsked) -> IboReport:
    """Hired after IBO, retained, and obligations to hire. Raises as `taken`."""
    return taken(
        read_models,
        asked,
        lambda connection, point, rows: ibo(
            connection, asked.period, as_of=point.as_of, by=asked.by, rows=rows
        ),
    )


def retention_report(read_models: ReadModels, asked: RetentionAsked) -> RetentionReport:
    """Still at work after a hire. Raises as `taken`."""
    return taken(
        read_models,
        asked,
        lambda connection, point, rows: retention(
            connection,
            asked.period,
            as_of=point.as_of,
            months=asked.months,
            by=asked.by,
            rows=rows,
        ),
    )


def work_floors_report(read_models: ReadModels, asked: WorkFloorsAsked) -> WorkFloorsReport:
    """Trained on a work floor, and hired by it. Raises as `taken`."""
    return taken(
        read_models,
        asked,
        lambda connection, point, rows: work_floors(
            connection, asked.period, as_of=point.as_of, by=asked.by, rows=rows
        ),
    )


def reach_report(read_models: ReadModels, asked: ReachAsked) -> ReachReport:
    """Who was guided in a period. Raises as `taken`."""
    return taken(
        read_models,
        asked,
        lambda connection, _, rows: reach(connection, asked.period, asked.by, rows=rows),
    )


def exceptions_report(read_models: ReadModels, asked: ExceptionsAsked) -> ExceptionsReport:
    """What was allowed and is worth a look. Raises as `taken`."""
    return taken(
        read_models,
        asked,
        lambda connection, point, rows: exceptions(
            connection, asked.period, as_of=point.as_of, by=asked.by, rows=rows
        ),
    )


def exits_routes(read_models: ReadModels, rows: Rows) -> APIRouter:
    """`GET /v1/reports/...`: exits, stops, ibo, retention, work-floors, reach, exceptions. They name nobody."""
    routes = APIRouter(prefix="/v1/reports", tags=["reporting"])
    answers = Answers(read_models, rows)
    _add_exits(routes, answers)
    _add_stops(routes, answers)
    _add_ibo(routes, answers)
    _add_retention(routes, answers)
    _add_work_floors(routes, answers)
    _add_reach(routes, answers)
    _add_exceptions(routes, answers)
    return routes


def _add_exits(routes: APIRouter, answers: Answers) -> None:
    @routes.get(
        "/exits",
        name="report_exits",
        operation_id="report_exits",
        summary="How pathways were closed, exit types apart, with the share that nobody measured",
        response_model=ExitsReport,
        responses=documented(TOO_MANY_THEN),
    )
    def report_exits(  # pyright: ignore[reportUnusedFunction]
        asked: Annotated[ExitsAsked, Query()], request: Request, caller: SignedIn
    ) -> Response:
        """Work is measured `months` after the closing; of who was not checked, nobody knows."""
        return answers(request, caller, asked, exits_report)


def _add_stops(routes: APIRouter, answers: Answers) -> None:
    @routes.get(
        "/stops",
        name="report_stops",
        operation_id="report_stops",
        summary="Which of the modules that started were stopped, each reason apart",
        response_model=StopsReport,
        responses=documented(TOO_MANY_THEN),
    )
    def report_stops(  # pyright: ignore[reportUnusedFunction]
        asked: Annotated[StopsAsked, Query()], request: Request, caller: SignedIn
    ) -> Response:
        """What ended because the measure ended is no early stop, and stands apart."""
        return answers(request, caller, asked, stops_report)


def _add_ibo(routes: APIRouter, answers: Answers) -> None:
    @routes.get(
        "/ibo",
        name="report_ibo",
        operation_id="report_ibo",
        summary="Who was hired after an IBO and still works there, and what became of the duty to hire",
        response_model=IboReport,
        responses=documented(TOO_MANY_THEN),
    )
    def report_ibo(  # pyright: ignore[reportUnusedFunction]
        asked: Annotated[IboAsked, Query()], request: Request, caller: SignedIn
    ) -> Response:
        """The share that nobody measured is told beside the share that was retained."""
        return answers(request, caller, asked, ibo_report)


def _add_retention(routes: APIRouter, answers: Answers) -> None:
    @routes.get(
        "/retention",
        name="report_retention",
        operation_id="report_retention",
        summary="Who still works, and with the same employer, so many months after a hire",
        response_model=RetentionReport,
        responses=documented(TOO_MANY_THEN),
    )
    def report_retention(  # pyright: ignore[reportUnusedFunction]
        asked: Annotated[RetentionAsked, Query()], request: Request, caller: SignedIn
    ) -> Response:
        """The share that nobody measured is told beside each share."""
        return answers(request, caller, asked, retention_report)


def _add_work_floors(routes: APIRouter, answers: Answers) -> None:
    @routes.get(
        "/work-floors",
        name="report_work_floors",
        operation_id="report_work_floors",
        summary="Work floors of organisations with only a werkervaringsmodule: trained and hired",
        response_model=WorkFloorsReport,
        responses=documented(TOO_MANY_THEN),
    )
    def report_work_floors(  # pyright: ignore[reportUnusedFunction]
        asked: Annotated[WorkFloorsAsked, Query()], request: Request, caller: SignedIn
    ) -> Response:
        """Whether an organisation has only that is judged by all that is known of it."""
        return answers(request, caller, asked, work_floors_report)


def _add_reach(routes: APIRouter, answers: Answers) -> None:
    @routes.get(
        "/reach",
        name="report_reach",
        operation_id="report_reach",
        summary="Who was guided on at least one day",
        response_model=ReachReport,
        responses=documented(TOO_MANY_THEN),
    )
    def report_reach(  # pyright: ignore[reportUnusedFunction]
        asked: Annotated[ReachAsked, Query()], request: Request, caller: SignedIn
    ) -> Response:
        """A day on which guidance was suspended does not count."""
        return answers(request, caller, asked, reach_report)


def _add_exceptions(routes: APIRouter, answers: Answers) -> None:
    @routes.get(
        "/exceptions",
        name="report_exceptions",
        operation_id="report_exceptions",
        summary="Which facts were allowed and are worth a look: past a soft maximum, late, waived, own case",
        response_model=ExceptionsReport,
        responses=documented(TOO_MANY_THEN),
    )
    def report_exceptions(  # pyright: ignore[reportUnusedFunction]
        asked: Annotated[ExceptionsAsked, Query()], request: Request, caller: SignedIn
    ) -> Response:
        """By the fact's own day. A fact that is exceptional in two ways counts once in `facts`."""
        return answers(request, caller, asked, exceptions_report)
