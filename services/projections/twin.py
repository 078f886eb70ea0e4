"""The twin: folds anew what the read models are made of, all the time, and compares every row once a day.

One process leads, others stand by. A difference stops nothing; it stays an alarm until a complete round that
began after it was found has found none.
"""

import threading
from collections.abc import Iterable, Mapping
from datetime import datetime

import psycopg
from plumbing import database
from plumbing.clock import Clock, utc_now
from plumbing.logs import logger
from plumbing.metrics import BEAT, COMPARED, TWIN_LEADS
from plumbing.proofs import Kind

from projections import proof, rounds, schema, topic
from projections.consumer import AWAY, LONGEST_PAUSE
from projections.projection import Projection
from projections.proof import Proof
from projections.proving import Following, newest_position
from projections.rounds import Round
from projections.schema import Database
from projections.settings import TwinSettings
from projections.topic import Identity

LOCK = 7249112082
LEASE_MS = 45_000
"""Longer than a step may wait for brokers: only a twin that is frozen or gone loses the lead."""
SECONDS_BETWEEN_TRIES = 0.5

log = logger(__name__)


class Twin:
    """One read model's proof: what follows the topic, and the round that is under way."""

    def __init__(
        self,
        projection: Projection,
        settings: TwinSettings,
        connection: Database,
        identity: Identity,
    ) -> None:
        self._projection, self._settings = projection, settings
        self._connection, self._identity = connection, identity
        self._following: Following | None = None
        self._round: Round | None = None

    def close(self) -> None:
        """Give the readers back."""
        for one in (self._following, self._round):
            if one is not None:
                one.close()
        self._following = self._round = None

    def step(self, now: datetime) -> int:
        """Prove some more, as of `now` (UTC); how many events that took. 0: nothing is left for now.

        Raises psycopg's errors, OutOfRange, KafkaFailed, NotMigrated, MadeFromOther.
        """
        schema.use(self._connection, self._projection)
        name = self._projection.name
        proofs = proof.stored(self._connection, name)
        if why := self._begins_anew(proofs):
            log.warning("begins anew", projection=name, why=why)
            self.close()
            with self._connection.transaction():
                proof.forget(self._connection, name, *Kind)
            proofs = {}
        made = (self._projection, self._settings, self._connection)
        if self._following is None and Kind.FOLLOWING in proofs:
            self._following = Following(*made, proofs[Kind.FOLLOWING])
        if self._round is None and Kind.ROUND in proofs:
            self._round = Round(*made, proofs[Kind.ROUND])
        elif self._round is None and self._is_due(proofs, now):
            self._round = rounds.begin(*made, self._identity, now)
        done = self._following.step(now) if self._following else 0
        return done + self._go_round(now)

    def _go_round(self, now: datetime) -> int:
        if self._round is None:
            return 0
        done = self._round.step(now)
        if self._round.ended and self._following:
            rounds.complete(self._connection, self._round.proof, self._following.proof)
            self._round = None
        return done

    def _begins_anew(self, proofs: Mapping[Kind, Proof]) -> str | None:
        """Why nothing of what was proven holds any more."""
        if any(not one.is_of(self._identity) for one in proofs.values()):
            return "the topic is another one"
        following = proofs.get(Kind.FOLLOWING)
        if following is None:
            return None
        if newest_position(self._connection) < following.position:
            return "the read model was made anew"
        return None

    def _is_due(self, proofs: Mapping[Kind, Proof], now: datetime) -> bool:
        due = self._settings.is_round_due(proofs.get(Kind.COMPLETE), now)
        return due or proof.is_wanted(self._connection, self._projection.name)


def prove(
    projections: Iterable[Projection],
    settings: TwinSettings,
    stop: threading.Event,
    *,
    clock: Clock = utc_now,
) -> None:
    """Prove these read models until `stop`; while brokers or database are away, wait and go on.

    Raises schema.NotMigrated and schema.MadeFromOther: a person has to do something.
    """
    while not stop.is_set():
        try:
            _lead(list(projections), settings, stop, clock)
        except (*AWAY, topic.TopicMissing, topic.OutOfRange) as away:
            log.warning("waits", why=type(away).__name__, seconds=LONGEST_PAUSE)
            BEAT()
            stop.wait(LONGEST_PAUSE)


def _lead(
    projections: list[Projection], settings: TwinSettings, stop: threading.Event, clock: Clock
) -> None:
    url = settings.projections_database_url
    with database.connect(url, "projections twin", autocommit=True) as connection:
        connection.execute("select set_config('idle_session_timeout', %s, false)", [str(LEASE_MS)])
        while not _leads(connection):
            BEAT()
            if stop.wait(SECONDS_BETWEEN_TRIES):
                return
        identity = topic.identify(settings)
        twins = [Twin(one, settings, connection, identity) for one in projections]
        log.info("leads")
        try:
            with TWIN_LEADS.track_inprogress():
                while not stop.is_set():
                    done = sum(twin.step(clock()) for twin in twins)
                    COMPARED.inc(done)
                    rests = done / settings.auditor_facts_per_second or settings.auditor_seconds
                    BEAT(rests)
                    stop.wait(rests)
        finally:
            for twin in twins:
                twin.close()


def _leads(connection: psycopg.Connection[tuple[object, ...]]) -> bool:
    row = connection.execute("select pg_try_advisory_lock(%s)", [LOCK]).fetchone()
    return bool(row and row[0])
