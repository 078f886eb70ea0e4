"""How far a read model is: for whoever wrote and wants to read it back, and below every report."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg import sql
from psycopg.rows import class_row

from projections.schema import Database


@dataclass(frozen=True)
class Reached:
    """How far a read model has come with one pathway, against the version that was asked for."""

    version: int
    wanted: int
    parked: bool
    """The pathway waits for a person to look at it, or was given up: waiting longer will not help."""

    @property
    def reached(self) -> bool:
        """Whether the read model shows the wanted version."""
        return self.version >= self.wanted

    @property
    def behind(self) -> int:
        """How many events the read model still lacks."""
        return max(0, self.wanted - self.version)


@dataclass(frozen=True)
class Freshness:
    """Up to when answers are complete. Moments are UTC.

    All facts that were published before `complete_until` are in the rows, but for those of the
    `parked_pathways`, which wait for a person, and of the `given_up_pathways`, which an operator
    decided to leave as they are; None as long as some partition was never read to its end.
    `newest_position` and `newest_recorded_at` are of the newest fact that was read.
    """

    complete_until: datetime | None
    newest_position: int | None
    newest_recorded_at: datetime | None
    parked_pathways: int
    given_up_pathways: int = 0


def reached(connection: Database, projection: str, pathway_id: UUID, wanted: int) -> Reached:
    """How far the read model is with this pathway now, against the version `wanted`."""
    query = sql.SQL(
        """
        select coalesce((select version from {}.pathway_progress
                          where pathway_id = %(pathway_id)s), 0) as version,
               %(wanted)s::int as wanted,
               exists (select from projections.parked
                        where projection = %(projection)s and pathway_id = %(pathway_id)s) as parked
        """
    ).format(sql.Identifier(projection))
    values = {"pathway_id": pathway_id, "projection": projection, "wanted": wanted}
    with connection.cursor(row_factory=class_row(Reached)) as rows:
        found = rows.execute(query, values).fetchone()
    return found or Reached(version=0, wanted=wanted, parked=False)


def freshness(connection: Database, projection: str) -> Freshness:
    """Up to when the answers of this read model are complete."""
    query = sql.SQL(
        """
        select case when bool_and(complete_until is not null)
                    then min(complete_until) end as complete_until,
               max(newest_position) as newest_position,
               max(newest_recorded_at) as newest_recorded_at,
               (select count(*) from projections.parked
                 where projection = %(projection)s) - max(g.given_up) as parked_pathways,
               max(g.given_up) as given_up_pathways
          from (select count(*) as given_up
                  from projections.parked as p
                  join projections.parked_decision as d
                    on d.projection = p.projection and d.pathway_id = p.pathway_id
                   and d.from_version = p.from_version and d.parked_for = p.reason
                 where p.projection = %(projection)s) as g
          left join {}.partition_progress on true
        """
    ).format(sql.Identifier(projection))
    with connection.cursor(row_factory=class_row(Freshness)) as rows:
        found = rows.execute(query, {"projection": projection}).fetchone()
    return found or Freshness(None, None, None, 0)
