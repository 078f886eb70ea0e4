"""Invented lives keep to the rules of their day, decided in memory without any store."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from uuid import UUID

import pytest
from pathway.domain.codes import StageKind
from pathway.domain.commands import Moment
from pathway.domain.facts import Told, state_of
from pathway.domain.modules import NewModule
from pathway.domain.refusals import Refused
from pathway.identity import Person
from pathway.simulation.acts import Act
from pathway.simulation.arrivals import Plan
from pathway.simulation.population import LifeCutShort, Population
from plumbing.clock import brussels_today

PLAN = Plan(pathways=400, seed=11, first=date(2014, 1, 1), until=date(2026, 11, 23))


@dataclass
class InMemory:
    """Where acts are carried out, without a vault: a person is told by the number of the life."""

    facts: dict[int, list[Told]] = field(default_factory=dict)
    rows: Counter[str] = field(default_factory=Counter[str])
    warnings: Counter[str] = field(default_factory=Counter[str])
    unmeant: Counter[str] = field(default_factory=Counter[str])
    ids: count = field(default_factory=lambda: count(1 << 64))

    def known(self, people: Sequence[Person]) -> set[str]:
        return set()

    def carry_out(self, number: int, act: Act) -> Sequence[UUID]:
        if act.twice:
            # Two pathways of one person, only the vault knows.
            return ()
        facts = self.facts.setdefault(number, [])
        before = len(facts)
        moment = Moment(brussels_today(act.at), lambda: UUID(int=next(self.ids)))
        enrols = (act.enrolment.command(UUID(int=number)),) if act.enrolment else ()
        commands = act.chosen(facts) if act.chosen else act.commands
        try:
            for command in (*enrols, *commands):
                pathway = state_of(facts)
                new = command.decide(pathway, moment._replace(told=tuple(facts)))
                for fact in new:
                    self.rows.update(fact.judged_by(pathway))
                    self.warnings.update(fact.warnings(pathway))
                facts.extend(Told(UUID(int=next(self.ids)), fact) for fact in new)
        except Refused as refused:
            del facts[before:]
            if not act.may_be_refused and not isinstance(refused, act.refused_by or ()):
                self.unmeant[f"{refused.rule}: {refused.message}"] += 1
                raise LifeCutShort(refused.rule) from None
            return ()
        new = [told.fact for told in facts[before:]]
        return [fact.module_id for fact in new if isinstance(fact, NewModule)]

    def forget(self, number: int) -> None:
        """Its facts stay, for the tests."""


@pytest.fixture(scope="module")
def lives() -> InMemory:
    registry = InMemory()
    for _ in Population(PLAN).live(registry):
        pass
    return registry


def test_no_start_breaks_the_rules_of_its_day(lives: InMemory) -> None:
    assert lives.unmeant == Counter()


def test_nothing_that_sources_leave_open_is_needed(lives: InMemory) -> None:
    assert "rule-uncertain" not in lives.warnings
    assert lives.warnings["soft-maximum-passed"] > 0


def test_every_row_of_ibo_and_stage_judges_somebody(lives: InMemory) -> None:
    kinds = {
        kind for kind in StageKind if any(row.startswith(f"{kind.lower()}/") for row in lives.rows)
    }

    assert {"ibo/until-2018", "ibo/2018", "wes/2017", "wes/2023"} <= set(lives.rows)
    assert len(kinds) >= 7
