"""`make audit-at-scale`: a large simulation while each process in turn is killed, then every proof; figures."""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embedded import process

from tests.system.proofs import assert_everything_is_there_once
from tests.system.stack import Stack, stack_of_its_own

VICTIMS = ("publisher", "scheduler", "counsellor", "api", "reporting", "web", "kafka")
SECONDS_AT_MOST = 3600.0


def main() -> int:
    """Run it; 0 when nothing was lost, doubled or different."""
    options = argparse.ArgumentParser(prog="make audit-at-scale", description=__doc__)
    options.add_argument("--pathways", type=int, default=20_000)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="pathway-at-scale-") as folder:
        began = time.monotonic()
        try:
            with stack_of_its_own(Path(folder)) as stack:
                tell(f"servers and processes are up: {time.monotonic() - began:.0f} s")
                _prove(stack, chosen.pathways, chosen.seed)
        except AssertionError as wrong:
            print(wrong, file=sys.stderr)
            return 1
    return 0


def _prove(stack: Stack, pathways: int, seed: int) -> None:
    began = time.monotonic()
    words = ("simulate", "--pathways", str(pathways), "--seed", str(seed))
    with stack.begun("pathway", *words) as simulation:
        for victim in VICTIMS:
            stack.wait_for_more_published(simulation)
            running = simulation.poll() is None
            stack.kill(victim)
            stack.start_again(victim)
            when = "during" if running else "after"
            tell(f"{victim} killed {when} the simulation, with {stack.facts():,} facts stored")
        assert simulation.wait(SECONDS_AT_MOST) == 0, process.last_lines(stack.log("commands"))
    facts, seconds = stack.facts(), time.monotonic() - began
    summary = stack.log("commands").read_text()
    for told in ("facts in", "something corrected"):
        tell(next(line for line in summary.splitlines() if told in line))
    tell(f"{pathways:,} pathways, {facts:,} facts; everybody killed once, after {seconds:.0f} s")
    stack.wait_until_caught_up(SECONDS_AT_MOST)
    tell(f"published and in both read models {time.monotonic() - began - seconds:.0f} s later")
    with timed("read by a third party's client; store, topic and rows hold each fact once"):
        assert_everything_is_there_once(stack)
    with timed("`make audit`"):
        said = stack.assert_no_difference(SECONDS_AT_MOST)
    tell(said)


def tell(what: str) -> None:
    """A line for whoever waits."""
    print(what, flush=True)


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Say how long the block took."""
    began = time.monotonic()
    yield
    tell(f"{what}: {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    raise SystemExit(main())
