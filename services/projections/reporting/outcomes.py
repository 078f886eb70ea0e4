"""Outflow to work on leaving and 1, 3, 6 and 12 months later, by proof, with what nobody measured beside it."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, LiteralString

from psycopg import sql
from pydantic import Field

from projections.freshness import freshness
from projections.reporting.definitions import definitions
from projections.reporting.groups import LIVE, grouped
from projections.reporting.reports import Answer, Count, Group, GroupBy, Period, Report
from projections.schema import Database

OUTCOMES_BY = frozenset({GroupBy.CHECKPOINT})
AT_EXIT = "UITSTROOM"
"""The group of how pathways were closed; the others are of the checkpoints."""


class OutcomesRow(Report):
    """Closed pathways on leaving, or so many months later: at work by which proof, or not, or unknown."""

    group: Group
    pathways: Annotated[int, Field(ge=0, description="Whose months have passed")]
    work_dmfa: Count
    work_dimona: Count
    work_contract: Count
    work_statement: Annotated[int, Field(ge=0, description="At work by somebody's statement alone")]
    not_in_work: Count
    unmeasured: Annotated[
        int,
        Field(ge=0, description="Not checked; on leaving: closed as to work, without evidence"),
    ]


class OutcomesReport(Answer):
    """Who was at work on leaving and 1, 3, 6 and 12 months later, by proof."""

    as_of: date
    rows: tuple[OutcomesRow, ...]


_OUTCOMES: LiteralString = """
    with closed as (
        select c.* from {rows}.closing c
         where c.closed_on between %(first)s and least(%(last)s::date, %(as_of)s::date)
    ),
    told as (
        select 0 as months, exit_type like 'WERK\\_%%' as in_work,
               case when exit_type like 'WERK\\_%%' then proof else '' end as proof
          from closed
         union all
        select m.months, k.in_work, k.source
          from closed c
         cross join (values (1), (3), (6), (12)) as m (months)
          left join {rows}.employment_check k
            on k.pathway_id = c.pathway_id and k.months = m.months and k.counts
           and k.measured_on <= %(as_of)s
         where (c.closed_on + make_interval(months => m.months))::date < %(as_of)s
    )
    select {group} as group,
           count(t.months) as pathways,
           count(*) filter (where in_work and proof = 'DMFA') as work_dmfa,
           count(*) filter (where in_work and proof = 'DIMONA') as work_dimona,
           count(*) filter (where in_work and proof = 'CONTRACT') as work_contract,
           count(*) filter (where in_work and proof = 'VERKLARING') as work_statement,
           count(*) filter (where not in_work) as not_in_work,
           count(t.months) filter (where proof is null) as unmeasured
      from (values (0), (1), (3), (6), (12)) as m (months)
      left join told t on t.months = m.months
     group by m.months
     order by m.months
"""
_GROUP: LiteralString = "case m.months when 0 then 'UITSTROOM' else m.months || 'M' end"


def outcomes(
    connection: Database, period: Period, *, as_of: date, rows: sql.Identifier = LIVE
) -> OutcomesReport:
    """Of pathways closed in `period`, seen from `as_of`; `rows` is the schema of the rows that it is of."""
    values = {**period.days, "as_of": as_of}
    groups, last = grouped(connection, _OUTCOMES, _GROUP, values, _row, rows=rows)
    return OutcomesReport(
        period=period,
        by=GroupBy.CHECKPOINT,
        as_of=as_of,
        rows=(*groups, last),
        definitions=definitions("outflow", "outcome_reached", "work_by_proof", "unmeasured"),
        freshness=freshness(connection, "reporting"),
    )


def _row(lines: Sequence[dict[str, int]]) -> OutcomesRow:
    return OutcomesRow.model_validate(lines[0])
