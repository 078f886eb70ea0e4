"""The page on which somebody is enrolled; what is typed of the person goes to the vault and nowhere else."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from plumbing.ids import new_id
from plumbing.web_sessions import WebSession
from plumbing.web_sign_in import our_form, web_session
from pydantic import BaseModel, ConfigDict, Field

from projections.acting import Asked, Commands, Done, Why
from projections.counsellor.refused_words import refused_words
from projections.web_pages import Pages, address, asked_by_form
from projections.web_reading import ReadModels
from schemas.codes import Category, Channel

Session = Annotated[WebSession, Depends(web_session)]
Text = Annotated[str, Form(max_length=200)]
_FIELDS = frozenset({"on", "insz", "last_name", "first_name", "channel", "category"})


class EnrolAsked(BaseModel):
    """What the address of the page tells: nothing of the person."""

    model_config = ConfigDict(frozen=True)
    on: date | None = None
    channel: Channel | None = None
    category: Category | None = None
    why: Why | None = None
    rule: Annotated[str | None, Field(pattern="^[a-z-]{1,40}$")] = None
    wrong: frozenset[str] = frozenset()


class Typed(BaseModel):
    """The form; its text form shows nothing."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)
    on: Text = ""
    insz: Annotated[str, Field(max_length=200, repr=False)] = ""
    last_name: Annotated[str, Field(max_length=200, repr=False)] = ""
    first_name: Annotated[str, Field(max_length=200, repr=False)] = ""
    channel: Text = ""
    category: Text = ""
    key: Text = ""


def enrol_pages(read_models: ReadModels, pages: Pages, commands: Commands) -> APIRouter:
    """`GET /enrol` and `POST /enrol`, which always leads on to a page without what was typed.

    A browser keeps on disk what was sent to the page that it shows, and here that is an INSZ.
    """
    routes = APIRouter(include_in_schema=False)

    @routes.get("/enrol", name="page_enrol", summary="Page: the form to enrol somebody")
    def page_enrol(request: Request, _session: Session) -> Response:  # pyright: ignore[reportUnusedFunction]
        asked, _ = asked_by_form(request, EnrolAsked, {})
        wrong = frozenset(request.query_params.getlist("wrong")) & _FIELDS
        status = {None: 200, Why.AWAY: 503}.get(asked.why, 422)
        return pages.show(
            request,
            "counsellor/enrol.html",
            status=status,
            asked=asked.model_copy(update={"wrong": wrong}),
            key=str(new_id()),
            today=read_models.today,
            channels=list(Channel),
            categories=list(Category),
            refused_words=refused_words,
        )

    @routes.post(
        "/enrol",
        name="send_enrolment",
        summary="Page: somebody was enrolled",
        dependencies=[Depends(our_form)],
    )
    def send_enrolment(session: Session, typed: Annotated[Typed, Form()]) -> Response:  # pyright: ignore[reportUnusedFunction]
        told = {name: getattr(typed, name).strip() for name in sorted(_FIELDS)}
        body = {name: value for name, value in told.items() if value}
        answer = commands.send(Asked(body, typed.key or str(new_id())), session.access_token)
        if isinstance(answer, Done):
            return _enrolled(answer.pathway_id, answer)
        kept = {name: told[name] for name in ("on", "channel", "category")}
        wrong = sorted(answer.errors.keys() & _FIELDS)
        there = {**kept, "why": answer.why, "rule": answer.rule, "wrong": wrong}
        return RedirectResponse(address("/enrol", there), status_code=303)

    return routes


def _enrolled(pathway_id: UUID, answer: Done) -> Response:
    told = {"after": f"{pathway_id}:{answer.version}", "done": "enrol", "warned": answer.warnings}
    return RedirectResponse(address(f"/pathways/{pathway_id}", told), status_code=303)
