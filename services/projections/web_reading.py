"""How questions over HTTP read: one moment for a whole answer, and not before what was just written."""

import hashlib
import re
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID
from weakref import WeakKeyDictionary

import psycopg
from fastapi import Request
from fastapi.responses import Response
from plumbing.access import NOT_TRACED
from plumbing.clock import Clock, brussels_today
from plumbing.problems import Problem, ProblemType
from psycopg import Connection
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool, PoolTimeout
from pydantic import BaseModel, BeforeValidator, Field

from projections import freshness
from projections.freshness import Reached
from projections.kept import Kept
from projections.schema import Database
from projections.standing import STANDING_AWAY

SECONDS_TO_WAIT = 2.0
"""How long a reader of their own write is kept waiting for it."""

SECONDS_BETWEEN_LOOKS = 0.02

# Most parameters narrow nothing most of the time: a plan made for any of them would use no index.
_ONE_MOMENT = """
    set transaction isolation level repeatable read;
    set local statement_timeout = '20s';
    set local plan_cache_mode = force_custom_plan;
"""
RETRY_SOON = {"Retry-After": "1"}

BEHIND = ProblemType(
    "read-model-behind",
    409,
    "The read model does not have this version yet",
    "Ask again in a moment, or without `after` for what is there now.",
)
READ_MODELS_AWAY = ProblemType(
    "read-models-away",
    503,
    "The read models do not answer now",
    "Try again in a moment.",
)
CURSOR_UNREADABLE = ProblemType(
    "cursor-unreadable",
    422,
    "The cursor is not of this list in this order",
    "Begin without `cursor`, and give the `next_cursor` of each answer with the same parameters.",
)
UNKNOWN_PATHWAY = ProblemType(
    "unknown-pathway",
    404,
    "You can see no such pathway",
    "There is none, or it is not yours to see: check the id; right after enrolment, ask with "
    "`after=PATHWAY:VERSION`. Where a written reason would let you see it, give one at the write "
    "side's `POST /v1/overrides`.",
)
TYPES = (
    BEHIND,
    READ_MODELS_AWAY,
    CURSOR_UNREADABLE,
    UNKNOWN_PATHWAY,
    NOT_TRACED,
    STANDING_AWAY,
)

_DAY = re.compile(r"(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}")
_UUID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


def _day(day: object) -> object:
    # Pydantic also takes a number of seconds in a string for a day.
    if isinstance(day, date) or (isinstance(day, str) and _DAY.fullmatch(day)):
        return day
    raise ValueError("a day is written as YYYY-MM-DD, such as 2015-09-01, from 1900 to 2199")


Day = Annotated[date, BeforeValidator(_day)]
"""A parameter that is a day, Europe/Brussels."""

Kbo = Annotated[str, Field(pattern="^[01][0-9]{9}$", examples=["0400000148"])]
"""A parameter that is an enterprise number."""

Reference = Annotated[str, Field(pattern="^[!-~]{1,64}$")]
"""A parameter that is a reference, such as of a counsellor or a unit."""

After = Annotated[
    str,
    Field(
        pattern=f"^{_UUID}:[1-9][0-9]{{0,8}}$",
        description="PATHWAY:VERSION of a command's answer: wait up to 2 seconds until this read "
        "model has it (read your own write), else 409 with how far behind it is",
        examples=["01931f0a-7c1e-7bb2-9d0e-6a1f5f0c2b3d:3"],
    ),
]
"""The parameter with which someone reads their own write."""

Pool = ConnectionPool[Connection[TupleRow]]

Hidden = Callable[[Database, UUID], bool]
"""Whether nothing may be told of a pathway to whoever asks, not even that it is there or not."""


Look = Callable[[Database], None]
"""Writes the trace of what was read."""


def _rows_of(report: Any) -> int:  # noqa: ANN401 - Reports are known further on.
    return 1 + len(report.rows)


