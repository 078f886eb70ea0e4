"""After IBO: who was hired by the employer that trained them, and who still works there six months later."""

from datetime import date
from typing import Annotated, LiteralString

from psycopg import sql
from pydantic import Field, computed_field

from projections.freshness import freshness
from projections.reporting.definitions import definitions
from projections.reporting.groups import LIVE, OF_MODULE, grouped, one_line
from projections.reporting.projection import BEST_FIRST
from projections.reporting.reports import Answer, Count, Group, GroupBy, Period, Report, share_of
from projections.schema import Database

IBO_BY = frozenset(OF_MODULE) - {GroupBy.KIND, GroupBy.MEASURE, GroupBy.FORM}
FIGURES = definitions(
    "ibo_completed", "persons", "ibo_hired", "retention_reached", "retention_measured", "retained"
)


class IboRow(Report):
    """IBOs of a group that were completed in the period, and what became of them."""

    group: Group
    persons: Count
    completed: Count
    hired: Annotated[int, Field(ge=0, description="Of these, followed by a hire that is linked")]
    reached: Annotated[int, Field(ge=0, description="Of those hired, six months have passed")]
    measured: Annotated[int, Field(ge=0, description="Of these, checked at six months")]
    retained: Annotated[
        int, Field(ge=0, description="Of those measured, still with the employer of the hire")
    ]

    @computed_field
    @property
    def share_hired(self) -> float | None:
        """`hired` of `completed`."""
        return share_of(self.hired, self.completed)

    @computed_field
    @property
    def share_retained(self) -> float | None:
        """`retained` of `measured`: of the others nobody knows."""
        return share_of(self.retained, self.measured)

    @computed_field
    @property
    def share_unmeasured(self) -> float | None:
        """Those that were not checked, of `reached`."""
        return share_of(self.reached - self.measured, self.reached)


class IboReport(Answer):
    """IBOs that were completed in the period: hired by the employer, and retained."""

    as_of: date
    rows: tuple[IboRow, ...]
    total: IboRow


# A hire is linked when it names the IBO, or is by its employer within seven days, which is the time
# that the employer has (docs/decisions/0025). One hire for each IBO: the first.
_IBO: LiteralString = """
    with done as (
        select h.pathway_id, h.module_id, h.person_ref, h.organisation, h.last_day,
               coalesce({group}, 'ONBEKEND') as label
          from (select m.*, m.last_day as day, m.commune_at_end as commune
                  from {rows}.module m
                 where m.kind = 'IBO' and m.ending = 'COMPLETED') as h
          {situation}
         where h.last_day between %(first)s and least(%(last)s::date, %(as_of)s::date)
    ),
    followed as (
        select d.label, d.person_ref, x.hired_on, k.in_work is not null as measured,
               coalesce(k.in_work and k.same_employer, false) as retained,
               (x.hired_on + interval '6 months')::date < %(as_of)s as reached
          from done d
          left join lateral (
               select h.pathway_id, h.hired_on
                 from {rows}.hire h
                where h.person_ref = d.person_ref
                  and h.hired_on <= %(as_of)s
                  and (h.linked_module_id = d.module_id
                       or (h.employer = d.organisation
                           and h.hired_on between d.last_day and d.last_day + 7))
                order by h.hired_on
                limit 1) as x on true
          left join lateral (
               select c.in_work, c.same_employer
                 from {rows}.employment_check c
                where c.pathway_id = x.pathway_id and c.months = 6
                  and c.since = x.hired_on and c.measured_on <= %(as_of)s
                order by array_position(%(best)s::text[], c.source)
                limit 1) as k on true
    )
    select label as group, count(distinct person_ref) as persons, count(*) as completed,
           count(hired_on) as hired,
           count(*) filter (where reached) as reached,
           count(*) filter (where reached and measured) as measured,
           count(*) filter (where reached and retained) as retained
      from followed
     group by grouping sets ((label), ())
     order by grouping(label), label
"""


def ibo(
    connection: Database,
    period: Period,
    *,
    as_of: date,
    by: GroupBy = GroupBy.ORGANISATION,
    rows: sql.Identifier = LIVE,
) -> IboReport:
    """What became of the IBOs that were completed in `period`, seen from `as_of`.

    `by` is one of IBO_BY, else KeyError; `rows` is the schema of the rows that it is of.
    """
    values = {**period.days, "as_of": as_of, "best": list(BEST_FIRST)}
    groups, total = grouped(connection, _IBO, OF_MODULE[by], values, one_line(IboRow), rows=rows)
    return IboReport(
        period=period,
        by=by,
        as_of=as_of,
        rows=groups,
        total=total,
        definitions=FIGURES,
        freshness=freshness(connection, "reporting"),
    )
