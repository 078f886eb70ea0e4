"""The reporting officer's questions about one day over REST: counsellors holding cases, and the stock."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, TypeVar

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from psycopg import sql

from projections.points import Point, Taken
from projections.reporting.asked import CounsellorsAsked, DayAsked, StockAsked
from projections.reporting.counsellors import CounsellorsReport, counsellors
from projections.reporting.reports import Figures
from projections.reporting.stock import StockReport, stock
from projections.reporting.then import TOO_MANY_THEN
from projections.reporting.web import Answers, SignedIn, counted
from projections.schema import Database
from projections.web_openapi import documented
from projections.web_reading import ReadModels
from projections.web_rights import Rows

AnyFigures = TypeVar("AnyFigures", bound=Figures)


def on_day(
    read_models: ReadModels,
    asked: DayAsked,
    make: Callable[[Database, date, sql.Identifier], AnyFigures],
) -> AnyFigures:
    """A report of one day. Raises INVALID_REQUEST and TOO_MANY_THEN as Problems.

    The rows tell every day, so only what was not known yet has to be folded: not what is true later.
    """
    point = asked.point(read_models.now())
    known = Point(read_models.today, point.known_at, point.known_by)
    then = known if point.known_at else None
    what = f"{make.__module__}.{make.__qualname__} {asked.model_dump_json(exclude={'after'})}"
    with read_models.snapshot() as connection:
        report = counted(
            read_models,
            connection,
            (what, point, read_models.today),
            then,
            lambda of: make(connection, point.as_of, of),
        )
    return report.model_copy(update={"taken": Taken.model_validate(point)})


def counsellors_report(read_models: ReadModels, asked: CounsellorsAsked) -> CounsellorsReport:
    """Counsellors holding cases. Raises as `on_day`."""
    return on_day(
        read_models,
        asked,
        lambda connection, day, rows: counsellors(
            connection, day, asked.by, unit=asked.unit, provider=asked.provider, rows=rows
        ),
    )


def stock_report(read_models: ReadModels, asked: StockAsked) -> StockReport:
    """Open pathways. Raises as `on_day`."""
    return on_day(
        read_models,
        asked,
        lambda connection, day, rows: stock(connection, day, asked.by, rows=rows),
    )


def on_day_routes(read_models: ReadModels, rows: Rows) -> APIRouter:
    """`GET /v1/reports/...`: counsellors, stock. They name nobody."""
    routes = APIRouter(prefix="/v1/reports", tags=["reporting"])
    answers = Answers(read_models, rows)

    @routes.get(
        "/counsellors",
        name="report_counsellors",
        operation_id="report_counsellors",
        summary="How many counsellors hold cases on a day, under four definitions",
        response_model=CounsellorsReport,
        responses=documented(TOO_MANY_THEN),
    )
    def report_counsellors(  # pyright: ignore[reportUnusedFunction]
        asked: Annotated[CounsellorsAsked, Query()], request: Request, caller: SignedIn
    ) -> Response:
        """Each figure has its definition beside it: they differ by what holding a case is."""
        return answers(request, caller, asked, counsellors_report)

    @routes.get(
        "/stock",
        name="report_stock",
        operation_id="report_stock",
        summary="Which pathways are open on a day",
        response_model=StockReport,
        responses=documented(TOO_MANY_THEN),
    )
    def report_stock(  # pyright: ignore[reportUnusedFunction]
        asked: Annotated[StockAsked, Query()], request: Request, caller: SignedIn
    ) -> Response:
        """As at the end of the day, such as the last one of a month."""
        return answers(request, caller, asked, stock_report)

    return routes
