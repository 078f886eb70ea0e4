"""The reports' tables as they were at a point of two clocks, for the very same questions over them."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import LiteralString
from uuid import UUID

import orjson
from plumbing.problems import ProblemType
from psycopg import sql

import schemas
from projections.points import KnownBy, Point
from projections.projection import Row
from projections.reporting.projection import REPORTING
from projections.schema import Database
from projections.then import events_at

MOST_FOLDED = 25_000
"""Pathways folded for one report of then: what a caller can be kept waiting for."""

_AT_ONCE = 2_000

TOO_MANY_THEN = ProblemType(
    "too-many-then",
    503,
    "Too many pathways changed since then for a report within one answer",
    "Ask about a point nearer to now, on which fewer pathways differ from today.",
)

# Of a pathway with nothing that was told, or is true, after the point, the rows are those of today.
# Of one that did not begin by then, there are none.
_CHANGED: LiteralString = """
    create temporary table changed on commit drop as
    select pathway_id, bool_or(known <= {at} and least(occurred_on, corrected_on) <= {day}) as began
      from (select pathway_id, occurred_on, {known} as known,
                   (message #>> '{{data,corrected_on}}')::date as corrected_on
              from reporting.pathway_event) as told
     group by pathway_id
    having bool_or(known > {at} or greatest(occurred_on, corrected_on) > {day})
"""
_RECORDED: LiteralString = "recorded_at"
_AT_SOURCE: LiteralString = "coalesce((message ->> 'sourcetime')::timestamptz, recorded_at)"

_EVENTS: LiteralString = """
    select e.pathway_id, e.message::text
      from reporting.pathway_event e
     where e.pathway_id in (select pathway_id from changed where began)
     order by e.pathway_id, e.version
"""


def rows_at(connection: Database, point: Point) -> sql.Identifier:
    """The schema with temporary tables of this transaction with every pathway's rows as they were at the point.

    Memory holds some thousands of rows. Raises TOO_MANY_THEN as a Problem.
    """
    changed = sql.SQL(_CHANGED).format(
        known=sql.SQL(_AT_SOURCE if point.known_by is KnownBy.SOURCE else _RECORDED),
        at=sql.SQL("coalesce(%(known_at)s::timestamptz, 'infinity')"),
        day=sql.SQL("%(as_of)s::date"),
    )
    connection.execute(changed, {"as_of": point.as_of, "known_at": point.known_at})
    found = connection.execute("select count(*) from changed where began").fetchone()
    if found and found[0] > MOST_FOLDED:
        raise TOO_MANY_THEN.problem()
    for table in REPORTING.tables:
        connection.execute(
            sql.SQL(
                """
                create temporary table {then} (like reporting.{then}) on commit drop;
                insert into {then}
                select * from reporting.{then} where pathway_id not in (select pathway_id from changed)
                """
            ).format(then=sql.Identifier(table))
        )
    # A cursor of the server: nobody has all events in memory.
    with connection.cursor(name="reports_then") as cursor:
        cursor.itersize = _AT_ONCE
        cursor.execute(_EVENTS)
        _fill(connection, cursor, point)
    return sql.Identifier("pg_temp")


def _fill(connection: Database, found: Iterator[tuple[UUID, str]], point: Point) -> None:
    made: dict[str, list[Row]] = {table: [] for table in REPORTING.tables}
    for pathway_id, told in groupby(found, lambda row: row[0]):
        events = [schemas.parse(message.encode()) for _, message in told]
        for table, rows in REPORTING.fold(events_at(events, point)).items():
            made[table] += ({**row, "pathway_id": pathway_id} for row in rows)
            if len(made[table]) >= _AT_ONCE:
                _insert(connection, table, made[table])
                made[table] = []
    for table, rows in made.items():
        _insert(connection, table, rows)


def _insert(connection: Database, table: str, rows: Sequence[Row]) -> None:
    connection.execute(
        sql.SQL("insert into {0} select * from json_populate_recordset(null::{0}, %s)").format(
            sql.Identifier("pg_temp", table)
        ),
        [orjson.dumps(rows).decode()],
    )
