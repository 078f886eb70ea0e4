"""Commands that run once and end: migrations before the processes start, the first population after."""

import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from embedded import process
from embedded.process import CannotStart


@dataclass(frozen=True)
class Step:
    """A command with what it does, in words, and the file that says it was done before, if any."""

    title: str
    command: Sequence[str | Path]
    done: Path | None = None


class Steps:
    """Takes steps one after the other, each in a process of its own."""

    def __init__(
        self,
        steps: Sequence[Step],
        environment: Mapping[str, str],
        log: Path,
        *,
        say: Callable[[str], None] = print,
    ) -> None:
        self._left = [step for step in steps if step.done is None or not step.done.exists()]
        self._environment = environment
        self._log = log
        self._say = say
        self._child: process.Child | None = None

    def take_all(self, within: float) -> None:
        """Take every step, waiting at most so many seconds for each.

        Raises CannotStart at the first that fails.
        """
        while self._left:
            step = self._begin()
            if not process.eventually(self._ended, within=within) or self._status() != 0:
                self.stop()
                raise CannotStart(
                    f"{step.title} failed. Its last lines, from {self._log}:\n"
                    f"{process.last_lines(self._log)}"
                )
            self._finish()

    def advance(self) -> None:
        """Look once: begin the next step when none runs; a failed one is told, and ends the rest."""
        if self._child is None and self._left:
            self._begin()
        elif self._child is not None and self._ended():
            if self._status() == 0:
                self._say(f"{self._finish().title}: done.")
                return
            failed = self._left[0]
            self._left.clear()
            self._child = None
            said = process.last_lines(self._log)
            self._say(f"{failed.title}: failed. Its last lines, from {self._log}:\n{said}")

    def _begin(self) -> Step:
        step = self._left[0]
        self._say(f"{step.title} ...")
        self._child = process.start(step.command, log=self._log, env=self._environment)
        return step

    def _finish(self) -> Step:
        step = self._left.pop(0)
        if step.done is not None:
            step.done.touch()
        self._child = None
        return step

    def _ended(self) -> bool:
        return self._child is not None and self._child.poll() is not None

    def _status(self) -> int | None:
        return self._child.returncode if self._child is not None else None

    def stop(self) -> None:
        """End what runs."""
        if self._child is not None:
            process.stop(self._child, signal.SIGTERM, within=5)
