"""A run: each fault as often as was asked, under load, and what the judge says of it."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from random import Random
from statistics import median
from typing import Any

from rich.table import Table

from tests.faults.faults import Fault
from tests.faults.judge import Acknowledged, Verdict
from tests.faults.load import Load
from tests.faults.stand import Stand

SECONDS_TO_CATCH_UP = 240.0
SECONDS_TO_PAUSE = 0.3
SECONDS_TO_AUDIT = 1800.0
GOAL_SECONDS = 15.0
SOME = 4
"""Of EACH, a part is enough for what takes long: one in so many, and once at least."""


@dataclass
class Line:
    """What one fault came to."""

    fault: str
    times: int = 0
    seconds: list[float] = field(default_factory=list[float])
    """How long each recovery took."""
    verdict: Verdict = field(default_factory=lambda: Verdict(0))
    troubles: list[str] = field(default_factory=list[str])
    """What could not be done or did not recover."""
    ended: list[str] = field(default_factory=list[str])
    """Who ended by itself meanwhile and had to be started again, as a supervisor does."""

    @property
    def well(self) -> bool:
        return not self.verdict.wrong and not self.troubles

    def cells(self) -> list[str]:
        verdict = self.verdict
        counts = verdict.lost, verdict.doubled, verdict.out_of_order, verdict.other_answers
        slowest = (
            [f"{median(self.seconds):.1f}", f"{max(self.seconds):.1f}"]
            if self.seconds
            else ["-", "-"]
        )
        return [
            self.fault,
            str(self.times),
            f"{verdict.acknowledged:,}",
            *(str(len(one)) for one in counts),
            *slowest,
            "" if self.well else "see below",
        ]

    def as_json(self) -> dict[str, Any]:
        return {"fault": self.fault, **asdict(self), "well": self.well}


HEADINGS = (
    "fault",
    "times",
    "acknowledged",
    "lost",
    "doubled",
    "out of order",
    "other answers",
    "s to recover",
    "s at most",
    "",
)


def times(fault: Fault, kills: int, each: int) -> int:
    """How often this fault comes in a run."""
    of_each: Mapping[str, int] = {
        "EACH": each,
        "KILLS": kills,
        "SOME": -(-each // SOME),
        "ONCE": min(each, 1),
    }
    return of_each[fault.often]


def endured(
    stand: Stand, fault: Fault, often: int, chance: Random, struck: Callable[[], None]
) -> Line:
    """This fault so many times while clients go on, each time until all is well; then the judgement.

    `struck` is called after each.
    """
    line = Line(fault.name)
    load: Load | None = None
    stand.ended = line.ended
    try:
        with stand.loaded() as load:
            for _ in range(often):
                time.sleep(chance.uniform(0, SECONDS_TO_PAUSE))
                line.seconds.append(fault.strike(stand, chance))
                line.times += 1
                struck()
        stand.stack.wait_until_caught_up(SECONDS_TO_CATCH_UP)
    except Exception as wrong:
        line.troubles.append(f"{type(wrong).__name__}: {wrong}")
        stand.mend()
    if load is not None:
        line.troubles += load.failed
        stand.acknowledged += load.acknowledged
        _judge(stand, line, load.acknowledged)
    return line


def _judge(stand: Stand, line: Line, acknowledged: Sequence[Acknowledged]) -> None:
    try:
        line.verdict = stand.judged(acknowledged)
    except Exception as wrong:
        line.troubles.append(f"not judged, {type(wrong).__name__}: {wrong}")


def judged_at_last(stand: Stand) -> Line:
    """Everything that was acknowledged in the whole run, once more; and our own audits beside it."""
    line = Line("all of it, at the end")
    _judge(stand, line, stand.acknowledged)
    status, said = stand.stack.make_audit(SECONDS_TO_AUDIT)
    if status != 0:
        line.troubles.append(f"`make audit` finds differences:\n{said}")
    return line


def table(lines: Sequence[Line]) -> Table:
    """A row for each fault."""
    made = Table(box=None, padding=(0, 1))
    for place, heading in enumerate(HEADINGS):
        made.add_column(heading, justify="left" if place in (0, len(HEADINGS) - 1) else "right")
    for line in lines:
        made.add_row(*line.cells())
    return made
