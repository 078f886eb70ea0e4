"""What reporting officers ask beside the flow into the NEC: inflow, modules, waiting times, outflow."""

from datetime import date
from typing import LiteralString

from psycopg import sql

from projections.freshness import freshness
from projections.reporting.definitions import definitions
from projections.reporting.groups import (
    LIVE,
    OF_CLOSING,
    OF_MODULE,
    OF_SITUATION,
    Groups,
    Lines,
    grouped,
    one_line,
)
from projections.reporting.reports import (
    DaysReport,
    DaysRow,
    GroupBy,
    InflowReport,
    InflowRow,
    ModulesReport,
    ModulesRow,
    OutflowReport,
    OutflowRow,
    Period,
    WorkWithin,
)
from projections.schema import Database

AT_ENTRY: Groups = {
    GroupBy.PROVINCE: "reporting.province_at(h.commune, h.enrolled_on)",
    GroupBy.MONTH: "to_char(h.enrolled_on, 'YYYY-MM')",
    GroupBy.QUARTER: """to_char(h.enrolled_on, 'YYYY-"Q"Q')""",
    GroupBy.YEAR: "to_char(h.enrolled_on, 'YYYY')",
    GroupBy.CHANNEL: "h.channel",
    GroupBy.AGE_GROUP: "h.age_group",
    GroupBy.GENDER: "h.gender",
    GroupBy.EDUCATION: "h.education",
    GroupBy.COMMUNE: "h.commune",
    GroupBy.CATEGORY: "h.category",
    GroupBy.UNEMPLOYMENT: """
        case when h.unemployed_since is null then null
             when h.unemployed_since + interval '12 months' > h.enrolled_on then '<12M'
             when h.unemployed_since + interval '24 months' > h.enrolled_on then '12-23M'
             else '24M+'
        end
    """,
}
"""An enrolment `h`: characteristics as told first."""
_GUIDED = (GroupBy.UNIT, GroupBy.PROVIDER, GroupBy.LOT, GroupBy.SCHEME)
AT_ENTRY_OR_FIRST_MODULE: Groups = {
    **AT_ENTRY,
    GroupBy.KIND: "h.first_module_kind",
    # That of a stage: no form of an IBO is published, because GIBO and K-IBO tell of health.
    GroupBy.FORM: "coalesce(h.first_module_form, h.first_module_kind)",
    GroupBy.MEASURE: "h.first_module_measure",
    GroupBy.ORGANISATION: "h.first_module_organisation",
    **{by: "case when day is not null then " + OF_SITUATION[by] + " end" for by in _GUIDED},
}
INFLOW_BY = frozenset(AT_ENTRY)
DAYS_BY = frozenset(AT_ENTRY_OR_FIRST_MODULE)
MODULES_BY = frozenset(OF_MODULE)
OUTFLOW_BY = frozenset(OF_CLOSING)


def inflow(
    connection: Database,
    period: Period,
    by: GroupBy = GroupBy.MONTH,
    *,
    rows: sql.Identifier = LIVE,
) -> InflowReport:
    """Persons and pathways that enrolled in `period`; `by` is one of INFLOW_BY, else KeyError."""
    groups, total = grouped(
        connection,
        """
        with chosen as (
            select h.person_ref, coalesce({group}, 'ONBEKEND') as label
              from {rows}.inflow h
             where h.enrolled_on between %(first)s and %(last)s
               and not h.inferred
        )
        select label as group, count(distinct person_ref) as persons, count(*) as pathways
          from chosen
         group by grouping sets ((label), ())
         order by grouping(label), label
        """,
        AT_ENTRY[by],
        period.days,
        one_line(InflowRow),
        rows=rows,
    )
    return InflowReport(
        period=period,
        by=by,
        rows=groups,
        total=total,
        inferred_left_out=_inferred(connection, period, rows),
        definitions=definitions("inflow", "persons", "inferred_left_out"),
        freshness=freshness(connection, "reporting"),
    )


_MODULES: LiteralString = """
    with happened as (
        select pathway_id, person_ref, kind, form, measure, organisation, 'STARTED' as what,
               started_on as day, commune_at_start as commune
          from {rows}.module
         where started_on between %(first)s and %(last)s
         union all
        select pathway_id, person_ref, kind, form, measure, organisation, ending,
               last_day, commune_at_end
          from {rows}.module
         where last_day between %(first)s and %(last)s
    ),
    chosen as (
        select h.person_ref, h.what, coalesce({group}, 'ONBEKEND') as label
          from happened h
          {situation}
    )
    select label as group,
           count(distinct person_ref) filter (where what = 'STARTED') as persons_started,
           count(*) filter (where what = 'STARTED') as started,
           count(*) filter (where what <> 'STARTED') as ended,
           count(*) filter (where what = 'COMPLETED') as completed,
           count(*) filter (where what = 'STOPPED_EARLY') as stopped_early,
           count(*) filter (where what = 'MEASURE_ENDED') as measure_ended
      from chosen
     group by grouping sets ((label), ())
     order by grouping(label), label
"""


