"""The write side for tests: a migrated database, a store with a clock of the test's own, a vault."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pathway.application import Pathways
from pathway.identity import Vault
from pathway.store import Store
from plumbing.database import connect, migrate
from plumbing.ids import new_id

from tests.pathway.given import MASTER, SetClock

MIGRATIONS = Path(__file__).parents[2] / "services/pathway/migrations"


def migrated(url: str) -> None:
    with connect(url, "tests", autocommit=True) as connection:
        connection.execute("create schema if not exists pathway")
    migrate(url, MIGRATIONS, "pathway")


@pytest.fixture(scope="session")
def pathway_template(new_database: Callable[..., str]) -> str:
    url = new_database()
    migrated(url)
    return url


@pytest.fixture
def pathway_url(temporary_database: Callable[..., object], pathway_template: str) -> Iterator[str]:
    with temporary_database(pathway_template) as url:
        yield url


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2015, 10, 1, 9, 0, tzinfo=UTC))


@pytest.fixture
def store(pathway_url: str, clock: SetClock) -> Iterator[Store]:
    store = Store(pathway_url, clock=clock)
    yield store
    store.close()


@pytest.fixture
def pathways(store: Store) -> Pathways:
    return Pathways(store, Vault(store, MASTER, new_id=new_id))
