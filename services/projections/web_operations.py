"""The pages of operations: what runs, how far the read models are, and which pathways wait for a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from plumbing.logs import logger
from plumbing.problems import ProblemType
from plumbing.web_sessions import WebSession
from plumbing.web_sign_in import our_form, web_session
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from projections.demo_control import Control
from projections.web_pages import Pages, address
from projections.web_parked import (
    LEAST_REASON,
    MOST_REASON,
    NOT_PARKED,
    ParkedPathways,
    ReadModelName,
    RequestAsked,
)
from projections.web_reading import RETRY_SOON, ReadModels
from projections.web_rights import may
from projections.web_running import RunningAnswer, Status

Session = Annotated[WebSession, Depends(web_session)]

NO_DEMO = ProblemType(
    "no-demo",
    404,
    "No process can be killed from here",
    "Only the page of a demo that `make up` runs can, and only processes that run there.",
)
DEMO_AWAY = ProblemType(
    "demo-away",
    503,
    "The process was not killed",
    "Whoever runs the demo does not listen now. Try again in a moment.",
)

log = logger(__name__)


class Sent(BaseModel):
    """What a page's form sends; the reason is of giving up."""

    asked: str = ""
    reason: str = ""


class Kill(BaseModel):
    """What the form of a demo's process sends."""

    process: str = ""


class Killed(BaseModel):
    """What the address says of a kill: which process, when, and up to where all was proven then."""

    model_config = ConfigDict(extra="ignore")
    killed: str = ""
    at: AwareDatetime | None = None
    proven: int | None = None


@dataclass(frozen=True)
class KilledView:
    """What became of a killed process: `back_since` is None as long as it is not at work again."""

    process: str
    at: datetime
    back_since: datetime | None
    proven: int
    proven_now: int | None
    nothing_lost: bool


@dataclass(frozen=True)
class View:
    """What the page says beside the answer: where it looks again, and how far everything is proven."""

    refresh: str
    proven: int | None
    differences: int
    commands: Mapping[str, str]


def operations_pages(
    parked: ParkedPathways,
    read_models: ReadModels,
    status: Status,
    pages: Pages,
    control: Control | None,
) -> APIRouter:
    """`GET /operations`, a page and a form for each parked pathway, and in a demo a form that kills."""
    routes = APIRouter(include_in_schema=False)
    running = Running(status, kills=control is not None)
    _add_operations(routes, parked, read_models, running, pages)
    _add_kill(routes, status, control)
    _add_pathway(routes, parked, pages)
    _add_form(routes, parked)
    return routes


class Running:
    """What runs, as both the page and the part of it that looks again show it."""

    def __init__(self, status: Status, *, kills: bool) -> None:
        self._status, self._kills = status, kills

    def told(self, request: Request, session: WebSession) -> dict[str, Any]:
        """The values of `running.html`. Raises READ_MODELS_AWAY (503)."""
        killed = _asked(request)
        now = self._status.now(session.access_token)
        kills = self._kills and may(session.caller, "kill_process")
        return {
            "now": now,
            "view": _view(now, killed),
            "killed": _killed(now, killed),
            "may_kill": kills and self._status.is_demo(session.access_token),
        }


def _add_operations(
    routes: APIRouter,
    parked: ParkedPathways,
    read_models: ReadModels,
    running: Running,
    pages: Pages,
) -> None:
    @routes.get(
        "/operations",
        name="page_operations",
        summary="Page: what runs, how far the read models are, and which pathways wait for a person",
    )
    def page_operations(  # pyright: ignore[reportUnusedFunction]
        request: Request, session: Session
    ) -> Response:
        with read_models.snapshot() as connection:
            told = parked.all(connection, request, session.caller)
        finds = may(session.caller, "page_where")
        now = running.told(request, session)
        return pages.show(request, "shared/operations.html", told=told, finds_facts=finds, **now)

    # Apart from the page, because that shows people, each time with a trace.
    @routes.get(
        "/operations/running",
        name="page_running",
        summary="Page: the part of operations that looks again by itself: what runs, about nobody",
    )
    def page_running(  # pyright: ignore[reportUnusedFunction]
        request: Request, session: Session
    ) -> Response:
        return pages.show(request, "shared/running.html", **running.told(request, session))


def _asked(request: Request) -> Killed:
    try:
        return Killed.model_validate(dict(request.query_params))
    except ValidationError:
        return Killed()


