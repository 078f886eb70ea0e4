"""Both topics from given offsets on, record by record in each partition, for a read_committed reader."""

import time
from collections import deque
from collections.abc import Mapping
from typing import Any

from pathway import tails
from pathway.tails import POLL_MS, SECONDS_WITHOUT_PROGRESS
from pathway.topics import BrokersAway

MOST_HELD = 100
"""Records of one partition in memory, before the others are waited for."""
SECONDS_BETWEEN_LOOKS = 0.2


class TopicFront:
    """What comes next in each partition. `look` first: it says up to where there is anything.

    Raises BrokersAway and KafkaError.
    """

    def __init__(self, consumer: Any, offsets: Mapping[str, Mapping[int, int]]) -> None:  # noqa: ANN401
        self._consumer = consumer
        self._partitions = {
            (topic, p.partition): p for topic in offsets for p in tails.partitions(topic)
        }
        self._next = {(t, p): offsets[t][p] for t, p in self._partitions}
        self._held: dict[tuple[str, int], deque[Any]] = {key: deque() for key in self._partitions}
        self._ends: dict[tuple[str, int], int] = {}
        consumer.assign(list(self._partitions.values()))
        for key, partition in self._partitions.items():
            consumer.seek(partition, self._next[key])

    @property
    def offsets(self) -> dict[str, dict[int, int]]:
        """The next offset to read of each partition, by topic and partition."""
        found: dict[str, dict[int, int]] = {}
        for (topic, partition), offset in self._next.items():
            found.setdefault(topic, {})[partition] = offset
        return found

    def look(self) -> list[tuple[str, int, int, int]]:
        """See where partitions end now; those that end before what was read of them.

        As topic, partition, the offset that was reached and the end. They are read on from there.
        """
        ends = self._consumer.end_offsets(list(self._partitions.values()))
        self._ends = {key: ends[partition] for key, partition in self._partitions.items()}
        return [
            (*key, offset, self._ends[key])
            for key, offset in self._next.items()
            if self._ends[key] < offset
        ]

    def go_back(self, topic: str, partition: int) -> None:
        """Read on from the end of a partition that was cut."""
        key = (topic, partition)
        self._held[key].clear()
        self._next[key] = self._ends[key]
        self._consumer.seek(self._partitions[key], self._ends[key])

    def first(self, topic: str, partition: int) -> Any | None:  # noqa: ANN401
        """The record that comes next; None where the partition ended when it was looked at."""
        key = (topic, partition)
        held, place = self._held[key], self._partitions[key]
        progress = time.monotonic()
        while not held:
            reached = self._consumer.position(place)
            if reached >= self._ends[key]:
                # Past the marks of transactions, so that nobody has to read them again.
                self._next[key] = max(self._next[key], reached)
                return None
            if self._fetch():
                progress = time.monotonic()
            if time.monotonic() - progress > SECONDS_WITHOUT_PROGRESS and not held:
                raise BrokersAway(f"{topic} partition {partition} gives nothing more to read")
        record = held[0]
        return record if record.offset < self._ends[key] else None

    def take(self, topic: str, partition: int) -> None:
        """Go on behind the record that comes next."""
        key = (topic, partition)
        record = self._held[key].popleft()
        self._next[key] = record.offset + 1
        if not self._held[key]:
            self._consumer.resume(self._partitions[key])

    def wait(self) -> None:
        """Give the topics a moment, and look again."""
        time.sleep(SECONDS_BETWEEN_LOOKS)
        self.look()

    def _fetch(self) -> bool:
        found = self._consumer.poll(timeout_ms=POLL_MS)
        for partition, records in found.items():
            held = self._held[partition.topic, partition.partition]
            held.extend(records)
            if len(held) > MOST_HELD:
                self._consumer.pause(partition)
        return bool(found)
