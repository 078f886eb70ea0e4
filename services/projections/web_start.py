"""The first page: where someone with these rights begins."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from plumbing.problems import Problem
from plumbing.web_sessions import WebSession
from plumbing.web_sign_in import SESSION_COOKIE, session_of
from starlette.exceptions import HTTPException

from projections.web_pages import Pages, address
from projections.web_rights import may


def start_pages(pages: Pages) -> APIRouter:
    """`GET /`, which leads on to a first page or to sign-in, and `GET /pathways?pathway_id=`."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/", name="page_start")
    def page_start(request: Request) -> Response:  # pyright: ignore[reportUnusedFunction]
        session = _session(request)
        if session and may(session.caller, "page_caseload"):
            return RedirectResponse("/caseload", status_code=303)
        opens_timelines = session is not None and may(session.caller, "page_timeline")
        if session and may(session.caller, "page_reports") and not opens_timelines:
            return RedirectResponse("/reports", status_code=303)
        if session and may(session.caller, "page_operations") and not opens_timelines:
            return RedirectResponse("/operations", status_code=303)
        told: dict[str, Any] = {"opens_timelines": opens_timelines, "wrong": None, "then": ""}
        return pages.show(request, "shared/start.html", **told)

    @routes.get(
        "/pathways",
        name="page_open_timeline",
        summary="Page: open a timeline by the id of its pathway",
    )
    def page_open_timeline(  # pyright: ignore[reportUnusedFunction]
        request: Request, pathway_id: str = "", then: str = ""
    ) -> Response:
        try:
            there = f"/pathways/{UUID(pathway_id.strip())}"
        except ValueError:
            told: dict[str, Any] = {"opens_timelines": True, "wrong": pathway_id, "then": then}
            return pages.show(request, "shared/start.html", status=422, **told)
        return RedirectResponse(address(there, {"then": then} if then else {}), status_code=303)

    return routes


def _session(request: Request) -> WebSession | None:
    """Who is signed in, on a page that everyone may see; raises the 503 Problem of `web_session`."""
    if SESSION_COOKIE not in request.cookies:
        return None
    try:
        return session_of(request)
    except HTTPException:
        return None
    except Problem as problem:
        if problem.status == 401:  # noqa: PLR2004
            return None
        raise
