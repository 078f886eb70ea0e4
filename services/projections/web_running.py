"""What is running on both sides, over REST: processes, how far each is, proofs and rebuilds; of nobody."""

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from plumbing import problems
from plumbing.callers import Caller
from plumbing.running import Process
from plumbing.sign_in import NOT_ALLOWED, access_token, signed_in
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from projections import running
from projections.projection import Projection
from projections.running import ReadModel
from projections.running_asked import RunningSource, WriteSideRunning
from projections.web_reading import READ_MODELS_AWAY, ReadModels

SignedIn = Annotated[Caller, Depends(signed_in)]
WEB = "projections web"


class WaitingView(BaseModel):
    """What waits to be passed on: how many facts, 10000 at most, and since when the oldest of them."""

    model_config = ConfigDict(from_attributes=True)
    facts: int
    oldest_recorded_at: AwareDatetime | None


class ProvenView(BaseModel):
    """What was proven: up to which place in the log (digits in a string), when, and how much differs."""

    model_config = ConfigDict(from_attributes=True)
    position: Annotated[str, Field(coerce_numbers_to_str=True)]
    at: AwareDatetime
    differences: int
    whole_at: AwareDatetime | None = Field(description="When the last complete round ended")


class WriteSideView(BaseModel):
    """How far the write side is, in places of the log, digits in strings."""

    model_config = ConfigDict(from_attributes=True, coerce_numbers_to_str=True)
    demo: bool
    stored: str
    published: str
    waiting: WaitingView = Field(description="Stored and not yet published")
    proven: ProvenView | None = Field(description="By the auditor: log and topics")


class RebuildView(BaseModel):
    """What stands beside a read model: being made, ready to be switched in, left over, or nothing."""

    state: Literal["AT_WORK", "READY", "LEFT", "NONE"]
    phase: str | None
    share: float | None = Field(description="How much of the work is done, 0 to 1")
    per_second: float | None = Field(description="Events of the present phase")
    seconds_left: float | None
    filled_at: AwareDatetime | None
    before: bool = Field(description="The one from before stands there and can be brought back")
    switched_at: AwareDatetime | None = Field(description="When the last switch was made")
    back: bool = Field(description="The last switch brought the one from before back")


class ReadModelView(BaseModel):
    """How far a read model is."""

    read_model: str
    applied: str = Field(description="Place in the log of its newest fact, digits in a string")
    waiting: WaitingView | None = Field(
        description="Published and not yet applied; null while the write side does not answer"
    )
    complete_until: AwareDatetime | None
    parked_pathways: int
    given_up_pathways: int
    proven: ProvenView | None = Field(description="By the twin: rows against the topic")
    rebuild: RebuildView


class RunningAnswer(BaseModel):
    """What runs at a moment, on both sides."""

    at: AwareDatetime
    write_side: WriteSideView | None = Field(description="null: it does not answer now")
    processes: list[Process] = Field(description="Those of the write side only while it answers")
    read_models: list[ReadModelView]


_AT = "2015-09-01T08:00:00Z"
_NOTHING = {"facts": 0, "oldest_recorded_at": None}
_PROVEN = {"position": "40251", "at": _AT, "differences": 0, "whole_at": _AT}
_REBUILD = {
    "state": "AT_WORK",
    "phase": "folding",
    "share": 0.4,
    "per_second": 9500.0,
    "seconds_left": 31.0,
    "filled_at": None,
    "before": False,
    "switched_at": None,
    "back": False,
}
_READ_MODEL = {
    "read_model": "counsellor",
    "applied": "40251",
    "waiting": _NOTHING,
    "complete_until": _AT,
    "parked_pathways": 0,
    "given_up_pathways": 0,
    "proven": _PROVEN,
    "rebuild": _REBUILD,
}


def running_example() -> RunningAnswer:
    """Both sides at work, and a rebuild under way."""
    places = {"stored": "40251", "published": "40251"}
    process = {"process": "projections counsellor", "state": "RUNS", "processes": 1}
    return RunningAnswer.model_validate(
        {
            "at": _AT,
            "write_side": {"demo": False, **places, "waiting": _NOTHING, "proven": _PROVEN},
            "processes": [{**process, "since": _AT, "last_sign": _AT}],
            "read_models": [_READ_MODEL],
        }
    )


class Status:
    """Tells what runs; REST and the page ask the same."""

    def __init__(
        self, read_models: ReadModels, source: RunningSource, projections: Sequence[Projection]
    ) -> None:
        self._read_models, self._source, self._projections = read_models, source, projections
        self._began = read_models.now()
        self._demo = False

    def now(self, token: str) -> RunningAnswer:
        """Both sides at this moment, for the bearer of `token`. Raises READ_MODELS_AWAY (503)."""
        with self._read_models.snapshot() as connection:
            found = running.running(connection, self._projections)
        there = self._source.now([one.applied for one in found.read_models], token)
        at = self._read_models.now()
        # A store that is a demo never ceases to be one.
        self._demo = self._demo or (there is not None and there.demo)
        ours = Process(process=WEB, state="RUNS", processes=1, since=self._began, last_sign=at)
        return RunningAnswer(
            at=at,
            write_side=WriteSideView.model_validate(there) if there else None,
            processes=[*(there.processes if there else []), *found.processes, ours],
            read_models=[_model(one, n, there) for n, one in enumerate(found.read_models)],
        )

    def is_demo(self, token: str) -> bool:
        """Whether the store is marked as a demo; False as long as nobody could tell."""
        if not self._demo:
            self.now(token)
        return self._demo


def _model(told: ReadModel, number: int, there: WriteSideRunning | None) -> ReadModelView:
    noted, fresh = told.rebuild.noted, told.freshness
    return ReadModelView(
        read_model=told.name,
        applied=str(told.applied),
        waiting=WaitingView.model_validate(there.unread[number]) if there else None,
        complete_until=fresh.complete_until,
        parked_pathways=fresh.parked_pathways,
        given_up_pathways=fresh.given_up_pathways,
        proven=ProvenView.model_validate(told.proven) if told.proven else None,
        rebuild=RebuildView(
            state=told.rebuild.state,
            phase=noted.phase or None if noted else None,
            share=noted.share if noted else None,
            per_second=noted.per_second if noted else None,
            seconds_left=noted.seconds_left if noted else None,
            filled_at=noted.filled_at if noted else None,
            before=told.rebuild.before,
            switched_at=noted.switched_at if noted else None,
            back=bool(noted and noted.back),
        ),
    )


def running_routes(status: Status) -> APIRouter:
    """`GET /v1/running`."""
    routes = APIRouter(prefix="/v1/running", tags=["operations"])

    @routes.get(
        "",
        name="running",
        operation_id="running",
        summary="What runs on both sides, how far each is, proofs and rebuilds",
        responses=problems.responses(NOT_ALLOWED, READ_MODELS_AWAY),
    )
    def what_runs(request: Request, _caller: SignedIn) -> RunningAnswer:  # pyright: ignore[reportUnusedFunction]
        """For operators and administrators. While the write side does not answer, its half is null."""
        return status.now(access_token(request))

    return routes
