"""The full week: modules side by side take at most 38 hours together."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from pathway.domain import refusals, rules
from pathway.domain.codes import ModuleKind, ModuleStatus
from pathway.domain.state import Module, Pathway
from pathway.domain.values import Day


def within_the_week(pathway: Pathway, module: Module, field: str) -> None:
    """Refuse a module, new or changed, that would take some week past 38 hours together.

    The W and the I module of one WEP+ project run side by side and count once. `field` is the
    command's field that asks too much.
    """
    others = [
        m
        for m in pathway.modules
        if m.module_id != module.module_id and m.status != ModuleStatus.NIET_GESTART
    ]
    beside = [
        m for m in others if m.started_on <= module.through and module.started_on <= m.through
    ]
    # The load only rises on a day when some module starts or takes other hours, so those are enough.
    rises = {m.started_on for m in (*beside, module)}
    rises |= {told.since for m in (*beside, module) for told in m.hours_told}
    for day in sorted({max(day, module.started_on) for day in rises}):
        hours = _hours_on(day, (*beside, module))
        if hours > rules.FULL_WEEK_HOURS:
            names = ", ".join(
                f"{m.kind} from {m.started_on} to {m.through} ({m.hours_on(day)} h)"
                for m in beside
                if m.started_on <= day <= m.through
            )
            raise refusals.TooManyHours(
                f"From {day} on the modules would take {hours} hours a week together; at most "
                f"{rules.FULL_WEEK_HOURS} are allowed. It collides with {names}.",
                field,
            )


def _hours_on(day: Day, modules: Iterable[Module]) -> Decimal:
    running = [m for m in modules if m.started_on <= day <= m.through]
    loads: dict[object, dict[ModuleKind, Decimal]] = {}
    for module in running:
        one = _project(module, running) if module.kind.wep_plus else module.module_id
        by_kind = loads.setdefault(one, {})
        by_kind[module.kind] = by_kind.get(module.kind, Decimal(0)) + (module.hours_on(day) or 0)
    return sum((max(by_kind.values()) for by_kind in loads.values()), Decimal(0))


def _project(module: Module, running: Sequence[Module]) -> str:
    """The WEP+ project of a module: its number; where it lacks one, its promotor's in that time."""
    if module.project:
        return module.project
    told = (m.project for m in running if m.project and m.organisation == module.organisation)
    return min(told, default=module.organisation)
