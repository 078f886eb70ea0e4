"""Where a projection's tables stand: its own schema, or a scratch one that is gone after use."""

import hashlib
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from plumbing import database
from psycopg import Connection, sql
from psycopg.rows import TupleRow

from projections.projection import Projection

MIGRATIONS = Path(__file__).parent / "migrations"
PROGRESS = Path(__file__).parent / "progress.sql"
KEPT = "projections"
"""The schema of what outlives a rebuild: the parked list and the rows of access."""

Database = Connection[TupleRow]


_SCRATCH = 0x5C4A7C4
"""The first number of the locks that say which scratch schemas are in use."""


class MadeFromOther(Exception):
    """A projection's tables were made from other statements than this release has."""


class NotMigrated(Exception):
    """A projection's tables are not there."""


def migrate(
    url: str, projections: Iterable[Projection], anew: frozenset[str], *, upgrade: bool = False
) -> list[str]:
    """Make what is missing, empty the projections named in `anew`; what was done, a line for each.

    With `upgrade`, those that another release made are made anew as well. Without, MadeFromOther is
    raised for them. Raises plumbing's MigrationFailed.
    """
    with database.connect(url, "projections migrate", autocommit=True) as connection:
        connection.execute(sql.SQL("create schema if not exists {}").format(sql.Identifier(KEPT)))
        database.migrate(url, MIGRATIONS, KEPT)
        with connection.transaction():
            connection.execute("select pg_advisory_xact_lock(hashtext('projections migrate'))")
            return [
                line
                for projection in projections
                if (
                    line := _make_live(
                        connection, projection, again=projection.name in anew, upgrade=upgrade
                    )
                )
            ]


def _make_live(
    connection: Database, projection: Projection, *, again: bool, upgrade: bool
) -> str | None:
    made_from = _made_from(connection, projection.name)
    if again or (upgrade and made_from not in {None, _statements_hash(projection)}):
        _drop(connection, projection.name)
        connection.execute(
            "delete from projections.parked where projection = %s", [projection.name]
        )
    made_from = _made_from(connection, projection.name)
    if made_from is None:
        _make(connection, projection, projection.name)
        return f"{projection.name}: made; its consumer reads the topic from the start"
    if made_from != _statements_hash(projection):
        raise MadeFromOther(
            f"{projection.name} was made by another release, with other tables. Make it anew with "
            f"`projections migrate --anew {projection.name}` (`--upgrade` does so with all such): it "
            "is emptied, and its consumer fills it again from the topic; no fact is lost, answers are "
            "short until it has caught up"
        )
    return None


def use(connection: Database, projection: Projection) -> None:
    """Let statements that name no schema mean the live tables. Raises NotMigrated, MadeFromOther."""
    made_from = _made_from(connection, projection.name)
    if made_from is None:
        raise NotMigrated(f"{projection.name} has no tables yet; run `projections migrate` first")
    if made_from != _statements_hash(projection):
        raise MadeFromOther(
            f"{projection.name} has the tables of another release; run `projections migrate`, "
            "which says what to do"
        )
    _look_in(connection, projection.name, KEPT)


@contextmanager
def scratch(connection: Database, projection: Projection) -> Generator[str]:
    """The name of a schema with empty tables of `projection`, which `connection` looks in; dropped after.

    `connection` must be in autocommit.
    """
    _drop_leftovers(connection)
    name = f"scratch_{projection.name}_{uuid4().hex[:8]}"
    # Held as long as this session lives: who cannot have it knows that the schema is in use.
    connection.execute("select pg_advisory_lock(%s, hashtext(%s))", [_SCRATCH, name])
    try:
        _make(connection, projection, name)
        connection.execute("create table parked (like projections.parked including all)")
        yield name
    finally:
        _drop(connection, name)
        connection.execute("select pg_advisory_unlock(%s, hashtext(%s))", [_SCRATCH, name])


def _drop_leftovers(connection: Database) -> None:
    """Drop the scratch schemas that nobody uses: an audit that was killed left them behind."""
    found = connection.execute(
        """
        select nspname from pg_namespace
         where starts_with(nspname, 'scratch_') and pg_has_role(nspowner, 'usage')
         order by nspname
        """
    ).fetchall()
    for (name,) in found:
        lock = [_SCRATCH, name]
        free = connection.execute("select pg_try_advisory_lock(%s, hashtext(%s))", lock).fetchone()
        if free and free[0]:
            _drop(connection, name)
            connection.execute("select pg_advisory_unlock(%s, hashtext(%s))", lock)


def _make(connection: Database, projection: Projection, schema: str) -> None:
    with connection.transaction():
        connection.execute(sql.SQL("create schema {}").format(sql.Identifier(schema)))
        _look_in(connection, schema)
        connection.execute(PROGRESS.read_bytes())
        connection.execute(projection.ddl.read_bytes())
        connection.execute(
            "insert into made_from (statements) values (%s)", [_statements_hash(projection)]
        )


def _drop(connection: Database, schema: str) -> None:
    drop = sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(schema))
    connection.execute("set client_min_messages to warning")
    connection.execute(drop)


def _look_in(connection: Database, *schemas: str) -> None:
    path = sql.SQL(", ").join(map(sql.Identifier, schemas))
    connection.execute(sql.SQL("set search_path to {}").format(path))


def _made_from(connection: Database, schema: str) -> str | None:
    table = sql.SQL("{}.made_from").format(sql.Identifier(schema))
    found = connection.execute("select to_regclass(%s)", [table.as_string(connection)]).fetchone()
    if found is None or found[0] is None:
        return None
    row = connection.execute(sql.SQL("select statements from {}").format(table)).fetchone()
    return row[0] if row else None


def _statements_hash(projection: Projection) -> str:
    return hashlib.sha256(PROGRESS.read_bytes() + projection.ddl.read_bytes()).hexdigest()
