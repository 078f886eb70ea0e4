"""Applies published events to a projection once: rows and progress in one transaction."""

import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import LiteralString
from uuid import UUID

import psycopg

import schemas
from projections import rows
from projections.code_hash import code_hash
from projections.parking import NewParking, Reason, park, waiting_among
from projections.projection import Event, Projection, Record
from projections.rows import Change, Known, New
from projections.schema import Database, statements_hash

_LARGEST_POSITION = 2**63 - 1


class PositionMoved(Exception):
    """Somebody else has read on, or other tables stand there: what this worker has in hand is not for it."""


@dataclass(frozen=True)
class Move:
    """How far a batch reads a partition: from the position that the worker counts on, to the next.

    `complete_until` is a moment (UTC) of which the worker knows that all before it is read by then.
    """

    expected: int
    next: int
    complete_until: datetime | None = None


@dataclass(frozen=True)
class Batch:
    """Records in the order of their partitions, and for each partition how far they reach."""

    records: Sequence[Record]
    moves: Mapping[int, Move]


@dataclass(frozen=True)
class Applied:
    """What became of a batch's records. `parked` are those that park their pathway now."""

    applied: int
    passed_over: int
    waiting: int
    parked: tuple[NewParking, ...]


@dataclass
class Line:
    """One pathway in a batch: what is known of it, what the batch adds, and where that stopped."""

    pathway_id: UUID
    known: Known
    waits: bool
    new: list[New] = field(default_factory=list[New])
    parking: NewParking | None = None
    passed_over: int = 0
    waiting: int = 0

    @property
    def next_version(self) -> int:
        """The version that comes next: versions have no holes."""
        return len(self.known.event_ids) + len(self.new) + 1

    def take(self, record: Record, event: Event | schemas.BrokenMessage) -> None:
        """Judge one record of this pathway by its version and id."""
        if self.waits or self.parking:
            self.waiting += 1
        elif isinstance(event, schemas.BrokenMessage):
            self.stop(record, Reason.BROKEN, str(event))
        else:
            self._take(record, event)

    def _take(self, record: Record, event: Event) -> None:
        version, comes = event.streamversion, self.next_version
        if version == comes:
            self.new.append(New(event, record))
        elif version > comes:
            told = f"version {version} came where version {comes} is next"
            self.stop(record, Reason.GAP, told)
        elif (had := self._event_id(version)) == event.id:
            self.passed_over += 1
        else:
            told = f"version {version} is event {had} here and {event.id} on the topic"
            self.stop(record, Reason.FORK, told)

    def _event_id(self, version: int) -> UUID:
        known = self.known.event_ids
        place = version - 1
        return known[place] if place < len(known) else self.new[place - len(known)].event.id

    def stop(self, record: Record, reason: Reason, error: str) -> None:
        """Let this pathway wait from its next version on."""
        self.parking = NewParking(
            self.pathway_id,
            self.next_version,
            record.partition,
            record.offset,
            reason,
            error,
        )


def apply(connection: Database, projection: Projection, batch: Batch, *, at: datetime) -> Applied:
    """Apply `batch` whole, in one transaction on the schema that `connection` looks in.

    A record that cannot be applied parks its pathway, as of `at` (UTC); all others go on. Raises
    PositionMoved, with nothing written, when a partition does not stand where the batch begins.
    """
    told = [(record, event_in(record.value, record.pathway_id)) for record in batch.records]
    with connection.transaction():
        _advance(connection, projection, batch, told)
        lines = _lines(connection, projection, batch.records)
        keyless: list[NewParking] = []
        for record, event in told:
            pathway_id = record.pathway_id
            if pathway_id is None:
                keyless.append(without_pathway(record))
            else:
                lines[pathway_id].take(record, event)
        write(connection, projection, [line for line in lines.values() if line.new])
        parked = (*keyless, *(line.parking for line in lines.values() if line.parking))
        park(connection, projection.name, parked, at)
    return Applied(
        applied=sum(len(line.new) for line in lines.values()),
        passed_over=sum(line.passed_over for line in lines.values()),
        waiting=sum(line.waiting for line in lines.values()),
        parked=parked,
    )


def event_in(value: bytes | None, pathway_id: UUID | None) -> Event | schemas.BrokenMessage:
    """The event in a record of this pathway, or why it is none of its."""
    try:
        event = schemas.parse(value or b"")
    except schemas.BrokenMessage as broken:
        return broken
    if event.subject != pathway_id:
        return schemas.BrokenMessage("subject: is not the pathway that the record's key names")
    if int(event.globalposition) > _LARGEST_POSITION:
        return schemas.BrokenMessage("globalposition: is beyond 64 bits")
    return event


