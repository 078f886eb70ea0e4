"""Makes a read model anew beside the live one: from the topic, by several processes, in bulk."""

import contextlib
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

import psycopg
from plumbing import database
from plumbing.clock import Clock
from psycopg import sql

from projections import schema, topic
from projections.belonging import check_identity
from projections.projection import Projection
from projections.rebuild import indexes
from projections.rebuild.bar import FOLDING, READING, Bar
from projections.rebuild.brake import Brake
from projections.rebuild.noting import Noting
from projections.rebuild.places import CannotRebuild, alone, next_of, remove
from projections.rebuild.slices import slices_for
from projections.rebuild.work import Folded, Job, Stretch, fold, stage, staged
from projections.rebuild.workers import Workers, workers
from projections.schema import Database
from projections.settings import FollowSettings
from projections.topic import Bounds

MOST_OFFSETS = 50_000
"""In one stretch of the topic: a worker's task of a few seconds."""


@dataclass(frozen=True)
class How:
    """With how many processes, how far behind the live one may fall, how many events are copied at once."""

    workers: int = 2
    brake_seconds: float = 10.0
    rows_at_once: int = 5_000


@dataclass
class Built:
    """What a rebuild made; `leftover` when another one stood there, which it dropped."""

    leftover: bool = False
    pathways: int = 0
    folded: Folded = field(default_factory=Folded)


def build(
    projection: Projection,
    settings: FollowSettings,
    how: How,
    bar: Bar,
    *,
    clock: Clock,
) -> Built:
    """Fill new tables beside the live ones with all that is on the topic now; nothing live is touched.

    Raises CannotRebuild, schema.NotMigrated, topic.BrokersAway, topic.KafkaFailed and topic.TopicMissing.
    """
    name = f"projections rebuild {projection.name}"
    with (
        database.connect(settings.projections_database_url, name, autocommit=True) as connection,
        alone(connection, projection),
    ):
        if schema.statements_of(connection, projection.name) is None:
            raise schema.NotMigrated(
                f"{projection.name} has no tables yet; run `projections migrate`"
            )
        # Before the ends are asked: what is told as complete until then has to be.
        at = clock()
        identity = topic.identify(settings)
        bounds = topic.bounds(settings, identity.partitions)
        coming = next_of(projection)
        built = Built(leftover=schema.statements_of(connection, coming.name) is not None)
        remove(connection, coming)
        brake = Brake(connection, projection.name, how.brake_seconds, clock, bar.braking)
        with _gone_when_it_fails(connection, coming), workers(how.workers, brake) as pool:
            bar.noting = Noting(connection, projection.name, clock)
            schema.make(connection, coming, coming.name)
            check_identity(connection, identity)
            later = indexes.set_aside(connection, coming.name)
            offsets = sum(each.end - each.begin for each in bounds.values())
            slices = slices_for(connection, projection.name, offsets, how.workers)
            job = Job(coming, settings, slices, at, how.rows_at_once)
            building = _Building(connection, job, bounds, bar, built)
            building.fill(pool, _stretches(bounds, how.workers))
            building.finish(later)
            bar.noting.filled()
    return built


@contextmanager
def _gone_when_it_fails(connection: Database, coming: Projection) -> Generator[None]:
    try:
        yield
    except BaseException as failed:
        with contextlib.suppress(psycopg.Error):
            remove(connection, coming)
        if isinstance(failed, BrokenProcessPool):
            raise CannotRebuild(
                "a worker process of the rebuild was ended, by somebody or for want of memory; nothing "
                "live was touched. Begin again, with fewer `--workers` or `--rows-at-once`"
            ) from failed
        raise


def _stretches(bounds: Mapping[int, Bounds], workers: int) -> list[Stretch]:
    """The topic in stretches of a few seconds' work; small partitions share one."""
    offsets = sum(each.end - each.begin for each in bounds.values())
    most = max(1, min(MOST_OFFSETS, -(-offsets // (2 * workers))))
    made: list[Stretch] = []
    froms: dict[int, int] = {}
    until: dict[int, int] = {}
    left = most
    for partition, each in bounds.items():
        at = each.begin
        while at < each.end:
            froms[partition], until[partition] = at, min(each.end, at + left)
            left -= until[partition] - at
            at = until[partition]
            if left == 0:
                made.append(Stretch(froms, until))
                froms, until, left = {}, {}, most
    return [*made, Stretch(froms, until)] if froms else made


@dataclass
class _Building:
    """New tables on their way; `connection` looks in them."""

    connection: Database
    job: Job
    bounds: Mapping[int, Bounds]
    bar: Bar
    built: Built
    staged: int = 0

    def fill(self, pool: Workers, stretches: Sequence[Stretch]) -> None:
        """Stage all records by slice, then fold slice by slice."""
        for number in range(self.job.slices.count):
            statement = sql.SQL(
                "create unlogged table {} (pathway_id uuid, partition int,"
                ' "offset" bigint, value bytea storage external)'
            )
            self.connection.execute(statement.format(staged(number)))
        self.bar.begin(READING, sum(stretch.offsets for stretch in stretches))
        pool.each(partial(stage, self.job), stretches, self._on_staged)
        self.bar.begin(FOLDING, self.staged)
        pool.each(partial(fold, self.job), range(self.job.slices.count), self._on_folded)
        if self.built.folded.records != self.staged:
            # What is staged does not outlive a crash of PostgreSQL.
            raise CannotRebuild(
                f"{self.staged} records were staged and {self.built.folded.records} were there "
                "afterwards: was PostgreSQL restarted? Nothing live was touched; begin again"
            )

    def _on_staged(self, stretch: Stretch, count: int) -> None:
        self.staged += count
        self.bar.advance(stretch.offsets)

    def _on_folded(self, _number: int, folded: Folded) -> None:
        self.built.folded.add(folded)
        self.bar.advance(folded.records)

    def finish(self, later: Sequence[str]) -> None:
        """Make the indexes that were set aside, and say up to where all is read."""
        for statement in later:
            self.bar.making(statement.partition(" USING ")[0].lower())
            indexes.make(self.connection, statement)
        self.bar.making("counting what is there, for PostgreSQL's plans")
        for table in (*self.job.projection.tables, "pathway_event", "pathway_progress"):
            self.connection.execute(sql.SQL("analyze {}").format(sql.Identifier(table)))
        newest = self.built.folded.newest
        reached = [
            (partition, each.end, *newest.get(partition, (None, None)), self.job.at)
            for partition, each in self.bounds.items()
        ]
        with self.connection.transaction():
            self.connection.cursor().executemany(
                """
                insert into partition_progress
                    (partition, next_offset, newest_position, newest_recorded_at, complete_until)
                values (%s, %s, %s, %s, %s)
                """,
                reached,
            )
            self.connection.cursor().executemany(
                """
                insert into applied_range (partition, first_offset, next_offset, applied_at)
                values (%s, %s, %s, %s)
                """,
                [
                    (p, b.begin, b.end, self.job.at)
                    for p, b in self.bounds.items()
                    if b.begin < b.end
                ],
            )
            self.connection.execute("update made_from set filled_at = %s", [self.job.at])
        found = self.connection.execute("select count(*) from pathway_progress").fetchone()
        self.built.pathways = found[0] if found else 0
