"""What counsellors ask: the caseload in pages, its counters, one pathway's timeline."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import LiteralString, cast
from uuid import UUID

from plumbing import row_rights
from plumbing.row_rights import Rule
from psycopg import sql
from psycopg.rows import class_row

from projections.counsellor.caseload_row import CaseloadRow, caseload_rows
from projections.counsellor.tables import LIVE, OF_THEN, Tables
from projections.pages import Page, cursor_after, values_of
from projections.schema import Database

ENDS_SOON = timedelta(days=14)
"""A module that ends within this time needs someone to look at it."""

Seen = Mapping[str, object]
"""Whose rows the caller sees: the parameters that `row_rights.values` gives."""


@dataclass(frozen=True)
class CaseloadFilter:
    """Which pathways: every field narrows, None and empty narrow nothing. Days are inclusive."""

    counsellor: str | None = None
    unit: str | None = None
    unassigned: bool | None = None
    guided_by: str | None = None
    person_ref: UUID | None = None
    status: Sequence[str] = ()
    running_kind: str | None = None
    organisation: str | None = None
    planned_end_from: date | None = None
    planned_end_until: date | None = None
    enrolled_from: date | None = None
    enrolled_until: date | None = None
    closed: bool | None = None


class CaseloadSort(StrEnum):
    """In which order; equal rows are in the order of their pathway's id."""

    ENROLLED = "enrolled_on"
    PLANNED_END = "next_planned_end"
    LAST_FACT = "last_fact_on"
    STATUS = "status"


# A row without the value comes last; the text form of each sorts as the value itself does.
_SORT_KEYS: dict[CaseloadSort, LiteralString] = {
    CaseloadSort.ENROLLED: "coalesce(enrolled_on::text, '~')",
    CaseloadSort.PLANNED_END: "coalesce(next_planned_end::text, '~')",
    CaseloadSort.LAST_FACT: "last_fact_on::text",
    CaseloadSort.STATUS: "status",
}


@dataclass(frozen=True)
class Counters:
    """How many open pathways of a caseload there are, and how many need something. `by_status` counts all.

    `without_module` are in guidance: who is not yet, is exempt, or at work already, needs none.
    """

    open: int
    closed: int
    unassigned: int
    without_module: int
    ends_soon: int
    overdue: int
    waiting: int
    by_status: dict[str, int]


@dataclass(frozen=True)
class Entry:
    """One event of a pathway. `details` are the event's data; see `sentences`."""

    version: int
    event_id: UUID
    event: str
    occurred_on: date
    recorded_at: datetime
    actor_type: str
    actor_org: str
    pathway_status: str | None
    details: dict[str, object]


@dataclass(frozen=True)
class ModuleRow:
    """One module of a pathway; its last day is inclusive and None while it runs."""

    module_id: UUID
    kind: str
    form: str | None
    organisation: str
    establishment: str | None
    occupation: str | None
    project: str | None
    work_floor: str | None
    started_on: date
    planned_until: date
    last_day: date | None
    hours_per_week: float | None
    status: str
    reason: str | None
    migrated: bool
    past_soft_maximum: bool


_CASELOAD: LiteralString = """
    with chosen as (
        select c.pathway_id, person_ref, status, counsellor, unit, counsellor_since, enrolled_on,
               enrolment_inferred, legacy_sources, incomplete_until, category, commune, scheme,
               guiding_organisation, distance, screened_on, plan_agreed_on, plan_review_on, referral_provider,
               referral_status, guided_until, referral_extended, running_kinds, running_organisations,
               running_since, next_planned_end, absent_until, modules, hires, last_hired_on,
               last_employer, suspended_on, suspended_until, planned_start, soft_maximum_passed,
               hire_due_by, ended_in_protection_on, unsigned_ibos, check_due_on,
               first_contact_on, without_counsellor_since, referred_on, hard_maximum_on,
               missed_appointments, exempt_since, exempt_until, closed_on,
               exit_type, merged_into, last_fact_on, last_recorded_at, version,
               p.from_version as waits_from,
               rule,
               {key} collate "C" as sort_key
          from {caseload} c
          cross join lateral (select {rule} as rule) as decided
          left join projections.parked p
            on p.projection = 'counsellor' and p.pathway_id = c.pathway_id
         where {chosen}
    )
    select *
      from chosen
     where %(after_key)s::text is null
        or (sort_key, pathway_id) {beyond} (%(after_key)s, %(after_pathway)s::uuid)
     order by sort_key {direction}, pathway_id {direction}
     limit %(limit)s
"""


