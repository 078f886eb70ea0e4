"""A life of as many facts as are asked for, decided by the real commands: how a pathway of decades looks."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import count
from uuid import UUID

from pathway.domain.codes import Channel, ContractKind, CorrectionReason, Proof, StageKind
from pathway.domain.commands import Command, Moment
from pathway.domain.corrections import CorrectData, DataCorrected
from pathway.domain.duties import HoldAppointment, MissAppointment, PlanAppointment
from pathway.domain.employment import CheckEmployment, EndEmployment
from pathway.domain.enrolment import Enrol, RecordCharacteristics
from pathway.domain.facts import Amendment, Fact, Told, evolve, state_of
from pathway.domain.guidance import AssignCounsellor, Screen, TransferCounsellor
from pathway.domain.guidance_codes import (
    Advice,
    AppointmentChannel,
    Distance,
    HandOverReason,
    ScreeningMethod,
)
from pathway.domain.modules import NewModule
from pathway.domain.stage import CompleteStage, StartStage
from pathway.domain.state import Pathway
from pathway.domain.work import Hire
from pathway.domain.work_codes import Checkpoint, JobEndReason

from tests.pathway.domain.kit import ANNA, HOST
from tests.people import invented_kbo

BEGINS, TODAY = date(2003, 1, 6), date(2026, 11, 2)
COMMUNES = ("44021", "24062", "11002")
EMPLOYERS = tuple(invented_kbo(number) for number in range(301, 308))
COUNSELLORS = ("bemiddelaar-01", "bemiddelaar-02")
WITH_MORE = 3
"""One round in so many has a stage, and then work for some weeks: 25 facts in three rounds."""


@cache
@cache
def long_life(facts: int) -> tuple[Told, ...]:
    """The first so many facts of one life, at most about 2,000."""
    life = _Life()
    life.asks(
        Enrol(on=BEGINS, person_ref=ANNA, category=None, channel=Channel.LOKET, inferred=False),
        AssignCounsellor(on=BEGINS, counsellor=COUNSELLORS[0], unit="OE-GENT"),
    )
    day = BEGINS
    for number in count(1):
        day = life.round(day + timedelta(days=5), number)
        if len(life.told) >= facts:
            return tuple(life.told[:facts])
    raise AssertionError("never")


def again(told: Sequence[Told], number: int) -> list[Told]:
    """The same life once more, as facts of their own under ids of their own."""
    return [Told(_other(one.fact_id, number), _of_its_own(one.fact, number)) for one in told]


def _of_its_own(fact: Fact, number: int) -> Fact:
    its_own = fact.model_copy(deep=True)
    if isinstance(its_own, DataCorrected):
        return its_own.model_copy(update={"target": _other(its_own.target, number)})
    return its_own


def _other(fact_id: UUID | None, number: int) -> UUID:
    assert fact_id is not None
    return UUID(int=fact_id.int + (number << 32))


class _Life:
    def __init__(self) -> None:
        self.told: list[Told] = []
        self._pathway: Pathway | None = None
        self._ids = count(1 << 64)

    def asks(self, *commands: Command) -> None:
        for command in commands:
            moment = Moment(TODAY, self._new_id, tuple(self.told))
            for fact in command.decide(self._pathway, moment):
                self._tell(fact)

    def _tell(self, fact: Fact) -> None:
        before = self._pathway
        self.told.append(Told(self._new_id(), fact))
        late = before is not None and fact.occurred_on < before.last_fact_on
        amends = late or isinstance(fact, Amendment)
        self._pathway = state_of(self.told) if amends else evolve(before, fact)

    def round(self, day: date, number: int) -> date:
        """Some weeks in guidance, 6 to 13 facts; the last day of them."""
        self._is_guided(day, number)
        if number % WITH_MORE == 1:
            self._does_a_stage(day + timedelta(days=10))
            return self._works(day + timedelta(days=16), EMPLOYERS[number % len(EMPLOYERS)])
        return day + timedelta(days=16)

    def _is_guided(self, day: date, number: int) -> None:
        meets = day + timedelta(days=7)
        came = (
            MissAppointment(on=meets, valid_excuse=True)
            if number % 4 == 0
            else HoldAppointment(on=meets)
        )
        self.asks(
            RecordCharacteristics(on=day, commune=COMMUNES[number % 3]),
            PlanAppointment(on=day, planned_for=meets, channel=AppointmentChannel.KANTOOR),
            came,
            # Told late, after what came of the appointment.
            _screen(day + timedelta(days=2), number),
            TransferCounsellor(
                on=meets,
                counsellor=COUNSELLORS[number % 2],
                unit="OE-GENT",
                reason=HandOverReason.HERVERDELING,
            ),
        )
        transferred = self.told[-1]
        self.asks(self._correction(transferred, meets + timedelta(days=1)))

    def _does_a_stage(self, day: date) -> None:
        until = day + timedelta(days=3)
        self.asks(
            StartStage(
                on=day,
                planned_until=until,
                hours_per_week=Decimal(38),
                stage=StageKind.KOS,
                host=HOST,
            )
        )
        start = self.told[-1]
        assert isinstance(start.fact, NewModule)
        self.asks(
            CompleteStage(on=until, module_id=start.fact.module_id),
            # One in so many facts turns out wrong: here each start of a stage, and once more.
            self._correction(start, day - timedelta(days=1)),
            self._correction(start, day),
        )

    def _works(self, day: date, employer: str) -> date:
        checked, ends = day + timedelta(days=32), day + timedelta(days=40)
        self.asks(
            Hire(
                on=day,
                employer=employer,
                contract=ContractKind.ONBEPAALDE_DUUR,
                hours_per_week=Decimal(38),
                proof=Proof.CONTRACT,
            ),
            CheckEmployment(
                on=checked, checkpoint=Checkpoint.ONE, in_work=True, source=Proof.VERKLARING
            ),
            EndEmployment(
                on=ends,
                employer=employer,
                reason=JobEndReason.EINDE_CONTRACT,
                returns_to_guidance=True,
            ),
        )
        return ends

    def _correction(self, of: Told, on: date) -> CorrectData:
        assert of.fact_id is not None
        return CorrectData(on=on, fact_id=of.fact_id, reason=CorrectionReason.INVOERFOUT)

    def _new_id(self) -> UUID:
        return UUID(int=next(self._ids))


def _screen(on: date, number: int) -> Screen:
    return Screen(
        on=on,
        distance=list(Distance)[number % len(Distance)],
        advice=Advice.BEMIDDELING,
        method=ScreeningMethod.GESPREK,
    )
