"""The population: every life at once, act after act in the order in which they are registered."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from heapq import heappop, heappush
from itertools import count, islice
from typing import Protocol
from uuid import UUID

from plumbing.clock import brussels_today

from pathway.identity import Person
from pathway.simulation.acts import Act, Dossier, Life
from pathway.simulation.arrivals import Arrival, Plan, arrivals, open_at_the_end
from pathway.simulation.chance import happens
from pathway.simulation.counsellors import Counsellors
from pathway.simulation.doubles import double
from pathway.simulation.lives import jobseeker
from pathway.simulation.mistakes import with_mistakes
from pathway.simulation.people import Jobseeker, invented, under_another_number
from pathway.simulation.wep_plus import wep_plus

_COMES_BACK = 0.17
_AWAY = (45, 800)
_COMES_TWICE = 0.04
_NOT_LONG_AGO = 40
_LOOKED_UP = 200


class LifeCutShort(Exception):
    """A life cannot go on, because an act that should follow was refused."""


class Registry(Protocol):
    """Where acts are carried out: the use cases themselves, or the REST API."""

    def known(self, people: Sequence[Person]) -> set[str]:
        """The INSZs of those among these people who are known already."""
        ...

    def carry_out(self, number: int, act: Act) -> Sequence[UUID]:
        """Do it on the pathway of life `number`; returns the ids of what it started or merged.

        Raises `LifeCutShort`.
        """
        ...

    def forget(self, number: int) -> None:
        """The life has been told to its end."""
        ...


@dataclass
class _Told:
    jobseeker: Jobseeker
    life: Life
    twice: bool


@dataclass(order=True)
class _Due:
    at: datetime
    number: int
    act: Act = field(compare=False)
    told: _Told = field(compare=False)


@dataclass(order=True)
class _Returner:
    on: date
    number: int
    jobseeker: Jobseeker = field(compare=False)


class Population:
    """Lives by the plan. In memory are those that are open, and who may come back."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.counsellors = Counsellors(open_at_the_end(plan))
        self._numbers = count(1)
        self._due: list[_Due] = []
        self._away: list[_Returner] = []
        self._return = plan.source("return")
        self._guided: dict[int, Jobseeker] = {}
        """Who is guided by life, those who came in last at the end."""
        self._twice = plan.source("twice")

    def first_people(self, how_many: int = 5) -> list[Person]:
        """Who comes in first: who knows one of them had this very plan before, but for a rare chance."""
        coming = arrivals(self.plan)
        return [self._invented(a, 0).person for a, _ in zip(coming, range(how_many), strict=False)]

    def live(self, registry: Registry) -> Iterator[Act]:
        """Have every act carried out, each when its moment comes; yields it afterwards."""
        coming = self._coming(registry)
        next_in = next(coming, None)
        while next_in or self._due:
            # An act of somebody who comes in lies on that day or later.
            while next_in and (not self._due or next_in[0].on <= brussels_today(self._due[0].at)):
                self._comes_in(*next_in)
                next_in = next(coming, None)
            if self._due[0].at >= self.plan.ends:
                # The earliest lies past the end: so does every other, and whoever is to come.
                return
            due = heappop(self._due)
            self._go_on(due, registry)
            yield due.act

    def _coming(self, registry: Registry) -> Iterator[tuple[Arrival, Jobseeker]]:
        """Who comes in, each somebody whom nobody knows yet; looked up many at a time."""
        coming = arrivals(self.plan)
        seen: set[str] = set()
        while group := list(islice(coming, _LOOKED_UP)):
            people = {arrival: self._invented(arrival, 0) for arrival in group}
            for attempt in count(1):
                known = registry.known([who.person for who in people.values()])
                doubles = _doubles(people, known | seen)
                if not doubles:
                    break
                people |= {arrival: self._invented(arrival, attempt) for arrival in doubles}
            seen = {who.person.insz for who in people.values()}
            yield from people.items()

    def _comes_in(self, arrival: Arrival, new: Jobseeker) -> None:
        number = next(self._numbers)
        first = self._comes_twice(arrival)
        if first:
            life, who = self._second_pathway(arrival, number, first)
        else:
            life, who = self._pathway(arrival, number, new)
        act = next(life)
        heappush(self._due, _Due(act.at, number, act, _Told(who, life, twice=first is not None)))

    def _pathway(self, arrival: Arrival, number: int, new: Jobseeker) -> tuple[Life, Jobseeker]:
        returns = self._comes_back(arrival)
        who = returns or new
        self._guided[number] = who
        dossier = self._dossier(number, who, known=returns is not None)
        life = (wep_plus if arrival.wep_plus else jobseeker)(dossier, arrival.on)
        return with_mistakes(dossier, life, self.plan.source("mistakes", number)), who

    def _second_pathway(self, arrival: Arrival, number: int, first: int) -> tuple[Life, Jobseeker]:
        known = self._guided.pop(first)
        who = under_another_number(self.plan.source("number", number), known)
        # Whether somebody has this number, only the vault can tell.
        dossier = self._dossier(number, who, known=True)
        return double(dossier, arrival.on, first, known), who

    def _dossier(self, number: int, who: Jobseeker, *, known: bool) -> Dossier:
        chance = self.plan.source("life", number)
        desk = (self.plan.opens, self.plan.ends)
        return Dossier(who, self.counsellors, chance, desk, comes_back=known)

    def _go_on(self, due: _Due, registry: Registry) -> None:
        """Carry out what is due, and put what follows from it where it belongs."""
        try:
            started = registry.carry_out(due.number, due.act)
            act = due.told.life.send(tuple(started))
        except (StopIteration, LifeCutShort):
            registry.forget(due.number)
            self._leaves(due)
            return
        heappush(self._due, _Due(act.at, due.number, act, due.told))

    def _leaves(self, due: _Due) -> None:
        self._guided.pop(due.number, None)
        if due.told.twice:
            return
        if happens(self._return, _COMES_BACK):
            on = due.act.at.date() + timedelta(days=self._return.randint(*_AWAY))
            heappush(self._away, _Returner(on, due.number, due.told.jobseeker))

    def _comes_back(self, arrival: Arrival) -> Jobseeker | None:
        if arrival.wep_plus or not self._away or self._away[0].on > arrival.on:
            return None
        return heappop(self._away).jobseeker

    def _comes_twice(self, arrival: Arrival) -> int | None:
        """The life of somebody who is guided already, and comes in once more."""
        if arrival.wep_plus or not happens(self._twice, _COMES_TWICE):
            return None
        lately = list(islice(reversed(self._guided), _NOT_LONG_AGO))
        return self._twice.choice(lately) if lately else None

    def _invented(self, arrival: Arrival, attempt: int) -> Jobseeker:
        chance = self.plan.source("person", arrival.wep_plus, arrival.number, attempt)
        return invented(chance, arrival.on, wep_plus=arrival.wep_plus)


def _doubles(people: Mapping[Arrival, Jobseeker], taken: set[str]) -> list[Arrival]:
    """Those whose INSZ is taken, or was given to one before them."""
    given = set(taken)
    doubles: list[Arrival] = []
    for arrival, who in people.items():
        if who.person.insz in given:
            doubles.append(arrival)
        given.add(who.person.insz)
    return doubles
