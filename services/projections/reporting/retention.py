"""Retention: who still works, and with the same employer, so many months after a hire."""

from datetime import date
from typing import Annotated, LiteralString

from psycopg import sql
from pydantic import Field, computed_field

from projections.freshness import freshness
from projections.reporting.definitions import definitions
from projections.reporting.groups import LIVE, OF_HIRE, grouped, one_line
from projections.reporting.projection import BEST_FIRST
from projections.reporting.reports import Answer, Count, Group, GroupBy, Period, Retained, share_of
from projections.schema import Database

RETENTION_BY = frozenset(OF_HIRE)
FIGURES = definitions(
    "hires", "persons", "hire_reached", "hire_measured", "hire_in_work", "retained", "after_module"
)


class RetentionRow(Retained):
    """Hires of a group, and what became of them."""

    group: Group
    persons: Count
    hired: Count
    in_work: Annotated[
        int, Field(ge=0, description="Of those measured, who works, with whatever employer")
    ]

    @computed_field
    @property
    def share_in_work(self) -> float | None:
        """`in_work` of `measured`."""
        return share_of(self.in_work, self.measured)


class RetentionReport(Answer):
    """Hires with a first day of work in the period: still at work, and with the same employer."""

    as_of: date
    months: Annotated[int, Field(description="So many months after the hire")]
    rows: tuple[RetentionRow, ...]
    total: RetentionRow


CHECKED: LiteralString = """
    left join lateral (
         select c.in_work, c.same_employer
           from {rows}.employment_check c
          where c.pathway_id = x.pathway_id and c.months = %(months)s
            and c.since = x.hired_on and c.measured_on <= %(as_of)s
          order by array_position(%(best)s::text[], c.source)
          limit 1) as k on true
"""
"""What the best source told of work so many months after a hire `x`."""

# A hire follows the module that it names, or else the last one with that employer that ended within
# seven days before (docs/decisions/0025).
_RETENTION: LiteralString = (
    """
    with hired as (
        select h.person_ref, coalesce({group}, 'ONBEKEND') as label, h.in_work,
               h.in_work and h.same_employer as retained,
               (h.hired_on + make_interval(months => %(months)s))::date < %(as_of)s as reached
          from (select x.*, x.hired_on as day, m.kind, m.measure, k.in_work, k.same_employer
                  from {rows}.hire x
                  left join lateral (
                       select m.kind, m.measure
                         from {rows}.module m
                        where m.pathway_id = x.pathway_id
                          and (m.module_id = x.linked_module_id
                               or (m.organisation = x.employer
                                   and x.hired_on between m.last_day and m.last_day + 7))
                        order by (m.module_id = x.linked_module_id) desc nulls last, m.last_day desc
                        limit 1) as m on true
    """
    + CHECKED
    + """
                 where x.hired_on between %(first)s and least(%(last)s::date, %(as_of)s::date)) as h
          {situation}
    )
    select label as group, count(distinct person_ref) as persons, count(*) as hired,
           count(*) filter (where reached) as reached,
           count(in_work) filter (where reached) as measured,
           count(*) filter (where reached and in_work) as in_work,
           count(*) filter (where reached and retained) as retained
      from hired
     group by grouping sets ((label), ())
     order by grouping(label), label
    """
)


def retention(
    connection: Database,
    period: Period,
    *,
    as_of: date,
    months: int = 6,
    by: GroupBy = GroupBy.KIND,
    rows: sql.Identifier = LIVE,
) -> RetentionReport:
    """What became of hires of `period` after `months` (1, 3, 6 or 12), seen from `as_of`.

    `rows` is the schema of the rows that it is of. Raises KeyError for a `by` not in RETENTION_BY.
    """
    values = {**period.days, "as_of": as_of, "months": months, "best": list(BEST_FIRST)}
    made = one_line(RetentionRow)
    groups, total = grouped(connection, _RETENTION, OF_HIRE[by], values, made, rows=rows)
    return RetentionReport(
        period=period,
        by=by,
        as_of=as_of,
        months=months,
        rows=groups,
        total=total,
        definitions=FIGURES,
        freshness=freshness(connection, "reporting"),
    )
