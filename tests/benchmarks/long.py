"""The command `make bench-long`: what only shows after long: lag that grows, memory that grows with the log."""

import multiprocessing
import re
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Annotated

import typer
from embedded import process
from rich.console import Console

from tests.benchmarks.history import Message, history
from tests.benchmarks.lag import COMMANDS_A_SECOND, Load
from tests.benchmarks.measuring import FULL, percentile
from tests.benchmarks.place import ROOT, Place, System, peaks, servers
from tests.benchmarks.rebuilding import put

MINUTES_AT_THE_ENDS = 5
SECONDS_IN_A_SLICE = 60.0
PRODUCERS = 2
EACH_MB = 250
"""What each process of ours may hold at most."""

_ID = re.compile(rb'"([0-9a-f]{4})([0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"')
_POSITION = re.compile(rb'"globalposition":"(\d+)"')

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
say = Console(stderr=True, highlight=False)


@app.command()
def lag(
    minutes: Annotated[
        int, typer.Option(min=2 * MINUTES_AT_THE_ENDS, help="How long the load goes on.")
    ] = 30,
) -> None:
    """Steady load on every process: p99 of the last minutes beside that of the first, and memory.

    Example: `python -m tests.benchmarks.long lag --minutes 30`
    """
    with servers() as place:
        system = place.system()
        with system.running(*system.programs) as running:
            load = Load(system, SECONDS_IN_A_SLICE)
            load.send()  # Thrown away: caches, plans, connections.
            slices: list[dict[str, float]] = []
            before: dict[str, float] = {}
            until = time.monotonic() + minutes * 60
            while time.monotonic() < until or len(slices) < 2 * MINUTES_AT_THE_ENDS:
                sent = load.send()
                slices.append({name: percentile(lags, 99) for name, lags in sent.lags.items()})
                told = ", ".join(f"{name} {value:.0f} ms" for name, value in slices[-1].items())
                say.print(f"minute {len(slices)}: {sent.rate:.0f} commands/s; p99 {told}")
                if len(slices) == MINUTES_AT_THE_ENDS:
                    before = {name: one.peak_memory() for name, one in running.items()}
            after = {name: one.peak_memory() for name, one in running.items()}
        print(f"{COMMANDS_A_SECOND} commands a second for {len(slices)} slices of a minute")
        for name in slices[0]:
            first, last = (
                median(one[name] for one in part)
                for part in (slices[:MINUTES_AT_THE_ENDS], slices[-MINUTES_AT_THE_ENDS:])
            )
            print(f"{name}: p99 {first:.1f} ms at first, {last:.1f} ms at last: {last / first:.2f}")
        for name, most in after.items():
            print(f"{name}: {before[name]:.0f} MB after five minutes, {most:.0f} at last")


@app.command()
def rebuild(
    events: Annotated[int, typer.Option(min=1_000, help="Events on the topic.")] = 5_000_000,
    simulated: Annotated[
        int, typer.Option(help="Pathways that are simulated; the rest are their likes.")
    ] = FULL.simulated_pathways,
) -> None:
    """Rebuild each read model from millions of events, and the most memory that each process held.

    Example: `python -m tests.benchmarks.long rebuild --events 5000000`
    """
    with servers() as place:
        system = place.system()
        put = _put(place, system, events, simulated)
        for name in ("counsellor", "reporting"):
            began = time.monotonic()
            most = _watched(system, ["projections", "rebuild", "build", name])
            took = time.monotonic() - began
            held = ", ".join(f"{mb:.0f}" for mb in most)
            print(
                f"{name}: {put:,} events in {took:.0f} s, {put / took:,.0f} events/s; MB held by "
                f"each process at most: {held} ({'within' if max(most) < EACH_MB else 'above'} {EACH_MB})"
            )
            _watched(system, ["projections", "rebuild", "drop", name, "--next"])


def _put(place: Place, system: System, events: int, simulated: int) -> int:
    """A simulated log on the topic, and as many likes of it as make up so many events."""
    sizes = replace(FULL, simulated_pathways=simulated)
    log = history(place, sizes, say.print)
    told = [message for window in log.windows for message in window.events]
    copies = range(-(-events // len(told)))
    say.print(f"putting {len(told):,} events {len(copies)} times on the topic")
    # Spawned: a forked one would share this process's connections.
    context = multiprocessing.get_context("spawn")
    brokers, topic = place.kafka.bootstrap_servers, system.environment["EVENTS_TOPIC"]
    producers = [
        context.Process(target=_produce, args=(brokers, topic, told, list(copies[n::PRODUCERS])))
        for n in range(PRODUCERS)
    ]
    for one in producers:
        one.start()
    for one in producers:
        one.join()
    assert not any(one.exitcode for one in producers), "not all could be put on the topic"
    return len(told) * len(copies)


def _produce(brokers: str, topic: str, told: Sequence[Message], copies: Sequence[int]) -> None:
    put(brokers, topic, (message for copy in copies for message in likes(told, copy)))


def likes(told: Sequence[Message], copy: int) -> Iterator[Message]:
    """The same lives once more, of other people: every id another one, positions after the others."""
    shift = copy * len(told)
    other = f"{copy:04x}".encode()

    def moved(found: re.Match[bytes]) -> bytes:
        return b'"globalposition":"%d"' % (int(found[1]) + shift)

    for key, value in told:
        yield other + key[4:], _POSITION.sub(moved, _ID.sub(rb'"' + other + rb'\2"', value))


def _watched(system: System, command: Sequence[str]) -> list[float]:
    """Run a command of ours to its end; the most that each of its processes held, in MB."""
    log = system.folder / f"{command[1]}-{command[2]}-{command[3]}.log"
    words = [str(Path(sys.executable).with_name(command[0])), *command[1:]]
    child = process.start(words, log=log, env=system.environment, cwd=ROOT)
    most: dict[int, float] = {}
    while child.poll() is None:
        most |= {pid: max(mb, most.get(pid, 0.0)) for pid, mb in peaks(child.pid).items()}
        time.sleep(0.5)
    if child.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{log.read_text()[-2000:]}")
    return sorted(most.values(), reverse=True)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(1))
    app()
