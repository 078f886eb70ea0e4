"""Brings rows that no consumer keeps up to where the topic is: a fresh fold, a rebuilt read model."""

from collections.abc import Mapping
from datetime import datetime

from projections.projection import Projection
from projections.projector import Batch, Move, apply
from projections.schema import Database
from projections.topic import Reader


class Fold:
    """The rows of `projection` in the schema that `connection` looks in, made from what `reading` reads."""

    def __init__(
        self,
        projection: Projection,
        connection: Database,
        reading: Reader,
        begins: Mapping[int, int],
        at: datetime,
    ) -> None:
        """`begins`: where to begin in partitions that were never read; what parks, parks as of `at` (UTC)."""
        self.projection, self.connection, self.at = projection, connection, at
        self.applied = 0
        self._reading = reading
        connection.execute(
            """
            insert into partition_progress (partition, next_offset)
            select * from unnest(%s::int[], %s::bigint[]) on conflict do nothing
            """,
            [list(begins), list(begins.values())],
        )
        self._positions: dict[int, int] = {}
        self.take_up()

    def take_up(self) -> None:
        """Go on from where the rows stand: after a transaction that was undone."""
        found = self.connection.execute("select partition, next_offset from partition_progress")
        self._positions = {row[0]: row[1] for row in found}
        self._reading.assign(self._positions)

    def read_to(self, ends: Mapping[int, int]) -> None:
        """Read on until these offsets are reached, or the topic's end.

        Raises topic.OutOfRange and topic.KafkaFailed.
        """
        there = self._reading.ends(ends)
        within = {p: min(end, there[p]) for p, end in ends.items()}
        while not self.reached(within):
            self.read_some()

    def reached(self, ends: Mapping[int, int]) -> bool:
        """Whether all before these offsets is in the rows."""
        return all(self._positions.get(p, 0) >= end for p, end in ends.items())

    def read_some(self, seconds: float = 1.0) -> None:
        """Apply what comes within so many seconds."""
        records = self._reading.poll(seconds)
        reached = {p: self._reading.position(p) for p in self._positions}
        moves = {
            p: Move(self._positions[p], offset)
            for p, offset in reached.items()
            if offset != self._positions[p]
        }
        if moves:
            done = apply(self.connection, self.projection, Batch(records, moves), at=self.at)
            self._positions |= reached
            self.applied += done.applied
