"""Indexes that only questions need: set aside while rows are copied in, and made when all are there."""

from typing import LiteralString, cast

from psycopg import sql

from projections.schema import Database


def set_aside(connection: Database, schema: str) -> list[str]:
    """Drop them all in a schema; the statements that make them again, in the order of their names.

    Primary keys and unique indexes stay: they find what PostgreSQL would refuse of an event's rows.
    """
    found = connection.execute(
        """
        select c.relname, pg_get_indexdef(c.oid)
          from pg_index i join pg_class c on c.oid = i.indexrelid
         where c.relnamespace = to_regnamespace(%s) and not i.indisunique
         order by c.relname
        """,
        [schema],
    ).fetchall()
    for name, _ in found:
        connection.execute(sql.SQL("drop index {}").format(sql.Identifier(schema, name)))
    return [statement for _, statement in found]


def make(connection: Database, statement: str) -> None:
    """Make one of them again."""
    # It comes from PostgreSQL itself, as it told it of what our own file made.
    connection.execute(sql.SQL(cast("LiteralString", statement)))
