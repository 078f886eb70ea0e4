"""Modules of IBO and stage, from start to end, and the stop that every module may meet."""

from datetime import date
from typing import ClassVar

from pydantic import Field

from schemas.codes import ContractParty, Evaluation, StageKind, StoppedBy, StopReason
from schemas.events.frame import (
    Completion,
    Establishment,
    Kbo,
    LengthLimits,
    ModuleData,
    ModuleStart,
    Reference,
)


class IboStarted(ModuleStart, LengthLimits):
    """IBO gestart: an individual training in a company starts on the event's day."""

    event: ClassVar[str] = "ibo-started"
    employer: Kbo
    establishment: Establishment | None = Field(
        description="Establishment unit number (KBO) of the work place; null is not told"
    )
    occupation: Reference | None = Field(description="Competent code; null is not told")


class StageStarted(ModuleStart, LengthLimits):
    """Stage gestart: learning on a work floor, without an obligation to hire, starts on the event's day."""

    event: ClassVar[str] = "stage-started"
    stage: StageKind = Field(description="The form of the stage; STAGE stands for several")
    host: Kbo


class IboCompleted(ModuleData):
    """IBO voltooid: the training was completed; the event's day is its last day."""

    event: ClassVar[str] = "ibo-completed"
    evaluation: Evaluation | None = Field(
        default=None, description="How it was judged; null is not told"
    )
    hire_due_by: date | None = Field(
        default=None,
        description="By which day the employer hires the trainee, as agreed or within seven days; "
        "null: nobody has to",
    )


class IboContractSigned(ModuleData):
    """IBO-contract ondertekend: one of three parties signed on the event's day, before the start as a rule."""

    event: ClassVar[str] = "ibo-contract-signed"
    party: ContractParty = Field(description="Who signed")
    plan_ref: Reference | None = Field(
        default=None, description="Where the training plan stands; null is not told"
    )


class StageCompleted(Completion):
    """Stage voltooid: the stage was completed; the event's day is its last day."""

    event: ClassVar[str] = "stage-completed"


class ModuleStopped(ModuleData):
    """Module stopgezet: a module ended without completion; the event's day is its last day.

    With EINDE_MAATREGEL it is no early stop either: the measure ended.
    """

    event: ClassVar[str] = "module-stopped"
    reason: StopReason = Field(description="Why; ANDERE stands for several")
    stopped_by: StoppedBy | None = Field(default=None, description="Who ended it; null is not told")
    decision_ref: Reference | None = Field(
        default=None, description="Where the decision stands, if one was taken; null is not told"
    )