def caseload(
    connection: Database,
    chosen: CaseloadFilter,
    seen: Seen,
    *,
    sort: CaseloadSort = CaseloadSort.ENROLLED,
    descending: bool = False,
    limit: int = 50,
    cursor: str | None = None,
    tables: Tables = LIVE,
) -> Page[CaseloadRow]:
    """A page of the pathways that `chosen` lets through and the caller sees. Raises CursorUnreadable."""
    order = f"{sort}{' down' if descending else ''}"
    after_key, after_pathway = values_of(cursor, order, str, UUID) if cursor else (None, None)
    query = _caseload_query(_SORT_KEYS[sort], live=tables.then is None, descending=descending)
    # One row more than asked says whether there is a next page.
    values = {
        **seen,
        **_values(chosen),
        **tables.values("caseload"),
        "after_key": after_key,
        "after_pathway": after_pathway,
        "limit": limit + 1,
    }
    with connection.cursor(row_factory=caseload_rows) as rows:
        found = rows.execute(query, values).fetchall()
    more, items = len(found) > limit, found[:limit]
    last = items[-1] if items else None
    after = cursor_after(order, last.sort_key, last.pathway_id) if more and last else None
    return Page(items, after)


_COUNTERS: LiteralString = """
    select coalesce(sum(open), 0)::int as open, coalesce(sum(number - open), 0)::int as closed,
           coalesce(sum(unassigned), 0)::int as unassigned,
           coalesce(sum(without_module), 0)::int as without_module,
           coalesce(sum(ends_soon), 0)::int as ends_soon, coalesce(sum(overdue), 0)::int as overdue,
           coalesce(sum(waiting), 0)::int as waiting,
           coalesce(jsonb_object_agg(status, number), '{{}}') as by_status
      from (select status, count(*) as number,
                   count(*) filter (where closed_on is null) as open,
                   count(*) filter (where closed_on is null and counsellor is null) as unassigned,
                   count(*) filter (
                       where closed_on is null and status = 'IN_BEGELEIDING' and running_kinds = '{{}}'
                         and not coalesce(%(today)s between exempt_since
                                          and coalesce(exempt_until, 'infinity'), false))
                       as without_module,
                   count(*) filter (where closed_on is null
                                      and next_planned_end between %(today)s and %(soon)s) as ends_soon,
                   count(*) filter (where closed_on is null and next_planned_end < %(today)s) as overdue,
                   count(p.pathway_id) as waiting
              from {caseload} c
              cross join lateral (select {rule} as rule) as decided
              left join projections.parked p
                on p.projection = 'counsellor' and p.pathway_id = c.pathway_id
             where {chosen}
             group by status) as each
    """


def counters(
    connection: Database,
    chosen: CaseloadFilter,
    seen: Seen,
    *,
    today: date,
    tables: Tables = LIVE,
) -> Counters:
    """How many chosen pathways the caller sees, and how many need something on `today` (Brussels)."""
    query = sql.SQL(_COUNTERS).format(
        rule=tables.rule, caseload=tables.of("caseload"), chosen=tables.chosen
    )
    days = {"today": today, "soon": today + ENDS_SOON}
    values = {**seen, **_values(chosen), **tables.values("caseload"), **days}
    with connection.cursor(row_factory=class_row(Counters)) as rows:
        found = rows.execute(query, values).fetchone()
    return found or Counters(0, 0, 0, 0, 0, 0, 0, {})


def rules_about(connection: Database, person_ref: UUID, seen: Seen) -> set[Rule]:
    """What decides about each pathway of a person; empty when the read model knows none."""
    query = sql.SQL("select distinct {rule} from counsellor.caseload where person_ref = %(asked)s")
    found = connection.execute(
        query.format(rule=sql.SQL(row_rights.RULE)), {**seen, "asked": person_ref}
    )
    return {Rule(rule) for (rule,) in found}


