"""A pathway's modules as its published events tell them; every read model begins with these."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from projections.projection import Event, data_of
from schemas.codes import ModuleKind, ModuleStatus, StageKind, StopReason
from schemas.events import (
    IboCompleted,
    IboStarted,
    InsertionModuleStarted,
    ModuleCompleted,
    ModuleData,
    ModuleExtended,
    ModuleIntensityChanged,
    ModuleInterrupted,
    ModuleNotStarted,
    ModulePlanned,
    ModuleResumed,
    ModuleShortened,
    ModuleStart,
    ModuleStopped,
    StageCompleted,
    StageStarted,
    WepPlusMigrated,
    WepPlusModuleStart,
    WorkExperienceModuleStarted,
)


@dataclass(frozen=True)
class Module:
    """One module. Days are inclusive; `last_day` is None while it runs.

    `organisation` is the KBO number of the employer (IBO), host (stage) or promotor (WEP+).
    `migrated`: a WEP+ module that a migration to another scheme left behind.
    """

    module_id: UUID
    kind: ModuleKind
    form: StageKind | None
    organisation: str
    establishment: str | None
    occupation: str | None
    project: str | None
    work_floor: str | None
    started_on: date
    planned_until: date
    hours_per_week: float | None
    status: ModuleStatus
    last_day: date | None = None
    reason: StopReason | None = None
    migrated: bool = False

    @property
    def runs(self) -> bool:
        """Whether it has started and not ended, as of its newest event; a pause does not end it."""
        return self.status in (ModuleStatus.LOPEND, ModuleStatus.ONDERBROKEN)

    @property
    def planned(self) -> bool:
        """Whether it was agreed on, and nobody told that it started, or will not."""
        return self.status == ModuleStatus.GEPLAND

    @property
    def ran(self) -> bool:
        """Whether it ever started."""
        return self.status not in (ModuleStatus.GEPLAND, ModuleStatus.NIET_GESTART)


def modules_of(events: Iterable[Event]) -> list[Module]:
    """The modules after `events`, which come in the order of their days; first started first.

    An end of a module whose start is not told (it was withheld) is passed over.
    """
    modules: dict[UUID, Module] = {}
    for event in events:
        tell(modules, event)
    return list(modules.values())


def tell(modules: dict[UUID, Module], event: Event) -> None:
    """Put what one more event makes of the modules in their place, by their ids."""
    match data_of(event):
        case ModulePlanned() as plan:
            modules[plan.module_id] = _planned(plan)
        case ModuleStart() as start:
            modules[start.module_id] = _started(start, event.occurredon)
        case (
            ModuleNotStarted()
            | ModuleInterrupted()
            | ModuleResumed()
            | ModuleExtended()
            | ModuleShortened()
            | ModuleIntensityChanged()
        ) as course:
            _goes_on(modules, course)
        case IboCompleted() | StageCompleted() | ModuleCompleted() as end:
            _end(modules, end.module_id, end.module_status, event.occurredon, None)
        case ModuleStopped() as end:
            _end(modules, end.module_id, end.module_status, event.occurredon, end.reason)
        case WepPlusMigrated() as migration:
            _migrate(modules, migration)
        case _:
            pass


def _started(start: ModuleStart, on: date) -> Module:
    form = establishment = occupation = project = work_floor = None
    match start:
        case IboStarted():
            organisation = start.employer
            establishment, occupation = start.establishment, start.occupation
        case StageStarted():
            organisation, form = start.host, start.stage
        case WorkExperienceModuleStarted() | InsertionModuleStarted() | WepPlusModuleStart():
            organisation, project, work_floor = start.promotor, start.project, start.work_floor
        case _:
            raise TypeError(f"no module is started by {start.event}")
    return Module(
        module_id=start.module_id,
        kind=start.module_kind,
        form=form,
        organisation=organisation,
        establishment=establishment,
        occupation=occupation,
        project=project,
        work_floor=work_floor,
        started_on=on,
        planned_until=start.planned_until,
        hours_per_week=start.hours_per_week,
        status=ModuleStatus.LOPEND,
    )


def _planned(plan: ModulePlanned) -> Module:
    return Module(
        module_id=plan.module_id,
        kind=plan.module_kind,
        form=plan.stage,
        organisation=plan.organisation,
        establishment=None,
        occupation=None,
        project=None,
        work_floor=None,
        started_on=plan.planned_from,
        planned_until=plan.planned_until,
        hours_per_week=plan.hours_per_week,
        status=ModuleStatus.GEPLAND,
    )


def _goes_on(modules: dict[UUID, Module], course: ModuleData) -> None:
    """What happens to a module on its way: each changes no more than it tells."""
    module = modules.get(course.module_id)
    if module is None:
        return
    match course:
        case ModuleNotStarted():
            changed = replace(module, status=ModuleStatus.NIET_GESTART)
        case ModuleInterrupted():
            changed = replace(module, status=ModuleStatus.ONDERBROKEN)
        case ModuleResumed():
            goes_on = ModuleStatus.LOPEND
            changed = replace(module, status=goes_on, planned_until=course.planned_until)
        case ModuleExtended() | ModuleShortened():
            changed = replace(module, planned_until=course.planned_until)
        case ModuleIntensityChanged():
            changed = replace(module, hours_per_week=course.hours_per_week)
        case _:
            changed = module
    modules[module.module_id] = changed


def _end(
    modules: dict[UUID, Module],
    module_id: UUID,
    status: ModuleStatus,
    last_day: date,
    reason: StopReason | None,
) -> None:
    if module := modules.get(module_id):
        modules[module_id] = replace(module, status=status, last_day=last_day, reason=reason)


def _migrate(modules: dict[UUID, Module], migration: WepPlusMigrated) -> None:
    for left in migration.from_modules:
        module = modules.get(left.module_id)
        if module is None:
            continue
        # What was completed or stopped before stays so; only what still ran ends by the measure.
        if module.runs:
            module = replace(
                module,
                status=ModuleStatus.STOPGEZET,
                last_day=left.last_day,
                reason=StopReason.EINDE_MAATREGEL,
            )
        modules[left.module_id] = replace(module, migrated=True)
