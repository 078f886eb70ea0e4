"""Why someone should look at a pathway today: reasons with their days, by one table of thresholds."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from projections.counsellor.queries import CaseloadRow
from schemas.codes import ModuleKind, PathwayStatus, ReferralStatus


class Attention(StrEnum):
    """Why someone should look at a pathway today. It follows from the rows and the day."""

    UNASSIGNED = "UNASSIGNED"
    """It is open and nobody guides it."""
    NEW_FOR_ME = "NEW_FOR_ME"
    """Whoever guides it does so for a week at most."""
    NO_FIRST_CONTACT = "NO_FIRST_CONTACT"
    """Three weeks after the enrolment nothing was done yet but to assign it."""
    NO_ACTIVITY = "NO_ACTIVITY"
    """It is in guidance, nothing runs or waits, and nobody did anything for 60 days."""
    NO_MODULE = "NO_MODULE"
    """It is in guidance and no module runs, while the person is not exempt."""
    NOT_STARTED = "NOT_STARTED"
    """A planned module was to start before today, and nobody registered that it did or did not."""
    SUSPENSION_OVER = "SUSPENSION_OVER"
    """Guidance waits for longer than was expected."""
    SUSPENDED_LONG = "SUSPENDED_LONG"
    """Guidance waits for over 30 days, and nobody said until when."""
    MODULE_ENDS = "MODULE_ENDS"
    """A module's planned last day is within 14 days."""
    MODULE_OVERDUE = "MODULE_OVERDUE"
    """A module's planned last day is over, and nobody registered how it ended."""
    SOFT_MAXIMUM_PASSED = "SOFT_MAXIMUM_PASSED"
    """A module, or guidance after a referral, is to last longer than its soft maximum."""
    HARD_MAXIMUM_NEAR = "HARD_MAXIMUM_NEAR"
    """A module reaches its hard maximum within 30 days, or did so, and is planned up to it."""
    WEP_DEADLINE = "WEP_DEADLINE"
    """A module of WEP+ runs on, and that measure ends, or ended, on 30 September 2015."""
    REFERRAL_ENDS = "REFERRAL_ENDS"
    """The last day of guidance after a referral is within 14 days."""
    REFERRAL_OVER = "REFERRAL_OVER"
    """The last day of guidance after a referral is over, and nothing took its place."""
    PROPOSAL_WAITING = "PROPOSAL_WAITING"
    """A provider did not answer a referral for over 5 days."""
    HIRE_DUE = "HIRE_DUE"
    """The day by which an employer had to hire after an IBO is over, and nothing was registered."""
    ENDED_IN_PROTECTION = "ENDED_IN_PROTECTION"
    """A job ended inside the protection against dismissal after an IBO, not longer than two months ago."""
    CHECK_DUE = "CHECK_DUE"
    """It is 1, 3, 6 or 12 months after the way out, and nobody looked whether the person works."""
    CONTRACT_NOT_SIGNED = "CONTRACT_NOT_SIGNED"
    """An IBO runs whose contract not all three parties signed before its start."""
    TRANSMISSION_CANDIDATE = "TRANSMISSION_CANDIDATE"
    """Two appointments were missed without an excuse since the last transmission."""
    PLAN_TO_REVIEW = "PLAN_TO_REVIEW"
    """The day on which the plan was to be looked at again is over, and the person does not work yet."""
    PARKED = "PARKED"
    """What was recorded last is not shown: the read model waits for an operator."""
    REMINDER = "REMINDER"
    """A day came on which the one who looks wanted to be reminded of it."""


