"""Pathways that wait: where each one stopped and why. A pointer into the topic, never a message."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from psycopg.rows import class_row

from projections.schema import Database

LONGEST_PAUSE = timedelta(minutes=10)
"""Between two tries of a GAP by itself."""


class Reason(StrEnum):
    """Why a pathway waits."""

    BROKEN = "BROKEN"
    """A message does not fit its schema, or is not of the pathway that its key names."""
    FAILED = "FAILED"
    """Its rows could not be made, or not be written."""
    GAP = "GAP"
    """An event before it was never seen."""
    FORK = "FORK"
    """Another event came at a version that is taken: two histories of one pathway. An alarm."""


@dataclass(frozen=True)
class NewParking:
    """A pathway that waits from `from_version` on, because of the record at this place of the topic.

    Without `pathway_id` the record's key named none: nothing waits, and `from_version` means nothing.
    """

    pathway_id: UUID | None
    from_version: int
    partition: int
    offset: int
    reason: Reason
    error: str


@dataclass(frozen=True)
class Parked:
    """A waiting pathway as the list tells it; moments are UTC.

    `tried` is how often a GAP was read again by itself. Who gave it up, why and when, where somebody did:
    it waits for nobody then, and its rows stand still all the same.
    """

    projection: str
    pathway_id: UUID | None
    from_version: int | None
    partition: int
    offset: int
    reason: Reason
    error: str
    since: datetime
    tried: int = 0
    next_try: datetime | None = None
    given_up_by: str | None = None
    given_up_at: datetime | None = None
    given_up_because: str | None = None


def park(
    connection: Database, projection: str, parkings: Iterable[NewParking], at: datetime
) -> None:
    """Let pathways wait, in the transaction of the rows they wait with; one that waits stays as it was."""
    for new in parkings:
        connection.execute(
            """
            insert into parked
                (projection, pathway_id, from_version, partition, "offset", reason, error, since)
            values
                (%(projection)s, %(pathway_id)s, %(from_version)s, %(partition)s, %(offset)s,
                 %(reason)s, %(error)s, %(since)s)
            on conflict do nothing
            """,
            {
                "projection": projection,
                "pathway_id": new.pathway_id,
                "from_version": new.from_version if new.pathway_id else None,
                "partition": new.partition,
                "offset": new.offset,
                "reason": new.reason,
                "error": new.error[:2000],
                "since": at,
            },
        )


def unpark(connection: Database, projection: str, pathway_id: UUID) -> None:
    """Let a pathway go on, in the transaction that brings its rows up to date."""
    connection.execute(
        "delete from parked where projection = %s and pathway_id = %s", [projection, pathway_id]
    )


@dataclass(frozen=True)
class GiveUp:
    """That a pathway is left as it is: why, by whom, and when (UTC)."""

    reason: str
    by: str
    at: datetime


def give_up(connection: Database, projection: str, pathway_id: UUID, decision: GiveUp) -> bool:
    """Leave a parked pathway as it is, until somebody retries it; False when it does not wait."""
    done = connection.execute(
        """
        insert into projections.parked_decision
            (projection, pathway_id, from_version, parked_for, reason, decided_by, decided_at)
        select projection, pathway_id, from_version, reason, %(reason)s, %(by)s, %(at)s
          from projections.parked
         where projection = %(projection)s and pathway_id = %(pathway_id)s
            on conflict (projection, pathway_id) do update
           set from_version = excluded.from_version, parked_for = excluded.parked_for,
               reason = excluded.reason, decided_by = excluded.decided_by,
               decided_at = excluded.decided_at
        """,
        {"projection": projection, "pathway_id": pathway_id, **asdict(decision)},
    )
    return done.rowcount > 0


def forget_decision(connection: Database, projection: str, pathway_id: UUID) -> None:
    """Of a pathway that goes on: nobody gave it up any more."""
    connection.execute(
        "delete from projections.parked_decision where projection = %s and pathway_id = %s",
        [projection, pathway_id],
    )


def take_due_gap(connection: Database, projection: str, now: datetime) -> UUID | None:
    """A pathway whose GAP is to be read again by itself at `now` (UTC), and nobody else's for a while.

    Each is taken after a pause twice as long as the one before, from a second to LONGEST_PAUSE.
    """
    found = connection.execute(
        """
        update projections.parked as p
           set tried = p.tried + 1,
               next_try = %(now)s + least(power(2, least(p.tried, 30)) * interval '1 second', %(most)s)
         where p.projection = %(projection)s and p.pathway_id = (
            select w.pathway_id from projections.parked as w
             where w.projection = %(projection)s and w.reason = 'GAP' and w.pathway_id is not null
               and coalesce(w.next_try, %(now)s) <= %(now)s
               and not exists (
                select from projections.parked_decision as d
                 where d.projection = w.projection and d.pathway_id = w.pathway_id
                   and d.from_version = w.from_version and d.parked_for = w.reason)
             order by w.next_try nulls first limit 1 for update skip locked)
        returning p.pathway_id
        """,
        {"projection": projection, "now": now, "most": LONGEST_PAUSE},
    ).fetchone()
    return found[0] if found else None


def keep_pause(connection: Database, waited: Parked) -> None:
    """Of a pathway that was parked again at the same place: how often it was tried, and when next."""
    connection.execute(
        """
        update parked set tried = %(tried)s, next_try = %(next_try)s
         where projection = %(projection)s and pathway_id = %(pathway_id)s
           and from_version = %(from_version)s and reason = %(reason)s
        """,
        asdict(waited),
    )


def forget_record(connection: Database, projection: str, partition: int, offset: int) -> bool:
    """Take a record without a pathway off the live list; False when it is not there."""
    done = connection.execute(
        """
        delete from projections.parked
         where projection = %s and pathway_id is null and partition = %s and "offset" = %s
        """,
        [projection, partition, offset],
    )
    return done.rowcount > 0


def waiting_among(
    connection: Database, projection: str, pathways: Sequence[UUID]
) -> frozenset[UUID]:
    """Those of `pathways` that wait."""
    found = connection.execute(
        "select pathway_id from parked where projection = %s and pathway_id = any(%s)",
        [projection, list(pathways)],
    )
    return frozenset(row[0] for row in found)


def parked(
    connection: Database, projection: str | None = None, pathway_id: UUID | None = None
) -> list[Parked]:
    """The live list, oldest first and what was given up last: of one projection and pathway, or of all."""
    with connection.cursor(row_factory=class_row(Parked)) as rows:
        return rows.execute(
            """
            select p.projection, p.pathway_id, p.from_version, p.partition, p."offset", p.reason,
                   p.error, p.since, p.tried, p.next_try, d.decided_by as given_up_by,
                   d.decided_at as given_up_at, d.reason as given_up_because
              from projections.parked as p
              left join projections.parked_decision as d
                on d.projection = p.projection and d.pathway_id = p.pathway_id
               and d.from_version = p.from_version and d.parked_for = p.reason
             where (%(projection)s::text is null or p.projection = %(projection)s)
               and (%(pathway_id)s::uuid is null or p.pathway_id = %(pathway_id)s)
             order by d.decided_at nulls first, p.since, p.partition, p."offset"
            """,
            {"projection": projection, "pathway_id": pathway_id},
        ).fetchall()
