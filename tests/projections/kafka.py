"""A topic of a test's own on the real Kafka, written in transactions as the publisher does."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from kafka import KafkaAdminClient, KafkaProducer
from projections.consumer import follow
from projections.projection import Projection
from projections.settings import FollowSettings

from .history import History


class Topic:
    """One topic; what a test puts there is committed before `put` returns."""

    def __init__(
        self, bootstrap: str, name: str, partitions: int = 3, *, make: bool = True
    ) -> None:
        self.name = name
        self.bootstrap = bootstrap
        self.partitions = partitions
        if make:
            self.make()
        self.producer = KafkaProducer(
            bootstrap_servers=bootstrap,
            transactional_id=name,
            retry_backoff_ms=5,
            allow_auto_create_topics=False,
        )
        self.producer.init_transactions()

    def make(self) -> None:
        self._admin("create_topics", {self.name: {"num_partitions": self.partitions}})

    def delete(self) -> None:
        self._admin("delete_topics", [self.name])

    def _admin(self, call: str, argument: object) -> None:
        admin = KafkaAdminClient(bootstrap_servers=self.bootstrap)
        getattr(admin, call)(argument)
        admin.close()

    def put(self, *histories: History, from_version: int = 1, commit: bool = True) -> None:
        """Put histories on the topic, one transaction for each event."""
        for history in histories:
            for value in history.values[from_version - 1 :]:
                self.put_value(history, value, commit=commit)

    def put_value(self, history: History, value: bytes, *, commit: bool = True) -> None:
        self.producer.begin_transaction()
        key = str(history.pathway_id).encode()
        self.producer.send(self.name, key=key, value=value)
        self.producer.flush()
        if commit:
            self.producer.commit_transaction()
        else:
            self.producer.abort_transaction()

    def close(self) -> None:
        self.producer.close()


@contextmanager
def following(projection: Projection, settings: FollowSettings) -> Iterator[threading.Thread]:
    """A consumer in a thread of this process, told to stop at the end."""
    stop = threading.Event()
    thread = threading.Thread(target=follow, args=(projection, settings, stop), daemon=True)
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        thread.join(15)
        assert not thread.is_alive()
