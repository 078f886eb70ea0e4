"""Those who use the system from outside: people with a token, and a Kafka client that is not ours."""

import itertools
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import httpx2
from confluent_kafka import Consumer, KafkaError, Message, TopicPartition
from embedded import process

from tests.people import invented_insz
from tests.system.stack import Stack

COUNSELLOR, OTHER_COUNSELLOR, UNIT = "bemiddelaar-01", "bemiddelaar-02", "OE-VOORBEELD-NOORD"
REPORTING_OFFICER, AUDITOR = "rapporteur-01", "auditor-01"
SECONDS_TO_SEE = 10.0
SECONDS_TO_INSIST = 90.0
SECONDS_TO_READ = 60.0

_numbers = itertools.count(1)


def anybody() -> dict[str, object]:
    """The enrolment of somebody whom nobody knows yet."""
    number = next(_numbers)
    birth = date(1961, 1, 2) + timedelta(days=number // 900)
    return {
        "on": "2024-01-08",
        "insz": invented_insz(birth, number % 900 + 1),
        "last_name": "Testers",
        "first_name": "Anna",
        "category": "00",
        "channel": "LOKET",
        "characteristics": {"commune": "44021", "education": "KORT"},
    }


class Client:
    """Somebody with a token, at the API and at the pages' REST."""

    def __init__(self, stack: Stack, who: str = COUNSELLOR) -> None:
        settings = stack.settings
        asked = httpx2.get(
            settings.address(settings.issuer_port, "/demo/token"), params={"user": who}
        )
        headers = {"Authorization": f"Bearer {asked.raise_for_status().text}"}
        self.api = httpx2.Client(
            base_url=settings.address(settings.api_port), headers=headers, timeout=30
        )
        self.web = httpx2.Client(
            base_url=settings.address(settings.web_port), headers=headers, timeout=30
        )

    def close(self) -> None:
        self.api.close()
        self.web.close()

    def command(
        self, address: str, body: Mapping[str, object], version: int | None, key: str | None = None
    ) -> httpx2.Response:
        """A command; without a key, under one of its own."""
        headers = {"Idempotency-Key": key or str(uuid4())}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        return self.api.post(address, json=body, headers=headers)

    def insist(
        self, address: str, body: Mapping[str, object], version: int | None = None
    ) -> dict[str, Any]:
        """The same, again and again under the same key until there is an answer, which must be good."""
        key, deadline = str(uuid4()), time.monotonic() + SECONDS_TO_INSIST
        while True:
            try:
                answer = self.command(address, body, version, key)
            except httpx2.HTTPError as error:
                told = repr(error)
            else:
                told = f"{answer.status_code} {answer.text}"
                if answer.is_success:
                    return answer.json()
                again = answer.status_code == httpx2.codes.SERVICE_UNAVAILABLE
                assert again or "in-flight" in answer.text, told
            assert time.monotonic() < deadline, f"no answer to {address}: {told}"
            time.sleep(0.1)

    def asks(self, address: str, **asked: object) -> Any:
        """A question to the write side."""
        return _good(self.api.get(address, params=asked))

    def asks_web(self, address: str, **asked: object) -> Any:
        """A question to the read models."""
        return _good(self.web.get(address, params=asked))


def _good(answer: httpx2.Response) -> Any:
    assert answer.is_success, f"{answer.status_code} {answer.text}"
    return answer.json()


@dataclass(frozen=True)
class Received:
    """A message as a reader who knows nothing of us gets it."""

    partition: int
    offset: int
    key: str
    content_type: str
    event: dict[str, Any]


def read_all(brokers: str, topic: str) -> list[Received]:
    """Every message on the topic for a `read_committed` reader, each partition's in its order."""
    consumer = Consumer(
        {
            "bootstrap.servers": brokers,
            "group.id": f"third-party-{uuid4().hex[:8]}",
            "isolation.level": "read_committed",
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
        }
    )
    try:
        partitions = consumer.list_topics(topic, timeout=20).topics[topic].partitions
        consumer.assign([TopicPartition(topic, number, 0) for number in partitions])
        return _to_the_end(consumer, set(partitions))
    finally:
        consumer.close()


def _to_the_end(consumer: Consumer, unfinished: set[int]) -> list[Received]:
    found: list[Received] = []
    deadline = time.monotonic() + SECONDS_TO_READ
    while unfinished:
        assert time.monotonic() < deadline, f"partitions {unfinished} have no end"
        for message in consumer.consume(1000, timeout=0.5):
            error = message.error()
            if error is None:
                found.append(_received(message))
            elif error.code() == KafkaError._PARTITION_EOF:
                unfinished.discard(message.partition() or 0)
            else:
                raise AssertionError(str(error))
    return found


def _received(message: Message) -> Received:
    return Received(
        partition=message.partition() or 0,
        offset=message.offset() or 0,
        key=(message.key() or b"").decode(),
        content_type=dict(message.headers() or []).get("content-type", b"").decode(),
        event=json.loads(message.value() or b"null"),
    )


def by_people(entries: Iterable[dict[str, Any]]) -> list[str]:
    """The events of a timeline that somebody caused; deadlines come in between at any moment."""
    return [one["event"] for one in entries if one["event"] != "deadline-reached"]


def seconds_until(seen: Any) -> float:
    """How long it took until `seen()` was true; it must be within SECONDS_TO_SEE."""
    began = time.monotonic()
    assert process.eventually(seen, within=SECONDS_TO_SEE, every=0.01), "not seen"
    return time.monotonic() - began
