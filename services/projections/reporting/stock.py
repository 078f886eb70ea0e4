"""Who is guided: the pathways open on a day (stock), and the persons reached in a period (reach)."""

from datetime import date
from typing import Annotated, LiteralString

from psycopg import sql
from pydantic import Field

from projections.freshness import freshness
from projections.reporting.definitions import definitions
from projections.reporting.groups import LIVE, OF_SITUATION, Groups, grouped, one_line
from projections.reporting.reports import (
    Answer,
    Count,
    Figures,
    Group,
    GroupBy,
    Period,
    Report,
)
from projections.schema import Database

_GROUPS: Groups = {
    **OF_SITUATION,
    GroupBy.PROVINCE: "reporting.province_at(s.commune, day)",
}
_OF_STOCK: Groups = {**_GROUPS, GroupBy.STATUS: "s.status"}
STOCK_BY, REACH_BY = frozenset(_OF_STOCK), frozenset(_GROUPS)


class StockRow(Report):
    """Open pathways of a group."""

    group: Group
    persons: Count
    pathways: Count
    in_module: Annotated[int, Field(ge=0, description="Pathways in which a module runs")]


class StockReport(Figures):
    """Which pathways are open on the day."""

    rows: tuple[StockRow, ...]
    total: StockRow


class ReachRow(Report):
    """Pathways of a group that were guided on a day of the period."""

    group: Group
    persons: Count
    pathways: Count


class ReachReport(Answer):
    """Who was guided on at least one day of the period."""

    rows: tuple[ReachRow, ...]
    total: ReachRow


_STOCK: LiteralString = """
    with running as (
        select distinct pathway_id
          from {rows}.module
         where started_on <= %(day)s and coalesce(last_day, 'infinity') >= %(day)s
    ),
    chosen as (
        select s.person_ref, coalesce({group}, 'ONBEKEND') as label,
               r.pathway_id is not null as in_module
          from {rows}.situation s
          left join running r on r.pathway_id = s.pathway_id
         cross join (select %(day)s::date as day) as d
         where open
           and day between since and coalesce(until, 'infinity')
    )
    select label as group, count(distinct person_ref) as persons, count(*) as pathways,
           count(*) filter (where in_module) as in_module
      from chosen
     group by grouping sets ((label), ())
     order by grouping(label), label
"""

# A spell's group is as on its first day in the period, so a person who moved counts in both places.
_REACH: LiteralString = """
    with chosen as (
        select s.person_ref, s.pathway_id, coalesce({group}, 'ONBEKEND') as label
          from {rows}.situation s
         cross join lateral (select greatest(s.since, %(first)s) as day) as d
         where open
           and status <> 'GESCHORST'
           and since <= %(last)s
           and coalesce(until, 'infinity') >= %(first)s
    )
    select label as group, count(distinct person_ref) as persons,
           count(distinct pathway_id) as pathways
      from chosen
     group by grouping sets ((label), ())
     order by grouping(label), label
"""


def stock(
    connection: Database, day: date, by: GroupBy = GroupBy.STATUS, *, rows: sql.Identifier = LIVE
) -> StockReport:
    """Pathways open at the end of `day` (Europe/Brussels); `by` is one of STOCK_BY, else KeyError."""
    groups, total = grouped(
        connection, _STOCK, _OF_STOCK[by], {"day": day}, one_line(StockRow), rows=rows
    )
    return StockReport(
        by=by,
        rows=groups,
        total=total,
        definitions=definitions("stock", "persons", "in_module"),
        freshness=freshness(connection, "reporting"),
    )


def reach(
    connection: Database,
    period: Period,
    by: GroupBy = GroupBy.PROVINCE,
    *,
    rows: sql.Identifier = LIVE,
) -> ReachReport:
    """Persons guided on at least one day of `period`; `by` is one of REACH_BY, else KeyError."""
    groups, total = grouped(
        connection, _REACH, _GROUPS[by], period.days, one_line(ReachRow), rows=rows
    )
    return ReachReport(
        period=period,
        by=by,
        rows=groups,
        total=total,
        definitions=definitions("reach", "persons"),
        freshness=freshness(connection, "reporting"),
    )
