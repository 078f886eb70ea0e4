"""A broker of this test's own goes away and comes back: nothing is lost, doubled, or left hanging."""

import signal
import subprocess
from collections.abc import Callable, Iterator
from datetime import date

import psycopg
import pytest
from embedded import kafka, process
from projections.settings import FollowSettings

from .eventually import eventually
from .history import History
from .kafka import Topic

MARCH, APRIL, JUNE = (date(2024, month, 1) for month in (3, 4, 6))
SECONDS_TO_STOP = 10


class Broker:
    """A Kafka that a test can stop and start again on the same port and data."""

    def __init__(self, data, ports: tuple[int, int]) -> None:
        self.data, self.ports = data, ports
        self.start()

    def start(self) -> None:
        self.running = kafka.start(self.data, *self.ports)

    def stop(self) -> None:
        self.running.stop()


@pytest.fixture
def broker(tmp_path) -> Iterator[Broker]:
    made = Broker(tmp_path / "kafka", (process.free_port(), process.free_port()))
    yield made
    made.stop()


@pytest.fixture
def own_settings(broker, read_models) -> FollowSettings:
    return FollowSettings(
        projections_database_url=read_models,
        kafka_bootstrap_servers=broker.running.bootstrap_servers,
        events_topic="events",
        projections_group="group",
    )


@pytest.fixture
def versions(read_models) -> Iterator[Callable[[], list[tuple]]]:
    with psycopg.connect(read_models, autocommit=True) as connection:
        query = "select version, count(*) from counsellor.caseload group by 1 order by 1"
        yield lambda: connection.execute(query).fetchall()


def test_a_broker_that_comes_back_loses_and_doubles_nothing(
    broker, own_settings, versions, consumer_process
):
    people = [History(f"person {n}").enrolled(MARCH).assigned(APRIL) for n in range(6)]
    topic = Topic(own_settings.kafka_bootstrap_servers, "events")
    topic.put(*people)
    topic.close()
    consumer_process(own_settings)
    eventually(versions, [(2, 6)], within=60)

    broker.stop()
    broker.start()
    again = Topic(own_settings.kafka_bootstrap_servers, "events", make=False)
    again.put(*(person.closed(JUNE) for person in people), from_version=3)
    again.close()

    eventually(versions, [(3, 6)], within=60)


def test_it_ends_in_time_also_while_the_broker_is_away(broker, own_settings, consumer_process):
    Topic(own_settings.kafka_bootstrap_servers, "events").close()
    child: subprocess.Popen = consumer_process(own_settings)
    for line in child.stderr:
        if "takes up" in line:
            break
    broker.stop()

    child.send_signal(signal.SIGTERM)
    child.communicate(timeout=SECONDS_TO_STOP)

    assert child.returncode == 0
    broker.start()
