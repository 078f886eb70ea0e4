"""The same lives through the REST API, with real tokens of the demo's issuer."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from itertools import islice

import httpx2
import pytest
from embedded import issuer as demo_issuer
from embedded.issuer import DemoIssuer
from fastapi.testclient import TestClient
from joserfc.jwk import KeySet
from pathway.answering import Answers
from pathway.api import create_app
from pathway.application import Pathways
from pathway.identity import Vault
from pathway.recorded import Recorded
from pathway.simulation.arrivals import Plan
from pathway.simulation.population import Population
from pathway.simulation.run import NotHere, simulate
from pathway.simulation.via_http import NOT_SEEN_ANY_MORE, HttpRun
from pathway.store import Store
from plumbing.clock import utc_now
from plumbing.database import open_pool
from plumbing.ids import new_id

from schemas.codes import ActorKind
from tests.pathway.api.client import tokens_of
from tests.pathway.given import MASTER
from tests.pathway.simulation.conftest import SMALL, marked_as_demo, whole_log
from tests.plumbing.served import a_key

PLAN = Plan(pathways=15, seed=5, first=SMALL.first, until=SMALL.until)
HERE = ("127.0.0.1", 50000)

Connect = Callable[[], HttpRun]


@pytest.fixture
def connect(pathway_url: str) -> Iterator[Connect]:
    """`connect()` makes a run against an API and an issuer that serve this test's store."""
    issuer = DemoIssuer("http://127.0.0.1:8402", KeySet([a_key()]))
    store = Store(pathway_url)
    with open_pool(pathway_url, "tests") as pool:
        vault = Vault(store, MASTER, new_id=new_id)
        answers = Answers(pool, vault.keyed_hash, utc_now)
        app = create_app(Pathways(store, vault), answers, tokens_of(issuer), "http://x.example")
        yield lambda: HttpRun(
            PLAN,
            TestClient(app),
            TestClient(demo_issuer.create_app(issuer), base_url=issuer.url, client=HERE),
        )
    store.close()


def carried_out(run: HttpRun) -> HttpRun:
    with closing(run):
        for _ in run.acts():
            pass
    return run


def lives(log: list[Recorded]) -> Counter[tuple[object, ...]]:
    """What each pathway's facts say, without ids, clocks and who typed them: what those tell who guide."""
    others = (ActorKind.SYSTEEM, ActorKind.MEDEWERKER)
    pathways: dict[object, list[object]] = {}
    for f in (f for f in log if f.actor.kind not in others):
        pathways.setdefault(f.pathway_id, []).append((f.fact.kind, f.fact.occurred_on))
    return Counter(tuple(facts) for facts in pathways.values())


def test_the_same_lives_are_led_as_in_a_run_into_the_store(
    connect: Connect, pathway_url: str, temporary_database, pathway_template: str
) -> None:
    run = carried_out(connect())

    with temporary_database(pathway_template) as other:
        simulate(PLAN, marked_as_demo(other), MASTER)
        assert lives(whole_log(pathway_url)) == lives(whole_log(other))
    assert run.summary.pathways == PLAN.pathways
    assert not run.summary.cut_short
    today = utc_now().date()
    assert {f.recorded_at.date() for f in whole_log(pathway_url)} <= {today}


def test_what_follows_on_a_pathway_that_who_guided_sees_no_more_stays_untold(
    connect: Connect,
) -> None:
    run = connect()
    run.plan = Plan(pathways=20, seed=7, first=date(2014, 1, 1), until=date(2026, 11, 26))
    run._population = Population(run.plan)

    carried_out(run)

    assert run.summary.refused[NOT_SEEN_ANY_MORE] > 0
    assert run.summary.pathways == 20
    assert not run.summary.cut_short


def test_a_run_that_was_ended_goes_on_where_it_was_and_adds_nothing_twice(
    connect: Connect, pathway_url: str
) -> None:
    with closing(connect()) as ended:
        for _ in islice(ended.acts(), 25):
            pass
    half = whole_log(pathway_url)

    carried_out(connect())
    whole = whole_log(pathway_url)
    carried_out(connect())

    assert whole[: len(half)] == half
    assert len(half) < len(whole) == len(whole_log(pathway_url))


def test_without_the_demos_sign_in_nobody_is_simulated(connect: Connect, pathway_url: str) -> None:
    run = connect()
    run._issuer = httpx2.Client(base_url="http://127.0.0.1:1")

    with pytest.raises(NotHere, match="only a demo can be simulated"):
        carried_out(run)

    assert whole_log(pathway_url) == []
