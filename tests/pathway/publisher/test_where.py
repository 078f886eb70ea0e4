"""Where a fact is: told from what was noted, and the same as what the topic has."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from kafka import KafkaConsumer
from kafka.structs import OffsetAndMetadata, TopicPartition
from pathway import where
from pathway.application import Pathways
from pathway.store import Store
from pathway.topics import BrokersAway
from pathway.where import Fact, Publishing as Told, WhereSettings

import schemas
from tests.pathway.publishing import Publishing, life, lives


def told_of(store: Store, named: str) -> tuple[Fact, Told]:
    with store.connection() as connection:
        fact = where.find(connection, named)
        assert fact is not None
        return fact, where.publishing(connection, fact)


def settings_of(publishing: Publishing) -> WhereSettings:
    return WhereSettings.model_validate(publishing.settings.model_dump())


@contextmanager
def reading(publishing: Publishing, group: str, partition: int, offset: int) -> Iterator[None]:
    """A consumer group of another system that has read that partition up to there."""
    consumer = KafkaConsumer(
        bootstrap_servers=publishing.settings.kafka_bootstrap_servers,
        group_id=group,
        enable_auto_commit=False,
    )
    place = TopicPartition(publishing.settings.events_topic, partition)
    consumer.assign([place])
    consumer.commit({place: OffsetAndMetadata(offset, "", -1)})
    try:
        yield
    finally:
        consumer.close(autocommit=False)


@pytest.mark.parametrize("window", [1_000, 3])
def test_each_fact_is_told_at_the_very_offset_where_its_event_stands(
    publishing: Publishing, pathways: Pathways, window: int
) -> None:
    lives(pathways, 0, 12)
    with publishing.publisher(PUBLISHER_WINDOW=str(window)):
        publishing.wait_for(pathways.store.position())

    records = publishing.on(publishing.settings.events_topic)
    places = {schemas.parse(r.value).id: (r.partition, r.offset) for r in records}
    for fact_id, (partition, offset) in places.items():
        fact, told = told_of(pathways.store, str(fact_id))
        assert told.published
        assert told.noted is not None
        assert (fact.partition, told.noted.first_offset) == (partition, offset)
        assert told.noted.last_offset == offset


def test_a_range_with_another_record_within_it_is_told_as_a_range(
    publishing: Publishing, pathways: Pathways
) -> None:
    pathway_id = life(pathways, 1, facts=4)
    publishing.publish_all(pathways.store)
    with pathways.store.connection() as connection:
        # All four in one window, or in several: what was noted is made one with a place too many.
        connection.execute("delete from pathway.published_range")
        connection.execute(
            """
            insert into pathway.published_range
            select events_topic_id, %s, 1, 4, 0, 4, now() from pathway.publisher_status
            """,
            (told_of(pathways.store, f"{pathway_id}:1")[0].partition,),
        )

    offsets = [told_of(pathways.store, f"{pathway_id}:{v}")[1].noted for v in (1, 2, 3, 4)]

    assert [(o.first_offset, o.last_offset) for o in offsets if o] == [
        (0, 0), (0, 4), (0, 4), (4, 4),
    ]  # fmt: skip


def test_a_place_that_was_not_noted_is_found_by_searching(
    publishing: Publishing, pathways: Pathways
) -> None:
    pathway_id = life(pathways, 1, facts=3)
    publishing.publish_all(pathways.store)
    with pathways.store.connection() as connection:
        connection.execute("delete from pathway.published_range")

    fact, told = told_of(pathways.store, f"{pathway_id}:2")

    assert (told.published, told.noted) == (True, None)
    [record] = [
        r
        for r in publishing.on(publishing.settings.events_topic)
        if schemas.parse(r.value).id == fact.fact_id
    ]
    assert where.search(publishing.settings, fact) == record.offset
    status, said = publishing.run("where", f"{pathway_id}:2")
    assert (status, "an offset that was not noted" in said) == (0, True)
    assert f"offset {record.offset}" in publishing.run("where", str(fact.fact_id), "--search")[1]


def test_what_a_topic_that_is_gone_held_is_not_told_of_its_successor(
    publishing: Publishing, pathways: Pathways
) -> None:
    pathway_id = life(pathways, 1, facts=1)
    publishing.publish_all(pathways.store)
    publishing.tell("update pathway.publisher_status set events_topic_id = gen_random_uuid()")

    assert told_of(pathways.store, f"{pathway_id}:1")[1].noted is None


def test_what_keeps_a_fact_from_being_published_is_told(
    publishing: Publishing, pathways: Pathways
) -> None:
    first, pathway_id = lives(pathways, 0, 2, facts=2)

    fact, told = told_of(pathways.store, f"{pathway_id}:1")
    assert (told.published, told.leads, told.ahead) == (False, False, 2)
    assert "no publisher is running" in where.sentences(fact, told)[1]

    with publishing.publishing():
        publishing.wait_for(4)
        assert told_of(pathways.store, f"{first}:1")[1].leads

    publishing.tell("update pathway.publisher_status set position = 0")
    publishing.tell(
        "update pathway.publisher_status set stopped_at = now(), stopped_reason = 'STORE_OLDER'"
    )
    fact, told = told_of(pathways.store, f"{pathway_id}:1")
    assert "(STORE_OLDER)" in where.sentences(fact, told)[1]


def test_each_consumer_group_is_told_with_how_far_it_is(
    publishing: Publishing, pathways: Pathways
) -> None:
    pathway_id = life(pathways, 1, facts=3)
    publishing.publish_all(pathways.store)
    fact, told = told_of(pathways.store, f"{pathway_id}:2")
    assert told.noted is not None
    offset, name = told.noted.first_offset, publishing.settings.events_topic
    past, behind = f"past-{name}", f"behind-{name}"

    with (
        reading(publishing, past, fact.partition, offset + 1),
        reading(publishing, behind, fact.partition, offset),
        reading(publishing, f"elsewhere-{name}", (fact.partition + 1) % 12, 0),
    ):
        found = where.groups(settings_of(publishing), fact, told.noted)
        inexact = where.groups(settings_of(publishing), fact, None)
        _, said = publishing.run("where", f"{pathway_id}:2")

    ours = {one.name: one.past for one in found if one.name.endswith(name)}
    assert ours == {past: True, behind: False}
    assert {one.past for one in inexact} == {None}
    assert f"consumer group {behind}: reads offset {offset} next, not there yet" in said
    assert f"`projections where {pathway_id}:2 --at {fact.partition}:{offset}`" in said


def test_brokers_that_are_away_are_said_and_the_rest_is_told(
    publishing: Publishing, pathways: Pathways
) -> None:
    pathway_id = life(pathways, 1, facts=1)
    publishing.publish_all(pathways.store)
    fact, told = told_of(pathways.store, f"{pathway_id}:1")

    for brokers in ("127.0.0.1:9", ""):
        away = settings_of(publishing).model_copy(update={"kafka_bootstrap_servers": brokers})
        with pytest.raises(BrokersAway):
            where.groups(away, fact, told.noted)

    publishing.output.unlink(missing_ok=True)
    child = publishing.command("where", str(fact.fact_id), KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:9")
    assert child.wait(60) == 0
    assert "published at" in publishing.said()
    assert "consumer groups: not known now" in publishing.said()


@pytest.mark.parametrize(
    ("told", "why"), [("nothing", "is no fact id"), (str(UUID(int=7)), "There is no fact")]
)
def test_a_fact_that_is_none_is_said(publishing: Publishing, told: str, why: str) -> None:
    status, said = publishing.run("where", told)

    assert (status, why in said) == (1, True)
