"""Answer sheets: published figures with text between them, and all of them counted again at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import orjson
from plumbing.callers import Caller
from plumbing.ids import new_id
from psycopg.rows import class_row
from pydantic import AwareDatetime, ConfigDict, Field, field_validator

from projections.publishing import store
from projections.publishing.figures import Frozen, Published, without_people
from projections.publishing.recalculating import recalculated
from projections.schema import Database
from projections.web_reading import ReadModels

MOST_PARTS = 20


class PartAsked(Frozen):
    """A part of a sheet: a heading, text, and the figure that it speaks of, each where it has one."""

    heading: Annotated[str, Field(max_length=300)] = ""
    text: Annotated[str, Field(max_length=5000)] = ""
    published_id: UUID | None = None

    @field_validator("heading", "text")
    @classmethod
    def _of_nobody(cls, told: str) -> str:
        return without_people(told)


class SheetAsked(Frozen):
    """A sheet as it is made."""

    title: Annotated[str, Field(min_length=3, max_length=300)]
    parts: Annotated[tuple[PartAsked, ...], Field(min_length=1, max_length=MOST_PARTS)]

    @field_validator("title")
    @classmethod
    def _of_nobody(cls, told: str) -> str:
        return without_people(told)


class Sheet(Frozen):
    """A sheet as it is kept."""

    model_config = ConfigDict(frozen=True, from_attributes=True, extra="ignore")
    id: UUID
    title: str
    parts: tuple[PartAsked, ...]
    made_by: str
    organisation: str
    made_at: AwareDatetime


class Rerun(Frozen):
    """One figure of a sheet, counted again."""

    published_id: UUID
    question: str
    outcome: Annotated[
        Literal["SAME", "CHANGED", "NOT_REPRODUCED"],
        Field(
            description="CHANGED: by what is known since. NOT_REPRODUCED: it differs even at the same "
            "two clocks; the figure counted again says why"
        ),
    ]
    digest_holds: bool
    changes: Annotated[int, Field(description="How many cells differ")]


def make(
    connection: Database,
    asked: SheetAsked,
    caller: Caller,
    at: datetime,
    *,
    shipped: str | None = None,
) -> UUID | None:
    """Keep it and return its id; None when one was shipped under that name before."""
    found = connection.execute(
        """
        insert into projections.sheet (id, title, parts, made_by, organisation, made_at, shipped)
        values (%s, %s, %s, %s, %s, %s, %s)
            on conflict (shipped) do nothing
        returning id
        """,
        [
            new_id(),
            asked.title,
            orjson.dumps([part.model_dump(mode="json") for part in asked.parts]).decode(),
            caller.ref,
            caller.organisation,
            at,
            shipped,
        ],
    ).fetchone()
    return found[0] if found else None


def sheets(connection: Database, sheet_id: UUID | None = None) -> list[Sheet]:
    """The newest hundred, or the one of this id."""
    with connection.cursor(row_factory=class_row(Sheet)) as rows:
        return rows.execute(
            """
            select id, title, parts, made_by, organisation, made_at
              from projections.sheet
             where %(id)s::uuid is null or id = %(id)s
             order by made_at desc, id desc
             limit 100
            """,
            {"id": sheet_id},
        ).fetchall()


def is_shipped(connection: Database, name: str) -> bool:
    """Whether the sheet that the demo comes with was made."""
    query = "select from projections.sheet where shipped = %s"
    return connection.execute(query, [name]).fetchone() is not None


def figures_of(connection: Database, sheet: Sheet) -> dict[UUID, Published]:
    """The figures that the sheet names, by their id."""
    named = dict.fromkeys(part.published_id for part in sheet.parts if part.published_id)
    found = ((one, store.get(connection, one)) for one in named)
    return {one: published for one, published in found if published is not None}


def rerun(read_models: ReadModels, figures: Sequence[Published]) -> list[Rerun]:
    """Each figure counted again, one after the other. Raises the Problems of reports."""
    return [_rerun(read_models, one) for one in figures]


def _rerun(read_models: ReadModels, published: Published) -> Rerun:
    told, _ = recalculated(read_models, published)
    outcome = "SAME" if told.same_as_known_now else "CHANGED"
    return Rerun(
        published_id=published.id,
        question=published.question,
        outcome=outcome if told.same_as_known_then else "NOT_REPRODUCED",
        digest_holds=told.digest_holds,
        changes=len(told.changes),
    )
