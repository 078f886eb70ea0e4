"""Parked pathways over REST: which wait and why, what may be asked of them, and what came of it."""

import time
from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request
from plumbing import problems
from plumbing.access import BY_ENDPOINT, BY_ROW, NOT_TRACED
from plumbing.callers import Caller
from plumbing.ids import new_id
from plumbing.problems import INVALID_REQUEST, ProblemType
from plumbing.sign_in import NOT_ALLOWED, signed_in
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from projections import parked_requests, parking
from projections.counsellor import queries
from projections.parked_requests import Asked, New, Outcome
from projections.parking import Parked, Reason
from projections.schema import Database
from projections.standing import STANDING_AWAY
from projections.web_reading import READ_MODELS_AWAY, UNKNOWN_PATHWAY, ReadModels
from projections.web_rights import Rows, Trace, about, sees

SignedIn = Annotated[Caller, Depends(signed_in)]
ReadModelName = Annotated[
    str,
    Path(pattern="^[0-9a-z_-]{1,40}$", description="A read model", examples=["reporting"]),
]
MOST_SHOWN = 200
LEAST_REASON, MOST_REASON = 10, 1000
MANAGEMENT = "BEHEER"
"""The purpose of whoever keeps the read models whole."""
SECONDS_TO_WAIT = 2.5
"""How long who asked something by a page is kept waiting for what comes of it."""
SECONDS_BETWEEN_LOOKS = 0.1

NOT_PARKED = ProblemType(
    "not-parked",
    404,
    "You can see no such parked pathway",
    "`GET /v1/parked` tells which pathways wait, and in which read model.",
)


class ParkedView(BaseModel):
    """A pathway that waits in a read model; without one, a record whose key names none."""

    model_config = ConfigDict(from_attributes=True)
    read_model: str = Field(validation_alias="projection")
    pathway_id: UUID | None
    from_version: int | None = Field(description="Facts from here on are not in its rows")
    partition: int
    offset: int
    reason: Reason
    error: str = Field(description="Where it hurts and why; never what an event holds")
    since: AwareDatetime
    tried: int = Field(description="How often a GAP was read again by itself")
    next_try: AwareDatetime | None
    given_up_by: str | None = Field(description="Who decided to leave it as it is")
    given_up_at: AwareDatetime | None
    given_up_because: str | None


class ParkedAnswer(BaseModel):
    """Which pathways wait, the oldest first, and those that were given up last; 200 at most."""

    parked: list[ParkedView]
    total: int


class Counts(BaseModel):
    """How many rows of a table come, and how many go."""

    come: int
    go: int


class RequestView(BaseModel):
    """What was asked, and what came of it: null until the read model's consumer did it."""

    model_config = ConfigDict(from_attributes=True)
    request_id: UUID
    asked: Asked
    reason: str | None
    asked_by: str
    asked_at: AwareDatetime
    done_at: AwareDatetime | None
    outcome: Outcome | None
    detail: str | None = Field(description="Why it waits on")
    events: int | None = Field(description="How many events were applied, or would be")
    row_counts: dict[str, Counts] | None = Field(description="By table")


class ParkedPathway(BaseModel):
    """A pathway in a read model: how it waits, null when it no longer does, and what was asked of it."""

    parked: ParkedView | None
    requests: list[RequestView]


class RequestAsked(BaseModel):
    """What is asked of a parked pathway."""

    model_config = ConfigDict(extra="forbid")
    asked: Asked
    reason: Annotated[
        str | None,
        Field(
            min_length=LEAST_REASON,
            max_length=MOST_REASON,
            description="Of giving up, and only of it",
        ),
    ] = None

    @model_validator(mode="after")
    def _reasoned(self) -> "RequestAsked":
        if (self.asked is Asked.GIVE_UP) != (self.reason is not None):
            raise ValueError("giving up wants a `reason`, and nothing else takes one")
        return self


class RowChangeView(BaseModel):
    """A row that a retry takes away (`before`) or puts there (`after`)."""

    table: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class ChangesAnswer(BaseModel):
    """The rows of the newest preview; null when none was made in the last ten minutes."""

    changes: list[RowChangeView] | None