def modules(
    connection: Database, period: Period, by: GroupBy = GroupBy.KIND, *, rows: sql.Identifier = LIVE
) -> ModulesReport:
    """Modules that started, and modules that ended, in `period`; `by` is one of MODULES_BY."""
    groups, total = grouped(
        connection, _MODULES, OF_MODULE[by], period.days, one_line(ModulesRow), rows=rows
    )
    migrated = connection.execute(
        sql.SQL(
            """
        select count(distinct person_ref)
          from {rows}.migration
         where migrated_on between %(first)s and %(last)s
            """
        ).format(rows=rows),
        period.days,
    ).fetchone()
    return ModulesReport(
        period=period,
        by=by,
        rows=groups,
        total=total,
        persons_migrated=migrated[0] if migrated else 0,
        definitions=definitions(
            "started",
            "ended",
            "completed",
            "stopped_early",
            "measure_ended",
            "completion_rate",
            "persons_migrated",
            "persons",
        ),
        freshness=freshness(connection, "reporting"),
    )


_DAYS: LiteralString = """
    with chosen as (
        select h.first_module_on - h.enrolled_on as to_module,
               h.first_hired_on - h.enrolled_on as to_work,
               h.hired_after_module_on - h.first_module_ended_on as module_to_work,
               h.first_hired_on,
               (h.enrolled_on + interval '6 months')::date as half_a_year,
               (h.enrolled_on + interval '12 months')::date as a_year,
               coalesce({group}, 'ONBEKEND') as label
          from (select i.*, i.first_module_on as day from {rows}.inflow i) as h
          {situation}
         where h.enrolled_on between %(first)s and %(last)s
           and not h.inferred
    )
    select label as group,
           count(*) as pathways,
           count(to_module) as with_module,
           percentile_cont(0.5) within group (order by to_module) as median_days_to_first_module,
           count(to_work) as with_work,
           percentile_cont(0.5) within group (order by to_work) as median_days_to_work,
           count(module_to_work) as with_work_after_module,
           percentile_cont(0.5) within group (order by module_to_work)
               as median_days_from_module_to_work,
           count(*) filter (where half_a_year < %(as_of)s) as reached_6,
           count(*) filter (where half_a_year < %(as_of)s and first_hired_on <= half_a_year)
               as in_nec_6,
           count(*) filter (where a_year < %(as_of)s) as reached_12,
           count(*) filter (where a_year < %(as_of)s and first_hired_on <= a_year) as in_nec_12
      from chosen
     group by grouping sets ((label), ())
     order by grouping(label), label
"""


def days(
    connection: Database,
    period: Period,
    by: GroupBy = GroupBy.KIND,
    *,
    as_of: date = date.max,
    rows: sql.Identifier = LIVE,
) -> DaysReport:
    """Days to first module and to work of who enrolled in `period`, and who worked within months.

    `by` is one of DAYS_BY. Months have passed when their last day is over on `as_of`.

    Kind, form, measure and organisation are those of the pathway's first module; unit, provider, lot and
    scheme those of its first day.
    """
    group = AT_ENTRY_OR_FIRST_MODULE[by]
    values = {**period.days, "as_of": as_of}
    groups, total = grouped(connection, _DAYS, group, values, _days_row, rows=rows)
    return DaysReport(
        period=period,
        by=by,
        rows=groups,
        total=total,
        inferred_left_out=_inferred(connection, period, rows),
        definitions=definitions(
            "median_days_to_first_module",
            "median_days_to_work",
            "median_days_from_module_to_work",
            "work_within",
            "first_module",
            "inferred_left_out",
        ),
        freshness=freshness(connection, "reporting"),
    )


def _days_row(lines: Lines) -> DaysRow:
    (line,) = lines
    within = [
        WorkWithin(months=n, reached=line[f"reached_{n}"], in_nec=line[f"in_nec_{n}"])
        for n in (6, 12)
    ]
    return DaysRow.model_validate({**line, "within": within})


def outflow(
    connection: Database,
    period: Period,
    by: GroupBy = GroupBy.REASON,
    *,
    rows: sql.Identifier = LIVE,
) -> OutflowReport:
    """Persons and pathways that left guidance in `period`; `by` is one of OUTFLOW_BY."""
    groups, total = grouped(
        connection,
        """
        with chosen as (
            select h.person_ref, coalesce({group}, 'ONBEKEND') as label
              from (select *, closed_on as day from {rows}.closing) as h
              {situation}
             where day between %(first)s and %(last)s
        )
        select label as group, count(distinct person_ref) as persons, count(*) as pathways
          from chosen
         group by grouping sets ((label), ())
         order by grouping(label), label
        """,
        OF_CLOSING[by],
        period.days,
        one_line(OutflowRow),
        rows=rows,
    )
    return OutflowReport(
        period=period,
        by=by,
        rows=groups,
        total=total,
        definitions=definitions("outflow", "persons"),
        freshness=freshness(connection, "reporting"),
    )


def _inferred(connection: Database, period: Period, rows: sql.Identifier) -> int:
    found = connection.execute(
        sql.SQL(
            """
        select count(*)
          from {rows}.inflow
         where enrolled_on between %(first)s and %(last)s and inferred
            """
        ).format(rows=rows),
        period.days,
    ).fetchone()
    return found[0] if found else 0
