"""From the commit of a fact to its visible row, with every process of ours at work, and their memory."""

import itertools
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
from embedded import process

from tests.benchmarks import bare_publisher
from tests.benchmarks.appending import BARE_INSERT, BARE_TABLE, STORED
from tests.benchmarks.client import Client, requests, token
from tests.benchmarks.history import Window, history
from tests.benchmarks.measuring import Figure, Measured, Say, Sizes, figures, in_turns, percentile
from tests.benchmarks.over_http import new_pathways
from tests.benchmarks.people import FACTS_BEFORE
from tests.benchmarks.place import Place, Running, System

NAME = "lag"
COMMANDS_A_SECOND = 100
CLIENTS = 8
STEPS = range(FACTS_BEFORE, FACTS_BEFORE + 4)
BARE_A_SLICE = 100
SECONDS_TO_CATCH_UP = 60

NEWEST: LiteralString = "select coalesce(max(notification_id), 0) from pathway.pathway_events"
COMMITTED: LiteralString = """
select fact_id, pg_xact_commit_timestamp(xmin) from pathway.pathway_events
where notification_id > %s
"""
# A kept event is committed together with the rows that follow from it.
VISIBLE: dict[str, LiteralString] = {
    "counsellor": """
        select event_id, pg_xact_commit_timestamp(xmin) from counsellor.pathway_event
        where position > %s
        """,
    "reporting": """
        select event_id, pg_xact_commit_timestamp(xmin) from reporting.pathway_event
        where position > %s
        """,
}
MEMORY_OF_A_BARE_PYTHON = (
    "import fastapi, psycopg, kafka, re, pathlib;"
    "print(re.search(r'VmHWM:\\s+(\\d+)', pathlib.Path('/proc/self/status').read_text())[1])"
)


def measure(place: Place, sizes: Sizes, say: Say) -> list[Figure]:
    """Lag into each read model under a steady load, and the most memory that each process held."""
    log = history(place, sizes, say)
    system = place.system()
    bare = _Bare(place, log.by_window(1, min(log.facts, BARE_A_SLICE)))
    with system.running(*system.programs) as running, bare:
        slices = _Slices(system, sizes.lag_seconds, bare)
        sides = in_turns(sizes.lag_slices, slices.ours, slices.bare, say)
        memory = _memory(running)
    names = [("rate", f"commands that came through, of {COMMANDS_A_SECOND} a second", "commands/s")]
    for model in VISIBLE:
        names += [
            (f"{model} p50", f"commit to row of {model}, p50", "ms"),
            (f"{model} p99", f"commit to row of {model}, p99", "ms"),
        ]
    return [*figures(NAME, names, sides), *memory]


class _Slices:
    """A slice of steady load and one of the bare steps, in turns; all processes stay as they are."""

    def __init__(self, system: System, seconds: float, bare: "_Bare") -> None:
        self._load, self._bare = Load(system, seconds), bare
        self._store = system.environment["PATHWAY_DATABASE_URL"]

    def ours(self, _number: int) -> Measured:
        sent = self._load.send()
        with psycopg.connect(self._store, autocommit=True) as connection:
            self._bare.rows = connection.execute(STORED, (sent.mark,)).fetchall()
        found: Measured = {"rate": sent.rate}
        for model, lags in sent.lags.items():
            found |= {f"{model} p50": percentile(lags, 50), f"{model} p99": percentile(lags, 99)}
        return found

    def bare(self, _number: int) -> Measured:
        took = [seconds * 1000 for seconds in self._bare.steps()]
        told = {"p50": percentile(took, 50), "p99": percentile(took, 99)}
        both = {f"{model} {name}": value for model in VISIBLE for name, value in told.items()}
        return {"rate": float(COMMANDS_A_SECOND), **both}


@dataclass(frozen=True)
class Sent:
    """What became of a slice of load: by read model, milliseconds from each commit to its visible row."""

    mark: int
    """The newest position before it."""
    rate: float
    lags: dict[str, list[float]]


