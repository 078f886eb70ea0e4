"""The library's recorder, writing by our SQL functions: one call for each commit, shared by those who wait."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from itertools import chain
from typing import Any, LiteralString, NamedTuple, cast
from uuid import UUID

import psycopg
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from plumbing.database import Pool
from plumbing.failpoints import reach
from plumbing.metrics import COMMITS_TOGETHER, LOOKED_UP
from psycopg import Connection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import PoolTimeout

from pathway.sharing import Shared

Also = Callable[[Connection[DictRow]], None]
"""What else is done in the transaction that records facts."""

AT_ONCE = 64
"""So many share a call at most: of a transaction, PostgreSQL has 64 subtransactions at hand."""

APPEND: LiteralString = """
    with appended as materialized (
        select position from pathway.append(
            %s::uuid[], %s::bigint[], %s::text[], %s::bytea[], %s::bytea[],
            %s::uuid[], %s::date[], %s::timestamptz[], %s::jsonb) as position
    ), held as materialized (
        select pathway.hold(%s::jsonb -> 'held') from (select count(*) from appended)
    )
    select position from appended, held
"""
"""One commit, by its `parameters`: the positions that its facts got."""

_SESSION_LOST = ("08", "57P01", "57P02", "57P03")


class Commit(NamedTuple):
    """What is recorded in one go, or not at all: facts, their further columns, and what goes beside them."""

    events: Sequence[StoredEvent]
    columns: Sequence[Sequence[Any]]
    """Hashes, fact ids, days and instants: one of each for every event."""
    beside: str | None

    @property
    def all_columns(self) -> tuple[Sequence[Any], ...]:
        """In the order in which the SQL functions take them."""
        events = self.events
        return (
            [event.originator_id for event in events],
            [event.originator_version for event in events],
            [event.topic for event in events],
            [event.state for event in events],
            *self.columns,
        )

    @property
    def parameters(self) -> tuple[Any, ...]:
        """What APPEND takes."""
        return (*self.all_columns, self.beside, self.beside)


class Violated(Exception):
    """The commit broke a constraint, whose name this is."""


class Recorder(PostgresApplicationRecorder):
    """Records by one SQL function, which takes the log's lock inside the call.

    The library's own would lock the whole table from the client and retry ten times, which turns a
    lost connection in mid-commit into a conflict with oneself.
    """

    def __init__(self, datastore: PostgresDatastore, **named: str) -> None:
        # The library hands on five parts of an address, and would lose sslmode and all others: the
        # whole address comes as the database's name.
        given = datastore.pool
        datastore.pool = cast(
            "Any",
            Pool[Connection[DictRow]](
                cast("dict[str, str]", given.kwargs)["dbname"],
                kwargs={"row_factory": dict_row},
                configure=datastore.after_connect_func(),
                min_size=given.min_size,
                max_size=given.max_size,
                timeout=given.timeout,
                max_lifetime=given.max_lifetime,
                open=True,
            ),
        )
        super().__init__(datastore, **named)
        self._shared = Shared(self._each, AT_ONCE)

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> list[int]:  # noqa: ANN401
        """Not how facts are recorded here: they need their further columns."""
        raise NotImplementedError

    def commit(self, commit: Commit, also: Also | None = None) -> Sequence[int]:
        """The positions that the facts got. Raises `Violated`, and psycopg's OperationalError.

        When the session is lost before it answered, nothing tells whether all was recorded: the very
        same is sent once more, and if somebody was there first, the facts' ids tell whether it was us.
        """
        reach("before-append")
        positions = self._recorded(commit, also)
        reach("between-commit-and-answer")
        return positions

    def _recorded(self, commit: Commit, also: Also | None) -> Sequence[int]:
        try:
            return self._once(commit, also)
        except (psycopg.OperationalError, psycopg.InterfaceError) as lost:
            if not _session_lost(lost):
                raise
            LOOKED_UP.inc()
            self.datastore.pool.check()
        try:
            return self._once(commit, also)
        except Violated:
            if there := self._positions(commit):
                return there
            raise

    def _once(self, commit: Commit, also: Also | None) -> Sequence[int]:
        # What does more in its transaction needs one of its own.
        return self._alone(commit, also) if also else self._shared.ask(commit)

    def _each(self, commits: Sequence[Commit]) -> Sequence[Sequence[int] | Exception]:
        """Each commit's positions, or what went wrong with it."""
        COMMITS_TOGETHER.observe(len(commits))
        if len(commits) == 1:
            return [self._alone(commits[0])]
        try:
            return self._together(commits)
        except (psycopg.OperationalError, psycopg.InterfaceError):
            raise
        except psycopg.Error:
            # Something of one of them cannot even be sent: the others are not to fall with it.
            return [self._tried(commit) for commit in commits]

    def _together(self, commits: Sequence[Commit]) -> Sequence[Sequence[int] | Exception]:
        parts = zip(*(commit.all_columns for commit in commits), strict=True)
        columns: list[list[Any]] = [list(chain.from_iterable(part)) for part in parts]
        with self.datastore.pool.connection() as connection:
            rows = connection.execute(
                """
                select positions, refused_by from pathway.append_each(
                    %s::integer[], %s::uuid[], %s::bigint[], %s::text[], %s::bytea[],
                    %s::bytea[], %s::uuid[], %s::date[], %s::timestamptz[], %s::text[]::jsonb[])
                """,
                ([len(c.events) for c in commits], *columns, [c.beside for c in commits]),
                prepare=True,
            ).fetchall()
        return [
            Violated(row["refused_by"]) if row["refused_by"] else row["positions"] for row in rows
        ]

    def _tried(self, commit: Commit) -> Sequence[int] | Exception:
        try:
            return self._alone(commit)
        except (Violated, psycopg.Error) as failed:
            return failed

    def _alone(self, commit: Commit, also: Also | None = None) -> Sequence[int]:
        try:
            with (
                self.datastore.pool.connection() as connection,
                # Without anything else, the one statement is its own transaction, and quicker.
                connection.transaction() if also else nullcontext(),
            ):
                rows = connection.execute(APPEND, commit.parameters, prepare=True).fetchall()
                if also:
                    also(connection)
        except psycopg.errors.UniqueViolation as violated:
            raise Violated(violated.diag.constraint_name) from violated
        return [row["position"] for row in rows]

    def _positions(self, commit: Commit) -> Sequence[int] | None:
        """Where the facts of this commit stand already; None when they do not."""
        ids: Sequence[UUID] = commit.columns[1]
        with self.datastore.pool.connection() as connection:
            rows = connection.execute(
                "select fact_id, notification_id from pathway.pathway_events where fact_id = any(%s)",
                (ids,),
            ).fetchall()
        there = {row["fact_id"]: row["notification_id"] for row in rows}
        return [there[one] for one in ids] if there else None


def _session_lost(failed: psycopg.Error) -> bool:
    """Whether the session ended, and not just a statement of it. No session at all lost nothing."""
    if isinstance(failed, PoolTimeout):
        return False
    return failed.sqlstate is None or failed.sqlstate.startswith(_SESSION_LOST)
