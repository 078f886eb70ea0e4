"""Those who wait for news of the log: one thread looks for all of them, and none of them holds one."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from plumbing.logs import failure, logger
from plumbing.metrics import WAITING

from pathway.feed import Heads
from pathway.leader import Hint
from pathway.store import StoreAway

MOST_WAITING = 200
"""In one process. A place costs a connection and some kilobytes."""
MOST_OF_ONE = 20
"""Places of one caller, so that nobody takes them all."""
SHORTEST_PAUSE = 0.02
LONGEST_PAUSE = 0.5

log = logger(__name__)


class TooManyWait(Exception):
    """There is no place left to wait in; the message says whose places are taken."""


@dataclass(eq=False)
class _Waiter:
    """Waits until more than `position` is published."""

    position: int
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)
    came: asyncio.Event = field(default_factory=asyncio.Event)


class News:
    """Wakes whoever waits once more of the log stands on the topics than they know.

    A commit wakes the thread by notification, and it then looks ever less often until that is
    published; without commits it looks twice a second. It listens and looks only while somebody waits.
    """

    def __init__(self, database_url: Callable[[], str], look: Callable[[], Heads]) -> None:
        self._database_url = database_url
        self._look = look
        self._lock = threading.Lock()
        self._places: Counter[str] = Counter()
        self._waiting: set[_Waiter] = set()
        self._somebody = threading.Event()
        self._watching: threading.Thread | None = None

    @contextmanager
    def place(self, who: str) -> Generator[None]:
        """A place to wait in for the length of the block. Raises TooManyWait."""
        with self._lock:
            if self._places[who] >= MOST_OF_ONE:
                raise TooManyWait(f"{MOST_OF_ONE} requests of yours wait already.")
            if self._places.total() >= MOST_WAITING:
                raise TooManyWait(f"{MOST_WAITING} readers wait here already.")
            self._places[who] += 1
        try:
            with WAITING.track_inprogress():
                yield
        finally:
            with self._lock:
                self._places[who] -= 1
                self._places += Counter()  # Forgets who has none any more.

    async def beyond(
        self, position: int, seconds: float, ends: Sequence[Coroutine[Any, Any, object]]
    ) -> bool:
        """Whether more than `position` was published within so many seconds, before any of `ends` ended."""
        waiter = _Waiter(position)
        came = asyncio.ensure_future(waiter.came.wait())
        everything = {came, *map(asyncio.ensure_future, ends)}
        with self._lock:
            self._waiting.add(waiter)
            self._watch_if_nobody_does()
        self._somebody.set()
        try:
            done, _ = await asyncio.wait(
                everything, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            with self._lock:
                self._waiting.discard(waiter)
            for one in everything:
                one.cancel()
            await asyncio.wait(everything)
        return came in done

    def _watch_if_nobody_does(self) -> None:
        if self._watching is None or not self._watching.is_alive():
            self._watching = threading.Thread(target=self._watch, name="news", daemon=True)
            self._watching.start()

    def _watch(self) -> None:
        hint = Hint(self._database_url(), "pathway api hint")
        pause = SHORTEST_PAUSE
        while True:
            self._somebody.clear()
            if not self._waiting:
                # Who listens and never reads would hold up PostgreSQL's own queue.
                hint.close()
                self._somebody.wait()
            heads = self._heads()
            self._tell(heads.published)
            if heads.stored > heads.published:
                pause = min(2 * pause, LONGEST_PAUSE)
            else:
                hint.wait(LONGEST_PAUSE)
                pause = SHORTEST_PAUSE
            # Also after a commit, which is not published at once: many commits are one look.
            time.sleep(pause)

    def _heads(self) -> Heads:
        try:
            return self._look()
        except StoreAway as away:
            log.warning("news-not-known", failure=failure(away))
            return Heads(stored=1, published=0)

    def _tell(self, published: int) -> None:
        with self._lock:
            news = [waiter for waiter in self._waiting if published > waiter.position]
        for waiter in news:
            try:
                waiter.loop.call_soon_threadsafe(waiter.came.set)
            except RuntimeError:
                continue  # Its loop is closed: nobody waits there any more.
