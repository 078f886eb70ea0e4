"""After IBO: who was hired by the employer that trained them and stays, and what became of the duty to hire."""

from datetime import date
from typing import Annotated, LiteralString

from psycopg import sql
from pydantic import Field, computed_field

from projections.freshness import freshness
from projections.reporting.definitions import definitions
from projections.reporting.groups import LIVE, OF_MODULE, Lines, grouped
from projections.reporting.projection import BEST_FIRST
from projections.reporting.reports import (
    Answer,
    Count,
    Group,
    GroupBy,
    Period,
    Report,
    Retained,
    share_of,
)
from projections.reporting.retention import CHECKED
from projections.schema import Database

IBO_BY = frozenset(OF_MODULE) - {GroupBy.KIND, GroupBy.MEASURE, GroupBy.FORM}
FIGURES = definitions(
    "ibo_completed",
    "persons",
    "ibo_hired",
    "retention_reached",
    "retention_measured",
    "retained",
    "obliged",
    "met",
    "waived",
    "breached",
    "overdue",
)

RETAINED_AFTER = 6
"""Months; `retention` has the others."""


class IbosDecided(Report):
    """IBOs after which it was decided about the obligation to hire, for one motive."""

    motive: str
    waived: Count
    breached: Count


class IboRow(Retained):
    """IBOs of a group that were completed in the period, and what became of them."""

    group: Group
    persons: Count
    completed: Count
    hired: Annotated[int, Field(ge=0, description="Of these, followed by a hire that is linked")]
    obliged: Annotated[
        int, Field(ge=0, description="Of those completed, after which the employer had to hire")
    ]
    met: Annotated[int, Field(ge=0, description="Of those obliged, met by a hire as employee")]
    waived: Annotated[int, Field(ge=0, description="Of those obliged, VDAB let the employer off")]
    breached: Annotated[int, Field(ge=0, description="Of those obliged, a breach was recorded")]
    overdue: Annotated[
        int,
        Field(ge=0, description="Of those obliged, the day has passed and none of these is told"),
    ]
    decisions: tuple[IbosDecided, ...]

    @computed_field
    @property
    def share_hired(self) -> float | None:
        """`hired` of `completed`."""
        return share_of(self.hired, self.completed)


class IboReport(Answer):
    """IBOs that were completed in the period: hired by the employer, retained, obligations to hire."""

    as_of: date
    rows: tuple[IboRow, ...]
    total: IboRow


# A hire is linked when it names the IBO, or is by its employer within seven days, which is the time
# that the employer has (docs/decisions/0025). One hire for each IBO: the first. A decision about the
# obligation to hire counts before a hire that meets it: a hire afterwards changes no decision.
_IBO: LiteralString = (
    """
    with done as (
        select h.pathway_id, h.module_id, h.person_ref, h.organisation, h.last_day,
               h.hire_due_by < %(as_of)s as passed,
               case when h.hire_due_by is null then null
                    when h.hire_decided_on <= %(as_of)s then h.hire_decision
                    when h.hire_met_on <= %(as_of)s then 'NAGEKOMEN'
                    else 'OPEN' end as obligation,
               case when h.hire_decided_on <= %(as_of)s then h.hire_motive end as motive,
               coalesce({group}, 'ONBEKEND') as label
          from (select m.*, m.last_day as day, m.commune_at_end as commune
                  from {rows}.module m
                 where m.kind = 'IBO' and m.ending = 'COMPLETED') as h
          {situation}
         where h.last_day between %(first)s and least(%(last)s::date, %(as_of)s::date)
    ),
    followed as (
        select d.label, d.person_ref, d.passed, d.obligation, d.motive, x.hired_on,
               k.in_work is not null as measured,
               coalesce(k.in_work and k.same_employer, false) as retained,
               (x.hired_on + make_interval(months => %(months)s))::date < %(as_of)s as reached
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
    """
    + CHECKED
    + """
    )
    select label as group, motive, count(distinct person_ref) as persons, count(*) as completed,
           count(hired_on) as hired,
           count(*) filter (where reached) as reached,
           count(*) filter (where reached and measured) as measured,
           count(*) filter (where reached and retained) as retained,
           count(obligation) as obliged,
           count(*) filter (where obligation = 'NAGEKOMEN') as met,
           count(*) filter (where obligation = 'VRIJGESTELD') as waived,
           count(*) filter (where obligation = 'GESCHONDEN') as breached,
           count(*) filter (where obligation = 'OPEN' and passed) as overdue
      from followed
     group by grouping sets ((label, motive), (label), (motive), ())
     order by grouping(label), label, grouping(motive) desc, motive
    """
)


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
    values = {**period.days, "as_of": as_of, "months": RETAINED_AFTER, "best": list(BEST_FIRST)}
    groups, total = grouped(connection, _IBO, OF_MODULE[by], values, _row, rows=rows)
    return IboReport(
        period=period,
        by=by,
        as_of=as_of,
        rows=groups,
        total=total,
        definitions=FIGURES,
        freshness=freshness(connection, "reporting"),
    )


def _row(lines: Lines) -> IboRow:
    """One group's row: the line of all IBOs together comes first, then one for each motive."""
    whole, *apart = lines
    return IboRow.model_validate({**whole, "decisions": [one for one in apart if one["motive"]]})
