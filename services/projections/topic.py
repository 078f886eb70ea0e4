"""The events topic as projections read it: the one door to Kafka on this side."""

import contextlib
import socket
from collections.abc import Collection, Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from kafka import KafkaAdminClient, KafkaConsumer
from kafka.errors import KafkaError, NoOffsetForPartitionError, OffsetOutOfRangeError
from kafka.partitioner.default import murmur2  # pyright: ignore[reportUnknownVariableType]
from kafka.structs import OffsetAndMetadata, TopicPartition
from plumbing.kafka_clients import connection

from projections.projection import Record
from projections.settings import FollowSettings

SECONDS_TO_CONNECT = 3.0
MOST_RECORDS = 5_000
"""Records in one batch: enough to write set by set, few enough to hold in memory."""
MOST_BYTES = 4 * 1024 * 1024
"""Of one partition in one answer of a broker: a batch from few partitions touches few pathways."""
ASKING_MS = 8_000
"""For an offset: a busy broker or machine stands still for seconds; a session ends after 10."""

_READING: dict[str, Any] = {
    "isolation_level": "read_committed",
    "enable_auto_commit": False,
    # Any position but one that we give is an error: what is lost or new must be loud.
    "auto_offset_reset": "none",
    "allow_auto_create_topics": False,
    "max_poll_records": MOST_RECORDS,
    "max_partition_fetch_bytes": MOST_BYTES,
    "fetch_max_wait_ms": 500,
    "session_timeout_ms": 10_000,
    "heartbeat_interval_ms": 2_000,
    "metrics_enabled": False,
}

KafkaFailed = KafkaError
"""Any failure of the brokers or of the way to them."""


class BrokersAway(Exception):
    """None of the brokers can be reached; the message names them."""


class TopicMissing(Exception):
    """The topic is not there yet."""


class OutOfRange(Exception):
    """A position is not in the topic any more, or not yet."""


@dataclass(frozen=True)
class Identity:
    """Which topic it is: a topic that was made anew has the same name and another id."""

    topic: str
    topic_id: UUID
    cluster_id: str
    partitions: frozenset[int]


@dataclass(frozen=True)
class Bounds:
    """The first offset that is still there, and the one after the last that is committed."""

    begin: int
    end: int


def identify(settings: FollowSettings) -> Identity:
    """Ask the brokers which topic this is. Raises BrokersAway, TopicMissing, KafkaFailed."""
    _reach(settings)
    admin: Any = KafkaAdminClient(**_connection(settings, "projections"))
    try:
        [told] = admin.describe_topics([settings.events_topic])
        cluster = admin.describe_cluster()
    finally:
        admin.close()
    if told["error_code"] or not told["partitions"]:
        raise TopicMissing(
            f"the topic {settings.events_topic} is not there yet; `pathway topics create` makes it"
        )
    return Identity(
        topic=settings.events_topic,
        topic_id=UUID(str(told["topic_id"])),
        cluster_id=str(cluster["cluster_id"]),
        partitions=frozenset(partition["partition_index"] for partition in told["partitions"]),
    )


class Reader:
    """A consumer of the topic that keeps no position of its own: whoever uses it says where to read."""

    def __init__(self, consumer: Any, topic: str) -> None:  # noqa: ANN401 - the library is untyped.
        self._consumer = consumer
        self._topic = topic

    def poll(self, seconds: float) -> list[Record]:
        """What has come, in the order of each partition; waits at most `seconds` for a first record.

        Raises OutOfRange and KafkaFailed.
        """
        try:
            found = self._consumer.poll(timeout_ms=int(seconds * 1000))
        except NoOffsetForPartitionError:
            # Partitions that were just assigned: their position is ours to give.
            return []
        except OffsetOutOfRangeError as error:
            raise OutOfRange(str(error)) from error
        return [
            Record(record.partition, record.offset, record.key, record.value)
            for records in found.values()
            for record in records
        ]

    def assigned(self) -> frozenset[int]:
        """The partitions that are ours to read at this moment."""
        return frozenset(place.partition for place in self._consumer.assignment() or ())

    def seek(self, partition: int, offset: int) -> None:
        """Read this partition from `offset` on."""
        self._consumer.seek(self._place(partition), offset)

    def position(self, partition: int) -> int:
        """The offset that comes next, past the marks of transactions."""
        return self._consumer.position(self._place(partition), timeout_ms=ASKING_MS)

    def bounds(self, partitions: Collection[int]) -> dict[int, Bounds]:
        """Where these partitions begin and end now. Raises KafkaFailed."""
        places = [self._place(partition) for partition in partitions]
        begins = self._consumer.beginning_offsets(places, timeout_ms=ASKING_MS)
        ends = self._consumer.end_offsets(places, timeout_ms=ASKING_MS)
        return {place.partition: Bounds(begins[place], ends[place]) for place in places}

    def ends(self, partitions: Collection[int]) -> dict[int, int]:
        """Where these partitions end now. Raises KafkaFailed."""
        places = [self._place(partition) for partition in partitions]
        ends = self._consumer.end_offsets(places, timeout_ms=ASKING_MS)
        return {place.partition: ends[place] for place in places}

    def show(self, positions: Mapping[int, int]) -> None:
        """Tell Kafka's own tools how far we are; nothing of ours reads it back."""
        self._consumer.commit_async(
            {self._place(p): OffsetAndMetadata(offset, "", -1) for p, offset in positions.items()}
        )

    def assign(self, froms: Mapping[int, int]) -> None:
        """Without a group: read these partitions from these offsets on."""
        self._consumer.assign([self._place(partition) for partition in froms])
        for partition, offset in froms.items():
            self.seek(partition, offset)

    def close(self) -> None:
        """Leave the group, so that others take over at once."""
        with contextlib.suppress(KafkaError):
            self._consumer.close(autocommit=False, timeout_ms=3_000)

    def _place(self, partition: int) -> Any:  # noqa: ANN401
        return TopicPartition(self._topic, partition)


