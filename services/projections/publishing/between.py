"""Which pathways stand otherwise in the reports' rows than when a figure was published, and by which facts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import LiteralString
from uuid import UUID

import orjson
from psycopg import sql

import schemas
from projections.points import KnownBy, Point
from projections.projection import Event
from projections.publishing.figures import Document
from projections.reporting.projection import REPORTING
from projections.reporting.then import MOST_FOLDED
from projections.schema import Database
from projections.then import events_at
from projections.topic import partition_of

_AT_ONCE = 2_000
_RECORDED: LiteralString = "recorded_at"
_AT_SOURCE: LiteralString = "coalesce((message ->> 'sourcetime')::timestamptz, recorded_at)"

# Known afterwards; or perhaps known before and read from the topic afterwards, which its place tells.
_COME_SINCE: LiteralString = """
    select pathway_id, version, position, {known} > %(known_at)s as afterwards
      from reporting.pathway_event
     where {known} > %(known_at)s or position > %(least)s
     order by pathway_id, version
"""
_EVENTS: LiteralString = """
    select pathway_id, version, message::text
      from reporting.pathway_event
     where pathway_id = any(%s)
     order by pathway_id, version
"""


@dataclass(frozen=True)
class Since:
    """A fact that came since a figure was published; `late` was recorded before, and read after."""

    pathway_id: UUID
    version: int
    event: str
    recorded_at: datetime
    late: bool


@dataclass(frozen=True)
class Between:
    """The facts that came since, of the pathways whose rows they changed. `whole`: none was passed over."""

    facts: Sequence[Since]
    whole: bool

    @property
    def pathways(self) -> list[UUID]:
        """Whose rows stand otherwise."""
        return list(dict.fromkeys(one.pathway_id for one in self.facts))

    @property
    def late(self) -> int:
        """How many facts were recorded before the figure was published, and not in the rows yet."""
        return sum(one.late for one in self.facts)


def between(connection: Database, document: Document, now: datetime) -> Between:
    """What came since the figure was published; at most MOST_FOLDED pathways are compared."""
    since = _come_since(connection, document)
    compared = list(since)[:MOST_FOLDED]
    then = Point(document.as_of, document.known_at, document.known_by)
    found: list[Since] = []
    for first in range(0, len(compared), _AT_ONCE):
        some = compared[first : first + _AT_ONCE]
        for pathway_id, events in _events(connection, some):
            came = since[pathway_id]
            before = [event for version, event in events if version not in came]
            every = [event for _, event in events]
            if _rows(before, then) != _rows(every, Point(document.as_of, now)):
                found += (
                    _fact(pathway_id, version, event, late=came[version])
                    for version, event in events
                    if version in came
                )
    return Between(found, whole=len(compared) == len(since))


def _come_since(connection: Database, document: Document) -> dict[UUID, dict[int, bool]]:
    """By pathway, the versions that came since, and whether each was late."""
    places = {one.partition: one.newest_position or 0 for one in document.log.partitions}
    query = sql.SQL(_COME_SINCE).format(
        known=sql.SQL(_AT_SOURCE if document.known_by is KnownBy.SOURCE else _RECORDED)
    )
    values = {"known_at": document.known_at, "least": min(places.values(), default=0)}
    found: dict[UUID, dict[int, bool]] = {}
    for pathway_id, version, position, afterwards in connection.execute(query, values):
        read = places.get(partition_of(pathway_id, len(places)), 0) if places else 0
        if afterwards or position > read:
            found.setdefault(pathway_id, {})[version] = not afterwards
    return found


def _events(
    connection: Database, pathways: Sequence[UUID]
) -> Iterator[tuple[UUID, list[tuple[int, Event]]]]:
    found = connection.execute(_EVENTS, [list(pathways)])
    for pathway_id, told in groupby(found, lambda row: row[0]):
        yield (
            pathway_id,
            [(version, event) for _, version, text in told if (event := _parsed(text))],
        )


def _parsed(text: str) -> Event:
    return schemas.parse(text.encode())


def _rows(events: Sequence[Event], point: Point) -> bytes:
    rows: Mapping[str, object] = REPORTING.fold(events_at(events, point)) if events else {}
    told = {table: list_ for table, list_ in rows.items() if list_}
    return orjson.dumps(told, option=orjson.OPT_SORT_KEYS, default=str)


def _fact(pathway_id: UUID, version: int, event: Event, *, late: bool) -> Since:
    return Since(pathway_id, version, event.type, event.time, late)
