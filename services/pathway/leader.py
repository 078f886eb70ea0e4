"""Of a kind of process one leads: a lock of PostgreSQL on a session that ends when its leader freezes."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Generator
from types import FrameType
from typing import NamedTuple

import psycopg
from plumbing.database import connect, connection_string
from psycopg import Connection
from psycopg.rows import DictRow, TupleRow, dict_row

SECONDS_BETWEEN_TRIES = 0.5
STATEMENT_MS = 30_000
SECONDS_TO_END = 6.0

Session = Connection[DictRow]


class Lead(NamedTuple):
    """What there is one leader of: the number of its lock, and the process that it is for."""

    lock: int
    process: str


PUBLISHER = Lead(7249112016, "pathway publisher")
SCHEDULER = Lead(7249112017, "pathway scheduler")
AUDITOR = Lead(7249112081, "pathway auditor")
OTHER_YEARS = 7249112018
"""The number of the lock of whoever lets a demo's years pass: time is told of by it alone then."""


@contextlib.contextmanager
def leading(
    database_url: str,
    lease_seconds: float,
    ended: Callable[[], bool],
    lead: Lead = PUBLISHER,
) -> Generator[Session | None]:
    """Wait until this process leads, and lead for the length of the block; None once `ended`.

    The session holds the lead: who asks nothing of it for `lease_seconds` has lost both. A leader
    that must be alone does all its work with the database over it, so that whatever succeeds was done
    by the leader.
    Raises psycopg.OperationalError, here and in the block, once the session is gone.
    """
    conninfo = connection_string(database_url, lead.process)
    with Session.connect(conninfo, autocommit=True, row_factory=dict_row) as session:
        session.execute(
            """
            select set_config('idle_session_timeout', %s, false),
                   set_config('statement_timeout', %s, false)
            """,
            (str(int(lease_seconds * 1000)), str(STATEMENT_MS)),
        )
        while not ended():
            row = session.execute(
                "select pg_try_advisory_lock(%s) as ours", (lead.lock,)
            ).fetchone()
            if row and row["ours"]:
                yield session
                return
            # Not a blocking lock: that would hold a snapshot open, and not hear us being stopped.
            time.sleep(SECONDS_BETWEEN_TRIES)
        yield None


def stay(session: Session) -> None:
    """Go on leading for a whole lease from here: for between steps that ask the database nothing.

    Raises psycopg.OperationalError once the session, and the lead with it, is gone.
    """
    session.execute("select")


def ends_when_told(ended: threading.Event) -> None:
    """Set `ended` on SIGTERM and Ctrl-C; a process that hangs some seconds after that ends all the same.

    For processes of which nothing is lost then: what they did not do yet, the next leader does.
    """

    def end(_signal: int, _frame: FrameType | None) -> None:
        ended.set()
        last = threading.Timer(SECONDS_TO_END, os._exit, [0])
        last.daemon = True
        last.start()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)


class Hint:
    """Wakes at the first commit of facts: a hint, because notifications may be lost."""

    def __init__(self, database_url: str, name: str = "pathway publisher hint") -> None:
        self._url = database_url
        self._name = name
        self._listening: Connection[TupleRow] | None = None

    def wait(self, seconds: float) -> None:
        """Return at a commit of facts, or after that many seconds.

        At once when it began to listen, or no longer hears: facts may have come unheard.
        """
        if self._listening is not None:
            self._hear(self._listening, seconds)
        elif not self._listen():
            time.sleep(seconds)

    def _listen(self) -> bool:
        try:
            self._listening = connect(self._url, self._name, autocommit=True)
            self._listening.execute("listen pathway_events")
        except psycopg.Error:
            self.close()
            return False
        return True

    def _hear(self, listening: Connection[TupleRow], seconds: float) -> None:
        try:
            for _ in listening.notifies(timeout=seconds, stop_after=1):
                return
        except psycopg.Error:
            self.close()

    def close(self) -> None:
        """Give the connection back."""
        if self._listening is not None:
            with contextlib.suppress(psycopg.Error):
                self._listening.close()
            self._listening = None
