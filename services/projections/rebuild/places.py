"""What stands beside a live read model: the one that comes next, and the one from before."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from psycopg import sql

from projections import schema
from projections.code_hash import code_hash
from projections.projection import Projection
from projections.schema import Database

_REBUILD = 0x2EB111D
"""The first number of the locks by which only one command at a time rebuilds or switches a read model."""


class CannotRebuild(Exception):
    """What was asked cannot be done as things stand; the message says why, and the way out."""


def next_of(projection: Projection) -> Projection:
    """The same projection in the schema of the one that comes next."""
    return replace(projection, name=f"{projection.name}_next")


def before_of(projection: Projection) -> Projection:
    """The same projection in the schema of the one from before."""
    return replace(projection, name=f"{projection.name}_before")


@dataclass(frozen=True)
class Beside:
    """A schema beside a live read model; `filled_at` (UTC) is None while a rebuild is not done with it."""

    name: str
    statements: str
    codes: tuple[str, ...]
    filled_at: datetime | None
    pathways: int
    events: int
    parked: int

    def made_by(self, projection: Projection) -> bool:
        """Whether this release's tables and code made it, and nothing else."""
        ours = (schema.statements_hash(projection), (code_hash(projection),))
        return (self.statements, self.codes) == ours


@contextmanager
def alone(connection: Database, projection: Projection) -> Generator[None]:
    """Let no other command rebuild or switch this read model meanwhile. Raises CannotRebuild."""
    lock = [_REBUILD, projection.name]
    free = connection.execute("select pg_try_advisory_lock(%s, hashtext(%s))", lock).fetchone()
    if not (free and free[0]):
        raise CannotRebuild(
            f"another `projections rebuild` is at work on {projection.name}; wait for its end"
        )
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute("select pg_advisory_unlock(%s, hashtext(%s))", lock)


def is_at_work(connection: Database, projection: Projection) -> bool:
    """Whether a command rebuilds or switches this read model at this moment."""
    found = connection.execute(
        """
        select exists (select from pg_locks
                        where locktype = 'advisory' and granted and objsubid = 2
                          and database = (select oid from pg_database
                                           where datname = current_database())
                          and classid::bigint = %s
                          and objid::bigint = hashtext(%s)::bigint & 4294967295)
        """,
        [_REBUILD, projection.name],
    ).fetchone()
    return bool(found and found[0])


def beside(connection: Database, place: Projection) -> Beside | None:
    """What stands in the schema of `place`, a `next_of` or a `before_of`."""
    statements = schema.statements_of(connection, place.name)
    if statements is None:
        return None
    codes, filled_at = _told(connection, place.name)
    query = sql.SQL(
        """
        select count(*), coalesce(sum(version), 0),
               (select count(*) from projections.parked where projection = %s)
          from {}.pathway_progress
        """
    ).format(sql.Identifier(place.name))
    pathways, events, parked = connection.execute(query, [place.name]).fetchone() or (0, 0, 0)
    return Beside(place.name, statements, codes, filled_at, pathways, int(events), parked)


def _told(connection: Database, name: str) -> tuple[tuple[str, ...], datetime | None]:
    """Of what code the rows are, and since when they are there; older tables do not tell."""
    query = sql.SQL("select to_jsonb(m) -> 'codes', (to_jsonb(m) ->> 'filled_at')::timestamptz")
    table = sql.SQL(" from {}.made_from m").format(sql.Identifier(name))
    codes, filled_at = connection.execute(query + table).fetchone() or (None, None)
    return tuple(codes or ()), filled_at


def remove(connection: Database, place: Projection) -> None:
    """Drop what stands there, and its part of the parked list."""
    schema.drop(connection, place.name)
    connection.execute("delete from projections.parked where projection = %s", [place.name])
