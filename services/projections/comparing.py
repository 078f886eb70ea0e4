"""A few pathways of a read model, as of one moment, against a fresh fold of what the topic told of them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

import orjson
from psycopg import sql

import schemas
from projections.parking import waiting_among
from projections.projection import Event, Projection, Row
from projections.proof import Told
from projections.schema import Database

_EVENTS: LiteralString = """
    select pathway_id, version, event_id, position, occurred_on, recorded_at, type, message::text
      from pathway_event where pathway_id = any(%s) order by pathway_id, version
"""
_PROGRESS: LiteralString = """
    select pathway_id, version, event_id from pathway_progress where pathway_id = any(%s)
"""
_DIFFERENT: LiteralString = """
    with live as (
        select pathway_id, to_jsonb(t) as row from {table} t where pathway_id = any(%(pathways)s)
    ),
    fold as (
        select pathway_id, to_jsonb(t) as row from json_populate_recordset(null::{table}, %(rows)s) t
    )
    select pathway_id, true, row from (select * from live except all select * from fold) as only_live
     union all
    select pathway_id, false, row from (select * from fold except all select * from live) as only_fold
"""


@dataclass
class Live:
    """What a read model has of a pathway: its events, its newest version, and whether it waits."""

    events: list[tuple[Any, ...]] = field(default_factory=list[tuple[Any, ...]])
    progress: tuple[int, UUID] | None = None
    waits: bool = False

    @property
    def version(self) -> int:
        """The newest version."""
        return self.progress[0] if self.progress else 0

    def told(self, upto: int) -> Told:
        """What its first events tell together, as the topic would have told it."""
        told = Told()
        for event in self.events[:upto]:
            told = told.after(event[7].encode())
        return told


def live(
    connection: Database, projection: Projection, pathways: Collection[UUID]
) -> dict[UUID, Live]:
    """What the read model that `connection` looks in has of these pathways, of each."""
    waiting = waiting_among(connection, projection.name, list(pathways))
    found = {pathway_id: Live(waits=pathway_id in waiting) for pathway_id in pathways}
    for row in connection.execute(_EVENTS, [list(pathways)], prepare=True):
        found[row[0]].events.append(row)
    for pathway_id, version, event_id in connection.execute(
        _PROGRESS, [list(pathways)], prepare=True
    ):
        found[pathway_id].progress = (version, event_id)
    return found


def differences(
    connection: Database, projection: Projection, pathways: Mapping[UUID, Live]
) -> dict[UUID, list[str]]:
    """What differs between these pathways' rows and a fresh fold of their events, by pathway."""
    found: dict[UUID, list[str]] = defaultdict(list)
    made: dict[str, list[Row]] = {table: [] for table in projection.tables}
    whole: list[UUID] = []
    for pathway_id, one in pathways.items():
        try:
            events = [schemas.parse(row[7].encode()) for row in one.events]
            rows = projection.fold(events)
        except Exception as failed:
            # What parks a pathway for the consumer: whatever a fold may raise.
            found[pathway_id].append(f"cannot be folded ({type(failed).__name__})")
            continue
        found[pathway_id] += _beside(one, events)
        for table, of_table in rows.items():
            made[table].extend({**row, "pathway_id": pathway_id} for row in of_table)
        whole.append(pathway_id)
    for table in projection.tables:
        for pathway_id, what in _rows_apart(connection, table, whole, made[table]).items():
            found[pathway_id].append(f"{table}: {what}")
    return {pathway_id: what for pathway_id, what in found.items() if what}


def strangers(connection: Database, projection: Projection) -> list[tuple[str, UUID]]:
    """Rows of pathways that the read model does not know: the table and the pathway, some of them."""
    return [
        (table, row[0])
        for table in (*projection.tables, "pathway_event")
        for row in connection.execute(
            sql.SQL(
                "select distinct pathway_id from {} as t where not exists (select from"
                " pathway_progress as p where p.pathway_id = t.pathway_id) limit 100"
            ).format(sql.Identifier(table))
        )
    ]


def _beside(one: Live, events: Sequence[Event]) -> list[str]:
    """What differs in what stands beside the rows: columns of the events, and how far they are."""
    found: list[str] = []
    for place, (row, event) in enumerate(zip(one.events, events, strict=True), start=1):
        columns: tuple[UUID, int, UUID, int, Any, datetime, str] = row[:7]
        _, version, *rest = columns
        told = [event.id, int(event.globalposition), event.occurredon, event.time, event.type]
        if version != place or version != event.streamversion or rest != told:
            found.append(
                f"pathway_event: version {version} has columns that its message does not say"
            )
    if events and one.progress != (events[-1].streamversion, events[-1].id):
        found.append("pathway_progress: is not that of the newest event")
    return found


def _rows_apart(
    connection: Database, table: str, pathways: Sequence[UUID], made: Sequence[Row]
) -> dict[UUID, str]:
    query = sql.SQL(_DIFFERENT).format(table=sql.Identifier(table))
    values = {"pathways": list(pathways), "rows": orjson.dumps(made).decode()}
    sides: dict[UUID, tuple[list[Row], list[Row]]] = defaultdict(lambda: ([], []))
    for pathway_id, is_live, row in connection.execute(query, values):
        sides[pathway_id][0 if is_live else 1].append(row)
    return {pathway_id: _told(*both) for pathway_id, both in sides.items()}


def _told(live_rows: Sequence[Row], fold_rows: Sequence[Row]) -> str:
    if len(live_rows) == len(fold_rows) == 1:
        (one,), (other,) = live_rows, fold_rows
        columns = ", ".join(sorted(name for name in one if one[name] != other[name]))
        return f"{columns} not as a fresh fold has it"
    return f"{len(live_rows)} rows that a fresh fold does not have, and {len(fold_rows)} of its are missing"
