"""Where a fact is in one read model: applied when, or what it waits for."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from plumbing.running import Process
from psycopg import sql
from psycopg.rows import dict_row

from projections.parking import Reason, parked
from projections.readers import reader
from projections.schema import Database

KEPT_FOR = timedelta(days=90)
"""For how long it is kept when which offsets were applied."""


class Step(StrEnum):
    """How far a fact has come in a read model."""

    APPLIED = "APPLIED"
    PARKED = "PARKED"
    """Its pathway waits from it or from an earlier fact on."""
    UNREAD = "UNREAD"
    """Its place on the topic was not read yet."""
    UNSEEN = "UNSEEN"
    """Its place was read, and it was not there: the topic lacks it, or holds it elsewhere."""
    ANOTHER = "ANOTHER"
    """The read model has another fact as this version of the pathway."""
    UNKNOWN = "UNKNOWN"
    """It is not applied; whether it was read cannot be told without its place."""
    NOT_MADE = "NOT_MADE"
    """The read model has no tables yet, or those of another release."""


@dataclass(frozen=True)
class Place:
    """Where the fact's event stands on the topic: its partition, and the offset where it is known.

    `position` is the fact's place in the log, by which it is known what was read where no offset is.
    """

    partition: int
    offset: int | None = None
    position: int | None = None


@dataclass(frozen=True)
class Told:
    """Of which fact it is asked; its id, where that is known."""

    pathway_id: UUID
    version: int
    fact_id: UUID | None = None
    place: Place | None = None


@dataclass(frozen=True)
class Waiting:
    """Why and since when (UTC) a pathway waits, and from which version on."""

    reason: Reason
    since: datetime
    from_version: int


@dataclass(frozen=True)
class Whereabouts:
    """How far a fact is in a read model.

    `applied_at` (UTC) is None while it is not applied, and where that was not noted or was too long
    ago. `behind` are the places on the topic that are read before and with it, marks of transactions
    included. `reader` is how it is with who reads the topic, while it has to be read yet.
    """

    read_model: str
    step: Step
    applied_at: datetime | None = None
    waiting: Waiting | None = None
    behind: int | None = None
    reader: Process | None = None


def asked(fact: str, at: str | None) -> Told:
    """PATHWAY:VERSION as a question, with PARTITION:OFFSET where it stands. Raises ValueError."""
    if not re.fullmatch("[0-9a-fA-F-]{36}:[1-9][0-9]{0,8}", fact):
        raise ValueError(f"{fact} is no PATHWAY:VERSION")
    if at is not None and not re.fullmatch("[0-9]{1,4}:[0-9]{1,18}", at):
        raise ValueError(f"{at} is no PARTITION:OFFSET")
    pathway_id, _, version = fact.partition(":")
    place = Place(*map(int, at.split(":"))) if at else None
    return Told(UUID(pathway_id), int(version), place=place)


def whereabouts(connection: Database, projection: str, told: Told) -> Whereabouts:
    """How far the fact is in this read model, at the moment that `connection` sees."""
    found = _found(connection, projection, told)
    if found is None:
        return Whereabouts(projection, Step.NOT_MADE)
    if found["event_id"] is not None:
        if told.fact_id not in (None, found["event_id"]):
            return Whereabouts(projection, Step.ANOTHER)
        applied_at: datetime | None = found["caught_up"] or found["applied"]
        return Whereabouts(projection, Step.APPLIED, applied_at=applied_at)
    waits = parked(connection, projection, told.pathway_id)
    if waits and told.version >= (waits[0].from_version or 0):
        waiting = Waiting(waits[0].reason, waits[0].since, waits[0].from_version or 0)
        return Whereabouts(projection, Step.PARKED, waiting=waiting)
    there = _not_there(projection, told.place, found["next_offset"], found["newest_position"])
    waits_for_reader = there.step in (Step.UNREAD, Step.UNKNOWN)
    return replace(there, reader=reader(connection, projection)) if waits_for_reader else there


def _found(connection: Database, projection: str, told: Told) -> dict[str, Any] | None:
    schema = sql.Identifier(projection)
    table = sql.SQL("{}.applied_range").format(schema).as_string(connection)
    there = connection.execute("select to_regclass(%s) is not null", [table]).fetchone()
    if not there or not there[0]:
        return None
    place = told.place
    with connection.cursor(row_factory=dict_row) as rows:
        return rows.execute(
            sql.SQL(
                """
                select e.event_id, p.next_offset, p.newest_position, c.applied_at as caught_up,
                       r.applied_at as applied
                  from (select 1) as one
                  left join {0}.pathway_event as e
                    on e.pathway_id = %(pathway_id)s and e.version = %(version)s
                  left join {0}.partition_progress as p on p.partition = %(partition)s
                  left join lateral (
                    select applied_at from {0}.caught_up
                     where pathway_id = %(pathway_id)s and first_version <= %(version)s
                       and next_version > %(version)s
                     order by applied_at desc limit 1) as c on true
                  left join lateral (
                    select first_offset, applied_at from {0}.applied_range
                     where partition = %(partition)s and next_offset > %(offset)s
                     order by next_offset limit 1) as r on r.first_offset <= %(offset)s
                """
            ).format(schema),
            {
                "pathway_id": told.pathway_id,
                "version": told.version,
                "partition": place.partition if place else None,
                "offset": place.offset if place else None,
            },
        ).fetchone()


def _not_there(
    projection: str, place: Place | None, next_offset: object, newest_position: object
) -> Whereabouts:
    reads = next_offset if isinstance(next_offset, int) else 0
    newest = newest_position if isinstance(newest_position, int) else 0
    if place is not None and place.offset is not None:
        if reads > place.offset:
            return Whereabouts(projection, Step.UNSEEN)
        return Whereabouts(projection, Step.UNREAD, behind=place.offset - reads + 1)
    if place is not None and place.position is not None:
        # Each partition is written in the log's order.
        step = Step.UNREAD if newest < place.position else Step.UNSEEN
        return Whereabouts(projection, step)
    return Whereabouts(projection, Step.UNKNOWN)


def forget_old(connection: Database, now: datetime) -> None:
    """Forget when what is long applied was, in the schema that `connection` looks in; `now` is UTC."""
    connection.execute("delete from applied_range where applied_at < %s", [now - KEPT_FOR])
