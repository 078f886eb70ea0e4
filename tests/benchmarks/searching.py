"""A search by name among many people, beside one row by its key and an endpoint with the same answer."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import cycle, islice
from typing import TypeVar

import psycopg
from pathway.identity import Vault, read_master_key
from pathway.name_search import search
from pathway.store import Store
from plumbing import row_rights
from plumbing.callers import Caller, CallerKind, Role
from plumbing.clock import brussels_today, utc_now
from plumbing.ids import new_id
from plumbing.row_rights import Standing

from tests.benchmarks import names
from tests.benchmarks.client import Client, post, token
from tests.benchmarks.measuring import (
    Figure,
    Measured,
    Say,
    Sizes,
    figures,
    in_turns,
    percentile,
)
from tests.benchmarks.over_http import empty_service
from tests.benchmarks.place import Place, System

NAME = "search"
Asked = TypeVar("Asked")
ASKED = {
    "one frequent word": ("jan", "pee", "van"),
    "two words": ("jan pee", "van marie", "peeters fatima", "pieter marie", "jan van"),
    "a rare word": ("zwakelgat", "schou", "houtem", "vandenberghe lotte"),
}
"""Of the two words some go together often, some seldom and some never."""
ADDRESS = "/v1/persons/search"
BARE = "select sealed from vault.person where person_ref = %s"
BEA = Caller(
    "bemiddelaar-01",
    CallerKind.BEMIDDELAAR,
    "OVO000083",
    frozenset({Role.COUNSELLOR}),
    unit=names.UNITS[0],
)


def measure(place: Place, sizes: Sizes, say: Say) -> list[Figure]:
    """Milliseconds of a search by a counsellor, within the API's process and over HTTP."""
    system = place.system()
    say(f"putting {sizes.people} people into a vault")
    store = Store(system.environment["PATHWAY_DATABASE_URL"])
    try:
        vault = Vault(store, read_master_key(system.keys / "master.key"), new_id=new_id)
        names.enter(store.database_url, vault, sizes.people)
        found = _in_process(store, vault, sizes, say)
    finally:
        store.close()
    return found + _over_http(system, sizes, say)


def _in_process(store: Store, vault: Vault, sizes: Sizes, say: Say) -> list[Figure]:
    sees = row_rights.values(BEA, BEA.roles, Standing(), brussels_today(utc_now()))
    with psycopg.connect(store.database_url, autocommit=True) as session:
        rows = session.execute("select person_ref from vault.person limit 50").fetchall()
        found: list[Figure] = []
        for kind, asked in ASKED.items():
            sides = in_turns(
                sizes.rounds,
                _round(lambda words: search(store, vault, words, sees), asked, sizes),
                _round(lambda row: session.execute(BARE, row).fetchone(), rows, sizes),
                partial(_say, say, kind),
            )
            found += figures(NAME, _figures(kind, sizes.people), sides)
    return found


def _over_http(system: System, sizes: Sizes, say: Say) -> list[Figure]:
    asked = [words for kind in ASKED.values() for words in kind]
    what = "all over HTTP"

    def over(port: int, number: int) -> Measured:
        # A connection of its own, because one that waits for the other side's round is closed.
        with Client(port) as client:
            return _round(client.ask, requests, sizes)(number)

    with system.running("sign-in issuer", "pathway api"), empty_service(system) as empty:
        signed_in = token(system)
        requests = [post(ADDRESS, {"name": words}, signed_in) for words in asked]
        sides = in_turns(
            sizes.rounds,
            partial(over, system.settings.api_port),
            partial(over, empty),
            partial(_say, say, what),
        )
    return figures(NAME, _figures(what, sizes.people), sides)


def _figures(what: str, people: int) -> list[tuple[str, str, str]]:
    return [(key, f"{what}, {people:,} people, {key}", "ms") for key in ("p50", "p95")]


def _say(say: Say, what: str, words: str) -> None:
    say(f"{what}: {words}")


def _round(
    ask: Callable[[Asked], object], asked: Sequence[Asked], sizes: Sizes
) -> Callable[[int], Measured]:
    """A round of so many questions, each in turn."""

    def measured(_number: int) -> Measured:
        times: list[float] = []
        for one in islice(cycle(asked), sizes.searches):
            began = time.perf_counter()
            ask(one)
            times.append((time.perf_counter() - began) * 1000)
        return {"p50": percentile(times, 50), "p95": percentile(times, 95)}

    return measured
