"""Given these facts, when this command, then these facts or this refusal; and facts to begin with."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from pathway.domain.catalogue import PathwayFact
from pathway.domain.closing import PathwayClosed
from pathway.domain.codes import Channel, ContractKind, ExitType, Proof, StageKind, StopReason
from pathway.domain.commands import Command, Moment
from pathway.domain.enrolment import Enrolled
from pathway.domain.facts import Told, state_of
from pathway.domain.guidance import CounsellorAssigned
from pathway.domain.ibo import IboCompleted, IboStarted
from pathway.domain.modules import ModuleStopped
from pathway.domain.stage import StageStarted
from pathway.domain.state import Pathway
from pathway.domain.wep_plus import (
    InsertionModuleStarted,
    ModuleCompleted,
    WorkExperienceModuleStarted,
)
from pathway.domain.work import HiredInNec

from tests.people import invented_kbo

TODAY = date(2016, 6, 1)
ANNA = UUID(int=0xA)
NEW = UUID(int=0xF)
"""The id that a command is given for a new module."""
EMPLOYER, OTHER_EMPLOYER, PROMOTOR, GUIDE, HOST = (invented_kbo(n) for n in range(101, 106))


@dataclass(frozen=True)
class Given:
    """A pathway's facts, in the order in which they were recorded."""

    facts: tuple[PathwayFact, ...]

    @property
    def pathway(self) -> Pathway:
        """The pathway that they add up to."""
        folded = state_of(self.told)
        assert folded is not None
        return folded

    @property
    def told(self) -> tuple[Told, ...]:
        """The facts with their ids."""
        return tuple(Told(fact_id(at), fact) for at, fact in enumerate(self.facts, start=1))

    def when(self, command: Command, today: date = TODAY) -> list[PathwayFact]:
        """What follows from the command."""
        pathway = self.pathway if self.facts else None
        return list(command.decide(pathway, Moment(today, lambda: NEW, self.told)))


def given(*facts: PathwayFact) -> Given:
    return Given(facts)


def day(text: str) -> date:
    return date.fromisoformat(text)


def fact_id(version: int) -> UUID:
    """The id of the fact with this version."""
    return UUID(int=0xFACE0000 + version)


def module_id(number: int) -> UUID:
    return UUID(int=number)


def enrolled(on: str = "2014-01-06") -> Enrolled:
    return Enrolled(occurred_on=day(on), person_ref=ANNA, category=None, channel=Channel.LOKET)


def assigned(on: str, counsellor: str = "bemiddelaar-01") -> CounsellorAssigned:
    return CounsellorAssigned(occurred_on=day(on), counsellor=counsellor, unit="OE-GENT")


def ibo_started(
    number: int, on: str, until: str, hours: float = 38, employer: str = EMPLOYER
) -> IboStarted:
    return IboStarted(
        occurred_on=day(on),
        module_id=module_id(number),
        planned_until=day(until),
        hours_per_week=Decimal(str(hours)),
        employer=employer,
    )


def stage_started(number: int, on: str, until: str, hours: float = 38) -> StageStarted:
    return StageStarted(
        occurred_on=day(on),
        module_id=module_id(number),
        planned_until=day(until),
        hours_per_week=Decimal(str(hours)),
        stage=StageKind.OS,
        host=HOST,
    )


def w_started(
    number: int,
    on: str = "2014-10-15",
    until: str = "2015-09-30",
    hours: float = 38,
    project: str | None = "WEP-2014-0001",
) -> WorkExperienceModuleStarted:
    return WorkExperienceModuleStarted(
        occurred_on=day(on),
        module_id=module_id(number),
        planned_until=day(until),
        hours_per_week=Decimal(str(hours)),
        promotor=PROMOTOR,
        project=project,
    )


def i_started(
    number: int,
    on: str = "2014-10-15",
    until: str = "2015-09-30",
    hours: float = 38,
    project: str | None = "WEP-2014-0001",
) -> InsertionModuleStarted:
    start = w_started(number, on, until, hours, project)
    return InsertionModuleStarted.model_validate(start.model_dump(exclude={"kind"}))


def ibo_completed(number: int, on: str) -> IboCompleted:
    return IboCompleted(occurred_on=day(on), module_id=module_id(number))


def completed(number: int, on: str) -> ModuleCompleted:
    return ModuleCompleted(occurred_on=day(on), module_id=module_id(number))


def stopped(number: int, on: str, reason: StopReason = StopReason.OPLEIDING) -> ModuleStopped:
    return ModuleStopped(occurred_on=day(on), module_id=module_id(number), reason=reason)


def hired(on: str, employer: str = EMPLOYER) -> HiredInNec:
    return HiredInNec(
        occurred_on=day(on),
        employer=employer,
        contract=ContractKind.ONBEPAALDE_DUUR,
        hours_per_week=Decimal(38),
        proof=Proof.DIMONA,
    )


def closed(on: str) -> PathwayClosed:
    return PathwayClosed(occurred_on=day(on), exit_type=ExitType.WERK_NEC_LOONTREKKEND)
