"""The newest state of a pathway, for the compacted topic."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from schemas.codes import (
    Checkpoint,
    ContractParty,
    ExitType,
    ModuleKind,
    ModuleStatus,
    ObligationStatus,
    Proof,
    ReferralStatus,
    Scheme,
)
from schemas.events.frame import Data, Hours, Kbo, Reference


class StateModule(BaseModel):
    """A module as it stands."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    module_id: UUID = Field(description="The module")
    module_kind: ModuleKind = Field(description="What the module is")
    module_status: ModuleStatus = Field(description="Where it stands")
    started_on: date = Field(description="First day")
    planned_until: date = Field(description="Planned last day, inclusive")
    last_day: date | None = Field(description="Last day; null while it runs")
    hours_per_week: Hours | None = Field(
        description="Hours a week; null only where a WEP+ register did not tell"
    )
    organisation: Kbo = Field(description="Enterprise number (KBO) of employer, host or promotor")
    hire_due_by: date | None = Field(
        default=None, description="By which day the employer hires after it; null: nobody has to"
    )
    hire_obligation: ObligationStatus | None = Field(
        default=None, description="Where that obligation stands; null: there is none"
    )
    signed_by: tuple[ContractParty, ...] = Field(
        default=(), description="Which of the three parties signed the contract of an IBO"
    )


class StateHire(BaseModel):
    """A hire as it stands."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    employer: Kbo
    started_on: date = Field(description="First day of work")
    linked_module_id: UUID | None = Field(description="The module that led to it; null is not told")
    protected_until: date | None = Field(
        default=None,
        description="Last day of the protection against dismissal, as long as the IBO before it "
        "lasted; null without one",
    )
    ended_on: date | None = Field(
        default=None, description="Last day of work; null while nobody told that it ended"
    )


class StateCheck(BaseModel):
    """Whether the person works, at one checkpoint, by the source that counts."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    checkpoint: Checkpoint = Field(description="So many months after `since`")
    since: date = Field(
        description="The way out: first day of work, or the closing of who was not hired"
    )
    measured_on: date = Field(description="The day that it is true for")
    in_work: bool = Field(description="Whether the person works")
    same_employer: bool | None = Field(
        description="Whether with the employer of the hire; null is not told"
    )
    source: Proof = Field(description="Who says so")


class StateReferral(BaseModel):
    """The newest referral to a provider, as it stands."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    provider: Kbo
    lot: Reference | None = Field(description="Lot of the tender; null for other schemes")
    scheme: Scheme = Field(description="For what")
    status: ReferralStatus = Field(description="Where it stands")
    referred_on: date = Field(description="Day of the referral")
    answered_on: date | None = Field(
        description="Day on which it became definitive or was refused; null while it waits"
    )
    until: date | None = Field(
        description="End of the scheme's clock, which starts when it is definitive; null is no end"
    )


class PathwayState(Data):
    """Stand van het traject: the newest state of a pathway, every event up to `streamversion` included."""

    event: ClassVar[str] = "state"
    person_ref: UUID = Field(
        description="Random reference of the person, the same in every pathway of that person"
    )
    enrolled_on: date = Field(description="Day of enrolment")
    counsellor: Reference | None = Field(description="Reference of the counsellor; null is nobody")
    unit: Reference | None = Field(description="Reference of the counsellor's unit")
    scheme: Scheme | None = Field(description="What took over from WEP+; null without a migration")
    guiding_organisation: Kbo | None = Field(
        description="Enterprise number (KBO) of the organisation that guides; null is VDAB itself, or "
        "the promotor of WEP+"
    )
    referral: StateReferral | None = Field(
        default=None, description="The newest referral to a provider; null without one"
    )
    modules: tuple[StateModule, ...] = Field(
        description="Every module, in the order of their start; annulled ones are left out"
    )
    hires: tuple[StateHire, ...] = Field(description="Every hire, in the order of their first day")
    checks: tuple[StateCheck, ...] = Field(
        default=(),
        description="What is known of work afterwards: one for each way out and checkpoint",
    )
    closed_on: date | None = Field(description="Day of closure; null while the pathway is open")
    exit_type: ExitType | None = Field(description="How the person left; ANDERE stands for several")
    merged_into: UUID | None = Field(
        default=None,
        description="The pathway that this one is a part of now, with all that counts; mostly null",
    )
