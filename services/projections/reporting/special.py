"""Characteristics of a special category: kept outside of events and rows, counted in no small cell."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
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
from projections.reporting.queries import AT_ENTRY
from projections.reporting.reports import UNKNOWN, Definition, Group, GroupBy, Period, Report
from projections.reporting.small_cells import LEAST_SHOWN, TOTAL, Table, shown_apart
from projections.schema import Database

MOST_AT_ONCE = 1000


class Special(StrEnum):
    """What persons are counted by: the indicators of the ESF (domain model, 4.4), each by gender.

    The first three are of a special category, and held outside of the rows; the others are as at entry.
    """

    DISABILITY = "disability"
    MIGRATION_BACKGROUND = "migration_background"
    OTHER_DISADVANTAGE = "other_disadvantage"
    AGE_GROUP = "age_group"
    EDUCATION = "education"
    UNEMPLOYMENT = "unemployment"
    CATEGORY = "category"


class Of(StrEnum):
    """Who is counted, and by which outcome, named as the report that counts the same of everybody."""

    INFLOW = "inflow"
    MODULES = "modules"
    FLOW = "flow"
    EXITS = "exits"
    AFTERWARDS = "afterwards"


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


class SpecialPersons(Report):
    """Persons in all and by gender; null where that would tell of a few."""

    persons: int | None
    by_gender: dict[str, int | None]


class SpecialOutcome(SpecialPersons):
    """Persons of a group with one outcome."""

    outcome: str


class SpecialRow(SpecialPersons):
    """Persons of a group, and how many of them have each outcome."""

    group: Group
    outcomes: tuple[SpecialOutcome, ...]


class SpecialReport(Report):
    """Persons by a characteristic, such as one of a special category, by outcome and by gender."""

    period: Period
    by: Special
    of: Annotated[Of, Field(description="Who is counted; of `inflow` there are no outcomes")]
    months: Annotated[int, Field(description="Of `flow` and `afterwards`: so many months later")]
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


FIGURES: Mapping[Of, tuple[Definition, ...]] = {
    Of.INFLOW: definitions("inflow", "persons", "inferred_left_out", "first_time", "small_cells"),
    Of.MODULES: definitions(
        "ended", "completed", "stopped_early", "measure_ended", "last_time", "small_cells"
    ),
    Of.FLOW: definitions("cohort", "in_nec", "months_not_passed", "last_time", "small_cells"),
    Of.EXITS: definitions("outflow", "last_time", "small_cells"),
    Of.AFTERWARDS: definitions(
        "outflow", "reached", "measured", "in_work", "last_time", "small_cells"
    ),
}

_HELD: LiteralString = "case when {0} then 'JA' when not {0} then 'NEE' end"
_LABEL: Mapping[Special, LiteralString] = {
    Special.DISABILITY: _HELD.replace("{0}", "x.disability"),
    Special.MIGRATION_BACKGROUND: _HELD.replace("{0}", "x.migration_background"),
    Special.OTHER_DISADVANTAGE: _HELD.replace("{0}", "x.other_disadvantage"),
    Special.AGE_GROUP: AT_ENTRY[GroupBy.AGE_GROUP],
    Special.EDUCATION: AT_ENTRY[GroupBy.EDUCATION],
    Special.UNEMPLOYMENT: AT_ENTRY[GroupBy.UNEMPLOYMENT],
    Special.CATEGORY: AT_ENTRY[GroupBy.CATEGORY],
}
# Each person once: so that cells add up to the totals.
_CHOSEN: Mapping[Of, LiteralString] = {
    Of.INFLOW: """
        select distinct on (i.person_ref) i.person_ref, i.pathway_id, 'ENROLLED' as outcome
          from {rows}.inflow i
         where i.enrolled_on between %(first)s and %(last)s
           and not i.inferred
         order by i.person_ref, i.enrolled_on, i.pathway_id
    """,
    Of.MODULES: """
        select distinct on (m.person_ref) m.person_ref, m.pathway_id, m.ending as outcome
          from {rows}.module m
         where m.last_day between %(first)s and least(%(last)s::date, %(as_of)s::date)
         order by m.person_ref, m.last_day desc, m.module_id
    """,
    Of.FLOW: """
        select distinct on (m.person_ref) m.person_ref, m.pathway_id,
               case when exists (select
                                   from {rows}.hire x
                                  where x.person_ref = m.person_ref
                                    and x.hired_on >= m.last_day
                                    and x.hired_on <= least(counts.until, %(as_of)s))
                    then 'IN_NEC'
                    when %(as_of)s <= counts.until then 'NOT_PASSED'
                    else 'NOT_IN_NEC' end as outcome
          from {rows}.module m
         cross join lateral (
               select (m.last_day + make_interval(months => %(months)s))::date as until) as counts
         where m.last_day between %(first)s and least(%(last)s::date, %(as_of)s::date)
         order by m.person_ref, m.last_day desc, m.module_id
    """,
    Of.EXITS: """
        select distinct on (c.person_ref) c.person_ref, c.pathway_id, c.exit_type as outcome
          from {rows}.closing c
         where c.closed_on between %(first)s and least(%(last)s::date, %(as_of)s::date)
         order by c.person_ref, c.closed_on desc, c.pathway_id
    """,
    Of.AFTERWARDS: """
        select distinct on (c.person_ref) c.person_ref, c.pathway_id,
               case when (c.closed_on + make_interval(months => %(months)s))::date >= %(as_of)s
                    then 'NOT_PASSED'
                    when k.in_work then 'IN_WORK'
                    when not k.in_work then 'NOT_IN_WORK'
                    else 'NOT_MEASURED' end as outcome
          from {rows}.closing c
          left join {rows}.employment_check k
            on k.pathway_id = c.pathway_id and k.months = %(months)s and k.counts
           and k.measured_on <= %(as_of)s
         where c.closed_on between %(first)s and least(%(last)s::date, %(as_of)s::date)
         order by c.person_ref, c.closed_on desc, c.pathway_id
    """,
}
_COUNTED: LiteralString = """
    select coalesce({label}, 'ONBEKEND'), coalesce(h.gender, 'ONBEKEND'), c.outcome, count(*)
      from ({chosen}) as c
      join {rows}.inflow h on h.pathway_id = c.pathway_id
      left join {held} x on x.person_ref = c.person_ref
     group by 1, 2, 3
