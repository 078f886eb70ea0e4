"""Where published figures are kept: put in once, read and searched, never changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from psycopg.rows import class_row
from pydantic import BaseModel, ConfigDict, Field

from projections.pages import Page, cursor_after, values_of
from projections.publishing.figures import Document, Published, digest_of
from projections.schema import Database

ORDER = "published"


class Listed(BaseModel):
    """A published figure in a list."""

    model_config = ConfigDict(frozen=True, from_attributes=True)
    id: UUID
    report: str
    question: str
    published_at: datetime
    published_by: str
    organisation: str
    digest: Annotated[str, Field(description="SHA-256, in hex")]


Wrong = Literal["DIGEST", "UNREADABLE", "COLUMNS"]


@dataclass(frozen=True)
class Verified:
    """What became of looking whether one figure is as it was published; None: it is."""

    id: UUID
    wrong: Wrong | None


def put(connection: Database, told: Document) -> Published:
    """Keep it, in `connection`'s transaction."""
    published = Published.of(told)
    connection.execute(
        """
        insert into projections.published (
               id, document, digest, report, question, published_by, organisation, published_at)
        values (%(id)s, %(document)s, decode(%(digest)s, 'hex'), %(report)s, %(question)s,
               %(published_by)s, %(organisation)s, %(published_at)s)
        """,
        {
            **told.model_dump(
                include={
                    *("id", "report", "question", "published_by", "organisation", "published_at")
                }
            ),
            "document": told.canonical(),
            "digest": published.digest,
        },
    )
    return published


def document(connection: Database, published_id: UUID) -> str | None:
    """The canonical JSON of the figure of this id, as it was kept; None where there is none."""
    found = connection.execute(
        "select document from projections.published where id = %s", [published_id]
    ).fetchone()
    return found[0] if found else None


def get(connection: Database, published_id: UUID) -> Published | None:
    """The figure of this id, its digest as it was kept; None where there is none."""
    found = connection.execute(
        "select document, encode(digest, 'hex') from projections.published where id = %s",
        [published_id],
    ).fetchone()
    if found is None:
        return None
    told = Document.model_validate_json(found[0])
    return Published(**told.model_dump(), digest=found[1], address=f"/published/{told.id}")


def search(
    connection: Database,
    text: str | None,
    *,
    hidden: frozenset[str] = frozenset(),
    limit: int = 50,
    cursor: str | None = None,
) -> Page[Listed]:
    """The newest first: those whose question, report, publisher or digest holds `text`.

    Of the reports `hidden` none. Raises CursorUnreadable.
    """
    at, last = values_of(cursor, ORDER, datetime.fromisoformat, UUID) if cursor else (None, None)
    with connection.cursor(row_factory=class_row(Listed)) as rows:
        found = rows.execute(
            """
            select id, report, question, published_at, published_by, organisation,
                   encode(digest, 'hex') as digest
              from projections.published
             where report <> all(%(hidden)s)
               and (%(text)s::text is null
                    or strpos(lower(concat_ws(' ', question, report, published_by, id,
                                              encode(digest, 'hex'))), lower(%(text)s)) > 0)
               and (%(at)s::timestamptz is null or (published_at, id) < (%(at)s, %(last)s))
             order by published_at desc, id desc
             limit %(limit)s
            """,
            {
                "hidden": list(hidden),
                "text": text or None,
                "at": at,
                "last": last,
                "limit": limit + 1,
            },
        ).fetchall()
    shown = found[:limit]
    more = len(found) > limit
    last_one = shown[-1] if more else None
    return Page(
        shown,
        cursor_after(ORDER, last_one.published_at.isoformat(), last_one.id) if last_one else None,
    )


def verify(connection: Database) -> Iterator[Verified]:
    """Every figure: whether its digest is of its document, and its columns say what that says."""
    with connection.transaction(), connection.cursor(name="published") as rows:
        rows.itersize = 100
        rows.execute(
            """
            select id, document, encode(digest, 'hex'), report, question, published_by,
                   organisation, published_at
              from projections.published order by published_at, id
            """
        )
        for published_id, kept, digest, *columns in rows:
            yield Verified(published_id, _wrong(published_id, kept, digest, columns))


def _wrong(published_id: UUID, kept: str, digest: str, columns: list[object]) -> Wrong | None:
    if digest_of(kept) != digest:
        return "DIGEST"
    try:
        told = Document.model_validate_json(kept)
    except ValueError:
        return "UNREADABLE"
    says = [told.report, told.question, told.published_by, told.organisation, told.published_at]
    return None if told.id == published_id and says == columns else "COLUMNS"
