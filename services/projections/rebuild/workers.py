"""Worker processes, each handed a task at a time, and none before the brake lets go."""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from multiprocessing.connection import wait as wait_for
from typing import TypeVar

from projections.rebuild.brake import Brake

Task = TypeVar("Task")
Result = TypeVar("Result")


class Workers:
    """A pool of `count` processes."""

    def __init__(self, pool: ProcessPoolExecutor, count: int, brake: Brake) -> None:
        self._pool, self._count, self._brake = pool, count, brake

    def each(
        self,
        work: Callable[[Task], Result],
        tasks: Iterable[Task],
        done: Callable[[Task, Result], None],
    ) -> None:
        """Have `work` done for each task; `done` hears of it in this process. Raises what `work` raises.

        `work` is a function of a module, or a partial of one, that processes can be told.
        """
        coming = deque(tasks)
        running: dict[Future[Result], Task] = {}
        while coming or running:
            while coming and len(running) < self._count:
                self._brake.hold()
                task = coming.popleft()
                running[self._pool.submit(work, task)] = task
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                done(running.pop(future), future.result())


@contextmanager
def workers(count: int, brake: Brake) -> Generator[Workers]:
    """Processes that begin anew, so that no connection or thread of this one is in them."""
    begin_anew = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(count, mp_context=begin_anew, initializer=_begin)
    try:
        yield Workers(pool, count, brake)
    finally:
        pool.shutdown(cancel_futures=True)


def _begin() -> None:
    """Ctrl-C is for the process that hands out; a worker ends when that one is gone, however it went."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if parent := multiprocessing.parent_process():
        wait_for([parent.sentinel])
        os._exit(1)
