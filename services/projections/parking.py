"""Pathways that wait: where each one stopped and why. A pointer into the topic, never a message."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from psycopg.rows import class_row

from projections.schema import Database


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
    """A waiting pathway as the list tells it; `since` is UTC."""

    projection: str
    pathway_id: UUID | None
    from_version: int | None
    partition: int
    offset: int
    reason: Reason
    error: str
    since: datetime


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
    """The live list, oldest first: of one projection and pathway, or of all."""
    with connection.cursor(row_factory=class_row(Parked)) as rows:
        return rows.execute(
            """
            select projection, pathway_id, from_version, partition, "offset", reason, error, since
              from projections.parked
             where (%(projection)s::text is null or projection = %(projection)s)
               and (%(pathway_id)s::uuid is null or pathway_id = %(pathway_id)s)
             order by since, partition, "offset"
            """,
            {"projection": projection, "pathway_id": pathway_id},
        ).fetchall()
