"""A command over HTTP, signed in, beside an endpoint of FastAPI that does nothing with the same body."""

import itertools
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from uuid import UUID

from embedded import process
from pathway.application import Pathways
from pathway.identity import Vault, read_master_key
from pathway.store import Store
from plumbing.ids import new_id

from tests.benchmarks.client import Client, requests, token
from tests.benchmarks.measuring import (
    Figure,
    Measured,
    Say,
    Sizes,
    figures,
    in_turns,
    percentile,
)
from tests.benchmarks.people import FACTS_BEFORE, enrolled
from tests.benchmarks.place import ROOT, Place, System, answers

NAME = "http"
STEPS = range(FACTS_BEFORE, FACTS_BEFORE + 4)


def measure(place: Place, sizes: Sizes, say: Say) -> list[Figure]:
    """Requests a second and their times, for one client and for sixteen."""
    system = place.system()
    numbers = itertools.count(1)
    found: list[Figure] = []
    with system.running("sign-in issuer", "pathway api"), empty_service(system) as empty:
        for clients, many in ((1, sizes.commands_alone), (16, sizes.commands_together)):
            pathways = max(1, many // clients // len(STEPS))
            asking = _Rounds(system, empty, clients, pathways, numbers)
            sides = in_turns(sizes.rounds, asking.ours, asking.bare, partial(_say, say, clients))
            who = "1 client" if clients == 1 else f"{clients} clients"
            names = [
                ("rate", f"command, {who}", "requests/s"),
                ("p50", f"p50, {who}", "ms"),
                ("p99", f"p99, {who}", "ms"),
            ]
            found += figures(NAME, names, sides)
    return found


def _say(say: Say, clients: int, words: str) -> None:
    say(f"{clients} clients: {words}")


class _Rounds:
    """Rounds with the same number of clients, on new pathways each time."""

    def __init__(
        self, system: System, empty: int, clients: int, pathways_each: int, numbers: Iterator[int]
    ) -> None:
        self._system, self._empty, self._clients = system, empty, clients
        self._pathways_each, self._numbers = pathways_each, numbers
        self._requests: list[list[bytes]] = []

    def ours(self, _number: int) -> Measured:
        count = self._pathways_each * self._clients
        ids = new_pathways(self._system, self._numbers, count)
        signed_in = token(self._system)
        shares = [ids[n :: self._clients] for n in range(self._clients)]
        self._requests = [requests(share, STEPS, signed_in) for share in shares]
        return self._ask(self._system.settings.api_port)

    def bare(self, _number: int) -> Measured:
        return self._ask(self._empty)

    def _ask(self, port: int) -> Measured:
        with ExitStack() as open_ones, ThreadPoolExecutor(self._clients) as threads:
            clients = [open_ones.enter_context(Client(port)) for _ in self._requests]
            began = time.perf_counter()
            took = list(threads.map(_all, clients, self._requests))
            seconds = time.perf_counter() - began
        times = [one * 1000 for share in took for one in share]
        return {
            "rate": len(times) / seconds,
            "p50": percentile(times, 50),
            "p99": percentile(times, 99),
        }


def _all(client: Client, asked: Sequence[bytes]) -> list[float]:
    return [client.ask(request) for request in asked]


def new_pathways(system: System, numbers: Iterator[int], count: int) -> list[UUID]:
    """So many pathways in the system's store, put there without going by its processes."""
    store = Store(system.environment["PATHWAY_DATABASE_URL"])
    try:
        master = read_master_key(system.keys / "master.key")
        ids = enrolled(Pathways(store, Vault(store, master, new_id=new_id)), numbers, count)
        with store.connection() as connection:
            connection.execute("analyze pathway.pathway_events")
    finally:
        store.close()
    return ids


@contextmanager
def empty_service(system: System) -> Iterator[int]:
    """The port of a real uvicorn with the empty endpoint, run as our API is."""
    port = process.free_port()
    words = ["-m", "uvicorn", "tests.benchmarks.empty_app:app", "--port", str(port)]
    words += ["--no-access-log", "--log-level", "warning", "--no-server-header"]
    log = system.folder / "empty.log"
    child = process.start([sys.executable, *words], log=log, cwd=ROOT)
    try:
        address = f"http://127.0.0.1:{port}/openapi.json"
        if not process.eventually(lambda: answers(address), within=30):
            raise process.did_not_come_up("the empty endpoint", log)
        yield port
    finally:
        process.stop(child)
