"""Compares a rebuilt read model with the live one, row by row, and says by which events they differ."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from plumbing import database

from projections import rows, schema, topic
from projections.audit import BESIDE_THE_ROWS, Audited, Difference, Sides, compare_all
from projections.belonging import check_identity
from projections.catching_up import Fold
from projections.projection import Projection
from projections.rebuild.places import CannotRebuild, alone, beside, next_of
from projections.rebuild.reasons import Otherwise, key_of, reasons
from projections.schema import Database
from projections.settings import FollowSettings

Keys = dict[str, Sequence[str]]
Tell = Callable[[UUID, list[Otherwise]], None]


@dataclass
class Counted:
    """Of one table: rows that are otherwise, on one side only, pathways concerned, and which columns."""

    otherwise: int = 0
    only_live: int = 0
    only_rebuilt: int = 0
    pathways: int = 0
    columns: Counter[str] = field(default_factory=Counter[str])


@dataclass
class Compared:
    """What was compared and what differs; `apart` are tables and columns that only one side has."""

    audited: Audited
    by_table: dict[str, Counted] = field(default_factory=dict[str, Counted])
    apart: list[str] = field(default_factory=list[str])

    @property
    def same(self) -> bool:
        """Whether both are equal, every row of them."""
        return self.audited.proven and not self.apart


@dataclass
class _Gathering:
    """Takes differences as they come, pathway after pathway of one table; keeps those of the first ones."""

    keys: Keys
    most: int
    by_table: dict[str, Counted] = field(default_factory=dict[str, Counted])
    kept: dict[UUID, list[Difference]] = field(default_factory=dict[UUID, list[Difference]])
    _group: list[Difference] = field(default_factory=list[Difference])

    def take(self, one: Difference) -> None:
        if self._group and _of(self._group[0]) != _of(one):
            self.close()
        self._group.append(one)
        if one.pathway_id in self.kept or len(self.kept) < self.most:
            self.kept.setdefault(one.pathway_id, []).append(one)

    def close(self) -> None:
        """Count the group that came last: rows of one pathway in one table."""
        if not self._group:
            return
        table = self._group[0].table
        counted = self.by_table.setdefault(table, Counted())
        counted.pathways += 1
        live = {key_of(self.keys[table], d.live): d.live for d in self._group if d.live is not None}
        made = {key_of(self.keys[table], d.fold): d.fold for d in self._group if d.fold is not None}
        counted.only_live += len(live.keys() - made.keys())
        counted.only_rebuilt += len(made.keys() - live.keys())
        for key in live.keys() & made.keys():
            counted.otherwise += 1
            counted.columns.update(n for n, v in made[key].items() if live[key].get(n) != v)
        self._group = []


def _of(one: Difference) -> tuple[str, UUID]:
    return one.table, one.pathway_id


def compare(
    projection: Projection,
    settings: FollowSettings,
    *,
    details: int,
    tell: Tell,
    at: datetime,
) -> Compared:
    """Bring the rebuilt one up to where the live one is, and compare all that stands at the same version.

    `tell` hears of the first `details` pathways with what is otherwise and by which events; consumers
    may run meanwhile. Raises CannotRebuild and what an audit raises.
    """
    name = f"projections rebuild {projection.name}"
    coming = next_of(projection)
    with (
        database.connect(settings.projections_database_url, name, autocommit=True) as connection,
        alone(connection, projection),
    ):
        require_filled(connection, projection, coming)
        identity = topic.identify(settings)
        check_identity(connection, identity)
        with topic.reader(settings, None) as reading:
            ends = reading.ends(identity.partitions)
            fold = Fold(coming, connection, reading, {}, at)
            fold.read_to(ends)
            gathering = _Gathering(_keys(connection, coming), details)
            compared = Compared(Audited(projection.name, gathering.take), gathering.by_table)
            sides = _sides(connection, projection, coming, compared)
            compare_all(fold, sides, compared.audited)
            gathering.close()
        for pathway_id, differences in gathering.kept.items():
            events = rows.known(connection, [pathway_id]).get(pathway_id, rows.Known()).events()
            tell(pathway_id, reasons(projection, gathering.keys, events, differences))
    return compared


def require_filled(connection: Database, projection: Projection, coming: Projection) -> None:
    """Look in the rebuilt read model from here on, which has to be whole and of this release.

    Raises CannotRebuild with the way out.
    """
    way_out = f"run `projections rebuild build {projection.name}` with this release"
    there = beside(connection, coming)
    if there is None:
        raise CannotRebuild(f"there is no {coming.name}; {way_out}")
    if there.filled_at is None:
        raise CannotRebuild(f"{coming.name} is not whole: its rebuild was ended; {way_out}")
    if not there.made_by(coming):
        raise CannotRebuild(f"{coming.name} was made by the code of another release; {way_out}")
    schema.use(connection, coming)


def _keys(connection: Database, coming: Projection) -> Keys:
    """The columns of each table's primary key, in its order."""
    found = connection.execute(
        """
        select c.relname, array_agg(a.attname::text order by k.place)
          from pg_index i
          join pg_class c on c.oid = i.indrelid
          cross join unnest(i.indkey::int[]) with ordinality as k (number, place)
          join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number
         where i.indisprimary and c.relnamespace = to_regnamespace(%s)
         group by c.relname
        """,
        [coming.name],
    ).fetchall()
    return dict(found)


def _sides(
    connection: Database, projection: Projection, coming: Projection, compared: Compared
) -> Sides:
    """What both sides have in common is compared; what only one of them has is noted."""
    live, made = (_columns(connection, each.name) for each in (projection, coming))
    compared.apart += _only(live, made, "live") + _only(made, live, "rebuilt")
    tables = tuple(t for t in (*coming.tables, *BESIDE_THE_ROWS) if t in live)
    apart = {table: sorted(live[table] ^ made[table]) for table in tables}
    return Sides(projection.name, coming.name, tables, apart)


def _only(these: dict[str, set[str]], those: dict[str, set[str]], side: str) -> list[str]:
    """Words for what only these have."""
    tables = [f"only the {side} one has the table {name}" for name in these.keys() - those.keys()]
    columns: Iterable[str] = (
        f"only the {side} one has {table}.{column}"
        for table in these.keys() & those.keys()
        for column in these[table] - those[table]
    )
    return sorted((*tables, *columns))


def _columns(connection: Database, name: str) -> dict[str, set[str]]:
    """The columns of each table with rows of pathways in a schema."""
    found = connection.execute(
        """
        select table_name, array_agg(column_name::text)
          from information_schema.columns
         where table_schema = %s
         group by 1 having bool_or(column_name = 'pathway_id')
        """,
        [name],
    ).fetchall()
    return {table: set(columns) for table, columns in found}
