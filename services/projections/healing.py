"""Lets a parked pathway go on: reads its key again from the topic and applies what was waiting."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import psycopg
from plumbing import database
from plumbing.logs import logger

from projections import rows, schema, topic
from projections.belonging import check_identity
from projections.parking import NewParking, Parked, Reason, parked, unpark
from projections.projection import Projection, Record, Row
from projections.projector import Applied, Batch, apply
from projections.schema import Database
from projections.settings import FollowSettings

MOST_HEALED_AFTER_A_BATCH = 3
SECONDS_TO_HEAL = 20.0
"""The partition stands still meanwhile: what would take longer waits for an operator."""

log = logger(__name__)


class TookTooLong(Exception):
    """Reading a pathway's key again was not over in time; nothing is changed."""


class NotParked(Exception):
    """The pathway does not wait in this read model."""


_NOT_NOW = (
    TookTooLong,
    psycopg.OperationalError,
    topic.KafkaFailed,
    topic.BrokersAway,
    topic.TopicMissing,
    topic.OutOfRange,
)


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
    deadline: float | None = None,
) -> Retried:
    """Read a parked pathway's events again and bring its rows up to date; `dry_run` writes nothing.

    Live consumers may run meanwhile. Raises NotParked, belonging.CannotFollow, topic.BrokersAway,
    and TookTooLong when reading is not over at `deadline`, by the monotonic clock.
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
        found = _records_of(settings, pathway_id, {partition: seen}, None, deadline)
        with connection.transaction(force_rollback=dry_run):
            # From here the live consumer stands still at `reached`: what is before is ours to
            # apply, what is after is its own.
            reached = _next_offset(connection, partition)
            schema.use_to_write(connection, projection)
            if reached > seen:
                later = {partition: reached}
                found += _records_of(settings, pathway_id, later, {partition: seen}, deadline)
            return _applied(connection, projection, waiting[0], found)


def heal_gaps(
    projection: Projection, settings: FollowSettings, parkings: Sequence[NewParking]
) -> None:
    """Read again, once, the pathways that a batch parked for a GAP; one that stays parked is told.

    At most MOST_HEALED_AFTER_A_BATCH of them, in SECONDS_TO_HEAL all together: the rest is for
    `projections parked retry`. Raises belonging.CannotFollow.
    """
    deadline = time.monotonic() + SECONDS_TO_HEAL
    gaps = [p.pathway_id for p in parkings if p.reason == Reason.GAP and p.pathway_id]
    for pathway_id in gaps[:MOST_HEALED_AFTER_A_BATCH]:
        told = {"projection": projection.name, "pathway": str(pathway_id)}
        try:
            retried = retry(projection, settings, pathway_id, deadline=deadline)
        except NotParked:
            continue  # An operator was there before us.
        except _NOT_NOW as why:
            log.warning("not healed", **told, why=type(why).__name__)
            continue
        if retried.still:
            log.error("not healed", **told, why=retried.still.reason, error=retried.still.error)
        else:
            log.info("healed", **told, applied=retried.applied)
    if left := len(gaps[MOST_HEALED_AFTER_A_BATCH:]):
        log.warning("not healed", projection=projection.name, why="too many at once", pathways=left)


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
    deadline: float | None,
) -> list[Record]:
    found: list[Record] = []
    for batch in topic.read(settings, until, froms):
        if deadline is not None and time.monotonic() > deadline:
            raise TookTooLong(f"pathway {pathway_id} was not read again in time")
        found += (record for record in batch if record.pathway_id == pathway_id)
    return found


class _StillForked(Exception):
    """The topic itself holds two histories of the pathway."""

    def __init__(self, parking: NewParking) -> None:
        self.parking = parking


def _applied(
    connection: Database, projection: Projection, waiting: Parked, found: list[Record]
) -> Retried:
    pathway_id = waiting.pathway_id
    if pathway_id is None:
        raise NotParked("nothing waits behind a record without a pathway")
    before = rows.of_pathway(connection, projection, pathway_id)
    try:
        done = _read_again(connection, projection, pathway_id, waiting, found)
    except _StillForked as forked:
        return Retried(waiting, 0, (), forked.parking)
    after = rows.of_pathway(connection, projection, pathway_id)
    still = done.parked[0] if done.parked else None
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
        return done


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
