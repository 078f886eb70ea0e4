"""What a changed table of rules says of every start on record, and whom it would hit."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import LiteralString
from uuid import UUID

from plumbing.database import connection_string
from psycopg import IsolationLevel
from psycopg.rows import dict_row
from rich.progress import Progress

from pathway.domain.course import CourseFact
from pathway.domain.facts import Fact, Told, fold, standing, state_of
from pathway.domain.judging import Finding
from pathway.domain.modules import NewModule
from pathway.domain.referral import ReferralFact
from pathway.domain.rules import TABLE, Table
from pathway.domain.state import Pathway
from pathway.domain.wep_plus import WepPlusMigrated
from pathway.leader import Session
from pathway.store import recorded

AT_ONCE = 500
FIRST = 20
"""How many of the pathways that are hit are named, in the order of their ids."""

_PATHWAYS: LiteralString = """
    select count(*) as pathways from pathway.pathway_events where originator_version = 1
"""
_FACTS: LiteralString = """
    select * from pathway.pathway_events order by originator_id, originator_version
"""

Start = NewModule | CourseFact | WepPlusMigrated | ReferralFact
"""What the table judges: a module that starts or is planned anew, a migration, a referral."""


@dataclass
class Count:
    """Starts with one finding: how many are refused or warned of, how many of these are hit by it anew."""

    refused: int = 0
    warned: int = 0
    hit: int = 0
    running: int = 0
    """Of those that are hit, how many still run."""


@dataclass
class WhatIf:
    """Starts judged by a changed table beside the one in force, pathway by pathway.

    A start is hit when the changed table finds something that the table in force does not. What was
    corrected is judged as it was corrected, and what was annulled is not.
    """

    changed: Table
    in_force: Table = TABLE
    pathways: int = 0
    starts: int = 0
    found: dict[tuple[str, str], Count] = field(default_factory=lambda: defaultdict(Count))
    """By rule and by the id of the row."""
    relieved: int = 0
    """Starts of which the table in force finds something, and the changed one nothing."""
    hit: int = 0
    """Pathways with a start that is hit."""
    first: list[UUID] = field(default_factory=list[UUID])
    running: list[UUID] = field(default_factory=list[UUID])
    """Pathways that are open, with a start that is hit and still runs."""

    def judge(self, pathway_id: UUID, told: Sequence[Told]) -> None:
        """One pathway whole, by what was told of it in the order of its versions."""
        self.pathways += 1
        now = state_of(told)
        if now is None or now.void:
            return
        facts = list(standing(told).values())
        hit = [
            fact
            for place, fact in enumerate(facts)
            if isinstance(fact, Start) and self._is_hit(fact, facts[:place], now)
        ]
        if not hit:
            return
        self.hit += 1
        if len(self.first) < FIRST:
            self.first.append(pathway_id)
        if any(still_runs(fact, now) for fact in hit):
            self.running.append(pathway_id)

    def _is_hit(self, start: Start, before: Sequence[Fact], now: Pathway) -> bool:
        self.starts += 1
        # Only starts need the state before them: folding at each fact would take a square of them.
        pathway = fold(sorted(before, key=attrgetter("occurred_on")))
        known = {_kind(one) for one in start.verdict(pathway, self.in_force).findings}
        found = start.verdict(pathway, self.changed).findings
        self.relieved += bool(known and not found)
        anew = {_kind(one) for one in found} - known
        running = bool(anew) and still_runs(start, now)
        for one in found:
            count = self.found[one.rule, one.row.id if one.row else "no row"]
            count.refused += one.refused is not None
            count.warned += one.refused is None
            count.hit += _kind(one) in anew
            count.running += running and _kind(one) in anew
        return bool(anew)


def still_runs(start: Start, now: Pathway) -> bool:
    """Whether the module runs in a pathway that is open; of other starts, whether the pathway is."""
    if not now.open:
        return False
    if isinstance(start, WepPlusMigrated | ReferralFact):
        return True
    module = now.module(start.module_id)
    return module is not None and not module.ended


def try_table(database_url: str, what_if: WhatIf, bar: Progress) -> None:
    """Judge every pathway of the log, as of one moment; nothing is written.

    One pathway at a time is held in memory: starts are judged within their pathway, so the order
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
                what_if.judge(pathway_id, [Told(one.fact_id, one.fact) for one in facts])
                bar.advance(task)


def _kind(finding: Finding) -> tuple[str, bool]:
    """What a finding comes to: ids of rows may change, and then nobody is hit by that."""
    return finding.rule, finding.refused is not None