REQUEST_EXAMPLE = {"asked": "GIVE_UP", "reason": "Written by a test, see ticket 12."}
_PARKED: Mapping[str, Any] = {
    "projection": "reporting",
    "pathway_id": "01931f0a-7c1e-7bb2-9d0e-0c5b8a1e4f60",
    "from_version": 3,
    "partition": 7,
    "offset": 6120,
    "reason": "FAILED",
    "error": "KeyError in fold, projection.py:118",
    "since": "2015-09-01T08:00:00Z",
    "tried": 0,
    "next_try": None,
    "given_up_by": None,
    "given_up_at": None,
    "given_up_because": None,
}
_REQUEST: Mapping[str, Any] = {
    "request_id": "01931f0a-7c1e-7bb2-9d0e-8a1e4f600c5b",
    "asked": "PREVIEW",
    "reason": None,
    "asked_by": "operator-01",
    "asked_at": "2015-09-01T09:00:00Z",
    "done_at": "2015-09-01T09:00:01Z",
    "outcome": "APPLIED",
    "detail": None,
    "events": 2,
    "row_counts": {"inflow": {"come": 1, "go": 1}},
}
PARKED_EXAMPLES: Mapping[str, BaseModel] = {
    "parked_pathways": ParkedAnswer.model_validate({"parked": [_PARKED], "total": 1}),
    "parked_pathway": ParkedPathway.model_validate({"parked": _PARKED, "requests": [_REQUEST]}),
    "parked_changes": ChangesAnswer.model_validate(
        {"changes": [{"table": "inflow", "before": None, "after": {"month": "2015-09-01"}}]}
    ),
}
PROBLEMS = problems.responses(
    INVALID_REQUEST, NOT_ALLOWED, NOT_PARKED, NOT_TRACED, READ_MODELS_AWAY
)


class ParkedPathways:
    """Parked pathways as people who keep the read models whole see them, each look traced.

    They are told which pathways wait, whoever they are of, and no value of a row: no rule about rows
    stands before them, so that it can be seen also while the write side is away.
    """

    def __init__(self, read_models: ReadModels, rows: Rows, trace: Trace) -> None:
        self._read_models = read_models
        self._rows = rows
        self._trace = trace

    def all(self, connection: Database, request: Request, caller: Caller) -> ParkedAnswer:
        """All that wait, in `connection`'s moment."""
        found = parking.parked(connection)
        shown = found[:MOST_SHOWN]
        people = [
            queries.traced_under(connection, one.pathway_id) for one in shown if one.pathway_id
        ]
        self._trace.permitted(connection, request, caller, dict.fromkeys(people, BY_ENDPOINT))
        views = [ParkedView.model_validate(one, from_attributes=True) for one in shown]
        return ParkedAnswer(parked=views, total=len(found))

    def one(
        self, request: Request, caller: Caller, read_model: str, pathway_id: UUID
    ) -> ParkedPathway:
        """One of them, or what was asked of it when it no longer waits. Raises NOT_PARKED."""
        with self._read_models.snapshot() as connection:
            person = queries.traced_under(connection, pathway_id)
            found = _parked(connection, read_model, pathway_id)
            asked = parked_requests.of_pathway(connection, read_model, pathway_id)
            if found or asked:
                self._trace.permitted(connection, request, caller, {person: BY_ENDPOINT})
                return ParkedPathway(
                    parked=found and ParkedView.model_validate(found, from_attributes=True),
                    requests=[RequestView.model_validate(r, from_attributes=True) for r in asked],
                )
        self._trace.denied(request, caller, [person])
        raise NOT_PARKED.problem()

    def ask(
        self,
        request: Request,
        caller: Caller,
        place: tuple[str, UUID],
        asked: RequestAsked,
    ) -> RequestView:
        """Ask something of the pathway that waits in the read model `place` names. Raises NOT_PARKED."""
        read_model, pathway_id = place
        self.one(request, caller, read_model, pathway_id)
        with self._read_models.pool.connection() as connection:
            if _parked(connection, read_model, pathway_id) is None:
                raise NOT_PARKED.problem()
            person = queries.traced_under(connection, pathway_id)
            self._trace.kept(connection, request, caller, [person], MANAGEMENT)
            new = New(
                read_model,
                pathway_id,
                asked.asked,
                asked.reason,
                caller.ref,
                caller.organisation,
                self._read_models.now(),
            )
            request_id = parked_requests.ask(connection, new_id(), new)
            told = parked_requests.of_pathway(connection, read_model, pathway_id)
        [view] = [one for one in told if one.request_id == request_id]
        return RequestView.model_validate(view, from_attributes=True)

    def wait(self, place: tuple[str, UUID], request_id: UUID) -> None:
        """Wait a moment for what comes of a request."""
        deadline = time.monotonic() + SECONDS_TO_WAIT
        while time.monotonic() < deadline:
            with self._read_models.snapshot() as connection:
                told = parked_requests.of_pathway(connection, *place)
            if any(one.request_id == request_id and one.done_at for one in told):
                return
            time.sleep(SECONDS_BETWEEN_LOOKS)

    def changes(
        self, request: Request, caller: Caller, read_model: str, pathway_id: UUID
    ) -> ChangesAnswer:
        """The rows of the newest preview, for who may see the pathway. Raises UNKNOWN_PATHWAY."""
        seen = self._rows.seen(request, caller)
        with self._read_models.snapshot() as connection:
            row = queries.pathway(connection, pathway_id, seen)
            person = about(row) if row else queries.traced_under(connection, pathway_id)
            rule = row.rule if row else BY_ROW
            if row is not None and sees(row):
                self._trace.permitted(connection, request, caller, {person: rule})
                now = self._read_models.now()
                made = parked_requests.preview(connection, read_model, pathway_id, now)
                return ChangesAnswer.model_validate({"changes": made})
        self._trace.denied(request, caller, [person], rule)
        raise UNKNOWN_PATHWAY.problem()


