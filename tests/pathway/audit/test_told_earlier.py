"""What a release before this one published is no difference; what was changed in it still is one."""

from datetime import date
from decimal import Decimal

import orjson
import pytest
from kafka import KafkaProducer
from pathway import outgoing, topics
from pathway.application import Pathways
from pathway.domain.codes import StageKind
from pathway.domain.facts import fold
from pathway.domain.stage import StartStage
from pathway.recorded import Recorded

from tests.pathway.audit.test_audit_topics import audit
from tests.pathway.audit.test_auditor import Auditing, auditing
from tests.pathway.given import said
from tests.pathway.publishing import Publishing, lives
from tests.people import invented_kbo

__all__ = ["auditing"]
SINCE_0_2 = ("soft_maximum_on", "hard_maximum_on")
STAGE = StartStage(
    on=date(2015, 2, 2),
    planned_until=date(2015, 3, 2),
    hours_per_week=Decimal(38),
    stage=StageKind.OS,
    host=invented_kbo(1),
)


def publish_as_0_1(publishing: Publishing, facts: list[Recorded], **changed: object) -> None:
    """Publish a pathway's facts as release 0.1.0 did, with these attributes of the last one changed."""
    producer = KafkaProducer(bootstrap_servers=publishing.settings.kafka_bootstrap_servers)
    base, key = publishing.settings.schemas_base, outgoing.key(facts[0].pathway_id)

    def send(topic: str, value: bytes) -> None:
        producer.send(topic, key=key, value=value, partition=topics.partition_of(key)).get(30)

    for count, fact in enumerate(facts, start=1):
        after = fold(one.fact for one in facts[:count])
        assert after is not None
        told = orjson.loads(outgoing.event(fact, after, frozenset(), base).to_bytes())
        told["data"] = {n: value for n, value in told["data"].items() if n not in SINCE_0_2}
        if fact is facts[-1]:
            told |= changed
            send(publishing.settings.state_topic, outgoing.state(fact, after, base).to_bytes())
        send(publishing.settings.events_topic, orjson.dumps(told))
    producer.close()
    position = facts[-1].position
    publishing.tell("update pathway.publisher_status set position = %s", position)


@pytest.fixture
def in_a_stage(publishing: Publishing, pathways: Pathways) -> list[Recorded]:
    """The facts of a pathway that ends in the start of a stage, published by nobody yet."""
    [pathway_id] = lives(pathways, 0, 1, facts=2)
    publishing.publish_all(pathways.store)
    [pathway_id] = lives(pathways, 1, 1, facts=1)
    pathways.command(pathway_id, [STAGE], said("stage"))
    return pathways.store.load(pathway_id)


def test_what_an_earlier_release_told_is_counted_and_no_difference(
    publishing: Publishing, in_a_stage: list[Recorded], auditing: Auditing
) -> None:
    publish_as_0_1(publishing, in_a_stage)

    status, told = audit(publishing)
    following = auditing.catch_up()

    assert status == 0, told
    assert "1 of them told by an earlier release" in told
    assert (following.position, following.differences) == (4, 0)
    assert following.told_earlier == 1


def test_a_changed_value_is_a_difference_whoever_told_it(
    publishing: Publishing, in_a_stage: list[Recorded], auditing: Auditing
) -> None:
    publish_as_0_1(publishing, in_a_stage, actorref="somebody-else")

    status, told = audit(publishing)
    following = auditing.catch_up()

    assert status == 1, told
    assert "has another content on the topic than the contract gives" in told
    assert following.differences == 1
