"""What is on the topics already: their newest message in each partition, for a read_committed reader."""

import contextlib
import time
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

import structlog
from kafka import KafkaConsumer
from kafka.errors import KafkaTimeoutError
from kafka.structs import TopicPartition
from plumbing.kafka_clients import connection

import schemas
from pathway import outgoing
from pathway.topics import (
    PARTITIONS,
    TopicSettings,
    high_watermarks,
    partition_of,
    reach,
    wait_until_seen,
)

FIRST_LOOK = 64
"""How far before a partition's end to look first: room for the marks of some transactions."""
WIDER = 32
SECONDS_TO_SETTLE = 5.0
SECONDS_WITHOUT_PROGRESS = 15.0
POLL_MS = 200

log = structlog.get_logger()


@dataclass(frozen=True)
class Tail:
    """A message of ours that is the last in its partition: the fact's position and id."""

    position: int
    fact_id: UUID


@dataclass(frozen=True)
class Tails:
    """The last message of ours in each partition that has one, by the partition's number."""

    events: Mapping[int, Tail]
    state: Mapping[int, Tail]

    @property
    def reached(self) -> int:
        """Nothing after this position is on either topic."""
        return newest((*self.events.values(), *self.state.values()))

    def hold_event(self, position: int, pathway_id: UUID) -> bool:
        """Whether the event of that fact is on its topic: each partition is written in order."""
        return _holds(self.events, position, pathway_id)

    def hold_state(self, position: int, pathway_id: UUID) -> bool:
        """Whether the pathway's state after that fact, or a later one, is on its topic."""
        return _holds(self.state, position, pathway_id)


def newest(tails: Iterable[Tail]) -> int:
    """The highest position among them; 0 when there are none."""
    return max((tail.position for tail in tails), default=0)


def _holds(tails: Mapping[int, Tail], position: int, pathway_id: UUID) -> bool:
    tail = tails.get(partition_of(outgoing.key(pathway_id)))
    return tail is not None and position <= tail.position


@contextlib.contextmanager
def reader(
    settings: TopicSettings, client_id: str, records: int = 2_000, partition_bytes: int = 1_048_576
) -> Generator[Any]:
    """A consumer that sees what is committed, takes part in no group, and is told where to read.

    It gives at most so many `records` at once, and has at most so many bytes of each partition in hand.
    Raises BrokersAway.
    """
    reach(settings)
    consumer: Any = KafkaConsumer(
        **cast("dict[str, Any]", connection(settings, client_id)),
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        allow_auto_create_topics=False,
        max_poll_records=records,
        max_partition_fetch_bytes=partition_bytes,
        fetch_max_wait_ms=100,
        metrics_enabled=False,
    )
    try:
        yield consumer
    finally:
        consumer.close(autocommit=False, timeout_ms=2_000)


def partitions(topic: str) -> list[Any]:
    """The topic's partitions, as the library names them."""
    return [TopicPartition(topic, number) for number in range(PARTITIONS)]


def read(settings: TopicSettings) -> Tails:
    """The tails of both topics. Raises BrokersAway and KafkaError.

    To be read when every earlier producer of ours is fenced.
    """
    everywhere = [p for topic in settings.topics for p in partitions(topic)]
    with reader(settings, "pathway-publisher-tails") as consumer:
        consumer.assign(everywhere)
        begins = cast("dict[Any, int]", consumer.beginning_offsets(everywhere))
        ends = settled_ends(settings, consumer, everywhere)
        found: dict[Any, Tail] = {}
        look = {p: FIRST_LOOK for p in everywhere if ends[p] > begins[p]}
        while look:
            froms = {p: max(begins[p], ends[p] - span) for p, span in look.items()}
            strangers = 0
            for record in records(consumer, froms, ends):
                tail = _tail(record)
                if tail is not None:
                    found[TopicPartition(record.topic, record.partition)] = tail
                strangers += tail is None
            if strangers:
                log.warning("strangers-on-our-topics", messages=strangers)
            # Only marks, undone transactions or strangers there: look further back.
            look = {
                p: span * WIDER
                for p, span in look.items()
                if p not in found and froms[p] > begins[p]
            }
    events, state = (
        {p.partition: tail for p, tail in found.items() if p.topic == topic}
        for topic in settings.topics
    )
    return Tails(events, state)


def settled_ends(
    settings: TopicSettings,
    consumer: Any,  # noqa: ANN401 - the library is untyped.
    where: Sequence[Any],
    patience: float = SECONDS_TO_SETTLE,
) -> dict[Any, int]:
    """Where each partition ends at this moment, once no transaction from before is open there.

    Behind an open one a read_committed reader sees nothing, and there may stand messages of ours.
    Raises KafkaTimeoutError when one stays open.
    """
    ends = high_watermarks(settings, where)
    wait_until_seen(consumer.end_offsets, ends, patience, "somebody's transaction stays open")
    return ends


def records(
    consumer: Any,  # noqa: ANN401
    froms: Mapping[Any, int],
    ends: Mapping[Any, int],
) -> Iterator[Any]:
    """Every committed record between these offsets, in its partition's order.

    Raises KafkaTimeoutError when the brokers stop giving.
    """
    consumer.assign(list(froms))
    # Assigning again what was assigned before leaves it paused.
    consumer.resume(*froms)
    for partition, offset in froms.items():
        consumer.seek(partition, offset)
    left = {p for p, offset in froms.items() if offset < ends[p]}
    progress = time.monotonic()
    while left:
        for partition, batch in consumer.poll(timeout_ms=POLL_MS).items():
            progress = time.monotonic()
            yield from (record for record in batch if record.offset < ends[partition])
        reached = {p for p in left if consumer.position(p) >= ends[p]}
        if reached:
            left -= reached
            consumer.pause(*reached)
            progress = time.monotonic()
        if time.monotonic() - progress > SECONDS_WITHOUT_PROGRESS:
            raise KafkaTimeoutError("the brokers give nothing more to read")


def everything(
    settings: TopicSettings,
    consumer: Any,  # noqa: ANN401 - the library is untyped.
    topic: str,
    patience: float,
) -> tuple[int, Iterator[Any]]:
    """How many places the topic has at this moment, and every committed record up to there.

    Raises KafkaTimeoutError.
    """
    where = partitions(topic)
    consumer.assign(where)
    begins = cast("dict[Any, int]", consumer.beginning_offsets(where))
    ends = settled_ends(settings, consumer, where, patience)
    return sum(ends[p] - begins[p] for p in where), records(consumer, begins, ends)


def fact_of(record: Any) -> UUID | None:  # noqa: ANN401
    """Which fact a record tells of; None for a stranger's."""
    tail = _tail(record)
    return tail.fact_id if tail else None


def _tail(record: Any) -> Tail | None:  # noqa: ANN401
    """Of our messages the fact; None for a stranger's."""
    try:
        message = schemas.parse(record.value or b"")
    except schemas.BrokenMessage:
        return None
    return Tail(int(message.globalposition), message.id)
