"""The read side's REST and pages on a real PostgreSQL, with rows that the real projector made."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime

import psycopg
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.plumbing.served import ServedIssuer
from tests.projections.history import History
from tests.projections.web.served_pages import (
    InventedFacts,
    InventedNames,
    InventedOverrides,
    InventedStandings,
    by_rest,
    filled,
    served_issuer,
    web_app,
)

NOW = datetime(2015, 10, 1, 9, tzinfo=UTC)
ADDRESS = "http://127.0.0.1:8400"

As = Callable[[str], TestClient]
Looks = Callable[[], list[tuple[str, str | None, str, str, str]]]


@pytest.fixture(scope="session")
def issuer() -> Iterator[ServedIssuer]:
    with served_issuer() as running:
        yield running


@pytest.fixture
def names() -> InventedNames:
    return InventedNames()


@pytest.fixture
def standings() -> InventedStandings:
    return InventedStandings()


@pytest.fixture
def overrides() -> InventedOverrides:
    return InventedOverrides()


@pytest.fixture
def facts() -> InventedFacts:
    return InventedFacts()


@pytest.fixture
def others(
    standings: InventedStandings, overrides: InventedOverrides, facts: InventedFacts
) -> dict[str, object]:
    """What of the write side tests may change."""
    return {"standings": standings, "overrides": overrides, "facts": facts}


@pytest.fixture
def app(
    read_models: str, issuer: ServedIssuer, names: InventedNames, others: dict[str, object]
) -> Iterator[FastAPI]:
    with web_app(read_models, issuer, names, ADDRESS, NOW, **others) as app:
        yield app


@pytest.fixture
def as_(app: FastAPI, issuer: ServedIssuer) -> As:
    """`as_("bemiddelaar-01")` asks by REST in that person's name."""
    return by_rest(app, issuer, ADDRESS)


@pytest.fixture(scope="module")
def lasting(
    new_database: Callable[..., str], template: str, issuer: ServedIssuer
) -> Iterator[Callable[[Sequence[History]], As]]:
    """`lasting(histories)`: the same for tests that only ask, which share their read models."""
    with ExitStack() as stack:

        def start(histories: Sequence[History]) -> As:
            url = filled(new_database(template), histories, NOW)
            app = stack.enter_context(web_app(url, issuer, InventedNames(), ADDRESS, NOW))
            return by_rest(app, issuer, ADDRESS)

        yield start


@pytest.fixture
def browser(app: FastAPI) -> TestClient:
    """A browser in which nobody is signed in yet."""
    return TestClient(app, base_url=ADDRESS, headers={"Accept": "text/html,application/xhtml+xml"})


@pytest.fixture
def looks(read_models: str) -> Looks:
    """The access rows so far: who, about whom, at which endpoint, why, and what was decided."""

    def rows() -> list[tuple[str, str | None, str, str, str]]:
        with psycopg.connect(read_models) as connection:
            return connection.execute(
                "select caller_ref, about, endpoint, purpose, decision"
                "  from projections.access_row order by id"
            ).fetchall()

    return rows
