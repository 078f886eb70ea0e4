"""Flow into the NEC: who of those whose module ended found regular work, and how soon."""

from collections.abc import Sequence
from datetime import date
from typing import LiteralString

from psycopg import sql

from projections.freshness import freshness
from projections.reporting.definitions import definitions
from projections.reporting.groups import LIVE, OF_MODULE, Groups, grouped
from projections.reporting.reports import FlowReport, FlowRow, GroupBy, Period, Within
from projections.schema import Database

_OF_ENDED: Groups = {**OF_MODULE, GroupBy.ENDING: "h.ending"}
FLOW_BY = frozenset(_OF_ENDED)
"""What flow can be grouped by."""

_FIGURES = definitions(
    "cohort",
    "persons",
    "completed",
    "stopped_early",
    "measure_ended",
    "in_nec",
    "months_not_passed",
    "not_yet_in_nec",
    "flow_reached",
    "at_work",
    "at_work_by_proof",
    "no_work_known",
)

# The definition, which `definitions.py` says in words:
# - the cohort is every module that ended in the period, however it ended;
# - a hire counts from the module's last day on, which may be the first day of work as well (only
#   who is hired while a module runs on has it ended the day before), up to and with the same day N
#   months later (PostgreSQL's month arithmetic: three months after 30 November is the last day of
#   February);
# - persons, not pathways or hires: a hire in a later pathway of the same person counts too, and a
#   person with two modules is in the NEC when a hire followed either of them;
# - rows exist for standing facts only, so an annulled hire is not here to be counted;
# - months have not passed while the last day that counts is not over on the day of the report;
# - at work on the day that the months after the last of a person's modules are over is who has a
#   hire since the first of these that goes on then: no end was told and no contract ended before.
#   Of several the best proof counts, as with checks: DmfA before Dimona, contract and statement.
_FLOW: LiteralString = """
    with ended as (
        select h.person_ref, h.last_day, h.ending, coalesce({group}, 'ONBEKEND') as label
          from (select m.*, m.last_day as day, m.commune_at_end as commune
                  from {rows}.module m) as h
          {situation}
         where h.last_day between %(first)s and %(last)s
           and h.last_day <= %(as_of)s
           and (%(kinds)s::text[] = '{{}}' or h.kind = any(%(kinds)s))
           and (%(organisation)s::text is null or h.organisation = %(organisation)s)
           and (%(province)s::text is null
                or reporting.province_at(h.commune, h.last_day) = %(province)s)
    ),
    worked as (
        select e.person_ref, e.last_day, min(x.hired_on) as first_on
          from (select distinct person_ref, last_day from ended) as e
          join {rows}.hire x on x.person_ref = e.person_ref and x.hired_on >= e.last_day
         group by e.person_ref, e.last_day
    ),
    outcome as (
        select e.label, e.person_ref, h.months, e.last_day, counts.until,
               %(as_of)s <= counts.until as not_passed,
               coalesce(w.first_on <= least(counts.until, %(as_of)s), false) as in_nec
          from ended e
          left join worked w on w.person_ref = e.person_ref and w.last_day = e.last_day
         cross join (values (3), (6), (12)) as h (months)
         cross join lateral (
               select (e.last_day + make_interval(months => h.months))::date as until) as counts
    ),
    person as (
        select label, grouping(label) as total, person_ref, months,
               bool_or(in_nec) as in_nec, bool_or(not_passed) as not_passed,
               min(last_day) as since, max(until) as until
          from outcome
         group by grouping sets ((label, person_ref, months), (person_ref, months))
    ),
    working as (
        select p.person_ref, p.since, p.until,
               min(coalesce(array_position('{{DMFA,DIMONA,CONTRACT,VERKLARING}}', x.proof), 4)) as proof
          from (select distinct person_ref, since, until from person where not not_passed) as p
          join {rows}.hire x on x.person_ref = p.person_ref and x.hired_on >= p.since
           and x.hired_on <= p.until and coalesce(x.ends_on >= p.until, true)
         group by p.person_ref, p.since, p.until
    ),
    people as (
        select total, label, months, count(*) as persons,
               count(*) filter (where in_nec) as in_nec,
               count(*) filter (where not_passed) as months_not_passed,
               count(*) filter (where not_passed and not in_nec) as not_yet_in_nec,
               count(*) filter (where not not_passed) as flow_reached,
               count(w.proof) as at_work,
               count(*) filter (where w.proof = 1) as at_work_dmfa,
               count(*) filter (where w.proof = 2) as at_work_dimona,
               count(*) filter (where w.proof = 3) as at_work_contract,
               count(*) filter (where w.proof = 4) as at_work_statement
          from person
          left join working w using (person_ref, since, until)
         group by total, label, months
    ),
    cohort as (
        select label, grouping(label) as total,
               count(*) as modules,
               count(*) filter (where ending = 'COMPLETED') as completed,
               count(*) filter (where ending = 'STOPPED_EARLY') as stopped_early,
               count(*) filter (where ending = 'MEASURE_ENDED') as measure_ended
          from ended
         group by grouping sets ((label), ())
    )
    select c.label as group, p.months,
           c.modules, c.completed, c.stopped_early, c.measure_ended,
           coalesce(p.persons, 0) as persons,
           coalesce(p.in_nec, 0) as in_nec,
           coalesce(p.months_not_passed, 0) as months_not_passed,
           coalesce(p.not_yet_in_nec, 0) as not_yet_in_nec,
           p.flow_reached, p.at_work, p.at_work_dmfa, p.at_work_dimona, p.at_work_contract, p.at_work_statement
      from cohort c
      left join people p on p.total = c.total and p.label is not distinct from c.label
     order by c.total, c.label, p.months
"""


def flow(
    connection: Database,
    period: Period,
    *,
    as_of: date,
    by: GroupBy = GroupBy.KIND,
    kinds: Sequence[str] = (),
    organisation: str | None = None,
    province: str | None = None,
    rows: sql.Identifier = LIVE,
) -> FlowReport:
    """Flow into the NEC of the modules that ended in `period`, seen from `as_of`.

    `kinds`, `organisation` (a KBO number) and `province` narrow the cohort, not the hires; `rows` is the
    schema of the rows that it is of. Raises KeyError for a `by` that is not in FLOW_BY.
    """
    values = {
        **period.days,
        "as_of": as_of,
        "kinds": list(kinds),
        "organisation": organisation,
        "province": province,
    }
    groups, total = grouped(connection, _FLOW, _OF_ENDED[by], values, _row, rows=rows)
    return FlowReport(
        period=period,
        by=by,
        as_of=as_of,
        rows=groups,
        total=total,
        definitions=_FIGURES,
        freshness=freshness(connection, "reporting"),
    )


def _row(lines: Sequence[dict[str, int]]) -> FlowRow:
    """One group's row from its lines, one for each number of months."""
    within = [Within.model_validate(line) for line in lines if line["months"]]
    nobody = dict.fromkeys(Within.model_fields, 0)
    without = [Within.model_validate(nobody | {"months": months}) for months in (3, 6, 12)]
    told = {**lines[0], "within": within or without}
    return FlowRow.model_validate(told)
