"""Questions over HTTP about one pathway: its state on a day as known at a moment, and its history."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from plumbing import problems
from plumbing.callers import Caller
from plumbing.clock import brussels_today
from plumbing.problems import INVALID_REQUEST, ProblemType
from plumbing.sign_in import signed_in
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from pathway import api_problems, contract
from pathway.api_models import (
    FactView,
    HistoryAnswer,
    PathwayView,
    PublishedHistoryAnswer,
    StateAnswer,
)
from pathway.api_problems import REFUSALS
from pathway.api_requests import EARLIEST, LATEST
from pathway.api_rights import SEE_SPECIAL, Trace
from pathway.api_sight import Sight
from pathway.application import Pathways, UnknownVersion, folded
from pathway.domain.refusals import UnknownPathway
from pathway.domain.state import Pathway
from pathway.recorded import Recorded
from pathway.two_clocks import KnownBy, seen_from
from schemas.events import PathwayState

SignedIn = Annotated[Caller, Depends(signed_in)]
MOST_FACTS = 200
NO_PATHWAY = REFUSALS[UnknownPathway]
COMMON: tuple[ProblemType, ...] = (
    NO_PATHWAY,
    INVALID_REQUEST,
    api_problems.NOT_TRACED,
    api_problems.STORE_AWAY,
)

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    _DAY.pattern + r"T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})"
)


def _day(told: object) -> object:
    if not isinstance(told, str) or not _DAY.fullmatch(told):
        raise ValueError("a day is written as YYYY-MM-DD, such as 2015-09-01")
    return told


def _instant(told: object) -> object:
    if not isinstance(told, str) or not _INSTANT.fullmatch(told):
        raise ValueError(
            "a moment is written with its zone, such as 2015-10-01T09:00:00Z; in an address the "
            "sign + is written as %2B"
        )
    if not EARLIEST.isoformat() < told < LATEST.isoformat():
        raise ValueError(f"a moment lies from {EARLIEST} to {LATEST}")
    return told


AsOf = Annotated[date, BeforeValidator(_day)]
KnownAt = Annotated[AwareDatetime, BeforeValidator(_instant)]


class PointAsked(BaseModel):
    """A point of the two clocks; nothing is now."""

    model_config = ConfigDict(extra="forbid")
    as_of: Annotated[
        AsOf | None,
        Field(
            description="With what is true by this day (Europe/Brussels); today by itself",
            examples=["2015-09-30"],
        ),
    ] = None
    known_at: Annotated[
        KnownAt | None,
        Field(
            description="With what was known at this moment; now by itself",
            examples=["2015-10-01T00:00:00Z"],
        ),
    ] = None
    known_by: Annotated[
        KnownBy,
        Field(
            description="Known by which clock: `recorded` is ours; `source` that of the system that "
            "sent it, where it told (`Source-Time`), and otherwise ours"
        ),
    ] = KnownBy.RECORDED


class StateAsked(PointAsked):
    """Which state of the pathway; nothing is its state now."""

    version: Annotated[
        int | None,
        Field(ge=1, le=999_999_999, description="With its facts up to this one", examples=[3]),
    ] = None


class HistoryAsked(PointAsked):
    """Which part of the history, and which page of it."""

    cursor: Annotated[
        str | None,
        Field(
            pattern="^[0-9]{1,9}$", description="`next_cursor` of the page before", examples=["50"]
        ),
    ] = None
    limit: Annotated[int, Field(ge=1, le=MOST_FACTS)] = 50


def state_routes(pathways: Pathways, trace: Trace, sight: Sight, schemas_base: str) -> APIRouter:
    """`GET /v1/pathways/{pathway_id}` and its `/history`."""
    routes = APIRouter(prefix="/v1/pathways/{pathway_id}", tags=["state"])
    _add_state(routes, pathways, trace, sight, schemas_base)
    _add_history(routes, pathways, trace, sight, schemas_base)
    return routes


def _add_state(
    routes: APIRouter, pathways: Pathways, trace: Trace, sight: Sight, schemas_base: str
) -> None:
    @routes.get(
        "",
        name="pathway_state",
        operation_id="pathway_state",
        summary="Where the pathway stands, on a day, as known at a moment",
        response_model=StateAnswer,
        responses={
            200: {"headers": {"ETag": {"schema": {"type": "string"}}}},
            **problems.responses(*COMMON, api_problems.UNKNOWN_VERSION),
        },
    )
    def pathway_state(  # pyright: ignore[reportUnusedFunction]
        pathway_id: UUID, asked: Annotated[StateAsked, Query()], request: Request, caller: SignedIn
    ) -> Response:
        """The facts recorded by `known_at` and true by `as_of`, folded by day and version."""
        ruling = sight.pathway(request, caller, pathway_id)
        try:
            standing = pathways.standing(pathway_id, **dict(asked))
        except UnknownPathway:
            trace.denied(request, caller, [ruling.person_ref])
            raise
        except UnknownVersion as unknown:
            trace.denied(request, caller, [ruling.person_ref])
            raise api_problems.UNKNOWN_VERSION.problem(str(unknown)) from None
        trace.permitted(request, caller, {ruling.person_ref: ruling.rule})
        answer = StateAnswer(
            pathway_id=pathway_id,
            version=standing.version,
            as_of=asked.as_of or brussels_today(pathways.store.clock()),
            known_at=asked.known_at,
            known_by=asked.known_by,
            state=state_view(standing.facts, standing.pathway, caller, schemas_base),
        )
        return json_answer(answer, {"ETag": f'"{standing.version}"'})


def _add_history(
    routes: APIRouter, pathways: Pathways, trace: Trace, sight: Sight, schemas_base: str
) -> None:
    @routes.get(
        "/history",
        name="pathway_history",
        operation_id="pathway_history",
        summary="The pathway's facts, with who, when and on what rules",
        response_model=HistoryAnswer | PublishedHistoryAnswer,
        responses=problems.responses(*COMMON),
    )
    def pathway_history(  # pyright: ignore[reportUnusedFunction]
        pathway_id: UUID,
        asked: Annotated[HistoryAsked, Query()],
        request: Request,
        caller: SignedIn,
    ) -> Response:
        """In the order of their versions. Consuming systems get the published events."""
        ruling = sight.pathway(request, caller, pathway_id)
        facts = pathways.store.load(pathway_id)
        point = pathways.point(asked.as_of, asked.known_at, asked.known_by)
        told = [f for f in seen_from(facts, point).facts if f.version > int(asked.cursor or 0)]
        page = told[: asked.limit]
        more = str(page[-1].version) if len(told) > len(page) else None
        trace.permitted(request, caller, {ruling.person_ref: ruling.rule})
        about: dict[str, Any] = {"pathway_id": pathway_id, "next_cursor": more}
        if caller.is_one_of(SEE_SPECIAL):
            return json_answer(HistoryAnswer(facts=[fact_view(fact) for fact in page], **about))
        events = [event_view(facts, fact, schemas_base) for fact in page]
        return json_answer(PublishedHistoryAnswer(events=events, **about))


def state_view(
    facts: Sequence[Recorded], pathway: Pathway, caller: Caller, schemas_base: str
) -> PathwayView | PathwayState:
    """A state with these facts as the caller may see it: in full, or as it is published."""
    if caller.is_one_of(SEE_SPECIAL):
        return PathwayView.of(pathway)
    data = contract.state_message(facts[-1], pathway, schemas_base).data
    return PathwayState.model_validate(data, from_attributes=True)


def event_view(facts: Sequence[Recorded], fact: Recorded, schemas_base: str) -> dict[str, Any]:
    """A fact, one of these, as it was published."""
    after = folded(facts[: fact.version])
    if after is None:
        raise LookupError("a fact stands before its pathway's enrolment")
    return contract.published(fact, after, schemas_base).model_dump(mode="json")


def fact_view(fact: Recorded) -> FactView:
    """A fact in full, for those who may see that."""
    # Without the salt, which would let anyone who has it guess withheld values by their hash.
    told = fact.model_dump(exclude={"salt", "pathway_id"})
    return FactView.model_validate({**told, "position": str(fact.position)})


def json_answer(answer: BaseModel, headers: dict[str, str] | None = None) -> Response:
    """An answer as JSON."""
    return Response(answer.model_dump_json(), headers=headers, media_type="application/json")
