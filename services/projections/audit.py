"""Proves a read model: folds the whole topic anew, beside it, and compares every row."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from plumbing import database
from plumbing.database import one_moment
from psycopg import sql
from psycopg.rows import class_row

from projections import schema, topic
from projections.belonging import check_identity
from projections.catching_up import Fold
from projections.projection import Projection, Row
from projections.schema import Database
from projections.settings import FollowSettings

MOST_ROUNDS = 20
SECONDS_BETWEEN_ROUNDS = 0.5
BESIDE_THE_ROWS = ("pathway_progress", "pathway_event")
"""Compared as well: what the rows were made of."""


@dataclass(frozen=True)
class Difference:
    """A row that only the read model has (`live`), or only the fresh fold (`fold`)."""

    table: str
    pathway_id: UUID
    live: Row | None
    fold: Row | None


@dataclass(frozen=True)
class Apart:
    """A pathway that the two sides have at different versions; `waits` where it is parked."""

    pathway_id: UUID
    live_version: int
    fold_version: int
    waits: bool


@dataclass
class Audited:
    """What was compared, and what differs; `tell` hears of each row as it is found.

    Of pathways `behind` the read model lacks events, of those `ahead` it has some that the topic does
    not have. `moving` ones got new events faster than both sides could be seen at the same version.
    """

    projection: str
    tell: Callable[[Difference], None]
    events: int = 0
    pathways: int = 0
    parked_in_fold: int = 0
    rows: dict[str, int] = field(default_factory=dict[str, int])
    found: int = 0
    """How many rows differ."""
    behind: list[Apart] = field(default_factory=list[Apart])
    ahead: list[Apart] = field(default_factory=list[Apart])
    moving: int = 0

    @property
    def proven(self) -> bool:
        """Whether the read model equals the fresh fold, every pathway of it."""
        return not (self.found or self.behind or self.ahead or self.moving)


Say = Callable[[str], None]


def audit(
    projection: Projection,
    settings: FollowSettings,
    audited: Audited,
    *,
    at: datetime,
    say: Say = lambda _: None,
) -> None:
    """Compare a live read model with a fold of the topic; its consumer may run meanwhile.

    `audited` is filled in, so that no list of differences grows in memory; `say` is told of progress.
    Raises belonging.CannotFollow, topic.BrokersAway, topic.KafkaFailed, schema.NotMigrated and
    schema.MadeFromOther.
    """
    name = f"projections audit {projection.name}"
    with database.connect(settings.projections_database_url, name, autocommit=True) as connection:
        schema.use(connection, projection)
        identity = topic.identify(settings)
        check_identity(connection, identity)
        with (
            schema.scratch(connection, projection) as scratch,
            topic.reader(settings, None) as reading,
        ):
            bounds = reading.bounds(identity.partitions)
            begins = {partition: each.begin for partition, each in bounds.items()}
            fold = Fold(projection, connection, reading, begins, at)
            fold.read_to({partition: each.end for partition, each in bounds.items()})
            say(f"{projection.name}: folded {fold.applied} events of the topic anew")
            tables = (*projection.tables, *BESIDE_THE_ROWS)
            compare_all(fold, Sides(projection.name, scratch, tables), audited)
            audited.events = fold.applied


@dataclass(frozen=True)
class Sides:
    """The schemas that are compared, and their tables; of columns in `apart`, one side knows nothing."""

    live: str
    fold: str
    tables: tuple[str, ...]
    apart: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])


def compare_all(fold: Fold, sides: Sides, audited: Audited) -> None:
    """Compare at one moment what stands at the same version; what moved in between, again.

    `fold` is one side of it, and is brought on to where the live one stands.
    """
    audited.pathways, audited.parked_in_fold = _counts(fold.connection, fold.projection.name)
    only: list[UUID] | None = None
    moving: list[Apart] = []
    ahead: list[Apart] = []
    read: dict[UUID, int] = {}
    for _ in range(MOST_ROUNDS):
        with one_moment(fold.connection):
            moving = _moving(fold.connection, sides, only)
            for table in sides.tables:
                _compare(fold.connection, audited, (sides, table), only, moving)
        if not moving:
            return
        only = [each.pathway_id for each in moving]
        # Up to these versions the fold has read what the read model had in the round before.
        ahead = [m for m in moving if m.fold_version < read.get(m.pathway_id, 0)]
        if all(m in ahead or (m.waits and _is_behind(m)) for m in moving):
            break
        read = {m.pathway_id: m.live_version for m in moving}
        time.sleep(SECONDS_BETWEEN_ROUNDS)
        fold.read_to(offsets_of(fold.connection, sides.live))
    audited.behind, audited.ahead = [m for m in moving if _is_behind(m)], ahead
    audited.moving = len(moving) - len(audited.behind) - len(ahead)


def _is_behind(pathway: Apart) -> bool:
    return pathway.live_version < pathway.fold_version


def _counts(connection: Database, parked_as: str) -> tuple[int, int]:
    found = connection.execute(
        "select (select count(*) from pathway_progress),"
        " (select count(*) from parked where projection = %s)",
        [parked_as],
    ).fetchone()
    return (found[0], found[1]) if found else (0, 0)


def offsets_of(connection: Database, live: str) -> dict[int, int]:
    """Up to where each partition is read, in the read model of this schema."""
    query = sql.SQL("select partition, next_offset from {}.partition_progress")
    return {row[0]: row[1] for row in connection.execute(query.format(sql.Identifier(live)))}


def _moving(connection: Database, sides: Sides, only: list[UUID] | None) -> list[Apart]:
    """The pathways that the two sides have at different versions."""
    query = sql.SQL(
        """
        select pathway_id,
               coalesce(l.version, 0) as live_version,
               coalesce(f.version, 0) as fold_version,
               exists (select from projections.parked p
                        where p.projection = %(live)s and p.pathway_id = pathway_id) as waits
          from {}.pathway_progress l
          full join {}.pathway_progress f using (pathway_id)
         where l.version is distinct from f.version
           and (%(only)s::uuid[] is null or pathway_id = any(%(only)s))
         order by pathway_id
        """
    ).format(sql.Identifier(sides.live), sql.Identifier(sides.fold))
    with connection.cursor(row_factory=class_row(Apart)) as found:
        return found.execute(query, {"live": sides.live, "only": only}).fetchall()


_COMPARED: LiteralString = """
    with live as (
        select pathway_id, to_jsonb(t) - %(apart)s::text[] as row from {live}.{table} t
         where (%(only)s::uuid[] is null or pathway_id = any(%(only)s))
           and pathway_id <> all(%(moving)s::uuid[])
    ),
    fold as (
        select pathway_id, to_jsonb(t) - %(apart)s::text[] as row from {fold}.{table} t
         where (%(only)s::uuid[] is null or pathway_id = any(%(only)s))
           and pathway_id <> all(%(moving)s::uuid[])
    ),
    different as (
        select pathway_id, row as live, null::jsonb as fold
          from (select * from live except all select * from fold) as only_live
         union all
        select pathway_id, null, row
          from (select * from fold except all select * from live) as only_fold
    )
    select 'compared' as what, null::uuid as pathway_id, to_jsonb(count(*)) as live, null as fold
      from live
     union all
    select 'different', pathway_id, live, fold from different
     order by 1, 2
"""


def _compare(
    connection: Database,
    audited: Audited,
    place: tuple[Sides, str],
    only: list[UUID] | None,
    moving: Sequence[Apart],
) -> None:
    sides, table = place
    query = sql.SQL(_COMPARED).format(
        live=sql.Identifier(sides.live),
        fold=sql.Identifier(sides.fold),
        table=sql.Identifier(table),
    )
    values = {
        "only": only,
        "moving": [each.pathway_id for each in moving],
        "apart": list(sides.apart.get(table, ())),
    }
    with connection.cursor(name="compared") as rows:
        for what, pathway_id, live_row, fold_row in rows.execute(query, values):
            if what == "compared":
                audited.rows[table] = audited.rows.get(table, 0) + live_row
            else:
                audited.found += 1
                audited.tell(Difference(table, pathway_id, live_row, fold_row))
