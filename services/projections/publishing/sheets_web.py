"""Answer sheets over REST and as pages: made, read, printed, and counted again at once."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from plumbing import problems
from plumbing.callers import Caller
from plumbing.problems import INVALID_REQUEST, ProblemType
from plumbing.sign_in import NOT_ALLOWED, signed_in
from plumbing.web_sessions import WebSession
from plumbing.web_sign_in import our_form, web_session
from pydantic import ValidationError
from starlette.datastructures import FormData

from projections.publishing import registry, sheets, store
from projections.publishing.figures import Frozen, Published
from projections.publishing.service import NO_SUCH_FIGURE
from projections.publishing.sheets import PartAsked, Rerun, Sheet, SheetAsked
from projections.publishing.web_pages import showing
from projections.reporting.then import TOO_MANY_THEN
from projections.web_pages import Pages
from projections.web_reading import READ_MODELS_AWAY, ReadModels
from projections.web_rights import may

SignedIn = Annotated[Caller, Depends(signed_in)]
Session = Annotated[WebSession, Depends(web_session)]


async def _sent(request: Request) -> FormData:
    return await request.form()


Sent = Annotated[FormData, Depends(_sent)]
NO_SUCH_SHEET = ProblemType(
    "no-such-sheet",
    404,
    "There is no such answer sheet",
    "Check its address, or look for it in the list of answer sheets.",
)
PARTS_IN_FORM = 5
SHEET_EXAMPLE = {
    "title": "Schriftelijke vraag 12: werk na WEP+",
    "parts": [{"heading": "1. Hoeveel mensen vonden werk?", "text": "Het antwoord in een zin."}],
}


class SheetWhole(Frozen):
    """A sheet with its figures, those that the caller may read."""

    sheet: Sheet
    figures: tuple[Published, ...]


class SheetRerun(Frozen):
    """A sheet's figures, each counted again."""

    sheet_id: UUID
    figures: tuple[Rerun, ...]


class SheetList(Frozen):
    """The newest hundred sheets."""

    items: tuple[Sheet, ...]


class Sheets:
    """What may be done with answer sheets."""

    def __init__(self, read_models: ReadModels) -> None:
        self._read_models = read_models

    def make(self, caller: Caller, asked: SheetAsked) -> Sheet:
        """Keep a new one. Raises NO_SUCH_FIGURE where it names a figure that is not there."""
        with self._read_models.snapshot() as connection:
            for part in asked.parts:
                if part.published_id and store.get(connection, part.published_id) is None:
                    raise NO_SUCH_FIGURE.problem()
            made = sheets.make(connection, asked, caller, self._read_models.now())
            return sheets.sheets(connection, made)[0]

    def all(self) -> list[Sheet]:
        """The newest hundred."""
        with self._read_models.snapshot() as connection:
            return sheets.sheets(connection)

    def one(self, caller: Caller, sheet_id: UUID) -> tuple[Sheet, Mapping[UUID, Published]]:
        """The sheet, and its figures that the caller may read. Raises NO_SUCH_SHEET."""
        with self._read_models.snapshot() as connection:
            found = sheets.sheets(connection, sheet_id)
            if not found:
                raise NO_SUCH_SHEET.problem()
            figures = sheets.figures_of(connection, found[0])
        seen = {
            one: figure
            for one, figure in figures.items()
            if may(caller, registry.kind_of(figure.report).right)
        }
        return found[0], seen

    def rerun(self, figures: Mapping[UUID, Published]) -> list[Rerun]:
        """These figures counted again. Raises the Problems of reports."""
        return sheets.rerun(self._read_models, list(figures.values()))


def sheets_routes(told: Sheets, pages: Pages) -> APIRouter:
    """`/v1/sheets` and `/sheets`."""
    routes = APIRouter()
    _add_making(routes, told)
    _add_reading(routes, told)
    _add_pages(routes, told, pages)
    _add_form(routes, told, pages)
    return routes


_REFUSALS = (INVALID_REQUEST, NOT_ALLOWED, READ_MODELS_AWAY)


def _add_making(routes: APIRouter, told: Sheets) -> None:
    @routes.post(
        "/v1/sheets",
        name="make_sheet",
        operation_id="make_sheet",
        summary="Put published figures with text on one sheet",
        tags=["published figures"],
        status_code=201,
        responses=problems.responses(*_REFUSALS, NO_SUCH_FIGURE),
        openapi_extra={
            "requestBody": {"content": {"application/json": {"example": SHEET_EXAMPLE}}}
        },
    )
    def make_sheet(asked: SheetAsked, caller: SignedIn, response: Response) -> Sheet:  # pyright: ignore[reportUnusedFunction]
        """Kept for ever: to change one, make another."""
        made = told.make(caller, asked)
        response.headers["Location"] = f"/v1/sheets/{made.id}"
        return made

    @routes.get(
        "/v1/sheets",
        name="answer_sheets",
        operation_id="answer_sheets",
        summary="Answer sheets, the newest first",
        tags=["published figures"],
        responses=problems.responses(*_REFUSALS),
    )
    def answer_sheets(_caller: SignedIn) -> SheetList:  # pyright: ignore[reportUnusedFunction]
        """The newest hundred."""
        return SheetList(items=tuple(told.all()))


