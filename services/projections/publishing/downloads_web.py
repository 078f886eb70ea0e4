"""Files over REST and from pages: reports, published figures, and the caseload."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, get_origin
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response, StreamingResponse
from plumbing import problems
from plumbing.access import NOT_TRACED
from plumbing.callers import Caller
from plumbing.problems import INVALID_REQUEST, FieldError
from plumbing.sign_in import NOT_ALLOWED, signed_in
from plumbing.web_sessions import WebSession
from plumbing.web_sign_in import web_session
from pydantic import ValidationError

from projections.counsellor.answers import CaseloadAsked
from projections.counsellor.web_pages import OverviewAsked
from projections.publishing import registry
from projections.publishing.downloads import Download, Downloads
from projections.publishing.files import MEDIA, NO_PARQUET, Format
from projections.publishing.registry import UNKNOWN_REPORT
from projections.publishing.service import NO_SUCH_FIGURE
from projections.reporting.then import TOO_MANY_THEN
from projections.standing import STANDING_AWAY
from projections.web_pages import asked_by_form
from projections.web_reading import READ_MODELS_AWAY

SignedIn = Annotated[Caller, Depends(signed_in)]
Session = Annotated[WebSession, Depends(web_session)]
As = Annotated[
    Format,
    Query(
        alias="format",
        description="`csv` is a zip of data.csv and definition.csv; `xlsx` has a sheet Definition; "
        "`parquet` tells its definition in the file's metadata, under names that begin with vdab.",
    ),
]
PIECE = 64 * 1024
_BYTES: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file",
        "content": {media: _BYTES for _, media in MEDIA.values()},
    }
}
_REFUSALS = (INVALID_REQUEST, NOT_ALLOWED, READ_MODELS_AWAY, NO_PARQUET)


def download_routes(downloads: Downloads) -> APIRouter:
    """`.../download` of each, for programs and for pages."""
    routes = APIRouter(tags=["downloads"], default_response_class=Response)
    _add_reports(routes, downloads)
    _add_published(routes, downloads)
    _add_caseload(routes, downloads)
    return routes


def _add_reports(routes: APIRouter, downloads: Downloads) -> None:
    @routes.get(
        "/v1/reports/{report}/download",
        name="download_report",
        operation_id="download_report",
        summary="A report as a file, with its definition and its moment inside",
        responses=_FILES | problems.responses(*_REFUSALS, UNKNOWN_REPORT, TOO_MANY_THEN),
    )
    def download_report(  # pyright: ignore[reportUnusedFunction]
        report: str, form: As, request: Request, caller: SignedIn
    ) -> Response:
        """Its other parameters are those of the report itself."""
        return _sent(downloads.report(caller, report, _parameters(request, report), form))

    @routes.get(
        "/reports/{report}/download",
        name="page_download_report",
        summary="Page: a report as a file",
        include_in_schema=False,
    )
    def page_download_report(  # pyright: ignore[reportUnusedFunction]
        report: str, form: As, request: Request, session: Session
    ) -> Response:
        parameters = _parameters(request, report)
        return _sent(downloads.report(session.caller, report, parameters, form))


def _add_published(routes: APIRouter, downloads: Downloads) -> None:
    @routes.get(
        "/v1/published/{published_id}/download",
        name="download_published",
        operation_id="download_published",
        summary="A published figure as a file, with its address and digest inside",
        responses=_FILES | problems.responses(*_REFUSALS, NO_SUCH_FIGURE),
    )
    def download_published(  # pyright: ignore[reportUnusedFunction]
        published_id: UUID, form: As, request: Request, caller: SignedIn
    ) -> Response:
        """As it was published."""
        return _sent(downloads.published(caller, published_id, form, _site(request)))

    @routes.get(
        "/published/{published_id}/download",
        name="page_download_published",
        summary="Page: a published figure as a file",
        include_in_schema=False,
    )
    def page_download_published(  # pyright: ignore[reportUnusedFunction]
        published_id: UUID, form: As, request: Request, session: Session
    ) -> Response:
        return _sent(downloads.published(session.caller, published_id, form, _site(request)))


def _add_caseload(routes: APIRouter, downloads: Downloads) -> None:
    @routes.get(
        "/v1/caseload/download",
        name="download_caseload",
        operation_id="download_caseload",
        summary="The caseload as a file: all that the list would show",
        responses=_FILES | problems.responses(*_REFUSALS, NOT_TRACED, STANDING_AWAY),
    )
    def download_caseload(form: As, request: Request, caller: SignedIn) -> Response:  # pyright: ignore[reportUnusedFunction]
        """Its other parameters are those of the list. Each person in it leaves a trace of the look."""
        return _sent(downloads.caseload(request, caller, _caseload(request), form))

    @routes.get(
        "/caseload/download",
        name="page_download_caseload",
        summary="Page: the caseload as a file",
        include_in_schema=False,
    )
    def page_download_caseload(form: As, request: Request, session: Session) -> Response:  # pyright: ignore[reportUnusedFunction]
        # As the page has it, whose link this is: whose pathways, and in which state.
        asked, _ = asked_by_form(request, OverviewAsked, {})
        told = asked.for_caller(session.caller).as_caseload(session.caller)
        return _sent(downloads.caseload(request, session.caller, told, form))


def _parameters(request: Request, report: str) -> Mapping[str, Any]:
    return _told(request, registry.kind_of(report).asked)


def _caseload(request: Request) -> CaseloadAsked:
    try:
        return CaseloadAsked.model_validate(_told(request, CaseloadAsked))
    except ValidationError as wrong:
        told = wrong.errors(include_input=False, include_url=False, include_context=False)
        errors = [
            FieldError(str(one["msg"]), parameter=" ".join(["query", *map(str, one["loc"][:1])]))
            for one in told
        ]
        raise INVALID_REQUEST.problem(errors=errors) from None


def _told(request: Request, model: Any) -> Mapping[str, Any]:  # noqa: ANN401  # Any question's model.
    lists = {n for n, f in model.model_fields.items() if get_origin(f.annotation) is list}
    told = request.query_params
    return {
        name: told.getlist(name) if name in lists else told[name]
        for name in told
        if name not in {"format", "lang", "after"}
    }


def _site(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _sent(download: Download) -> Response:
    ending, media = MEDIA[download.form]

    def pieces() -> Iterator[bytes]:
        with download.file as file:
            while piece := file.read(PIECE):
                yield piece

    named = {"Content-Disposition": f'attachment; filename="{download.name}.{ending}"'}
    return StreamingResponse(pieces(), media_type=media, headers=named)
