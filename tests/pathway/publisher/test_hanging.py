"""Transactions that the brokers' coordinator forgot while partitions remember them."""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest
from kafka import KafkaProducer
from kafka.protocol.producer.transaction import WriteTxnMarkersRequest
from pathway import hanging, publisher, tails
from pathway.application import Pathways
from pathway.publisher import Publisher
from pathway.sending import Outgoing, Sending
from pathway.states import States
from pathway.topics import PARTITIONS, partition_of
from psycopg.rows import dict_row

from tests.pathway.publisher.broker import Broker
from tests.pathway.publishing import Publishing, assert_exactly_once, lives, topics_for


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    """One that takes what belongs to no transaction it knows of, as brokers before 3.6 did."""
    with tempfile.TemporaryDirectory(prefix="pathway-kafka-") as folder:
        broker = Broker(Path(folder), transaction_partition_verification_enable="false")
        broker.start()
        yield broker
        broker.stop()


@pytest.fixture
def publishing(
    broker: Broker, pathway_url: str, topic_suffix: str, tmp_path: Path
) -> Iterator[Publishing]:
    with topics_for(pathway_url, broker.servers, topic_suffix, tmp_path) as publishing:
        yield publishing


def window(publishing: Publishing, after: int) -> list[Outgoing]:
    """What the publisher would send of all facts after that position."""
    settings = publishing.settings
    with psycopg.connect(
        settings.pathway_database_url, autocommit=True, row_factory=dict_row
    ) as session:
        facts = publisher._facts(session, after, 1_000)
        made = Publisher(settings)._messages(facts, States(session), frozenset())
    return [message.outgoing for message in made]


def hang(publishing: Publishing, messages: Sequence[Outgoing]) -> dict[Any, Any]:
    """Send them in a transaction that only the partitions know of; those, with their producer."""
    sending = Sending(publishing.settings, 1_000_000)
    sending.fence()
    producer, manager = sending._producer, sending._producer._transaction_manager
    producer.begin_transaction()
    everywhere = [p for topic in publishing.settings.topics for p in tails.partitions(topic)]
    manager._partitions_in_transaction.update(everywhere)
    for one in messages:
        partition = partition_of(one.key)
        producer.send(one.topic, key=one.key, value=one.value, partition=partition)
    producer.flush()
    sending.close()
    with publishing.admin() as admin:
        described = admin.describe_producers(everywhere)
    return {
        partition: producer
        for partition, found in described.items()
        for producer in found.active_producers
        if producer.current_transaction_start_offset >= 0
    }


def commit(publishing: Publishing, partition: Any, producer: Any) -> None:
    """Give one partition the mark of a commit, as its coordinator would."""
    marker = WriteTxnMarkersRequest.WritableTxnMarker
    request = WriteTxnMarkersRequest(
        markers=[
            marker(
                producer_id=producer.producer_id,
                producer_epoch=producer.producer_epoch,
                transaction_result=True,
                topics=[
                    marker.WritableTxnMarkerTopic(
                        name=partition.topic, partition_indexes=[partition.partition]
                    )
                ],
                coordinator_epoch=producer.coordinator_epoch,
            )
        ]
    )
    with publishing.admin() as admin:
        admin._manager.run(admin._manager.send, request, 1)


def test_a_transaction_that_the_broker_forgot_is_undone_and_its_window_sent_again(
    publishing: Publishing, pathways: Pathways
) -> None:
    lives(pathways, 0, 5)
    publishing.publish_all(pathways.store)
    lives(pathways, 5, 5)
    assert hang(publishing, window(publishing, after=20))

    publishing.publish_all(pathways.store)

    assert_exactly_once(publishing, pathways.store)


def test_half_a_window_that_was_committed_is_kept_and_the_other_half_sent_again(
    publishing: Publishing, pathways: Pathways
) -> None:
    lives(pathways, 0, 5)
    publishing.publish_all(pathways.store)
    lives(pathways, 5, 20)
    opened = hang(publishing, window(publishing, after=20))
    assert len(opened) > PARTITIONS
    for partition in sorted(opened)[::2]:
        commit(publishing, partition, opened[partition])

    publishing.publish_all(pathways.store)

    assert_exactly_once(publishing, pathways.store)


def test_what_somebody_else_has_open_is_left_alone(publishing: Publishing) -> None:
    somebody = KafkaProducer(
        bootstrap_servers=publishing.settings.kafka_bootstrap_servers, transactional_id="somebody"
    )
    somebody.init_transactions()
    somebody.begin_transaction()
    somebody.send(publishing.settings.events_topic, key=b"a", value=b"theirs")
    somebody.flush()
    ours = Sending(publishing.settings, 1_000_000)
    ours.fence()

    hanging.undo(publishing.settings, ours.producer_id)

    ours.close()
    somebody.commit_transaction()
    somebody.close()
    assert [record.value for record in publishing.on(publishing.settings.events_topic)] == [
        b"theirs"
    ]
