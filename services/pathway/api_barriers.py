"""Barriers over HTTP for administrators, and what stands before a caller for the pages' own service."""

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from plumbing import problems
from plumbing.callers import Caller, CallerKind
from plumbing.problems import INVALID_REQUEST, MALFORMED_JSON, ProblemType
from plumbing.sign_in import signed_in
from pydantic import BaseModel, ConfigDict, Field

from pathway import api_problems
from pathway.api_examples import body_documented
from pathway.api_people import UNKNOWN_PERSON
from pathway.api_requests import parsed, read_body
from pathway.api_rights import NAMED, SEE_SPECIAL, Trace
from pathway.api_row_models import (
    BarriersAnswer,
    BarrierView,
    CallerRef,
    Lifted,
    SetBarrier,
    StandingAnswer,
    StandingSought,
)
from pathway.application import Pathways
from pathway.barriers import (
    MOST_BARRIERS,
    Barrier,
    Barriers,
    KeptFrom,
    NewBarrier,
    OwnBarrier,
    UnknownBarrier,
    UnknownPerson,
)
from pathway.standing import stands

Raw = Annotated[bytes, Depends(read_body)]
SignedIn = Annotated[Caller, Depends(signed_in)]
UNKNOWN_BARRIER = ProblemType(
    "unknown-barrier", 404, "There is no barrier with this id", "Ask for the list of barriers."
)
OWN_BARRIER = ProblemType(
    "own-barrier",
    409,
    "Nobody ends a barrier that may stand before themselves",
    "Ask another administrator, who neither guides nor audits, to end it.",
)
COMMON = (INVALID_REQUEST, api_problems.NOT_TRACED, api_problems.STORE_AWAY)
WITH_BODY = (MALFORMED_JSON, api_problems.TOO_LARGE, api_problems.NOT_JSON)


class BarriersAsked(BaseModel):
    """Which barriers; by itself those that stand."""

    model_config = ConfigDict(extra="forbid")
    caller: Annotated[CallerRef | None, Field(description="Before this caller only")] = None
    ended: Annotated[bool, Field(description="Those that were ended too")] = False
    cursor: Annotated[UUID | None, Field(description="`next_cursor` of the page before")] = None
    limit: Annotated[int, Field(ge=1, le=MOST_BARRIERS)] = 50


def barrier_routes(pathways: Pathways, trace: Trace) -> APIRouter:
    """`POST` and `GET /v1/barriers`, `POST /v1/barriers/{barrier_id}/end`, `POST /v1/standing`."""
    routes = APIRouter(prefix="/v1", tags=["rights by row"])
    _add_set(routes, pathways, trace)
    _add_list(routes, pathways, trace)
    _add_end(routes, pathways, trace)
    _add_standing(routes, pathways, trace)
    return routes


def _add_set(routes: APIRouter, pathways: Pathways, trace: Trace) -> None:
    @routes.post(
        "/barriers",
        name="set_barrier",
        operation_id="set_barrier",
        summary="Put a barrier before a person, which nobody can override",
        status_code=201,
        responses={
            200: {"model": BarrierView, "description": "It stood there already"},
            **problems.responses(*COMMON, *WITH_BODY, UNKNOWN_PERSON),
        },
        openapi_extra={"requestBody": body_documented(SetBarrier)},
    )
    def set_barrier(  # pyright: ignore[reportUnusedFunction]
        request: Request, response: Response, raw: Raw, caller: SignedIn
    ) -> BarrierView:
        """Own file and relatives before one caller; confidential before all without that right.

        About a file of the caller's own or of a relative nobody sets one: that is a 404.
        """
        body = parsed(SetBarrier, raw)
        try:
            barrier, is_new = Barriers(pathways.store, pathways.vault).set(
                _new(pathways, body),
                by=caller.ref,
                traced=lambda person: trace.permitted(request, caller, [person]),
            )
        except UnknownPerson as unknown:
            nobody = [body.person_ref] if body.person_ref else []
            about = unknown.about if isinstance(unknown, KeptFrom) else nobody
            trace.denied(request, caller, about)
            raise UNKNOWN_PERSON.problem() from None
        response.status_code = 201 if is_new else 200
        return _view(barrier)


