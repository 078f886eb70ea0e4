"""Time to work as curves: who of a cohort had regular work by so many months, entry or module's end first."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, LiteralString

from psycopg import sql
from pydantic import Field, computed_field

from projections.freshness import freshness
from projections.reporting.definitions import definitions
from projections.reporting.groups import LIVE, OF_MODULE, Groups, grouped
from projections.reporting.queries import AT_ENTRY
from projections.reporting.reports import Answer, Count, Group, GroupBy, Period, Report, share_of
from projections.schema import Database

LAST_MONTH = 24
TOLD_IN_TABLES = (3, 6, 12, 24)


class Since(StrEnum):
    """From which day months count."""

    ENTRY = "entry"
    END = "end"


class WorkBy(Report):
    """Of a cohort, who had work in the NEC by so many months."""

    months: int
    reached: Annotated[int, Field(ge=0, description="Persons whose months have passed")]
    in_nec: Annotated[int, Field(ge=0, description="Of these, hired in the NEC by then")]

    @computed_field
    @property
    def share_in_nec(self) -> float | None:
        """`in_nec` of `reached`."""
        return share_of(self.in_nec, self.reached)

    @property
    def percent(self) -> float | None:
        """The share as a picture shows it."""
        share = self.share_in_nec
        return None if share is None else round(100 * share, 1)


class CurveRow(Report):
    """A cohort, and who of it had work by each month."""

    group: Group
    persons: Count
    points: tuple[WorkBy, ...]

    @property
    def told(self) -> tuple[WorkBy, ...]:
        """The points that a table has room for."""
        return tuple(point for point in self.points if point.months in TOLD_IN_TABLES)


class CurvesReport(Answer):
    """Who of each cohort had work by so many months after entry, or after a module's end."""

    as_of: date
    since: Since
    rows: tuple[CurveRow, ...]
    total: CurveRow


_WITHOUT = "'ZONDER_MODULE'"
_SINCE_ENTRY: Groups = {
    **AT_ENTRY,
    GroupBy.KIND: f"coalesce(h.first_module_kind, {_WITHOUT})",
    GroupBy.MEASURE: f"coalesce(h.first_module_measure, {_WITHOUT})",
}
CURVES_BY = frozenset(_SINCE_ENTRY) & frozenset(OF_MODULE)
"""What both kinds of cohort can be grouped by."""

# A person counts once in a cohort, with the first entry or end of the period. From an entry the first
# work counts, from an end the first on or after it, in whichever pathway of the person.
_STARTS: dict[Since, LiteralString] = {
    Since.ENTRY: """
        select i.*, i.enrolled_on as day
          from {rows}.inflow i
         where not i.inferred
    """,
    Since.END: """
        select m.*, m.last_day as day, m.commune_at_end as commune
          from {rows}.module m
         where m.last_day is not null
    """,
}
_CURVES: LiteralString = """
    with begun as (
        select h.person_ref, h.day, coalesce({group}, 'ONBEKEND') as label
          from ({starts}) as h
          {situation}
         where h.day between %(first)s and least(%(last)s::date, %(as_of)s::date)
    ),
    worked as (
        select b.person_ref, b.day, min(x.hired_on) as work_on
          from (select distinct person_ref, day from begun) as b
          join {rows}.hire x on x.person_ref = b.person_ref and x.hired_on >= b.day
         group by b.person_ref, b.day
    ),
    told as (
        select person_ref, day, work_on, label
          from begun left join worked using (person_ref, day)
    ),
    person as (
        select distinct on (total, label, person_ref) total, label, person_ref, day, work_on
          from (select 0 as total, * from told
                 union all
                select 1, person_ref, day, work_on, null from told)
               as each (total, person_ref, day, work_on, label)
         order by total, label, person_ref, day
    ),
    cohort as (select distinct total, label from person union select 1, null)
    select c.label as group, m.months, count(p.person_ref) as persons,
           count(*) filter (where passed) as reached,
           count(*) filter (where passed and work_on <= until) as in_nec
      from cohort c
     cross join generate_series(0, %(months)s) as m (months)
      left join person p on p.total = c.total and p.label is not distinct from c.label
     cross join lateral (select (p.day + make_interval(months => m.months))::date as until) as u
     cross join lateral (select until < %(as_of)s as passed) as d
     group by c.total, c.label, m.months
     order by c.total, c.label, m.months
"""


def time_to_work(
    connection: Database,
    period: Period,
    *,
    as_of: date,
    since: Since = Since.ENTRY,
    by: GroupBy = GroupBy.MEASURE,
    rows: sql.Identifier = LIVE,
) -> CurvesReport:
    """Work in the NEC by each of the first 24 months, of who entered, or whose module ended, in `period`.

    `rows` is the schema of the rows that it is of. Raises KeyError for a `by` that is not in CURVES_BY.
    """
    values = {**period.days, "as_of": as_of, "months": LAST_MONTH}
    group = (_SINCE_ENTRY if since is Since.ENTRY else OF_MODULE)[by]
    statement = _CURVES.replace("{starts}", _STARTS[since])
    groups, total = grouped(connection, statement, group, values, _row, rows=rows)
    return CurvesReport(
        period=period,
        by=by,
        as_of=as_of,
        since=since,
        rows=groups,
        total=total,
        definitions=definitions("curve", "curve_reached", "curve_in_nec"),
        freshness=freshness(connection, "reporting"),
    )


def _row(lines: Sequence[dict[str, int]]) -> CurveRow:
    return CurveRow.model_validate({**lines[0], "points": lines})
