"""Follows the topic for one projection: reads on from the position that stands beside its rows."""

import threading
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

import orjson
import psycopg
from plumbing import database, tracing
from plumbing.clock import Clock, utc_now
from plumbing.failpoints import reach
from plumbing.logs import logger
from plumbing.metrics import APPLIED, BEAT, LAG, PARKED_NOW, PASSED_OVER

from projections import readers, schema, topic, where
from projections.attending import attending
from projections.belonging import WAYS_OUT, CannotFollow, check_identity
from projections.parking import Reason
from projections.projection import Projection, Record
from projections.projector import Applied, Batch, Move, PositionMoved, apply
from projections.schema import Database
from projections.settings import FollowSettings
from projections.topic import Bounds, Reader

SECONDS_TO_POLL = 0.2
SECONDS_BETWEEN_CHECKS = 1.0
SHORTEST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
PATIENCE_WITH_THE_END = 10.0
"""A broker that just came back may tell an end that it still has to catch up with, in seconds."""

SECONDS_WITHOUT_PARTITIONS = 60.0
SECONDS_WITHOUT_NEWS = 30.0
SECONDS_BETWEEN_FORGETTING = 3600.0


class _Stuck(Exception):
    """The client has stopped telling us anything; joining anew helps."""


AWAY = (
    _Stuck,
    psycopg.OperationalError,
    psycopg.InterfaceError,
    topic.KafkaFailed,
    topic.BrokersAway,
)

log = logger(__name__)


def follow(
    projection: Projection,
    settings: FollowSettings,
    stop: threading.Event,
    *,
    clock: Clock = utc_now,
) -> None:
    """Apply what comes on the topic until `stop`; while brokers or database are away, wait and go on.

    Raises CannotFollow, schema.NotMigrated and schema.MadeFromOther: a person has to decide.
    """
    try:
        with attending(projection, settings, clock=clock):
            _follow(projection, settings, stop, clock)
    except CannotFollow as why:
        _note_the_end(projection, settings, why, clock)
        raise


def _note_the_end(
    projection: Projection, settings: FollowSettings, why: CannotFollow, clock: Clock
) -> None:
    url, name = settings.projections_database_url, f"projections ended {projection.name}"
    # Whether it can be written down or not: it ends for `why`. Where another one runs, that follows.
    with suppress(psycopg.Error), database.connect(url, name, autocommit=True) as connection:
        if readers.reader(connection, projection.name).state in ("NOT_RUNNING", "STOPPED"):
            readers.note_end(connection, projection.name, str(why), clock())


def _follow(
    projection: Projection, settings: FollowSettings, stop: threading.Event, clock: Clock
) -> None:
    pause = SHORTEST_PAUSE
    while not stop.is_set():
        started = time.monotonic()
        try:
            _follow_once(projection, settings, stop, clock)
        except (*AWAY, topic.TopicMissing) as away:
            if time.monotonic() - started > LONGEST_PAUSE:
                pause = SHORTEST_PAUSE
            log.warning(
                "waits",
                projection=projection.name,
                why=type(away).__name__,
                seconds=pause,
            )
            BEAT()
            stop.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE)


def _follow_once(
    projection: Projection, settings: FollowSettings, stop: threading.Event, clock: Clock
) -> None:
    name = f"projections consumer {projection.name}"
    group = f"{settings.projections_group}.{projection.name}"
    with database.connect(settings.projections_database_url, name, autocommit=True) as connection:
        take_tables(connection, projection)
        check_identity(connection, topic.identify(settings))
        with topic.reader(settings, group) as reader:
            log.info("follows", projection=projection.name, topic=settings.events_topic)
            try:
                _Following(projection, settings, connection, reader, clock).run(stop)
            except topic.OutOfRange as error:
                raise CannotFollow(f"Kafka refuses our position: {error}. {WAYS_OUT}") from error


