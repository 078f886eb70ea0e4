"""How far each read model is: what it has applied, what the topic still has for it, who waits."""

from dataclasses import dataclass

from psycopg import sql

from projections import topic
from projections.freshness import Freshness, freshness
from projections.projection import Projection
from projections.schema import Database
from projections.settings import FollowSettings


@dataclass(frozen=True)
class PartitionStatus:
    """One partition: the next offset to read, and where the topic ends; None when brokers are away."""

    partition: int
    next_offset: int
    end_offset: int | None

    @property
    def lag(self) -> int | None:
        """Offsets still to read, marks of transactions included."""
        return None if self.end_offset is None else max(0, self.end_offset - self.next_offset)


@dataclass(frozen=True)
class Status:
    """One read model: its events and pathways, its partitions, up to when it is complete."""

    projection: str
    events: int
    pathways: int
    freshness: Freshness
    partitions: tuple[PartitionStatus, ...]

    @property
    def lag(self) -> int | None:
        """Offsets still to read in all partitions; None when brokers are away."""
        lags = [partition.lag for partition in self.partitions]
        return sum(lag for lag in lags if lag is not None) if None not in lags else None


def ends_or_none(settings: FollowSettings) -> dict[int, int] | None:
    """Where the topic's partitions end; None when the brokers or the topic are away."""
    try:
        return topic.ends(settings, topic.identify(settings).partitions)
    except (topic.KafkaFailed, topic.BrokersAway, topic.TopicMissing):
        return None


def status(connection: Database, projection: Projection, ends: dict[int, int] | None) -> Status:
    """The status of a read model whose topic ends at `ends`."""
    query = sql.SQL(
        """
        select (select coalesce(sum(version), 0) from {0}.pathway_progress),
               (select count(*) from {0}.pathway_progress)
        """
    ).format(sql.Identifier(projection.name))
    events, pathways = connection.execute(query).fetchone() or (0, 0)
    offsets = sql.SQL("select partition, next_offset from {}.partition_progress order by 1").format(
        sql.Identifier(projection.name)
    )
    read: dict[int, int] = {row[0]: row[1] for row in connection.execute(offsets)}
    known: set[int] = {*read, *(ends or {})}
    return Status(
        projection=projection.name,
        events=int(events),
        pathways=pathways,
        freshness=freshness(connection, projection.name),
        partitions=tuple(
            PartitionStatus(p, read.get(p, 0), None if ends is None else ends.get(p))
            for p in sorted(known)
        ),
    )
