"""A consumer as the topic page describes it: states first, then the log, over Kafka or REST."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from schemas.kit import Follower, InMemory, Judged, Record, Rest, Verdict
from tests.pathway.publishing import Publishing


@dataclass(frozen=True)
class Api:
    """Where the REST API is, and a token of a consuming system."""

    base: str
    token: str

    @property
    def rest(self) -> Rest:
        return Rest(self.base, lambda: self.token)


@dataclass
class Consumer:
    """Follows with the kit and keeps every verdict; `back` is how far it goes back before the log's end."""

    publishing: Publishing
    back: int
    follower: Follower = field(default_factory=lambda: Follower(InMemory()))
    judged: list[Judged] = field(default_factory=list)

    def read(self, topic: str, froms: dict[Any, int], ends: dict[Any, int], kafka: Any) -> None:
        """The topic between these offsets, as the kit is given it."""
        of_events = topic == self.publishing.settings.events_topic
        judge = self.follower.judge if of_events else self.follower.judge_state
        kafka.assign(list(froms))
        for partition, offset in froms.items():
            kafka.seek(partition, offset)
        while any(kafka.position(one) < ends[one] for one in froms):
            for records in kafka.poll(timeout_ms=100).values():
                for one in records:
                    self.judged.append(judge(Record(one.key, one.value, one.partition, one.offset)))

    def hand_over(self) -> dict[Any, int]:
        """Steps 1 and 2; returns where to read the log on."""
        settings = self.publishing.settings
        with reader(settings.kafka_bootstrap_servers) as kafka:
            log, states = (partitions(kafka, topic) for topic in settings.topics)
            begins, ends = kafka.beginning_offsets(log), kafka.end_offsets(log)
            last = kafka.end_offsets(states)
            self.read(settings.state_topic, kafka.beginning_offsets(states), last, kafka)
        return {one: max(begins[one], ends[one] - self.back) for one in log}

    def follow(self, froms: dict[Any, int]) -> None:
        """Steps 3 and 4, to where the log ends now."""
        settings = self.publishing.settings
        with reader(settings.kafka_bootstrap_servers) as kafka:
            ends = kafka.end_offsets(list(froms))
            self.read(settings.events_topic, froms, ends, kafka)

    def verdicts(self) -> set[Verdict]:
        return {one.verdict for one in self.judged}


class reader:  # noqa: N801 - It reads as a function.
    """A kafka-python consumer of what is committed, in no group."""

    def __init__(self, bootstrap: str) -> None:
        self._kafka: Any = KafkaConsumer(
            bootstrap_servers=bootstrap,
            isolation_level="read_committed",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        )

    def __enter__(self) -> Any:
        return self._kafka

    def __exit__(self, *_: object) -> None:
        self._kafka.close()


def partitions(kafka: Any, topic: str) -> list[Any]:
    return [TopicPartition(topic, number) for number in sorted(kafka.partitions_for_topic(topic))]


def pages(rest: Rest, after: str = "0", limit: int = 3) -> Iterator[Record]:
    """Everything after a place in the log, page by page."""
    while (page := rest.after(after, wait=0, limit=limit)).records:
        yield from page.records
        after = page.next
