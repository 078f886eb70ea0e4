"""A demo's store, and one population in it that many tests look at and none changes."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple

import pytest
from pathway.recorded import Recorded
from pathway.simulation.arrivals import Plan
from pathway.simulation.recording import Summary
from pathway.simulation.run import simulate
from pathway.store import Store

from tests.pathway.given import MASTER

TODAY = date(2026, 11, 23)
PLAN = Plan(pathways=700, seed=1, first=date(2014, 1, 1), until=TODAY)
SMALL = Plan(pathways=40, seed=7, first=date(2014, 11, 3), until=date(2016, 6, 1))


class Simulated(NamedTuple):
    """A population in its store: every fact in the order of positions."""

    url: str
    summary: Summary
    log: list[Recorded]

    def by_pathway(self) -> list[list[Recorded]]:
        pathways: dict[object, list[Recorded]] = {}
        for fact in self.log:
            pathways.setdefault(fact.pathway_id, []).append(fact)
        return list(pathways.values())


def whole_log(url: str) -> list[Recorded]:
    store = Store(url)
    try:
        return store.log(limit=1_000_000)
    finally:
        store.close()


def marked_as_demo(url: str) -> str:
    store = Store(url)
    store.mark_demo()
    store.close()
    return url


@pytest.fixture
def demo_url(pathway_url: str) -> str:
    return marked_as_demo(pathway_url)


@pytest.fixture(scope="session")
def simulated(
    temporary_database: Callable[..., object], pathway_template: str
) -> Iterator[Simulated]:
    with temporary_database(pathway_template) as url:
        summary = simulate(PLAN, marked_as_demo(url), MASTER)
        yield Simulated(url, summary, whole_log(url))
