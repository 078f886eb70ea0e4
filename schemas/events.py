"""The data of each published event: what others may know of a fact, in full, without any other message.

Identifiers are references: who a `person_ref` is, only the vault can tell. Days are Europe/Brussels.
A field is never removed or renamed within a version; readers pass over fields that they do not know.
The first sentence of each docstring is the event's Dutch title and its meaning.
"""

from datetime import date
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from schemas.codes import (
    AgeGroup,
    AnnulmentReason,
    AssignmentReason,
    Category,
    Channel,
    ContractKind,
    CorrectionReason,
    Education,
    Evaluation,
    ExitType,
    Gender,
    LegalStatus,
    ModuleKind,
    ModuleStatus,
    PathwayStatus,
    Proof,
    Result,
    Scheme,
    StageKind,
    StoppedBy,
    StopReason,
)

Kbo = Annotated[str, Field(pattern="^[01][0-9]{9}$", description="Enterprise number (KBO)")]
Establishment = Annotated[
    str, Field(pattern="^[2-8][0-9]{9}$", description="Establishment unit number (KBO)")
]
Hours = Annotated[float, Field(gt=0, le=38, description="Hours a week")]
Reference = Annotated[str, Field(min_length=1, max_length=64)]


class Data(BaseModel):
    """What every event tells: the pathway's status after it, as of the day it was recorded."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    event: ClassVar[str]
    """The event's name in its CloudEvents type, such as `ibo-started`."""
    version: ClassVar[int] = 1
    pathway_status: PathwayStatus = Field(
        description="The pathway's status after this event, as of the day it was recorded"
    )


class Enrolled(Data):
    """Ingeschreven: a person starts a pathway on the event's day."""

    event: ClassVar[str] = "enrolled"
    person_ref: UUID = Field(
        description="Random reference of the person, the same in every pathway of that person"
    )
    category: Category | None = Field(
        description="VDAB registration category; null is not told; ANDERE stands for several"
    )
    channel: Channel = Field(description="Where the enrolment came in")
    inferred: bool = Field(
        description="True when an import derived the day of enrolment: leave it out of measures "
        "that start at enrolment"
    )


class ParticipantCharacteristicsRecorded(Data):
    """Kenmerken geregistreerd: what reports group by; null is not told, and an earlier value stands."""

    event: ClassVar[str] = "participant-characteristics-recorded"
    commune: Annotated[str, Field(pattern="^[1-9]{2}[0-9]{3}$")] | None = Field(
        description="NIS code as it was on the event's day; map it to a province of that day"
    )
    unemployed_since: date | None = Field(description="First day of the unemployment")
    age_group: AgeGroup | None = Field(description="Age at entry")
    gender: Gender | None = Field(description="As registered")
    education: Education | None = Field(description="Highest diploma, in three groups")


class CounsellorAssigned(Data):
    """Bemiddelaar toegewezen: who guides from the event's day on."""

    event: ClassVar[str] = "counsellor-assigned"
    counsellor: Reference = Field(description="Reference of the counsellor")
    unit: Reference = Field(description="Reference of the counsellor's unit")
    reason: AssignmentReason | None = Field(default=None, description="Why; null is not told")


class ModuleData(Data):
    """An event of one module, with the module's status after it."""

    module_id: UUID = Field(description="The module; the same in all its events")
    module_kind: ModuleKind = Field(description="What the module is")
    module_status: ModuleStatus = Field(description="The module's status after this event")


class ModuleStart(ModuleData):
    """A module starts on the event's day."""

    planned_until: date = Field(description="Planned last day, inclusive")
    hours_per_week: Hours | None = Field(
        description="Hours a week; null only where a WEP+ register did not tell"
    )


class IboStarted(ModuleStart):
    """IBO gestart: an individual training in a company starts on the event's day."""

    event: ClassVar[str] = "ibo-started"
    employer: Kbo
    establishment: Establishment | None = Field(
        description="Establishment unit number (KBO) of the work place; null is not told"
    )
    occupation: Reference | None = Field(description="Competent code; null is not told")