def _add_reading(routes: APIRouter, told: Sheets) -> None:
    @routes.get(
        "/v1/sheets/{sheet_id}",
        name="answer_sheet",
        operation_id="answer_sheet",
        summary="One answer sheet with its figures, as they were published",
        tags=["published figures"],
        responses=problems.responses(*_REFUSALS, NO_SUCH_SHEET),
    )
    def answer_sheet(sheet_id: UUID, caller: SignedIn) -> SheetWhole:  # pyright: ignore[reportUnusedFunction]
        """Figures of reports that the caller may not read are left out."""
        sheet, figures = told.one(caller, sheet_id)
        return SheetWhole(sheet=sheet, figures=tuple(figures.values()))

    @routes.get(
        "/v1/sheets/{sheet_id}/rerun",
        name="sheet_again",
        operation_id="sheet_again",
        summary="Every figure of a sheet counted again, and which changed",
        tags=["published figures"],
        responses=problems.responses(*_REFUSALS, NO_SUCH_SHEET, TOO_MANY_THEN),
    )
    def sheet_again(sheet_id: UUID, caller: SignedIn) -> SheetRerun:  # pyright: ignore[reportUnusedFunction]
        """What changed is told whole by the figure counted again."""
        sheet, figures = told.one(caller, sheet_id)
        return SheetRerun(sheet_id=sheet.id, figures=tuple(told.rerun(figures)))


def _add_pages(routes: APIRouter, told: Sheets, pages: Pages) -> None:
    @routes.get(
        "/sheets", name="page_sheets", summary="Page: answer sheets", include_in_schema=False
    )
    def page_sheets(request: Request, _session: Session) -> Response:  # pyright: ignore[reportUnusedFunction]
        return _list(request, told, pages, 200)

    @routes.get(
        "/sheets/{sheet_id}",
        name="page_sheet",
        summary="Page: one answer sheet, to read or to print",
        include_in_schema=False,
    )
    def page_sheet(sheet_id: UUID, request: Request, session: Session) -> Response:  # pyright: ignore[reportUnusedFunction]
        sheet, figures = told.one(session.caller, sheet_id)
        return _sheet(request, pages, sheet, figures, {})

    @routes.get(
        "/sheets/{sheet_id}/rerun",
        name="page_sheet_again",
        summary="Page: one answer sheet, each figure counted again",
        include_in_schema=False,
    )
    def page_sheet_again(sheet_id: UUID, request: Request, session: Session) -> Response:  # pyright: ignore[reportUnusedFunction]
        sheet, figures = told.one(session.caller, sheet_id)
        again = {one.published_id: one for one in told.rerun(figures)}
        return _sheet(request, pages, sheet, figures, again)


def _add_form(routes: APIRouter, told: Sheets, pages: Pages) -> None:
    @routes.post(
        "/sheets",
        name="make_sheet_page",
        summary="Page: an answer sheet was made",
        dependencies=[Depends(our_form)],
        include_in_schema=False,
    )
    def make_sheet_page(request: Request, session: Session, form: Sent) -> Response:  # pyright: ignore[reportUnusedFunction]
        try:
            asked = _asked(form)
        except ValidationError:
            return _list(request, told, pages, 422)
        return RedirectResponse(f"/sheets/{told.make(session.caller, asked).id}", status_code=303)


def _list(request: Request, told: Sheets, pages: Pages, status: int) -> Response:
    return pages.show(
        request,
        "publishing/sheets.html",
        status=status,
        sheets=told.all(),
        wrong=status != 200,  # noqa: PLR2004
        places=range(1, PARTS_IN_FORM + 1),
    )


def _sheet(
    request: Request,
    pages: Pages,
    sheet: Sheet,
    figures: Mapping[UUID, Published],
    again: Mapping[UUID, Rerun],
) -> Response:
    return pages.show(
        request,
        "publishing/sheet.html",
        sheet=sheet,
        figures=figures,
        again=again,
        **showing(request),
    )


def _asked(form: FormData) -> SheetAsked:
    """What the form says; a figure may be named by its address. Raises ValidationError."""
    parts: list[PartAsked] = []
    for place in range(1, PARTS_IN_FORM + 1):
        told = {n: str(form.get(f"{n}_{place}", "")).strip() for n in ("heading", "text", "figure")}
        if any(told.values()):
            figure = told.pop("figure").rstrip("/").rpartition("/")[2] or None
            parts.append(PartAsked.model_validate({**told, "published_id": figure}))
    return SheetAsked.model_validate({"title": form.get("title", ""), "parts": parts})
