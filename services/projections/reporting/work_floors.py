"""Work floors of organisations that offer a werkervaringsmodule only: who trained there, whom they hired."""

from datetime import date
from typing import Annotated, LiteralString

from psycopg import sql
from pydantic import Field, computed_field

from projections.freshness import freshness
from projections.reporting.definitions import definitions
from projections.reporting.groups import LIVE, Groups, grouped, one_line
from projections.reporting.reports import Answer, Group, GroupBy, Period, Report, share_of
from projections.schema import Database

_GROUPS: Groups = {
    GroupBy.WORK_FLOOR: "coalesce(m.work_floor, m.organisation)",
    GroupBy.ORGANISATION: "m.organisation",
}
WORK_FLOORS_BY = frozenset(_GROUPS)

FIGURES = definitions(
    "only_werkervaring", "persons_trained", "trained_and_hired", "persons_hosted", "persons_hired"
)


class WorkFloorsRow(Report):
    """One work floor, or all of one organisation."""

    group: Group
    persons_trained: Annotated[
        int, Field(ge=0, description="Persons with a werkervaringsmodule there in the period")
    ]
    trained_and_hired: Annotated[
        int, Field(ge=0, description="Of these, hired by them since that module's first day")
    ]
    persons_hosted: Annotated[
        int, Field(ge=0, description="Persons whose IBO or stage with them began in the period")
    ]
    persons_hired: Annotated[
        int, Field(ge=0, description="Persons whom they hired in the period, trained there or not")
    ]

    @computed_field
    @property
    def share_hired(self) -> float | None:
        """`trained_and_hired` of `persons_trained`."""
        return share_of(self.trained_and_hired, self.persons_trained)


class WorkFloorsReport(Answer):
    """Work floors of organisations with a werkervaringsmodule and never an inschakelingsmodule."""

    as_of: date
    rows: tuple[WorkFloorsRow, ...]
    total: WorkFloorsRow


# Whether an organisation offers nothing but werkervaringsmodules is judged by all that is known of
# it, not by the period. A floor that was not told is the organisation's own.
_WORK_FLOORS: LiteralString = """
    with trained as (
        select m.person_ref, m.organisation, m.work_floor, m.started_on, m.last_day,
               {group} as label
          from {rows}.module m
         where m.kind = 'WEP_WERKERVARING'
           and not exists (select
                             from {rows}.module i
                            where i.organisation = m.organisation
                              and i.kind = 'WEP_INSCHAKELING')
    ),
    floor as (
        select distinct t.label, e.employer
          from trained t
         cross join lateral (values (t.organisation), (t.work_floor)) as e (employer)
         where e.employer is not null and (%(whole)s or e.employer = t.label)
    ),
    at_work as (
        select label, person_ref, started_on
          from trained
         where started_on <= least(%(last)s::date, %(as_of)s::date)
           and coalesce(last_day, 'infinity') >= %(first)s
    ),
    happened as (
        select label, person_ref, 'TRAINED' as what from at_work
         union all
        select w.label, w.person_ref, 'TRAINED_AND_HIRED'
          from at_work w
          join floor f on f.label = w.label
          join {rows}.hire h
            on h.person_ref = w.person_ref and h.employer = f.employer
           and h.hired_on between w.started_on and %(as_of)s
         union all
        select f.label, m.person_ref, 'HOSTED'
          from floor f
          join {rows}.module m on m.organisation = f.employer and m.kind in ('IBO', 'STAGE')
         where m.started_on between %(first)s and least(%(last)s::date, %(as_of)s::date)
         union all
        select f.label, h.person_ref, 'HIRED'
          from floor f
          join {rows}.hire h on h.employer = f.employer
         where h.hired_on between %(first)s and least(%(last)s::date, %(as_of)s::date)
    )
    select label as group,
           count(distinct person_ref) filter (where what = 'TRAINED') as persons_trained,
           count(distinct person_ref) filter (where what = 'TRAINED_AND_HIRED') as trained_and_hired,
           count(distinct person_ref) filter (where what = 'HOSTED') as persons_hosted,
           count(distinct person_ref) filter (where what = 'HIRED') as persons_hired
      from happened
     group by grouping sets ((label), ())
     order by grouping(label), label
"""


def work_floors(
    connection: Database,
    period: Period,
    *,
    as_of: date,
    by: GroupBy = GroupBy.WORK_FLOOR,
    rows: sql.Identifier = LIVE,
) -> WorkFloorsReport:
    """Who trained on those work floors in `period`, and whom they hired, seen from `as_of`.

    By organisation, a hire by any of its floors counts. `rows` is the schema of the rows that it is
    of. Raises KeyError for a `by` that is not in WORK_FLOORS_BY.
    """
    values = {
        **period.days,
        "as_of": as_of,
        "whole": by is GroupBy.ORGANISATION,
    }
    groups, total = grouped(
        connection, _WORK_FLOORS, _GROUPS[by], values, one_line(WorkFloorsRow), rows=rows
    )
    return WorkFloorsReport(
        period=period,
        by=by,
        as_of=as_of,
        rows=groups,
        total=total,
        definitions=FIGURES,
        freshness=freshness(connection, "reporting"),
    )
