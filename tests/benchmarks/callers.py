"""Many callers at once, as threads and as processes, timed from the first that begins to the last that ends."""

import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from typing import Any

Job = Callable[[], None]
Prepare = Callable[[str, Sequence[Any]], list[Job]]
"""From a database's URL and each caller's share to what each caller does, its connection open already.

A function of a module, because other processes are told it by name.
"""
Run = Callable[[Prepare, str, Sequence[Any]], float]
"""Has all callers do their jobs at once; the seconds that took."""
Span = tuple[float, float]


@dataclass(frozen=True)
class Callers:
    """So many processes, each with so many threads that call one after the other."""

    processes: int
    threads: int

    @property
    def all(self) -> int:
        return self.processes * self.threads

    def __str__(self) -> str:
        if self.processes > 1:
            return f"{self.all} callers in {self.processes} processes"
        return "1 caller" if self.threads == 1 else f"{self.all} callers"


@contextmanager
def running(callers: Callers) -> Iterator[Run]:
    """The callers, waiting for work, until the end of the block; one process is this one."""
    if callers.processes == 1:
        yield lambda prepare, url, shares: _seconds([_together(prepare(url, shares))])
        return
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(callers.processes)
    with ProcessPoolExecutor(
        callers.processes, mp_context=context, initializer=_meet_at, initargs=(barrier,)
    ) as pool:

        def run(prepare: Prepare, url: str, shares: Sequence[Any]) -> float:
            parts = [shares[n :: callers.processes] for n in range(callers.processes)]
            asked = [pool.submit(_in_process, prepare, url, part) for part in parts]
            return _seconds([one.result() for one in asked])

        yield run


def _seconds(spans: Sequence[Span]) -> float:
    return max(end for _, end in spans) - min(begin for begin, _ in spans)


def _together(jobs: Sequence[Job]) -> Span:
    """Do the jobs at once, each in a thread; raises the first error of any."""
    failed: list[BaseException] = []

    def careful(job: Job) -> None:
        try:
            job()
        except BaseException as error:  # Raised again below, in the caller's thread.
            failed.append(error)

    threads = [threading.Thread(target=careful, args=(job,)) for job in jobs]
    # By the clock of the whole machine, so that spans of processes can be compared.
    began = time.clock_gettime(time.CLOCK_MONOTONIC)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ended = time.clock_gettime(time.CLOCK_MONOTONIC)
    if failed:
        raise failed[0]
    return began, ended


_barrier: list[Barrier] = []


def _meet_at(barrier: Barrier) -> None:
    _barrier.append(barrier)


def _in_process(prepare: Prepare, url: str, shares: Sequence[Any]) -> Span:
    jobs = prepare(url, shares)
    # Everyone waits for everyone here, so each part is in another process.
    _barrier[0].wait(60)
    return _together(jobs)
