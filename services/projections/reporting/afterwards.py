"""Work afterwards: who of those whose pathway was closed worked 1, 3, 6 and 12 months later."""

from collections.abc import Sequence
from datetime import date
from typing import LiteralString

from psycopg import sql

from projections.freshness import freshness
from projections.reporting.definitions import definitions
from projections.reporting.groups import LIVE, OF_CLOSING, grouped
from projections.reporting.reports import (
    Afterwards,
    AfterwardsReport,
    AfterwardsRow,
    GroupBy,
    Period,
)
from projections.schema import Database

FIGURES = definitions("outflow", "reached", "measured", "in_work", "same_employer")

# Months count from the closing for whether a checkpoint is reached, so that who was never checked
# is known to be unmeasured; they have passed when the same day of a later month is over.
_AFTERWARDS: LiteralString = """
    with closed as (
        select h.pathway_id, h.closed_on, coalesce({group}, 'ONBEKEND') as label
          from (select c.*, c.closed_on as day from {rows}.closing c) as h
          {situation}
         where h.closed_on between %(first)s and %(last)s
           and h.closed_on <= %(as_of)s
    ),
    checkpoint as (
        select c.label, m.months, k.in_work, k.same_employer,
               (c.closed_on + make_interval(months => m.months))::date < %(as_of)s as reached
          from closed c
         cross join (values (1), (3), (6), (12)) as m (months)
          left join {rows}.employment_check k
            on k.pathway_id = c.pathway_id and k.months = m.months and k.counts
           and k.measured_on <= %(as_of)s
    ),
    cohort as (
        select label, grouping(label) as total, count(*) as pathways
          from closed
         group by grouping sets ((label), ())
    ),
    counted as (
        select label, grouping(label) as total, months,
               count(*) filter (where reached) as reached,
               count(in_work) filter (where reached) as measured,
               count(*) filter (where reached and in_work) as in_work,
               count(*) filter (where reached and same_employer) as same_employer
          from checkpoint
         group by grouping sets ((label, months), (months))
    )
    select c.label as group, c.pathways,
           n.months, n.reached, n.measured, n.in_work, n.same_employer
      from cohort c
      left join counted n on n.total = c.total and n.label is not distinct from c.label
     order by c.total, c.label, n.months
"""


def afterwards(
    connection: Database,
    period: Period,
    *,
    as_of: date,
    by: GroupBy = GroupBy.REASON,
    rows: sql.Identifier = LIVE,
) -> AfterwardsReport:
    """Work after pathways that were closed in `period`, seen from `as_of`.

    `rows` is the schema of the rows that it is of. Raises KeyError for a `by` that is not in OUTFLOW_BY.
    """
    values = {**period.days, "as_of": as_of}
    groups, total = grouped(connection, _AFTERWARDS, OF_CLOSING[by], values, _row, rows=rows)
    return AfterwardsReport(
        period=period,
        by=by,
        as_of=as_of,
        rows=groups,
        total=total,
        definitions=FIGURES,
        freshness=freshness(connection, "reporting"),
    )


def _row(lines: Sequence[dict[str, int]]) -> AfterwardsRow:
    """One group's row from its lines, one for each checkpoint."""
    measured = [Afterwards.model_validate(line) for line in lines if line["months"]]
    nobody = {"reached": 0, "measured": 0, "in_work": 0, "same_employer": 0}
    without = [Afterwards(months=months, **nobody) for months in (1, 3, 6, 12)]
    told = {**lines[0], "afterwards": measured or without}
    return AfterwardsRow.model_validate(told)
