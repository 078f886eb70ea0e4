"""The transactional producer: each window of messages is on both topics whole, or not at all."""

import contextlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple, cast

from kafka import KafkaProducer
from kafka.errors import (
    InvalidRecordError,  # pyright: ignore[reportAttributeAccessIssue, reportUnknownVariableType]
    InvalidTimestampError,
    KafkaError,
    KafkaTimeoutError,
    MessageSizeTooLargeError,
    PolicyViolationError,
    RecordListTooLargeError,
    UnknownError,
)
from plumbing.failpoints import reach
from plumbing.kafka_clients import connection

import schemas
from pathway.topics import (
    TopicSettings,
    admin_of,
    last_stable_offsets,
    partition_of,
    wait_until_seen,
)

SECONDS_TO_SEND = 10.0
SECONDS_TO_COMMIT = 10.0
SECONDS_TO_BE_SEEN = 10.0
SECONDS_TO_STOP = 5.0
# Longer than a window may take, so that only a leader that is gone meets it.
TRANSACTION_MS = 30_000
# What Kafka counts beside key and value, generously.
OVERHEAD_BYTES = 256
EXIT_DOUBTFUL = 75
"""What sysexits.h calls EX_TEMPFAIL: starting again helps."""

_REFUSALS = (
    InvalidRecordError,
    InvalidTimestampError,
    MessageSizeTooLargeError,
    PolicyViolationError,
    RecordListTooLargeError,
)
"""What brokers say of a message that another attempt would not help."""

_HEADERS = [("content-type", schemas.CONTENT_TYPE.encode())]


@dataclass(frozen=True)
class Outgoing:
    """One message for one topic."""

    topic: str
    key: bytes
    value: bytes


class Place(NamedTuple):
    """Where a message stands on its topic."""

    partition: int
    offset: int


class TooLarge(Exception):
    """A message is larger than the topic takes."""

    def __init__(self, outgoing: Outgoing, largest: int) -> None:
        super().__init__(f"{len(outgoing.value):,} bytes where {largest:,} are taken")
        self.outgoing = outgoing


class Refused(Exception):
    """The brokers do not take a message, and never will as they are."""

    def __init__(self, outgoing: Outgoing, why: BaseException) -> None:
        super().__init__(f"{type(why).__name__} for {outgoing.topic}")
        self.outgoing = outgoing


class Sending:
    """One producer, from its fencing of all before it to its end. After any error: stop it, make a new one.

    Its methods raise KafkaError; BrokersAway at the start.
    """

    def __init__(self, settings: TopicSettings, largest: int) -> None:
        self._largest = largest
        with contextlib.ExitStack() as opened:
            self._admin = opened.enter_context(admin_of(settings))
            self._producer: Any = _producer(settings, largest)
            self._opened = opened.pop_all()

    def fence(self) -> None:
        """End what earlier producers left open, and refuse whatever they still send."""
        self._producer.init_transactions()

    @property
    def producer_id(self) -> int:
        """Kafka's own number for whoever sends under this transactional id, once it has fenced."""
        return int(self._producer._transaction_manager.producer_id_and_epoch.producer_id)  # noqa: SLF001

    def send(self, window: Sequence[Outgoing]) -> list[Place]:
        """Put these messages on their topics in one transaction, each key's in the order given.

        Returns where each of them stands, when readers of what is committed can see them all. Raises
        TooLarge before anything is sent, and Refused when nothing of it is there. After a KafkaError
        it is not known whether they are there; a new producer's fence settles it, and reading the
        topics' tails tells.
        """
        for outgoing in window:
            if len(outgoing.key) + len(outgoing.value) + OVERHEAD_BYTES > self._largest:
                raise TooLarge(outgoing, self._largest)
        self._producer.begin_transaction()
        stand = self._sent(window)
        reach("between-send-and-receipt")
        self._commit()
        self._be_seen(stand)
        return [Place(record.partition, record.offset) for record in stand]

    def _sent(self, window: Sequence[Outgoing]) -> list[Any]:
        """Where each message stands, in a transaction that is not committed yet."""
        futures: list[Any] = []
        try:
            for outgoing in window:
                futures.append(  # noqa: PERF401 - those before one that fails are looked at.
                    self._producer.send(
                        outgoing.topic,
                        key=outgoing.key,
                        value=outgoing.value,
                        headers=_HEADERS,
                        partition=partition_of(outgoing.key),
                    )
                )
            # A batch that was sent in two is told as an error, and what became of it by its futures.
            with contextlib.suppress(UnknownError):
                self._producer.flush(SECONDS_TO_SEND)
            # A batch may fail while the transaction goes on without it; nothing else would tell.
            return [future.get(SECONDS_TO_SEND) for future in futures]
        except KafkaError:
            # One that is refused takes all others with it, under other names.
            for outgoing, future in zip(window, futures, strict=False):
                if isinstance(future.exception, _REFUSALS):
                    raise Refused(outgoing, future.exception) from None
            raise

    def _commit(self) -> None:
        # The library's own commit_transaction waits without an end.
        result = self._producer._transaction_manager.begin_commit()  # noqa: SLF001
        self._producer._sender.wakeup()  # noqa: SLF001
        if not result.wait(timeout_ms=SECONDS_TO_COMMIT * 1000):
            raise KafkaTimeoutError("the commit was not confirmed in time")

    def _be_seen(self, stand: Iterable[Any]) -> None:
        """Wait until each partition has the commit's mark.

        A commit is answered once it is decided, before its marks are written, and a broker that is
        killed in between may forget them (see `hanging`).
        """
        wait_until_seen(
            partial(last_stable_offsets, self._admin),
            {record.topic_partition: record.offset + 1 for record in stand},
            SECONDS_TO_BE_SEEN,
            "what was committed is not to be seen",
        )

    def close(self) -> None:
        """End the producer so that nothing of it is sent any more; ends the process if that fails.

        The library's close() leaves its sending thread alive when brokers are away.
        """
        sender = self._producer._sender  # noqa: SLF001
        sender.force_close()
        sender.join(SECONDS_TO_STOP)
        if sender.is_alive():
            os._exit(EXIT_DOUBTFUL)
        with contextlib.suppress(KafkaError):
            self._producer.close(timeout=0)
        self._opened.close()


def _producer(settings: TopicSettings, largest: int) -> Any:  # noqa: ANN401
    return KafkaProducer(
        **cast("dict[str, Any]", connection(settings, "pathway-publisher")),
        # By the topic: whoever publishes to it is fenced by whoever comes after.
        transactional_id=f"pathway-publisher-{settings.events_topic}",
        transaction_timeout_ms=TRANSACTION_MS,
        acks="all",
        enable_idempotence=True,
        compression_type="lz4",
        linger_ms=5,
        batch_size=131_072,
        max_request_size=largest,
        retry_backoff_ms=5,
        delivery_timeout_ms=int(SECONDS_TO_SEND * 1000),
        request_timeout_ms=5_000,
        max_block_ms=int(SECONDS_TO_SEND * 1000),
        reconnect_backoff_max_ms=1_000,
        allow_auto_create_topics=False,
        metrics_enabled=False,
    )
