"""The scheduler: records the deadlines that were reached, so that other systems learn of them.

One process leads, for economy: two at once, or one that was taken for dead, record nothing twice, because each
pathway's versions decide and a deadline is told once. What was reached while nobody ran is told afterwards,
with its own day.
"""

import os
import socket
import threading
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from datetime import date
from typing import LiteralString, NamedTuple
from uuid import UUID

import psycopg
import structlog
from plumbing.clock import Clock, brussels_today, utc_now
from plumbing.ids import new_id
from plumbing.metrics import ANNOUNCED, BEAT
from pydantic import Field

from pathway.deciding import Deciding
from pathway.domain.commands import Moment
from pathway.domain.deadlines import AnnounceDeadlines, announced_from
from pathway.leader import OTHER_YEARS, SCHEDULER, Session, ends_when_told, leading
from pathway.recorded import VDAB, Actor
from pathway.settings import PathwaySettings
from pathway.store import Context, Outpaced, Store, StoreAway
from schemas.codes import ActorKind

AT_ONCE = 100
ATTEMPTS = 5
LONGEST_PAUSE = 5.0
ACTOR = Actor(kind=ActorKind.SYSTEEM, ref="scheduler", organisation=VDAB)

_DUE: LiteralString = """
    select due_from, pathway_id from pathway.holder
    where due_from <= %s and (due_from, pathway_id) > (%s, %s)
    order by due_from, pathway_id limit %s
"""
# Only while it stands as it was read: who recorded meanwhile has said anew from when something is due.
_NOTHING_DUE: LiteralString = """
    update pathway.holder set due_from = %s where pathway_id = %s and due_from = %s
"""

log = structlog.get_logger()


class SchedulerSettings(PathwaySettings):
    """What the scheduler is told by its environment."""

    scheduler_seconds: float = Field(
        default=5.0, gt=0, le=30, description="seconds between two looks at what is due"
    )


class Due(NamedTuple):
    """A pathway of which there is something to tell, as its holder's row says, from a day on."""

    pathway_id: UUID
    due_from: date


def announce_due(store: Store, session: Session, *, broken: set[UUID] | None = None) -> int | None:
    """Record every deadline that was reached by today in Brussels, by the store's clock; how many.

    None while somebody else looks, or a simulation lives in other years and tells of its own. A
    pathway that cannot be read is logged once, entered into `broken`, and keeps nobody else waiting.
    Raises StoreAway and psycopg.Error; what was recorded then stays, the rest is still due.
    """
    today, told = brussels_today(store.clock()), 0
    broken = set() if broken is None else broken
    with _in_our_own_years(session) as ours:
        if not ours:
            return None
        for due in _due(session, today):
            BEAT()
            try:
                told += announce(store, due, today)
            except ValueError:  # What is no JSON, and what is no fact.
                if due.pathway_id not in broken:
                    broken.add(due.pathway_id)
                    log.exception("unreadable", pathway=due.pathway_id)
    return told


def announce(store: Store, due: Due, today: date) -> int:
    """Record the deadlines of one pathway that were reached by `today`, each once; how many.

    Raises StoreAway, and ValueError when its facts cannot be read. Whoever records on it at the same
    moment goes first.
    """
    for _ in range(ATTEMPTS):
        facts = store.load(due.pathway_id)
        deciding = Deciding(due.pathway_id, facts, Moment(today, store.new_id))
        due_from = announced_from(deciding.pathway) if deciding.pathway else None
        if due_from is None or due_from > today:
            with store.connection() as connection:
                connection.execute(_NOTHING_DUE, (due_from, *due))
            return 0
        told = deciding.take(AnnounceDeadlines(on=today))
        try:
            store.append(deciding.new_facts(_context(store)))
        except Outpaced:
            continue
        return len(told)
    # Somebody works on it at this very moment: it is still due at the next look.
    return 0


@contextmanager
def _in_our_own_years(session: Session) -> Generator[bool]:
    """Whether nobody else looks, and no simulation lives in other years; none begins within the block."""
    row = session.execute("select pg_try_advisory_lock(%s) as ours", (OTHER_YEARS,)).fetchone()
    ours = bool(row and row["ours"])
    try:
        yield ours
    finally:
        if ours:
            session.execute("select pg_advisory_unlock(%s)", (OTHER_YEARS,))


def _due(session: Session, today: date) -> Iterator[Due]:
    after: tuple[date, UUID] = date.min, UUID(int=0)
    while rows := session.execute(_DUE, (today, *after, AT_ONCE), prepare=True).fetchall():
        yield from (Due(row["pathway_id"], row["due_from"]) for row in rows)
        after = rows[-1]["due_from"], rows[-1]["pathway_id"]


def _context(store: Store) -> Context:
    command_id = str(store.new_id())
    return Context(ACTOR, command_id, correlation_id=command_id, causation_id=command_id)


class Scheduler:
    """Announces until told to end."""

    def __init__(self, settings: SchedulerSettings, *, clock: Clock = utc_now) -> None:
        self._settings = settings
        self._clock = clock
        self.ended = threading.Event()
        self._name = f"{socket.gethostname()}:{os.getpid()}"
        self._broken: set[UUID] = set()

    def run(self) -> None:
        """Lead as often as this process can, until ended; a database that is away is tried again."""
        url = self._settings.pathway_database_url
        while not self.ended.is_set():
            try:
                with closing(Store(url, clock=self._clock, new_id=new_id, pool_size=2)) as store:
                    self._term(store)
            except (StoreAway, psycopg.Error) as failed:
                # A database error's text may quote data.
                told = str(failed) if isinstance(failed, StoreAway) else ""
                log.warning("term-ended", told=told, exc_info=failed)
                BEAT()
                self.ended.wait(LONGEST_PAUSE)

    def _term(self, store: Store) -> None:
        wait = self._settings.scheduler_seconds
        lease = wait + 2 * LONGEST_PAUSE
        url = self._settings.pathway_database_url
        with leading(url, lease, self._is_told_to_end, SCHEDULER) as session:
            if session is None:
                return
            log.info("leading", leader=self._name)
            while not self._is_told_to_end(wait):
                if told := announce_due(store, session, broken=self._broken):
                    ANNOUNCED.inc(told)
                    log.info("announced", deadlines=told)
                self.ended.wait(wait)

    def _is_told_to_end(self, rests: float = 0.0) -> bool:
        BEAT(rests)
        return self.ended.is_set()


def run(settings: SchedulerSettings) -> None:
    """The process `pathway scheduler`: announce until SIGTERM or Ctrl-C."""
    scheduler = Scheduler(settings)
    ends_when_told(scheduler.ended)
    scheduler.run()
