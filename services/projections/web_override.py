"""The page on which someone gives a reason to see whom they otherwise may not, for some hours."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from plumbing.web_sessions import WebSession
from plumbing.web_sign_in import our_form, web_session
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from projections.overrides import (
    LEAST_REASON,
    MOST_REASON,
    NotOpened,
    Opened,
    Overrides,
    Reason,
    Refused,
)
from projections.web_pages import Pages, address

Session = Annotated[WebSession, Depends(web_session)]
HOURS = (1, 2, 4, 8, 24)
DEFAULT_HOURS = 4
STATUS = {
    NotOpened.NOBODY: 404,
    NotOpened.SEEN_ALREADY: 409,
    NotOpened.NOT_UNDERSTOOD: 422,
    NotOpened.NOT_ALLOWED: 403,
    NotOpened.AWAY: 503,
}


_FIRST, _END = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
# Beyond these nobody was given anything, and some have no time of day in Belgium.


class _Told(BaseModel):
    """What came of a form, as the address of the page tells it: no number and no reason stands there."""

    model_config = ConfigDict(frozen=True)
    pathway_id: UUID | None = None
    hours: int = DEFAULT_HOURS
    why: NotOpened | None = None
    wrong: frozenset[str] = frozenset()
    opened: tuple[UUID, ...] = ()
    until: Annotated[AwareDatetime, Field(ge=_FIRST, lt=_END)] | None = None


def override_pages(overrides: Overrides, pages: Pages) -> APIRouter:
    """`GET /override?pathway_id=` and `POST /override`, which always leads on to the first.

    A browser keeps on disk what was sent to the page that it shows, and here that may be an INSZ.
    """
    routes = APIRouter(include_in_schema=False)
    _add_page(routes, pages)
    _add_form(routes, overrides)
    return routes


def _add_page(routes: APIRouter, pages: Pages) -> None:
    @routes.get("/override", name="page_override", summary="Page: the form to give a reason")
    def page_override(request: Request) -> Response:  # pyright: ignore[reportUnusedFunction]
        told = _told(request)
        refused = Refused(told.why, told.wrong) if told.why else None
        opened = Opened(pathways=[*told.opened], until=told.until) if told.until else None
        return pages.show(
            request,
            "shared/override.html",
            status=STATUS[refused.why] if refused else 200,
            opened=opened,
            about=str(told.pathway_id or ""),
            hours=told.hours,
            choices=HOURS,
            signs=(LEAST_REASON, MOST_REASON),
            refused=refused,
        )


def _add_form(routes: APIRouter, overrides: Overrides) -> None:
    @routes.post(
        "/override",
        name="give_reason",
        summary="Page: a reason was given, to see somebody for 24 hours at most",
        dependencies=[Depends(our_form)],
    )
    def give_reason(  # pyright: ignore[reportUnusedFunction]
        session: Session,
        about: Annotated[str, Form()] = "",
        reason: Annotated[str, Form()] = "",
        hours: Annotated[str, Form()] = "",
    ) -> Response:
        asked = _asked(about, reason, hours)
        answer = overrides.give(asked, session.access_token) if isinstance(asked, Reason) else asked
        if isinstance(answer, Opened):
            told = {"opened": answer.pathways, "until": answer.until.isoformat()}
        else:
            kept = hours if hours in map(str, HOURS) else DEFAULT_HOURS
            told = {"why": answer.why, "wrong": sorted(answer.fields), "hours": kept}
            told |= {"pathway_id": _pathway_of(about)}
        return RedirectResponse(address("/override", told), status_code=303)


def _told(request: Request) -> _Told:
    """What the address says; nothing, where it says what it never does."""
    asked = request.query_params
    lists = {name: asked.getlist(name) for name in ("wrong", "opened")}
    try:
        return _Told.model_validate({**asked, **lists})
    except ValidationError:
        return _Told()


def _asked(about: str, reason: str, hours: str) -> Reason | Refused:
    """What the form says, or which of its fields say nothing to us."""
    pathway_id = _pathway_of(about)
    insz = None if pathway_id else about.strip()
    # A browser ends each line of a text in two signs.
    reason = reason.replace("\r\n", "\n").strip()
    wrong = {"insz"} if not about.strip() else set[str]()
    wrong |= {"reason"} if len(reason) < LEAST_REASON else set()
    try:
        told = {"insz": insz, "pathway_id": pathway_id, "reason": reason, "hours": hours}
        asked = Reason.model_validate(told)
    except ValidationError as invalid:
        wrong |= {str(error["loc"][0]) for error in invalid.errors() if error["loc"]}
        return Refused(NotOpened.NOT_UNDERSTOOD, frozenset(wrong))
    return Refused(NotOpened.NOT_UNDERSTOOD, frozenset(wrong)) if wrong else asked


def _pathway_of(told: str) -> UUID | None:
    try:
        return UUID(told.strip())
    except ValueError:
        return None
