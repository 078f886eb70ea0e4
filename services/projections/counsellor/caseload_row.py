"""A row of the caseload: one pathway as its counsellor sees it."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Cursor


# Not a dataclass: to make a frozen one of so many fields costs ten times as much, for each row of a list.
class CaseloadRow(NamedTuple):
    """One pathway as its counsellor sees it, and the `rule` that decides whether the caller does.

    `waits_from`: parked, its rows stand before that version.
    """

    pathway_id: UUID
    person_ref: UUID | None
    status: str
    counsellor: str | None
    unit: str | None
    counsellor_since: date | None
    enrolled_on: date | None
    enrolment_inferred: bool
    legacy_sources: list[str]
    incomplete_until: date | None
    category: str | None
    commune: str | None
    scheme: str | None
    guiding_organisation: str | None
    distance: str | None
    screened_on: date | None
    plan_agreed_on: date | None
    plan_review_on: date | None
    referral_provider: str | None
    referral_status: str | None
    guided_until: date | None
    referral_extended: bool
    running_kinds: list[str]
    running_organisations: list[str]
    running_since: date | None
    next_planned_end: date | None
    absent_until: date | None
    modules: int
    hires: int
    last_hired_on: date | None
    last_employer: str | None
    suspended_on: date | None
    suspended_until: date | None
    planned_start: date | None
    soft_maximum_passed: bool
    hire_due_by: date | None
    ended_in_protection_on: date | None
    unsigned_ibos: int
    check_due_on: date | None
    first_contact_on: date | None
    without_counsellor_since: date | None
    referred_on: date | None
    hard_maximum_on: date | None
    missed_appointments: int
    exempt_since: date | None
    exempt_until: date | None
    closed_on: date | None
    exit_type: str | None
    merged_into: UUID | None
    last_fact_on: date
    last_recorded_at: datetime
    version: int
    waits_from: int | None
    rule: str
    sort_key: str


def caseload_rows(cursor: Cursor[Any]) -> Callable[[Sequence[Any]], CaseloadRow]:
    """Rows as psycopg makes them, whose columns stand in the order of the fields."""
    told = tuple(column.name for column in cursor.description or ())
    assert not told or told == CaseloadRow._fields, "columns and fields differ"  # noqa: S101
    return CaseloadRow._make
