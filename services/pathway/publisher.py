"""The publisher: follows the store and puts every fact on both topics exactly once, in each pathway's order.

One process leads (`leader`). At the start of its term it fences every producer before it (`sending`),
ends what the brokers forgot to end (`hanging`), reads what is on the topics (`tails`), and goes on from
there (`publisher_position`). Any failure ends the term; the next one, here or elsewhere, begins in the
same way. Nothing else is ever repaired.
"""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg
import structlog
from plumbing import tracing
from plumbing.clock import Clock, utc_now
from plumbing.failpoints import reach
from plumbing.metrics import BEAT, LEADS, PUBLISHED
from pydantic import Field, ValidationError

from pathway import checkpoints, hanging, outgoing, publisher_position, tails, topics
from pathway.leader import Hint, Session, ends_when_told, leading, stay
from pathway.published_range import Placed, of_window
from pathway.publisher_position import Stopped
from pathway.recorded import Recorded
from pathway.sending import Outgoing, Refused, Sending, TooLarge
from pathway.settings import PathwaySettings
from pathway.states import Hole, States
from pathway.store import recorded
from pathway.tails import Tails
from pathway.topics import BrokersAway, KafkaFailed, TopicSettings, TopicsWrong

EXIT_STOPPED = 65
"""What sysexits.h calls EX_DATAERR: a person has to decide before anything is published again."""

SECONDS_BETWEEN_LOOKS = 0.5
SHORTEST_PAUSE = 0.2
LONGEST_PAUSE = 5.0

log = structlog.get_logger()


class PublisherSettings(PathwaySettings, TopicSettings):
    """What the publisher is told by its environment."""

    publisher_window: int = Field(
        default=1_000, ge=1, le=10_000, description="facts in one transaction at most, 1 to 10000"
    )
    publisher_lease_seconds: float = Field(
        default=10.0, gt=1, description="seconds after which a frozen leader is replaced"
    )


@dataclass(frozen=True)
class Message:
    """What goes out, and the newest fact it tells about."""

    about: Recorded
    outgoing: Outgoing


class Publisher:
    """Publishes until told to end. `run` returns at the end, or raises Stopped."""

    def __init__(self, settings: PublisherSettings, *, clock: Clock = utc_now) -> None:
        self._settings = settings
        self._clock = clock
        self.ended = threading.Event()
        self._name = f"{socket.gethostname()}:{os.getpid()}"
        self._singly_until = 0
        """Up to this position facts go out one by one: among them is one that the brokers refuse."""

    def end(self) -> None:
        """Finish the window at hand and stop. Safe in a signal handler."""
        self.ended.set()

    def run(self) -> None:
        """Lead as often as this process can, until ended. Raises Stopped."""
        hint = Hint(self._settings.pathway_database_url)
        pause = SHORTEST_PAUSE
        try:
            while not self.ended.is_set():
                began = time.monotonic()
                try:
                    self._term(hint)
                except (KafkaFailed, BrokersAway, TopicsWrong, Refused, psycopg.Error) as failed:
                    # A database error's text may quote data; our own and Kafka's tell what to do.
                    told = str(failed) if not isinstance(failed, psycopg.Error) else ""
                    log.warning("term-ended", told=told, exc_info=failed)
                    BEAT()
                    long = time.monotonic() - began > LONGEST_PAUSE
                    pause = SHORTEST_PAUSE if long else min(pause * 2, LONGEST_PAUSE)
                    self.ended.wait(pause)
        finally:
            hint.close()

    def _term(self, hint: Hint) -> None:
        settings = self._settings
        url, lease = settings.pathway_database_url, settings.publisher_lease_seconds
        with leading(url, lease, self._is_told_to_end) as session:
            if session is None:
                return
            publisher_position.lead(session, self._name, self._clock())
            log.info("leading", leader=self._name)
            try:
                with LEADS.track_inprogress():
                    self._lead(session, hint)
            except Stopped as stopped:
                publisher_position.stop(session, stopped, self._clock())
                raise

    def _is_told_to_end(self) -> bool:
        BEAT()
        return self.ended.is_set()

    def _lead(self, session: Session, hint: Hint) -> None:
        before = publisher_position.confirmed(session)
        found = topics.find(self._settings)
        publisher_position.check_ids(before, found.ids)
        with contextlib.closing(Sending(self._settings, found.largest)) as sending:
            # Brokers that are slow in one of these must not add up to a lost lead, again and again.
            stay(session)
            sending.fence()
            stay(session)
            hanging.undo(self._settings, sending.producer_id)
            stay(session)
            there = tails.read(self._settings)
            position = publisher_position.start(session, before, there)
            publisher_position.begin(session, position, found.ids)
            log.info("going-on", position=position)
            self._follow(session, hint, sending, position, there)

    def _follow(
        self, session: Session, hint: Hint, sending: Sending, position: int, there: Tails
    ) -> None:
        states = States(session)
        while not self._is_told_to_end():
            most = 1 if position < self._singly_until else self._settings.publisher_window
            window = _facts(session, position, most)
            if not window:
                hint.wait(SECONDS_BETWEEN_LOOKS)
                continue
            began, began_ns = time.monotonic(), time.time_ns()
            # Asked for each window: an operator decides while we go on.
            withheld = publisher_position.withheld(session)
            messages = [
                message
                for message in self._messages(window, states, withheld)
                if not self._holds(there, message)
            ]
            reach("between-commit-and-send")
            ranges = of_window(self._put(sending, messages, window))
            reach("between-receipt-and-position")
            position = window[-1].position
            now = self._clock()
            publisher_position.confirm(session, position, now, ranges)
            PUBLISHED.inc(len(window))
            tracing.published(began_ns, map(_traced, window))
            log.info(
                "published",
                facts=len(window),
                states=sum(m.outgoing.topic == self._settings.state_topic for m in messages),
                position=position,
                newest_waited_ms=_milliseconds(window[-1].recorded_at, now),
                took_ms=round((time.monotonic() - began) * 1000),
            )

    def _put(
        self, sending: Sending, messages: Sequence[Message], window: Sequence[Recorded]
    ) -> list[Placed]:
        try:
            return _send(sending, messages, self._settings.events_topic)
        except Refused as refused:
            # Which of them it was is not told: they go one by one, until the one is found.
            self._singly_until = window[-1].position
            if len(window) == 1:
                raise _refused(refused, window[0], self._settings.events_topic) from refused
            raise

    def _messages(
        self, window: Sequence[Recorded], states: States, withheld: frozenset[UUID]
    ) -> list[Message]:
        base = self._settings.schemas_base
        events_topic, state_topic = self._settings.topics
        try:
            after = states.after_each(window)
        except (Hole, ValidationError) as broken:
            raise _broken_store(broken) from None
        try:
            told = [
                (events_topic, one, outgoing.event(one, pathway, withheld, base))
                for one, pathway in zip(window, after, strict=True)
            ]
            told += [
                (state_topic, one, outgoing.state(one, pathway, base))
                for one, pathway in outgoing.newest(window, after)
            ]
        except outgoing.Unfit as unfit:
            raise _unfit(unfit) from unfit
        return [
            Message(one, Outgoing(topic, outgoing.key(one.pathway_id), message.to_bytes()))
            for topic, one, message in told
        ]

    def _holds(self, there: Tails, message: Message) -> bool:
        fact = message.about.position, message.about.pathway_id
        if message.outgoing.topic == self._settings.events_topic:
            return there.hold_event(*fact)
        return there.hold_state(*fact)


