"""What can turn out to be wrong in a registered fact: another day, other hours, another reason, elsewhere."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

from pathway.domain.closing import PathwayClosed, PathwayReopened
from pathway.domain.codes import (
    AssignmentReason,
    Channel,
    ContractKind,
    Education,
    ExitType,
    InterruptionReason,
    Proof,
    ReopeningReason,
    Result,
    StopReason,
    SuspensionReason,
)
from pathway.domain.course import ModuleInterrupted
from pathway.domain.duties import AppointmentPlanned, ExemptionGranted
from pathway.domain.employment import EmploymentChecked, EmploymentEnded
from pathway.domain.enrolment import Enrolled, ParticipantCharacteristicsRecorded
from pathway.domain.facts import Fact
from pathway.domain.guidance import CounsellorAssigned, CounsellorTransferred, Screened
from pathway.domain.guidance_codes import (
    Advice,
    AppointmentChannel,
    Distance,
    ExemptionKind,
    HandOverReason,
    ReferralRefusal,
)
from pathway.domain.ibo import IboCompleted, IboStarted
from pathway.domain.modules import ModuleStopped
from pathway.domain.referral import ReferralRefused
from pathway.domain.stage import StageCompleted, StageStarted
from pathway.domain.suspension import PathwaySuspended
from pathway.domain.wep_plus import (
    InsertionModuleStarted,
    ModuleCompleted,
    WorkExperienceModuleStarted,
)
from pathway.domain.work import HiredInNec
from pathway.domain.work_codes import JobEndReason
from pathway.simulation import organisations
from pathway.simulation.people import COMMUNES

Change = Callable[[Random, Any], dict[str, Any]]
"""The fields of a fact as they should have been told; none when it was right."""


def another(field: str, *values: object) -> Change:
    """Another one of these values, where the fact has one of them or none."""

    def change(chance: Random, fact: Fact) -> dict[str, Any]:
        told = getattr(fact, field)
        others = [value for value in values if value != told]
        return {field: chance.choice(others)} if told is None or told in values else {}

    return change


def elsewhere(field: str, organisation: Callable[[Random], str]) -> Change:
    """Another organisation, told by its KBO number."""
    return lambda chance, _fact: {field: organisation(chance)}


def earlier(chance: Random, fact: Fact) -> dict[str, Any]:
    """It was true some days earlier."""
    return {"occurred_on": fact.occurred_on - timedelta(days=chance.randint(1, 3))}


def later(chance: Random, fact: Fact) -> dict[str, Any]:
    """It was true some days later."""
    return {"occurred_on": fact.occurred_on + timedelta(days=chance.randint(1, 3))}


def works(_chance: Random, fact: EmploymentChecked) -> dict[str, Any]:
    """Whether the person worked was told the wrong way round."""
    return {"in_work": not fact.in_work, "same_employer": None}


hours = another("hours_per_week", Decimal(38), Decimal("28.5"), Decimal(24), Decimal(20))
occupation = another("occupation", "MAGAZIJNIER", "KASSIER", "HULPKOK", "BEDIENDE", "OPERATOR")
result = another("result", *Result)
stopped = another(
    "reason",
    StopReason.DOEL_NIET_HAALBAAR,
    StopReason.TEKORTKOMING_CURSIST,
    StopReason.ZIEKTE,
    StopReason.NIET_OPGEDAAGD,
    StopReason.ONDERLING_AKKOORD,
    StopReason.TEKORTKOMING_WERKGEVER,
)
way_out = another(
    "exit_type",
    ExitType.UITSCHRIJVING,
    ExitType.OPLEIDING_STUDIE,
    ExitType.GEEN_MEDEWERKING,
    ExitType.ONBEKEND,
)

# Nothing in these that a life builds on later, so that no life ends by a correction.
ON_THE_WAY: Mapping[type[Fact], tuple[Change, ...]] = {
    Enrolled: (earlier, another("channel", *Channel)),
    ParticipantCharacteristicsRecorded: (another("commune", *COMMUNES),),
    # Not its day: by that another one might guide now.
    CounsellorAssigned: (another("reason", *AssignmentReason),),
    CounsellorTransferred: (another("reason", *HandOverReason),),
    Screened: (earlier, another("distance", *Distance), another("advice", *Advice)),
    AppointmentPlanned: (another("channel", *AppointmentChannel),),
    ExemptionGranted: (another("ground", *ExemptionKind),),
    PathwaySuspended: (another("reason", *SuspensionReason),),
    PathwayReopened: (another("reason", *ReopeningReason),),
    ReferralRefused: (another("reason", *ReferralRefusal),),
    IboStarted: (earlier, hours, occupation),
    StageStarted: (earlier, hours),
    WorkExperienceModuleStarted: (earlier, elsewhere("work_floor", organisations.host)),
    InsertionModuleStarted: (earlier, elsewhere("work_floor", organisations.host)),
    ModuleInterrupted: (another("reason", *InterruptionReason),),
    ModuleStopped: (earlier, stopped),
    IboCompleted: (earlier,),
    StageCompleted: (earlier, result),
    ModuleCompleted: (earlier, result),
    HiredInNec: (earlier, hours, occupation, another("proof", *Proof)),
    EmploymentEnded: (another("reason", *JobEndReason),),
    EmploymentChecked: (works,),
}
AFTERWARDS: Mapping[type[Fact], tuple[Change, ...]] = {
    **ON_THE_WAY,
    ParticipantCharacteristicsRecorded: (another("education", *Education),),
    IboStarted: (elsewhere("employer", organisations.employer), hours),
    StageStarted: (elsewhere("host", organisations.host), hours),
    HiredInNec: (
        elsewhere("employer", organisations.employer),
        another("contract", *ContractKind),
    ),
    PathwayClosed: (later, way_out),
}
"""When the life is over, or nearly so."""
