"""When the topics are not those of the store, publishing stops, says why, and names the ways out."""

import csv
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

import psycopg
import pytest
from kafka import KafkaProducer
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.structs import TopicPartition
from pathway import topics
from pathway.application import Pathways
from pathway.identity import Vault
from pathway.publisher import EXIT_STOPPED
from pathway.store import Store
from plumbing.ids import new_id

from tests.pathway.given import MASTER
from tests.pathway.publishing import Publishing, assert_exactly_once, lives


@pytest.fixture
def published(publishing: Publishing, pathways: Pathways) -> Publishing:
    """Twelve facts, all published."""
    lives(pathways, 0, 3)
    publishing.publish_all(pathways.store)
    return publishing


def assert_stopped(publishing: Publishing, reason: str, *ways_out: str) -> None:
    before = publishing.events()

    status, said = publishing.run("publisher")

    assert status == EXIT_STOPPED
    assert publishing.status("stopped_reason") == reason
    detail = publishing.status("stopped_detail")
    assert "Either" in detail
    for way_out in ways_out:
        assert way_out in detail
        assert way_out in said
    assert publishing.events() == before


def test_another_cluster_stops_it(published: Publishing) -> None:
    published.tell("update pathway.publisher_status set cluster_id = 'another-one'")

    assert_stopped(published, "OTHER_CLUSTER", "KAFKA_BOOTSTRAP_SERVERS", "start-over")

    status, said = published.run("publisher", "status")
    assert status == EXIT_STOPPED
    assert "OTHER_CLUSTER" in said
    assert "state: NOT_RUNNING" in said


def test_topics_that_were_made_anew_stop_it_until_an_operator_lets_them_be_filled_again(
    published: Publishing, store: Store
) -> None:
    published.delete_topics()
    status, said = published.run("topics", "create")
    assert status == 0, said
    assert_stopped(published, "TOPIC_MADE_ANEW", "publisher lost", "backup", "start-over")

    status, said = published.run("publisher", "start-over", "--reason", "the disk was lost")
    assert status == 0, said
    published.publish_all(store)

    assert_exactly_once(published, store)
    assert published.status("stopped_reason") is None
    with psycopg.connect(published.settings.pathway_database_url) as connection:
        decided = connection.execute(
            "select decision, reason from pathway.publisher_decision"
        ).fetchall()
    assert decided == [("START_OVER", "the disk was lost")]


def test_an_operator_cannot_have_facts_published_again_on_topics_that_hold_them(
    published: Publishing, store: Store
) -> None:
    status, said = published.run("publisher", "start-over", "--reason", "to see what happens")

    assert status == 1
    assert "hold messages" in said
    assert_exactly_once(published, store)


def test_what_is_on_the_topic_already_cannot_be_withheld(
    published: Publishing, store: Store
) -> None:
    fact_id = str(store.log()[0].fact_id)

    status, said = published.run("publisher", "withhold", fact_id, "--reason", "too late")

    assert status == 1
    assert "on the topic already" in said


def test_an_emptied_topic_stops_it(published: Publishing) -> None:
    _empty(published, published.settings.events_topic)

    assert_stopped(published, "TOPIC_EMPTIED", "backup", "start-over")


def test_an_emptied_state_topic_stops_it(published: Publishing) -> None:
    with published.admin() as admin:
        admin.alter_configs([_policy(published.settings.state_topic, "compact,delete")])
    _empty(published, published.settings.state_topic)

    assert_stopped(published, "TOPICS_APART", "backup", "start-over")


def _policy(topic: str, policy: str) -> ConfigResource:

    return ConfigResource(ConfigResourceType.TOPIC, topic, {"cleanup.policy": policy})


def _empty(publishing: Publishing, topic: str) -> None:
    with publishing.admin() as admin:
        everything = {TopicPartition(topic, p): -1 for p in range(topics.PARTITIONS)}
        admin.delete_records(everything)


def test_a_store_that_is_older_than_the_topics_stops_it(
    published: Publishing,
    pathway_template: str,
    temporary_database: Callable[..., AbstractContextManager[str]],
) -> None:
    with temporary_database(pathway_template) as url:
        older = Store(url)
        lives(Pathways(older, Vault(older, MASTER, new_id=new_id)), 0, 1)
        older.close()
        settings = published.settings.model_copy(update={"pathway_database_url": url})

        assert_stopped(replace(published, settings=settings), "STORE_OLDER", "lost", "start-over")


def test_what_an_older_copy_of_the_store_lost_is_listed_before_starting_over(
    published: Publishing, pathways: Pathways
) -> None:
    to = published.folder / "lost.csv"
    status, said = published.run("publisher", "lost", "--to", str(to))
    assert status == 0, said
    assert "Nothing is lost" in said

    # The backup was made before the last two facts.
    last = pathways.store.log()[-2:]
    published.tell("alter table pathway.pathway_events disable trigger all")
    published.tell(
        "delete from pathway.pathway_events where notification_id >= %s", last[0].position
    )
    status, said = published.run("publisher", "lost", "--to", str(to))

    assert status == 0, said
    assert "2 events of 1 pathways are lost" in said
    with to.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["fact_id"], row["version"]) for row in rows] == [
        (str(one.fact_id), str(one.version)) for one in last
    ]
    assert rows[0]["occurred_on"] == last[0].fact.occurred_on.isoformat()
    assert to.stat().st_mode & 0o077 == 0, "others may read what is about people"


def test_a_store_with_a_hole_stops_it_before_anything_of_that_window_is_sent(
    publishing: Publishing, pathways: Pathways
) -> None:
    pathway_id, *_ = lives(pathways, 0, 2)
    publishing.tell("alter table pathway.pathway_events disable trigger all")
    publishing.tell(
        "delete from pathway.pathway_events where originator_id = %s and originator_version = 2",
        pathway_id,
    )

    assert_stopped(publishing, "STORE_BROKEN", "pathway audit chain", f"{pathway_id}: version 3")


def test_a_topic_with_other_partitions_is_refused(publishing: Publishing) -> None:
    publishing.delete_topics()
    with publishing.admin() as admin:
        admin.create_topics({publishing.settings.events_topic: {"num_partitions": 3}})

    status, said = publishing.run("topics", "create")

    assert status == 1
    assert "has 3 partitions and must have 12" in said


def test_a_strangers_message_at_the_end_of_a_partition_misleads_nobody(
    published: Publishing, pathways: Pathways
) -> None:
    producer = KafkaProducer(bootstrap_servers=published.settings.kafka_bootstrap_servers)
    for partition in range(topics.PARTITIONS):
        for _ in range(100):
            producer.send(published.settings.events_topic, b"not ours", partition=partition)
    producer.flush()
    producer.close()
    lives(pathways, 3, 2)

    published.publish_all(pathways.store)

    ours = [r for r in published.on(published.settings.events_topic) if r.value != b"not ours"]
    assert len(ours) == 20
