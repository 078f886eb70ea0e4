"""What people ask of parked pathways: written down by the pages, done by the read model's consumer."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from projections.healing import Retried, RowChange
from projections.schema import Database

SHOWN_FOR = timedelta(minutes=10)
"""For how long the rows of a preview are kept."""


class Asked(StrEnum):
    """What can be asked of a parked pathway."""

    PREVIEW = "PREVIEW"
    """Which rows a retry would change."""
    RETRY = "RETRY"
    GIVE_UP = "GIVE_UP"


class Outcome(StrEnum):
    """What came of it."""

    APPLIED = "APPLIED"
    """What waited is applied, or would be."""
    WAITS_ON = "WAITS_ON"
    """It still cannot be applied, or could not."""
    GIVEN_UP = "GIVEN_UP"
    NOT_PARKED = "NOT_PARKED"


@dataclass(frozen=True)
class New:
    """A request of somebody about a pathway in a read model; `reason` is that of giving up. `at` is UTC."""

    projection: str
    pathway_id: UUID
    asked: Asked
    reason: str | None
    by: str
    organisation: str
    at: datetime


@dataclass(frozen=True)
class Request:
    """A request and what came of it. `row_counts`: by table, how many rows come and how many go."""

    request_id: UUID
    projection: str
    pathway_id: UUID
    asked: Asked
    reason: str | None
    asked_by: str
    asked_at: datetime
    done_at: datetime | None
    outcome: Outcome | None
    detail: str | None
    events: int | None
    row_counts: Mapping[str, Mapping[str, int]] | None


_COLUMNS = """
    request_id, projection, pathway_id, asked, reason, asked_by, asked_at, done_at, outcome, detail,
    events, row_counts
"""


def ask(connection: Database, request_id: UUID, new: New) -> UUID:
    """Write a request down; the id of the one that waits, where the same was asked before."""
    values = {
        "request_id": request_id,
        "projection": new.projection,
        "pathway_id": new.pathway_id,
        "asked": new.asked,
        "reason": new.reason,
        "by": new.by,
        "organisation": new.organisation,
        "at": new.at,
    }
    connection.execute(
        """
        insert into projections.parked_request
            (request_id, projection, pathway_id, asked, reason, asked_by, organisation, asked_at)
        values (%(request_id)s, %(projection)s, %(pathway_id)s, %(asked)s, %(reason)s, %(by)s,
                %(organisation)s, %(at)s)
            on conflict (projection, pathway_id, asked) where done_at is null do nothing
        """,
        values,
    )
    found = connection.execute(
        """
        select request_id from projections.parked_request
         where projection = %(projection)s and pathway_id = %(pathway_id)s and asked = %(asked)s
         order by done_at nulls first, asked_at desc limit 1
        """,
        values,
    ).fetchone()
    return found[0] if found else request_id


def of_pathway(
    connection: Database, projection: str, pathway_id: UUID, limit: int = 10
) -> list[Request]:
    """What was asked of this pathway, the newest first."""
    with connection.cursor(row_factory=class_row(Request)) as rows:
        return rows.execute(
            f"""
            select {_COLUMNS} from projections.parked_request
             where projection = %s and pathway_id = %s order by asked_at desc limit %s
            """,
            [projection, pathway_id, limit],
        ).fetchall()


def waiting(connection: Database, projection: str) -> Request | None:
    """The request that has waited longest, held until the transaction ends; others pass it over."""
    with connection.cursor(row_factory=class_row(Request)) as rows:
        return rows.execute(
            f"""
            select {_COLUMNS} from projections.parked_request
             where projection = %s and done_at is null
             order by asked_at limit 1 for update skip locked
            """,
            [projection],
        ).fetchone()


@dataclass(frozen=True)
class Done:
    """What came of a request; `retried` where a pathway was read again, and `at` (UTC)."""

    outcome: Outcome
    at: datetime
    retried: Retried | None = None

    @property
    def detail(self) -> str | None:
        """Why the pathway waits on: kind and place, and nothing that an event holds."""
        still = self.retried.still if self.retried else None
        return f"{still.reason} from version {still.from_version}: {still.error}" if still else None

    @property
    def row_counts(self) -> dict[str, dict[str, int]] | None:
        """By table, how many rows come and how many go."""
        if self.retried is None:
            return None
        counted = Counter(
            (change.table, "go" if change.after is None else "come")
            for change in self.retried.changes
        )
        tables = dict.fromkeys(table for table, _ in counted)
        return {table: {way: counted[table, way] for way in ("come", "go")} for table in tables}


def note(connection: Database, request: Request, done: Done) -> None:
    """Write down what came of a request; of a preview its rows too, and no older ones."""
    connection.execute(
        """
        update projections.parked_request
           set done_at = %s, outcome = %s, detail = %s, events = %s, row_counts = %s
         where request_id = %s
        """,
        [
            done.at,
            done.outcome,
            done.detail,
            done.retried.applied if done.retried else None,
            Jsonb(done.row_counts) if done.row_counts is not None else None,
            request.request_id,
        ],
    )
    forget_previews(connection, done.at)
    if request.asked == Asked.PREVIEW and done.retried is not None:
        connection.execute(
            "insert into projections.parked_preview (request_id, changes, made_at) values (%s, %s, %s)",
            [request.request_id, Jsonb(_told(done.retried.changes)), done.at],
        )


def forget_previews(connection: Database, now: datetime) -> None:
    """Delete the rows of previews that were kept long enough; `now` is UTC."""
    connection.execute(
        "delete from projections.parked_preview where made_at < %s", [now - SHOWN_FOR]
    )


def preview(
    connection: Database, projection: str, pathway_id: UUID, now: datetime
) -> list[dict[str, Any]] | None:
    """The rows of the newest preview of this pathway, each a table with `before` or `after`."""
    found = connection.execute(
        """
        select p.changes
          from projections.parked_preview as p join projections.parked_request as r using (request_id)
         where r.projection = %s and r.pathway_id = %s and p.made_at >= %s
         order by p.made_at desc limit 1
        """,
        [projection, pathway_id, now - SHOWN_FOR],
    ).fetchone()
    return found[0] if found else None


def _told(changes: Sequence[RowChange]) -> list[dict[str, object]]:
    return [
        {"table": change.table, "before": change.before, "after": change.after}
        for change in changes
    ]