def _add_list(routes: APIRouter, pathways: Pathways, trace: Trace) -> None:
    @routes.get(
        "/barriers",
        name="barriers",
        operation_id="barriers",
        summary="The barriers that stand, the newest first",
        responses=problems.responses(*COMMON),
    )
    def barriers(  # pyright: ignore[reportUnusedFunction]
        asked: Annotated[BarriersAsked, Query()], request: Request, caller: SignedIn
    ) -> BarriersAnswer:
        """By reference alone: who these people are, the vault's doors tell to whom may know."""
        found = Barriers(pathways.store, pathways.vault).newest(
            caller_ref=asked.caller, ended=asked.ended, before=asked.cursor, limit=asked.limit + 1
        )
        page = found[: asked.limit]
        trace.permitted(request, caller, {one.person_ref for one in page})
        more = str(page[-1].barrier_id) if len(found) > len(page) else None
        return BarriersAnswer(barriers=[_view(one) for one in page], next_cursor=more)


def _add_end(routes: APIRouter, pathways: Pathways, trace: Trace) -> None:
    @routes.post(
        "/barriers/{barrier_id}/end",
        name="end_barrier",
        operation_id="end_barrier",
        summary="End a barrier; it stays in the list of ended ones",
        responses=problems.responses(*COMMON, UNKNOWN_BARRIER, OWN_BARRIER),
    )
    def end_barrier(barrier_id: UUID, request: Request, caller: SignedIn) -> BarrierView:  # pyright: ignore[reportUnusedFunction]
        """Nobody ends one before themselves or about their own file or a relative's.

        Who guides or audits ends none at all: a confidential one may stand before them. One that was
        ended stays as it is.
        """
        if caller.is_one_of(SEE_SPECIAL | NAMED):
            trace.denied(request, caller)
            raise OWN_BARRIER.problem()
        try:
            ended = Barriers(pathways.store, pathways.vault).end(
                barrier_id,
                by=caller.ref,
                traced=lambda person: trace.permitted(request, caller, [person]),
            )
        except UnknownBarrier as unknown:
            trace.denied(request, caller)
            raise UNKNOWN_BARRIER.problem(str(unknown)) from None
        except OwnBarrier as own:
            trace.denied(request, caller, own.about)
            raise OWN_BARRIER.problem() from None
        return _view(ended)


def _add_standing(routes: APIRouter, pathways: Pathways, trace: Trace) -> None:
    @routes.post(
        "/standing",
        name="standing",
        operation_id="standing",
        summary="What stands between a caller and people, for the pages' own service",
        responses=problems.responses(*COMMON, *WITH_BODY),
        openapi_extra={"requestBody": body_documented(StandingSought)},
    )
    def standing(request: Request, raw: Raw, caller: SignedIn) -> StandingAnswer:  # pyright: ignore[reportUnusedFunction]
        """It shows nobody by name: one look says who asked and before whom these things stand.

        Whom the caller in question then sees is traced where they see them.
        """
        asked = parsed(StandingSought, raw)
        trace.standing(request, caller, asked.caller_ref)
        if asked.caller_kind is CallerKind.SYSTEEM:
            return StandingAnswer(barriers={}, overridden=[])
        with pathways.store.connection() as connection:
            before, lifted = stands(connection, asked.caller_ref, None, pathways.store.clock())
        overridden = [Lifted(person_ref=one, until=until) for one, until in lifted.items()]
        return StandingAnswer(barriers=before, overridden=overridden)


def _new(pathways: Pathways, body: SetBarrier) -> NewBarrier:
    person_ref = body.person_ref or pathways.vault.reference(body.insz or "")
    if person_ref is None:
        raise UnknownPerson("Nobody with this INSZ was ever enrolled.")
    return NewBarrier(body.kind, person_ref, body.caller_ref, body.motive)


def _view(barrier: Barrier) -> BarrierView:
    return BarrierView(**asdict(barrier))
