"""Consumers that have the topic page alone: over REST as over Kafka, from states to the log without a gap."""

import os
import re
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import UUID

import httpx2
import pytest
from embedded import process
from pathway.application import Pathways
from pathway.domain.codes import ContractKind, Proof
from pathway.domain.work import Hire
from pathway.leader import Session
from pathway.publisher_position import Decision, withhold
from pathway.store import Store
from psycopg.rows import dict_row

import schemas
from schemas.kit import Follower, InMemory, Rest, SqliteProgress, Verdict
from tests.contract.conformance import VECTORS
from tests.pathway.given import said
from tests.pathway.publishing import WITHIN, Publishing, assign, life, lives
from tests.people import invented_kbo

from .reading import Api, Consumer, pages

PAGE = Path(schemas.__file__).parent / "README.md"
EMPLOYER = invented_kbo(101)
SMALL_WINDOW = 2
BACK = 2 * SMALL_WINDOW
"""The page's 20,000 offsets beside its 10,000 facts at once, in small."""


@contextmanager
def more_and_more(pathways: Pathways) -> Iterator[None]:
    """Facts on many pathways, without end until the block has ended."""
    done = threading.Event()

    def record() -> None:
        ids = list[UUID]()
        for number in range(10_000):
            if done.is_set():
                return
            if number % 4 == 0:
                ids.append(life(pathways, number, facts=1))
            assign(pathways, ids[number * 7 % len(ids)], 1 + number % 250)

    thread = threading.Thread(target=record)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join(WITHIN)


def versions(store: Store) -> dict[UUID, int]:
    """The newest version of each pathway."""
    return {fact.pathway_id: fact.version for fact in store.log(limit=100_000)}


def assert_nothing_missed_and_nothing_twice(consumer: Consumer, store: Store) -> None:
    """Each pathway is at its newest version: a state's, and each after that given once, in order."""
    lines = consumer.follower.progress.lines
    assert {pathway: line.version for pathway, line in lines.items()} == versions(store)
    assert consumer.verdicts() <= {Verdict.STATE, Verdict.REPEAT, Verdict.NEW}
    given = dict[UUID, int]()
    for one in consumer.judged:
        if one.verdict is Verdict.STATE:
            given[one.pathway] = one.event.streamversion
        elif one.verdict is Verdict.NEW:
            assert one.event.streamversion == given.get(one.pathway, 0) + 1
            given[one.pathway] = one.event.streamversion
    assert given == versions(store)


def test_rest_tells_byte_for_byte_what_stands_on_the_topic(
    pathways: Pathways, store: Store, publishing: Publishing, api: Api
) -> None:
    lives(pathways, 0, 3)
    decision = Decision("as a test has it", "a test", store.clock())
    with Session.connect(store.database_url, autocommit=True, row_factory=dict_row) as session:
        withhold(session, store.log()[4].fact_id, decision)
    publishing.publish_all(store)
    on_topic = [record.value for record in publishing.on(publishing.settings.events_topic)]
    in_order = sorted(on_topic, key=lambda value: int(schemas.parse(value).globalposition))

    answer = httpx2.get(f"{api.base}/v1/events", headers={"Authorization": f"Bearer {api.token}"})

    last = str(store.position()).encode()
    assert answer.content == (
        b'{"events":[%b],"next":"%b","position":"%b"}' % (b",".join(in_order), last, last)
    )
    assert sum(b"withheld.v1" in value for value in on_topic) == 1


def test_from_states_to_the_log_over_kafka_nothing_is_missed_while_publishers_run(
    pathways: Pathways, store: Store, publishing: Publishing
) -> None:
    window = {"PUBLISHER_WINDOW": str(SMALL_WINDOW)}
    consumers: list[tuple[Consumer, dict]] = []
    with publishing.publisher(**window), more_and_more(pathways):
        publishing.wait_for(100)
        for _ in range(4):
            consumer = Consumer(publishing, BACK)
            froms = consumer.hand_over()
            publishing.wait_for(publishing.status("position") + 10)
            consumers.append((consumer, froms))
    publishing.publish_all(store)

    for consumer, froms in consumers:
        consumer.follow(froms)

        assert any(froms.values()), "everything was read, so that nothing is proved"
        assert_nothing_missed_and_nothing_twice(consumer, store)
        assert consumer.verdicts() == {Verdict.STATE, Verdict.REPEAT, Verdict.NEW}


