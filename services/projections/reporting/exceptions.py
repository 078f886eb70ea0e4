"""Exceptions: facts of a period that were allowed and are worth a look, by what is exceptional about them."""

from datetime import date
from typing import Annotated, LiteralString

from psycopg import sql
from pydantic import Field

from projections.freshness import freshness
from projections.reporting.definitions import definitions
from projections.reporting.groups import LIVE, OF_EXCEPTION, grouped, one_line
from projections.reporting.reports import Answer, Count, Group, GroupBy, Period, Report
from projections.schema import Database

EXCEPTIONS_BY = frozenset(OF_EXCEPTION)
FIGURES = definitions(
    "exceptional_facts",
    "exceptional_soft_maximum",
    "exceptional_backdated",
    "exceptional_waived",
    "exceptional_own_case",
)


class ExceptionsRow(Report):
    """Exceptional facts of a group; a fact may be exceptional in several ways."""

    group: Group
    persons: Count
    facts: Annotated[int, Field(ge=0, description="Each once, in however many ways")]
    soft_maximum: Annotated[int, Field(ge=0, description="Planned beyond a soft maximum")]
    backdated: Annotated[int, Field(ge=0, description="Registered more than 7 days late")]
    waived: Annotated[int, Field(ge=0, description="Need not hire after an IBO")]
    own_case: Annotated[
        int, Field(ge=0, description="Of the others, registered by who guided the pathway that day")
    ]


class ExceptionsReport(Answer):
    """Exceptional facts whose day is in the period and not after the day of the report."""

    as_of: date
    rows: tuple[ExceptionsRow, ...]
    total: ExceptionsRow


_EXCEPTIONS: LiteralString = """
    with found as (
        select h.kind, h.person_ref, h.pathway_id, h.event_id,
               coalesce({group}, 'ONBEKEND') as label
          from (select x.*, x.exception_on as day from {rows}.exceptional_fact x) as h
          {situation}
         where day between %(first)s and least(%(last)s::date, %(as_of)s::date)
    )
    select label as group,
           count(distinct person_ref) as persons,
           count(distinct (pathway_id, event_id)) as facts,
           count(*) filter (where kind = 'SOFT_MAXIMUM') as soft_maximum,
           count(*) filter (where kind = 'BACKDATED') as backdated,
           count(*) filter (where kind = 'WAIVED') as waived,
           count(*) filter (where kind = 'OWN_CASE') as own_case
      from found
     group by grouping sets ((label), ())
     order by grouping(label), label
"""


def exceptions(
    connection: Database,
    period: Period,
    *,
    as_of: date,
    by: GroupBy = GroupBy.EXCEPTION,
    rows: sql.Identifier = LIVE,
) -> ExceptionsReport:
    """Exceptional facts of `period`; `by` is one of EXCEPTIONS_BY. Raises KeyError for another `by`.

    `rows` is the schema of the rows that it is of.
    """
    values = {**period.days, "as_of": as_of}
    groups, total = grouped(
        connection, _EXCEPTIONS, OF_EXCEPTION[by], values, one_line(ExceptionsRow), rows=rows
    )
    return ExceptionsReport(
        period=period,
        by=by,
        as_of=as_of,
        rows=groups,
        total=total,
        definitions=FIGURES,
        freshness=freshness(connection, "reporting"),
    )
