"""Characteristics of a special category over REST: told and erased by who reports, and the report on them."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from plumbing import problems
from plumbing.access import NOT_TRACED
from plumbing.problems import INVALID_REQUEST
from plumbing.sign_in import NOT_ALLOWED

from projections.points import Taken
from projections.reporting.asked import SpecialAsked
from projections.reporting.groups import LIVE
from projections.reporting.protected import protected_rows
from projections.reporting.special import (
    SpecialErased,
    SpecialReport,
    SpecialTold,
    erase,
    keep,
    special,
)
from projections.reporting.then import TOO_MANY_THEN, rows_at
from projections.reporting.web import Answers, SignedIn
from projections.web_openapi import documented
from projections.web_reading import READ_MODELS_AWAY, ReadModels
from projections.web_rights import Rows, Trace

ERASURE = "WISSING"
"""The purpose of a look that leaves nothing behind."""

_SOMEBODY = "01931f0a-7c1e-7bb2-9d0e-6a1f5f0c2b3d"
_TOLD = {"person_ref": _SOMEBODY, "disability": True, "migration_background": False}
TOLD_EXAMPLE = {"purpose": "ESF", "people": [_TOLD]}
ERASED_EXAMPLE = {"references": [_SOMEBODY]}

PROBLEMS = problems.responses(INVALID_REQUEST, NOT_ALLOWED, READ_MODELS_AWAY, NOT_TRACED)


def special_report(read_models: ReadModels, asked: SpecialAsked) -> SpecialReport:
    """Persons by a characteristic, never exactly, whoever asks.

    Raises INVALID_REQUEST and TOO_MANY_THEN as Problems.
    """
    point = asked.point(read_models.now())
    with read_models.snapshot() as connection:
        then = rows_at(connection, point) if asked.then else LIVE
        with protected_rows(connection, then) as protected:
            report = special(
                connection,
                asked.period,
                asked.by,
                asked.of,
                as_of=point.as_of,
                months=asked.months,
                rows=protected,
            )
    return report.model_copy(update={"taken": Taken.model_validate(point)})


def special_routes(read_models: ReadModels, rows: Rows, trace: Trace) -> APIRouter:
    """`/v1/special-characteristics`, its erasure, and `GET /v1/reports/special`."""
    routes = APIRouter(tags=["reporting"])
    _add_told(routes, read_models, trace)
    _add_report(routes, Answers(read_models, rows))
    return routes


def _add_told(routes: APIRouter, read_models: ReadModels, trace: Trace) -> None:
    @routes.post(
        "/v1/special-characteristics",
        name="tell_special",
        operation_id="tell_special",
        summary="Tell characteristics of a special category of people, for a report",
        status_code=204,
        responses=PROBLEMS,
        openapi_extra=_with_body(TOLD_EXAMPLE),
    )
    def tell_special(  # pyright: ignore[reportUnusedFunction]
        told: SpecialTold, request: Request, caller: SignedIn
    ) -> Response:
        """All or nothing. They are counted in reports, and never shown again of a person."""
        with read_models.pool.connection() as connection:
            people = [one.person_ref for one in told.people]
            trace.kept(connection, request, caller, people, told.purpose)
            keep(connection, told, caller, read_models.now())
        return Response(status_code=204)

    @routes.post(
        "/v1/special-characteristics/erase",
        name="erase_special",
        operation_id="erase_special",
        summary="Erase what is held of people in special categories",
        status_code=204,
        responses=PROBLEMS,
        openapi_extra=_with_body(ERASED_EXAMPLE),
    )
    def erase_special(  # pyright: ignore[reportUnusedFunction]
        told: SpecialErased, request: Request, caller: SignedIn
    ) -> Response:
        """Part of erasing a person. The answer does not say whether anything was held."""
        with read_models.pool.connection() as connection:
            trace.kept(connection, request, caller, told.references, ERASURE)
            erase(connection, told.references)
        return Response(status_code=204)


def _add_report(routes: APIRouter, answers: Answers) -> None:
    @routes.get(
        "/v1/reports/special",
        name="report_special",
        operation_id="report_special",
        summary="Who came in, how modules ended, exits and work afterwards, by a special category and gender",
        response_model=SpecialReport,
        responses=documented(TOO_MANY_THEN),
    )
    def report_special(  # pyright: ignore[reportUnusedFunction]
        asked: Annotated[SpecialAsked, Query()], request: Request, caller: SignedIn
    ) -> Response:
        """Cells from which fewer than five persons could be worked out are null."""
        return answers(request, caller, asked, special_report)


def _with_body(example: Mapping[str, object]) -> dict[str, Any]:
    """What an operation's description says of its body beside the schema."""
    return {"requestBody": {"content": {"application/json": {"example": example}}}}
