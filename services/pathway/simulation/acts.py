"""What happens in a life: on a day something is true, and some time later somebody gets to registering it."""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import TypeVar
from uuid import UUID

from pathway.application import Enrolment
from pathway.domain.codes import ExitType, StageKind
from pathway.domain.commands import Command
from pathway.domain.facts import Told
from pathway.domain.guidance import AssignCounsellor
from pathway.domain.refusals import Refused
from pathway.recorded import Actor
from pathway.simulation.chance import happens, office_hours, one_of, working_day
from pathway.simulation.counsellors import Counsellor, Counsellors
from pathway.simulation.people import Jobseeker

T = TypeVar("T")

Delays = Mapping[tuple[int, int], float]
"""How many days pass before something is registered: from and to, with their weights."""

AT_ONCE: Delays = {(0, 0): 1}
BY_COUNSELLOR: Delays = {(0, 0): 52, (1, 2): 34, (3, 10): 11, (11, 35): 3}
BY_PARTNER: Delays = {(0, 3): 45, (4, 14): 30, (15, 45): 20, (46, 80): 5}


Choice = Callable[[Sequence[Told]], Sequence[Command]]
"""Chooses the commands from what people told of the pathway so far; none when there is nothing to ask."""


@dataclass(frozen=True)
class Twice:
    """That a life is of a person who has another pathway, of life `first`, and what is asked on that one."""

    first: int
    numbers: tuple[str, str]
    """The INSZ of this life, which was replaced, and that of the first one."""
    asked: Callable[[UUID], Command]
    """The command, given the id of this life's pathway."""


@dataclass(frozen=True)
class Act:
    """Commands that somebody gives on one pathway at the moment `at` (UTC)."""

    at: datetime
    actor: Actor
    commands: tuple[Command, ...]
    enrolment: Enrolment | None = None
    """Given when it starts a pathway, on which the commands are then decided."""
    comes_back: bool = False
    """With an enrolment: this person had a pathway before."""
    refused_by: type[Refused] | None = None
    """The rule that this act breaks on purpose."""
    may_be_refused: bool = False
    """What the rules refuse is not done, and life goes on."""
    chosen: Choice | None = None
    """In the place of the commands: chosen when it comes to it."""
    twice: Twice | None = None
    """In the place of the commands: asked on another pathway."""


Telling = Generator[Act, tuple[UUID, ...], T]
"""A stretch of a life, act by act; it is sent the ids of what the act started or merged: modules, a pathway."""
Life = Telling[None]


class Dossier:
    """What a life draws on while it is told: the person, who guides, chance, and when the desk is free."""

    def __init__(
        self,
        jobseeker: Jobseeker,
        counsellors: Counsellors,
        chance: Random,
        desk: tuple[datetime, datetime],
        *,
        comes_back: bool = False,
    ) -> None:
        self.jobseeker = jobseeker
        self.comes_back = comes_back
        self.counsellors = counsellors
        self.counsellor: Counsellor = counsellors.pick(chance)
        self.chance = chance
        self.registered_at, self._closes = desk
        self.latest: date = date.min
        """The last day that anything registered so far is true for."""
        self.unemployed_since: date | None = None
        self.education = jobseeker.education
        self.had: set[StageKind] = set()
        """The kinds of stage so far."""
        self.exempt_until: date = date.min
        self.exit_type: ExitType | None = None
        """How the pathway was closed last."""
        self.review_on: date = date.max
        """The day on which the plan is to be looked at again."""

    def happens(self, probability: float) -> bool:
        return happens(self.chance, probability)

    def one_of(self, weights: Mapping[T, float]) -> T:
        return one_of(self.chance, weights)

    def days(self, least: int, most: int) -> timedelta:
        """So many days, either end included."""
        return timedelta(days=self.chance.randint(least, most))

    def later(self, day: date, least: int, most: int) -> date:
        """A working day so many days after this one, or shortly after a weekend."""
        return working_day(day + self.days(least, most))

    def registered(
        self,
        on: date,
        *commands: Command,
        delays: Delays = BY_COUNSELLOR,
        by: Actor | None = None,
        enrolment: Enrolment | None = None,
        refused_by: type[Refused] | None = None,
    ) -> Act:
        """What is true for `on`, registered when somebody gets to it, never before what came before."""
        at = office_hours(self.chance, on + self.days(*self.one_of(delays)))
        if enrolment and at >= self._closes:
            # Whoever comes in before the end is registered before it.
            at = office_hours(self.chance, on)
        if at <= self.registered_at:
            at = self.registered_at + timedelta(seconds=self.chance.randint(40, 900))
        self.registered_at = at
        if refused_by is None:
            self.latest = max([self.latest, on])
        return Act(
            at=at,
            actor=by or self.counsellor.actor,
            commands=commands,
            enrolment=enrolment,
            comes_back=self.comes_back,
            refused_by=refused_by,
        )

    def assigned(self, on: date) -> AssignCounsellor:
        """The command that says who guides now."""
        return AssignCounsellor(on=on, counsellor=self.counsellor.ref, unit=self.counsellor.unit)
