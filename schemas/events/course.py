"""The course of a module and of guidance: planned, paused, planned anew, suspended, opened again."""

from datetime import date
from typing import ClassVar

from pydantic import Field

from schemas.codes import (
    AbsenceReason,
    InterruptionReason,
    NotStartedReason,
    PlanMotive,
    ReopeningReason,
    StageKind,
    SuspensionReason,
)
from schemas.events.frame import Data, Hours, Kbo, LengthLimits, ModuleData, Reference


class ModulePlanned(LengthLimits):
    """Module gepland: a module was agreed on, on the event's day; it has not started."""

    event: ClassVar[str] = "module-planned"
    planned_from: date = Field(description="The day on which it is to start")
    planned_until: date = Field(description="Planned last day, inclusive")
    hours_per_week: Hours
    organisation: Kbo
    stage: StageKind | None = Field(
        default=None, description="The form of a stage; STAGE stands for several; null for others"
    )


class ModuleNotStarted(ModuleData):
    """Module niet gestart: a planned module does not take place; it counts neither as begun nor as stopped."""

    event: ClassVar[str] = "module-not-started"
    reason: NotStartedReason = Field(description="Why")


class ModuleInterrupted(ModuleData):
    """Module onderbroken: a module pauses from the event's day, which is the first without it."""

    event: ClassVar[str] = "module-interrupted"
    reason: InterruptionReason = Field(description="Why; ANDERE stands for several")


class ModuleResumed(ModuleData):
    """Module hervat: a module goes on from the event's day, after a pause."""

    event: ClassVar[str] = "module-resumed"
    planned_until: date = Field(description="Planned last day as of now, inclusive")


class PlanChange(ModuleData):
    """A module is planned anew, on the event's day."""

    motive: PlanMotive = Field(description="Why")
    decision_ref: Reference | None = Field(
        default=None, description="Where the decision stands; null is not told"
    )


class ModuleExtended(PlanChange):
    """Module verlengd: a module is planned to end later; the event's day is that of the agreement."""

    event: ClassVar[str] = "module-extended"
    planned_until: date = Field(description="Planned last day as of now, inclusive")


class ModuleShortened(PlanChange):
    """Module ingekort: a module is planned to end sooner; the event's day is that of the agreement."""

    event: ClassVar[str] = "module-shortened"
    planned_until: date = Field(description="Planned last day as of now, inclusive")


class ModuleIntensityChanged(PlanChange):
    """Intensiteit gewijzigd: a module takes other hours a week from the event's day."""

    event: ClassVar[str] = "module-intensity-changed"
    hours_per_week: Hours


class AbsenceReported(ModuleData):
    """Afwezigheid gemeld: somebody was not in a module from the event's day on; the module runs on."""

    event: ClassVar[str] = "absence-reported"
    last_day: date = Field(description="Last day of the absence, inclusive")
    reason: AbsenceReason = Field(description="Why; ANDERE stands for several")


class PathwaySuspended(Data):
    """Traject geschorst: guidance waits from the event's day; modules that ran pause by events of their own."""

    event: ClassVar[str] = "pathway-suspended"
    reason: SuspensionReason = Field(description="Why; ANDERE stands for several")
    expected_until: date | None = Field(
        default=None, description="Last day as expected now; null is not told"
    )


class PathwayResumed(Data):
    """Traject hervat: guidance goes on from the event's day."""

    event: ClassVar[str] = "pathway-resumed"


class PathwayReopened(Data):
    """Traject heropend: a closed pathway goes on from the event's day; its exit does not count any more."""

    event: ClassVar[str] = "pathway-reopened"
    reason: ReopeningReason = Field(description="Why")
