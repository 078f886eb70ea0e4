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
    Enrolled as Enrolled,
    ParticipantCharacteristicsRecorded as ParticipantCharacteristicsRecorded,
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
    IboStarted as IboStarted,
    ModuleStopped as ModuleStopped,
    StageCompleted as StageCompleted,
    StageStarted as StageStarted,
)
from schemas.events.state import (
    PathwayState as PathwayState,
    StateHire as StateHire,
    StateModule as StateModule,
)
from schemas.events.wep_plus import (
    InsertionModuleStarted as InsertionModuleStarted,
    MigratedModule as MigratedModule,
    ModuleCompleted as ModuleCompleted,
    WepPlusMigrated as WepPlusMigrated,
    WepPlusModuleStart as WepPlusModuleStart,
    WorkExperienceModuleStarted as WorkExperienceModuleStarted,
)
from schemas.events.work import HiredInNec as HiredInNec, PathwayClosed as PathwayClosed

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
    PathwaysMerged,
    PathwayAbsorbed,
    MergeReverted,
    PersonIdentifierReplaced,
    Withheld,
)
"""Every event on the events topic."""