def _view(now: RunningAnswer, killed: Killed) -> View:
    proofs = [one.proven for one in now.read_models]
    proofs.append(now.write_side.proven if now.write_side else None)
    told = [one for one in proofs if one is not None]
    whole = len(told) == len(proofs)
    return View(
        refresh=address("/operations/running", _parameters(killed)),
        proven=min(int(one.position) for one in told) if whole else None,
        differences=sum(one.differences for one in told),
        commands={one.process: _command(one.process, now) for one in now.processes},
    )


def _command(process: str, now: RunningAnswer) -> str:
    for one in now.read_models:
        if process == f"projections {one.read_model}":
            return f"projections consumer {one.read_model}"
    return process


def _parameters(killed: Killed) -> dict[str, object]:
    at = killed.at.isoformat() if killed.at else None
    return {"killed": killed.killed, "at": at, "proven": killed.proven}


def _killed(now: RunningAnswer, killed: Killed) -> KilledView | None:
    one = next((one for one in now.processes if one.process == killed.killed), None)
    if one is None or killed.at is None or killed.proven is None:
        return None
    view = _view(now, killed)
    back = one.since if one.processes and one.since and one.since > killed.at else None
    stored = int(now.write_side.stored) if now.write_side else None
    return KilledView(
        killed.killed,
        killed.at,
        back,
        killed.proven,
        view.proven,
        nothing_lost=back is not None and view.proven == stored and not view.differences,
    )


def _add_kill(routes: APIRouter, status: Status, control: Control | None) -> None:
    @routes.post(
        "/operations/kill",
        name="kill_process",
        summary="Page: a process of a demo was to be killed",
        dependencies=[Depends(our_form)],
    )
    def kill_process(  # pyright: ignore[reportUnusedFunction]
        session: Session, form: Annotated[Kill, Form()]
    ) -> Response:
        if control is None or not status.is_demo(session.access_token):
            raise NO_DEMO.problem()
        now = status.now(session.access_token)
        if form.process not in {one.process for one in now.processes if one.processes}:
            raise NO_DEMO.problem()
        if not control.kill(form.process):
            raise DEMO_AWAY.problem(headers=RETRY_SOON)
        log.warning("killed", process=form.process, by=session.caller.ref)
        killed = Killed(killed=form.process, at=now.at, proven=_view(now, Killed()).proven or 0)
        return RedirectResponse(address("/operations", _parameters(killed)), status_code=303)


def _add_pathway(routes: APIRouter, parked: ParkedPathways, pages: Pages) -> None:
    @routes.get(
        "/operations/parked/{read_model}/{pathway_id}",
        name="page_parked",
        summary="Page: one parked pathway, why it waits, and what may be done about it",
    )
    def page_parked(  # pyright: ignore[reportUnusedFunction]
        read_model: ReadModelName,
        pathway_id: UUID,
        request: Request,
        session: Session,
        wrong: str = "",
    ) -> Response:
        told = parked.one(request, session.caller, read_model, pathway_id)
        return pages.show(
            request,
            "shared/parked.html",
            status=422 if wrong == "reason" else 200,
            read_model=read_model,
            pathway_id=pathway_id,
            told=told,
            wrong=wrong == "reason",
            signs=(LEAST_REASON, MOST_REASON),
        )


def _add_form(routes: APIRouter, parked: ParkedPathways) -> None:
    @routes.post(
        "/operations/parked/{read_model}/{pathway_id}",
        name="decide_parked",
        summary="Page: a preview or a retry was asked for, or the pathway given up with a reason",
        dependencies=[Depends(our_form)],
    )
    def decide_parked(  # pyright: ignore[reportUnusedFunction]
        read_model: ReadModelName,
        pathway_id: UUID,
        request: Request,
        session: Session,
        form: Annotated[Sent, Form()],
    ) -> Response:
        place = read_model, pathway_id
        if parked.one(request, session.caller, *place).parked is None:
            raise NOT_PARKED.problem()
        page = f"/operations/parked/{read_model}/{pathway_id}"
        try:
            # A browser ends each line of a text in two signs.
            because = form.reason.replace("\r\n", "\n").strip() or None
            wanted = RequestAsked.model_validate({"asked": form.asked, "reason": because})
        except ValidationError:
            return RedirectResponse(address(page, {"wrong": "reason"}), status_code=303)
        parked.wait(place, parked.ask(request, session.caller, place, wanted).request_id)
        return RedirectResponse(page, status_code=303)