def without_pathway(record: Record) -> NewParking:
    """What is told of a record whose key names no pathway."""
    return NewParking(
        None, 0, record.partition, record.offset, Reason.BROKEN, "the record's key is no pathway id"
    )


_MOVED: LiteralString = """
    update partition_progress as p
       set next_offset = m.next_offset,
           newest_position = greatest(p.newest_position, m.newest_position),
           newest_recorded_at = greatest(p.newest_recorded_at, m.newest_recorded_at),
           complete_until = greatest(p.complete_until, m.complete_until)
      from unnest(%(partitions)s::int[], %(expected)s::bigint[], %(next)s::bigint[],
                  %(positions)s::bigint[], %(recorded)s::timestamptz[],
                  %(complete)s::timestamptz[])
        as m (partition, expected, next_offset,
              newest_position, newest_recorded_at, complete_until)
     where p.partition = m.partition and p.next_offset = m.expected
       -- Tables that were put in the place of others meanwhile may be another release's.
       and exists (select from made_from
                    where statements = %(statements)s and %(code)s = any(codes))
"""


def _advance(
    connection: Database,
    projection: Projection,
    batch: Batch,
    told: Sequence[tuple[Record, Event | schemas.BrokenMessage]],
) -> None:
    newest = {record.partition: event for record, event in told if not isinstance(event, Exception)}
    moved = connection.execute(
        _MOVED,
        {
            "statements": statements_hash(projection),
            "code": code_hash(projection),
            "partitions": list(batch.moves),
            "expected": [move.expected for move in batch.moves.values()],
            "next": [move.next for move in batch.moves.values()],
            "positions": [
                int(newest[p].globalposition) if p in newest else None for p in batch.moves
            ],
            "recorded": [newest[p].time if p in newest else None for p in batch.moves],
            "complete": [move.complete_until for move in batch.moves.values()],
        },
    )
    if moved.rowcount != len(batch.moves):
        raise PositionMoved(
            f"{len(batch.moves) - moved.rowcount} of {len(batch.moves)} partitions were read on, or "
            "stand in other tables"
        )


def _lines(
    connection: Database, projection: Projection, records: Sequence[Record]
) -> dict[UUID, Line]:
    named = {record.pathway_id for record in records}
    pathways = [pathway_id for pathway_id in named if pathway_id is not None]
    known = rows.known(connection, pathways)
    waiting = waiting_among(connection, projection.name, pathways)
    return {
        pathway_id: Line(pathway_id, known.get(pathway_id, Known()), pathway_id in waiting)
        for pathway_id in pathways
    }


def write(connection: Database, projection: Projection, lines: Sequence[Line]) -> None:
    """Write all lines at once; when something in them cannot be written, find out what.

    A line that cannot be written whole is written up to there, and stopped.
    """
    try:
        with connection.transaction():
            changes = [Change(n.pathway_id, n.known.events(), n.new) for n in lines]
            rows.write(connection, projection, changes)
    except Exception as error:
        raise_unless_poison(error)
        for line in lines:
            _write_singly(connection, projection, line)


def _write_singly(connection: Database, projection: Projection, line: Line) -> None:
    """Write a line event by event, up to the first that fails; what follows it waits."""
    known, coming = line.known.events(), line.new
    line.new = []
    for new in coming:
        try:
            with connection.transaction():
                before = [*known, *(earlier.event for earlier in line.new)]
                rows.write(connection, projection, [Change(line.pathway_id, before, [new])])
        except Exception as error:
            raise_unless_poison(error)
            line.stop(new.record, Reason.FAILED, _told(error))
            line.waiting += len(coming) - len(line.new) - 1
            return
        line.new.append(new)


def raise_unless_poison(error: Exception) -> None:
    """A database that is away or has other tables says nothing about an event."""
    of_data = isinstance(error, psycopg.DataError | psycopg.IntegrityError)
    if isinstance(error, psycopg.Error) and not of_data:
        raise error


def _told(error: Exception) -> str:
    """The kind and place of an error; its message may quote what the event holds."""
    if isinstance(error, psycopg.Error):
        return f"PostgreSQL: {type(error).__name__} (SQLSTATE {error.sqlstate})"
    last = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"{type(error).__name__} in {last.name}, {last.filename.rpartition('/')[2]}:{last.lineno}"
    )