@dataclass(frozen=True)
class _Check:
    """Where partitions ended at a moment: once read to there, all before the moment is read."""

    at: datetime
    ends: dict[int, int]


@dataclass
class _Following:
    """One membership of the group: which partitions are ours and how far each is read."""

    projection: Projection
    settings: FollowSettings
    connection: Database
    reader: Reader
    clock: Clock
    positions: dict[int, int] = field(default_factory=dict[int, int])
    check: _Check | None = None
    next_check: float = 0.0
    next_forgetting: float = 0.0
    news: float = field(default_factory=time.monotonic)

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            BEAT()
            records = self.reader.poll(SECONDS_TO_POLL)
            fresh = self._note_assignment(stop)
            # What came of a fresh partition was read from where Kafka thought that we were.
            ours = [r for r in records if r.partition in self.positions.keys() - fresh]
            try:
                self._apply(ours)
            except PositionMoved as moved:
                # Another worker has these partitions, or had them: begin again from the rows.
                log.warning("moved", projection=self.projection.name, why=str(moved))
                self.positions.clear()
                # A rebuilt read model may have been switched in, of another release or another topic.
                take_tables(self.connection, self.projection)
                check_identity(self.connection, topic.identify(self.settings))
            self._watch(news=bool(records or fresh))

    def _watch(self, *, news: bool) -> None:
        """Young client libraries stand still at times: no partitions, or records that never come."""
        if news or (self.positions and self.check is None):
            self.news = time.monotonic()
        patience = SECONDS_WITHOUT_NEWS if self.positions else SECONDS_WITHOUT_PARTITIONS
        if time.monotonic() - self.news > patience:
            raise _Stuck(f"nothing heard for {patience:.0f} s")

    def _note_assignment(self, stop: threading.Event) -> frozenset[int]:
        """Take up the partitions that have become ours, forget those that no longer are."""
        assigned = self.reader.assigned()
        for lost in self.positions.keys() - assigned:
            del self.positions[lost]
        fresh = assigned - self.positions.keys()
        if fresh:
            positions = take_up(self.connection, self.reader, fresh, stop)
            for partition, offset in positions.items():
                self.reader.seek(partition, offset)
            self.positions |= positions
            self.check = None
            readers.forget_end(self.connection, self.projection.name)
            told = {str(partition): positions[partition] for partition in sorted(positions)}
            log.info("takes up", projection=self.projection.name, positions=told)
        return fresh

    def _apply(self, records: Sequence[Record]) -> None:
        started, started_ns = time.monotonic(), time.time_ns()
        reached = {partition: self.reader.position(partition) for partition in self.positions}
        complete_until = self._complete_until(reached)
        moves = {
            partition: Move(expected, reached[partition], complete_until)
            for partition, expected in self.positions.items()
            if reached[partition] != expected or complete_until
        }
        if moves:
            batch = Batch(records, moves)
            done = apply(self.connection, self.projection, batch, at=self.clock())
            if records:
                reach("between-commit-and-offset")
            self.positions |= reached
            self.reader.show(self.positions)
            if records:
                _tell(self.projection, records, done, time.monotonic() - started)
                tracing.applied(self.projection.name, started_ns, map(_traced, records))
        if self.positions and self.check is None and time.monotonic() >= self.next_check:
            self.next_check = time.monotonic() + SECONDS_BETWEEN_CHECKS
            self.check = _Check(self.clock(), self.reader.ends(self.positions))
            behind = (end - self.positions.get(p, end) for p, end in self.check.ends.items())
            LAG.labels(self.projection.name).set(sum(behind))
        if time.monotonic() >= self.next_forgetting:
            self.next_forgetting = time.monotonic() + SECONDS_BETWEEN_FORGETTING
            where.forget_old(self.connection, self.clock())

    def _complete_until(self, reached: Mapping[int, int]) -> datetime | None:
        """The moment of the last check, once we have read to where the partitions ended then."""
        check = self.check
        if check is None or any(reached[p] < check.ends.get(p, 0) for p in reached):
            return None
        self.check = None
        return check.at