def _send(sending: Sending, messages: Sequence[Message], events_topic: str) -> list[Placed]:
    """Put all on their topics; where the events of facts stand now, in the log's order."""
    try:
        places = sending.send([message.outgoing for message in messages])
    except TooLarge as large:
        about = next(m.about for m in messages if m.outgoing is large.outgoing)
        way_out = (
            _withholding(about)
            if large.outgoing.topic == events_topic
            else "it is a state, so the pathway may have grown beyond what was foreseen"
        )
        raise Stopped(
            "TOO_LARGE",
            f"A message for {large.outgoing.topic} of pathway {large.outgoing.key.decode()} has {large}. "
            f"Either raise max.message.bytes of both topics, or: {way_out}.",
        ) from None
    return [
        Placed(message.about.position, place.partition, place.offset)
        for message, place in zip(messages, places, strict=True)
        if message.outgoing.topic == events_topic
    ]


def _refused(refused: Refused, about: Recorded, events_topic: str) -> Stopped:
    told = (
        f"The brokers refuse a message of fact {about.fact_id} ({refused}), and would again. Either "
        "change the topic's configuration or the brokers' policy, which their log names"
    )
    if refused.outgoing.topic == events_topic:
        return Stopped("REFUSED", f"{told}; or: {_withholding(about)}.")
    return Stopped("REFUSED", f"{told}; it is a state, of which nothing can be left out.")


def _withholding(about: Recorded) -> str:
    return f"`pathway publisher withhold {about.fact_id} --reason ...` sends a message without its data"


def _facts(session: Session, after: int, limit: int) -> list[Recorded]:
    """The facts after that position, in the log's order. Asking keeps the lead."""
    rows = session.execute(
        """
        select * from pathway.pathway_events
        where notification_id > %s order by notification_id limit %s
        """,
        (after, limit),
        prepare=True,
    ).fetchall()
    try:
        return [recorded(row) for row in rows]
    except ValidationError as broken:
        raise _broken_store(broken) from None


def _unfit(unfit: outgoing.Unfit) -> Stopped:
    return Stopped(
        "CONTRACT_UNFIT",
        f"No message can be made of {unfit}: it does not fit what this release promises. Either run "
        "the release that recorded it, or let it go out without its data: "
        "`pathway publisher withhold FACT_ID --reason ...`.",
    )


def _broken_store(broken: Exception) -> Stopped:
    what = str(broken) if isinstance(broken, Hole) else "a fact's bytes cannot be read"
    return Stopped(
        "STORE_BROKEN",
        f"The store is not as facts were recorded ({what}). `pathway audit chain` names each place. "
        "Either restore the newest sound copy of the store, or, if readers were told of nothing "
        "after the damage, an older one; then start the publisher again.",
    )


def _traced(one: Recorded) -> tuple[str | None, tracing.Attributes]:
    told = {"pathway.id": str(one.pathway_id), "pathway.version": one.version}
    return one.traceparent, {**told, "fact.id": str(one.fact_id), "fact.kind": one.fact.name}


def _milliseconds(begin: datetime, end: datetime) -> int:
    return round((end - begin).total_seconds() * 1000)


def run(settings: PublisherSettings) -> int:
    """The process `pathway publisher`: publish until SIGTERM or Ctrl-C; the exit status.

    Raises KeyUnusable.
    """
    key = checkpoints.read_signing_key(settings.pathway_signing_key_file)
    publisher = Publisher(settings)
    witnessing = threading.Thread(
        target=checkpoints.witness,
        args=(settings.pathway_database_url, key, publisher.ended),
        name="checkpoints",
        daemon=True,
    )
    witnessing.start()

    # Whatever hangs then, on a broker or a database, is safe to leave: the tails will tell.
    ends_when_told(publisher.ended)
    try:
        publisher.run()
    except Stopped as stopped:
        log.critical("stopped", reason=stopped.reason, detail=str(stopped))
        return EXIT_STOPPED
    return 0
