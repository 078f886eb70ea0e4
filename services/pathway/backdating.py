"""How far back somebody may register: a day long past is warned of, and refused where the operator wants that.

People at the REST API are held to it. What imports, the simulation and systems of our own record does not
come by here, and what they are told late is late for reasons of theirs.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from plumbing.callers import Caller, CallerKind, Role

from pathway.domain.facts import Amendment, Fact, Told, standing
from pathway.domain.refusals import BackdatedTooFar
from pathway.domain.values import Day
from pathway.recorded import Judged, Recorded
from pathway.settings import PathwaySettings
from pathway.store import NewFacts

BACKDATED = "backdated"
"""The warning that is answered, and kept with the fact."""

Review = Callable[[Sequence[Recorded], NewFacts], NewFacts]
"""Looks at what a command came to, after a pathway's facts so far. May add warnings; raises `Refused`."""


class Age(StrEnum):
    """How long ago a day was when it is registered."""

    FRESH = "FRESH"
    """Within the days that are everyday work."""
    LATE = "LATE"
    """Longer ago, up to the limit."""
    OLD = "OLD"
    """Beyond the limit."""


MAY_REGISTER: Mapping[Age, frozenset[Role]] = {
    Age.LATE: frozenset({Role.COUNSELLOR, Role.TEAM_LEADER}),
    # Four eyes: who guides somebody asks who leads the unit.
    Age.OLD: frozenset({Role.TEAM_LEADER}),
}
"""Whose roles cover a day of this age; a fresh one is for everybody who may use the command."""


@dataclass(frozen=True)
class Backdating:
    """The limits, and whether passing them is refused or only warned of."""

    free_days: int = 7
    limit_days: int = 60
    enforced: bool = False

    def age(self, day: Day, today: Day) -> Age:
        """How long ago this day is."""
        days = (today - day).days
        if days <= self.free_days:
            return Age.FRESH
        return Age.LATE if days <= self.limit_days else Age.OLD

    def review(self, caller: Caller, today: Day) -> Review:
        """What looks at the facts that a command of this caller came to, on `today` (Brussels)."""

        def reviewed(before: Sequence[Recorded], new: NewFacts) -> NewFacts:
            if caller.kind is CallerKind.SYSTEEM:
                return new
            told = [Told(one.fact_id, one.fact) for one in before]
            facts: list[Judged] = []
            for judged in new.facts:
                day = reaches_back_to(judged.fact, standing(told))
                facts.append(self._judged(judged, day, caller, today))
                told.append(Told(None, judged.fact))
            return replace(new, facts=tuple(facts))

        return reviewed

    def _judged(self, judged: Judged, day: Day, caller: Caller, today: Day) -> Judged:
        age = self.age(day, today)
        if age is Age.FRESH:
            return judged
        roles = MAY_REGISTER[age]
        if self.enforced and not caller.is_one_of(roles):
            who = " or ".join(sorted(role.lower().replace("_", " ") for role in roles))
            passed = self.limit_days if age is Age.OLD else self.free_days
            raise BackdatedTooFar(
                f"{day} is {(today - day).days} days ago. What is more than {passed} days ago is "
                f"registered by a {who}. Ask one, or correct the day if it is wrong.",
                None if isinstance(judged.fact, Amendment) else "on",
            )
        return judged._replace(warnings=(*judged.warnings, BACKDATED))


def limits_of(settings: PathwaySettings) -> Backdating:
    """How far back people may register, as the environment's settings say."""
    return Backdating(
        settings.backdating_free_days,
        settings.backdating_limit_days,
        settings.backdating_enforced,
    )


def reaches_back_to(fact: Fact, stand: Mapping[UUID, Fact]) -> Day:
    """The first day that this fact changes something of: its own, or of what stood and is amended by it."""
    if not isinstance(fact, Amendment):
        return fact.occurred_on
    after = dict(stand)
    fact.amend(after)
    touched = [fact_id for fact_id in stand if after.get(fact_id) is not stand[fact_id]]
    # What changes no fact by itself, such as the annulment of a pathway, is about all of them.
    facts = [side[i] for side in (stand, after) for i in touched or stand if i in side]
    return min([fact.occurred_on, *(one.occurred_on for one in facts)])
