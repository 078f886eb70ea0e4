"""From one pathway's events to what its counsellor sees of it."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import cast

from projections.amending import amended, annulled_on, merged_into, standing
from projections.modules import Module, modules_of
from projections.projection import Event, Projection, Row, Rows, data_of
from schemas.events import (
    CounsellorAssigned,
    Enrolled,
    HiredInNec,
    ModuleData,
    ParticipantCharacteristicsRecorded,
    PathwayClosed,
    WepPlusMigrated,
)


def counsellor_rows(events: Sequence[Event]) -> Rows:
    """The caseload row, the modules and the timeline of one pathway."""
    told = standing(events)
    gone = annulled_on(events) or merged_into(events)
    modules = [] if gone else modules_of(told)
    changed = amended(events)
    return {
        "caseload": [_caseload(events, told, modules)],
        "module": [vars(module) for module in modules],
        "timeline": [_entry(event, modules, changed.get(event.id)) for event in events],
    }


COUNSELLOR = Projection(
    name="counsellor",
    ddl=Path(__file__).parent / "tables.sql",
    tables=("caseload", "module", "timeline"),
    fold=counsellor_rows,
)


def _caseload(events: Sequence[Event], told: Sequence[Event], modules: Sequence[Module]) -> Row:
    """`events` are in the order of their versions, `told` the same in the order of their days."""
    running = [module for module in modules if module.runs]
    statuses = [data.pathway_status for event in events if (data := data_of(event))]
    row: dict[str, object] = {
        "person_ref": None,
        # Each event tells the status after it, with all that was recorded before it weighed in.
        "status": statuses[-1] if statuses else "ONBEKEND",
        "counsellor": None,
        "unit": None,
        "counsellor_since": None,
        "enrolled_on": None,
        "enrolment_inferred": False,
        "category": None,
        "commune": None,
        "scheme": None,
        "guiding_organisation": None,
        "partners": _partners(told),
        "running_kinds": sorted({module.kind for module in running}),
        "running_organisations": sorted({module.organisation for module in running}),
        "running_since": min((module.started_on for module in running), default=None),
        "next_planned_end": min((module.planned_until for module in running), default=None),
        "modules": len(modules),
        "hires": 0,
        "last_hired_on": None,
        "last_employer": None,
        "closed_on": None,
        "exit_type": None,
        "last_fact_on": max((event.occurredon for event in told), default=events[-1].occurredon),
        "last_recorded_at": max(event.time for event in events),
        "version": events[-1].streamversion,
    }
    hires = 0
    for event in told:
        data = data_of(event)
        hires += isinstance(data, HiredInNec)
        # An import that learns of an earlier begin enrols once more; the earliest day stands first.
        if not (isinstance(data, Enrolled) and row["enrolled_on"]):
            row |= _told_by(event)
    return {**row, "hires": hires, "merged_into": None, **_gone(row, events)}


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
        "exit_type": None,
        "partners": partners,
        "closed_on": closed_on,
        "merged_into": merged[0] if merged else None,
    }


def _partners(told: Sequence[Event]) -> dict[str, date | None]:
    """Who guides or guided, to their last day; who takes over ends the one before, the day before."""
    partners: dict[str, date | None] = {}
    for event in told:
        match data_of(event):
            case WepPlusMigrated() as data:
                partners = _until(partners, event.occurredon - timedelta(days=1))
                partners[data.guiding_organisation_after] = None
            case PathwayClosed():
                partners = _until(partners, event.occurredon)
            case _:
                pass
    return partners


def _until(partners: dict[str, date | None], last_day: date) -> dict[str, date | None]:
    return {partner: until or last_day for partner, until in partners.items()}


def _told_by(event: Event) -> Row:
    """The columns of the caseload row that this event changes."""
    match data_of(event):
        case Enrolled() as data:
            return {
                "person_ref": data.person_ref,
                "enrolled_on": event.occurredon,
                "enrolment_inferred": data.inferred,
                "category": data.category,
            }
        case CounsellorAssigned() as data:
            return {
                "counsellor": data.counsellor,
                "unit": data.unit,
                "counsellor_since": event.occurredon,
            }
        case ParticipantCharacteristicsRecorded(commune=str() as commune):
            return {"commune": commune}
        case WepPlusMigrated() as data:
            return {
                "scheme": data.to_scheme,
                "guiding_organisation": data.guiding_organisation_after,
            }
        case HiredInNec() as data:
            return {"last_hired_on": event.occurredon, "last_employer": data.employer}
        case PathwayClosed() as data:
            return {"closed_on": event.occurredon, "exit_type": data.exit_type}
        case _:
            return {}


def _entry(event: Event, modules: Sequence[Module], amended_to: str | None) -> Row:
    data = data_of(event)
    details = data.model_dump(mode="json", exclude={"pathway_status"}) if data else {}
    if amended_to:
        details |= {"amended": amended_to}
    if isinstance(data, ModuleData):
        about = next((m for m in modules if m.module_id == data.module_id), None)
        details |= {"module_organisation": about.organisation if about else None}
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
