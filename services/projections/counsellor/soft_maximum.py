"""Which modules are to last longer than the soft maximum of such a module, pauses not counted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple, Self
from uuid import UUID

from projections.modules import Module
from projections.projection import Event, data_of
from schemas.events import LengthLimits, ModuleData, ModuleInterrupted, ModuleResumed


@dataclass(frozen=True)
class Limits:
    """The last days within both maxima of one module; None where it has none."""

    soft: date | None = None
    hard: date | None = None
    paused_on: date | None = None

    def passed_by(self, day: date) -> bool:
        """Whether a module up to this day is longer than the soft maximum.

        Not past the hard one: there its form has limits of its own, and which form is not told.
        """
        return bool(self.soft and self.soft < day and not (self.hard and self.hard < day))

    def moved(self, on: date) -> Self:
        """The same after a pause that ends on this day."""
        pause = max(timedelta(), on - self.paused_on) if self.paused_on else timedelta()
        soft, hard = (limit + pause if limit else None for limit in (self.soft, self.hard))
        return replace(self, soft=soft, hard=hard, paused_on=None)

    def as_told(self) -> dict[str, str | None]:
        """Both days as an event that begins a module tells them."""
        days = {"soft_maximum_on": self.soft, "hard_maximum_on": self.hard}
        return {name: day.isoformat() if day else None for name, day in days.items()}


class Lengths(NamedTuple):
    """The limits after each event that speaks of a module, by its id, and in the end, by module."""

    after: dict[UUID, Limits]
    of_module: dict[UUID, Limits]

    def passed_by(self, modules: Iterable[Module]) -> set[UUID]:
        """Those that lasted longer than their soft maximum, or are planned to."""
        return {module.module_id for module in modules if self._passed_by(module)}

    def hard_maximum_of(self, modules: Iterable[Module]) -> date | None:
        """The first hard maximum of what runs and is planned up to it.

        Beyond it is planned only what has a form with limits of its own, and which form is not told.
        """
        running = [module for module in modules if module.runs]
        hard = ((m, self.of_module.get(m.module_id, Limits()).hard) for m in running)
        return min((day for m, day in hard if day and m.planned_until == day), default=None)

    def _passed_by(self, module: Module) -> bool:
        limits = self.of_module.get(module.module_id, Limits())
        if module.last_day is None:
            return limits.passed_by(module.planned_until)
        # It may have ended while it paused.
        return limits.moved(module.last_day).passed_by(module.last_day)


def lengths(told: Sequence[Event]) -> Lengths:
    """The limits as what stands tells them, in the order of its days."""
    now: dict[UUID, Limits] = {}
    after: dict[UUID, Limits] = {}
    for event in told:
        data = data_of(event)
        if isinstance(data, LengthLimits):
            now[data.module_id] = Limits(data.soft_maximum_on, data.hard_maximum_on)
        if isinstance(data, ModuleData) and data.module_id in now:
            now[data.module_id] = after[event.id] = _after(event, data, now[data.module_id])
    return Lengths(after, now)


def _after(event: Event, data: ModuleData, before: Limits) -> Limits:
    match data:
        case ModuleInterrupted():
            return replace(before, paused_on=event.occurredon)
        case ModuleResumed():
            return before.moved(event.occurredon)
        case _:
            return before
