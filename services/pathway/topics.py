"""The two topics: their names, how they are made, and which ones these are."""

import socket
import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast
from uuid import UUID

from kafka import KafkaAdminClient
from kafka.admin import (
    ConfigResource,
    ConfigResourceType,
    OffsetSpec,  # pyright: ignore[reportAttributeAccessIssue, reportUnknownVariableType]
)
from kafka.errors import KafkaError, KafkaTimeoutError, TopicAlreadyExistsError
from kafka.partitioner.default import murmur2  # pyright: ignore[reportUnknownVariableType]
from kafka.structs import TopicPartition
from plumbing.kafka_clients import KafkaSettings, connection
from pydantic import Field

import schemas

PARTITIONS = 12
MESSAGE_BYTES = 1_048_576
SECONDS_TO_CONNECT = 3.0
SECONDS_TO_ANSWER = 10.0
SECONDS_TO_MAKE = 30.0
SECONDS_BETWEEN_LOOKS = 0.002

_COMMON = {"max.message.bytes": str(MESSAGE_BYTES), "compression.type": "producer"}
_EVENTS = {**_COMMON, "cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"}
_STATE = {**_COMMON, "cleanup.policy": "compact"}


KafkaFailed = KafkaError
"""Any failure of the brokers or of the way to them."""


class BrokersAway(Exception):
    """None of the brokers can be reached; the message names them."""


class TopicsWrong(Exception):
    """The topics are not as they must be; the message says what to do."""


class TopicSettings(KafkaSettings):
    """Where Kafka is, and what the two topics are called there."""

    events_topic: str = Field(
        default=schemas.EVENTS_TOPIC, description="the name of the topic with every event"
    )
    state_topic: str = Field(
        default=schemas.STATE_TOPIC, description="the name of the topic with the newest states"
    )
    kafka_replication_factor: int = Field(
        default=-1,
        description="copies of each partition when topics are made; -1: the brokers' own",
    )

    @property
    def topics(self) -> tuple[str, str]:
        return self.events_topic, self.state_topic


@dataclass(frozen=True)
class TopicIds:
    """Which cluster and which topics these are; a topic that was made again has another id."""

    cluster_id: str
    events_topic_id: UUID
    state_topic_id: UUID


@dataclass(frozen=True)
class Found:
    """The topics as the brokers know them. `largest` is the largest message that both take, in bytes."""

    ids: TopicIds
    largest: int


def create(settings: TopicSettings) -> list[str]:
    """Make the topics that are not there; returns their names. Others stay as they are.

    Raises BrokersAway, TopicsWrong.
    """
    wanted = {settings.events_topic: _EVENTS, settings.state_topic: _STATE}
    made: list[str] = []
    # Brokers that have only just come up, or are busy, take a while over new partitions.
    with admin_of(settings, SECONDS_TO_MAKE) as admin:
        there = set(admin.list_topics())
        for name, configs in wanted.items():
            if name in there:
                continue
            options = {
                "num_partitions": PARTITIONS,
                "replication_factor": settings.kafka_replication_factor,
                "configs": configs,
            }
            try:
                admin.create_topics({name: options}, wait_for_metadata=True)
                made.append(name)
            except TopicAlreadyExistsError:
                continue
    deadline = time.monotonic() + SECONDS_TO_MAKE
    while True:
        try:
            find(settings)
        except TopicsWrong:
            # The broker that is asked may not have heard yet of what another one made.
            if not made or time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return made


def find(settings: TopicSettings) -> Found:
    """The topics as they are. Raises BrokersAway, and TopicsWrong when they are not as they must be."""
    with admin_of(settings) as admin:
        cluster = str(admin.describe_cluster()["cluster_id"])
        described = {topic["name"]: topic for topic in admin.describe_topics(settings.topics)}
        for name in settings.topics:
            _check(name, described.get(name))
        resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in settings.topics]
        configs = admin.describe_configs(resources, config_filter="all")["topic"]
    events, state = (configs[name] for name in settings.topics)
    if _value(events, "cleanup.policy") != "delete" or "compact" not in _value(
        state, "cleanup.policy"
    ):
        raise TopicsWrong(
            f"{settings.events_topic} must have cleanup.policy delete and {settings.state_topic} "
            "compact: a compacted log would lose events. Change the topics' configuration."
        )
    ids = [UUID(str(described[name]["topic_id"])) for name in settings.topics]
    largest = min(int(_value(topic, "max.message.bytes")) for topic in (events, state))
    return Found(TopicIds(cluster, *ids), largest)


