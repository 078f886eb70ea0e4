"""Characteristics of a special category: kept outside of events and rows, counted in no small cell."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, LiteralString, Self
from uuid import UUID

from plumbing.callers import Caller
from psycopg import sql
from pydantic import BaseModel, ConfigDict, Field, model_validator

from projections.freshness import Freshness, freshness
from projections.points import Taken
from projections.reporting.definitions import definitions
from projections.reporting.groups import LIVE
from projections.reporting.reports import UNKNOWN, Definition, Group, Period, Report
from projections.reporting.small_cells import LEAST_SHOWN, TOTAL, Cell, shown
from projections.schema import Database

MOST_AT_ONCE = 1000
FIGURES = definitions("inflow", "persons", "inferred_left_out", "small_cells")


class Special(StrEnum):
    """What of a special category is counted: the indicators of the ESF that need it (domain model, 4.4)."""

    DISABILITY = "disability"
    MIGRATION_BACKGROUND = "migration_background"
    OTHER_DISADVANTAGE = "other_disadvantage"


class ReportPurpose(StrEnum):
    """For which report a characteristic is asked; nothing else is a reason to hold it."""

    ESF = "ESF"
    PES_BENCHMARKING = "PES_BENCHMARKING"


class PersonTold(BaseModel):
    """What is told of one person; null is not told, and takes the place of what was told before."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    person_ref: UUID
    disability: bool | None = None
    migration_background: bool | None = None
    other_disadvantage: bool | None = None


class SpecialTold(BaseModel):
    """Characteristics of people, and for which report."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    purpose: ReportPurpose
    people: Annotated[list[PersonTold], Field(min_length=1, max_length=MOST_AT_ONCE)]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({one.person_ref for one in self.people}) < len(self.people):
            raise ValueError("a person stands in `people` twice: tell each once")
        return self


class SpecialErased(BaseModel):
    """The people of whom nothing of a special category is to be held any more."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    references: Annotated[list[UUID], Field(min_length=1, max_length=MOST_AT_ONCE)]


class SpecialRow(Report):
    """Persons of a group, in all and by gender; null where that would tell of a few."""

    group: Group
    persons: int | None
    by_gender: dict[str, int | None]


class SpecialReport(Report):
    """Who started a pathway, by a characteristic of a special category and gender."""

    period: Period
    by: Special
    taken: Annotated[
        Taken | None, Field(description="At which two clocks; the characteristic is as held now")
    ] = None
    least_shown: Annotated[int, Field(description="No smaller number of persons is told")] = (
        LEAST_SHOWN
    )
    rows: tuple[SpecialRow, ...]
    total: SpecialRow
    definitions: tuple[Definition, ...]
    freshness: Freshness


def keep(connection: Database, told: SpecialTold, caller: Caller, at: datetime) -> None:
    """Hold what is told of each person, in the place of what was; `at` is UTC. Within a transaction.

    Whether anybody has such a reference is not asked: who is nobody is counted nowhere.
    """
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into projections.special_characteristic values (
                   %(person_ref)s, %(disability)s, %(migration_background)s, %(other_disadvantage)s,
                   %(purpose)s, %(recorded_by)s, %(organisation)s, %(at)s)
                on conflict (person_ref) do update
               set disability = excluded.disability,
                   migration_background = excluded.migration_background,
                   other_disadvantage = excluded.other_disadvantage,
                   purpose = excluded.purpose, recorded_by = excluded.recorded_by,
                   organisation = excluded.organisation, recorded_at = excluded.recorded_at
            """,
            [
                {
                    **one.model_dump(),
                    "purpose": told.purpose,
                    "recorded_by": caller.ref,
                    "organisation": caller.organisation,
                    "at": at,
                }
                for one in told.people
            ],
        )


def erase(connection: Database, references: Iterable[UUID]) -> None:
    """Hold nothing of these people any more. Within a transaction."""
    connection.execute(
        "delete from projections.special_characteristic where person_ref = any(%s)",
        [list(references)],
    )


_COLUMN: Mapping[Special, LiteralString] = {
    Special.DISABILITY: "x.disability",
    Special.MIGRATION_BACKGROUND: "x.migration_background",
    Special.OTHER_DISADVANTAGE: "x.other_disadvantage",
}
# Each person once, by their first pathway of the period: so that cells add up to the totals.
_SPECIAL: LiteralString = """
    with entered as (
        select distinct on (i.person_ref) i.person_ref, coalesce(i.gender, 'ONBEKEND') as gender
          from {rows}.inflow i
         where i.enrolled_on between %(first)s and %(last)s
           and not i.inferred
         order by i.person_ref, i.enrolled_on, i.pathway_id
    )
    select case when {special} then 'JA' when not {special} then 'NEE' else 'ONBEKEND' end as label,
           e.gender, count(*)
      from entered e
      left join projections.special_characteristic x on x.person_ref = e.person_ref
     group by 1, 2
"""


def special(
    connection: Database, period: Period, by: Special, *, rows: sql.Identifier = LIVE
) -> SpecialReport:
    """Persons who enrolled in `period` by a characteristic and gender, without small cells."""
    query = sql.SQL(_SPECIAL).format(special=sql.SQL(_COLUMN[by]), rows=rows)
    days = {"first": period.first, "last": period.last}
    counted: dict[Cell, int] = {
        (label, gender): n for label, gender, n in connection.execute(query, days)
    }
    genders = sorted({gender for _, gender in counted})
    labels = [label for label in ("JA", "NEE", UNKNOWN) if any(c[0] == label for c in counted)]
    told = shown(counted, labels, genders)
    return SpecialReport(
        period=period,
        by=by,
        rows=tuple(_row(told, label, genders) for label in labels),
        total=_row(told, TOTAL, genders),
        definitions=FIGURES,
        freshness=freshness(connection, "reporting"),
    )


def _row(told: Mapping[Cell, int | None], label: str, genders: Sequence[str]) -> SpecialRow:
    return SpecialRow(
        group=None if label == TOTAL else label,
        persons=told[label, TOTAL],
        by_gender={gender: told[label, gender] for gender in genders},
    )
