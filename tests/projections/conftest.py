"""A database with both read models, and a worker that applies what a test puts on the topic."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from plumbing import database
from projections import parking, schema
from projections.counsellor import COUNSELLOR
from projections.projection import Projection, Record
from projections.projector import Applied, Batch, Move, apply
from projections.reporting import REPORTING
from projections.settings import FollowSettings

from .history import History, events, record
from .kafka import Topic

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)

Rows = Callable[..., list[tuple]]


@pytest.fixture(scope="session")
def template(new_database) -> str:
    url = new_database()
    schema.migrate(url, [COUNSELLOR, REPORTING], frozenset())
    with psycopg.connect(url) as connection:
        # A protected population of everybody once, so that counts do not hang on chance.
        connection.execute("update projections.report_key set moved = 0")
    return url


@pytest.fixture
def read_models(temporary_database, template) -> Iterator[str]:
    """URL of a database with empty read models, for this test alone."""
    with temporary_database(template) as url:
        yield url


@pytest.fixture
def rows(read_models) -> Iterator[Rows]:
    """`rows(query, *values)`: what the database of this test tells."""
    with psycopg.connect(read_models, autocommit=True) as connection:
        yield lambda query, *values: connection.execute(query, values or None).fetchall()


@dataclass
class Worker:
    """A consumer without Kafka: one partition, whose records a test hands it."""

    connection: schema.Database
    projection: Projection
    offset: int = 0
    records: list[Record] = field(default_factory=list)

    def put(self, *histories: History, from_version: int = 1) -> Applied:
        """Put these histories on the topic, one after the other, and apply them."""
        values = [
            (history, version)
            for history in histories
            for version in range(from_version, len(history) + 1)
        ]
        return self.apply(*(record(h, v, self.offset + n) for n, (h, v) in enumerate(values)))

    def take(self, projection: Projection) -> None:
        """Go on as a release whose code is this."""
        schema.use_to_write(self.connection, projection)
        self.projection = projection

    def apply(self, *records: Record) -> Applied:
        move = Move(self.offset, self.offset + len(records))
        done = apply(self.connection, self.projection, Batch(records, {0: move}), at=NOW)
        self.offset = move.next
        self.records.extend(records)
        return done

    def rows(self, query: str, *values: object) -> list[tuple]:
        return self.connection.execute(query, values).fetchall()

    def columns(self, table: str) -> set[str]:
        """The columns of one of the projection's tables."""
        query = """
            select column_name from information_schema.columns
             where table_schema = %s and table_name = %s
        """
        return {name for (name,) in self.rows(query, self.projection.name, table)}

    def columns_of_rows(self, history: History) -> dict[str, set[str]]:
        """The columns that the fold fills; PostgreSQL would pass over one that is misspelt."""
        made = self.projection.fold(events(history))
        return {table: {"pathway_id", *rows[0]} for table, rows in made.items()}

    def parked(self) -> list[parking.Parked]:
        return parking.parked(self.connection, self.projection.name)


@pytest.fixture
def worker(read_models) -> Iterator[Callable[[Projection], Worker]]:
    opened: list[psycopg.Connection] = []

    def start(projection: Projection) -> Worker:
        connection = database.connect(read_models, "test", autocommit=True)
        opened.append(connection)
        schema.use(connection, projection)
        connection.execute("insert into partition_progress values (0, 0) on conflict do nothing")
        return Worker(connection, projection)

    yield start
    for connection in opened:
        connection.close()


@pytest.fixture
def counsellor(worker) -> Worker:
    return worker(COUNSELLOR)


@pytest.fixture
def reporting(worker) -> Worker:
    return worker(REPORTING)


@pytest.fixture
def topic(kafka_bootstrap, topic_suffix) -> Iterator[Topic]:
    made = Topic(kafka_bootstrap, f"events-{topic_suffix}")
    yield made
    made.close()


@pytest.fixture
def settings(topic, read_models) -> FollowSettings:
    return FollowSettings(
        projections_database_url=read_models,
        kafka_bootstrap_servers=topic.bootstrap,
        events_topic=topic.name,
        projections_group=f"group-{topic.name}",
    )


@pytest.fixture
def consumer_process() -> Iterator[Callable[[FollowSettings], subprocess.Popen]]:
    """Starts `projections consumer counsellor` as a process, and ends it with the test."""
    started: list[subprocess.Popen] = []

    def start(settings: FollowSettings) -> subprocess.Popen:
        environment = {
            **os.environ,
            "PROJECTIONS_DATABASE_URL": settings.projections_database_url,
            "KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
            "EVENTS_TOPIC": settings.events_topic,
            "PROJECTIONS_GROUP": settings.projections_group,
        }
        program = Path(sys.executable).parent / "projections"
        child = subprocess.Popen(
            [program, "consumer", "counsellor"], env=environment, stderr=subprocess.PIPE, text=True
        )
        started.append(child)
        return child

    yield start
    for child in started:
        child.kill()
        child.communicate()
