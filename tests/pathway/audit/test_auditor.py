"""The auditor proves log and topics as they grow, finds what is wrong, names it, and goes on."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

import pytest
from embedded import process
from kafka import KafkaProducer
from pathway import outgoing, proof, topics
from pathway.application import Pathways
from pathway.auditor import AuditorSettings, Proving
from pathway.leader import Session
from pathway.proof import Proof
from pathway.recorded import Recorded
from plumbing.proofs import Kind
from psycopg.rows import dict_row

import schemas
from tests.pathway.given import SetClock
from tests.pathway.publishing import Publishing, life, lives

PATIENCE = 1.0


class Auditing:
    """An auditor's term, step by step."""

    def __init__(self, publishing: Publishing, session: Session, clock: SetClock) -> None:
        self.settings = AuditorSettings(**publishing.settings.model_dump())
        self.session, self.clock = session, clock

    def takes(self, facts: int) -> None:
        """So many facts at once from now on."""
        self.settings = self.settings.model_copy(update={"auditor_facts_per_second": facts})

    def catch_up(self) -> Proof:
        """Prove all that is published, rounds that are due included; what following says."""
        with ExitStack() as opened:
            proving = Proving(self.settings, self.session, opened, PATIENCE)
            for _ in range(10):
                if proving.step(self.clock()):
                    continue
                proofs = self.proofs()
                if Kind.ROUND not in proofs and Kind.FOLLOWING in proofs:
                    break
            proving.step(self.clock())
        return self.proofs()[Kind.FOLLOWING]

    def proofs(self) -> dict[Kind, Proof]:
        return proof.stored(self.session)

    def round_again(self) -> Proof:
        """A complete round; what it found."""
        proof.want_round(self.session, self.clock())
        self.catch_up()
        return self.proofs()[Kind.COMPLETE]


@pytest.fixture
def auditing(publishing: Publishing, clock: SetClock) -> Iterator[Auditing]:
    url = publishing.settings.pathway_database_url
    with Session.connect(url, autocommit=True, row_factory=dict_row) as session:
        yield Auditing(publishing, session, clock)


@pytest.fixture
def proven(publishing: Publishing, pathways: Pathways, auditing: Auditing) -> Publishing:
    """Three pathways of four facts each, published and proven."""
    lives(pathways, 0, 3)
    publishing.publish_all(pathways.store)
    assert auditing.catch_up().position == 12
    return publishing


def test_a_sound_log_is_proven_up_to_its_end(
    publishing: Publishing, pathways: Pathways, auditing: Auditing
) -> None:
    lives(pathways, 0, 3)
    publishing.publish_all(pathways.store)

    following = auditing.catch_up()

    assert (following.position, following.differences) == (12, 0)
    complete = auditing.proofs()[Kind.COMPLETE]
    assert (complete.facts, complete.position, complete.differences) == (12, 12, 0)


def test_what_was_published_since_is_proven_at_the_next_look(
    proven: Publishing, pathways: Pathways, auditing: Auditing
) -> None:
    lives(pathways, 3, 2)
    proven.publish_all(pathways.store)
    auditing.clock.forward(minutes=1)

    following = auditing.catch_up()

    assert (following.position, following.differences) == (20, 0)
    assert following.at == auditing.clock()


def test_what_is_not_published_yet_waits_without_being_a_difference(
    proven: Publishing, pathways: Pathways, auditing: Auditing
) -> None:
    lives(pathways, 3, 2)
    proven.publish_all(pathways.store)
    # As it looks between a publisher's commit on the topics and its note of it.
    proven.tell("update pathway.publisher_status set position = 12")

    before = auditing.catch_up()
    proven.tell("update pathway.publisher_status set position = 20")
    after = auditing.catch_up()

    assert (before.position, before.differences) == (12, 0)
    assert (after.position, after.differences) == (20, 0)


def test_windows_that_cut_a_transaction_of_the_publisher_prove_it_all_the_same(
    publishing: Publishing, pathways: Pathways, auditing: Auditing
) -> None:
    lives(pathways, 0, 3)
    publishing.publish_all(pathways.store)
    auditing.takes(5)

    following = auditing.catch_up()

    assert (following.position, following.facts, following.differences) == (12, 12, 0)


def test_another_process_goes_on_where_one_was_killed(
    proven: Publishing, pathways: Pathways, auditing: Auditing
) -> None:
    life(pathways, 3)
    proven.publish_all(pathways.store)
    # Killed between the first of two steps and the second: nothing but the rows is left of it.
    auditing.takes(3)
    with ExitStack() as opened:
        Proving(auditing.settings, auditing.session, opened, PATIENCE).step(auditing.clock())
    assert auditing.proofs()[Kind.FOLLOWING].position == 15

    following = auditing.catch_up()

    assert (following.position, following.facts, following.differences) == (16, 16, 0)


