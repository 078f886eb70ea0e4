"""Shows how far a rebuild is, how fast it goes, and how long it will take."""

import time
from collections.abc import Generator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from projections.rebuild.noting import Noting

READING, FOLDING, WAITING, FINISHING = "reading", "folding", "waiting", "finishing"
_WEIGHT = {READING: 1, FOLDING: 4}
"""What an event costs in each phase, so that the time left is of both."""

_TENTH = 10


class Bar:
    """One bar over both phases; where no terminal is, a line for each tenth of it."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress, self._task = progress, task
        self._phase, self._began = READING, time.monotonic()
        self._done = self._weighed = self._total = 0
        self._told = 0
        self._all_began = time.monotonic()
        self.noting: Noting | None = None
        """Where it is written down as well, once there is somewhere."""

    def begin(self, phase: str, events: int) -> None:
        """A phase of so many events begins; for the phase after it, as many are expected."""
        self._phase, self._began, self._done = phase, time.monotonic(), 0
        ahead = sum(_WEIGHT.values()) if phase == READING else _WEIGHT[phase]
        self._total = self._weighed + ahead * events
        self._progress.update(self._task, total=self._total, description=phase)

    def advance(self, events: int) -> None:
        """So many more are done."""
        self._done += events
        self._weighed += events * _WEIGHT[self._phase]
        self._progress.update(self._task, completed=self._weighed, description=self._described())
        tenth = _TENTH * self._weighed // max(1, self._total)
        if tenth > self._told and not self._progress.console.is_terminal:
            self._told = tenth
            self._progress.console.print(f"{tenth * _TENTH} %: {self._described()}")
        self._note(self._phase)

    def braking(self, behind: float | None) -> None:
        """The live read model is so many seconds behind, and the rebuild waits for it; None: it goes on."""
        told = (
            self._described() if behind is None else f"waits: the live one is {behind:.0f} s behind"
        )
        self._progress.update(self._task, description=told)
        self._note(self._phase if behind is None else WAITING)

    def making(self, what: str) -> None:
        """The events are done; `what` is being made."""
        self._progress.update(self._task, description=what)
        self._note(FINISHING)

    def _note(self, phase: str) -> None:
        if self.noting is None:
            return
        share = min(1.0, self._weighed / max(1, self._total))
        gone = time.monotonic() - self._all_began
        left = gone * (1 - share) / share if share else None
        self.noting.note(phase, share, self._rate(), left)

    def _described(self) -> str:
        return f"{self._phase}, {self._done:,} events at {self._rate():,.0f}/s"

    def _rate(self) -> float:
        return self._done / max(0.001, time.monotonic() - self._began)


@contextmanager
def bar(say: Console) -> Generator[Bar]:
    """A bar on the console until the end of the block."""
    with Progress(
        BarColumn(bar_width=20),
        TaskProgressColumn(),
        TextColumn("{task.description}"),
        TimeRemainingColumn(),
        console=say,
        transient=True,
    ) as progress:
        yield Bar(progress, progress.add_task(READING, total=None))