def high_watermarks(settings: TopicSettings, where: Sequence[Any]) -> dict[Any, int]:
    """Where each of these partitions ends, open transactions included. Raises BrokersAway."""
    with admin_of(settings) as admin:
        return _ends(admin, where, "read_uncommitted")


def last_stable_offsets(admin: Any, where: Iterable[Any]) -> dict[Any, int]:  # noqa: ANN401
    """Up to where a reader of what is committed sees each of these partitions. Raises KafkaError."""
    return _ends(admin, where, "read_committed")


def group_offsets(settings: TopicSettings, topic: str, partition: int) -> dict[str, int]:
    """The offset that each consumer group with a place in this partition reads next. Raises BrokersAway."""
    where = TopicPartition(topic, partition)
    with admin_of(settings) as admin:
        known = [one["group_id"] for one in admin.list_groups(types_filter=["classic", "consumer"])]
        asked = {name: [where] for name in known}
        found: dict[str, dict[Any, Any]] = admin.list_group_offsets(asked) if asked else {}
    told = {name: int(places[where].offset) for name, places in found.items() if where in places}
    return {name: offset for name, offset in told.items() if offset >= 0}


def wait_until_seen(
    stable: Callable[[list[Any]], Mapping[Any, int]],
    ends: Mapping[Any, int],
    patience: float,
    otherwise: str,
) -> None:
    """Wait until a reader of what is committed sees each partition up to its end.

    `stable` tells up to where such a reader sees partitions. Raises KafkaTimeoutError after `patience`
    seconds, which says `otherwise` and names the partitions that are behind.
    """
    deadline = time.monotonic() + patience
    behind = list(ends)
    while behind:
        seen = stable(behind)
        behind = [p for p in behind if seen[p] < ends[p]]
        if behind and time.monotonic() > deadline:
            names = ", ".join(sorted(f"{p.topic}-{p.partition}" for p in behind))
            raise KafkaTimeoutError(f"{otherwise} on {names}")
        if behind:
            time.sleep(SECONDS_BETWEEN_LOOKS)


def _ends(admin: Any, where: Iterable[Any], isolation: str) -> dict[Any, int]:  # noqa: ANN401
    latest = admin.list_partition_offsets(
        dict.fromkeys(where, cast("object", OffsetSpec.LATEST)), isolation_level=isolation
    )
    return {partition: int(found.offset) for partition, found in latest.items()}


def _value(config: dict[str, dict[str, Any]], name: str) -> str:
    return str(config[name]["value"])


def _check(name: str, described: dict[str, Any] | None) -> None:
    if described is None or described.get("error_code"):
        raise TopicsWrong(f"There is no topic {name}. Make it with `pathway topics create`.")
    partitions = len(described["partitions"])
    if partitions != PARTITIONS:
        raise TopicsWrong(
            f"{name} has {partitions} partitions and must have {PARTITIONS}: another number moves "
            "keys to other partitions and breaks each pathway's order. Delete the topic (with a "
            "copy elsewhere of what it holds) and run `pathway topics create`."
        )


@lru_cache(maxsize=8192)
def partition_of(key: bytes) -> int:
    """The partition of a key, the way Kafka's own clients choose it."""
    return (cast("int", murmur2(key)) & 0x7FFFFFFF) % PARTITIONS


def reach(settings: KafkaSettings) -> None:
    """Raise BrokersAway unless a broker accepts connections.

    To be asked before a Kafka client is made: one that cannot connect leaves its thread behind.
    """
    for address in settings.kafka_bootstrap_servers.split(","):
        host, _, port = address.strip().rpartition(":")
        try:
            socket.create_connection((host, int(port)), SECONDS_TO_CONNECT).close()
        except (OSError, ValueError):
            continue
        return
    raise BrokersAway(f"no broker answers at {settings.kafka_bootstrap_servers}")


@contextmanager
def admin_of(settings: TopicSettings, patience: float = SECONDS_TO_ANSWER) -> Generator[Any]:
    """A client that asks and tells the brokers about topics, so many seconds patient with each request.

    Raises BrokersAway, in the block too.
    """
    reach(settings)
    try:
        admin = KafkaAdminClient(
            **cast("dict[str, Any]", connection(settings, "pathway-topics")),
            request_timeout_ms=int(patience * 1000),
        )
        try:
            yield admin
        finally:
            admin.close()
    except KafkaError as away:
        raise BrokersAway(f"Kafka does not answer as it should: {away}") from away
