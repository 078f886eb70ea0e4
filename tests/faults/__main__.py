"""`make faults`: each fault of the list against real processes, three brokers, PostgreSQL with a standby."""

import json
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from typing import Annotated

import typer
from embedded.process import CannotStart
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from tests.faults.faults import Fault, faults
from tests.faults.run import GOAL_SECONDS, Line, endured, judged_at_last, table, times
from tests.faults.stand import stand_on

EACH_OF_A_LONG_RUN = 20
SHORT_AWAY, LONG_AWAY = 5.0, 120.0
WIDTH_OF_A_FILE = 160

say = Console(stderr=True, highlight=False)


def main(
    kills: Annotated[int, typer.Option(min=0, help="Kills of anybody at any moment.")] = 1000,
    each: Annotated[int, typer.Option(min=0, help="How often each named fault comes.")] = 20,
    seed: Annotated[int, typer.Option(help="The same chance again.")] = 1,
    only: Annotated[str, typer.Option(help="Only faults whose name has this in it.")] = "",
    report: Annotated[Path, typer.Option(help="Where the report goes, as JSON.")] = Path(
        ".build/faults.json"
    ),
    *,
    keep: Annotated[bool, typer.Option(help="Leave logs and data where they are.")] = False,
) -> None:
    """Do each fault while clients send commands; exit 1 on anything lost, doubled, out of order or stuck.

    Example: `make faults KILLS=5 EACH=1`
    """
    # A run that is ended still stops its servers.
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(1))
    away = LONG_AWAY if each >= EACH_OF_A_LONG_RUN else SHORT_AWAY
    chosen = [
        (fault, often)
        for fault in faults(away)
        if only in fault.name and (often := times(fault, kills, each))
    ]
    folder = Path(tempfile.mkdtemp(prefix="pathway-faults-"))
    try:
        lines = _endured(folder, chosen, seed, report)
    except CannotStart as cannot:
        say.print(str(cannot), style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from None
    finally:
        if keep:
            say.print(f"Logs and data: {folder}", markup=False)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    _tell(lines, report)
    if not all(line.well for line in lines):
        raise typer.Exit(1)


def _endured(folder: Path, chosen: list[tuple[Fault, int]], seed: int, report: Path) -> list[Line]:
    chance, lines = Random(seed), list[Line]()
    with _progress() as progress:
        task = progress.add_task("starting", total=sum(often for _, often in chosen))
        with stand_on(folder, chance) as stand:
            for fault, often in chosen:
                progress.update(task, description=fault.name)
                began = time.monotonic()
                lines.append(endured(stand, fault, often, chance, lambda: progress.advance(task)))
                _say(progress, lines[-1], time.monotonic() - began)
                _keep(report, lines, seed)
            progress.update(task, description="all of it")
            lines.append(judged_at_last(stand))
            _keep(report, lines, seed)
    return lines


def _say(progress: Progress, line: Line, took: float) -> None:
    """One line for each fault, as soon as it is judged."""
    name, often, acknowledged, *counts, middle, most, _ = line.cells()
    lost, doubled, out_of_order, other = counts
    progress.console.print(
        f"{name}: {often} times, {acknowledged} acknowledged, lost {lost}, doubled {doubled}, out of "
        f"order {out_of_order}, other answers {other}, recovered in {middle} s, at most {most} s"
        f"{'' if line.well else ' - NOT WELL'} ({took:.0f} s)",
        markup=False,
        soft_wrap=True,
    )


def _tell(lines: list[Line], report: Path) -> None:
    # In a file nothing is cut off or folded.
    Console(width=None if sys.stdout.isatty() else WIDTH_OF_A_FILE).print(table(lines))
    for line in lines:
        for wrong in [*line.troubles, *line.verdict.wrong]:
            say.print(f"{line.fault}: {wrong}", style="red", markup=False, soft_wrap=True)
    slow = [line.fault for line in lines if max(line.seconds, default=0) > GOAL_SECONDS]
    if slow:
        say.print(
            f"Longer than the {GOAL_SECONDS:.0f} s that are the goal: {', '.join(slow)}.",
            markup=False,
        )
    say.print(f"The report: {report}", markup=False)


def _keep(report: Path, lines: list[Line], seed: int) -> None:
    # After each fault, so that a run that is ended has told what it had.
    report.parent.mkdir(parents=True, exist_ok=True)
    told = {"seed": seed, "faults": [line.as_json() for line in lines]}
    report.write_text(json.dumps(told, indent=2) + "\n")


def _progress() -> Progress:
    return Progress(
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}", markup=False),
        console=say,
        transient=True,
    )


if __name__ == "__main__":
    typer.run(main)
