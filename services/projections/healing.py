"""Lets a parked pathway go on: reads its key again from the topic and applies what was waiting."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from plumbing import database
from plumbing.clock import Clock, utc_now

from projections import rows, schema, topic
from projections.belonging import check_identity
from projections.parking import (
    NewParking,
    Parked,
    Reason,
    forget_decision,
    keep_pause,
    parked,
    unpark,
)
from projections.projection import Projection, Record, Row
from projections.projector import Applied, Batch, apply
from projections.schema import Database
from projections.settings import FollowSettings


class NotParked(Exception):
    """The pathway does not wait in this read model."""


@dataclass(frozen=True)
class RowChange:
    """A row that a retry takes away (`before`) or puts there (`after`); a changed row is both."""

    table: str
    before: Row | None
    after: Row | None


@dataclass(frozen=True)
class Retried:
    """What a retry made, or would make, of a parked pathway; `still` says why it goes on waiting."""

    parked: Parked
    applied: int
    changes: tuple[RowChange, ...]
    still: NewParking | None


def retry(
    projection: Projection,
    settings: FollowSettings,
    pathway_id: UUID,
    *,
    dry_run: bool = False,
    clock: Clock = utc_now,
) -> Retried:
    """Read a parked pathway's events again and bring its rows up to date; `dry_run` writes nothing.

    Live consumers may run meanwhile. Raises NotParked, belonging.CannotFollow, the errors of schema
    and topic, and psycopg's.
    """
    name = f"projections retry {projection.name}"
    with database.connect(settings.projections_database_url, name, autocommit=True) as connection:
        schema.use(connection, projection)
        check_identity(connection, topic.identify(settings))
        waiting = parked(connection, projection.name, pathway_id)
        if not waiting:
            raise NotParked(f"pathway {pathway_id} does not wait in {projection.name}")
        # Most is read before anyone has to wait for us.
        partition = waiting[0].partition
        seen = _next_offset(connection, partition)
        found = _records_of(settings, pathway_id, {partition: seen}, None)
        with connection.transaction(force_rollback=dry_run):
            # From here the live consumer stands still at `reached`: what is before is ours to
            # apply, what is after is its own.
            reached = _next_offset(connection, partition)
            schema.use_to_write(connection, projection)
            if reached > seen:
                later = {partition: reached}
                found += _records_of(settings, pathway_id, later, {partition: seen})
            return _applied(connection, projection, waiting[0], found, clock())


def _next_offset(connection: Database, partition: int) -> int:
    found = connection.execute(
        "select next_offset from partition_progress where partition = %s for update", [partition]
    ).fetchone()
    return found[0] if found else 0


def _records_of(
    settings: FollowSettings,
    pathway_id: UUID,
    until: Mapping[int, int],
    froms: Mapping[int, int] | None,
) -> list[Record]:
    found: list[Record] = []
    for batch in topic.read(settings, until, froms):
        found += (record for record in batch if record.pathway_id == pathway_id)
    return found


class _StillForked(Exception):
    """The topic itself holds two histories of the pathway."""

    def __init__(self, parking: NewParking) -> None:
        self.parking = parking


def _applied(
    connection: Database,
    projection: Projection,
    waiting: Parked,
    found: list[Record],
    at: datetime,
) -> Retried:
    pathway_id = waiting.pathway_id
    if pathway_id is None:
        raise NotParked("nothing waits behind a record without a pathway")
    before = rows.of_pathway(connection, projection, pathway_id)
    try:
        done = _read_again(connection, projection, pathway_id, waiting, found)
        _note(connection, pathway_id, done, at)
    except _StillForked as forked:
        return Retried(waiting, 0, (), forked.parking)
    after = rows.of_pathway(connection, projection, pathway_id)
    still = done.parked[0] if done.parked else None
    if still is None:
        forget_decision(connection, projection.name, pathway_id)
    return Retried(waiting, done.applied, _changes(before, after), still)


def _read_again(
    connection: Database,
    projection: Projection,
    pathway_id: UUID,
    waiting: Parked,
    found: list[Record],
) -> Applied:
    """Apply everything anew, or nothing when the topic itself has two histories."""
    with connection.transaction():
        unpark(connection, projection.name, pathway_id)
        if waiting.reason == Reason.FORK:
            # The topic is what all readers share: its history takes the place of ours.
            rows.forget(connection, projection, pathway_id)
        # Whoever goes on waiting has waited since then.
        done = apply(connection, projection, Batch(found, {}), at=waiting.since)
        if done.parked and waiting.reason == Reason.FORK:
            raise _StillForked(done.parked[0])
        if done.parked:
            keep_pause(connection, waiting)
        return done


def _note(connection: Database, pathway_id: UUID, done: Applied, at: datetime) -> None:
    """When the pathway caught up on what its batches had brought before."""
    connection.execute(
        """
        insert into caught_up (pathway_id, first_version, next_version, applied_at)
        select pathway_id, version - %(applied)s + 1, version + 1, %(at)s
          from pathway_progress where pathway_id = %(pathway_id)s and %(applied)s > 0
            on conflict (pathway_id, next_version) do update
           set first_version = excluded.first_version, applied_at = excluded.applied_at
        """,
        {"pathway_id": pathway_id, "applied": done.applied, "at": at},
    )


def _changes(
    before: Mapping[str, list[Row]], after: Mapping[str, list[Row]]
) -> tuple[RowChange, ...]:
    gone = [
        RowChange(table, row, None)
        for table, made in before.items()
        for row in made
        if row not in after[table]
    ]
    come = [
        RowChange(table, None, row)
        for table, made in after.items()
        for row in made
        if row not in before[table]
    ]
    return (*gone, *come)
