"""`pathway audit topics`: every stored fact stands once on the events topic, and every state is right."""

import time
from collections.abc import Iterator, Sequence
from typing import Any, LiteralString
from uuid import UUID

from plumbing.database import connection_string
from psycopg.rows import dict_row
from pydantic import ValidationError
from rich.progress import Progress

from pathway import outgoing, publisher_position, tails, topics
from pathway.auditing import Findings, progress
from pathway.leader import Session
from pathway.matching import (
    NOT_ITS_FOLD,
    TOLD_EARLIER,
    difference,
    is_told_earlier,
    is_whole,
    no_such_fact,
)
from pathway.publisher import PublisherSettings
from pathway.recorded import Recorded
from pathway.states import Hole, States
from pathway.store import recorded
from pathway.topic_copy import Seen, Stranger, TopicCopy, seen

AT_ONCE = 500
SECONDS_TO_SETTLE = 45.0
"""An abandoned transaction of ours ends within this time."""
PATIENCE = 30.0
"""Seconds in which a running publisher must have confirmed what was stored when an audit began."""
SECONDS_BETWEEN_LOOKS = 0.1

_LOG: LiteralString = """
    select * from pathway.pathway_events where notification_id <= %s order by notification_id
"""
_PATHWAYS: LiteralString = """
    select originator_id, max(originator_version) as stored,
           max(originator_version) filter (where notification_id <= %s) as published
    from pathway.pathway_events group by originator_id order by originator_id
"""
_AT_VERSIONS: LiteralString = """
    select e.* from unnest(%s::uuid[], %s::bigint[]) as wanted (id, version)
    join pathway.pathway_events as e
        on e.originator_id = wanted.id and e.originator_version = wanted.version
"""


def audit(settings: PublisherSettings, findings: Findings, *, patience: float = PATIENCE) -> None:
    """Compare store and topics up to the newest fact that is stored when this begins.

    The publisher has `patience` seconds to confirm it. What comes later is compared as far as it is
    seen. Raises BrokersAway, TopicsWrong, KafkaError, psycopg's errors.
    """
    topics.find(settings)
    conninfo = connection_string(settings.pathway_database_url, "pathway audit topics")
    with (
        Session.connect(conninfo, row_factory=dict_row) as session,
        TopicCopy() as copy,
        progress(findings.say) as bar,
    ):
        session.read_only = True
        stored = _newest(session)
        confirmed = _confirmed(session, stored, patience, findings)
        _copy_topics(settings, copy, findings, bar)
        audited = _Audit(settings, session, copy, findings, bar)
        try:
            audited.events(confirmed, stored)
            audited.states(confirmed)
        except (Hole, ValidationError, outgoing.Unfit) as broken:
            what = "bytes of a fact" if isinstance(broken, ValidationError) else str(broken)
            findings.differs("the store", f"{what} cannot be folded: see `pathway audit chain`")


def _newest(session: Session) -> int:
    row = session.execute(
        "select coalesce(max(notification_id), 0) as newest from pathway.pathway_events"
    ).fetchone()
    return row["newest"] if row else 0


def _confirmed(session: Session, stored: int, patience: float, findings: Findings) -> int:
    """The position that the publisher has confirmed, once that is all that was stored, or in the end."""
    until, waits = time.monotonic() + patience, False
    while True:
        found = publisher_position.confirmed(session)
        position = found.position if found else 0
        # Each look is a transaction of its own: none may hold back the cleaning up of old rows.
        session.commit()
        if position >= stored or time.monotonic() >= until:
            return position
        if not waits:
            findings.say.print(
                f"The publisher has confirmed position {position} of {stored}; waiting for it, "
                f"{patience:.0f} s at most."
            )
            waits = True
        time.sleep(SECONDS_BETWEEN_LOOKS)


def _copy_topics(
    settings: PublisherSettings, copy: TopicCopy, findings: Findings, bar: Progress
) -> None:
    for topic in settings.topics:
        with tails.reader(settings, "pathway-audit") as consumer:
            places, told = tails.everything(settings, consumer, topic, SECONDS_TO_SETTLE)
            task = bar.add_task(topic, total=places)
            for count, record in enumerate(told, start=1):
                _copy(record, settings, copy, findings)
                if count % AT_ONCE == 0:
                    bar.update(task, completed=count)
            bar.update(task, completed=bar.tasks[task].total)


def _copy(
    record: Any,  # noqa: ANN401 - the library is untyped.
    settings: PublisherSettings,
    copy: TopicCopy,
    findings: Findings,
) -> None:
    where = f"{record.topic} partition {record.partition} offset {record.offset}"
    try:
        one = seen(record)
    except Stranger as stranger:
        findings.differs(where, str(stranger))
        return
    if record.topic == settings.events_topic:
        copy.add_event(one)
        return
    findings.compared["states on the topic"] += 1
    before = copy.add_state(one)
    if before is not None and before > one.version:
        findings.differs(where, f"version {one.version} of {one.pathway} after version {before}")


