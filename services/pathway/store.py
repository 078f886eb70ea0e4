"""The store of facts: the one door to the eventsourcing library, whose event table is also the outbox."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_hex
from typing import cast
from uuid import UUID

import orjson
import psycopg
from eventsourcing.application import Application
from eventsourcing.persistence import StoredEvent
from plumbing.clock import Clock, utc_now
from plumbing.database import bounded_string
from plumbing.ids import new_id
from plumbing.metrics import CONFLICTS
from psycopg import Connection
from psycopg.rows import DictRow
from psycopg_pool import PoolTimeout

from pathway.beside import Beside, together
from pathway.domain.catalogue import PathwayFact
from pathway.recorded import FIRST_HASH, Actor, Judged, Recorded, chain_hash
from pathway.recorder import Also, Commit, Recorder, Violated

_BESIDE = frozenset({"position", "pathway_id", "version", "hash"})


class Outpaced(Exception):
    """Somebody else recorded on this pathway since it was loaded."""


class OpenElsewhere(Exception):
    """This person got an open pathway meanwhile, or has one."""


class PersonKnown(Exception):
    """This person was entered into the vault meanwhile."""


class AnsweredMeanwhile(Exception):
    """A command with this idempotency key was answered meanwhile."""


class StoreAway(Exception):
    """The database cannot be reached; nothing is known of a commit that was under way."""


_CONFLICTS: dict[str, type[Exception]] = {
    "pathway_events_pkey": Outpaced,
    "open_pathway_pkey": OpenElsewhere,
    "person_insz": PersonKnown,
    "person_pkey": PersonKnown,
    "number_insz": PersonKnown,
    "command_answer_pkey": AnsweredMeanwhile,
}


@dataclass(frozen=True)
class Context:
    """Who records, on whose command, and as part of what."""

    actor: Actor
    command_id: str
    correlation_id: str
    causation_id: str
    traceparent: str | None = None
    source_time: datetime | None = None


@dataclass(frozen=True)
class NewFacts:
    """Facts to record on one pathway, after its fact `after` (None: they are its first)."""

    pathway_id: UUID
    after: Recorded | None
    facts: Sequence[Judged]
    context: Context
    beside: Beside = field(default=Beside())


class Store:
    """Facts on disk, in PostgreSQL. Safe to use from many threads; make one for each process.

    Whoever finds no connection waits for one, `patience` seconds long, and is then told `StoreAway`:
    here too. Raises plumbing's InvalidDatabaseUrl.
    """

    def __init__(
        self,
        database_url: str,
        *,
        clock: Clock = utc_now,
        new_id: Callable[[], UUID] = new_id,
        new_salt: Callable[[], str] = token_hex,
        pool_size: int = 10,
        patience: int = 10,
    ) -> None:
        self.clock = clock
        self.new_id = new_id
        self.new_salt = new_salt
        self.database_url = database_url
        environment = _environment(database_url, pool_size, patience)
        try:
            self._app: Application[UUID] = Application(env=environment)
        except Exception as failed:
            raise _told(failed) from failed
        self.recorder = cast("Recorder", self._app.recorder)

    def close(self) -> None:
        """Give back every connection."""
        self._app.close()

    @contextmanager
    def connection(self) -> Generator[Connection[DictRow]]:
        """A connection in autocommit mode, for what is asked beside the facts."""
        try:
            with self.recorder.datastore.pool.connection() as connection:
                yield connection
        except (psycopg.OperationalError, PoolTimeout) as away:
            raise StoreAway(str(away)) from away

    def load(self, pathway_id: UUID, upto: int | None = None) -> list[Recorded]:
        """The facts of one pathway in the order of their versions; none when there is no such."""
        with self.connection() as connection:
            rows = connection.execute(
                """
                select * from pathway.pathway_events
                where originator_id = %s and originator_version <= %s order by originator_version
                """,
                (pathway_id, upto or 2**62),
                prepare=True,
                binary=True,
            )
            return [recorded(row) for row in rows]

    def append(self, *batch: NewFacts, also: Also | None = None) -> list[Recorded]:
        """Record these facts and what goes beside them, all or nothing; returns them as recorded.

        `also` does what else belongs to the same transaction, after the facts. Raises `Outpaced`,
        `OpenElsewhere`, `PersonKnown`, `AnsweredMeanwhile`, `StoreAway`.
        """
        facts = [fact for new in batch for fact in self.enveloped(new)]
        return self.record(facts, [new.beside for new in batch], also)

    def enveloped(self, new: NewFacts) -> list[Recorded]:
        """The facts in their envelopes as of this moment, not recorded yet and so without position.

        For whoever decides further on facts before `record` writes them all.
        """
        return list(_chained(new, self.clock(), self.new_id, self.new_salt))

    def record(
        self, facts: Sequence[Recorded], beside: Sequence[Beside], also: Also | None = None
    ) -> list[Recorded]:
        """Record facts that are in their envelopes, in this order; otherwise as `append`."""
        events = [StoredEvent(f.pathway_id, f.version, _topic(f.fact), _state(f)) for f in facts]
        columns = (
            [bytes.fromhex(f.hash) for f in facts],
            [f.fact_id for f in facts],
            [f.fact.occurred_on for f in facts],
            [f.recorded_at for f in facts],
        )
        commit = Commit(events, columns, together(beside).to_json())
        try:
            positions = self.recorder.commit(commit, also)
        except Exception as failed:
            raise _told(failed) from failed
        return [
            fact.model_copy(update={"position": position})
            for fact, position in zip(facts, positions, strict=True)
        ]

    def log(self, after: int = 0, limit: int = 1000, upto: int | None = None) -> list[Recorded]:
        """Facts of all pathways in the order of their positions, from `after` on, at most `limit`."""
        with self.connection() as connection:
            rows = connection.execute(
                """
                select * from pathway.pathway_events
                where notification_id > %s and notification_id <= %s
                order by notification_id limit %s
                """,
                (after, upto or 2**62, limit),
                prepare=True,
                binary=True,
            )
            return [recorded(row) for row in rows]

    def position(self) -> int:
        """The position of the newest fact, 0 in an empty store."""
        with self.connection() as connection:
            row = connection.execute(
                "select coalesce(max(notification_id), 0) as newest from pathway.pathway_events"
            ).fetchone()
        return int(row["newest"]) if row else 0

    def open_pathway(self, person_ref: UUID) -> UUID | None:
        """The person's open pathway, if there is one."""
        with self.connection() as connection:
            row = connection.execute(
                "select pathway_id from pathway.open_pathway where person_ref = %s", (person_ref,)
            ).fetchone()
        return row["pathway_id"] if row else None

    def mark(self) -> tuple[UUID, bool]:
        """Which store this is, and whether it is marked as a demo."""
        with self.connection() as connection:
            row = connection.execute("select store_id, demo from pathway.store_mark").fetchone()
        if row is None:
            raise StoreAway("the store has no mark; run `pathway migrate`")
        return row["store_id"], row["demo"]

    def mark_demo(self) -> None:
        """Mark the store as a demo; only an empty store can become one.

        Raises ValueError when it holds facts and is no demo yet.
        """
        if not self.mark()[1] and self.position():
            raise ValueError("this store holds facts already: only an empty store becomes a demo")
        with self.connection() as connection:
            connection.execute("update pathway.store_mark set demo = true")


