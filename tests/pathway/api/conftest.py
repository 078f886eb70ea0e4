"""The API on a real store, for callers with real tokens."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from embedded.issuer import DemoIssuer
from fastapi import FastAPI
from joserfc.jwk import KeySet
from pathway.answering import Answers, Pool
from pathway.api import create_app
from pathway.application import Pathways
from pathway.identity import Vault
from pathway.store import Store
from plumbing.database import open_pool
from plumbing.ids import new_id

from tests.conftest import TemporaryDatabase
from tests.pathway.api.client import Caller, tokens_of
from tests.pathway.given import MASTER, SetClock
from tests.plumbing.served import a_key

SCHEMAS = "http://127.0.0.1:8401/schemas"


@pytest.fixture(scope="session")
def issuer() -> DemoIssuer:
    return DemoIssuer("https://issuer.example", KeySet([a_key()]))


@pytest.fixture
def pool(pathway_url: str) -> Iterator[Pool]:
    with open_pool(pathway_url, "tests", timeout=5) as pool:
        yield pool


@pytest.fixture
def app(pathways: Pathways, pool: Pool, issuer: DemoIssuer, clock: SetClock) -> FastAPI:
    answers = Answers(pool, pathways.vault.keyed_hash, clock)
    return create_app(pathways, answers, tokens_of(issuer), SCHEMAS)


@pytest.fixture
def counsellor(app: FastAPI, issuer: DemoIssuer) -> Caller:
    return Caller(app, issuer)


@pytest.fixture(scope="module")
def lasting(
    temporary_database: TemporaryDatabase, pathway_template: str, issuer: DemoIssuer
) -> Iterator[Caller]:
    """A counsellor on a store that the tests of a module share, in October 2015; enrol `anybody()`."""
    clock = SetClock(datetime(2015, 10, 1, 9, 0, tzinfo=UTC))
    with temporary_database(pathway_template) as url, open_pool(url, "tests") as pool:
        store = Store(url, clock=clock)
        vault = Vault(store, MASTER, new_id=new_id)
        answers = Answers(pool, vault.keyed_hash, clock)
        app = create_app(Pathways(store, vault), answers, tokens_of(issuer), SCHEMAS)
        yield Caller(app, issuer)
        store.close()
