"""Another team's Kafka client, which is not ours and knows the topic page and the schemas only."""

import json
from contextlib import closing

import httpx2
import pytest

import schemas
from tests.system.clients import Client, anybody, read_all
from tests.system.proofs import assert_each_pathway_is_whole, what_does_not_fit
from tests.system.stack import Stack

pytestmark = pytest.mark.system

PATHWAYS = 40


@pytest.fixture(scope="module")
def filled(stack: Stack) -> Stack:
    """The stack with a small population, and somebody who was enrolled over REST."""
    stack.run("pathway", "simulate", "--pathways", str(PATHWAYS), "--seed", "7")
    with closing(Client(stack)) as client:
        client.insist("/v1/pathways", anybody())
    stack.wait_until_caught_up()
    return stack


def test_it_reads_every_fact_once_in_each_pathways_order(filled: Stack) -> None:
    events = read_all(filled.brokers, filled.events_topic)

    assert len(events) == filled.facts()
    assert_each_pathway_is_whole(events)
    assert len({one.event["subject"] for one in events}) > PATHWAYS


def test_every_event_fits_the_published_schemas(filled: Stack) -> None:
    events = read_all(filled.brokers, filled.events_topic)

    assert [wrong for one in events for wrong in what_does_not_fit(one)] == []
    assert {one.content_type for one in events} == {"application/cloudevents+json"}
    assert {(one.key, one.event["partitionkey"]) for one in events} == {
        (one.event["subject"], one.event["subject"]) for one in events
    }
    assert len({one.event["type"] for one in events}) >= 10


def test_the_address_in_dataschema_serves_the_schema(filled: Stack) -> None:
    events = read_all(filled.brokers, filled.events_topic)

    for address in {one.event["dataschema"] for one in events}:
        served = httpx2.get(address)
        name = address.rpartition("/")[2]
        assert served.json() == json.loads((schemas.JSON_SCHEMAS / name).read_text())


def test_the_newest_state_of_each_pathway_is_of_its_last_fact(filled: Stack) -> None:
    states = read_all(filled.brokers, filled.state_topic)

    newest = {one.event["subject"]: one.event["streamversion"] for one in states}
    stored = filled.ask(
        "select originator_id::text, max(originator_version) from pathway.pathway_events group by 1"
    )
    assert newest == dict(stored)
    assert [wrong for one in states for wrong in what_does_not_fit(one)] == []
