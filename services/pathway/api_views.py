"""Where a pathway stands, as the REST API tells it to those who guide and to auditors."""

from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from pathway.domain.codes import (
    AbsenceReason,
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
    SuspensionReason,
)
from pathway.domain.guidance_codes import (
    Advice,
    Distance,
    Need,
    PlanAction,
    ReferralStatus,
    ScreeningMethod,
)
from pathway.domain.state import Pathway
from pathway.domain.values import Day, Hours
from pathway.domain.work_codes import (
    BreachMotive,
    Checkpoint,
    ContractParty,
    JobEndReason,
    ObligationStatus,
    WaiverMotive,
)


class Answered(BaseModel):
    """What the API answers."""

    model_config = ConfigDict(frozen=True)


class ModuleView(Answered):
    """A module of a pathway. Days are inclusive."""

    model_config = ConfigDict(frozen=True, from_attributes=True)
    module_id: UUID
    kind: ModuleKind
    status: ModuleStatus
    started_on: Day
    planned_until: Day
    last_day: Day | None
    hours_per_week: Hours | None
    organisation: str = Field(description="KBO number of the employer, host or promotor")
    project: str | None
    reason: StopReason | None = Field(description="Why it stopped")
    migrated: bool
    interrupted_on: Day | None = Field(
        default=None, description="First day of the pause that it is in"
    )
    paused_days: int = Field(
        default=0, description="Days of pauses that are over; they do not count in its length"
    )
    hire_due_by: Day | None = Field(default=None, description="Null: nobody has to hire after it")


class HireView(Answered):
    """A job in the NEC."""

    model_config = ConfigDict(frozen=True, from_attributes=True)
    employer: str
    establishment: str | None
    started_on: Day
    until: Day | None
    contract: ContractKind
    hours_per_week: Hours
    occupation: str | None
    linked_module_id: UUID | None
    proof: Proof
    approval_ref: str | None = Field(
        default=None, description="VDAB's approval of a fixed-term contract after an IBO"
    )
    ended_on: Day | None = Field(default=None, description="Last day of work")
    end_reason: JobEndReason | None = None
    protected_until: Day | None = Field(
        default=None,
        description="Last day of the protection against dismissal, as long as the IBO before it",
    )


class DecisionView(Answered):
    """What was decided about an obligation to hire."""

    model_config = ConfigDict(frozen=True, from_attributes=True)
    on: Day
    status: ObligationStatus
    motive: WaiverMotive | BreachMotive
    decision_ref: str
    sanction_until: Day | None


class ObligationView(Answered):
    """The obligation to hire after an IBO."""

    model_config = ConfigDict(frozen=True, from_attributes=True)
    module_id: UUID
    employer: str
    due_by: Day
    status: ObligationStatus
    hired_on: Day | None
    decision: DecisionView | None


class CheckView(Answered):
    """Whether the person works so many months after the way out, by one source."""

    model_config = ConfigDict(frozen=True, from_attributes=True)
    checkpoint: Checkpoint
    since: Day = Field(description="The day from which the months count")
    source: Proof
    measured_on: Day
    in_work: bool
    same_employer: bool | None
    counts: bool = Field(description="Whether it is the one that counts of its checkpoint")


class SignatureView(Answered):
    """That a party signed the contract of an IBO."""

    model_config = ConfigDict(frozen=True, from_attributes=True)
    module_id: UUID
    party: ContractParty
    on: Day
    plan_ref: str | None


class CharacteristicsView(Answered):
    """What reports group by."""

    model_config = ConfigDict(frozen=True, from_attributes=True)
    commune: str | None
    unemployed_since: Day | None
    age_group: AgeGroup | None
    gender: Gender | None
    education: Education | None


class SuspensionView(Answered):
    """Guidance that waits."""

    model_config = ConfigDict(frozen=True, from_attributes=True)
    since: Day
    reason: SuspensionReason
    expected_until: Day | None


class LegacyView(Answered):
    """A stretch of history that comes from an older system, both days inclusive."""

    model_config = ConfigDict(frozen=True, from_attributes=True)
    since: Day
    source: str
    source_ref: str = Field(description="Of the file in that system")
    exported_on: Day
    incomplete_until: Day


class ScreeningView(Answered):
    """What the newest screening found."""

    model_config = ConfigDict(frozen=True, from_attributes=True)
    on: Day
    distance: Distance
    needs: list[Need]
    advice: Advice
    method: ScreeningMethod


class PlanView(Answered):
    """The newest plan that was agreed on."""

    model_config = ConfigDict(frozen=True, from_attributes=True)
    agreed_on: Day
    goals: list[str] = Field(description="Occupations by their Competent code, wanted most first")
    competent_version: str | None
    actions: list[PlanAction]
    review_on: Day


class AbsenceView(Answered):
    """Days on which the person was not in a module, both inclusive."""

    model_config = ConfigDict(frozen=True, from_attributes=True)
    module_id: UUID
    since: Day
    last_day: Day
    reason: AbsenceReason


class ReferralView(Answered):
    """The newest referral to a provider, and the end of the scheme's clock."""

    model_config = ConfigDict(frozen=True, from_attributes=True)
    provider: str
    lot: str | None
    scheme: Scheme
    status: ReferralStatus
    referred_on: Day
    answered_on: Day | None = Field(description="When it became definitive or was refused")
    until: Day | None
    extended: bool


class PathwayView(Answered):
    """Where a pathway stands, in full."""

    model_config = ConfigDict(frozen=True, from_attributes=True)
    person_ref: UUID
    enrolled_on: Day
    legacy: list[LegacyView] = Field(
        default=[], description="What of its history comes from older systems"
    )
    status: PathwayStatus
    counsellor: str | None
    unit: str | None
    screening: ScreeningView | None = None
    plan: PlanView | None = None
    transmission_candidate: bool = Field(
        default=False,
        description="Two appointments were missed without an excuse since the last transmission",
    )
    characteristics: CharacteristicsView | None
    modules: list[ModuleView]
    absences: list[AbsenceView] = Field(default=[], description="Of modules, as reported")
    annulled: list[ModuleView] = Field(
        description="Modules that were registered wrongly: they count nowhere"
    )
    scheme: Scheme | None
    guiding_organisation: str | None
    referral: ReferralView | None = None
    hires: list[HireView]
    suspension: SuspensionView | None = None
    obligations: list[ObligationView] = Field(
        default=[], description="To hire, after an IBO that was completed"
    )
    checks: list[CheckView] = Field(default=[], description="Of work, afterwards")
    signatures: list[SignatureView] = Field(default=[], description="Of contracts of an IBO")
    closed_on: Day | None
    exit_type: ExitType | None
    merged_into: UUID | None = Field(
        default=None, description="The pathway that it is a part of now"
    )
    last_fact_on: Day

    @classmethod
    def of(cls, pathway: Pathway) -> Self:
        """The state, with what follows from several parts of it."""
        view = cls.model_validate(pathway)
        hires = [
            hire.model_copy(update={"protected_until": pathway.protected_until(job)})
            for hire, job in zip(view.hires, pathway.hires, strict=True)
        ]
        return view.model_copy(update={"hires": hires})
