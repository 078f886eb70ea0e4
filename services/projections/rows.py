"""Writes pathways' events and the rows that follow from them, set by set."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson
from psycopg import sql

import schemas
from projections.projection import Event, Projection, Record, Row, Rows
from projections.schema import Database


@dataclass(frozen=True)
class Known:
    """What the tables have of one pathway: the ids of its events and their messages, by version."""

    event_ids: tuple[UUID, ...] = ()
    messages: tuple[str, ...] = ()

    def events(self) -> list[Event]:
        """The events as the contract reads them now."""
        return [schemas.parse(message.encode()) for message in self.messages]


@dataclass(frozen=True)
class New:
    """An event and the record that it came in, whose bytes are kept: they may say more than we read."""

    event: Event
    record: Record


@dataclass(frozen=True)
class Change:
    """New events of one pathway, in the order of their versions, after what was known."""

    pathway_id: UUID
    known: Sequence[Event]
    new: Sequence[New]


def known(connection: Database, pathways: Sequence[UUID]) -> dict[UUID, Known]:
    """What is known of each of `pathways`; those of which nothing is are left out."""
    found = connection.execute(
        """
        select pathway_id,
               array_agg(event_id order by version),
               array_agg(message::text order by version)
          from pathway_event
         where pathway_id = any(%s)
         group by pathway_id
        """,
        [list(pathways)],
    )
    return {row[0]: Known(tuple(row[1]), tuple(row[2])) for row in found}


def write(connection: Database, projection: Projection, changes: Sequence[Change]) -> None:
    """Keep the new events and put each pathway's rows in the place of its old ones.

    Raises whatever the fold raises, before anything is written, and psycopg's errors.
    """
    made = {table: list[Row]() for table in projection.tables}
    for change in changes:
        for table, rows in _folded(projection, change).items():
            made[table].extend({**row, "pathway_id": change.pathway_id} for row in rows)
    pathways = [change.pathway_id for change in changes]
    _insert(connection, "pathway_event", (kept(new) for change in changes for new in change.new))
    _advance(connection, changes)
    for table, rows in made.items():
        _delete(connection, table, pathways)
        _insert(connection, table, rows)


def forget(connection: Database, projection: Projection, pathway_id: UUID) -> None:
    """Remove everything that is known of one pathway, so that it can be read anew."""
    for table in (*projection.tables, "pathway_event", "pathway_progress"):
        _delete(connection, table, [pathway_id])


def of_pathway(
    connection: Database, projection: Projection, pathway_id: UUID
) -> dict[str, list[Row]]:
    """A pathway's rows as they stand, in each of the projection's tables, to compare with others."""
    return {
        table: [
            row[0]
            for row in connection.execute(
                sql.SQL(
                    "select to_jsonb(t) from {} t where pathway_id = %s order by to_jsonb(t)::text"
                ).format(sql.Identifier(table)),
                [pathway_id],
            )
        ]
        for table in projection.tables
    }


def _folded(projection: Projection, change: Change) -> Rows:
    return projection.fold([*change.known, *(new.event for new in change.new)])


def kept(new: New) -> Row:
    """The row of `pathway_event` for a new event."""
    event = new.event
    return {
        "pathway_id": event.subject,
        "version": event.streamversion,
        "event_id": event.id,
        "position": int(event.globalposition),
        "occurred_on": event.occurredon,
        "recorded_at": event.time,
        "type": event.type,
        "message": orjson.Fragment(new.record.value or b""),
    }


def _advance(connection: Database, changes: Sequence[Change]) -> None:
    connection.execute(
        """
        insert into pathway_progress (pathway_id, version, event_id)
        select * from unnest(%(pathways)s::uuid[], %(versions)s::int[], %(events)s::uuid[])
            on conflict (pathway_id) do update
           set version = excluded.version, event_id = excluded.event_id
        """,
        {
            "pathways": [change.pathway_id for change in changes],
            "versions": [change.new[-1].event.streamversion for change in changes],
            "events": [change.new[-1].event.id for change in changes],
        },
    )


def _insert(connection: Database, table: str, rows: Iterable[Row]) -> None:
    # One statement for all rows; PostgreSQL gives each value the type of its column.
    connection.execute(
        sql.SQL("insert into {0} select * from json_populate_recordset(null::{0}, %s)").format(
            sql.Identifier(table)
        ),
        [orjson.dumps(list(rows)).decode()],
    )


def _delete(connection: Database, table: str, pathways: Sequence[UUID]) -> None:
    connection.execute(
        sql.SQL("delete from {} where pathway_id = any(%s)").format(sql.Identifier(table)),
        [list(pathways)],
    )
