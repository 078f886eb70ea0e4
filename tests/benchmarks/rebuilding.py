"""A rebuild from Kafka by two processes, beside COPY of the very rows that it made."""

import io
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial

from kafka import KafkaProducer
from pathway.topics import partition_of
from plumbing import database
from plumbing.clock import utc_now
from projections import schema
from projections.counsellor import COUNSELLOR
from projections.projection import Projection
from projections.rebuild.bar import bar
from projections.rebuild.build import How, build
from projections.rebuild.places import next_of
from projections.reporting import REPORTING
from projections.settings import FollowSettings
from rich.console import Console

from tests.benchmarks.history import Message, history
from tests.benchmarks.measuring import Figure, Measured, Say, Sizes, figures, in_turns
from tests.benchmarks.place import Place
from tests.benchmarks.projecting import KEPT, Rows, copy_rows, read_rows

NAME = "rebuild"
WORKERS = 2


def measure(place: Place, sizes: Sizes, say: Say) -> list[Figure]:
    """Events a second from the topic into tables beside the live ones, with their indexes."""
    log = history(place, sizes, say)
    events, _ = place.new_topics("rebuild-events", "rebuild-states")
    brokers = place.kafka.bootstrap_servers
    put(brokers, events, (event for window in log.windows for event in window.events))
    settings = FollowSettings(
        projections_database_url=place.read_models(),
        kafka_bootstrap_servers=brokers,
        events_topic=events,
    )
    found: list[Figure] = []
    for projection in (COUNSELLOR, REPORTING):
        rounds = _Rounds(settings, projection, log.facts)
        told = partial(_say, say, projection.name)
        sides = in_turns(sizes.rounds, rounds.ours, rounds.bare, told)
        what = f"{log.facts:,} events into {projection.name} ({rounds.rows:,} rows), {WORKERS} processes"
        found += figures(NAME, [("rate", what, "events/s")], sides)
    return found


def _say(say: Say, name: str, words: str) -> None:
    say(f"{name}: {words}")


def put(brokers: str, topic: str, messages: Iterable[Message]) -> None:
    """Each message on the topic, in the partition of its key."""
    producer = KafkaProducer(
        bootstrap_servers=brokers, allow_auto_create_topics=False, acks="all", linger_ms=20
    )
    for key, value in messages:
        producer.send(topic, key=key, value=value, partition=partition_of(key))
    producer.flush()
    producer.close()


class _Rounds:
    """Rounds on one projection, each in tables that are new and empty."""

    def __init__(self, settings: FollowSettings, projection: Projection, events: int) -> None:
        self._settings, self._projection, self._events = settings, projection, events
        self._rows: Rows = {}

    @property
    def rows(self) -> int:
        return sum(len(rows) for rows in self._rows.values())

    def ours(self, _number: int) -> Measured:
        began = time.perf_counter()
        with bar(Console(file=io.StringIO())) as shown:
            built = build(
                self._projection, self._settings, How(workers=WORKERS), shown, clock=utc_now
            )
        seconds = time.perf_counter() - began
        assert built.folded.events == self._events, built
        if not self._rows:
            with self._connected() as connection:
                schema.use(connection, next_of(self._projection))
                tables = (*KEPT, *self._projection.tables)
                self._rows = {table: read_rows(connection, table) for table in tables}
        return {"rate": self._events / seconds}

    def bare(self, _number: int) -> Measured:
        with self._connected() as connection, schema.scratch(connection, self._projection):
            began = time.perf_counter()
            with connection.transaction():
                for table, rows in self._rows.items():
                    copy_rows(connection, table, rows)
            seconds = time.perf_counter() - began
        return {"rate": self._events / seconds}

    @contextmanager
    def _connected(self) -> Iterator[schema.Database]:
        url = self._settings.projections_database_url
        with database.connect(url, "benchmarks", autocommit=True) as connection:
            yield connection
