"""Real servers for the tests, each started when the first test asks for it and stopped with the session.

Fixtures for everyone:

postgres_url        (session) URL of the test PostgreSQL's own database `postgres`, as superuser.
new_database        (session) `new_database(template=None) -> url` makes an empty database, or a copy of the
                    database at the URL `template` (which nobody may be connected to); it lives until the
                    session ends. Use it in a session fixture of your own to make a migrated template once.
temporary_database  (session) `with temporary_database(template=None) as url:` the same, dropped at the end
                    of the block, connections to it included.
database_url        (test)    URL of a fresh, empty database for this test alone.
kafka_bootstrap     (session) "127.0.0.1:PORT" of a real Kafka (12 partitions by default, no auto-created
                    topics, transactions work); give topics and groups names of your own.
topic_suffix        (test)    a few characters that make such names unique.
chromium            (session) path of a real browser's program; `make test` installs Debian's where it may.
                    Without one the test is skipped, and in CI fails.

In CI (CI=true) a skipped test fails the run: see no_skips.py.
"""

import gc
import itertools
import os
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import psutil
import psycopg
import pytest
from anyio.from_thread import start_blocking_portal
from embedded import kafka, postgres, process
from hypothesis import settings
from playwright.sync_api import Playwright, sync_playwright
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from starlette.testclient import TestClient

from tests.quick_apps import make_validators_once

pytest_plugins = ["tests.no_skips"]

make_validators_once()

# A busy machine makes no test wrong. In CI Hypothesis chooses the same examples every time, by itself.
EXAMPLES = int(os.environ.get("EXAMPLES", "40"))
settings.register_profile("ours", settings(), deadline=None, max_examples=EXAMPLES)
settings.load_profile("ours")

# With all that was collected, looking for cycles is slow: it took a third of a run when Python did it so often
# as it does by itself.
gc.set_threshold(50_000, 20, 20)

# Test servers are thrown away: what a power cut would lose does not matter to them.
UNSAFE_BUT_QUICK = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_wal_size": "256MB",
}
# A database for each test is hundreds of files made and removed: in memory that takes an eighth of the time.
IN_MEMORY = Path("/dev/shm")
ROOM_NEEDED = 6 * 2**30
"""Bytes, for the servers of all processes that test."""
SECONDS_TO_BEGIN = 600

# They wait for real processes, so that they begin first: at the end nobody would wait beside them.
LONG_FILES = ("benchmarks", "hardening", "embedded", "rights", "browser", "publisher")

NewDatabase = Callable[..., str]
TemporaryDatabase = Callable[..., AbstractContextManager[str]]


def pytest_collection_finish() -> None:
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each test under an id of its own; the long files first, those that share a whole system last."""
    for item in items:
        name, bracket, endpoint = item.name.partition("[")
        if bracket and item.nodeid.endswith(name):
            # Schemathesis 4.32 names the endpoint, but pytest 9.2 leaves it out of the id.
            item._id = item.id.with_params(endpoint.removesuffix("]"))  # pyright: ignore[reportPrivateUsage]
    shared = [id_ for id_, often in Counter(item.nodeid for item in items).items() if often > 1]
    if shared:
        # Of those pytest-xdist would run the last, and say nothing of the others.
        raise pytest.UsageError(f"several tests have the id {shared[0]}")

    def turn(item: pytest.Item) -> int:
        if item.path.parent.name == "system" and item.path.name != "test_kill.py":
            return 2
        return 0 if item.path.parent.name in (*LONG_FILES, "system") else 1

    items.sort(key=turn)


@pytest.fixture(scope="session")
def _postgres() -> Iterator[postgres.Postgres]:
    with tempfile.TemporaryDirectory(prefix="pathway-postgres-", dir=_quick_place()) as folder:
        server = postgres.start(
            Path(folder), process.free_port(), databases=(), settings=UNSAFE_BUT_QUICK
        )
        try:
            yield server
        finally:
            server.stop()


def _quick_place() -> Path | None:
    """Where there is memory enough for files; else None, the usual place."""
    if not os.access(IN_MEMORY, os.W_OK):
        return None
    _forget_killed_runs()
    room = min(shutil.disk_usage(IN_MEMORY).free, psutil.virtual_memory().available)
    return IN_MEMORY if room > ROOM_NEEDED else None


def _forget_killed_runs() -> None:
    # They would hold memory until the machine starts again.
    for folder in IN_MEMORY.glob("pathway-postgres-*"):
        with suppress(OSError):
            begun = folder.stat().st_mtime < time.time() - SECONDS_TO_BEGIN
            if begun and not (folder / "cluster" / "postmaster.pid").exists():
                shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres_url(_postgres: postgres.Postgres) -> str:
    return _postgres.url()


@pytest.fixture(scope="session")
def new_database(_postgres: postgres.Postgres) -> NewDatabase:
    numbers = itertools.count(1)

    def make(template: str | None = None) -> str:
        name = f"test_{next(numbers)}"
        source = conninfo_to_dict(template)["dbname"] if template else "template0"
        with psycopg.connect(_postgres.url(), autocommit=True) as connection:
            connection.execute(
                sql.SQL("create database {} template {} strategy wal_log").format(
                    sql.Identifier(name), sql.Identifier(str(source))
                )
            )
        return _postgres.url(name)

    return make


@pytest.fixture(scope="session")
def temporary_database(postgres_url: str, new_database: NewDatabase) -> TemporaryDatabase:
    @contextmanager
    def borrow(template: str | None = None) -> Iterator[str]:
        url = new_database(template)
        try:
            yield url
        finally:
            name = sql.Identifier(str(conninfo_to_dict(url)["dbname"]))
            with psycopg.connect(postgres_url, autocommit=True) as connection:
                connection.execute(sql.SQL("drop database {} with (force)").format(name))

    return borrow


@pytest.fixture
def database_url(temporary_database: TemporaryDatabase) -> Iterator[str]:
    with temporary_database() as url:
        yield url


@pytest.fixture(scope="session")
def kafka_bootstrap() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="pathway-kafka-") as folder:
        broker = kafka.start(Path(folder), process.free_port(), process.free_port())
        try:
            yield broker.bootstrap_servers
        finally:
            broker.stop()


@pytest.fixture(scope="session", autouse=True)
def _one_loop_for_all_clients() -> Iterator[None]:
    # By itself each request of a TestClient starts an event loop and a thread for itself alone.
    with start_blocking_portal() as portal:
        TestClient.portal = portal
        yield
        TestClient.portal = None


@pytest.fixture
def topic_suffix() -> str:
    return uuid4().hex[:8]


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    # One for the whole session: a second one beside it cannot start in the same thread.
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> str:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    if found is None:
        missing = "no browser; on Debian: apt-get install chromium (as root)"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    return found
