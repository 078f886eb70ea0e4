"""Where a projection's tables stand: its own schema, or a scratch one that is gone after use."""

import hashlib
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from uuid import uuid4

from plumbing import database
from psycopg import Connection, sql
from psycopg.rows import TupleRow

from projections.code_hash import code_hash
from projections.projection import Projection

MIGRATIONS = Path(__file__).parent / "migrations"
PROGRESS = Path(__file__).parent / "progress.sql"
KEPT = "projections"
"""The schema of what outlives a rebuild: the parked list and the rows of access."""

Database = Connection[TupleRow]


_SCRATCH = 0x5C4A7C4
"""The first number of the locks that say which scratch schemas are in use."""


OTHER_CODE = (
    "some of its rows may be of another release's code. It goes on working; `projections rebuild build "
    "{name}` makes all rows anew beside it, `projections rebuild compare {name}` shows what differs, and "
    "`projections rebuild switch {name}` puts them in its place"
)


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
    made_from = statements_of(connection, projection.name)
    if again or (upgrade and made_from not in {None, statements_hash(projection)}):
        drop(connection, projection.name)
        connection.execute(
            "delete from projections.parked where projection = %s", [projection.name]
        )
    made_from = statements_of(connection, projection.name)
    if made_from is None:
        make(connection, projection, projection.name)
        return f"{projection.name}: made; its consumer reads the topic from the start"
    if made_from != statements_hash(projection):
        name = projection.name
        raise MadeFromOther(
            f"{name} was made by another release, with other tables. Fill new ones beside it with "
            f"`projections rebuild build {name}`, while the other release goes on, and put them in its "
            f"place with `projections rebuild switch {name}`. Or make it anew at once with "
            f"`projections migrate --anew {name}` (`--upgrade` does so with all such): it is emptied, "
            "and its consumer fills it again from the topic; no fact is lost, answers are short until "
            "it has caught up"
        )
    if other_code(connection, projection):
        return f"{projection.name}: {OTHER_CODE.format(name=projection.name)}"
    return None


def use(connection: Database, projection: Projection) -> None:
    """Let statements that name no schema mean the live tables. Raises NotMigrated, MadeFromOther."""
    require(projection, statements_of(connection, projection.name))
    _look_in(connection, projection.name, KEPT)


def require(projection: Projection, made_from: str | None) -> None:
    """Raise NotMigrated or MadeFromOther where the live tables, `made_from` that, cannot be used."""
    if made_from is None:
        raise NotMigrated(f"{projection.name} has no tables yet; run `projections migrate` first")
    if made_from != statements_hash(projection):
        raise MadeFromOther(
            f"{projection.name} has the tables of another release; run `projections migrate`, "
            "which says what to do"
        )


def use_to_write(connection: Database, projection: Projection) -> None:
    """The same for who writes rows: that rows are of this release's code, too, stands beside them then."""
    use(connection, projection)
    connection.execute(
        "update made_from set codes = codes || %(code)s::text where %(code)s <> all(codes)",
        {"code": code_hash(projection)},
    )


def other_code(connection: Database, projection: Projection) -> bool:
    """Whether rows may be there that another release's code made, in tables that are this release's."""
    query = sql.SQL("select statements, codes from {}.made_from")
    # Tables of an older release may not even tell of code.
    if statements_of(connection, projection.name) != statements_hash(projection):
        return False
    found = connection.execute(query.format(sql.Identifier(projection.name))).fetchone()
    return found is not None and found[1] != [code_hash(projection)]


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
        make(connection, projection, name)
        connection.execute("create table parked (like projections.parked including all)")
        yield name
    finally:
        drop(connection, name)
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
            drop(connection, name)
            connection.execute("select pg_advisory_unlock(%s, hashtext(%s))", lock)


def make(connection: Database, projection: Projection, schema: str) -> None:
    """Make the tables of `projection`, empty, in a new schema, which `connection` looks in afterwards."""
    with connection.transaction():
        connection.execute(sql.SQL("create schema {}").format(sql.Identifier(schema)))
        _look_in(connection, schema)
        connection.execute(PROGRESS.read_bytes())
        connection.execute(projection.ddl.read_bytes())
        connection.execute(
            "insert into made_from (statements, codes) values (%s, array[%s])",
            [statements_hash(projection), code_hash(projection)],
        )


def drop(connection: Database, schema: str) -> None:
    """Drop a schema with all that is in it, where there is one."""
    statement = sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(schema))
    connection.execute("set client_min_messages to warning")
    connection.execute(statement)


def _look_in(connection: Database, *schemas: str) -> None:
    path = sql.SQL(", ").join(map(sql.Identifier, schemas))
    connection.execute(sql.SQL("set search_path to {}").format(path))


def statements_of(connection: Database, schema: str) -> str | None:
    """The hash of the statements that made the tables there; None where there are none."""
    table = sql.SQL("{}.made_from").format(sql.Identifier(schema))
    found = connection.execute("select to_regclass(%s)", [table.as_string(connection)]).fetchone()
    if found is None or found[0] is None:
        return None
    row = connection.execute(sql.SQL("select statements from {}").format(table)).fetchone()
    return row[0] if row else None


@cache
def statements_hash(projection: Projection) -> str:
    """SHA-256 of the statements that make a projection's tables, in hex."""
    return hashlib.sha256(PROGRESS.read_bytes() + projection.ddl.read_bytes()).hexdigest()