@dataclass(frozen=True)
class ReadModels:
    """The read models' database, for questions; `now` is UTC.

    `protected`: reports count a protected population, and tell no small number.
    """

    pool: Pool
    now: Clock
    protected: bool = False
    within: Database | None = field(default=None, repr=False)
    """The connection of whose moment every answer is; None: each snapshot is of its own."""
    kept: Kept[Any] = field(default_factory=lambda: Kept[Any](_rows_of), repr=False)
    looks: WeakKeyDictionary[Database, list[Look]] = field(
        default_factory=WeakKeyDictionary[Database, "list[Look]"], repr=False
    )

    @property
    def today(self) -> date:
        """The day it is, Europe/Brussels."""
        return brussels_today(self.now())

    @contextmanager
    def snapshot(self) -> Generator[Database]:
        """One moment of the read models; at its end the looks in it are traced, and committed.

        Raises READ_MODELS_AWAY as a Problem (503).
        """
        if self.within is not None:
            yield self.within
            return
        try:
            with self.pool.connection() as connection:
                looks = self.looks[connection] = list[Look]()
                connection.execute(_ONE_MOMENT)
                yield connection
                if looks:
                    # The trace goes on from its newest row, which this moment may be too old to see.
                    connection.commit()
                    for look in looks:
                        look(connection)
        except (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout) as away:
            raise READ_MODELS_AWAY.problem(headers=RETRY_SOON) from away

    @contextmanager
    def one_moment(self) -> Generator["ReadModels"]:
        """The same read models, all of whose answers in this block are of one moment and in one transaction.

        Their looks are traced at its end, so nothing may be shown before. Raises as `snapshot`.
        """
        with self.snapshot() as connection:
            yield replace(self, within=connection)

    def before_it_shows(self, connection: Database, look: Look) -> None:
        """Have `look` called when the reading on this snapshot's connection is over."""
        self.looks[connection].append(look)

    def waited_for(self, projection: str, after: str | None, hidden: Hidden) -> Reached | None:
        """How far the read model came with `after` within SECONDS_TO_WAIT; None when none is asked.

        A pathway that is `hidden` is told as one that nobody has heard of, whatever version is
        wanted. Between two looks no connection is held: those who wait keep nobody from reading.
        """
        if after is None:
            return None
        pathway_id, version = told(after)
        deadline = time.monotonic() + SECONDS_TO_WAIT
        while True:
            with self.snapshot() as connection:
                reached = Reached(version=0, wanted=version, parked=False)
                if not hidden(connection, pathway_id):
                    reached = freshness.reached(connection, projection, pathway_id, version)
            if reached.reached or reached.parked or time.monotonic() >= deadline:
                return reached
            time.sleep(SECONDS_BETWEEN_LOOKS)

    def require(self, projection: str, after: str | None, hidden: Hidden) -> None:
        """As `waited_for`; raises BEHIND as a Problem (409) when it did not come that far."""
        reached = self.waited_for(projection, after, hidden)
        if reached is None or reached.reached:
            return
        with self.snapshot() as connection:
            complete_until = freshness.freshness(connection, projection).complete_until
        raise _behind(projection, reached, complete_until)


def _behind(projection: str, reached: Reached, complete_until: datetime | None) -> Problem:
    if reached.parked:
        detail = (
            f"The pathway is parked at version {reached.version}: an operator has to look at it, "
            "and waiting will not help. Ask without `after` for what is there now."
        )
    else:
        detail = (
            f"It has version {reached.version} of {reached.wanted}, {reached.behind} behind. "
            f"{BEHIND.way_out}"
        )
    return BEHIND.problem(
        detail,
        headers=None if reached.parked else RETRY_SOON,
        read_model=projection,
        version=reached.version,
        wanted_version=reached.wanted,
        behind=reached.behind,
        parked=reached.parked,
        complete_until=complete_until.isoformat() if complete_until else None,
    )


def told(after: str) -> tuple[UUID, int]:
    """The pathway and the version that `after`, an After, names."""
    pathway, _, version = after.partition(":")
    return UUID(pathway), int(version)


def json_answer(request: Request, answer: BaseModel, *, unseen: frozenset[str]) -> Response:
    """`answer` as JSON, or 304 when the caller has it already.

    Its ETag is weak: the fields `unseen`, such as the moment up to which it is complete, may
    differ between two answers that it calls the same.
    """
    seen = answer.model_dump_json(exclude=set(unseen)).encode()
    etag = f'W/"{hashlib.sha256(seen).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    known = {tag.strip() for tag in request.headers.get("If-None-Match", "").split(",")}
    if etag in known:
        return Response(status_code=304, headers=headers)
    return Response(answer.model_dump_json(), media_type="application/json", headers=headers)
