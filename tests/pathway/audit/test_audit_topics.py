"""What stands on the topics by mistake or by malice is found and named."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from kafka import KafkaProducer
from kafka.consumer.fetcher import ConsumerRecord
from pathway import audit_topics, topics
from pathway.application import Pathways
from pathway.auditing import Findings
from rich.console import Console

import schemas
from tests.pathway.publishing import WITHIN, Publishing, life, lives


@pytest.fixture
def published(publishing: Publishing, pathways: Pathways) -> Publishing:
    """Three pathways of four facts each, all published."""
    lives(pathways, 0, 3)
    publishing.publish_all(pathways.store)
    return publishing


def by_hand(
    publishing: Publishing, topic: str, key: bytes, value: bytes, partition: int | None = None
) -> None:
    """Put a message on a topic as anyone could who may write there."""
    producer = KafkaProducer(bootstrap_servers=publishing.settings.kafka_bootstrap_servers)
    producer.send(topic, key=key, value=value, partition=partition).get(30)
    producer.close()


def audit(publishing: Publishing, patience: float = audit_topics.PATIENCE) -> tuple[int, str]:
    """The exit status and what was said."""
    said = io.StringIO()
    findings = Findings(Console(file=said, width=300))
    audit_topics.audit(publishing.settings, findings, patience=patience)
    return findings.conclude(), said.getvalue()


def assert_found(publishing: Publishing, *sentences: str) -> None:
    status, said = audit(publishing)

    assert status == 1, said
    for sentence in sentences:
        assert sentence in said, said


def of(publishing: Publishing, version: int) -> ConsumerRecord:
    """The first record of that version on the events topic."""
    for record in publishing.on(publishing.settings.events_topic):
        if schemas.parse(record.value).streamversion == version:
            return record
    raise LookupError(version)


def test_sound_topics_have_no_differences(published: Publishing) -> None:
    status, said = published.run("audit", "topics")

    assert status == 0, said
    assert "12 facts" in said
    assert "3 newest states" in said
    assert "no difference" in said


def test_what_is_published_meanwhile_is_no_difference(
    published: Publishing, pathways: Pathways
) -> None:
    life(pathways, 3)
    published.publish_all(pathways.store)
    # As it looks to an audit that began before the last publishing.
    published.tell("update pathway.publisher_status set position = 12")

    status, said = audit(published, patience=0)

    assert status == 0, said
    assert "16 facts" in said


def test_what_was_stored_just_before_is_waited_for(
    published: Publishing, pathways: Pathways
) -> None:
    life(pathways, 3)

    with ThreadPoolExecutor(1) as beside:
        auditing = beside.submit(audit, published)
        published.publish_all(pathways.store)
        status, said = auditing.result(WITHIN)

    assert status == 0, said
    assert "16 facts" in said


def test_what_nobody_publishes_is_counted_once_the_patience_is_at_its_end(
    published: Publishing, pathways: Pathways
) -> None:
    lives(pathways, 3, 2)

    status, said = published.run("audit", "topics", "--patience", "0.5")

    assert status == 1, said
    assert "8 facts are not on the topics; is a publisher running?" in said
    assert "1 differences" in said


def test_where_nothing_was_ever_published_every_fact_is_missing(
    publishing: Publishing, pathways: Pathways
) -> None:
    lives(pathways, 0, 3)

    status, said = audit(publishing, patience=0)

    assert status == 1, said
    assert "12 facts are not on the topics" in said


def test_a_message_that_stands_twice_is_named(published: Publishing) -> None:
    record = of(published, 2)
    by_hand(published, record.topic, record.key, record.value)

    assert_found(
        published,
        f"pathway {record.key.decode()} version 2",
        "stands 2 times on the events topic",
        "stands after version 4",
    )


def test_a_message_on_another_partition_than_its_keys_is_named(published: Publishing) -> None:
    record = of(published, 2)
    elsewhere = (record.partition + 1) % topics.PARTITIONS
    by_hand(published, record.topic, record.key, record.value, elsewhere)

    assert_found(
        published,
        f"partition {elsewhere} offset",
        f"its key belongs to partition {record.partition}",
    )


def test_a_strangers_message_is_named_and_ends_the_command_with_a_1(
    published: Publishing,
) -> None:
    events, state = published.settings.topics
    by_hand(published, events, b"anyone", b"hello")
    by_hand(published, state, b"anyone", b"hello")

    status, said = published.run("audit", "topics")

    assert status == 1
    assert "2 differences" in said
    assert_found(published, f"{events} partition", f"{state} partition", "is no message of ours")


def test_a_message_of_a_fact_that_the_store_does_not_have_is_named(
    published: Publishing,
) -> None:
    pathway_id = uuid4()
    message = schemas.parse(of(published, 1).value).model_copy(
        update={"id": uuid4(), "subject": pathway_id, "partitionkey": pathway_id}
    )
    invented = message.model_copy(update={"globalposition": "1000"})
    topic = published.settings.events_topic
    by_hand(published, topic, str(pathway_id).encode(), invented.to_bytes())

    assert_found(published, "(position 1000), which the store does not have")


@pytest.mark.parametrize("field", ["id", "hash", "streamversion", "actorref"])
def test_a_message_with_another_content_is_named(published: Publishing, field: str) -> None:
    record = of(published, 3)
    other = {"id": uuid4(), "hash": "0" * 64, "streamversion": 7, "actorref": "somebody-else"}
    forged = schemas.parse(record.value).model_copy(update={field: other[field]})
    by_hand(published, record.topic, record.key, forged.to_bytes())

    said = {"id": "has the id", "hash": "has the hash", "streamversion": "has the version 7"}
    assert_found(
        published,
        f"pathway {record.key.decode()} version 3",
        said.get(field, "has another content on the topic"),
    )


def test_a_fact_that_is_missing_on_the_topic_is_named(
    published: Publishing, pathways: Pathways
) -> None:
    pathway_id = life(pathways, 3)
    published.tell("update pathway.publisher_status set position = 16")

    assert_found(
        published,
        f"pathway {pathway_id} version 4 (position 16): is not on the events topic",
        f"pathway {pathway_id}: has no state on the state topic",
    )


def forged_state(
    published: Publishing, change: Callable[[schemas.Message], schemas.Message]
) -> UUID:
    pathway_id, state = next(iter(published.states().items()))
    topic = published.settings.state_topic
    by_hand(published, topic, str(pathway_id).encode(), change(state).to_bytes())
    return pathway_id


def test_a_state_that_goes_back_is_named(published: Publishing) -> None:
    pathway_id = forged_state(published, lambda s: s.model_copy(update={"streamversion": 2}))

    assert_found(
        published,
        f"version 2 of {pathway_id} after version 4",
        f"state of pathway {pathway_id}",
        "is of version 2, not 4",
    )


def test_a_state_that_its_facts_do_not_add_up_to_is_named(published: Publishing) -> None:
    pathway_id = forged_state(
        published,
        lambda s: s.model_copy(
            update={"data": s.data.model_copy(update={"counsellor": "somebody-else"})}
        ),
    )

    assert_found(
        published, f"state of pathway {pathway_id} version 4: is not what its facts add up to"
    )


def test_a_state_ahead_of_the_store_is_named(published: Publishing) -> None:
    forged_state(published, lambda s: s.model_copy(update={"streamversion": 9}))

    assert_found(published, "is of version 9; the store ends at 4")


def test_a_state_of_a_pathway_that_the_store_does_not_have_is_named(
    published: Publishing,
) -> None:
    invented = uuid4()
    state = next(iter(published.states().values())).model_copy(
        update={"subject": invented, "partitionkey": invented}
    )
    topic = published.settings.state_topic
    by_hand(published, topic, str(invented).encode(), state.to_bytes())

    assert_found(published, f"state of pathway {invented}", "does not have this pathway")
