"""The codes on the wire: Dutch, upper case, never renamed. What is sensitive goes out general."""

from schemas.codes.guidance import (
    Advice as Advice,
    AppointmentChannel as AppointmentChannel,
    AssignmentReason as AssignmentReason,
    Distance as Distance,
    ExemptionKind as ExemptionKind,
    GuideChangeReason as GuideChangeReason,
    HandOverReason as HandOverReason,
    Need as Need,
    ReferralRefusal as ReferralRefusal,
    ReferralStatus as ReferralStatus,
    ReopeningReason as ReopeningReason,
    Scheme as Scheme,
    ScreeningMethod as ScreeningMethod,
    SuspensionReason as SuspensionReason,
    TransmissionReason as TransmissionReason,
)
from schemas.codes.modules import (
    AnnulmentReason as AnnulmentReason,
    CorrectionReason as CorrectionReason,
    Evaluation as Evaluation,
    ExitType as ExitType,
    InterruptionReason as InterruptionReason,
    ModuleKind as ModuleKind,
    ModuleStatus as ModuleStatus,
    NotStartedReason as NotStartedReason,
    PathwayStatus as PathwayStatus,
    PlanMotive as PlanMotive,
    Result as Result,
    StageKind as StageKind,
    StoppedBy as StoppedBy,
    StopReason as StopReason,
)
from schemas.codes.people import (
    ActorKind as ActorKind,
    AgeGroup as AgeGroup,
    Category as Category,
    Channel as Channel,
    Education as Education,
    Gender as Gender,
    LegalStatus as LegalStatus,
)
from schemas.codes.work import (
    BreachMotive as BreachMotive,
    Checkpoint as Checkpoint,
    ContractKind as ContractKind,
    ContractParty as ContractParty,
    JobEndReason as JobEndReason,
    ObligationStatus as ObligationStatus,
    Proof as Proof,
    WaiverMotive as WaiverMotive,
)
