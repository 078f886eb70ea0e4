"""The end of WEP+ week by week: who was still in a module, whose ended, who went where, who found work."""

from datetime import date
from typing import Annotated, LiteralString

from psycopg import sql
from pydantic import Field

from projections.freshness import freshness
from projections.reporting.definitions import definitions
from projections.reporting.groups import LIVE, grouped, one_line
from projections.reporting.reports import Answer, Group, GroupBy, Period, Report
from projections.schema import Database

TRANSITION_BY = frozenset({GroupBy.WEEK})


class TransitionRow(Report):
    """A week from Monday to Sunday, as far as it is in the period."""

    group: Group
    running: Annotated[int, Field(ge=0, description="Persons in a WEP+ module on its last day")]
    ended: Annotated[int, Field(ge=0, description="Persons whose WEP+ module ended in it")]
    to_tender: Annotated[int, Field(ge=0, description="Persons who went over to a tender")]
    to_subsidy: Annotated[int, Field(ge=0, description="Persons who went over to a subsidy")]
    to_other: Annotated[int, Field(ge=0, description="Persons who went over to anything else")]
    hired: Annotated[int, Field(ge=0, description="Persons hired in the NEC, WEP+ having begun")]


class TransitionReport(Answer):
    """The transition from WEP+ to what took over from it, week by week."""

    as_of: date
    rows: tuple[TransitionRow, ...]
    total: TransitionRow


_TRANSITION: LiteralString = """
    with bounds as (
        select %(first)s::date as first, least(%(last)s::date, %(as_of)s::date) as last
    ),
    week as (
        select greatest(monday::date, first) as first, least(monday::date + 6, last) as last,
               {group} as label, 0 as total
          from bounds
         cross join generate_series(date_trunc('week', first), last, interval '1 week') as monday
         union all
        select first, last, null, 1 from bounds
    )
    select w.label as group,
           (select count(distinct person_ref) from {rows}.module m
             where m.measure = 'WEP_PLUS' and m.started_on <= w.last
               and coalesce(m.last_day, 'infinity') >= w.last) as running,
           (select count(distinct person_ref) from {rows}.module m
             where m.measure = 'WEP_PLUS' and m.last_day between w.first and w.last) as ended,
           g.to_tender, g.to_subsidy, g.to_other,
           (select count(distinct x.person_ref) from {rows}.hire x
             where x.hired_on between w.first and w.last
               and exists (select from {rows}.module m
                            where m.person_ref = x.person_ref and m.measure = 'WEP_PLUS'
                              and m.started_on <= x.hired_on)) as hired
      from week w
     cross join lateral (
           select count(distinct person_ref) filter (where to_scheme = 'IWPL_TENDER') as to_tender,
                  count(distinct person_ref) filter (where to_scheme = 'IWPL_SUBSIDIE') as to_subsidy,
                  count(distinct person_ref)
                      filter (where to_scheme not in ('IWPL_TENDER', 'IWPL_SUBSIDIE')) as to_other
             from {rows}.migration
            where migrated_on between w.first and w.last) as g
     order by w.total, w.label
"""
_WEEK: LiteralString = """to_char(monday, 'IYYY-"W"IW')"""


def transition(
    connection: Database, period: Period, *, as_of: date, rows: sql.Identifier = LIVE
) -> TransitionReport:
    """The weeks of `period` up to `as_of`; `rows` is the schema of the rows that it is of."""
    values = {**period.days, "as_of": as_of}
    groups, total = grouped(
        connection, _TRANSITION, _WEEK, values, one_line(TransitionRow), rows=rows
    )
    return TransitionReport(
        period=period,
        by=GroupBy.WEEK,
        as_of=as_of,
        rows=groups,
        total=total,
        definitions=definitions("wep_running", "wep_ended", "wep_migrated", "wep_hired", "persons"),
        freshness=freshness(connection, "reporting"),
    )