def test_topics_that_were_filled_anew_are_proven_from_their_beginning(
    proven: Publishing, pathways: Pathways, auditing: Auditing
) -> None:
    proven.delete_topics()
    topics.create(proven.settings)
    proven.tell("update pathway.publisher_status set position = 0, cluster_id = null")
    proven.publish_all(pathways.store)

    following = auditing.catch_up()

    assert (following.position, following.differences) == (12, 0)


# What is planted, and what the auditor says of it: when following, and in a complete round.


def by_hand(publishing: Publishing, record: Any, **changed: object) -> None:
    """Put a record on its topic once more, with other attributes or, as `value`, other bytes."""
    value = changed.pop("value", None)
    if value is None:
        value = schemas.parse(record.value).model_copy(update=changed).to_bytes()
    producer = KafkaProducer(bootstrap_servers=publishing.settings.kafka_bootstrap_servers)
    producer.send(record.topic, key=record.key, value=value, partition=record.partition).get(30)
    producer.close()


def event(publishing: Publishing, version: int) -> Any:
    """The first record of that version on the events topic."""
    found = publishing.on(publishing.settings.events_topic)
    return next(one for one in found if schemas.parse(one.value).streamversion == version)


def state(publishing: Publishing) -> Any:
    return publishing.on(publishing.settings.state_topic)[0]


def tamper(publishing: Publishing, statement: str) -> None:
    """Change facts as a superuser who switches the triggers off."""
    publishing.tell("alter table pathway.pathway_events disable trigger all")
    publishing.tell(statement)


def assert_found(one: Proof, *sentences: str) -> None:
    found = "\n".join(one.first_differences)
    assert one.differences, "no difference"
    assert one.found_at is not None
    for sentence in sentences:
        assert sentence in found, found


Plant = Callable[[Publishing], None]
ON_THE_TOPICS: list[tuple[Plant, str]] = [
    (lambda p: by_hand(p, event(p, 2)), "tells once more of fact"),
    (lambda p: by_hand(p, event(p, 2), id=uuid4()), "which the store does not have"),
    (lambda p: by_hand(p, event(p, 2), globalposition="1000"), "which the store does not have"),
    (lambda p: by_hand(p, event(p, 2), value=b"hello"), "is no message of ours"),
    (lambda p: by_hand(p, state(p), globalposition="1", streamversion=1), "it goes back"),
    (lambda p: by_hand(p, state(p), globalposition="1000"), "which the store does not have"),
    (lambda p: by_hand(p, state(p), value=b"hello"), "is no message of ours"),
]


@pytest.mark.parametrize(("plant", "sentence"), ON_THE_TOPICS)
def test_what_comes_to_the_topics_is_found_by_following_and_by_a_round(
    proven: Publishing, auditing: Auditing, plant: Plant, sentence: str
) -> None:
    plant(proven)

    following = auditing.catch_up()

    assert_found(following, sentence)
    assert_found(auditing.round_again(), sentence)


IN_NEW_FACTS: list[tuple[str, tuple[str, ...]]] = [
    (
        "update pathway.pathway_events set state = state || ' ' where notification_id = 15",
        ("version 3 (position 15): its hash is not that of its bytes",),
    ),
    (
        "delete from pathway.pathway_events where notification_id = 15",
        ("version 3 before it is missing", "which the store does not have"),
    ),
    (
        "delete from pathway.pathway_events where notification_id = 16",
        ("(position 16), which the store does not have",),
    ),
    (
        "update pathway.pathway_events set recorded_at = now() where notification_id = 15",
        ("the column recorded_at says",),
    ),
]


@pytest.mark.parametrize(("statement", "sentences"), IN_NEW_FACTS)
def test_damage_in_facts_that_are_not_proven_yet_is_found_by_following(
    proven: Publishing,
    pathways: Pathways,
    auditing: Auditing,
    statement: str,
    sentences: tuple[str, ...],
) -> None:
    life(pathways, 3)
    proven.publish_all(pathways.store)
    tamper(proven, statement)

    assert_found(auditing.catch_up(), *sentences)


IN_PROVEN_FACTS: list[tuple[str, tuple[str, ...]]] = [
    (statement.replace("15", "7").replace("16", "12"), found) for statement, found in (
        (IN_NEW_FACTS[0][0], ("its hash is not that of its bytes",)),
        (IN_NEW_FACTS[1][0], ("before it is missing", "which the store does not have")),
        (IN_NEW_FACTS[2][0], ("(position 12), which the store does not have",)),
    )
]  # fmt: skip