def test_from_states_to_the_log_over_rest_nothing_is_missed_while_publishers_run(
    pathways: Pathways, store: Store, publishing: Publishing, api: Api
) -> None:
    window = {"PUBLISHER_WINDOW": str(SMALL_WINDOW)}
    consumers: list[tuple[Consumer, str]] = []
    with publishing.publisher(**window), more_and_more(pathways):
        publishing.wait_for(100)
        for _ in range(4):
            consumer = Consumer(publishing, BACK)
            position = api.rest.after("0", wait=0, limit=1).position
            consumer.hand_over()
            publishing.wait_for(publishing.status("position") + 10)
            consumers.append((consumer, position))
    publishing.publish_all(store)

    for consumer, position in consumers:
        for record in pages(api.rest, position, limit=100):
            consumer.judged.append(consumer.follower.judge(record))

        assert int(position) > 0
        assert_nothing_missed_and_nothing_twice(consumer, store)
        assert Verdict.NEW in consumer.verdicts()


def test_a_gap_is_healed_over_rest_by_the_kits_own_reader(
    pathways: Pathways, store: Store, publishing: Publishing, api: Api
) -> None:
    pathway_id = life(pathways, 1, facts=4)
    life(pathways, 2)
    publishing.publish_all(store)
    by_version = [r for r in pages(api.rest) if r.key == str(pathway_id)]
    follower = Follower(InMemory())
    follower.judge(by_version[0])
    gap = follower.judge(by_version[3])

    healed = follower.heal(pathway_id, api.rest.events_of)

    assert (gap.verdict, gap.missing) == (Verdict.GAP, range(2, 4))
    assert [one.verdict for one in healed] == [Verdict.REPEAT, *[Verdict.NEW] * 3]
    assert follower.waiting() == {}


def test_what_rest_refuses_is_told_with_its_reason(api: Api) -> None:
    nobodys = UUID(VECTORS[0].steps[0]["key"])

    with pytest.raises(schemas.kit.RestFailed, match=r"404: .*unknown-pathway"):
        list(api.rest.events_of(nobodys))
    with pytest.raises(schemas.kit.RestFailed, match=r"401: .*not-signed-in"):
        Rest(api.base, lambda: "no-token").after("0", wait=0)


def script() -> str:
    """The consumer on the topic page, as it stands there."""
    found = re.search(
        r"<!-- example: consumer.py -->\n```python\n(.*?)```\n", PAGE.read_text(), re.DOTALL
    )
    assert found
    return found[1]


def hire(pathways: Pathways, pathway_id: UUID, day: str) -> None:
    told = {"on": day, "employer": EMPLOYER, "hours_per_week": "38"}
    codes = {"contract": ContractKind.ONBEPAALDE_DUUR, "proof": Proof.DIMONA}
    pathways.command(pathway_id, [Hire.model_validate({**told, **codes})], said(f"hire-{day}"))


def test_the_consumer_on_the_page_works_as_written(
    pathways: Pathways, store: Store, publishing: Publishing, api: Api, tmp_path: Path
) -> None:
    early, late = life(pathways, 1), life(pathways, 2)
    hire(pathways, early, "2015-03-02")
    publishing.publish_all(store)
    file, mine = tmp_path / "consumer.py", tmp_path / "mine.db"
    file.write_text(script())
    settings = publishing.settings
    env = {
        "MY_DATABASE": str(mine),
        "KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
        "EVENTS_TOPIC": settings.events_topic,
        "STATE_TOPIC": settings.state_topic,
        "PATHWAY_API_URL": api.base,
        "TOKEN": api.token,
        "PYTHONPATH": str(PAGE.parents[1]),
        "PATH": os.environ["PATH"],
    }

    def hired() -> list[tuple[str, str, str]]:
        with closing(sqlite3.connect(mine)) as database:
            try:
                return database.execute("select * from hired order by day").fetchall()
            except sqlite3.OperationalError:
                return []  # It has not begun.

    def runs_until(expected: list[tuple[str, str, str]]) -> None:
        child = process.start([sys.executable, file], log=publishing.output, env=env)
        try:
            publishing.wait_until(lambda: hired() == expected)
        finally:
            process.stop(child, within=0)

    first, second = (
        (str(one), EMPLOYER, d) for one, d in ((early, "2015-03-02"), (late, "2015-04-01"))
    )
    runs_until([first])
    hire(pathways, late, "2015-04-01")
    publishing.publish_all(store)
    runs_until([first, second])

    third = life(pathways, 3, facts=2)
    hire(pathways, third, "2015-05-04")
    publishing.publish_all(store)
    skip_the_first_of(third, mine, publishing)
    runs_until([first, second, (str(third), EMPLOYER, "2015-05-04")])


def skip_the_first_of(pathway_id: UUID, mine: Path, publishing: Publishing) -> None:
    """Let the consumer believe that it has read over the pathway's first event."""
    (first, *_) = [
        record
        for record in publishing.on(publishing.settings.events_topic)
        if record.key == str(pathway_id).encode()
    ]
    with closing(sqlite3.connect(mine)) as database:
        SqliteProgress(database).offsets[first.partition] = first.offset + 1
        database.commit()
