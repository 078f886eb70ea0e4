"""How full the weeks of a history are, counted anew: apart from the domain's own way."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain
from operator import attrgetter
from uuid import UUID

from pathway.domain.codes import ModuleKind, ModuleStatus
from pathway.domain.course import ModuleIntensityChanged
from pathway.domain.facts import Told, standing, state_of
from pathway.domain.modules import NewModule
from pathway.domain.state import Module

Hours = dict[UUID, list[tuple[date, Decimal]]]


def fullest_week(told: Sequence[Told]) -> Decimal:
    """The most hours a week that modules take together, on whatever day something of them changes."""
    pathway = state_of(told)
    modules = [m for m in pathway.modules if m.status != ModuleStatus.NIET_GESTART]
    hours = _hours(told)
    ends = {m.through + timedelta(days=1) for m in modules}
    days = ends | {m.started_on for m in modules} | {on for on, _ in chain(*hours.values())}
    return max((sum(_loads(day, modules, hours)) for day in days), default=Decimal(0))


def _hours(told: Sequence[Told]) -> Hours:
    """The hours of each module from which day on, as the facts that stand tell them."""
    hours: Hours = {}
    for fact in sorted(standing(told).values(), key=attrgetter("occurred_on")):
        match fact:
            case NewModule():
                module = fact.module()
                hours[fact.module_id] = [(module.started_on, module.hours_per_week or Decimal(0))]
            case ModuleIntensityChanged():
                hours[fact.module_id].append((fact.occurred_on, fact.hours_per_week))
    return hours


def _loads(day: date, modules: Sequence[Module], hours: Hours) -> Iterator[Decimal]:
    """What each module takes on this day; W and I of one WEP+ project, side by side, count once."""
    running = [m for m in modules if m.started_on <= day <= m.through]
    takes = {m.module_id: _on(day, hours[m.module_id]) for m in running}
    yield from (takes[m.module_id] for m in running if not m.kind.wep_plus)
    # Without its number, a project is that of its promotor.
    numbers = {m.organisation: "~" for m in running}
    for m in running:
        numbers[m.organisation] = min(numbers[m.organisation], m.project or "~")
    by_project: dict[str, dict[ModuleKind, Decimal]] = {}
    for m in running:
        if m.kind.wep_plus:
            number = m.project or numbers[m.organisation].replace("~", m.organisation)
            by_kind = by_project.setdefault(number, {})
            by_kind[m.kind] = by_kind.get(m.kind, Decimal(0)) + takes[m.module_id]
    yield from (max(by_kind.values()) for by_kind in by_project.values())


def _on(day: date, told: list[tuple[date, Decimal]]) -> Decimal:
    return [hours for since, hours in told if since <= day][-1]
