"""The publisher on a full log, beside a bare loop of kafka-python with the same messages and guarantee."""

import json
import pickle
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from itertools import count

import psycopg
from embedded import process

from tests.benchmarks.history import Log, Window, history
from tests.benchmarks.measuring import Figure, Measured, Say, Sizes, figures, in_turns
from tests.benchmarks.place import ROOT, Place, Running, System

NAME = "publisher"
SECONDS = 300
PUBLISHER = "pathway publisher"


def measure(place: Place, sizes: Sizes, say: Say) -> list[Figure]:
    """Facts a second, in windows as large as when it is behind, and one by one."""
    log = history(place, sizes, say)
    system = place.system()
    found: list[Figure] = []
    for size, facts in ((sizes.window, log.facts), (1, min(log.facts, sizes.facts_one_by_one))):
        windows = list(log.windows) if size > 1 else log.by_window(size, facts)
        rounds = _Rounds(place, system, log, windows, size)
        words = f"windows of {size:,}" if size > 1 else "one by one"
        sides = in_turns(sizes.rounds, rounds.ours, rounds.bare, partial(_say, say, words))
        found += figures(NAME, [("rate", f"{facts:,} facts, {words}", "facts/s")], sides)
    return found


def _say(say: Say, words: str, told: str) -> None:
    say(f"{words}: {told}")


_numbers = count(1)


class _Rounds:
    """Rounds with the same windows, each on topics that are new and empty."""

    def __init__(
        self, place: Place, system: System, log: Log, windows: Sequence[Window], size: int
    ) -> None:
        self._place, self._system, self._url = place, system, log.url
        self._windows, self._size = windows, size
        self._facts = sum(len(window.events) for window in windows)

    def ours(self, _number: int) -> Measured:
        events, state = self._new_topics()
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute("delete from pathway.publisher_status")
            [[last]] = connection.execute(
                "select max(position) from (select notification_id as position"
                " from pathway.pathway_events order by 1 limit %s) as first",
                (self._facts,),
            ).fetchall()
        settings = {
            "PATHWAY_DATABASE_URL": self._url,
            "EVENTS_TOPIC": events,
            "STATE_TOPIC": state,
            "PUBLISHER_WINDOW": str(self._size),
        }
        with self._system.started(PUBLISHER, **settings) as running:
            return {"rate": self._facts / _seconds(running, last)}

    def bare(self, _number: int) -> Measured:
        file = self._system.folder / "windows"
        bootstrap = self._place.kafka.bootstrap_servers
        file.write_bytes(pickle.dumps((bootstrap, self._new_topics(), self._windows)))
        words = [sys.executable, "-m", "tests.benchmarks.bare_publisher", str(file)]
        said = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, timeout=SECONDS)
        return {"rate": self._facts / float(said.stdout)}

    def _new_topics(self) -> tuple[str, str]:
        number = next(_numbers)
        return self._place.new_topics(f"bench-events-{number}", f"bench-state-{number}")


def _seconds(running: Running, last: int) -> float:
    """From the moment that the publisher goes on to the one that it confirms position `last`."""

    def confirmed() -> datetime | None:
        if running.child.poll() is not None:
            raise process.did_not_come_up(PUBLISHER, running.log)
        return _logged(running, "published", last)

    began = _logged(running, "going-on", 0)
    if began is None or not process.eventually(lambda: confirmed() is not None, within=SECONDS):
        raise process.did_not_come_up(PUBLISHER, running.log)
    return ((confirmed() or began) - began).total_seconds()


def _logged(running: Running, event: str, position: int) -> datetime | None:
    """When it first logged that event with that position or a later one."""
    for line in running.log.read_text().splitlines():
        if f'"{event}"' in line and line.endswith("}"):
            told = json.loads(line)
            if told["event"] == event and told["position"] >= position:
                return datetime.fromisoformat(told["timestamp"])
    return None
