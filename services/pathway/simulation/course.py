"""What happens to a module on its way: planned before it starts, pauses, other ends and other hours."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from pathway.domain.codes import InterruptionReason, NotStartedReason, PlanMotive
from pathway.domain.course import (
    ChangeIntensity,
    ExtendModule,
    InterruptModule,
    ResumeModule,
    ShortenModule,
)
from pathway.domain.planning import DropPlannedModule, PlanModule
from pathway.simulation.acts import AT_ONCE, Dossier, Life, Telling

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
_LONG_ENOUGH = 60
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


def planned_before(d: Dossier, start: date, plan: dict[str, Any]) -> Telling[UUID | None]:
    """Now and then a module is agreed on some days before it starts; some of these never do."""
    on = max(start - d.days(3, 20), d.registered_at.date(), d.latest)
    if on >= start or not d.happens(0.25):
        return None
    command = PlanModule.model_validate({"on": on, "planned_from": start, **plan})
    (module_id,) = yield d.registered(on, command, delays=AT_ONCE)
    if d.registered_at.date() >= start:
        return module_id
    if d.happens(0.12):
        drop = DropPlannedModule(on=on, module_id=module_id, reason=d.one_of(_DROPPED))
        yield d.registered(on, drop, delays=AT_ONCE)
        return None
    return module_id


def on_the_way(d: Dossier, running: Planned, *, ibo: bool) -> Telling[Planned]:
    """What one in six of the longer modules meets; the module as it is planned afterwards."""
    length = (running.until - running.start).days
    if length < _LONG_ENOUGH or not d.happens(0.3):
        return running
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
