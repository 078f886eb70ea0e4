"""From a figure to the pathways behind it: a list of those that the caller may see, each look traced."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from plumbing.callers import Caller
from plumbing.web_sessions import WebSession
from plumbing.web_sign_in import web_session
from starlette.exceptions import HTTPException

from projections.counsellor.web import Questions
from projections.names import Names, NamesSource
from projections.points import Point
from projections.reporting.behind import Facts, Figure, PathwayBehind, behind, leads
from projections.reporting.catalogue import FLOW, PAGES
from projections.reporting.groups import LIVE
from projections.reporting.report_page import ReportPage
from projections.reporting.then import rows_at
from projections.reporting.web_figures import WORDS, asked_of, group_label, told
from projections.web_pages import Pages, address, words_of
from projections.web_rights import NAMED

Session = Annotated[WebSession, Depends(web_session)]


def behind_pages(questions: Questions, pages: Pages, names: NamesSource) -> APIRouter:
    """`GET /reports/{report}/pathways`: the pathways behind a figure of a report."""
    routes = APIRouter(include_in_schema=False)

    @routes.get(
        "/reports/{report}/pathways",
        name="page_behind",
        summary="Page: the pathways behind a figure, with names",
    )
    def page_behind(report: str, request: Request, session: Session) -> Response:  # pyright: ignore[reportUnusedFunction]
        shown = _shown(report)
        asked, wrong = asked_of(request, shown, questions.read_models)
        if not (shown.behind and leads(shown.behind, asked.by)):
            raise HTTPException(404)
        point = asked.point(questions.read_models.now())
        figure = _figure(shown.behind, asked, point)
        found = _found(questions, request, session.caller, figure, point if asked.then else None)
        return pages.show(
            request,
            "reporting/behind.html",
            shown=shown,
            asked=asked,
            wrong=wrong,
            found=found,
            of=found[0].of if found else 0,
            group=group_label(words_of(request), asked.by, asked.group),
            back=address(shown.address, {**told(asked), "by": str(asked.by)}),
            names=_names(names, session, found),
            **WORDS,
        )

    return routes


def _shown(report: str) -> ReportPage:
    """The page of this report. Raises HTTPException."""
    for page in (FLOW, *PAGES):
        if page.address == f"/reports/{report}":
            return page
    raise HTTPException(404)


def _figure(behind: Facts, asked: Any, point: Point) -> Figure:  # noqa: ANN401  # Any report's form.
    last = getattr(asked, "last", point.as_of)
    first = getattr(asked, "first", last)
    narrowing = ("kinds", "organisation", "province")
    narrowed = {name: getattr(asked, name) for name in narrowing if hasattr(asked, name)}
    return Figure(behind, first, last, point.as_of, asked.by, asked.group, **narrowed)


def _found(
    questions: Questions, request: Request, caller: Caller, figure: Figure, then: Point | None
) -> list[PathwayBehind]:
    """Those that the caller may see, each person of them traced."""
    seen = questions.rows.seen(request, caller)
    with questions.read_models.snapshot() as connection:
        rows = rows_at(connection, then) if then else LIVE
        found = behind(connection, figure, seen, rows=rows)
        about = {one.person_ref or one.pathway_id: one.rule for one in found}
        questions.trace.permitted(connection, request, caller, about)
    return found


def _names(names: NamesSource, session: WebSession, found: list[PathwayBehind]) -> Names:
    """The vault tells names to who works with people; an auditor sees references."""
    if not session.caller.is_one_of(NAMED):
        return Names()
    return names.of((one.person_ref for one in found), session.access_token)
