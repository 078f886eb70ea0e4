"""Log and topics walked along together, window by window: every fact is judged and finds its message.

In each partition the messages must come in the order of the log, because the publisher puts them there so
and goes on after a partition's last one. So what a partition holds between two offsets is known beforehand:
a repeat, a hole and a stranger show at the place where they stand, and nothing has to be remembered but the
next offset of each partition.
"""

import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from pathway import audit_chain, outgoing, publisher_position
from pathway.audit_chain import Before, Row
from pathway.domain.state import Pathway
from pathway.leader import Session
from pathway.matching import NOT_ITS_FOLD, difference, is_told_earlier, is_whole, no_such_fact
from pathway.proof import Place, Proof
from pathway.publisher import PublisherSettings
from pathway.recorded import Recorded
from pathway.states import Hole, States
from pathway.store import recorded
from pathway.topic_copy import Seen, Stranger, seen
from pathway.topic_front import TopicFront
from pathway.topics import PARTITIONS, partition_of

PATIENCE = 10.0
"""Seconds in which a message must show that was confirmed: a broker that came back catches up first."""
REMEMBERED = 2_000

_LOG: LiteralString = """
    select * from pathway.pathway_events
    where notification_id > %s and notification_id <= %s order by notification_id limit %s
"""
_BEFORE: LiteralString = """
    select e.* from unnest(%s::uuid[], %s::bigint[]) as wanted (id, version)
    cross join lateral (
        select originator_id, originator_version, notification_id, hash, recorded_at
        from pathway.pathway_events
        where originator_id = wanted.id and originator_version < wanted.version
        order by originator_version desc limit 1
    ) as e
"""
_WITH_LATER_FACTS: LiteralString = """
    select distinct originator_id from pathway.pathway_events
    where originator_id = any(%s) and notification_id > %s and notification_id <= %s
"""
_UNFOLDABLE = (Hole, outgoing.Unfit, ValueError, LookupError)
_AT: LiteralString = "select fact_id from pathway.pathway_events where notification_id = %s"


@dataclass(frozen=True)
class _Due:
    """A fact of the window, the state after it and its message; None where its pathway is damaged."""

    row: Row
    fact: Recorded | None = None
    after: Pathway | None = None
    event: bytes | None = None

    @property
    def position(self) -> int:
        return self.row["notification_id"]

    @property
    def pathway_id(self) -> UUID:
        return self.row["originator_id"]

    @property
    def version(self) -> int:
        return self.row["originator_version"]

    @property
    def where(self) -> str:
        return f"pathway {self.pathway_id} version {self.version} (position {self.position})"


