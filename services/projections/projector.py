"""Applies published events to a projection once: rows and progress in one transaction."""

import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import psycopg
from plumbing.failpoints import reach

import schemas
from projections import rows
from projections.parking import NewParking, Reason, park, waiting_among
from projections.projection import Event, Projection, Record
from projections.rows import Change, Known, New
from projections.schema import Database

_LARGEST_POSITION = 2**63 - 1

_ADVANCE = """
    with moved as (
        update partition_progress as p
           set next_offset = m.next_offset,
               newest_position = greatest(p.newest_position, m.newest_position),
               newest_recorded_at = greatest(p.newest_recorded_at, m.newest_recorded_at),
               complete_until = greatest(p.complete_until, m.complete_until)
          from unnest(%(partitions)s::int[], %(expected)s::bigint[], %(next)s::bigint[],
                      %(positions)s::bigint[], %(recorded)s::timestamptz[],
                      %(complete)s::timestamptz[], %(brought)s::boolean[])
            as m (partition, expected, next_offset,
                  newest_position, newest_recorded_at, complete_until, brought)
         where p.partition = m.partition and p.next_offset = m.expected
        returning m.*
    ), noted as (
        insert into applied_range (partition, first_offset, next_offset, applied_at)
        select partition, expected, next_offset, %(at)s from moved where brought
    )
    select count(*) from moved
"""


class PositionMoved(Exception):
    """Somebody else has read on: what this worker has in hand is not for it any more."""


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
class _Line:
    """One pathway in a batch: what is known of it, what the batch adds, and where that stopped."""

    pathway_id: UUID
    known: Known
    waits: bool
    new: list[New] = field(default_factory=list[New])
    parking: NewParking | None = None
    passed_over: int = 0
    waiting: int = 0

    @property
    def event_ids(self) -> list[UUID]:
        """The ids by version: versions have no holes, so version n is at place n - 1."""
        return [*self.known.event_ids, *(new.event.id for new in self.new)]

    def take(self, record: Record, event: Event | schemas.BrokenMessage) -> None:
        """Judge one record of this pathway by its version and id."""
        if self.waits or self.parking:
            self.waiting += 1
        elif isinstance(event, schemas.BrokenMessage):
            self.stop(record, Reason.BROKEN, str(event))
        else:
            self._take(record, event)

    def _take(self, record: Record, event: Event) -> None:
        version, had = event.streamversion, self.event_ids
        if version == len(had) + 1:
            self.new.append(New(event, record))
        elif version > len(had):
            told = f"version {version} came where version {len(had) + 1} is next"
            self.stop(record, Reason.GAP, told)
        elif had[version - 1] == event.id:
            self.passed_over += 1
        else:
            told = f"version {version} is event {had[version - 1]} here and {event.id} on the topic"
            self.stop(record, Reason.FORK, told)

    def stop(self, record: Record, reason: Reason, error: str) -> None:
        """Let this pathway wait from its next version on."""
        self.parking = NewParking(
            self.pathway_id,
            len(self.event_ids) + 1,
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
    told = [(record, _event(record)) for record in batch.records]
    with connection.transaction():
        _advance(connection, batch, told, at)
        lines = _lines(connection, projection, batch.records)
        keyless: list[NewParking] = []
        for record, event in told:
            pathway_id = record.pathway_id
            if pathway_id is None:
                keyless.append(_without_pathway(record))
            else:
                lines[pathway_id].take(record, event)
        _write(connection, projection, [line for line in lines.values() if line.new])
        parked = (*keyless, *(line.parking for line in lines.values() if line.parking))
        park(connection, projection.name, parked, at)
        if lines:
            reach("between-rows-and-commit")
    return Applied(
        applied=sum(len(line.new) for line in lines.values()),
        passed_over=sum(line.passed_over for line in lines.values()),
        waiting=sum(line.waiting for line in lines.values()),
        parked=parked,
    )


def _event(record: Record) -> Event | schemas.BrokenMessage:
    try:
        event = schemas.parse(record.value or b"")
    except schemas.BrokenMessage as broken:
        return broken
    if event.subject != record.pathway_id:
        return schemas.BrokenMessage("subject: is not the pathway that the record's key names")
    if int(event.globalposition) > _LARGEST_POSITION:
        return schemas.BrokenMessage("globalposition: is beyond 64 bits")
    return event


def _without_pathway(record: Record) -> NewParking:
    return NewParking(
        None, 0, record.partition, record.offset, Reason.BROKEN, "the record's key is no pathway id"
    )


def _advance(
    connection: Database,
    batch: Batch,
    told: Sequence[tuple[Record, Event | schemas.BrokenMessage]],
    at: datetime,
) -> None:
    brought = {record.partition for record, _ in told}
    newest = {record.partition: event for record, event in told if not isinstance(event, Exception)}
    moved = connection.execute(
        _ADVANCE,
        {
            "partitions": list(batch.moves),
            "expected": [move.expected for move in batch.moves.values()],
            "next": [move.next for move in batch.moves.values()],
            "positions": [
                int(newest[p].globalposition) if p in newest else None for p in batch.moves
            ],
            "recorded": [newest[p].time if p in newest else None for p in batch.moves],
            "complete": [move.complete_until for move in batch.moves.values()],
            "brought": [partition in brought for partition in batch.moves],
            "at": at,
        },
    ).fetchone()
    lost = len(batch.moves) - (moved[0] if moved else 0)
    if lost:
        raise PositionMoved(f"{lost} of {len(batch.moves)} partitions were read on")


def _lines(
    connection: Database, projection: Projection, records: Sequence[Record]
) -> dict[UUID, _Line]:
    named = {record.pathway_id for record in records}
    pathways = [pathway_id for pathway_id in named if pathway_id is not None]
    known = rows.known(connection, pathways)
    waiting = waiting_among(connection, projection.name, pathways)
    return {
        pathway_id: _Line(pathway_id, known.get(pathway_id, Known()), pathway_id in waiting)
        for pathway_id in pathways
    }


def _write(connection: Database, projection: Projection, lines: Sequence[_Line]) -> None:
    """Write all lines at once; when something in them cannot be written, find out what."""
    try:
        with connection.transaction():
            changes = [Change(n.pathway_id, n.known.events(), n.new) for n in lines]
            rows.write(connection, projection, changes)
    except Exception as error:
        _raise_unless_poison(error)
        for line in lines:
            _write_singly(connection, projection, line)


def _write_singly(connection: Database, projection: Projection, line: _Line) -> None:
    """Write a line event by event, up to the first that fails; what follows it waits."""
    known, coming = line.known.events(), line.new
    line.new = []
    for new in coming:
        try:
            with connection.transaction():
                before = [*known, *(earlier.event for earlier in line.new)]
                rows.write(connection, projection, [Change(line.pathway_id, before, [new])])
        except Exception as error:
            _raise_unless_poison(error)
            line.stop(new.record, Reason.FAILED, _told(error))
            line.waiting += len(coming) - len(line.new) - 1
            return
        line.new.append(new)


def _raise_unless_poison(error: Exception) -> None:
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
