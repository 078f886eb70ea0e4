"""What brokers will never take: publishing stops at that fact, says so, and goes on once that is decided."""

import os
from typing import Any
from uuid import UUID

import pytest
from kafka.admin import ConfigResource, ConfigResourceType
from pathway import sending
from pathway.application import Pathways
from pathway.publisher import Publisher, Stopped
from pathway.sending import Outgoing, Refused, Sending

from tests.pathway.publishing import Publishing, assert_exactly_once, lives

AN_HOUR = "3600000"


def configure(publishing: Publishing, **settings: str) -> None:
    told = {name.replace("_", "."): value for name, value in settings.items()}
    with publishing.admin() as admin:
        admin.alter_configs(
            [
                ConfigResource(ConfigResourceType.TOPIC, topic, told)
                for topic in publishing.settings.topics
            ]
        )


@pytest.fixture
def refusable(publishing: Publishing, pathways: Pathways, monkeypatch: pytest.MonkeyPatch) -> UUID:
    """A fact amid twelve that the brokers refuse, unless it is withheld: its message is said to be of 1970."""
    configure(publishing, message_timestamp_before_max_ms=AN_HOUR)
    lives(pathways, 0, 3)
    fact_id = pathways.store.log()[6].fact_id
    make = sending._producer

    def of_1970(*settings: Any) -> Any:
        producer = make(*settings)
        send = producer.send

        def stamped(topic: str, *, value: bytes, **named: Any) -> Any:
            refused = (
                topic == publishing.settings.events_topic
                and str(fact_id).encode() in value
                and b"withheld" not in value
            )
            return send(topic, value=value, **named, timestamp_ms=1 if refused else None)

        monkeypatch.setattr(producer, "send", stamped)
        return producer

    monkeypatch.setattr(sending, "_producer", of_1970)
    return fact_id


def test_a_fact_that_the_brokers_refuse_stops_publishing_there_and_is_named(
    publishing: Publishing, pathways: Pathways, refusable: UUID
) -> None:
    with pytest.raises(Stopped, match=rf"message of fact {refusable} \(Invalid"):
        Publisher(publishing.settings).run()

    assert publishing.status("stopped_reason") == "REFUSED"
    for way_out in ("change the topic's configuration", f"publisher withhold {refusable}"):
        assert way_out in publishing.status("stopped_detail")
    assert publishing.status("position") == 6
    assert len(publishing.events()) == 6


def test_once_it_is_withheld_everything_goes_on(
    publishing: Publishing, pathways: Pathways, refusable: UUID
) -> None:
    with pytest.raises(Stopped):
        Publisher(publishing.settings).run()
    reason = ("--reason", "the brokers refuse it")

    status, said = publishing.run("publisher", "withhold", str(refusable), *reason)

    assert status == 0, said
    publishing.publish_all(pathways.store)
    assert publishing.status("stopped_reason") is None
    [withheld] = [event for event in publishing.events() if event.id == refusable]
    assert withheld.type == "be.vdab.pathway.withheld.v1"
    assert_exactly_once(publishing, pathways.store)


def test_of_several_messages_the_one_that_is_refused_is_told(publishing: Publishing) -> None:
    topic = publishing.settings.events_topic
    # Of chance, so that packing does not make it small; and larger than any topic of ours takes.
    window = [Outgoing(topic, b"key %d" % n, os.urandom(300)) for n in range(40)]
    window[11] = Outgoing(topic, b"key 11", os.urandom(1_100_000))
    ours = Sending(publishing.settings, 2_000_000)
    ours.fence()

    with pytest.raises(Refused, match="MessageSizeTooLargeError") as refused:
        ours.send(window)

    ours.close()
    assert refused.value.outgoing is window[11]
    assert publishing.on(topic) == []
