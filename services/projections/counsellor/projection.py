"""From one pathway's events to what its counsellor sees of it."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import cast
from uuid import UUID

from projections.amending import amended, annulled_on, merged_into, standing
from projections.counsellor.after_modules import work_columns
from projections.counsellor.contact import contact_columns
from projections.counsellor.duties import duty_columns
from projections.counsellor.soft_maximum import Limits, lengths
from projections.guiding import guides_from
from projections.modules import Module, modules_of
from projections.projection import Event, Projection, Row, Rows, data_of
from schemas.codes import PathwayStatus, ReferralStatus
from schemas.events import (
    AbsenceReported,
    CounsellorAssigned,
    CounsellorTransferred,
    CounsellorUnassigned,
    Data,
    DeadlineReached,
    Enrolled,
    GuidingOrganisationChanged,
    HiredInNec,
    ImportedFromLegacy,
    ModuleData,
    ParticipantCharacteristicsRecorded,
    PathwayClosed,
    PathwayPlanAgreed,
    PathwayReopened,
    PathwaySuspended,
    ReferralConfirmed,
    ReferralExtended,
    ReferralRefused,
    ReferredToProvider,
    Screened,
    WepPlusMigrated,
)

_EMPTY = (
    "counsellor",
    "unit",
    "counsellor_since",
    "guiding_organisation",
    "distance",
    "screened_on",
    "plan_agreed_on",
    "plan_review_on",
    "referral_provider",
    "referral_status",
    "guided_until",
    "category",
    "commune",
    "scheme",
    "last_hired_on",
    "last_employer",
    "suspended_on",
    "suspended_until",
    "closed_on",
    "exit_type",
)
"""Columns of the caseload row that are empty until something is told."""


def counsellor_rows(events: Sequence[Event]) -> Rows:
    """The caseload row, the modules and the timeline of one pathway."""
    told = standing(events)
    gone = annulled_on(events) or merged_into(events)
    modules = [] if gone else modules_of(told)
    limits = lengths(told)
    long = limits.passed_by(modules)
    changed = amended(events)
    return {
        "caseload": [
            {
                **_caseload(events, told, modules, long),
                "hard_maximum_on": limits.hard_maximum_of(modules),
            }
        ],
        "module": [
            {**vars(module), "past_soft_maximum": module.module_id in long} for module in modules
        ],
        "timeline": [
            _entry(event, modules, changed.get(event.id), limits.after.get(event.id))
            for event in events
        ],
    }


COUNSELLOR = Projection(
    name="counsellor",
    ddl=Path(__file__).parent / "tables.sql",
    tables=("caseload", "module", "timeline"),
    fold=counsellor_rows,
)


def _caseload(
    events: Sequence[Event],
    told: Sequence[Event],
    modules: Sequence[Module],
    long: Collection[UUID],
) -> Row:
    """`events` are in the order of their versions, `told` the same in the order of their days.

    `long` are the modules past their soft maximum.
    """
    statuses = [data.pathway_status for event in events if (data := data_of(event))]
    row: dict[str, object] = {
        "person_ref": None,
        # Each event tells the status after it, with all that was recorded before it weighed in.
        "status": statuses[-1] if statuses else "ONBEKEND",
        **dict.fromkeys(_EMPTY),
        "referral_extended": False,
        "enrolled_on": None,
        "enrolment_inferred": False,
        **_of_legacy(told),
        "partners": _partners(told),
        **_of_modules(modules, long),
        "absent_until": _absent_until(told, modules),
        "hires": sum(isinstance(data_of(event), HiredInNec) for event in told),
        **work_columns(events, told, modules),
        **duty_columns(told),
        **contact_columns(told),
        "last_fact_on": _last_fact_on(told) or events[-1].occurredon,
        "last_recorded_at": max(event.time for event in events),
        "version": events[-1].streamversion,
    }
    for event in told:
        # An import that learns of an earlier begin enrols once more; the earliest day stands first.
        if not (isinstance(data_of(event), Enrolled) and row["enrolled_on"]):
            row |= told_by(event)
    waits = row["status"] == PathwayStatus.GESCHORST
    goes_on: Row = {} if waits else {"suspended_on": None, "suspended_until": None}
    return {**row, **goes_on, "merged_into": None, **_gone(row, events)}


def _last_fact_on(told: Sequence[Event]) -> date | None:
    """The last day on which somebody did something: that a day passed is nothing that anybody did."""
    done = (event for event in told if not isinstance(data_of(event), DeadlineReached))
    return max((event.occurredon for event in done), default=None)


def _gone(row: Row, events: Sequence[Event]) -> Row:
    """The columns of the caseload row that change when nothing of the pathway counts by itself."""
    annulled, merged = annulled_on(events), merged_into(events)
    if annulled is not None:
        closed_on = annulled.occurredon
    elif merged is not None:
        closed_on = cast("date | None", row["closed_on"]) or merged[1].occurredon
    else:
        return {}
    partners = _until(cast("dict[str, date | None]", row["partners"]), closed_on)
    return {
        "hires": 0,
        "last_hired_on": None,
        "last_employer": None,
        "hire_due_by": None,
        "ended_in_protection_on": None,
        "unsigned_ibos": 0,
        "check_due_on": None,
        "exit_type": None,
        "partners": partners,
        "closed_on": closed_on,
        "merged_into": merged[0] if merged else None,
    }


def _of_modules(modules: Sequence[Module], long: Collection[UUID]) -> Row:
    running = [module for module in modules if module.runs]
    planned = [module for module in modules if module.planned]
    return {
        "running_kinds": sorted({module.kind for module in running}),
        "running_organisations": sorted({module.organisation for module in running}),
        "running_since": min((module.started_on for module in running), default=None),
        "next_planned_end": min((module.planned_until for module in running), default=None),
        "planned_start": min((module.started_on for module in planned), default=None),
        "soft_maximum_passed": any(module.module_id in long for module in (*running, *planned)),
        "modules": sum(module.ran for module in modules),
    }


def _of_legacy(told: Sequence[Event]) -> Row:
    """Which older systems know of it, and up to which day that may be incomplete."""
    imports = [data for event in told if isinstance(data := data_of(event), ImportedFromLegacy)]
    return {
        "legacy_sources": sorted({one.source for one in imports}),
        "incomplete_until": max((one.incomplete_until for one in imports), default=None),
    }


def _absent_until(told: Sequence[Event], modules: Sequence[Module]) -> date | None:
    """The last day of the absences from what runs."""
    running = {module.module_id for module in modules if module.runs}
    absences = (data for event in told if isinstance(data := data_of(event), AbsenceReported))
    return max((one.last_day for one in absences if one.module_id in running), default=None)


def _partners(told: Sequence[Event]) -> dict[str, date | None]:
    """Who guides or guided, to their last day; who takes over ends the one before, the day before."""
    partners: dict[str, date | None] = {}
    closed_on: date | None = None
    for event in told:
        data = data_of(event)
        if taking_over := guides_from(data):
            partners = _until(partners, event.occurredon - timedelta(days=1))
            partners[taking_over] = None
        elif isinstance(data, PathwayClosed):
            closed_on = event.occurredon
            partners = _until(partners, closed_on)
        elif isinstance(data, PathwayReopened):
            partners = {p: None if u == closed_on else u for p, u in partners.items()}
    return partners


def _until(partners: dict[str, date | None], last_day: date) -> dict[str, date | None]:
    return {partner: until or last_day for partner, until in partners.items()}


def told_by(event: Event) -> Row:
    """The columns of the caseload row that this event changes."""
    match data_of(event):
        case Enrolled() as data:
            return {
                "person_ref": data.person_ref,
                "enrolled_on": event.occurredon,
                "enrolment_inferred": data.inferred,
                "category": data.category,
            }
        case CounsellorAssigned() | CounsellorTransferred() as data:
            return {
                "counsellor": data.counsellor,
                "unit": data.unit,
                "counsellor_since": event.occurredon,
            }
        case CounsellorUnassigned():
            return {"counsellor": None, "counsellor_since": None}
        case ParticipantCharacteristicsRecorded(commune=str() as commune):
            return {"commune": commune}
        case WepPlusMigrated() as data:
            return {
                "scheme": data.to_scheme,
                "guiding_organisation": data.guiding_organisation_after,
                # Whoever guides now, it is not by that referral.
                "guided_until": None,
                "referral_extended": False,
            }
        case HiredInNec() as data:
            return {"last_hired_on": event.occurredon, "last_employer": data.employer}
        case Screened() as data:
            return {"distance": data.distance, "screened_on": event.occurredon}
        case PathwayPlanAgreed() as data:
            return {"plan_agreed_on": event.occurredon, "plan_review_on": data.review_on}
        case data:
            return _guidance(data) or _course(event)


def _course(event: Event) -> Row:
    """The columns that a suspension, a closing and a reopening change."""
    match data_of(event):
        case PathwaySuspended() as data:
            return {"suspended_on": event.occurredon, "suspended_until": data.expected_until}
        case PathwayClosed() as data:
            return {"closed_on": event.occurredon, "exit_type": data.exit_type}
        case PathwayReopened():
            return {"closed_on": None, "exit_type": None}
        case _:
            return {}


def _guidance(data: Data | None) -> Row:
    """The columns that a referral and a change of the guiding organisation change."""
    match data:
        case GuidingOrganisationChanged():
            return {
                "guiding_organisation": data.to_organisation,
                "guided_until": None,
                "referral_extended": False,
            }
        case ReferredToProvider():
            waits = ReferralStatus.AANGEMELD
            return {"referral_provider": data.provider, "referral_status": waits}
        case ReferralConfirmed():
            return {
                "guiding_organisation": data.provider,
                "referral_status": ReferralStatus.DEFINITIEF,
                "guided_until": data.until,
                "referral_extended": False,
            }
        case ReferralRefused():
            return {"referral_status": ReferralStatus.GEWEIGERD}
        case ReferralExtended():
            # The clock ran to the soft maximum, so any extension is past it.
            return {"guided_until": data.until, "referral_extended": True}
        case _:
            return {}


def _entry(
    event: Event, modules: Sequence[Module], amended_to: str | None, limits: Limits | None
) -> Row:
    data = data_of(event)
    details = data.model_dump(mode="json", exclude={"pathway_status"}) if data else {}
    if amended_to:
        details |= {"amended": amended_to}
    if isinstance(data, ModuleData | DeadlineReached):
        about = next((m for m in modules if m.module_id == data.module_id), None)
        details |= {"module_organisation": about.organisation if about else None}
    if limits and "planned_until" in details:
        details = limits.as_told() | details
    return {
        "version": event.streamversion,
        "event_id": event.id,
        "event": event.type.removeprefix("be.vdab.pathway.").rpartition(".")[0],
        "occurred_on": event.occurredon,
        "recorded_at": event.time,
        "actor_type": event.actortype,
        "actor_org": event.actororg,
        "pathway_status": data.pathway_status if data else None,
        "details": details,
    }
