"""What a changed table of rules says of every fact on record that the table judges, and whom it would hit."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import LiteralString, NamedTuple
from uuid import UUID

from plumbing.database import connection_string
from psycopg import IsolationLevel
from psycopg.rows import dict_row
from rich.progress import Progress

from pathway.domain.course import CourseFact
from pathway.domain.facts import Fact, Told, evolve, fold, standing, state_of
from pathway.domain.judging import Finding
from pathway.domain.modules import ModuleEnd, NewModule
from pathway.domain.referral import ReferralFact
from pathway.domain.rules import TABLE, Table
from pathway.domain.state import Pathway
from pathway.domain.values import Day
from pathway.domain.wep_plus import WepPlusMigrated
from pathway.leader import Session
from pathway.store import recorded

AT_ONCE = 500
_PATHWAYS: LiteralString = """
    select count(*) as pathways from pathway.pathway_events where originator_version = 1
"""
_FACTS: LiteralString = """
    select * from pathway.pathway_events order by originator_id, originator_version
"""

Judged = NewModule | CourseFact | ModuleEnd | WepPlusMigrated | ReferralFact
"""What the table judges: a module that begins, is planned anew or ends, a migration, a referral."""


@dataclass
class Count:
    """Facts with one finding: how many are refused or warned of, how many of these are hit by it anew."""

    refused: int = 0
    warned: int = 0
    hit: int = 0
    running: int = 0
    """Of those that are hit, how many still run."""


class Hit(NamedTuple):
    """What the changed table finds of a fact, and the one in force does not.

    Without the row: some rows are of a form that tells of a handicap or an illness.
    """

    fact_id: UUID
    fact: str
    occurred_on: Day
    rule: str
    refused: bool
    """False: warned of."""
    runs: bool


class HitPathway(NamedTuple):
    """A pathway with all its hits."""

    pathway_id: UUID
    person_ref: UUID
    hits: tuple[Hit, ...]


@dataclass
class WhatIf:
    """Facts judged by a changed table beside the one in force, pathway by pathway.

    A fact is hit when the changed table finds something that the table in force does not. What was
    corrected is judged as it was corrected, and what was annulled is not.
    """

    changed: Table
    in_force: Table = TABLE
    pathways: int = 0
    judged: int = 0
    """Facts of these that the table judges."""
    found: dict[tuple[str, str], Count] = field(default_factory=lambda: defaultdict(Count))
    """By rule and by the id of the row."""
    relieved: int = 0
    """Facts of which the table in force finds something, and the changed one nothing."""
    hit: int = 0
    """Pathways with a fact that is hit."""
    running: int = 0
    """Pathways that are open, with a fact that is hit of what still runs."""

    def judge(self, pathway_id: UUID, told: Sequence[Told]) -> HitPathway | None:
        """One pathway whole, by what was told of it in the order of its versions; None: it is not hit."""
        self.pathways += 1
        now = state_of(told)
        if now is None or now.void:
            return None
        stand = standing(told)
        hits = [
            hit
            for (fact_id, fact), before in zip(
                stand.items(), each_before(list(stand.values())), strict=True
            )
            if isinstance(fact, Judged)
            for hit in self._hits(fact_id, fact, before, now)
        ]
        if not hits:
            return None
        self.hit += 1
        self.running += any(hit.runs for hit in hits)
        return HitPathway(pathway_id, now.person_ref, tuple(hits))

    def _hits(
        self, fact_id: UUID, fact: Judged, before: Pathway | None, now: Pathway
    ) -> Iterator[Hit]:
        self.judged += 1
        known = {_kind(one) for one in fact.whole_verdict(before, self.in_force).findings}
        found = fact.whole_verdict(before, self.changed).findings
        self.relieved += bool(known and not found)
        for one in found:
            refused = one.refused is not None
            anew = _kind(one) not in known
            runs = anew and still_runs(fact, now)
            count = self.found[one.rule, one.row.id if one.row else "no row"]
            count.refused += refused
            count.warned += not refused
            count.hit += anew
            count.running += runs
            if anew:
                yield Hit(fact_id, fact.name, fact.occurred_on, one.rule, refused, runs)


def each_before(facts: Sequence[Fact]) -> Iterator[Pathway | None]:
    """The pathway as it was known when each of these facts was told, given in the order of their versions."""
    pathway, latest = None, date.min
    for place, fact in enumerate(facts):
        yield pathway
        # Only a late fact needs a fold: folding at each would take a square of them.
        in_order, latest = fact.occurred_on >= latest, max(fact.occurred_on, latest)
        if in_order:
            pathway = evolve(pathway, fact)
        else:
            pathway = fold(sorted(facts[: place + 1], key=attrgetter("occurred_on")))


def still_runs(fact: Judged, now: Pathway) -> bool:
    """Whether the module runs in a pathway that is open; of other facts, whether the pathway is."""
    if not now.open:
        return False
    if isinstance(fact, WepPlusMigrated | ReferralFact):
        return True
    module = now.module(fact.module_id)
    return module is not None and not module.ended


def try_table(database_url: str, what_if: WhatIf, bar: Progress) -> Iterator[HitPathway]:
    """Judge every pathway of the log, as of one moment: those that are hit, in the order of their ids.

    One pathway at a time is held in memory: facts are judged within their pathway, so the order
    among pathways does not matter. Raises psycopg.OperationalError.
    """
    conninfo = connection_string(database_url, "pathway rules try")
    with Session.connect(conninfo, row_factory=dict_row) as session:
        session.isolation_level = IsolationLevel.REPEATABLE_READ
        session.read_only = True
        row = session.execute(_PATHWAYS).fetchone()
        task = bar.add_task("pathways", total=row["pathways"] if row else 0)
        with session.cursor(name="what_if") as cursor:
            cursor.itersize = AT_ONCE
            by_pathway = groupby(cursor.execute(_FACTS), key=lambda row: row["originator_id"])
            for pathway_id, rows in by_pathway:
                facts = map(recorded, rows)
                hit = what_if.judge(pathway_id, [Told(one.fact_id, one.fact) for one in facts])
                if hit:
                    yield hit
                bar.advance(task)


def _kind(finding: Finding) -> tuple[str, bool]:
    """What a finding comes to: ids of rows may change, and then nobody is hit by that."""
    return finding.rule, finding.refused is not None