def _parked(connection: Database, read_model: str, pathway_id: UUID) -> Parked | None:
    found = parking.parked(connection, read_model, pathway_id)
    return found[0] if found else None


def parked_routes(parked: ParkedPathways, read_models: ReadModels) -> APIRouter:
    """`/v1/parked` and what stands under it."""
    routes = APIRouter(prefix="/v1/parked", tags=["operations"])
    _add_list(routes, parked, read_models)
    _add_one(routes, parked)
    _add_request(routes, parked)
    _add_changes(routes, parked)
    return routes


def _add_list(routes: APIRouter, parked: ParkedPathways, read_models: ReadModels) -> None:
    @routes.get(
        "",
        name="parked_pathways",
        operation_id="parked_pathways",
        summary="Which pathways wait for a person in a read model, since when and why",
        responses=problems.responses(NOT_ALLOWED, NOT_TRACED, READ_MODELS_AWAY),
    )
    def parked_pathways(request: Request, caller: SignedIn) -> ParkedAnswer:  # pyright: ignore[reportUnusedFunction]
        """Their rows stand still; all others go on. What was given up comes last."""
        with read_models.snapshot() as connection:
            return parked.all(connection, request, caller)


def _add_one(routes: APIRouter, parked: ParkedPathways) -> None:
    @routes.get(
        "/{read_model}/{pathway_id}",
        name="parked_pathway",
        operation_id="parked_pathway",
        summary="One parked pathway: why it waits, and what was asked of it",
        responses=PROBLEMS,
    )
    def parked_pathway(  # pyright: ignore[reportUnusedFunction]
        read_model: ReadModelName, pathway_id: UUID, request: Request, caller: SignedIn
    ) -> ParkedPathway:
        """Also after it went on, as long as something was asked of it."""
        return parked.one(request, caller, read_model, pathway_id)


def _add_request(routes: APIRouter, parked: ParkedPathways) -> None:
    @routes.post(
        "/{read_model}/{pathway_id}/requests",
        name="ask_of_parked",
        operation_id="ask_of_parked",
        summary="Ask for a preview of the row changes, for a retry, or give the pathway up with a reason",
        status_code=202,
        responses=PROBLEMS,
        openapi_extra={
            "requestBody": {"content": {"application/json": {"example": REQUEST_EXAMPLE}}}
        },
    )
    def ask_of_parked(  # pyright: ignore[reportUnusedFunction]
        read_model: ReadModelName,
        pathway_id: UUID,
        asked: RequestAsked,
        request: Request,
        caller: SignedIn,
    ) -> RequestView:
        """The read model's consumer does it within a second or so; ask for the pathway to see the outcome."""
        return parked.ask(request, caller, (read_model, pathway_id), asked)


def _add_changes(routes: APIRouter, parked: ParkedPathways) -> None:
    @routes.get(
        "/{read_model}/{pathway_id}/changes",
        name="parked_changes",
        operation_id="parked_changes",
        summary="The rows that the newest preview of a retry would change, for ten minutes",
        responses=problems.responses(
            INVALID_REQUEST,
            NOT_ALLOWED,
            UNKNOWN_PATHWAY,
            NOT_TRACED,
            READ_MODELS_AWAY,
            STANDING_AWAY,
        ),
    )
    def parked_changes(  # pyright: ignore[reportUnusedFunction]
        read_model: ReadModelName, pathway_id: UUID, request: Request, caller: SignedIn
    ) -> ChangesAnswer:
        """They say of a person what the read model does, so the rules about rows hold."""
        return parked.changes(request, caller, read_model, pathway_id)