class Threshold(BaseModel):
    """When a reason holds. `days`: after, or before; `day`: a fixed one; `source`: who says so."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    rank: int
    source: str
    days: int = 0
    day: date | None = None
    worklist: bool = True


class Urgency(StrEnum):
    """How soon something is to be done."""

    NOW = "NOW"
    """Its day is today, or over."""
    WEEK = "WEEK"
    """Its day is within a week."""
    LATER = "LATER"


_SOON = {urgency: place for place, urgency in enumerate(Urgency)}


@dataclass(frozen=True)
class Alert:
    """One reason, and the day (Brussels) that it speaks of, if any."""

    reason: Attention
    day: date | None

    def urgency(self, today: date) -> Urgency:
        """How soon it is to be done, seen from `today`."""
        if self.day is None or self.day <= today:
            return Urgency.NOW
        return Urgency.WEEK if self.day <= today + timedelta(days=7) else Urgency.LATER

    def order(self, today: date) -> tuple[int, int, date]:
        """The most pressing is the lowest: what is due already by its rank, then what comes by its day."""
        soon = _SOON[self.urgency(today)]
        day = self.day or date.min
        return (0, THRESHOLDS[self.reason].rank, day) if not soon else (soon, day.toordinal(), day)


def _thresholds() -> dict[Attention, Threshold]:
    told = tomllib.loads((Path(__file__).parent / "thresholds.toml").read_text())
    return {Attention(name): Threshold.model_validate(one) for name, one in told.items()}


THRESHOLDS = _thresholds()
_OF_CLOSED = frozenset({Attention.CHECK_DUE, Attention.PARKED})
"""Work is checked after the closing too."""
_WEP = frozenset({ModuleKind.WEP_WERKERVARING, ModuleKind.WEP_INSCHAKELING})


def attention(row: CaseloadRow, today: date) -> list[Attention]:
    """Why someone should look at this pathway on `today` (Brussels), the most pressing first."""
    return [alert.reason for alert in alerts(row, today)]


def alerts(row: CaseloadRow, today: date) -> list[Alert]:
    """The same with their days."""
    closed = row.closed_on is not None
    found = (*_of_modules(row, today), *_of_work(row, today), *_of_guidance(row, today))
    holding = (one for one in found if not closed or one.reason in _OF_CLOSED)
    return sorted(holding, key=lambda one: one.order(today))


def to_do(row: CaseloadRow, today: date) -> list[Alert]:
    """Those that are work for somebody, and no mark alone; the most pressing first."""
    return [one for one in alerts(row, today) if THRESHOLDS[one.reason].worklist]


def _of_modules(row: CaseloadRow, today: date) -> Iterator[Alert]:
    """What runs, or is to start, and its last days."""
    for day, ends, over in (
        (row.next_planned_end, Attention.MODULE_ENDS, Attention.MODULE_OVERDUE),
        (row.guided_until, Attention.REFERRAL_ENDS, Attention.REFERRAL_OVER),
    ):
        if day and day < today:
            yield Alert(over, day)
        elif day and day <= today + _days(ends):
            yield Alert(ends, day)
    if row.planned_start and row.planned_start < today:
        yield Alert(Attention.NOT_STARTED, row.planned_start)
    hard = row.hard_maximum_on
    if hard and hard <= today + _days(Attention.HARD_MAXIMUM_NEAR):
        yield Alert(Attention.HARD_MAXIMUM_NEAR, hard)
    wep_ends = THRESHOLDS[Attention.WEP_DEADLINE].day
    runs_on = wep_ends and _WEP & set(row.running_kinds)
    if wep_ends and runs_on and wep_ends <= today + _days(Attention.WEP_DEADLINE):
        yield Alert(Attention.WEP_DEADLINE, wep_ends)
    if row.soft_maximum_passed or row.referral_extended:
        yield Alert(Attention.SOFT_MAXIMUM_PASSED, None)
    if row.unsigned_ibos:
        yield Alert(Attention.CONTRACT_NOT_SIGNED, row.running_since)


def _of_work(row: CaseloadRow, today: date) -> Iterator[Alert]:
    """What is due around work after a module."""
    if row.waits_from is not None:
        yield Alert(Attention.PARKED, None)
    ended = row.ended_in_protection_on
    if ended and not _over(ended, Attention.ENDED_IN_PROTECTION, today):
        yield Alert(Attention.ENDED_IN_PROTECTION, ended)
    if row.hire_due_by and row.hire_due_by < today:
        yield Alert(Attention.HIRE_DUE, row.hire_due_by)
    if row.check_due_on and row.check_due_on <= today:
        yield Alert(Attention.CHECK_DUE, row.check_due_on)


def _of_guidance(row: CaseloadRow, today: date) -> Iterator[Alert]:
    """Who guides, and whether anything happens."""
    without = row.without_counsellor_since
    if row.counsellor is None and (not without or _over(without, Attention.UNASSIGNED, today)):
        yield Alert(Attention.UNASSIGNED, without)
    works = row.status == PathwayStatus.NAZORG
    if row.plan_review_on and row.plan_review_on < today and not works:
        yield Alert(Attention.PLAN_TO_REVIEW, row.plan_review_on)
    if row.suspended_until and row.suspended_until < today:
        yield Alert(Attention.SUSPENSION_OVER, row.suspended_until)
    elif not row.suspended_until and _over(row.suspended_on, Attention.SUSPENDED_LONG, today):
        yield Alert(Attention.SUSPENDED_LONG, row.suspended_on)
    proposed = row.referred_on if row.referral_status == ReferralStatus.AANGEMELD else None
    if _over(proposed, Attention.PROPOSAL_WAITING, today):
        yield Alert(Attention.PROPOSAL_WAITING, proposed)
    since = row.counsellor_since
    if since and not _over(since, Attention.NEW_FOR_ME, today):
        yield Alert(Attention.NEW_FOR_ME, since)
    if not _is_exempt(row, today):
        yield from _without_activity(row, today)


def _without_activity(row: CaseloadRow, today: date) -> Iterator[Alert]:
    """Of who is not exempt."""
    if row.missed_appointments >= THRESHOLDS[Attention.TRANSMISSION_CANDIDATE].days:
        yield Alert(Attention.TRANSMISSION_CANDIDATE, None)
    enrolled = row.enrolled_on if row.first_contact_on is None else None
    waits = _over(enrolled, Attention.NO_FIRST_CONTACT, today)
    if waits:
        yield Alert(Attention.NO_FIRST_CONTACT, enrolled)
    if row.status != PathwayStatus.IN_BEGELEIDING or row.running_kinds:
        return
    yield Alert(Attention.NO_MODULE, None)
    if (
        not waits
        and not row.planned_start
        and _over(row.last_fact_on, Attention.NO_ACTIVITY, today)
    ):
        yield Alert(Attention.NO_ACTIVITY, row.last_fact_on)


def _is_exempt(row: CaseloadRow, today: date) -> bool:
    since, until = row.exempt_since, row.exempt_until
    return since is not None and since <= today and (until is None or until >= today)


def _over(since: date | None, reason: Attention, today: date) -> bool:
    return since is not None and today > since + _days(reason)


def _days(reason: Attention) -> timedelta:
    return timedelta(days=THRESHOLDS[reason].days)
