"""What the REST API takes and answers, beside the commands themselves."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from pathway import identifiers
from pathway.domain.catalogue import PathwayFact
from pathway.domain.codes import (
    AgeGroup,
    Category,
    Channel,
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
from pathway.domain.enrolment import RecordCharacteristics
from pathway.domain.guidance_codes import Advice, Distance, Need, ReferralStatus, ScreeningMethod
from pathway.domain.state import Pathway
from pathway.domain.values import (
    Day,
    Hours,
    Nis,
)
from pathway.domain.work_codes import (
    BreachMotive,
    Checkpoint,
    ContractParty,
    JobEndReason,
    ObligationStatus,
    WaiverMotive,
)
from pathway.identity import NumberStatus
from schemas.codes import ActorKind
from schemas.events import PathwayState

MOST_NAMES = 200


def _name(text: str) -> str:
    told = " ".join(text.split())
    if not told or not told.isprintable():
        raise ValueError("a name is made of letters, and of signs that can be printed")
    return told


Insz = Annotated[
    str,
    AfterValidator(identifiers.insz),
    Field(description="Rijksregisternummer or BIS number", examples=["84.05.17-998.97"]),
]
Name = Annotated[str, AfterValidator(_name), Field(min_length=1, max_length=100)]


class Body(BaseModel):
    """A request's body: what it does not know it refuses, and its text form shows nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"

    __str__ = __repr__


class Characteristics(Body):
    """What reports group by; leave out what is not known."""

    commune: Nis | None = None
    unemployed_since: Day | None = None
    age_group: AgeGroup | None = None
    gender: Gender | None = None
    education: Education | None = None

    def recorded(self, on: Day) -> RecordCharacteristics:
        """The command that records them on this day."""
        return RecordCharacteristics(on=on, **self.model_dump())


class EnrolPerson(Body):
    """Start a pathway for a person."""

    on: Day = Field(description="The day of enrolment, Europe/Brussels", examples=["2015-01-05"])
    insz: Insz
    last_name: Name
    first_name: Name
    category: Category | None = Field(default=None, description="Registration category, when known")
    channel: Channel
    characteristics: Characteristics | None = Field(
        default=None, description="Recorded in the same commit"
    )


class PersonSought(Body):
    """Whom to look up."""

    insz: Insz


class NamesSought(Body):
    """Whose names to tell."""

    references: list[UUID] = Field(min_length=1, max_length=MOST_NAMES)


class Answered(BaseModel):
    """What the API answers."""

    model_config = ConfigDict(frozen=True)


class NewFact(Answered):
    """A fact that a command led to."""

    kind: str = Field(examples=["IboStarted"])
    version: int
    module_id: UUID | None = Field(default=None, description="For facts of a module")


class CommandDone(Answered):
    """What a command came to; no facts when there was nothing new to record."""

    pathway_id: UUID
    version: int = Field(description="The pathway's version now; also its ETag")
    facts: list[NewFact]
    warnings: list[str] = Field(description="What is allowed but worth a look, as codes")


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
    interrupted_on: Day | None = Field(description="First day of the pause that it is in")
    paused_days: int = Field(
        description="Days of pauses that are over; they do not count in its length"
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


class ScreeningView(Answered):
    """What the newest screening found."""

    model_config = ConfigDict(frozen=True, from_attributes=True)
    on: Day
    distance: Distance
    needs: list[Need]
    advice: Advice
    method: ScreeningMethod


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
    status: PathwayStatus
    counsellor: str | None
    unit: str | None
    screening: ScreeningView | None
    transmission_candidate: bool = Field(
        description="Two appointments were missed without an excuse since the last transmission"
    )
    characteristics: CharacteristicsView | None
    modules: list[ModuleView]
    annulled: list[ModuleView] = Field(
        description="Modules that were registered wrongly: they count nowhere"
    )
    scheme: Scheme | None
    guiding_organisation: str | None
    referral: ReferralView | None
    hires: list[HireView]
    suspension: SuspensionView | None
    obligations: list[ObligationView] = Field(
        default=[], description="To hire, after an IBO that was completed"
    )
    checks: list[CheckView] = Field(default=[], description="Of work, afterwards")
    signatures: list[SignatureView] = Field(default=[], description="Of contracts of an IBO")
    closed_on: Day | None
    exit_type: ExitType | None
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


class StateAnswer(Answered):
    """A pathway's state: in full, or for consuming systems in the form of the state topic."""

    pathway_id: UUID
    version: int = Field(description="The newest fact that it counts in; also its ETag")
    as_of: date = Field(description="The day that it is the state of")
    known_at: datetime | None = Field(description="The moment of knowing; null is now")
    state: PathwayView | PathwayState


class ActorView(Answered):
    """Who caused a fact."""

    model_config = ConfigDict(frozen=True, from_attributes=True)
    kind: ActorKind
    ref: str
    organisation: str


class FactView(Answered):
    """A fact as recorded, with both clocks: `occurred_on` in the fact, and `recorded_at`."""

    model_config = ConfigDict(frozen=True, from_attributes=True)
    fact_id: UUID
    version: int
    position: Annotated[str, Field(description="Place in the whole store, digits in a string")]
    recorded_at: datetime
    source_time: datetime | None
    actor: ActorView
    command_id: str
    correlation_id: str
    causation_id: str
    traceparent: str | None
    rules: list[str] = Field(description="Ids of the rule rows that judged it")
    warnings: list[str]
    data_class: int
    prev_hash: str
    hash: str
    fact: PathwayFact


class HistoryAnswer(Answered):
    """A pathway's facts in the order of their versions."""

    pathway_id: UUID
    facts: list[FactView]
    next_cursor: str | None = Field(description="What to ask on with; null at the end")


class PublishedHistoryAnswer(Answered):
    """A pathway's published events in the order of their versions, as they stand on the topic."""

    pathway_id: UUID
    events: list[dict[str, Any]] = Field(description="CloudEvents; see /schemas/envelope.v1.json")
    next_cursor: str | None = Field(description="What to ask on with; null at the end")


class PersonsPathway(Answered):
    """One of a person's pathways."""

    pathway_id: UUID
    open: bool


class PersonFound(Answered):
    """A person's reference, and every pathway of theirs."""

    person_ref: UUID
    also: list[UUID] = Field(description="Their other references, which do not count any more")
    number: NumberStatus = Field(description="What has become of the number that was given")
    pathways: list[PersonsPathway]


class PersonName(Answered):
    """The name of a person."""

    person_ref: UUID
    last_name: str
    first_name: str


class NamesAnswer(Answered):
    """Names by reference; who is not known, or was removed, is left out."""

    names: list[PersonName]


class RefusedView(Answered):
    """A command that was refused. The detail is for auditors only."""

    refused_id: UUID
    refused_at: datetime
    actor: ActorView
    pathway_id: UUID | None
    command: str
    rule: str
    field: str | None
    detail: str | None
    command_id: str
    correlation_id: str


class RefusedAnswer(Answered):
    """Refused commands, the newest first."""

    refused: list[RefusedView]
    next_cursor: str | None = Field(description="What to ask on with; null at the end")