class Walk:
    """From where `proof` stands on; each step writes into it what was compared and found.

    Raises psycopg's errors, BrokersAway and KafkaError: then what was kept of the proof goes on.
    """

    def __init__(
        self,
        settings: PublisherSettings,
        session: Session,
        front: TopicFront,
        proof: Proof,
        patience: float = PATIENCE,
    ) -> None:
        self.proof = proof
        self._events_topic, self._state_topic = settings.topics
        self._base = settings.schemas_base
        self._session, self._front, self._patience = session, front, patience
        self._states = States(session, REMEMBERED)
        self._withheld: frozenset[UUID] = frozenset()
        self._until = 0.0
        """Until when this step waits for messages that were confirmed."""
        self._last_state: dict[int, int] = {}
        self._reached = 0
        self._waits_at: dict[tuple[str, int], int] = {}
        """The offset of a message that is known to be a later fact's, by topic and partition."""

    def step(self, upto: int, confirmed: int, most: int, now: datetime) -> int:
        """Prove the next facts up to a position, at most so many, as of `now` (UTC); how many they were.

        All up to `confirmed` is on the topics, says the publisher.
        """
        proof = self.proof
        rows = self._session.execute(_LOG, (proof.position, upto, most), prepare=True).fetchall()
        self._withheld = publisher_position.withheld(self._session)
        self._until = 0.0
        with proof.finding(now):
            self._look()
            window = self._folded(rows, self._judged(rows))
            self._reached = window[-1].position if window else proof.position
            for partition, due in enumerate(_by_partition(window)):
                self._events(partition, due)
            self._all_states(window, confirmed)
        proof.position, proof.at = self._reached, now
        proof.place = Place(proof.place.ids, self._front.offsets)
        proof.facts += len(window)
        return len(window)

    def _look(self) -> None:
        while cut := self._front.look():
            if not self._may_still_come():
                for topic, partition, reached, end in cut:
                    what = f"ends at offset {end}, and was read up to offset {reached}"
                    self.proof.differs(f"{topic} partition {partition}", what)
                    self._front.go_back(topic, partition)

    def _may_still_come(self) -> bool:
        """Wait a moment; false once this step has waited for long enough."""
        now = time.monotonic()
        self._until = self._until or now + self._patience
        if now >= self._until:
            return False
        self._front.wait()
        return True

    # The facts by themselves.

    def _judged(self, rows: Sequence[Row]) -> set[UUID]:
        """Hold each fact against its bytes and the fact before it; the pathways where that fails."""
        damaged: set[UUID] = set()
        before = self._before(rows)
        for row in rows:
            pathway_id: UUID = row["originator_id"]
            last = before.get(pathway_id) or Before(pathway_id)
            for what in (
                *audit_chain.against_before(row, last),
                *audit_chain.against_bytes(row, last),
            ):
                self.proof.differs(_Due(row).where, what)
                damaged.add(pathway_id)
            before[pathway_id] = Before.of(row)
        return damaged

    def _before(self, rows: Sequence[Row]) -> dict[UUID, Before]:
        first: dict[UUID, int] = {}
        for row in rows:
            first.setdefault(row["originator_id"], row["originator_version"])
        asked = {pathway_id: version for pathway_id, version in first.items() if version > 1}
        values = (list(asked), list(asked.values()))
        found = self._session.execute(_BEFORE, values, prepare=True) if asked else ()
        return {row["originator_id"]: Before.of(row) for row in found}

    def _folded(self, rows: Sequence[Row], damaged: set[UUID]) -> list[_Due]:
        """Each fact with what must stand on the topics for it."""
        sound = [row for row in rows if row["originator_id"] not in damaged]
        try:
            told = self._told(sound)
        except _UNFOLDABLE:
            told = dict[int, _Due]()
            for pathway_id in dict.fromkeys(row["originator_id"] for row in sound):
                of_one = [row for row in sound if row["originator_id"] == pathway_id]
                try:
                    told |= self._told(of_one)
                except _UNFOLDABLE as broken:
                    what = str(broken) if isinstance(broken, Hole | outgoing.Unfit) else "bytes"
                    where = f"pathway {pathway_id}"
                    self.proof.differs(where, f"{what} cannot be folded: see `pathway audit chain`")
        return [told.get(row["notification_id"]) or _Due(row) for row in rows]

    def _told(self, rows: Sequence[Row]) -> dict[int, _Due]:
        facts = [recorded(row) for row in rows]
        found: dict[int, _Due] = {}
        for row, fact, after in zip(rows, facts, self._states.after_each(facts), strict=True):
            message = outgoing.event(fact, after, self._withheld, self._base)
            found[fact.position] = _Due(row, fact, after, message.to_bytes())
        return found

    # The events topic: in each partition exactly the window's facts of that partition, in their order.

    def _events(self, partition: int, due: deque[_Due]) -> None:
        topic = self._events_topic
        while True:
            record = self._front.first(topic, partition)
            if record is not None:
                if due and record.value == due[0].event and record.key == _key(due[0]):
                    due.popleft()
                elif not self._judge_event(record, due):
                    break
                self._front.take(topic, partition)
            elif not due or not self._may_still_come():
                break
        for one in due:
            self.proof.differs(one.where, "is not on the events topic")

    def _judge_event(self, record: Any, due: deque[_Due]) -> bool:  # noqa: ANN401 - the library is untyped.
        """Name what is wrong with a record; false where it is a fact's that comes later, and stays there."""
        try:
            one = seen(record)
        except Stranger as stranger:
            self.proof.differs(_place(record), str(stranger))
            return True
        if self._comes_later(record, one):
            return False
        if any(fact.position == one.position for fact in due):
            while due[0].position != one.position:
                where = due.popleft().where
                what = f"is not on the events topic before {one.place}, where a later fact stands"
                self.proof.differs(where, what)
            self._compare(due.popleft(), one)
        elif self._stored(one.position) == one.id:
            what = f"tells once more of fact {one.id} (position {one.position}), after later ones"
            self.proof.differs(_place(record), what)
        else:
            self.proof.differs(_place(record), no_such_fact(one))
        return True

    def _compare(self, due: _Due, there: Seen) -> None:
        if due.fact is None or due.event is None or is_whole(there, due.event):
            return
        if is_told_earlier(there, due.event):
            self.proof.told_earlier += 1
        else:
            self.proof.differs(due.where, f"{difference(due.fact, there)}, at {there.place}")

    def _comes_later(self, record: Any, one: Seen) -> bool:  # noqa: ANN401
        """Whether it is a stored fact's that is after this step."""
        if one.position <= self._reached:
            return False
        where = (record.topic, record.partition)
        if self._waits_at.get(where) != record.offset:
            if self._stored(one.position) != one.id:
                return False
            self._waits_at[where] = record.offset
        return True

    def _stored(self, position: int) -> UUID | None:
        row = self._session.execute(_AT, (position,), prepare=True).fetchone()
        return row["fact_id"] if row else None

    # The state topic: states of the window's facts, not of each, and of each pathway its newest.

    def _all_states(self, window: Sequence[_Due], confirmed: int) -> None:
        by_position = {due.position: due for due in window}
        self._last_state = dict.fromkeys(range(PARTITIONS), self.proof.position)
        stated: dict[UUID, int] = {}
        for partition in range(PARTITIONS):
            self._states_of(partition, by_position, stated)
        newest = {due.pathway_id: due for due in window}
        while lacking := self._lacking(newest, stated, confirmed):
            if not self._may_still_come():
                break
            for partition in {partition_of(_key(due)) for due in lacking}:
                self._states_of(partition, by_position, stated)
        for due in lacking:
            self.proof.differs(due.where, "its state is not on the state topic")

    def _lacking(
        self, newest: Mapping[UUID, _Due], stated: Mapping[UUID, int], confirmed: int
    ) -> list[_Due]:
        """Those whose newest state did not come; where more facts are published, a later one does."""
        lacking = [due for due in newest.values() if stated.get(due.pathway_id) != due.version]
        if not lacking or self._reached >= confirmed:
            return lacking
        values = ([due.pathway_id for due in lacking], self._reached, confirmed)
        rows = self._session.execute(_WITH_LATER_FACTS, values, prepare=True)
        later = {row["originator_id"] for row in rows}
        return [due for due in lacking if due.pathway_id not in later]

    def _states_of(
        self, partition: int, by_position: Mapping[int, _Due], stated: dict[UUID, int]
    ) -> None:
        topic = self._state_topic
        while (record := self._front.first(topic, partition)) is not None:
            try:
                one = seen(record)
            except Stranger as stranger:
                self.proof.differs(_place(record), str(stranger))
            else:
                if self._comes_later(record, one):
                    return
                self._judge_state(one, _place(record), by_position.get(one.position))
                stated[one.pathway] = one.version
                self._last_state[partition] = max(self._last_state[partition], one.position)
            self._front.take(topic, partition)

    def _judge_state(self, one: Seen, where: str, due: _Due | None) -> None:
        if one.position <= self._last_state[one.partition]:
            what = f"version {one.version} of {one.pathway} comes after newer states: it goes back"
            self.proof.differs(where, what)
        elif due is None:
            self.proof.differs(where, no_such_fact(one))
        elif due.fact is not None and due.after is not None:
            expected = outgoing.state(due.fact, due.after, self._base).to_bytes()
            if is_told_earlier(one, expected):
                self.proof.told_earlier += 1
            elif not is_whole(one, expected):
                self.proof.differs(where, f"state of {due.where} {NOT_ITS_FOLD}")


def _key(due: _Due) -> bytes:
    return outgoing.key(due.pathway_id)


def _place(record: Any) -> str:  # noqa: ANN401
    return f"{record.topic} partition {record.partition} offset {record.offset}"


def _by_partition(window: Sequence[_Due]) -> list[deque[_Due]]:
    found: list[deque[_Due]] = [deque() for _ in range(PARTITIONS)]
    for due in window:
        found[partition_of(_key(due))].append(due)
    return found
