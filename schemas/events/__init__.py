"""The data of each published event: what others may know of a fact, in full, without any other message.

Identifiers are references: who a `person_ref` is, only the vault can tell. Days are Europe/Brussels.
A field is never removed or renamed within a version; readers pass over fields that they do not know.
The first sentence of each docstring is the event's Dutch title and its meaning.
"""

from schemas.events.amendments import (
    DataCorrected as DataCorrected,
    ModuleAnnulled as ModuleAnnulled,
    PathwayAnnulled as PathwayAnnulled,
    RegistrationAnnulled as RegistrationAnnulled,
    Withheld as Withheld,
)
from schemas.events.course import (
    AbsenceReported as AbsenceReported,
    ModuleExtended as ModuleExtended,
    ModuleIntensityChanged as ModuleIntensityChanged,
    ModuleInterrupted as ModuleInterrupted,
    ModuleNotStarted as ModuleNotStarted,
    ModulePlanned as ModulePlanned,
    ModuleResumed as ModuleResumed,
    ModuleShortened as ModuleShortened,
    PathwayReopened as PathwayReopened,
    PathwayResumed as PathwayResumed,
    PathwaySuspended as PathwaySuspended,
    PlanChange as PlanChange,
)
from schemas.events.deadlines import DeadlineReached as DeadlineReached
from schemas.events.duties import (
    AppointmentHeld as AppointmentHeld,
    AppointmentMissed as AppointmentMissed,
    AppointmentPlanned as AppointmentPlanned,
    ExemptionEnded as ExemptionEnded,
    ExemptionGranted as ExemptionGranted,
    TransmissionSent as TransmissionSent,
)
from schemas.events.frame import (
    Completion as Completion,
    Data as Data,
    Establishment as Establishment,
    Hours as Hours,
    Kbo as Kbo,
    ModuleData as ModuleData,
    ModuleStart as ModuleStart,
    Reference as Reference,
)
from schemas.events.guidance import (
    CounsellorAssigned as CounsellorAssigned,
    CounsellorTransferred as CounsellorTransferred,
    CounsellorUnassigned as CounsellorUnassigned,
    Enrolled as Enrolled,
    ImportedFromLegacy as ImportedFromLegacy,
    ParticipantCharacteristicsRecorded as ParticipantCharacteristicsRecorded,
    PathwayPlanAgreed as PathwayPlanAgreed,
    Screened as Screened,
)
from schemas.events.merging import (
    CarriedEvent as CarriedEvent,
    MergeReverted as MergeReverted,
    PathwayAbsorbed as PathwayAbsorbed,
    PathwaysMerged as PathwaysMerged,
    PersonIdentifierReplaced as PersonIdentifierReplaced,
)
from schemas.events.modules import (
    IboCompleted as IboCompleted,
    IboContractSigned as IboContractSigned,
    IboStarted as IboStarted,
    ModuleStopped as ModuleStopped,
    StageCompleted as StageCompleted,
    StageStarted as StageStarted,
)
from schemas.events.referral import (
    GuidingOrganisationChanged as GuidingOrganisationChanged,
    ReferralConfirmed as ReferralConfirmed,
    ReferralExtended as ReferralExtended,
    ReferralRefused as ReferralRefused,
    ReferredToProvider as ReferredToProvider,
)
from schemas.events.state import (
    PathwayState as PathwayState,
    StateCheck as StateCheck,
    StateHire as StateHire,
    StateModule as StateModule,
    StateReferral as StateReferral,
)
from schemas.events.wep_plus import (
    InsertionModuleStarted as InsertionModuleStarted,
    MigratedModule as MigratedModule,
    ModuleCompleted as ModuleCompleted,
    WepPlusMigrated as WepPlusMigrated,
    WepPlusModuleStart as WepPlusModuleStart,
    WorkExperienceModuleStarted as WorkExperienceModuleStarted,
)
from schemas.events.work import (
    EmploymentChecked as EmploymentChecked,
    EmploymentEnded as EmploymentEnded,
    HiredInNec as HiredInNec,
    HireObligationBreached as HireObligationBreached,
    HireObligationWaived as HireObligationWaived,
    PathwayClosed as PathwayClosed,
)

EVENTS: tuple[type[Data], ...] = (
    Enrolled,
    ImportedFromLegacy,
    ParticipantCharacteristicsRecorded,
    CounsellorAssigned,
    ModulePlanned,
    ModuleNotStarted,
    IboContractSigned,
    CounsellorTransferred,
    CounsellorUnassigned,
    Screened,
    PathwayPlanAgreed,
    GuidingOrganisationChanged,
    ReferredToProvider,
    ReferralConfirmed,
    ReferralRefused,
    ReferralExtended,
    AppointmentPlanned,
    AppointmentHeld,
    AppointmentMissed,
    ExemptionGranted,
    ExemptionEnded,
    TransmissionSent,
    IboStarted,
    StageStarted,
    WorkExperienceModuleStarted,
    InsertionModuleStarted,
    ModuleInterrupted,
    ModuleResumed,
    ModuleExtended,
    ModuleShortened,
    ModuleIntensityChanged,
    AbsenceReported,
    IboCompleted,
    StageCompleted,
    ModuleCompleted,
    ModuleStopped,
    WepPlusMigrated,
    HiredInNec,
    PathwaySuspended,
    PathwayResumed,
    HireObligationWaived,
    HireObligationBreached,
    EmploymentEnded,
    EmploymentChecked,
    PathwayClosed,
    PathwayReopened,
    DeadlineReached,
    DataCorrected,
    RegistrationAnnulled,
    ModuleAnnulled,
    PathwayAnnulled,
    PathwaysMerged,
    PathwayAbsorbed,
    MergeReverted,
    PersonIdentifierReplaced,
    Withheld,
)
"""Every event on the events topic."""