class _Audit:
    """The comparison itself, once the topics are copied."""

    def __init__(
        self,
        settings: PublisherSettings,
        session: Session,
        copy: TopicCopy,
        findings: Findings,
        bar: Progress,
    ) -> None:
        self._base = settings.schemas_base
        self._topics = settings.topics
        self._session = session
        self._copy = copy
        self._findings = findings
        self._bar = bar
        self._states = States(session)
        self._withheld = publisher_position.withheld(session)

    def events(self, confirmed: int, stored: int) -> None:
        """Every fact up to these positions at one place, with the content that the contract gives.

        What is missing up to the first is named fact by fact, and counted from there to the second.
        """
        on_topic = _Ahead(self._copy.events())
        highest = max(confirmed, stored, self._copy.highest())
        waiting = 0
        task = self._bar.add_task("facts", total=None)
        for window in self._log(highest):
            for one, after in zip(window, self._states.after_each(window), strict=True):
                for stranger in on_topic.before(one.position):
                    self._unknown(stranger)
                there = on_topic.at(one.position)
                if not there and confirmed < one.position:
                    waiting += one.position <= stored
                    continue
                message = outgoing.event(one, after, self._withheld, self._base)
                self._compare(one, message.to_bytes(), there)
            self._bar.advance(task, len(window))
        for stranger in on_topic.rest():
            self._unknown(stranger)
        if waiting:
            where = f"after position {confirmed}"
            what = f"{waiting:,} facts are not on the topics; is a publisher running?"
            self._findings.differs(where, what)
        for pathway, version, last, place in self._copy.out_of_order():
            where = f"pathway {pathway} version {version}"
            self._findings.differs(where, f"stands after version {last}, at {place}")

    def _log(self, upto: int) -> Iterator[list[Recorded]]:
        with self._session.cursor(name="facts") as cursor:
            cursor.itersize = AT_ONCE
            cursor.execute(_LOG, (upto,))
            while rows := cursor.fetchmany(AT_ONCE):
                yield [recorded(row) for row in rows]

    def _unknown(self, stranger: Seen) -> None:
        self._findings.differs(
            f"{self._topics[0]} {stranger.place}",
            no_such_fact(stranger),
        )

    def _compare(self, one: Recorded, expected: bytes, there: list[Seen]) -> None:
        where = f"pathway {one.pathway_id} version {one.version} (position {one.position})"
        if not there:
            self._findings.differs(where, "is not on the events topic")
            return
        self._findings.compared["facts"] += 1
        for place in there:
            if is_whole(place, expected):
                continue
            if is_told_earlier(place, expected):
                self._findings.compared[TOLD_EARLIER] += 1
            else:
                self._findings.differs(where, f"{difference(one, place)}, at {place.place}")
        if len(there) > 1:
            places = " and ".join(place.place for place in there)
            self._findings.differs(
                where, f"stands {len(there)} times on the events topic: {places}"
            )

    def states(self, upto: int) -> None:
        """Of each pathway with a fact up to that position the newest state, against its fold."""
        task = self._bar.add_task("states", total=None)
        due: list[Seen] = []
        for state in self._comparable(upto):
            due.append(state)
            if len(due) == AT_ONCE:
                self._compare_states(due)
                self._bar.advance(task, len(due))
                due.clear()
        self._compare_states(due)

    def _comparable(self, upto: int) -> Iterator[Seen]:
        """Each newest state that the store can tell of; names the others."""
        found = self._copy.states()
        ahead = next(found, None)
        with self._session.cursor(name="pathways") as cursor:
            cursor.itersize = AT_ONCE
            for row in cursor.execute(_PATHWAYS, (upto,)):
                pathway: UUID = row["originator_id"]
                while ahead is not None and ahead.pathway < pathway:
                    self._no_pathway(ahead)
                    ahead = next(found, None)
                if ahead is not None and ahead.pathway == pathway:
                    if self._in_range(row, ahead):
                        yield ahead
                    ahead = next(found, None)
                elif row["published"] is not None:
                    self._findings.differs(f"pathway {pathway}", "has no state on the state topic")
        while ahead is not None:
            self._no_pathway(ahead)
            ahead = next(found, None)

    def _in_range(self, row: dict[str, Any], state: Seen) -> bool:
        version, where = state.version, f"state of pathway {state.pathway} at {state.place}"
        if version < (row["published"] or 0):
            self._findings.differs(where, f"is of version {version}, not {row['published']}")
            return False
        if version > row["stored"]:
            self._findings.differs(
                where, f"is of version {version}; the store ends at {row['stored']}"
            )
            return False
        return True

    def _no_pathway(self, state: Seen) -> None:
        where = f"state of pathway {state.pathway} at {state.place}"
        self._findings.differs(where, "the store does not have this pathway")

    def _compare_states(self, due: Sequence[Seen]) -> None:
        if not due:
            return
        rows = self._session.execute(
            _AT_VERSIONS, ([one.pathway for one in due], [one.version for one in due])
        ).fetchall()
        facts = {row["originator_id"]: recorded(row) for row in rows}
        newest = [facts[one.pathway] for one in due]
        after = self._states.after_each(newest)
        for one, pathway, there in zip(newest, after, due, strict=True):
            self._findings.compared["newest states"] += 1
            expected = outgoing.state(one, pathway, self._base).to_bytes()
            if is_told_earlier(there, expected):
                self._findings.compared[TOLD_EARLIER] += 1
            elif not is_whole(there, expected):
                where = f"state of pathway {one.pathway_id} version {one.version}"
                self._findings.differs(where, NOT_ITS_FOLD)


class _Ahead:
    """The events on the topic by position, read along with the log."""

    def __init__(self, events: Iterator[Seen]) -> None:
        self._events = events
        self._next = next(events, None)

    def before(self, position: int) -> Iterator[Seen]:
        """Those below that position which were not asked for."""
        while self._next is not None and self._next.position < position:
            yield self._next
            self._next = next(self._events, None)

    def at(self, position: int) -> list[Seen]:
        """Those at that position."""
        found: list[Seen] = []
        while self._next is not None and self._next.position == position:
            found.append(self._next)
            self._next = next(self._events, None)
        return found

    def rest(self) -> Iterator[Seen]:
        """All that is left."""
        while self._next is not None:
            yield self._next
            self._next = next(self._events, None)