"""


def special(
    connection: Database,
    period: Period,
    by: Special,
    of: Of = Of.INFLOW,
    *,
    as_of: date,
    months: int = 6,
    rows: sql.Identifier = LIVE,
) -> SpecialReport:
    """Persons of `period` by a characteristic, outcome and gender, without small cells."""
    held = sql.Identifier("projections" if rows == LIVE else "pg_temp", "special_characteristic")
    query = sql.SQL(_COUNTED).format(
        label=sql.SQL(_LABEL[by]),
        chosen=sql.SQL(_CHOSEN[of]).format(rows=rows),
        rows=rows,
        held=held,
    )
    values = {**period.days, "as_of": as_of, "months": months}
    counted = {
        (label, gender, outcome): n
        for label, gender, outcome, n in connection.execute(query, values)
    }
    labels, genders, outcomes = (_each(counted, place) for place in range(3))
    whole, apart = shown_apart(counted, labels, genders, outcomes)
    told = [] if of is Of.INFLOW else outcomes
    made = [_row(whole, apart, label, told) for label in (*labels, TOTAL)]
    return SpecialReport(
        period=period,
        by=by,
        of=of,
        months=months,
        rows=tuple(made[:-1]),
        total=made[-1],
        definitions=FIGURES[of],
        freshness=freshness(connection, "reporting"),
    )


def _each(counted: Iterable[tuple[str, ...]], place: int) -> list[str]:
    return sorted({cell[place] for cell in counted}, key=lambda code: (code == UNKNOWN, code))


def _row(
    whole: Table, apart: Mapping[str, Table], label: str, outcomes: Sequence[str]
) -> SpecialRow:
    return SpecialRow(
        group=None if label == TOTAL else label,
        persons=whole[label, TOTAL],
        by_gender={gender: whole[label, gender] for gender in apart},
        outcomes=tuple(
            _outcome({gender: table[label, outcome] for gender, table in apart.items()}, outcome)
            for outcome in outcomes
        ),
    )


def _outcome(by_gender: dict[str, int | None], outcome: str) -> SpecialOutcome:
    """In all only where each gender is told: what is hidden is in no sum."""
    told = [n for n in by_gender.values() if n is not None]
    persons = sum(told) if len(told) == len(by_gender) else None
    return SpecialOutcome(outcome=outcome, persons=persons, by_gender=by_gender)
