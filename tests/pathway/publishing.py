"""Publishers for tests: topics of the test's own, processes that can be killed, and what readers see."""

import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from embedded import process
from kafka import KafkaAdminClient
from pathway import checkpoints, outgoing, tails, topics
from pathway.application import Enrolment, Pathways
from pathway.domain.codes import Channel
from pathway.domain.facts import fold
from pathway.domain.guidance import AssignCounsellor
from pathway.identity import Person
from pathway.publisher import Publisher, PublisherSettings
from pathway.store import Store

import schemas
from tests.pathway.given import said
from tests.people import invented_insz

PATHWAY = Path(sys.executable).parent / "pathway"
WITHIN = 60.0


@dataclass(frozen=True)
class Publishing:
    """A store, two topics, and publishers between them."""

    settings: PublisherSettings
    folder: Path

    def command(self, *words: str, **env: str) -> process.Child:
        """`pathway WORDS` as a process of its own; its output goes to `output`."""
        settings = self.settings
        ours = {
            "PATHWAY_DATABASE_URL": settings.pathway_database_url,
            "PATHWAY_SIGNING_KEY_FILE": str(settings.pathway_signing_key_file),
            "KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
            "EVENTS_TOPIC": settings.events_topic,
            "STATE_TOPIC": settings.state_topic,
            "PUBLISHER_LEASE_SECONDS": "2",
            "PATH": "/usr/bin:/bin",
            "COLUMNS": "200",
        }
        return process.start([PATHWAY, *words], log=self.output, env={**ours, **env})

    @property
    def output(self) -> Path:
        return self.folder / "output.log"

    def run(self, *words: str, within: float = WITHIN) -> tuple[int, str]:
        """The exit status of `pathway WORDS`, and what it said."""
        self.output.unlink(missing_ok=True)
        child = self.command(*words)
        try:
            return child.wait(within), self.output.read_text()
        finally:
            process.stop(child, within=0)

    @contextmanager
    def publisher(self, **env: str) -> Iterator[process.Child]:
        """A publisher process, killed at the end of the block."""
        child = self.command("publisher", **env)
        try:
            yield child
        finally:
            process.stop(child, within=0)

    @contextmanager
    def publishing(self) -> Iterator[Publisher]:
        """A publisher in this process, ended at the end of the block."""
        publisher = Publisher(self.settings)
        thread = threading.Thread(target=publisher.run)
        thread.start()
        try:
            yield publisher
        finally:
            publisher.end()
            thread.join(WITHIN)

    def publish_all(self, store: Store) -> None:
        """Have everything published that is stored."""
        with self.publishing():
            self.wait_for(store.position())

    def status(self, column: str) -> Any:
        """A column of the status row; None when there is no row."""
        with psycopg.connect(self.settings.pathway_database_url) as connection:
            row = connection.execute(f"select {column} from pathway.publisher_status").fetchone()
        return row[0] if row else None

    def wait_for(self, position: int) -> None:
        """Wait until the publisher has confirmed that position."""
        self.wait_until(lambda: (self.status("position") or 0) >= position)

    def wait_until(self, what: Callable[[], bool]) -> None:
        assert process.eventually(what, within=WITHIN), self.said()

    def said(self) -> str:
        return self.output.read_text() if self.output.exists() else ""

    def on(self, topic: str) -> list[Any]:
        """Every record on the topic for a read_committed reader, each partition's in its order."""
        with tails.reader(self.settings, "tests") as consumer:
            where = tails.partitions(topic)
            consumer.assign(where)
            begins = consumer.beginning_offsets(where)
            ends = tails.settled_ends(self.settings, consumer, where, WITHIN)
            return list(tails.records(consumer, begins, ends))

    def events(self) -> list[schemas.Message[schemas.Data]]:
        return [schemas.parse(record.value) for record in self.on(self.settings.events_topic)]

    def states(self) -> dict[UUID, schemas.Message[schemas.Data]]:
        """The newest state of each pathway."""
        found = [schemas.parse(record.value) for record in self.on(self.settings.state_topic)]
        return {state.subject: state for state in found}

    @contextmanager
    def admin(self) -> Iterator[Any]:
        admin = KafkaAdminClient(bootstrap_servers=self.settings.kafka_bootstrap_servers)
        try:
            yield admin
        finally:
            admin.close()

    def delete_topics(self) -> None:
        with self.admin() as admin:
            admin.delete_topics(list(self.settings.topics))
            self.wait_until(lambda: not set(self.settings.topics) & set(admin.list_topics()))

    def tell(self, query: str, *values: object) -> None:
        """Change the store's database, as its superuser."""
        with psycopg.connect(self.settings.pathway_database_url, autocommit=True) as connection:
            connection.execute(query, values)


@contextmanager
def topics_for(url: str, brokers: str, suffix: str, folder: Path) -> Iterator[Publishing]:
    """Topics of the test's own, deleted at the end."""
    key = folder / "signing.key"
    checkpoints.new_key(key)
    settings = PublisherSettings(
        pathway_database_url=url,
        pathway_signing_key_file=key,
        kafka_bootstrap_servers=brokers,
        events_topic=f"events-{suffix}",
        state_topic=f"state-{suffix}",
        publisher_lease_seconds=2,
    )
    topics.create(settings)
    publishing = Publishing(settings, folder)
    yield publishing
    publishing.delete_topics()


def person(number: int) -> Person:
    """One of many people who do not exist."""
    birth = date(1950, 1, 1) + timedelta(days=number // 900)
    return Person(insz=invented_insz(birth, number % 900 + 1), last_name="Testers", first_name="An")


def lives(pathways: Pathways, first: int, count: int, *, facts: int = 4) -> list[UUID]:
    """So many people with a pathway of so many facts each, one commit for each fact."""
    return [life(pathways, number, facts) for number in range(first, first + count)]


def life(pathways: Pathways, number: int, facts: int = 4) -> UUID:
    enrolment = Enrolment(
        person=person(number), on=date(2015, 1, 5), category=None, channel=Channel.LOKET
    )
    done = pathways.enrol(enrolment, said(f"c-{number}"))
    for step in range(1, facts):
        assign(pathways, done.pathway_id, step)
    return done.pathway_id


def assign(pathways: Pathways, pathway_id: UUID, step: int, on: date | None = None) -> None:
    day = on or date(2015, 1, 5) + timedelta(days=step)
    command = AssignCounsellor(on=day, counsellor=f"bemiddelaar-{step:02d}", unit="OE-GENT")
    pathways.command(pathway_id, [command], said(f"c-{pathway_id}-{step}"))


def assert_exactly_once(publishing: Publishing, store: Store) -> None:
    """Every stored fact is there once, in its pathway's order, and the newest states are the folds."""
    stored = store.log(limit=100_000)
    events = publishing.events()

    assert sorted(int(event.globalposition) for event in events) == [f.position for f in stored]
    assert {event.id for event in events} == {fact.fact_id for fact in stored}
    versions: dict[UUID, list[int]] = defaultdict(list)
    for event in events:
        versions[event.subject].append(event.streamversion)
    assert all(found == list(range(1, len(found) + 1)) for found in versions.values())
    states = publishing.states()
    for pathway_id, found in versions.items():
        facts = store.load(pathway_id)
        after = fold(f.fact for f in sorted(facts, key=lambda f: (f.fact.occurred_on, f.version)))
        assert after is not None
        expected = outgoing.state(facts[-1], after, publishing.settings.schemas_base)
        assert states[pathway_id].to_bytes() == expected.to_bytes()
        assert states[pathway_id].streamversion == len(found)
