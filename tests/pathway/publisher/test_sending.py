"""The fence: what an earlier producer still sends is never seen, and tails tell what was."""

from uuid import uuid4

import pytest
from kafka.errors import KafkaError, KafkaTimeoutError
from pathway import sending, tails
from pathway.application import Pathways
from pathway.sending import Outgoing, Sending

from tests.pathway.publishing import Publishing, assert_exactly_once, lives


def outgoing(publishing: Publishing, count: int) -> list[Outgoing]:
    topic = publishing.settings.events_topic
    return [Outgoing(topic, str(uuid4()).encode(), b"unfinished") for _ in range(count)]


def test_what_a_frozen_leader_had_sent_and_not_committed_is_undone_by_the_next(
    publishing: Publishing, pathways: Pathways
) -> None:
    frozen = Sending(publishing.settings, 1_000_000)
    frozen.fence()
    half = frozen._producer
    half.begin_transaction()
    for one in outgoing(publishing, 300):
        half.send(one.topic, key=one.key, value=one.value)
    half.flush()
    lives(pathways, 0, 2)

    publishing.publish_all(pathways.store)

    with pytest.raises(KafkaError):
        half.commit_transaction()
    frozen.close()
    assert_exactly_once(publishing, pathways.store)


def test_a_fenced_producer_sends_nothing_more(publishing: Publishing) -> None:
    first, second = (Sending(publishing.settings, 1_000_000) for _ in range(2))
    first.fence()
    first.send(outgoing(publishing, 2))
    second.fence()

    with pytest.raises(KafkaError):
        first.send(outgoing(publishing, 1))

    first.close()
    second.send(outgoing(publishing, 3))
    second.close()
    assert len(publishing.on(publishing.settings.events_topic)) == 5


def test_the_tails_are_found_behind_many_undone_messages(
    publishing: Publishing, pathways: Pathways
) -> None:
    lives(pathways, 0, 5)
    publishing.publish_all(pathways.store)
    undone = Sending(publishing.settings, 1_000_000)
    undone.fence()
    undone._producer.begin_transaction()
    for one in outgoing(publishing, 3_000):
        undone._producer.send(one.topic, key=one.key, value=one.value)
    undone._producer.flush()
    undone._producer.abort_transaction()
    undone.close()

    found = tails.read(publishing.settings)

    assert found.reached == tails.newest(found.state.values()) == 20
    newest = pathways.store.log()[-1]
    assert tails.Tail(20, newest.fact_id) in found.events.values()


def test_what_was_answered_as_committed_counts_as_sent_once_readers_can_see_it(
    publishing: Publishing, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = Sending(publishing.settings, 1_000_000)
    ours.fence()
    monkeypatch.setattr(sending, "SECONDS_TO_BE_SEEN", 0.5)
    # The coordinator's answer came, its marks on the partitions did not.
    monkeypatch.setattr(ours, "_commit", lambda: None)

    with pytest.raises(KafkaTimeoutError, match=r"not to be seen on .*events.*-[0-9]"):
        ours.send(outgoing(publishing, 1))

    ours.close()