@contextlib.contextmanager
def reader(settings: FollowSettings, group: str | None) -> Generator[Reader]:
    """A reader that sees what is committed, in `group` or, with None, by itself.

    Raises BrokersAway and KafkaFailed.
    """
    _reach(settings)
    consumer: Any = KafkaConsumer(
        **_connection(settings, group or "projections"), **_READING, group_id=group
    )
    reading = Reader(consumer, settings.events_topic)
    try:
        if group is not None:
            consumer.subscribe([settings.events_topic])
            # Who joins before it knows the topic's partitions may lead the group into sharing out
            # none, and the library does not always notice (seen with kafka-python 3.0.12).
            consumer.partitions_for_topic(settings.events_topic)
        yield reading
    finally:
        reading.close()


def read(
    settings: FollowSettings, until: Mapping[int, int], froms: Mapping[int, int] | None = None
) -> Iterator[list[Record]]:
    """What is in the topic up to the offsets `until`, from `froms` or from its beginning, in batches.

    Raises BrokersAway, OutOfRange and KafkaFailed.
    """
    with reader(settings, None) as reading:
        begins = froms or {p: bounds.begin for p, bounds in reading.bounds(until).items()}
        left = {partition for partition, end in until.items() if end > begins[partition]}
        if not left:
            return
        reading.assign({partition: begins[partition] for partition in left})
        while left:
            yield [r for r in reading.poll(1.0) if r.offset < until[r.partition]]
            left = {
                partition for partition in left if reading.position(partition) < until[partition]
            }


def bounds(settings: FollowSettings, partitions: Collection[int]) -> dict[int, Bounds]:
    """Where these partitions begin and end now. Raises BrokersAway and KafkaFailed."""
    with reader(settings, None) as reading:
        return reading.bounds(partitions)


def ends(settings: FollowSettings, partitions: Collection[int]) -> dict[int, int]:
    """Where these partitions end now. Raises BrokersAway and KafkaFailed."""
    with reader(settings, None) as reading:
        return reading.ends(partitions)


def _connection(settings: FollowSettings, client_id: str) -> dict[str, Any]:
    quick = {"bootstrap_timeout_ms": 5_000, "reconnect_backoff_max_ms": 1_000}
    return {**cast("dict[str, Any]", connection(settings, client_id)), **quick}


def _reach(settings: FollowSettings) -> None:
    """The library would try for long, and its threads with it; a look at the door takes a moment."""
    for server in settings.kafka_bootstrap_servers.split(","):
        host, _, port = server.strip().rpartition(":")
        with contextlib.suppress(OSError, ValueError):
            socket.create_connection((host.strip("[]"), int(port)), SECONDS_TO_CONNECT).close()
            return
    raise BrokersAway(f"none of the brokers {settings.kafka_bootstrap_servers} can be reached")


def partition_of(pathway_id: UUID, partitions: int) -> int:
    """The partition in which a pathway's events stand, of so many, as every producer of ours keys them."""
    return (cast("int", murmur2(str(pathway_id).encode())) & 0x7FFFFFFF) % partitions
