"""The command `python -m tests.benchmarks`: measures, shows a table, and writes docs/benchmarks.md."""

import json
import os
import signal
import sys
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from tests.benchmarks import (
    appending,
    document,
    folding,
    growing,
    lag,
    machine,
    over_http,
    paging,
    projecting,
    publishing,
    rebuilding,
    recording,
    searching,
    starting,
)
from tests.benchmarks.measuring import FULL, QUICK, Figure
from tests.benchmarks.place import servers

BENCHMARKS = {
    module.NAME: module.measure
    for module in (
        appending,
        recording,
        growing,
        folding,
        over_http,
        searching,
        publishing,
        projecting,
        rebuilding,
        paging,
        lag,
        starting,
    )
}
Name = StrEnum("Name", {name: name for name in BENCHMARKS})


def main(
    names: Annotated[
        list[Name] | None, typer.Argument(help="What to measure; without it, everything.")
    ] = None,
    *,
    quick: Annotated[
        bool, typer.Option(help="A moment of each: shows that it runs, and measures nothing.")
    ] = False,
    write: Annotated[bool, typer.Option(help="Put the figures into docs/benchmarks.md.")] = False,
    to_json: Annotated[
        Path | None, typer.Option("--json", help="Put every round into this file as well.")
    ] = None,
) -> None:
    """Measure what we made beside bare baselines, on a real PostgreSQL and a real Kafka.

    Example: `python -m tests.benchmarks append --quick`
    """
    say = Console(stderr=True, highlight=False)
    if write and (quick or names):
        say.print("--write needs a whole run: leave out the names and --quick.", style="red")
        raise typer.Exit(2)
    # A run that is ended still stops its servers and removes their data.
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(1))
    before = os.getloadavg()
    with _progress(say) as progress, servers() as place:
        facts = machine.facts(place)
        task = progress.add_task("", total=len(names or BENCHMARKS))
        figures: list[Figure] = []
        for name in names or BENCHMARKS:
            told = partial(_tell, progress, task, name)
            figures += BENCHMARKS[name](place, QUICK if quick else FULL, told)
            progress.advance(task)
            after = os.getloadavg()[0]
            facts["load average"] = f"{before[0]:.1f} before (others' work), {after:.1f} after"
            if to_json:  # After each, so that a run that is ended has told what it had.
                _keep(to_json, facts, figures)
    Console().print(document.table(figures))
    if write:
        document.write(figures, facts)
        say.print(f"Written: {document.FILE.name}")


def _keep(file: Path, facts: dict[str, str], figures: list[Figure]) -> None:
    told = {"machine": facts, "figures": [figure.as_json() for figure in figures]}
    file.write_text(json.dumps(told, indent=2) + "\n")


def _tell(progress: Progress, task: TaskID, name: str, words: str) -> None:
    progress.update(task, description=f"{name}: {words}")
    if not progress.console.is_terminal:
        progress.console.print(f"{name}: {words}")


def _progress(say: Console) -> Progress:
    return Progress(
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
        console=say,
        transient=True,
    )


if __name__ == "__main__":
    typer.run(main)