class StageStarted(ModuleStart):
    """Stage gestart: learning on a work floor, without an obligation to hire, starts on the event's day."""

    event: ClassVar[str] = "stage-started"
    stage: StageKind = Field(description="The form of the stage; STAGE stands for several")
    host: Kbo


class WepPlusModuleStart(ModuleStart):
    """One of the two modules of WEP+ starts on the event's day."""

    promotor: Kbo
    project: Reference | None = Field(description="Number of the WEP+ project; null is not told")
    work_floor: Kbo | None = Field(
        description="Enterprise number (KBO) of the work floor; null is not told"
    )
    aftercare_premium: bool | None = Field(
        description="Whether an aftercare premium (nazorgpremie) goes with it; null is not told"
    )


class WorkExperienceModuleStarted(WepPlusModuleStart):
    """Werkervaringsmodule gestart: the W module of WEP+ starts on the event's day."""

    event: ClassVar[str] = "work-experience-module-started"


class InsertionModuleStarted(WepPlusModuleStart):
    """Inschakelingsmodule gestart: the I module of WEP+ starts on the event's day."""

    event: ClassVar[str] = "insertion-module-started"


class IboCompleted(ModuleData):
    """IBO voltooid: the training was completed; the event's day is its last day."""

    event: ClassVar[str] = "ibo-completed"
    evaluation: Evaluation | None = Field(
        default=None, description="How it was judged; null is not told"
    )
    hire_due_by: date | None = Field(
        default=None, description="By which day the employer hires the trainee; null is not told"
    )


class Completion(ModuleData):
    """A module was completed, with what came of it."""

    result: Result | None = Field(default=None, description="What came of it; null is not told")
    competences_ref: Reference | None = Field(
        default=None, description="Where the competences that were acquired stand; null is not told"
    )


class StageCompleted(Completion):
    """Stage voltooid: the stage was completed; the event's day is its last day."""

    event: ClassVar[str] = "stage-completed"


class ModuleCompleted(Completion):
    """Module voltooid: a module of WEP+ was completed; the event's day is its last day."""

    event: ClassVar[str] = "module-completed"


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


class MigratedModule(BaseModel):
    """A WEP+ module that a migration took along."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    module_id: UUID = Field(description="The module")
    module_kind: ModuleKind = Field(description="What the module is")
    module_status: ModuleStatus = Field(
        description="VOLTOOID or STOPGEZET when it had ended before; otherwise STOPGEZET, for the "
        "reason EINDE_MAATREGEL"
    )
    last_day: date = Field(description="The module's last day")


class WepPlusMigrated(Data):
    """WEP+ gemigreerd: the person goes on in another scheme from the event's day.

    Neither inflow nor outflow. No other event tells the end of the modules that it ends.
    """

    event: ClassVar[str] = "wep-plus-migrated"
    from_modules: tuple[MigratedModule, ...] = Field(description="The WEP+ modules left behind")
    to_scheme: Scheme = Field(description="What takes over")
    lot: Reference | None = Field(description="Lot of the tender; null outside the tender")
    legal_status_before: LegalStatus = Field(description="What the person was in law")
    legal_status_after: LegalStatus = Field(description="What the person is in law from this day")
    guiding_organisation_before: Kbo
    guiding_organisation_after: Kbo
    host_organisation: Kbo | None = Field(
        description="Enterprise number (KBO) of the work floor that goes on as host; null is not told"
    )
    aftercare_premium: bool | None = Field(
        description="Whether an aftercare premium (nazorgpremie) goes with it; null is not told"
    )


class HiredInNec(Data):
    """Aangeworven in het NEC: work in the regular labour market starts on the event's day."""

    event: ClassVar[str] = "hired-in-nec"
    employer: Kbo
    establishment: Establishment | None = Field(
        description="Establishment unit number (KBO) of the work place; null is not told"
    )
    contract: ContractKind = Field(description="The kind of contract")
    until: date | None = Field(
        description="Last day of the contract; null is open-ended or not told"
    )
    hours_per_week: Hours
    occupation: Reference | None = Field(description="Competent code; null is not told")
    linked_module_id: UUID | None = Field(description="The module that led to it; null is not told")
    proof: Proof = Field(description="On what evidence the hire stands")


