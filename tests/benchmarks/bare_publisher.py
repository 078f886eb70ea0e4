"""A bare loop of kafka-python, in a process of its own: transactions of messages that are ready in memory."""

import pickle
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kafka import KafkaProducer
from pathway.topics import partition_of

from tests.benchmarks.history import Window

CONTENT_TYPE = [("content-type", b"application/cloudevents+json")]


def producer(bootstrap: str, transactional_id: str) -> Any:
    """A transactional producer with the settings that ours has, so that the guarantee is the same."""
    made = KafkaProducer(
        bootstrap_servers=bootstrap,
        transactional_id=transactional_id,
        acks="all",
        enable_idempotence=True,
        compression_type="lz4",
        linger_ms=5,
        batch_size=131_072,
        retry_backoff_ms=5,
        allow_auto_create_topics=False,
        metrics_enabled=False,
    )
    made.init_transactions()
    return made


def send(sending: Any, window: Window, topics: Sequence[str]) -> None:
    """One transaction, committed when this returns."""
    sending.begin_transaction()
    for topic, messages in zip(topics, (window.events, window.states), strict=True):
        for key, value in messages:
            partition = partition_of(key)
            sending.send(topic, key=key, value=value, headers=CONTENT_TYPE, partition=partition)
    sending.commit_transaction()


def main(file: Path) -> None:
    """Send what the file holds, and print the seconds that it took."""
    bootstrap, topics, windows = pickle.loads(file.read_bytes())
    sending = producer(bootstrap, f"bare-{topics[0]}")
    began = time.perf_counter()
    for window in windows:
        send(sending, window, topics)
    print(time.perf_counter() - began)
    sending.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
