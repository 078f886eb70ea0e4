"""The auditor: proves log and topics while they grow, and all of them once more every day.

One process leads, others stand by. It *follows*: every few seconds it proves what was published since. And it
makes *rounds*: the same walk from the beginning, slowly, because what was proven yesterday could have been
altered since. Following begins where the first round ended. A difference stops nothing; it stays an alarm until
a round that began after it was found has found none.
"""

import os
import socket
import threading
from contextlib import ExitStack
from datetime import datetime

import psycopg
import structlog
from plumbing.clock import Clock, utc_now
from plumbing.metrics import AUDITED, AUDITOR_LEADS, BEAT
from plumbing.proofs import Kind, ProofSettings

from pathway import proof, publisher_position, tails
from pathway.leader import AUDITOR, Session, ends_when_told, leading
from pathway.proof import Place, Proof
from pathway.proving import PATIENCE, Walk
from pathway.publisher import PublisherSettings
from pathway.publisher_position import Position
from pathway.topic_front import TopicFront
from pathway.topics import PARTITIONS, BrokersAway, KafkaFailed, TopicsWrong

LEASE_SECONDS = 45.0
"""Longer than a step may wait for brokers: only an auditor that is frozen or gone meets it."""
LONGEST_PAUSE = 5.0

log = structlog.get_logger()


class AuditorSettings(PublisherSettings, ProofSettings):
    """What the auditor is told by its environment."""


class Auditor:
    """Proves until told to end."""

    def __init__(
        self, settings: AuditorSettings, *, clock: Clock = utc_now, patience: float = PATIENCE
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._patience = patience
        self.ended = threading.Event()

    def run(self) -> None:
        """Lead as often as this process can, until ended; brokers or a database away are tried again."""
        url = self._settings.pathway_database_url
        while not self.ended.is_set():
            try:
                with leading(url, LEASE_SECONDS, self._is_told_to_end, AUDITOR) as session:
                    if session is not None:
                        log.info("leading", leader=f"{socket.gethostname()}:{os.getpid()}")
                        with AUDITOR_LEADS.track_inprogress():
                            self._term(session)
            except (KafkaFailed, BrokersAway, TopicsWrong, psycopg.Error) as failed:
                # A database error's text may quote data.
                told = str(failed) if not isinstance(failed, psycopg.Error) else ""
                log.warning("term-ended", told=told, exc_info=failed)
                BEAT()
                self.ended.wait(LONGEST_PAUSE)

    def _term(self, session: Session) -> None:
        with ExitStack() as opened:
            proving = Proving(self._settings, session, opened, self._patience)
            while not self._is_told_to_end(LEASE_SECONDS):
                done = proving.step(self._clock())
                AUDITED.inc(done)
                busy = done / self._settings.auditor_facts_per_second
                self.ended.wait(busy if done else self._settings.auditor_seconds)

    def _is_told_to_end(self, rests: float = 0.0) -> bool:
        BEAT(rests)
        return self.ended.is_set()


class Proving:
    """One term's walks; each reads the topics by a consumer of its own, which `opened` closes."""

    def __init__(
        self,
        settings: AuditorSettings,
        session: Session,
        opened: ExitStack,
        patience: float = PATIENCE,
    ) -> None:
        self._settings, self._session, self._opened = settings, session, opened
        self._patience = patience
        self._walks: dict[Kind, tuple[Walk, ExitStack]] = {}

    def step(self, now: datetime) -> int:
        """Prove some more of what is published, as of `now` (UTC); how many facts. 0: nothing is left.

        Raises psycopg's errors, BrokersAway and KafkaError.
        """
        there = publisher_position.confirmed(self._session)
        if there is None:
            return 0
        proofs = proof.stored(self._session)
        if any(one.place.ids != there.ids for one in proofs.values()):
            log.warning("begins-anew", why="the topics are others than those that were proven")
            self._end(*Kind)
            proof.forget(self._session, *Kind)
            proofs = {}
        done = 0
        if following := proofs.get(Kind.FOLLOWING):
            done += self._walk_on(following, there.position, there, now)
        if (found := proofs.get(Kind.ROUND)) or self._is_due(proofs, now):
            done += self._round(found or self._begin(there, now), there, now)
        return done

    def _is_due(self, proofs: dict[Kind, Proof], now: datetime) -> bool:
        due = self._settings.is_round_due(proofs.get(Kind.COMPLETE), now)
        return due or proof.is_wanted(self._session)

    def _begin(self, there: Position, now: datetime) -> Proof:
        """A round from the beginning up to what is published now."""
        offsets = {topic: dict.fromkeys(range(PARTITIONS), 0) for topic in self._settings.topics}
        place = Place(there.ids, offsets)
        begun = Proof(now, place, kind=Kind.ROUND, begun_at=now, until=there.position)
        with self._session.transaction():
            proof.keep(self._session, begun)
            proof.grant_round(self._session)
        log.info("round-begins", until=there.position)
        return begun

    def _round(self, kept: Proof, there: Position, now: datetime) -> int:
        done = self._walk_on(kept, kept.until, there, now)
        walked = self._walks[Kind.ROUND][0].proof
        if not done:
            self._end(Kind.ROUND)
            self._complete(walked)
        return done

    def _complete(self, walked: Proof) -> None:
        """Keep a round that came to its end; following begins with the first, and a sound one clears it."""
        following = proof.stored(self._session).get(Kind.FOLLOWING)
        with self._session.transaction():
            proof.keep(self._session, walked.as_kind(Kind.COMPLETE))
            proof.forget(self._session, Kind.ROUND)
            if following is None:
                proof.keep(self._session, walked.as_kind(Kind.FOLLOWING))
            elif following.cleared_by(walked):
                proof.keep(self._session, following)
                self._end(Kind.FOLLOWING)
        tell = log.error if walked.differences else log.info
        tell(
            "round-complete",
            position=walked.position,
            facts=walked.facts,
            told_earlier=walked.told_earlier,
            differences=walked.differences,
        )

    def _walk_on(self, kept: Proof, upto: int, there: Position, now: datetime) -> int:
        if kept.kind not in self._walks:
            opened = self._opened.enter_context(ExitStack())
            # It has time, and runs always: what it reads ahead of its 24 partitions is what it weighs.
            sparing = tails.reader(self._settings, "pathway-auditor", 200, 131_072)
            consumer = opened.enter_context(sparing)
            front = TopicFront(consumer, kept.place.offsets)
            walk = Walk(self._settings, self._session, front, kept, self._patience)
            self._walks[kept.kind] = (walk, opened)
        walk = self._walks[kept.kind][0]
        done = walk.step(upto, there.position, self._settings.at_once, now)
        proof.keep(self._session, walk.proof)
        return done

    def _end(self, *kinds: Kind) -> None:
        for kind in kinds:
            if walked := self._walks.pop(kind, None):
                walked[1].close()


def run(settings: AuditorSettings) -> None:
    """The process `pathway auditor`: prove until SIGTERM or Ctrl-C."""
    auditor = Auditor(settings)
    ends_when_told(auditor.ended)
    auditor.run()