def _environment(database_url: str, pool_size: int, patience: int) -> dict[str, str]:
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "APPLICATION_RECORDER_TOPIC": "pathway.recorder:Recorder",
        "APPLICATION_NAME": "pathway",
        "CREATE_TABLE": "no",
        "POSTGRES_SCHEMA": "pathway",
        "POSTGRES_ENABLE_DB_FUNCTIONS": "no",
        "POSTGRES_DBNAME": bounded_string(database_url, "pathway"),
        **dict.fromkeys(("POSTGRES_HOST", "POSTGRES_USER", "POSTGRES_PASSWORD"), ""),
        "POSTGRES_POOL_SIZE": "1",
        "POSTGRES_MAX_OVERFLOW": str(pool_size - 1),
        "POSTGRES_CONNECT_TIMEOUT": str(patience),
    }


def _chained(
    new: NewFacts, now: datetime, new_id: Callable[[], UUID], new_salt: Callable[[], str]
) -> Iterator[Recorded]:
    """The facts in their envelopes, each linked to the one before by its hash."""
    version = new.after.version if new.after else 0
    previous = new.after.hash if new.after else FIRST_HASH
    # A pathway's instants never decrease, also when the machine's clock was set back.
    at = max(now, new.after.recorded_at) if new.after else now
    for place, (fact, rules, warnings) in enumerate(new.facts, start=1):
        envelope = Recorded(
            fact_id=new_id(),
            pathway_id=new.pathway_id,
            version=version + place,
            position=1,
            recorded_at=at,
            source_time=new.context.source_time,
            actor=new.context.actor,
            command_id=new.context.command_id,
            correlation_id=new.context.correlation_id,
            causation_id=new.context.causation_id,
            traceparent=new.context.traceparent,
            salt=new_salt(),
            rules=rules,
            warnings=warnings,
            data_class=fact.data_class,
            prev_hash=previous,
            hash=FIRST_HASH,
            fact=fact,
        )
        previous = chain_hash(envelope.pathway_id, envelope.version, _topic(fact), _state(envelope))
        yield envelope.model_copy(update={"hash": previous})


def _topic(fact: PathwayFact) -> str:
    """The fact's name and version in the store: never a path of a module, which may move."""
    return f"{fact.name}.v1"


def _state(envelope: Recorded) -> bytes:
    return envelope.model_dump_json(exclude=_BESIDE).encode()  # pyright: ignore[reportArgumentType]


def recorded(row: DictRow) -> Recorded:
    """A row of the event table as the fact with its envelope."""
    return Recorded.model_validate(
        orjson.loads(row["state"])
        | {
            "pathway_id": row["originator_id"],
            "version": row["originator_version"],
            "position": row["notification_id"],
            "hash": row["hash"].hex(),
        }
    )


def _told(failed: Exception) -> Exception:
    """The failure in our own words, or as it was when it is none that we expect."""
    if isinstance(failed, Violated):
        CONFLICTS.labels(str(failed)).inc()
        conflict = _CONFLICTS.get(str(failed))
        return conflict(str(failed)) if conflict else failed
    # The library tells its own errors of what went wrong when it begins.
    cause = failed.__cause__ or failed
    if isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError):
        return StoreAway(str(cause))
    return failed
