"""The question over HTTP where a fact is: recorded, published, read by whom; nothing of what it says."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request
from plumbing import problems
from plumbing.callers import Caller
from plumbing.problems import INVALID_REQUEST, ProblemType
from plumbing.row_rights import BARRIERS
from plumbing.sign_in import signed_in
from pydantic import AwareDatetime, BaseModel, Field

from pathway import api_problems, where
from pathway.api_rights import Trace
from pathway.api_sight import Sight
from pathway.api_views import Answered
from pathway.store import Store
from pathway.topics import BrokersAway
from pathway.where import Fact, Noted, Publishing, WhereSettings

SignedIn = Annotated[Caller, Depends(signed_in)]
Named = Annotated[
    str,
    Path(
        pattern=where.NAMED,
        description="A fact's id, or PATHWAY:VERSION",
        examples=["01931f0a-7c1e-7bb2-9d0e-0c5b8a1e4f60:3"],
    ),
]
NO_SUCH_FACT = ProblemType(
    "no-such-fact",
    404,
    "You can see no such fact",
    "Check the id, or the pathway and its version, in the pathway's history.",
)


class PublishedView(Answered):
    """Whether and where the fact's event stands on the events topic, or what keeps it from there."""

    state: Literal["PUBLISHED", "WAITING", "STOPPED", "NO_PUBLISHER"]
    topic: str
    partition: int
    first_offset: str | None = Field(
        description="Digits in a string, the same as `last_offset` where the offset is known; null "
        "when it is not published, or its place was not noted: `pathway where --search` finds it"
    )
    last_offset: str | None
    published_at: AwareDatetime | None
    withheld: bool = Field(description="It goes out without its data, as an operator decided")
    ahead: int = Field(description="Facts that go before it, 10000 at most; 0 once it is published")
    stopped_reason: str | None = Field(description="Why publishing waits for a person")
    stopped_at: AwareDatetime | None


class GroupView(Answered):
    """A consumer group with a place in the fact's partition."""

    group: str
    next_offset: str = Field(description="What it reads next, digits in a string")
    past: bool | None = Field(description="null: the event's own offset is not known")


class WhereAnswer(Answered):
    """What became of a fact on the write side; the read models are asked on the read side."""

    fact_id: UUID
    pathway_id: UUID
    version: int
    position: str = Field(description="Place in the whole store, digits in a string")
    recorded_at: AwareDatetime
    published: PublishedView
    groups: list[GroupView] | None = Field(description="null: not known now")
    groups_unknown: str | None = Field(description="Why they are not known")


WHERE_ANSWERS: Mapping[type[BaseModel], Mapping[str, Any]] = {
    WhereAnswer: {
        "fact_id": "01931f0a-7c1e-7bb2-9d0e-8a1e4f600c5b",
        "pathway_id": "01931f0a-7c1e-7bb2-9d0e-0c5b8a1e4f60",
        "version": 3,
        "position": "40251",
        "recorded_at": "2015-09-01T08:00:00Z",
        "published": {
            "state": "PUBLISHED",
            "topic": "vdab.pathway.events.v1",
            "partition": 7,
            "first_offset": "6120",
            "last_offset": "6120",
            "published_at": "2015-09-01T08:00:00.041000Z",
            "withheld": False,
            "ahead": 0,
            "stopped_reason": None,
            "stopped_at": None,
        },
        "groups": [
            {"group": "vdab.projections.counsellor", "next_offset": "6124", "past": True},
            {"group": "vdab.projections.reporting", "next_offset": "6118", "past": False},
        ],
        "groups_unknown": None,
    }
}


def where_routes(store: Store, trace: Trace, sight: Sight, brokers: WhereSettings) -> APIRouter:
    """`GET /v1/facts/{fact}/where`."""
    routes = APIRouter(prefix="/v1/facts", tags=["state"])

    @routes.get(
        "/{fact}/where",
        name="where_is_fact",
        operation_id="where_is_fact",
        summary="Where a fact is: recorded when, published where, read by which consumer groups",
        responses=problems.responses(
            NO_SUCH_FACT, INVALID_REQUEST, api_problems.NOT_TRACED, api_problems.STORE_AWAY
        ),
    )
    def where_is_fact(  # pyright: ignore[reportUnusedFunction]
        fact: Named, request: Request, caller: SignedIn
    ) -> WhereAnswer:
        """Places and moments alone, for who keeps things running; `fact` is an id or PATHWAY:VERSION."""
        with store.connection() as connection:
            found = where.find(connection, fact)
            told = where.publishing(connection, found) if found else None
        if found is None or told is None:
            trace.denied(request, caller, [where.named(fact)[0]])
            raise NO_SUCH_FACT.problem()
        _look(request, caller, found, trace, sight)
        return _answer(found, told, brokers)

    return routes


def _look(request: Request, caller: Caller, fact: Fact, trace: Trace, sight: Sight) -> None:
    """Leave the look's trace. A barrier alone hides where a fact is, in the words of one that is not there."""
    rulings = sight.rulings(request, caller, [fact.pathway_id])
    ruling = rulings.get(fact.pathway_id)
    if ruling is None:
        trace.permitted(request, caller, [fact.pathway_id])
    elif ruling.rule in BARRIERS:
        trace.denied(request, caller, {ruling.person_ref: ruling.rule})
        raise NO_SUCH_FACT.problem()
    elif ruling.permits:
        trace.permitted(request, caller, {ruling.person_ref: ruling.rule})
    else:
        trace.permitted(request, caller, [ruling.person_ref])


def _answer(fact: Fact, told: Publishing, brokers: WhereSettings) -> WhereAnswer:
    groups, unknown = None, None
    try:
        groups = [
            GroupView(group=one.name, next_offset=str(one.next_offset), past=one.past)
            for one in where.groups(brokers, fact, told.noted)
        ]
    except BrokersAway as away:
        unknown = str(away)
    return WhereAnswer(
        fact_id=fact.fact_id,
        pathway_id=fact.pathway_id,
        version=fact.version,
        position=str(fact.position),
        recorded_at=fact.recorded_at,
        published=_published(fact, told, brokers.events_topic),
        groups=groups,
        groups_unknown=unknown,
    )


def _published(fact: Fact, told: Publishing, topic: str) -> PublishedView:
    noted: Noted | None = told.noted
    return PublishedView(
        state=_state(told),
        topic=topic,
        partition=fact.partition,
        first_offset=str(noted.first_offset) if noted else None,
        last_offset=str(noted.last_offset) if noted else None,
        published_at=noted.published_at if noted else None,
        withheld=told.withheld,
        ahead=0 if told.published else told.ahead,
        stopped_reason=None if told.published else told.stopped_reason,
        stopped_at=None if told.published else told.stopped_at,
    )


def _state(told: Publishing) -> Literal["PUBLISHED", "WAITING", "STOPPED", "NO_PUBLISHER"]:
    if told.published:
        return "PUBLISHED"
    if told.stopped_reason:
        return "STOPPED"
    return "WAITING" if told.leads else "NO_PUBLISHER"
