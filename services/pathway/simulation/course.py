"""What happens to a module on its way: planned before it starts, absences, pauses, other ends and hours."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from pathway.domain.absence import ReportAbsence
from pathway.domain.codes import (
    AbsenceReason,
    InterruptionReason,
    ModuleKind,
    NotStartedReason,
    PlanMotive,
)
from pathway.domain.course import (
    ChangeIntensity,
    ExtendModule,
    InterruptModule,
    ResumeModule,
    ShortenModule,
)
from pathway.domain.ibo import StartIbo
from pathway.domain.planning import DropPlannedModule, PlanModule
from pathway.domain.stage import StartStage
from pathway.simulation.acts import AT_ONCE, Dossier, Life, Telling

StartT = TypeVar("StartT", StartIbo, StartStage)

_PAUSES = {
    InterruptionReason.ZIEKTE: 55,
    InterruptionReason.COLLECTIEVE_SLUITING: 20,
    InterruptionReason.FAMILIAAL: 12,
    InterruptionReason.ARBEIDSONGEVAL: 6,
    InterruptionReason.ANDERE: 7,
}
_DROPPED = {
    NotStartedReason.GEEN_PLAATS: 3,
    NotStartedReason.NIET_OPGEDAAGD: 3,
    NotStartedReason.WERKGEVER_TREKT_IN: 2,
}
_ABSENCES = {
    AbsenceReason.ZIEKTE: 62,
    AbsenceReason.ARBEIDSONGEVAL: 4,
    AbsenceReason.ONWETTIG: 14,
    AbsenceReason.ANDERE: 20,
}
_LONG_ENOUGH = 60
_LONG_ENOUGH_TO_MISS = 12
_LONGEST_EXTENDED = 23 * 7
_SHORTER_WEEK = Decimal("30.4")


class Planned(NamedTuple):
    """A module that runs. Nothing of it is told for a day before `settled`."""

    module_id: UUID
    start: date
    until: date
    organisation: str
    settled: date


def begins(module_id: UUID, start: date, until: date, organisation: str) -> Planned:
    """A module that runs from today."""
    return Planned(module_id, start, until, organisation, start)


def planned_before(d: Dossier, start: StartT) -> Telling[StartT]:
    """The same start; now and then of a module that was agreed on some days before. Some plans never start."""
    on = max(start.on - d.days(3, 20), d.registered_at.date(), d.latest)
    if on >= start.on or not d.happens(0.25):
        return start
    told = {
        "on": on,
        "planned_from": start.on,
        "planned_until": start.planned_until,
        "hours_per_week": start.hours_per_week,
        **_form(start),
    }
    command = PlanModule.model_validate(told)
    (module_id,) = yield d.registered(on, command, delays=AT_ONCE)
    if d.registered_at.date() < start.on and d.happens(0.12):
        drop = DropPlannedModule(on=on, module_id=module_id, reason=d.one_of(_DROPPED))
        yield d.registered(on, drop, delays=AT_ONCE)
        return start
    return start.model_copy(update={"planned_module_id": module_id})


def _form(start: StartIbo | StartStage) -> dict[str, object]:
    match start:
        case StartIbo():
            ibo = {"module_kind": ModuleKind.IBO, "variant": start.variant}
            return {**ibo, "organisation": start.employer}
        case StartStage():
            stage = {"module_kind": ModuleKind.STAGE, "stage": start.stage}
            return {**stage, "organisation": start.host}


def on_the_way(d: Dossier, running: Planned, *, ibo: bool) -> Telling[Planned]:
    """What one in six of the longer modules meets; the module as it is planned afterwards."""
    length = (running.until - running.start).days
    if length < _LONG_ENOUGH or not d.happens(0.3):
        return (yield from _absent(d, running, length))
    on = running.start + d.days(14, length // 3)
    if d.happens(0.4):
        return (yield from _pauses(d, running, on))
    if not ibo:
        return running
    if length <= _LONGEST_EXTENDED and d.happens(0.5):
        until = running.until + timedelta(days=7)
        told = {"planned_until": until, "motive": PlanMotive.INHALEN_AFWEZIGHEID}
        yield from _replanned(d, running, on, ExtendModule, told)
        return running._replace(until=until, settled=on)
    if d.happens(0.5):
        until = running.until - timedelta(days=7)
        told = {"planned_until": until, "motive": PlanMotive.COMPETENTIES_SNELLER_BEREIKT}
        yield from _replanned(d, running, on, ShortenModule, told)
        return running._replace(until=until, settled=on)
    told = {"hours_per_week": _SHORTER_WEEK, "motive": PlanMotive.VRAAG_CURSIST}
    yield from _replanned(d, running, on, ChangeIntensity, told)
    return running._replace(settled=on)


def _absent(d: Dossier, running: Planned, length: int) -> Telling[Planned]:
    """For some a few days without the person, near the beginning."""
    if length < _LONG_ENOUGH_TO_MISS or not d.happens(0.15):
        return running
    on = running.start + d.days(1, length // 4)
    last_day, reason = on + d.days(0, 4), d.one_of(_ABSENCES)
    told = ReportAbsence(on=on, module_id=running.module_id, last_day=last_day, reason=reason)
    yield d.registered(on, told)
    return running._replace(settled=last_day)


def _pauses(d: Dossier, running: Planned, on: date) -> Telling[Planned]:
    module_id = running.module_id
    pause = InterruptModule(on=on, module_id=module_id, reason=d.one_of(_PAUSES))
    yield d.registered(on, pause)
    back = d.later(on, 4, 20)
    yield d.registered(back, ResumeModule(on=back, module_id=module_id))
    return running._replace(until=running.until + (back - on), settled=back)


def _replanned(
    d: Dossier,
    running: Planned,
    on: date,
    command: type[ExtendModule | ShortenModule | ChangeIntensity],
    told: dict[str, Any],
) -> Life:
    asked = command.model_validate({"on": on, "module_id": running.module_id, **told})
    yield d.registered(on, asked)
