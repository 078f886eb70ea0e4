"""The state that facts add up to, as frozen values; what each fact makes of it stands with the fact."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from pathway.domain.codes import (
    AgeGroup,
    ContractKind,
    Education,
    ExitType,
    Gender,
    ModuleKind,
    ModuleStatus,
    PathwayStatus,
    Proof,
    Scheme,
    StopReason,
)
from pathway.domain.values import (
    Day,
)


class State(BaseModel):
    """A frozen value; `but` gives a changed copy without validating again."""

    model_config = ConfigDict(frozen=True)

    def but(self, **changes: object) -> Self:
        return self.model_copy(update=changes)


class Characteristics(State):
    """What reports group by, as told on a day; None is not told."""

    since: Day
    commune: str | None = None
    unemployed_since: Day | None = None
    age_group: AgeGroup | None = None
    gender: Gender | None = None
    education: Education | None = None

    def merged(self, newer: "Characteristics") -> "Characteristics":
        """These with what newer ones tell in their place."""
        told = {name: value for name, value in newer if value is not None}
        return self.model_copy(update=told)


class Assignment(State):
    """Who guides, from `since` on."""

    since: Day
    counsellor: str
    unit: str


class Module(State):
    """One module of a pathway. Days are inclusive: it runs on `started_on`, `planned_until` and `last_day`."""

    module_id: UUID
    kind: ModuleKind
    started_on: Day
    planned_until: Day
    hours_per_week: Decimal | None
    organisation: str
    """KBO number of the employer (IBO), host (stage) or promotor (WEP+)."""
    form: str | None = None
    """The variant of an IBO, the kind of a stage."""
    project: str | None = None
    status: ModuleStatus = ModuleStatus.LOPEND
    last_day: Day | None = None
    reason: StopReason | None = None
    migrated: bool = False

    @property
    def ended(self) -> bool:
        return self.status != ModuleStatus.LOPEND

    @property
    def through(self) -> Day:
        """The last day it takes up hours: its real last day, or the planned one while it runs."""
        return self.last_day or self.planned_until


class Guide(State):
    """An organisation that guides, up to and including `until`; None while it does."""

    organisation: str
    until: Day | None = None


class Hire(State):
    """A job in the NEC, from `started_on` on."""

    started_on: Day
    employer: str
    establishment: str | None
    contract: ContractKind
    until: Day | None
    hours_per_week: Decimal
    occupation: str | None
    linked_module_id: UUID | None
    proof: Proof


class Pathway(State):
    """Where one jobseeker's pathway stands."""

    person_ref: UUID
    enrolled_on: Day
    inferred: bool = False
    """True while an import had to derive the day of enrolment."""
    status: PathwayStatus = PathwayStatus.INGESCHREVEN
    counsellor: str | None = None
    unit: str | None = None
    assignments: tuple[Assignment, ...] = ()
    characteristics: Characteristics | None = None
    characteristics_told: tuple[Characteristics, ...] = ()
    modules: tuple[Module, ...] = ()
    annulled: tuple[Module, ...] = ()
    """Modules that were registered wrongly: they count nowhere."""
    scheme: Scheme | None = None
    guides: tuple[Guide, ...] = ()
    hires: tuple[Hire, ...] = ()
    closed_on: Day | None = None
    exit_type: ExitType | None = None
    merged_into: UUID | None = None
    """The pathway that this one is a part of now; all that counts of it counts there."""
    last_fact_on: Day

    @property
    def closed(self) -> bool:
        return self.status == PathwayStatus.AFGESLOTEN

    @property
    def open(self) -> bool:
        """Whether it keeps the person from having another one."""
        return not self.closed and not self.void

    @property
    def void(self) -> bool:
        """Whether nothing of it counts any more, by itself."""
        return self.status in (PathwayStatus.GEANNULEERD, PathwayStatus.SAMENGEVOEGD)

    @property
    def guiding_organisation(self) -> str | None:
        return self.guides[-1].organisation if self.guides else None

    def module(self, module_id: UUID) -> Module | None:
        return next((m for m in self.modules if m.module_id == module_id), None)

    def guided_on(self, day: Day) -> Assignment | None:
        """The assignment that held on this day."""
        return next((a for a in reversed(self.assignments) if a.since <= day), None)

    def characteristics_on(self, day: Day) -> Characteristics | None:
        """What was true of the person on this day, as far as told."""
        return all_told(c for c in self.characteristics_told if c.since <= day)

    def running(self) -> tuple[Module, ...]:
        return tuple(m for m in self.modules if not m.ended)

    def with_module(self, changed: Module) -> Self:
        """The pathway with this module in the place of the one with its id."""
        modules = (changed if m.module_id == changed.module_id else m for m in self.modules)
        return self.but(modules=tuple(modules))

    def guided_until(self, last_day: Day) -> tuple[Guide, ...]:
        """Who guides and guided, when this is the last day of who does now."""
        return tuple(g if g.until else g.but(until=last_day) for g in self.guides)


def all_told(told: Iterable[Characteristics]) -> Characteristics | None:
    """Characteristics told one after the other, as one; None when nothing was told."""
    known = None
    for newer in told:
        known = known.merged(newer) if known else newer
    return known
