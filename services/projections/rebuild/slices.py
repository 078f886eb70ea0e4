"""How pathways are shared out among workers: by their ids, in slices of about the same number of events."""

from bisect import bisect_right
from dataclasses import dataclass
from uuid import UUID

from psycopg import sql

from projections.schema import Database

EVENTS_IN_A_SLICE = 25_000
MOST_SLICES = 512


@dataclass(frozen=True)
class Slices:
    """So many slices. With `bounds`, each holds the ids between two of them: then rows come in their order."""

    count: int
    bounds: tuple[int, ...] = ()

    def of(self, pathway_id: UUID) -> int:
        """The slice of a pathway, counted from 0."""
        # Without bounds by the last bits: those of a UUID are random, the first ones may be a time.
        return (
            bisect_right(self.bounds, pathway_id.int)
            if self.bounds
            else pathway_id.int % self.count
        )


def slices_for(connection: Database, live: str, events: int, workers: int) -> Slices:
    """Slices for so many events, by the ids that the live read model has, where it has most of them."""
    count = max(4 * workers, min(MOST_SLICES, -(-events // EVENTS_IN_A_SLICE)))
    query = sql.SQL(
        """
        select coalesce(sum(version), 0),
               percentile_disc(%s::float8[]) within group (order by pathway_id)
          from {}.pathway_progress
        """
    ).format(sql.Identifier(live))
    parts = [n / count for n in range(1, count)]
    known, bounds = connection.execute(query, [parts]).fetchone() or (0, None)
    if not bounds or known < events / 2:
        return Slices(count)
    return Slices(count, tuple(bound.int for bound in bounds))
