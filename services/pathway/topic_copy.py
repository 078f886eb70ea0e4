"""A copy of what the topics hold, reduced to what an audit compares, on disk for as long as it runs."""

import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

import orjson

import schemas
from pathway.topics import partition_of
from schemas.earlier import Lack, canonical, lacks

AT_ONCE = 5_000

_COLUMNS = """position integer, id text, pathway text {key}, version integer, hash text, digest blob,
    "partition" integer, "offset" integer, lacks text"""
_TABLES = f"""
    create table event ({_COLUMNS.format(key="")});
    create table state ({_COLUMNS.format(key="primary key")}) without rowid;
"""


@dataclass(frozen=True)
class Seen:
    """One message on a topic: where it stands and whose fact it is."""

    position: int
    id: UUID
    pathway: UUID
    version: int
    hash: str
    digest: bytes
    """SHA-256 of the whole message as it stands there; where it lacks something, of its canonical form."""
    partition: int
    offset: int
    lacks: tuple[Lack, ...] = ()
    """What a message of now would have: an earlier release may have written it."""

    @property
    def place(self) -> str:
        return f"partition {self.partition} offset {self.offset}"


class Stranger(Exception):
    """A record that is no message of ours; the message says why."""


def seen(record: Any) -> Seen:  # noqa: ANN401 - the library is untyped.
    """A record of a topic as a message of ours. Raises Stranger."""
    try:
        message = schemas.parse(record.value or b"")
    except schemas.BrokenMessage as broken:
        raise Stranger(f"is no message of ours ({broken})") from None
    if record.key != str(message.subject).encode() or message.subject != message.partitionkey:
        raise Stranger("its key is not the pathway that it is about")
    if record.partition != partition_of(record.key):
        raise Stranger(f"its key belongs to partition {partition_of(record.key)}")
    lacking = lacks(message)
    whole = canonical(record.value) if lacking else record.value
    return Seen(
        position=int(message.globalposition),
        id=message.id,
        pathway=message.subject,
        version=message.streamversion,
        hash=message.hash,
        digest=hashlib.sha256(whole).digest(),
        partition=record.partition,
        offset=record.offset,
        lacks=lacking,
    )


class TopicCopy:
    """A temporary SQLite database; memory stays flat. Use as a context manager."""

    def __init__(self) -> None:
        # An empty name is a file that nobody else sees and that goes with the connection.
        self._rows = sqlite3.connect("", isolation_level=None)
        self._rows.executescript(_TABLES)
        self._waiting: list[tuple[object, ...]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._rows.close()

    def add_event(self, one: Seen) -> None:
        """Keep a message of the events topic."""
        self._waiting.append(_values(one))
        if len(self._waiting) >= AT_ONCE:
            self._write()

    def add_state(self, one: Seen) -> int | None:
        """Keep a message of the state topic as its pathway's newest; the version it takes the place of."""
        pathway = str(one.pathway)
        before = self._rows.execute(
            "select version from state where pathway = ?", (pathway,)
        ).fetchone()
        self._rows.execute(
            "insert or replace into state values (?, ?, ?, ?, ?, ?, ?, ?, ?)", _values(one)
        )
        return before[0] if before else None

    def events(self) -> Iterator[Seen]:
        """Every event kept, by position and then by place."""
        self._write()
        found = self._rows.execute('select * from event order by position, "partition", "offset"')
        return map(_of_values, found)

    def highest(self) -> int:
        """The highest position of an event; 0 when there are none."""
        self._write()
        return self._rows.execute("select coalesce(max(position), 0) from event").fetchone()[0]

    def out_of_order(self) -> Iterator[tuple[UUID, int, int, str]]:
        """Pathway, version, the higher version that stands before it in its partition, and its place."""
        self._write()
        found = self._rows.execute(
            """
            select * from (
                select pathway, version, "partition", "offset",
                       lag(version) over (partition by pathway, "partition" order by "offset") as last
                from event
            ) where last > version
            """
        )
        for pathway, version, partition, offset, last in found:
            yield UUID(pathway), version, last, f"partition {partition} offset {offset}"

    def states(self) -> Iterator[Seen]:
        """The newest state of each pathway, in the order of pathways' ids."""
        return map(_of_values, self._rows.execute("select * from state order by pathway"))

    def _write(self) -> None:
        if not self._waiting:
            return
        self._rows.execute("begin")
        self._rows.executemany(
            "insert into event values (?, ?, ?, ?, ?, ?, ?, ?, ?)", self._waiting
        )
        self._rows.execute("commit")
        self._waiting.clear()


def _values(one: Seen) -> tuple[object, ...]:
    lacking = orjson.dumps([list(lack) for lack in one.lacks]).decode() if one.lacks else None
    ids = str(one.id), str(one.pathway)
    return (
        one.position,
        *ids,
        *(one.version, one.hash, one.digest),
        one.partition,
        one.offset,
        lacking,
    )


def _of_values(row: tuple[Any, ...]) -> Seen:
    *same, lacking = row
    position, fact_id, pathway, version, hash_, digest, partition, offset = same
    told = tuple(Lack(*one) for one in orjson.loads(lacking)) if lacking else ()
    ids = UUID(fact_id), UUID(pathway)
    return Seen(position, *ids, version, hash_, digest, partition, offset, told)
