"""The state after each fact of a window, from a bounded memory of folded pathways and set-based loads."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

import orjson
from pydantic import TypeAdapter

from pathway.domain.catalogue import PathwayFact
from pathway.domain.facts import Amendment, Told, evolve, state_of
from pathway.domain.state import Pathway
from pathway.leader import Session
from pathway.recorded import Recorded

REMEMBERED = 4_000
"""Pathways kept folded; at some kilobytes each, memory stays in the tens of megabytes."""

_BEFORE: LiteralString = """
    select e.originator_id, e.originator_version, e.fact_id, e.state
    from unnest(%s::uuid[], %s::bigint[]) as wanted (id, version)
    join pathway.pathway_events as e
        on e.originator_id = wanted.id and e.originator_version < wanted.version
    order by e.originator_id, e.originator_version
"""

_fact: TypeAdapter[PathwayFact] = TypeAdapter(PathwayFact)


class Hole(Exception):
    """A pathway's versions do not follow each other; the message names both."""


@dataclass
class _Folded:
    """A pathway up to a version; `told`, its facts, only within a window and where loaded."""

    version: int = 0
    pathway: Pathway | None = None
    told: list[Told] | None = None

    def after(self, one: Recorded) -> Pathway:
        """The pathway with one more fact."""
        if one.version != self.version + 1:
            raise Hole(f"{one.pathway_id}: version {one.version} stands after {self.version}")
        self.version = one.version
        if self.told is not None:
            self.told.append(Told(one.fact_id, one.fact))
        if self.told is not None and _late(self.pathway, one.fact):
            self.pathway = state_of(self.told)
        else:
            self.pathway = evolve(self.pathway, one.fact)
        if self.pathway is None:
            raise Hole(f"{one.pathway_id}: version {one.version} stands before the enrolment")
        return self.pathway


class States:
    """Folds pathways along the log.

    No fact is recorded before its day, so the state after a fact, as of the day it was recorded,
    has every fact up to its version in it.
    """

    def __init__(self, session: Session, remembered: int = REMEMBERED) -> None:
        self._session = session
        self._remembered = remembered
        self._folded: OrderedDict[UUID, _Folded] = OrderedDict()

    def after_each(self, window: Sequence[Recorded]) -> list[Pathway]:
        """The pathway after each of these facts, in their order.

        Within a pathway the facts must follow each other, as they do in the log and in a stream.
        Raises Hole, and psycopg's errors.
        """
        by_pathway: dict[UUID, list[Recorded]] = {}
        for one in window:
            by_pathway.setdefault(one.pathway_id, []).append(one)
        self._make_ready(by_pathway)
        after = [self._folded[one.pathway_id].after(one) for one in window]
        for pathway_id in by_pathway:
            self._folded[pathway_id].told = None
            self._folded.move_to_end(pathway_id)
        while len(self._folded) > self._remembered:
            self._folded.popitem(last=False)
        return after

    def _make_ready(self, by_pathway: dict[UUID, list[Recorded]]) -> None:
        """Fold what comes before the window, of each pathway that is not at hand or gets a late fact."""
        load: dict[UUID, int] = {}
        for pathway_id, new in by_pathway.items():
            at_hand = self._folded.get(pathway_id)
            if at_hand and at_hand.version == new[0].version - 1 and not _any_late(at_hand, new):
                continue
            self._folded[pathway_id] = _Folded(told=[])
            if new[0].version > 1:
                load[pathway_id] = new[0].version
        if not load:
            return
        with self._session.cursor() as cursor:
            for row in cursor.stream(_BEFORE, (list(load), list(load.values()))):
                fact = _fact.validate_python(orjson.loads(row["state"])["fact"])
                told = self._folded[row["originator_id"]].told
                if told is not None:
                    told.append(Told(row["fact_id"], fact))
        for pathway_id in load:
            folded = self._folded[pathway_id]
            folded.version = len(folded.told or ())
            folded.pathway = state_of(folded.told or ())


def _late(pathway: Pathway | None, fact: PathwayFact) -> bool:
    """Whether the fact changes what is folded already: of an earlier day, or about other facts."""
    late = pathway is not None and fact.occurred_on < pathway.last_fact_on
    return late or isinstance(fact, Amendment)


def _any_late(folded: _Folded, new: Sequence[Recorded]) -> bool:
    if folded.pathway is None:
        return False
    latest = folded.pathway.last_fact_on
    for one in new:
        if one.fact.occurred_on < latest or isinstance(one.fact, Amendment):
            return True
        latest = one.fact.occurred_on
    return False
