"""The question over HTTP what of the write side is running, for who keeps it so; it is about nobody."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from plumbing import problems
from plumbing.callers import Caller
from plumbing.clock import utc_now
from plumbing.problems import INVALID_REQUEST
from plumbing.running import Process
from plumbing.sign_in import signed_in
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from pathway import api_problems
from pathway.api_views import Answered
from pathway.running import Running, Waiting, running
from pathway.store import Store

SignedIn = Annotated[Caller, Depends(signed_in)]
Position = Annotated[int, Field(ge=0, lt=2**63)]


class RunningAsked(BaseModel):
    """Up to which places of the log read models have come."""

    model_config = ConfigDict(extra="forbid")
    applied: Annotated[
        list[Position],
        Field(
            max_length=10, description="Places in the log: what was published after each is told"
        ),
    ] = []


class WaitingView(Answered):
    """The facts after a place in the log, 10000 at most, and since when the oldest of them waits."""

    after: str = Field(description="Digits in a string")
    facts: int
    oldest_recorded_at: AwareDatetime | None


class ProvenView(Answered):
    """What the auditor has proven of log and topics."""

    position: str = Field(description="Up to this place in the log, digits in a string")
    at: AwareDatetime
    differences: int = Field(description="What they are, `pathway audit topics` tells")
    whole_at: AwareDatetime | None = Field(description="When the last complete round ended")


class RunningAnswer(Answered):
    """The write side at this moment."""

    demo: bool = Field(description="The store is marked as a demo")
    stored: str = Field(description="Place in the log of the newest fact, digits in a string")
    published: str = Field(description="Up to this place every fact is on the topics")
    processes: list[Process]
    waiting: WaitingView = Field(description="What is stored and not yet published")
    unread: list[WaitingView] = Field(description="What was published after each of `applied`")
    proven: ProvenView | None = Field(description="null: the auditor has not proven anything yet")


_AT = "2015-09-01T08:00:00Z"
RUNNING_ANSWERS: Mapping[type[BaseModel], Mapping[str, Any]] = {
    RunningAnswer: {
        "demo": True,
        "stored": "40251",
        "published": "40251",
        "processes": [
            {
                "process": "pathway publisher",
                "state": "LEADS",
                "processes": 2,
                "since": "2015-08-31T06:00:00Z",
                "last_sign": _AT,
                "why": None,
                "way_out": None,
            }
        ],
        "waiting": {"after": "40251", "facts": 0, "oldest_recorded_at": None},
        "unread": [{"after": "40249", "facts": 2, "oldest_recorded_at": _AT}],
        "proven": {"position": "40251", "at": _AT, "differences": 0, "whole_at": _AT},
    }
}


def running_routes(store: Store) -> APIRouter:
    """`GET /v1/running`."""
    routes = APIRouter(prefix="/v1/running", tags=["state"])
    began = utc_now()

    @routes.get(
        "",
        name="running",
        operation_id="running",
        summary="What runs, how far it published and proved, and what stops it",
        responses=problems.responses(INVALID_REQUEST, api_problems.STORE_AWAY),
    )
    def what_runs(  # pyright: ignore[reportUnusedFunction]
        asked: Annotated[RunningAsked, Query()], _caller: SignedIn
    ) -> RunningAnswer:
        """Processes, places and moments, for operators and administrators."""
        with store.connection() as connection:
            found = running(connection, asked.applied)
        ours = Process(
            process="pathway api", state="RUNS", processes=1, since=began, last_sign=utc_now()
        )
        return _answer(found, ours, demo=store.mark()[1])

    return routes


def _answer(found: Running, ours: Process, *, demo: bool) -> RunningAnswer:
    proven = found.proven
    return RunningAnswer(
        demo=demo,
        stored=str(found.stored),
        published=str(found.published),
        processes=[ours, *found.processes],
        waiting=_waiting(found.waiting),
        unread=[_waiting(one) for one in found.unread],
        proven=ProvenView(
            position=str(proven.position),
            at=proven.at,
            differences=proven.differences,
            whole_at=proven.whole_at,
        )
        if proven
        else None,
    )


def _waiting(found: Waiting) -> WaitingView:
    return WaitingView(
        after=str(found.after), facts=found.facts, oldest_recorded_at=found.oldest_recorded_at
    )