class PathwayClosed(Data):
    """Traject afgesloten: the person leaves guidance on the event's day."""

    event: ClassVar[str] = "pathway-closed"
    exit_type: ExitType = Field(description="How; ANDERE stands for several")
    proof: Proof | None = Field(default=None, description="On what evidence; null is not told")


class DataCorrected(Data):
    """Gegevens gecorrigeerd: an earlier event was wrong; `corrected` is what it should have told, whole.

    Put it in the place of the event that it names, on the day `corrected_on`.
    """

    event: ClassVar[str] = "data-corrected"
    target: UUID = Field(description="Id of the event that was wrong")
    corrected_type: str = Field(description="CloudEvents type of that event and of `corrected`")
    corrected_on: date = Field(description="The day that it is true for, Europe/Brussels")
    corrected: dict[str, Any] = Field(description="The data that it should have had; see its type")
    reason: CorrectionReason = Field(description="Why")


class RegistrationAnnulled(Data):
    """Registratie geannuleerd: an earlier event should never have been told; leave it out of everything."""

    event: ClassVar[str] = "registration-annulled"
    target: UUID = Field(description="Id of the event to leave out")
    reason: AnnulmentReason = Field(description="Why")


class ModuleAnnulled(ModuleData):
    """Module geannuleerd: the module was told wrongly; leave every event of it out of everything."""

    event: ClassVar[str] = "module-annulled"
    reason: AnnulmentReason = Field(description="Why")


class PathwayAnnulled(Data):
    """Traject geannuleerd: the whole pathway was told wrongly; leave it out of everything."""

    event: ClassVar[str] = "pathway-annulled"
    reason: AnnulmentReason = Field(description="Why")


class Withheld(Data):
    """Niet meegedeeld: something was recorded that others may not know; only its envelope goes out."""

    event: ClassVar[str] = "withheld"


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


class StateHire(BaseModel):
    """A hire as it stands."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    employer: Kbo
    started_on: date = Field(description="First day of work")
    linked_module_id: UUID | None = Field(description="The module that led to it; null is not told")


class PathwayState(Data):
    """Stand van het traject: the newest state of a pathway, every event up to `streamversion` included."""

    event: ClassVar[str] = "state"
    person_ref: UUID = Field(
        description="Random reference of the person, the same in every pathway of that person"
    )
    enrolled_on: date = Field(description="Day of enrolment")
    counsellor: Reference | None = Field(
        description="Reference of the counsellor; null is none yet"
    )
    unit: Reference | None = Field(description="Reference of the counsellor's unit")
    scheme: Scheme | None = Field(description="What took over from WEP+; null without a migration")
    guiding_organisation: Kbo | None = Field(
        description="Enterprise number (KBO) of the guide after a migration; null without one"
    )
    modules: tuple[StateModule, ...] = Field(
        description="Every module, in the order of their start; annulled ones are left out"
    )
    hires: tuple[StateHire, ...] = Field(description="Every hire, in the order of their first day")
    closed_on: date | None = Field(description="Day of closure; null while the pathway is open")
    exit_type: ExitType | None = Field(description="How the person left; ANDERE stands for several")


EVENTS: tuple[type[Data], ...] = (
    Enrolled,
    ParticipantCharacteristicsRecorded,
    CounsellorAssigned,
    IboStarted,
    StageStarted,
    WorkExperienceModuleStarted,
    InsertionModuleStarted,
    IboCompleted,
    StageCompleted,
    ModuleCompleted,
    ModuleStopped,
    WepPlusMigrated,
    HiredInNec,
    PathwayClosed,
    DataCorrected,
    RegistrationAnnulled,
    ModuleAnnulled,
    PathwayAnnulled,
    Withheld,
)
"""Every event on the events topic."""