def pathway(
    connection: Database, pathway_id: UUID, seen: Seen, tables: Tables = LIVE
) -> CaseloadRow | None:
    """One pathway, also where its `rule` hides it; None when the read model does not know it."""
    this: LiteralString = "c.pathway_id = %(pathway_id)s"
    query = _caseload_query("''", live=tables.then is None, chosen=this)
    one = {"pathway_id": pathway_id, "after_key": None, "after_pathway": None, "limit": 1}
    with connection.cursor(row_factory=caseload_rows) as rows:
        return rows.execute(query, {**seen, **tables.values("caseload"), **one}).fetchone()


def traced_under(connection: Database, pathway_id: UUID) -> UUID:
    """Under which reference looks at a pathway stand: its person's, its own when nobody is known."""
    found = connection.execute(
        "select person_ref from counsellor.caseload where pathway_id = %s", [pathway_id]
    ).fetchone()
    return (found[0] if found else None) or pathway_id


def pathways_of(connection: Database, people: Collection[UUID]) -> list[UUID]:
    """Every pathway of these people that the read model knows, the oldest first."""
    found = connection.execute(
        "select pathway_id from counsellor.caseload where person_ref = any(%s) order by pathway_id",
        [list(people)],
    )
    return [pathway_id for (pathway_id,) in found]


def modules(connection: Database, pathway_id: UUID, tables: Tables = LIVE) -> list[ModuleRow]:
    """The modules of one pathway, first started first."""
    with connection.cursor(row_factory=class_row(ModuleRow)) as rows:
        return rows.execute(
            sql.SQL(
                """
            select module_id, kind, form, organisation, establishment, occupation, project,
                   work_floor, started_on, planned_until, last_day, hours_per_week::float8,
                   status, reason, migrated, past_soft_maximum
              from {module}
             where pathway_id = %(pathway_id)s
             order by started_on, module_id
                """
            ).format(module=tables.of("module")),
            {"pathway_id": pathway_id, **tables.values("module")},
        ).fetchall()


def timeline(
    connection: Database,
    pathway_id: UUID,
    *,
    limit: int = 200,
    cursor: str | None = None,
    tables: Tables = LIVE,
) -> Page[Entry]:
    """A page of one pathway's events, newest day first. Raises CursorUnreadable."""
    day, version = (
        values_of(cursor, "timeline", date.fromisoformat, _version) if cursor else (None, None)
    )
    with connection.cursor(row_factory=class_row(Entry)) as rows:
        found = rows.execute(
            sql.SQL(
                """
            select version, event_id, event, occurred_on, recorded_at,
                   actor_type, actor_org, pathway_status, details
              from {timeline}
             where pathway_id = %(pathway_id)s
               and (%(day)s::date is null
                    or (occurred_on, version) < (%(day)s::date, %(version)s::int))
             order by occurred_on desc, version desc
             limit %(limit)s
                """
            ).format(timeline=tables.of("timeline")),
            {
                "pathway_id": pathway_id,
                "day": day,
                "version": version,
                "limit": limit + 1,
                **tables.values("timeline"),
            },
        ).fetchall()
    more, items = len(found) > limit, found[:limit]
    last = items[-1] if items else None
    after = cursor_after("timeline", last.occurred_on, last.version) if more and last else None
    return Page(items, after)


@cache
def _caseload_query(
    key: LiteralString,
    *,
    live: bool,
    descending: bool = False,
    chosen: LiteralString | None = None,
) -> sql.SQL:
    """The question for rows of now, or of then, in this order: of a caseload, or `chosen`.

    Made once, and short: psycopg takes apart at each use what has 4,096 signs or more.
    """
    tables = LIVE if live else OF_THEN
    made = sql.SQL(_CASELOAD).format(
        key=sql.SQL(key),
        rule=tables.rule,
        caseload=tables.of("caseload"),
        chosen=sql.SQL(chosen) if chosen else tables.chosen,
        beyond=sql.SQL("<" if descending else ">"),
        direction=sql.SQL("desc" if descending else "asc"),
    )
    return sql.SQL(cast("LiteralString", " ".join(made.as_string().split())))


def _values(chosen: CaseloadFilter) -> dict[str, object]:
    return {**vars(chosen), "status": list(chosen.status)}


def _version(told: str) -> int:
    version = int(told)
    if not 0 < version < 2**31:
        raise ValueError("no version")
    return version
