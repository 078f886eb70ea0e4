"""From one pathway's events to the rows that reports count."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from projections.amending import annulled_on, merged_into, standing
from projections.jobs import Job, jobs_of
from projections.modules import Module, modules_of
from projections.obligations import Obligation, obligations
from projections.projection import Event, Projection, Row, Rows, data_of
from projections.reporting.exceptional import exceptional
from projections.reporting.situation import contacts, first_told, situations
from schemas.codes import ModuleKind, ModuleStatus, Proof, StopReason
from schemas.events import (
    EmploymentChecked,
    Enrolled,
    HiredInNec,
    ImportedFromLegacy,
    ParticipantCharacteristicsRecorded,
    PathwayClosed,
    PathwayReopened,
    WepPlusMigrated,
)

MEASURES = {
    ModuleKind.IBO: "IBO",
    ModuleKind.STAGE: "STAGE",
    ModuleKind.WEP_WERKERVARING: "WEP_PLUS",
    ModuleKind.WEP_INSCHAKELING: "WEP_PLUS",
}
"""The measure that a kind of module belongs to."""

BEST_FIRST = (Proof.DMFA, Proof.DIMONA, Proof.CONTRACT, Proof.VERKLARING)
"""Which source counts of a check of work, as the contract tells of `employment-checked`."""

CommuneOn = Callable[[date], str | None]


def reporting_rows(events: Sequence[Event]) -> Rows:
    """What happened to one pathway and how it stood from day to day; nothing before its enrolment."""
    told = standing(events)
    # What was only planned never began, so no report counts it.
    modules = [module for module in modules_of(told) if module.ran]
    commune_on = _communes(told)
    rows: dict[str, list[Any]] = {table: [] for table in REPORTING.tables}
    enrolment = next((event for event in told if isinstance(data_of(event), Enrolled)), None)
    if enrolment is None or not isinstance(enrolment.data, Enrolled):
        return rows
    if annulled_on(events) or merged_into(events):
        return rows
    person = {"person_ref": enrolment.data.person_ref}
    rows["inflow"] = [{**person, **_inflow(enrolment, enrolment.data, told, modules)}]
    rows["module"] = [{**person, **row} for row in _modules(told, modules, commune_on)]
    stood = situations(events, told)
    rows["situation"] = [{**person, **row} for row in stood]
    rows["exceptional_fact"] = [
        {**person, "commune": commune_on(day), **row}
        for day, row in exceptional(events, told, stood)
    ]
    rows["contact"] = contacts(events, told)
    for job in jobs_of(told):
        rows["hire"].append({**person, "commune": commune_on(job.first_day), **_hire(job)})
    for event in told:
        row = {**person, "commune": commune_on(event.occurredon)}
        match data_of(event):
            case WepPlusMigrated() as data:
                rows["migration"].append({**row, **_migration(event, data)})
            case PathwayClosed() as data:
                rows["closing"] = [{**row, **_closing(event, data)}]
            case PathwayReopened():
                rows["closing"] = []
            case EmploymentChecked() as data:
                rows["employment_check"].append({**row, **_check(event, data)})
            case _:
                pass
    rows["employment_check"] = _counting(rows["employment_check"])
    return rows


REPORTING = Projection(
    name="reporting",
    ddl=Path(__file__).parent / "tables.sql",
    tables=(
        "inflow",
        "situation",
        "contact",
        "module",
        "hire",
        "migration",
        "closing",
        "employment_check",
        "exceptional_fact",
    ),
    fold=reporting_rows,
)


def _communes(told: Sequence[Event]) -> CommuneOn:
    recorded = [
        (event.occurredon, data.commune)
        for event in told
        if isinstance(data := data_of(event), ParticipantCharacteristicsRecorded) and data.commune
    ]

    def commune_on(day: date) -> str | None:
        before = [commune for since, commune in recorded if since <= day]
        return before[-1] if before else next((commune for _, commune in recorded), None)

    return commune_on


def _inflow(
    enrolment: Event, data: Enrolled, told: Sequence[Event], modules: Sequence[Module]
) -> Row:
    first = min(modules, key=lambda module: module.started_on, default=None)
    hires = [event.occurredon for event in told if isinstance(data_of(event), HiredInNec)]
    legacy = any(isinstance(data_of(event), ImportedFromLegacy) for event in told)
    ended_on = first.last_day if first else None
    afterwards = [day for day in hires if ended_on and day >= ended_on]
    return {
        "enrolled_on": enrolment.occurredon,
        "inferred": data.inferred or legacy,
        "category": data.category,
        "channel": data.channel,
        **first_told(told),
        "first_module_on": first.started_on if first else None,
        "first_module_kind": first.kind if first else None,
        "first_module_form": first.form if first else None,
        "first_module_measure": MEASURES[first.kind] if first else None,
        "first_module_organisation": first.organisation if first else None,
        "first_module_ended_on": ended_on,
        "hired_after_module_on": min(afterwards, default=None),
        "first_hired_on": min(hires, default=None),
    }


def _modules(
    told: Sequence[Event], modules: Sequence[Module], commune_on: CommuneOn
) -> Iterator[Row]:
    owed = obligations(told, modules)
    for module in modules:
        yield {**_module(module, commune_on), **_obligation(owed.get(module.module_id))}


def _module(module: Module, commune_on: CommuneOn) -> Row:
    return {
        "module_id": module.module_id,
        "kind": module.kind,
        "form": module.form,
        "measure": MEASURES[module.kind],
        "organisation": module.organisation,
        "work_floor": module.work_floor,
        "started_on": module.started_on,
        "planned_until": module.planned_until,
        "last_day": module.last_day,
        "status": module.status,
        "reason": module.reason,
        "ending": _ending(module),
        "migrated": module.migrated,
        "commune_at_start": commune_on(module.started_on),
        "commune_at_end": commune_on(module.last_day) if module.last_day else None,
    }


def _obligation(owed: Obligation | None) -> Row:
    return {
        "hire_due_by": owed.due_by if owed else None,
        "hire_met_on": owed.met_on if owed else None,
        "hire_decision": owed.decision if owed else None,
        "hire_motive": owed.motive if owed else None,
        "hire_decided_on": owed.decided_on if owed else None,
    }


def _ending(module: Module) -> str | None:
    if module.last_day is None:
        return None
    if module.status == ModuleStatus.VOLTOOID:
        return "COMPLETED"
    # The measure ended, not the person's effort: neither completion nor early stop.
    measure_ended = module.reason == StopReason.EINDE_MAATREGEL
    return "MEASURE_ENDED" if measure_ended else "STOPPED_EARLY"


def _closing(event: Event, data: PathwayClosed) -> Row:
    return {"closed_on": event.occurredon, "exit_type": data.exit_type, "proof": data.proof}


def _hire(job: Job) -> Row:
    data = job.data
    return {
        "event_id": job.hire.id,
        "hired_on": job.first_day,
        "ends_on": job.last_day or data.until,
        "employer": data.employer,
        "contract": data.contract,
        "proof": data.proof,
        "linked_module_id": data.linked_module_id,
    }


def _migration(event: Event, data: WepPlusMigrated) -> Row:
    return {
        "event_id": event.id,
        "migrated_on": event.occurredon,
        "to_scheme": data.to_scheme,
        "lot": data.lot,
        "organisation_before": data.guiding_organisation_before,
        "organisation_after": data.guiding_organisation_after,
    }


def _check(event: Event, data: EmploymentChecked) -> dict[str, Any]:
    return {
        "version": event.streamversion,
        "months": int(data.checkpoint.removesuffix("M")),
        "since": data.since,
        "measured_on": event.occurredon,
        "source": data.source,
        "in_work": data.in_work,
        "same_employer": data.same_employer,
    }


def _counting(checks: Sequence[Mapping[str, Any]]) -> list[Row]:
    """The checks, each with whether it counts: of its months the latest way out, and the best source."""
    best: dict[int, Mapping[str, Any]] = {}
    for check in checks:
        known = best.get(check["months"])
        if known is None or _rank(check) >= _rank(known):
            best[check["months"]] = check
    return [{**check, "counts": best[check["months"]] is check} for check in checks]


def _rank(check: Mapping[str, Any]) -> tuple[date, int]:
    return check["since"], -BEST_FIRST.index(check["source"])
