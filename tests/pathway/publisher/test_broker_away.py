"""A broker that goes away and comes back, in the midst of publishing."""

import signal
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pathway.application import Pathways

from tests.pathway.publisher.broker import Broker
from tests.pathway.publishing import (
    WITHIN,
    Publishing,
    assert_exactly_once,
    life,
    lives,
    topics_for,
)


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    with tempfile.TemporaryDirectory(prefix="pathway-kafka-") as folder:
        broker = Broker(Path(folder))
        broker.start()
        yield broker
        broker.stop()


@pytest.fixture
def publishing(
    broker: Broker, pathway_url: str, topic_suffix: str, tmp_path: Path
) -> Iterator[Publishing]:
    with topics_for(pathway_url, broker.servers, topic_suffix, tmp_path) as publishing:
        yield publishing


def test_a_broker_that_was_away_gets_every_fact_once(
    broker: Broker, publishing: Publishing, pathways: Pathways
) -> None:
    with publishing.publisher(PUBLISHER_WINDOW="5"):
        recording = threading.Thread(target=lives, args=(pathways, 0, 40))
        recording.start()
        publishing.wait_for(20)
        broker.kill()
        recording.join(WITHIN)
        life(pathways, 100)
        broker.start()
        publishing.wait_for(164)

    assert_exactly_once(publishing, pathways.store)


def test_a_publisher_ends_when_told_also_while_the_broker_is_away(
    broker: Broker, publishing: Publishing, pathways: Pathways
) -> None:
    with publishing.publisher() as child:
        life(pathways, 0)
        publishing.wait_for(4)
        broker.kill()
        life(pathways, 1)
        child.send_signal(signal.SIGTERM)

        assert child.wait(WITHIN) == 0
    broker.start()
    publishing.publish_all(pathways.store)

    assert_exactly_once(publishing, pathways.store)
