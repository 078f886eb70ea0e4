"""Two invented people whose pathways the conformance vectors tell, as the real use cases recorded them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from itertools import count
from typing import Any
from uuid import UUID

from pathway import outgoing
from pathway.application import Enrolment, Pathways, folded
from pathway.domain.closing import Close
from pathway.domain.codes import (
    AnnulmentReason,
    Channel,
    ContractKind,
    CorrectionReason,
    ExitType,
    MergeReason,
    Proof,
    StopReason,
)
from pathway.domain.commands import Command
from pathway.domain.corrections import AnnulModule, AnnulPathway, AnnulRegistration, CorrectData
from pathway.domain.guidance import (
    Advice,
    AssignCounsellor,
    Distance,
    Need,
    Screen,
    ScreeningMethod,
)
from pathway.domain.ibo import CompleteIbo, StartIbo
from pathway.domain.merging import MergePathways
from pathway.domain.modules import StopModule
from pathway.domain.work import Hire
from pathway.identity import Person
from pathway.recorded import Recorded

from tests.pathway.given import SetClock, said
from tests.pathway.in_memory import pathways_in_memory
from tests.people import invented_insz, invented_kbo

BASE = "https://pathways.example/schemas"
EMPLOYER = invented_kbo(101)


@dataclass(frozen=True)
class Told:
    """A fact as the topics tell it: its event, and the state that has everything up to it."""

    recorded: Recorded
    value: bytes
    withheld: bytes
    state: bytes


class Lives:
    """People in 2016, each fact recorded some minutes after the one before it."""

    def __init__(self) -> None:
        self.clock = SetClock(datetime(2016, 10, 3, 8, 0, tzinfo=UTC))
        self.pathways: Pathways = pathways_in_memory(self.clock)
        numbers = count(1)
        self.pathways.store.new_id = lambda: self._id(next(numbers))
        self.pathways._new_id = self.pathways.store.new_id
        self._people = count(1)

    def _id(self, number: int) -> UUID:
        """As a UUIDv7 of this moment, and the same each time that these lives are told."""
        moment = int(self.clock().timestamp() * 1000)
        return UUID(int=moment << 80 | 0x7 << 76 | 0x2 << 62 | number)

    def enrolled(self, on: str = "2016-01-04") -> UUID:
        self.clock.forward(minutes=7)
        insz = invented_insz(date(1981, 2, 3), next(self._people))
        person = Person(insz=insz, last_name="Testers", first_name="An")
        asked = Enrolment(person, date.fromisoformat(on), category=None, channel=Channel.LOKET)
        return self.pathways.enrol(asked, said("c-1"), hidden=True).pathway_id

    def tell(self, pathway_id: UUID, command: Command) -> None:
        self.clock.forward(minutes=7)
        self.pathways.command(pathway_id, [command], said("c-2"))

    def load(self, pathway_id: UUID) -> list[Recorded]:
        return self.pathways.store.load(pathway_id)

    def told(self, pathway_id: UUID) -> Sequence[Told]:
        """What stands on the topics about each of its facts."""
        facts, told = self.load(pathway_id), list[Told]()
        for place, fact in enumerate(facts, start=1):
            after = folded(facts[:place])
            assert after is not None
            event = outgoing.event(fact, after, frozenset(), BASE)
            withheld = outgoing.event(fact, after, frozenset({fact.fact_id}), BASE)
            state = outgoing.state(fact, after, BASE)
            told.append(Told(fact, event.to_bytes(), withheld.to_bytes(), state.to_bytes()))
        return told


def assign(on: str, counsellor: str = "bemiddelaar-01") -> Command:
    return AssignCounsellor(on=date.fromisoformat(on), counsellor=counsellor, unit="OE-GENT")


def screen(on: str) -> Command:
    return Screen(
        on=date.fromisoformat(on),
        distance=Distance.KLEINE_AFSTAND,
        needs=(Need.TAAL,),
        advice=Advice.WERKPLEKLEREN,
        method=ScreeningMethod.GESPREK,
    )


def start_ibo(on: str, until: str) -> Command:
    told: dict[str, Any] = {"on": on, "planned_until": until, "hours_per_week": "38"}
    return StartIbo.model_validate({**told, "employer": EMPLOYER})


class Usual:
    """One life from enrolment by way of IBO to work, and what is told of it."""

    def __init__(self, lives: Lives) -> None:
        self.pathway_id = lives.enrolled()
        lives.tell(self.pathway_id, assign("2016-01-06"))
        lives.tell(self.pathway_id, screen("2016-01-11"))
        lives.tell(self.pathway_id, start_ibo("2016-02-01", "2016-04-29"))
        self.module_id = lives.load(self.pathway_id)[-1].fact.module_id
        done = {"on": "2016-04-29", "module_id": str(self.module_id)}
        lives.tell(self.pathway_id, CompleteIbo.model_validate(done))
        lives.tell(self.pathway_id, hire(self.module_id))
        self._lives = lives

    @cached_property
    def told(self) -> Sequence[Told]:
        return self._lives.told(self.pathway_id)


def hire(module_id: UUID | None = None, on: str = "2016-05-02") -> Command:
    return Hire(
        on=date.fromisoformat(on),
        employer=EMPLOYER,
        contract=ContractKind.ONBEPAALDE_DUUR,
        hours_per_week=38,
        linked_module_id=module_id,
        proof=Proof.DIMONA,
    )


def amended(lives: Lives) -> UUID:
    """A pathway on which nearly everything was wrong at first, and which was annulled in the end."""
    usual = Usual(lives)
    facts = lives.load(usual.pathway_id)
    day, why = date(2016, 2, 8), CorrectionReason.INVOERFOUT
    assigned, screened = facts[1].fact_id, facts[2].fact_id
    changes = {"counsellor": "bemiddelaar-02"}
    lives.tell(
        usual.pathway_id,
        CorrectData(on=date(2016, 1, 7), fact_id=assigned, changes=changes, reason=why),
    )
    annulled: dict[str, Any] = {"on": day, "reason": AnnulmentReason.TEST}
    lives.tell(usual.pathway_id, AnnulRegistration(fact_id=screened, **annulled))
    lives.tell(usual.pathway_id, AnnulRegistration(fact_id=facts[5].fact_id, **annulled))
    lives.tell(usual.pathway_id, AnnulModule(module_id=usual.module_id, **annulled))
    lives.tell(usual.pathway_id, AnnulPathway(**annulled))
    return usual.pathway_id


def merged(lives: Lives) -> tuple[UUID, UUID]:
    """Somebody who came in under two numbers: the pathway that goes on, and the one that it absorbed."""
    survivor, absorbed = lives.enrolled("2016-03-01"), lives.enrolled("2016-01-04")
    lives.tell(absorbed, assign("2016-01-06"))
    lives.tell(absorbed, start_ibo("2016-02-01", "2016-02-26"))
    module_id = lives.load(absorbed)[-1].fact.module_id
    lives.tell(
        absorbed,
        StopModule.model_validate(
            {"on": "2016-02-12", "module_id": str(module_id), "reason": StopReason.VERHUIZING}
        ),
    )
    counts, same = (lives.load(one)[0].fact.person_ref for one in (survivor, absorbed))
    lives.pathways.vault.link(same, counts)
    merge = MergePathways(on=date(2016, 3, 7), absorbed=absorbed, reason=MergeReason.TWEE_NUMMERS)
    lives.tell(survivor, merge)
    return survivor, absorbed


def closed(lives: Lives, pathway_id: UUID) -> None:
    lives.tell(pathway_id, Close(on=date(2016, 9, 1), exit_type=ExitType.WERK_NEC_LOONTREKKEND))
