"""Who looked at whom: the trace, read for the citizen who asks and for the auditor."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from psycopg import Connection, sql
from psycopg.rows import class_row
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from plumbing.access import STANDING_OF
from plumbing.clock import BRUSSELS

MOST_LOOKS = 200
_DAY = re.compile(r"(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}")


def _day(told: object) -> object:
    # Pydantic also takes a number of seconds in a string for a day.
    if isinstance(told, date) or (isinstance(told, str) and _DAY.fullmatch(told)):
        return told
    raise ValueError("a day is written as YYYY-MM-DD, such as 2015-09-01, from 1900 to 2199")


Day = Annotated[date | None, BeforeValidator(_day)]


class LooksAsked(BaseModel):
    """Which looks; days are Europe/Brussels, the first and the last included."""

    model_config = ConfigDict(extra="forbid")
    about: Annotated[
        UUID | None, Field(description="At this person, or at the person of this pathway")
    ] = None
    caller: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=100,
            pattern=r"^[!-~]+$",
            description="By this employee or system",
        ),
    ] = None
    from_: Annotated[Day, Field(alias="from", description="From this day on")] = None
    until: Annotated[Day, Field(description="Until this day, included")] = None
    cursor: Annotated[
        str | None, Field(pattern="^[0-9]{1,18}$", description="`next_cursor` of the page before")
    ] = None
    limit: Annotated[int, Field(ge=1, le=MOST_LOOKS)] = 50


class Look(BaseModel):
    """One look at one person, or the attempt. `at` is UTC; no name and no INSZ is in it."""

    model_config = ConfigDict(frozen=True)
    number: int = Field(description="Place in the chain of this service")
    at: datetime = Field(description="When (UTC)")
    caller: str = Field(
        description="Who looked: the reference in their token, for a system its client"
    )
    caller_kind: str = Field(description="Which sort of actor that is")
    organisation: str = Field(description="For which organisation they signed in")
    about: str | None = Field(
        description="The person's reference; null when nobody was named, and `aanvrager:` with a "
        "caller's reference where it was asked what stands before them"
    )
    endpoint: str = Field(description="What was asked, by the name of its endpoint")
    role: str = Field(description="The right that opened the endpoint; empty when none did")
    rule: str = Field(
        description="What decided: EINDPUNT by role, else the ordered rule, RIJ where none was asked"
    )
    purpose: str = Field(
        description="Why, as a code: it follows from the role, or a system states it"
    )
    decision: Literal["PERMIT", "DENY"] = Field(description="Whether it was shown")
    correlation_id: str = Field(description="Which request this was, as in logs and problems")


class LooksAnswer(BaseModel):
    """Looks, the newest first."""

    model_config = ConfigDict(frozen=True)
    looks: list[Look]
    next_cursor: str | None = Field(description="What to ask on with; null at the end")
    under: list[UUID] = Field(
        description="By what whoever was asked about is known: the person's references and their "
        "pathways', under each of which looks stand; empty where nobody is, or may be told of"
    )

    def people(self) -> list[UUID]:
        """Whom these looks are about, each once: to look at this list is to look at them."""
        told = dict.fromkeys(look.about for look in self.looks if look.about)
        return [UUID(one) for one in told if not one.startswith(STANDING_OF)]


NOBODYS = LooksAnswer(looks=[], next_cursor=None, under=[])
"""The answer about somebody of whom nothing may be told."""


@dataclass(frozen=True)
class Page:
    """Which part of the list: looks before the one with this number, at most so many."""

    before: int | None = None
    limit: int = 50


def page_of(asked: LooksAsked) -> Page:
    """The part that `asked` is for."""
    return Page(int(asked.cursor) if asked.cursor else None, asked.limit)


def looks(
    connection: Connection[Any],
    schema: str,
    asked: LooksAsked,
    about: Collection[UUID] | None,
    page: Page,
    *,
    hidden: Collection[UUID] = (),
) -> LooksAnswer:
    """The looks that `asked` is about, but `about` in place of its own: references and pathways.

    None: whoever they are about. Those about the people `hidden` are left out. Raises psycopg.Error.
    """
    query = sql.SQL("""
        select id as number, at, caller_ref as caller, caller_kind, organisation, about, endpoint,
               role, rule, purpose, decision, correlation_id
        from {}.access_row
        where (%(about)s::text[] is null or about = any(%(about)s))
          and (about is null or about <> all(%(hidden)s::text[]))
          and (%(caller)s::text is null or caller_ref = %(caller)s)
          and (%(since)s::timestamptz is null or at >= %(since)s)
          and (%(until)s::timestamptz is null or at < %(until)s)
          and (%(before)s::bigint is null or id < %(before)s)
        order by id desc limit %(limit)s
    """).format(sql.Identifier(schema))
    values = {
        "about": None if about is None else [str(one) for one in about],
        "hidden": [str(one) for one in hidden],
        "caller": asked.caller,
        "since": _midnight(asked.from_),
        "until": _midnight(asked.until + timedelta(days=1)) if asked.until else None,
        "before": page.before,
        "limit": page.limit + 1,
    }
    with connection.cursor(row_factory=class_row(Look)) as cursor:
        found = cursor.execute(query, values).fetchall()
    shown = found[: page.limit]
    more = str(shown[-1].number) if len(found) > page.limit else None
    # Whoever is known has a pathway too: one reference by itself is what was asked, and nobody's.
    under = list(about) if about and len(about) > 1 else []
    return LooksAnswer(looks=shown, next_cursor=more, under=under)


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), BRUSSELS) if day else None


EXAMPLE = LooksAnswer(
    looks=[
        Look(
            number=4711,
            at=datetime(2015, 9, 1, 7, 12, 3, tzinfo=UTC),
            caller="bemiddelaar-01",
            caller_kind="BEMIDDELAAR",
            organisation="OVO000083",
            about="01931f0a-7c1e-7bb2-9d0e-5f0c2b3d6a1f",
            endpoint="pathway_state",
            role="COUNSELLOR",
            rule="RIJ",
            purpose="BEGELEIDING",
            decision="PERMIT",
            correlation_id="01931f0a-7c1e-7bb2-9d0e-2b3d6a1f5f0c",
        )
    ],
    next_cursor=None,
    under=[
        UUID("01931f0a-7c1e-7bb2-9d0e-5f0c2b3d6a1f"),
        UUID("01931f0a-7c1e-7bb2-9d0e-6a1f5f0c2b3d"),
    ],
)
"""An answer for the services' own descriptions; nobody in it exists."""