def take_tables(connection: Database, projection: Projection) -> None:
    """Write to the tables that stand there now. Raises schema.NotMigrated and schema.MadeFromOther."""
    schema.use_to_write(connection, projection)
    if schema.other_code(connection, projection):
        told = schema.OTHER_CODE.format(name=projection.name)
        log.warning("other-code", projection=projection.name, told=told)


def take_up(
    connection: Database, reader: Reader, partitions: Collection[int], stop: threading.Event
) -> dict[int, int]:
    """Where to read on in these partitions: where the rows stand, or the beginning. Raises CannotFollow."""
    deadline = time.monotonic() + PATIENCE_WITH_THE_END
    while True:
        bounds = reader.bounds(partitions)
        positions = _stored_positions(connection, bounds)
        beyond = [p for p, offset in positions.items() if offset > bounds[p].end]
        gone = [p for p, offset in positions.items() if offset < bounds[p].begin]
        if gone:
            raise CannotFollow(_gone(gone[0], positions[gone[0]], bounds[gone[0]]))
        if not beyond:
            return positions
        # A broker that just came back may have to catch up first.
        if time.monotonic() > deadline or stop.is_set():
            raise CannotFollow(_beyond(beyond[0], positions[beyond[0]], bounds[beyond[0]]))
        stop.wait(1.0)


def _stored_positions(connection: Database, bounds: Mapping[int, Bounds]) -> dict[int, int]:
    with connection.transaction():
        connection.execute(
            """
            insert into partition_progress (partition, next_offset)
            select * from unnest(%s::int[], %s::bigint[]) order by 1
                on conflict do nothing
            """,
            [list(bounds), [each.begin for each in bounds.values()]],
        )
        found = connection.execute(
            "select partition, next_offset from partition_progress where partition = any(%s)",
            [list(bounds)],
        )
        return {row[0]: row[1] for row in found}


def _beyond(partition: int, ours: int, bounds: Bounds) -> str:
    return (
        f"partition {partition} of the topic ends at offset {bounds.end}, and this read model has "
        f"read it up to {ours}: the topic was emptied or restored from an older copy, or this is "
        f"another cluster. {WAYS_OUT}"
    )


def _gone(partition: int, ours: int, bounds: Bounds) -> str:
    return (
        f"partition {partition} of the topic begins at offset {bounds.begin}, and this read model "
        f"has read it up to {ours}: events in between were removed before they were read. "
        "Ways out: bring the topic back from a copy that has them, or accept what is left and run "
        "`projections migrate --anew NAME`, which empties the read model and fills it again"
    )


def _traced(record: Record) -> tuple[str | None, tracing.Attributes]:
    told = {"pathway.id": str(record.pathway_id), "messaging.offset": record.offset}
    try:
        return orjson.loads(record.value or b"{}").get("traceparent"), told
    except (orjson.JSONDecodeError, AttributeError):
        return None, told


def _tell(projection: Projection, records: Sequence[Record], done: Applied, seconds: float) -> None:
    APPLIED.labels(projection.name).inc(done.applied)
    PASSED_OVER.labels(projection.name).inc(done.passed_over)
    log.info(
        "projected",
        projection=projection.name,
        partitions=sorted({record.partition for record in records}),
        applied=done.applied,
        passed_over=done.passed_over,
        waiting=done.waiting,
        ms=round(seconds * 1000, 1),
    )
    for parking in done.parked:
        PARKED_NOW.labels(projection.name, parking.reason).inc()
        log.error(
            "fork" if parking.reason == Reason.FORK else "parked",
            projection=projection.name,
            pathway=str(parking.pathway_id),
            from_version=parking.from_version,
            partition=parking.partition,
            offset=parking.offset,
            reason=parking.reason,
            error=parking.error,
        )
