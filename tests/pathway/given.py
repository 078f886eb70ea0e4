"""What tests of the write side start from: people, a context, a clock that the test moves."""

from datetime import date, datetime, timedelta

from cryptography.fernet import Fernet, MultiFernet
from pathway.application import Enrolment
from pathway.domain.codes import Channel
from pathway.identity import Person
from pathway.recorded import Actor
from pathway.store import Context

from schemas.codes import ActorKind
from tests.people import invented_insz

MASTER_KEY = Fernet.generate_key()
MASTER = MultiFernet([Fernet(MASTER_KEY)])


class SetClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


COUNSELLOR = Actor(kind=ActorKind.BEMIDDELAAR, ref="bemiddelaar-01", organisation="OVO000083")
ANNA = Person(insz=invented_insz(date(1980, 5, 17), 2), last_name="Testers", first_name="Anna")
BRAM = Person(insz=invented_insz(date(1975, 1, 3), 1), last_name="Proefman", first_name="Bram")


def said(command_id: str = "c-1") -> Context:
    return Context(
        actor=COUNSELLOR, command_id=command_id, correlation_id="r-1", causation_id=command_id
    )


def enrolment(person: Person = ANNA, on: date = date(2015, 1, 5)) -> Enrolment:
    return Enrolment(person=person, on=on, category=None, channel=Channel.LOKET)