class Load:
    """A steady load of commands, each at its moment, on a system of which every process is at work."""

    def __init__(self, system: System, seconds: float) -> None:
        self._system = system
        self._store = system.environment["PATHWAY_DATABASE_URL"]
        self._models = system.environment["PROJECTIONS_DATABASE_URL"]
        self._each = max(len(STEPS), round(COMMANDS_A_SECOND * seconds / CLIENTS))
        self._numbers = itertools.count(1)

    def send(self) -> Sent:
        """Send one slice of it, on new pathways, and wait until all of it is visible."""
        count = -(-self._each // len(STEPS)) * CLIENTS
        ids = new_pathways(self._system, self._numbers, count)
        with psycopg.connect(self._store, autocommit=True) as connection:
            [[mark]] = connection.execute(NEWEST).fetchall()
            self._wait_for(mark, 0)
            rate = self._commands(ids)
            committed = dict(connection.execute(COMMITTED, (mark,)).fetchall())
        lags = {
            model: [(visible[fact] - at).total_seconds() * 1000 for fact, at in committed.items()]
            for model, visible in self._wait_for(mark, len(committed)).items()
        }
        return Sent(mark, rate, lags)

    def _commands(self, ids: Sequence[Any]) -> float:
        """Send the commands, each when its moment comes; how many a second that made."""
        signed_in = token(self._system)
        shares = [requests(ids[n::CLIENTS], STEPS, signed_in)[: self._each] for n in range(CLIENTS)]
        begin = time.monotonic() + 0.1

        def send(number: int, client: Client) -> None:
            for turn, request in enumerate(shares[number]):
                moment = begin + (turn * CLIENTS + number) / COMMANDS_A_SECOND
                time.sleep(max(0.0, moment - time.monotonic()))
                client.ask(request)

        with ExitStack() as open_ones, ThreadPoolExecutor(CLIENTS) as threads:
            port = self._system.settings.api_port
            clients = [open_ones.enter_context(Client(port)) for _ in shares]
            list(threads.map(send, range(CLIENTS), clients))
        return len(shares) * self._each / (time.monotonic() - begin)

    def _wait_for(self, mark: int, count: int) -> dict[str, dict[Any, Any]]:
        """When each fact after `mark` became visible in each read model, once so many are; 0: all before it."""
        found: dict[str, dict[Any, Any]] = {}
        with psycopg.connect(self._models, autocommit=True) as connection:

            def there() -> bool:
                if count == 0:
                    newest = [
                        connection.execute(f"select max(position) from {model}.pathway_event")
                        for model in VISIBLE
                    ]
                    return all(one.fetchone() == (mark,) for one in newest)
                for model, words in VISIBLE.items():
                    found[model] = dict(connection.execute(words, (mark,)).fetchall())
                return all(len(rows) == count for rows in found.values())

            if not process.eventually(there, within=SECONDS_TO_CATCH_UP):
                raise RuntimeError("the read models did not catch up; is a process of ours down?")
        return found


class _Bare:
    """The steps that nobody can leave out: a row, a committed Kafka transaction, a row."""

    def __init__(self, place: Place, messages: Sequence[Window]) -> None:
        self.rows: list[tuple[Any, ...]] = []
        self._messages = messages
        self._database = place.database()
        self._topics = place.new_topics("bare-lag-events", "bare-lag-state")
        self._producer = bare_publisher.producer(place.kafka.bootstrap_servers, "bare-lag")

    def __enter__(self) -> None:
        self._connection = psycopg.connect(self._database, autocommit=True)
        self._connection.execute(BARE_TABLE)

    def __exit__(self, *_: object) -> None:
        self._connection.close()
        self._producer.close()

    def steps(self) -> list[float]:
        """The seconds that the three steps take, one after the other, many times."""
        took: list[float] = []
        for row, window in zip(self.rows, itertools.cycle(self._messages), strict=False):
            began = time.perf_counter()
            self._connection.execute(BARE_INSERT, row, prepare=True)
            bare_publisher.send(self._producer, window, self._topics)
            self._connection.execute(BARE_INSERT, row, prepare=True)
            took.append(time.perf_counter() - began)
            if len(took) == BARE_A_SLICE:
                break
        return took


def _memory(running: dict[str, Running]) -> list[Figure]:
    told = subprocess.run(
        [sys.executable, "-c", MEMORY_OF_A_BARE_PYTHON], check=True, capture_output=True
    )
    bare = int(told.stdout) / 1024
    return [
        Figure("memory", f"{name}, peak in the run of lag", "MB", (one.peak_memory(),), (bare,))
        for name, one in running.items()
    ]