@pytest.mark.parametrize(("statement", "sentences"), IN_PROVEN_FACTS)
def test_damage_in_what_was_proven_is_found_by_the_next_round(
    proven: Publishing, auditing: Auditing, statement: str, sentences: tuple[str, ...]
) -> None:
    tamper(proven, statement)
    assert auditing.catch_up().differences == 0

    assert_found(auditing.round_again(), *sentences)


def test_a_message_that_never_came_and_its_state_are_named(
    proven: Publishing, pathways: Pathways, auditing: Auditing
) -> None:
    pathway_id = life(pathways, 3)
    proven.tell("update pathway.publisher_status set position = 16")

    following = auditing.catch_up()

    assert_found(
        following,
        f"pathway {pathway_id} version 4 (position 16): is not on the events topic",
        f"pathway {pathway_id} version 4 (position 16): its state is not on the state topic",
    )
    assert (following.position, following.differences) == (16, 5)


def test_a_message_with_another_content_is_named(
    proven: Publishing, pathways: Pathways, auditing: Auditing
) -> None:
    life(pathways, 3)
    # Instead of the publisher: somebody who may write to the topics, and tells it otherwise.
    record = event(proven, 4)
    newest = pathways.store.log()[-4:]
    for fact in newest:
        by_hand_of(proven, record, fact)
    proven.tell("update pathway.publisher_status set position = 16")

    found = auditing.catch_up()

    assert_found(found, "has another content on the topic than the contract gives")


def by_hand_of(publishing: Publishing, record: Any, fact: Recorded) -> None:
    """A message that has all of the fact's marks, and another content."""
    key = outgoing.key(fact.pathway_id)
    about = {"subject": fact.pathway_id, "partitionkey": fact.pathway_id, "id": fact.fact_id}
    marks = {"streamversion": fact.version, "globalposition": str(fact.position), "hash": fact.hash}
    message = schemas.parse(record.value).model_copy(update={**about, **marks})
    producer = KafkaProducer(bootstrap_servers=publishing.settings.kafka_bootstrap_servers)
    partition = topics.partition_of(key)
    producer.send(record.topic, key=key, value=message.to_bytes(), partition=partition).get(30)
    producer.close()


def test_a_difference_stays_until_a_round_that_began_after_it_finds_none(
    proven: Publishing, pathways: Pathways, auditing: Auditing
) -> None:
    life(pathways, 3)
    proven.publish_all(pathways.store)
    tamper(
        proven,
        "update pathway.pathway_events set recorded_at = recorded_at + interval '1 second'"
        " where notification_id = 16",
    )
    assert auditing.catch_up().differences == 1

    proven.tell(
        "update pathway.pathway_events set recorded_at = recorded_at - interval '1 second'"
        " where notification_id = 16"
    )
    assert auditing.catch_up().differences == 1
    auditing.clock.forward(minutes=1)
    complete = auditing.round_again()

    assert complete.differences == 0
    following = auditing.proofs()[Kind.FOLLOWING]
    assert (following.differences, following.first_differences) == (0, [])


def test_a_round_begins_once_a_day_by_itself(proven: Publishing, auditing: Auditing) -> None:
    began = auditing.proofs()[Kind.COMPLETE].begun_at
    auditing.clock.forward(hours=23)
    auditing.catch_up()
    assert auditing.proofs()[Kind.COMPLETE].begun_at == began

    auditing.clock.forward(hours=1)
    auditing.catch_up()

    assert auditing.proofs()[Kind.COMPLETE].begun_at == auditing.clock()


def test_one_leads_another_stands_by_and_takes_over(
    proven: Publishing, pathways: Pathways, auditing: Auditing
) -> None:
    def proven_up_to(position: int) -> Callable[[], bool]:
        return lambda: auditing.proofs()[Kind.FOLLOWING].position == position

    first, second = (proven.command("auditor", AUDITOR_SECONDS="0.2") for _ in range(2))
    try:
        life(pathways, 3)
        proven.publish_all(pathways.store)
        proven.wait_until(proven_up_to(16))
        first.kill()
        first.wait()
        life(pathways, 4)
        proven.publish_all(pathways.store)
        proven.wait_until(proven_up_to(20))
        assert second.poll() is None
    finally:
        process.stop(first, within=0)
        process.stop(second, within=0)


def test_the_command_says_what_is_proven_and_what_differs(
    proven: Publishing, auditing: Auditing
) -> None:
    status, said = proven.run("audit", "proof")
    assert status == 0, said
    assert "Proven up to position 12 at 2015-10-01 09:" in said
    assert "12 facts up to position 12" in said
    assert "No difference." in said

    by_hand(proven, event(proven, 2))
    auditing.catch_up()

    status, said = proven.run("audit", "proof")
    assert status == 1, said
    assert "tells once more of fact" in said
