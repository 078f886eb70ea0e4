"""What a counsellor saw from a point of two clocks: the same rows, folded of the events of then."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import LiteralString
from uuid import UUID

import orjson
from plumbing import row_rights
from psycopg import sql

import schemas
from projections.counsellor.projection import COUNSELLOR
from projections.counsellor.queries import CaseloadFilter, Seen
from projections.counsellor.tables import Tables
from projections.points import Point
from projections.projection import Event, Row, Rows
from projections.schema import Database
from projections.then import events_at, status_at

# Who ever had to do with a pathway is told in its events, whatever the event calls it: here a
# few too many do no harm, because what holds then is asked of the rows.
_CANDIDATES: LiteralString = """
    select e.pathway_id, e.message::text
      from counsellor.pathway_event e
     where e.pathway_id in (
           select c.pathway_id
             from counsellor.caseload c
            where {visible}
              and (%(person_ref)s::uuid is null or person_ref = %(person_ref)s)
              and not exists (
                  select
                    from unnest(array[%(counsellor)s, %(unit)s, %(guided_by)s, %(organisation)s]::text[])
                      as told (value)
                   where value is not null
                     and not exists (
                         select
                           from counsellor.timeline t
                          where t.pathway_id = c.pathway_id
                            and jsonb_path_exists(t.details, '$.** ? (@ == $value)',
                                                  jsonb_build_object('value', value)))))
     order by e.pathway_id, e.version
"""

_AT_ONCE = 1_000


def counsellor_rows_at(events: Sequence[Event], point: Point) -> Rows:
    """The rows of one pathway, from its whole events, as they were at the point; none before it began."""
    at = events_at(events, point)
    if not at:
        return {table: [] for table in COUNSELLOR.tables}
    rows = COUNSELLOR.fold(at)
    status = status_at(events, at)
    caseload = [{**row, "status": status or row["status"]} for row in rows["caseload"]]
    return {**rows, "caseload": caseload}


def events_of(connection: Database, pathway_id: UUID) -> list[Event]:
    """Every event of a pathway that this read model has, in the order of their versions."""
    found = connection.execute(
        "select message::text from counsellor.pathway_event where pathway_id = %s order by version",
        [pathway_id],
    )
    return [schemas.parse(message.encode()) for (message,) in found]


def pathway_at(pathway_id: UUID, events: Sequence[Event], point: Point) -> Tables | None:
    """The tables of one pathway as they were at the point; None when there was nothing of it."""
    rows = counsellor_rows_at(events, point)
    return _tables([(pathway_id, rows)]) if rows["caseload"] else None


def caseload_at(connection: Database, chosen: CaseloadFilter, seen: Seen, point: Point) -> Tables:
    """The caseload as it was at the point, of all pathways that `chosen` may let through.

    They are those that the caller may see today: rights are not of then.
    """
    query = sql.SQL(_CANDIDATES).format(visible=sql.SQL(row_rights.VISIBLE))
    names = ("person_ref", "counsellor", "unit", "guided_by", "organisation")
    values = {**seen, **{name: getattr(chosen, name) for name in names}}
    # A cursor of the server: memory holds the pathways at hand, and the rows that come of them.
    with connection.cursor(name="caseload_then") as cursor:
        cursor.itersize = _AT_ONCE
        cursor.execute(query, values)
        return _tables(_folded(cursor, point), only="caseload")


def _folded(found: Iterator[tuple[UUID, str]], point: Point) -> Iterator[tuple[UUID, Rows]]:
    for pathway_id, told in groupby(found, lambda row: row[0]):
        events = [schemas.parse(message.encode()) for _, message in told]
        yield pathway_id, counsellor_rows_at(events, point)


def _tables(
    pathways: Iterator[tuple[UUID, Rows]] | Sequence[tuple[UUID, Rows]], only: str = ""
) -> Tables:
    made: dict[str, list[Row]] = {table: [] for table in COUNSELLOR.tables}
    for pathway_id, rows in pathways:
        for table in (only,) if only else COUNSELLOR.tables:
            made[table] += ({**row, "pathway_id": pathway_id} for row in rows[table])
    told: Mapping[str, str] = {table: orjson.dumps(rows).decode() for table, rows in made.items()}
    return Tables(told)
