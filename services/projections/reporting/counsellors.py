"""Counsellors holding cases on a day, by unit and by provider, under four definitions side by side."""

from datetime import date
from typing import Annotated, LiteralString

from psycopg import sql
from pydantic import Field

from projections.freshness import freshness
from projections.reporting.definitions import definitions
from projections.reporting.groups import LIVE, OF_SITUATION, Groups, grouped, one_line
from projections.reporting.reports import Count, Figures, Group, GroupBy, Report
from projections.schema import Database

_GROUPS: Groups = {by: OF_SITUATION[by] for by in (GroupBy.UNIT, GroupBy.PROVIDER, GroupBy.LOT)}
COUNSELLORS_BY = frozenset(_GROUPS)

FIGURES = definitions(
    "counsellors_assigned",
    "counsellors_with_module",
    "counsellors_in_year",
    "counsellors_in_contact",
    "pathways_assigned",
    "pathways_unassigned",
    "pathways_each",
)


class CounsellorsRow(Report):
    """Counsellors of a group on the day, under each definition, and how many pathways each holds."""

    group: Group
    counsellors_assigned: Annotated[
        int, Field(ge=0, description="With at least one open pathway assigned to them")
    ]
    counsellors_with_module: Annotated[
        int, Field(ge=0, description="Of these, with a module running in at least one of them")
    ]
    counsellors_in_year: Annotated[
        int, Field(ge=0, description="With an open pathway on any day of the year up to the day")
    ]
    counsellors_in_contact: Annotated[
        int, Field(ge=0, description="Who registered anything true for a day of that year")
    ]
    pathways_assigned: Count
    pathways_unassigned: Count
    median_pathways: float | None
    most_pathways: int | None


class CounsellorsReport(Figures):
    """How many counsellors held cases on the day: the answer depends on what holding is."""

    rows: tuple[CounsellorsRow, ...]
    total: CounsellorsRow


_NARROWED: LiteralString = """
    (%(unit)s::text is null or s.unit = %(unit)s)
    and (%(provider)s::text is null or coalesce(s.provider, 'VDAB_OF_PROMOTOR') = %(provider)s)
"""

# A day's rows of `situation` are as at its end, so who hands over on the day does not hold any more.
# The year up to the day begins on the day after the same day a year before. A contact is of the unit
# and the provider of the pathway on its own day; a reference is told apart by its organisation.
_COUNSELLORS: LiteralString = """
    with running as (
        select distinct pathway_id
          from {rows}.module
         where started_on <= %(day)s and coalesce(last_day, 'infinity') >= %(day)s
    ),
    at as (
        select s.pathway_id, counsellor, coalesce({group}, 'ONBEKEND') as label,
               r.pathway_id is not null as in_module
          from {rows}.situation s
          left join running r on r.pathway_id = s.pathway_id
         cross join (select %(day)s::date as day) as d
         where open
           and day between since and coalesce(until, 'infinity')
           and {narrowed}
    ),
    pathway as (
        select grouping(label) as total, label,
               count(counsellor) as pathways_assigned,
               count(*) - count(counsellor) as pathways_unassigned
          from at
         group by grouping sets ((label), ())
    ),
    holding as (
        select grouping(label) as total, label, counsellor,
               count(*) as pathways, bool_or(in_module) as in_module
          from at
         where counsellor is not null
         group by grouping sets ((label, counsellor), (counsellor))
    ),
    holder as (
        select total, label, count(*) as assigned,
               count(*) filter (where in_module) as with_module,
               percentile_cont(0.5) within group (order by pathways) as median_pathways,
               max(pathways) as most_pathways
          from holding
         group by total, label
    ),
    in_year as (
        select grouping(label) as total, label, count(distinct counsellor) as counsellors
          from (select s.counsellor, coalesce({group}, 'ONBEKEND') as label
                  from {rows}.situation s
                 cross join (select %(day)s::date as day) as d
                 where open
                   and counsellor is not null
                   and since <= day
                   and coalesce(until, 'infinity') > day - interval '1 year'
                   and {narrowed}) as held
         group by grouping sets ((label), ())
    ),
    in_contact as (
        select grouping(label) as total, label, count(distinct who) as counsellors
          from (select (c.organisation, c.counsellor) as who, coalesce({group}, 'ONBEKEND') as label
                  from {rows}.contact c
                 cross join lateral (select c.contact_on as day) as d
                  join {rows}.situation s
                    on s.pathway_id = c.pathway_id
                   and day between s.since and coalesce(s.until, 'infinity')
                 where day <= %(day)s
                   and day > %(day)s::date - interval '1 year'
                   and {narrowed}) as met
         group by grouping sets ((label), ())
    ),
    groups as (
        select total, label from pathway
         union select total, label from in_year
         union select total, label from in_contact
    )
    select g.label as group,
           coalesce(h.assigned, 0) as counsellors_assigned,
           coalesce(h.with_module, 0) as counsellors_with_module,
           coalesce(y.counsellors, 0) as counsellors_in_year,
           coalesce(c.counsellors, 0) as counsellors_in_contact,
           coalesce(p.pathways_assigned, 0) as pathways_assigned,
           coalesce(p.pathways_unassigned, 0) as pathways_unassigned,
           h.median_pathways, h.most_pathways
      from groups g
      left join pathway p on p.total = g.total and p.label is not distinct from g.label
      left join holder h on h.total = g.total and h.label is not distinct from g.label
      left join in_year y on y.total = g.total and y.label is not distinct from g.label
      left join in_contact c on c.total = g.total and c.label is not distinct from g.label
     order by g.total, g.label
""".replace("{narrowed}", _NARROWED)


def counsellors(
    connection: Database,
    day: date,
    by: GroupBy = GroupBy.UNIT,
    *,
    unit: str | None = None,
    provider: str | None = None,
    rows: sql.Identifier = LIVE,
) -> CounsellorsReport:
    """Counsellors holding cases at the end of `day` (Europe/Brussels); `by` is one of COUNSELLORS_BY.

    `unit` and `provider` (a KBO number, or VDAB_OF_PROMOTOR) narrow the pathways; `rows` is the schema
    of the rows that it is of. Raises KeyError for another `by`.
    """
    values = {"day": day, "unit": unit, "provider": provider}
    groups, total = grouped(
        connection, _COUNSELLORS, _GROUPS[by], values, one_line(CounsellorsRow), rows=rows
    )
    return CounsellorsReport(
        by=by,
        rows=groups,
        total=total,
        definitions=FIGURES,
        freshness=freshness(connection, "reporting"),
    )
