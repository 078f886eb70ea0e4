"""Answers that are remembered: a command repeated under its idempotency key gets the first answer.

While a command runs, its key is held by a PostgreSQL lock that ends with the transaction: other processes
see it, and it vanishes with whoever crashes. Keys and requests are remembered as keyed hashes only.
"""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

import psycopg
from plumbing.clock import Clock
from psycopg import Connection
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb
from psycopg_pool import ConnectionPool, PoolTimeout

from pathway.beside import CommandAnswer
from pathway.store import AnsweredMeanwhile, StoreAway

KEPT = timedelta(days=30)
FORGET_AT_ONCE = 1000

Pool = ConnectionPool[Connection[TupleRow]]


class InFlight(Exception):
    """The first command under this key is still being decided."""


class KeyReused(Exception):
    """This key stands for another request."""


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, to the letter."""

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Claim:
    """A key that is ours until the transaction of `connection` ends.

    `first` is the answer that the key got before, if it did. `command_id` follows from actor and
    key, so that a repeated command is known as the same one.
    """

    actor: str
    key_hash: str
    request_hash: str
    command_id: str
    at: datetime
    connection: Connection[TupleRow]
    first: Answer | None

    def row(self, answer: Answer) -> CommandAnswer:
        """The answer as it is to be committed beside facts."""
        return CommandAnswer(
            actor=self.actor,
            key=self.key_hash,
            body_hash=self.request_hash,
            status=answer.status,
            answer={"body": answer.body, "headers": dict(answer.headers)},
            answered_at=self.at.isoformat(),
        )

    def keep(self, answer: Answer) -> None:
        """Remember an answer that comes without facts. Raises `AnsweredMeanwhile`."""
        row = self.row(answer)
        try:
            self.connection.execute(
                "delete from pathway.command_answer where actor = %s and key = %s"
                " and answered_at < %s",
                (row.actor, row.key, self.at - KEPT),
            )
            self.connection.execute(
                """
                insert into pathway.command_answer
                    (actor, key, body_hash, status, answer, answered_at)
                values (%s, %s, %s, %s, %s, %s)
                """,
                (
                    row.actor,
                    row.key,
                    bytes.fromhex(row.body_hash),
                    row.status,
                    Jsonb(row.answer),
                    self.at,
                ),
            )
        except psycopg.errors.UniqueViolation:
            raise AnsweredMeanwhile("command_answer_pkey") from None


class Answers:
    """What commands were answered in the last 30 days. Safe to use from many threads.

    `pool` is for this alone: a command holds one of its connections while it waits for another of
    the store's, so one pool for both could wait for itself.
    """

    def __init__(self, pool: Pool, keyed_hash: Callable[[str], str], clock: Clock) -> None:
        self._pool = pool
        self._keyed_hash = keyed_hash
        self._clock = clock

    @contextmanager
    def claim(self, actor: str, key: str, request: str) -> Generator[Claim]:
        """Hold this key of this actor for `request` (any text that says all of it) in the block.

        What the block writes by the claim's connection is committed at its end, or not at all when
        it raises. Raises `InFlight`, `KeyReused`, `StoreAway`.
        """
        key_hash = self._keyed_hash(f"idempotency-key\n{actor}\n{key}")
        request_hash = self._keyed_hash(f"request\n{request}")
        try:
            with self._pool.connection() as connection:
                at = self._clock()
                self._lock(connection, key_hash)
                first = _first(connection, actor, key_hash, request_hash, at - KEPT)
                command_id = str(UUID(key_hash[:32]))
                yield Claim(actor, key_hash, request_hash, command_id, at, connection, first)
        except (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout) as away:
            raise StoreAway(str(away)) from away

    def forget(self) -> int:
        """Delete answers older than 30 days, some at once; returns how many there were."""
        try:
            with self._pool.connection() as connection:
                done = connection.execute(
                    """
                    delete from pathway.command_answer where (actor, key) in (
                        select actor, key from pathway.command_answer
                        where answered_at < %s order by answered_at limit %s)
                    """,
                    (self._clock() - KEPT, FORGET_AT_ONCE),
                )
                return done.rowcount
        except (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout) as away:
            raise StoreAway(str(away)) from away

    @staticmethod
    def _lock(connection: Connection[TupleRow], key_hash: str) -> None:
        # The two-number locks are a space of their own, apart from the one of the log's order.
        numbers = [int.from_bytes(bytes.fromhex(key_hash[i : i + 8]), signed=True) for i in (0, 8)]
        got = connection.execute(
            "select pg_try_advisory_xact_lock(%s::integer, %s::integer)", numbers, prepare=True
        ).fetchone()
        if not got or not got[0]:
            raise InFlight


def _first(
    connection: Connection[TupleRow], actor: str, key_hash: str, request_hash: str, since: datetime
) -> Answer | None:
    # A statement of its own after the lock: it must see what the lock's last holder committed.
    row = connection.execute(
        """
        select body_hash, status, answer from pathway.command_answer
        where actor = %s and key = %s and answered_at >= %s
        """,
        (actor, key_hash, since),
        prepare=True,
    ).fetchone()
    if row is None:
        return None
    body_hash, status, told = cast("tuple[bytes, int, dict[str, Any]]", row)
    if body_hash.hex() != request_hash:
        raise KeyReused
    return Answer(status, told["body"], told["headers"])
