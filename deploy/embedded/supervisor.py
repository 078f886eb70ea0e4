"""Keeps a list of processes running: starts them, starts those that die again, stops them all."""

import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx2

from embedded import process
from embedded.process import CannotStart

# What sysexits.h calls EX_CONFIG: a wrong setting, which another start would meet again.
MISCONFIGURED = 78
LONGEST_WAIT = 30.0
# One that has no address to ask is taken to be up when it has lived this long.
SECONDS_TO_SETTLE = 2.0
SECONDS_TO_STOP = 8.0
# A process that ran this long had a good start; what ended it is news.
SECONDS_OF_A_GOOD_START = 30.0
FAILED_STARTS_AT_MOST = 3
BYTES_PER_LOG = 20_000_000


@dataclass(frozen=True)
class Program:
    """One line of the table: its name, how it is run, where it answers once it is up, what to show."""

    name: str
    command: Sequence[str | Path]
    answers_at: str | None = None
    address: str = ""


@dataclass
class Running:
    """A program of the table as it is now."""

    program: Program
    log: Path
    child: process.Child | None = None
    started_at: float = 0.0
    start_again_at: float = 0.0
    deaths_in_a_row: int = 0
    up: bool = False
    for_good: bool = False
    """Whether it ended in a way that starting again cannot mend."""

    @property
    def state(self) -> str:
        """One word for the status table."""
        if self.child is None:
            return "down"
        return "up" if self.up else "starting"


class Supervisor:
    """Call `start`, then `watch` about twice a second, then `stop`, all from one thread."""

    def __init__(
        self,
        processes: Sequence[Program],
        environment: Mapping[str, str],
        logs: Path,
        *,
        say: Callable[[str], None] = print,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.running = [
            Running(one, logs / f"{one.name.replace(' ', '-')}.log") for one in processes
        ]
        self._environment = environment
        self._logs = logs
        self._say = say
        self._now = now

    def start(self, within: float = 60) -> None:
        """Start all, and return once all are up.

        Raises CannotStart, with everything stopped again, when one keeps ending or is not up in so
        many seconds.
        """
        try:
            self._logs.mkdir(parents=True, exist_ok=True)
            for one in self.running:
                self._begin(one)
            self._wait_until_all_are_up(within)
        except OSError as error:
            self.stop()
            raise CannotStart(f"{self._logs} cannot be used: {process.told(error)}") from error
        except BaseException:
            self.stop()
            raise

    def _wait_until_all_are_up(self, within: float) -> None:
        if not process.eventually(self._all_up, within=within, every=0.1):
            late = next(one for one in self.running if not one.up)
            raise process.did_not_come_up(late.program.name, late.log)

    def _all_up(self) -> bool:
        self.watch()
        for one in self.running:
            if one.for_good or one.deaths_in_a_row >= FAILED_STARTS_AT_MOST:
                raise process.did_not_come_up(one.program.name, one.log)
        return all(one.up for one in self.running)

    def watch(self) -> None:
        """Look at each once: notice who came up and who died, start again whose wait is over."""
        for one in self.running:
            if one.child is not None and one.child.poll() is not None:
                self._bury(one, one.child.returncode)
            elif one.child is not None:
                self._look(one)
            elif not one.for_good and self._now() >= one.start_again_at:
                self._begin(one)

    def kill(self, name: str) -> bool:
        """Kill a program of the table, as a crash would; `watch` starts it again. False: no such one runs."""
        for one in self.running:
            if one.program.name == name and one.child is not None:
                one.child.kill()
                self._say(f"{name}: killed, as the page of operations asked.")
                return True
        return False

    def _begin(self, one: Running) -> None:
        if one.log.exists() and one.log.stat().st_size > BYTES_PER_LOG:
            one.log.replace(one.log.with_suffix(".log.1"))
        one.child = process.start(
            one.program.command,
            log=one.log,
            env=self._environment,
        )
        one.started_at = self._now()
        one.up = False

    def _look(self, one: Running) -> None:
        if not one.up:
            where = one.program.answers_at
            settled = self._now() - one.started_at > SECONDS_TO_SETTLE
            one.up = _answers(where) if where else settled
        if one.deaths_in_a_row and self._now() - one.started_at > SECONDS_OF_A_GOOD_START:
            one.deaths_in_a_row = 0

    def _bury(self, one: Running, status: int) -> None:
        one.child, one.up = None, False
        one.deaths_in_a_row += 1
        wait = min(2.0 ** (one.deaths_in_a_row - 1), LONGEST_WAIT)
        one.start_again_at = self._now() + wait
        one.for_good = status == MISCONFIGURED
        then = "It needs another setting" if one.for_good else f"Starting it again in {wait:.0f} s"
        self._say(
            f"{one.program.name} ended ({process.ending(status)}). {then}. Its last lines, from {one.log}:\n"
            f"{process.last_lines(one.log, 5)}"
        )

    def stop(self) -> None:
        """Ask all to end, in the reverse of the table's order, and force those that do not."""
        children = [one.child for one in reversed(self.running) if one.child is not None]
        deadline = self._now() + SECONDS_TO_STOP
        for child in children:
            child.send_signal(signal.SIGTERM)
        for child in children:
            process.stop(child, within=max(0.0, deadline - self._now()))
        for one in self.running:
            one.child, one.up = None, False


def _answers(address: str) -> bool:
    try:
        return httpx2.get(address, timeout=2).status_code < httpx2.codes.BAD_REQUEST
    except httpx2.HTTPError:
        return False
