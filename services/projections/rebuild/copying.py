"""Copies pathways' events and rows into tables that hold nothing of them yet."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import orjson
from psycopg import sql

from projections import rows as keeping
from projections.projection import Projection, Row
from projections.projector import Line
from projections.schema import Database

_EVENTS = "pathway_event"


class Copying:
    """COPY into the tables of `projection` in the schema that `connection` looks in."""

    def __init__(self, connection: Database, projection: Projection) -> None:
        self._connection, self._projection = connection, projection
        tables = (*projection.tables, _EVENTS)
        self._shapes = {table: _Shape(connection, table) for table in tables}

    def write(self, lines: Sequence[Line]) -> None:
        """Fold each line once, and copy all that it makes.

        The lines are of pathways of which nothing is known. Raises what the fold raises, and psycopg's errors.
        """
        made = {table: list[Sequence[object]]() for table in self._projection.tables}
        for line in lines:
            folded = self._projection.fold([new.event for new in line.new])
            for table, rows in folded.items():
                values = self._shapes[table].values
                made[table].extend(values(line.pathway_id, row) for row in rows)
        keep = self._shapes[_EVENTS].values
        kept = (keep(line.pathway_id, keeping.kept(new)) for line in lines for new in line.new)
        self._copy(sql.Identifier(_EVENTS), kept)
        progress = sql.SQL("pathway_progress (pathway_id, version, event_id)")
        self._copy(progress, (_newest(line) for line in lines))
        for table, rows in made.items():
            self._copy(sql.Identifier(table), rows)

    def _copy(self, table: sql.Composable, rows: Iterable[Sequence[object]]) -> None:
        statement = sql.SQL("copy {} from stdin").format(table)
        with self._connection.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)


def _newest(line: Line) -> Sequence[object]:
    newest = line.new[-1].event
    return (line.pathway_id, newest.streamversion, newest.id)


class _Shape:
    """A table's columns in their order, and those of them that hold JSON."""

    def __init__(self, connection: Database, table: str) -> None:
        found = connection.execute(
            """
            select attname, atttypid = 'jsonb'::regtype
              from pg_attribute
             where attrelid = %s::regclass and attnum > 0 and not attisdropped
             order by attnum
            """,
            [sql.Identifier(table).as_string(connection)],
        ).fetchall()
        self._names: list[str] = [name for name, _ in found]
        self._pathway = self._names.index("pathway_id")
        self._json = [place for place, (_, is_json) in enumerate(found) if is_json]

    def values(self, pathway_id: UUID, row: Row) -> list[object]:
        """A row's values by column; what it does not name is null, as where a consumer writes it."""
        get = row.get
        values = [get(name) for name in self._names]
        values[self._pathway] = pathway_id
        for place in self._json:
            if values[place] is not None:
                values[place] = orjson.dumps(values[place]).decode()
        return values
