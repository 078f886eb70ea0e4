"""Ends transactions of the publisher's that partitions remember and their coordinator forgot (Kafka's KIP-664).

A broker that is killed while it commits and is soon back looks for the partitions' leaders while there are
none, takes the topics for deleted, and calls the transaction complete. Some partitions then have the
commit's mark and others never get one: every reader stands still there. (Kafka 4.3.1, one broker, about
one in three kills between the decision to commit and its marks; its log says "Couldn't find leader
endpoint for partitions".) Undoing the rest is safe: nobody has seen it, and it is sent again.
"""

from typing import Any

import structlog
from kafka.admin import (
    AbortTransactionSpec,  # pyright: ignore[reportAttributeAccessIssue, reportUnknownVariableType]
)
from kafka.errors import ClusterAuthorizationFailedError

from pathway import tails
from pathway.topics import TopicSettings, TopicsWrong, admin_of

log = structlog.get_logger()


def undo(settings: TopicSettings, producer_id: int) -> None:
    """Abort what that producer left open on both topics, partition by partition.

    To be called when it has fenced: then no transaction of its own is under way. Others' are left
    alone. Raises BrokersAway, and TopicsWrong when the brokers do not let us.
    """
    everywhere = [p for topic in settings.topics for p in tails.partitions(topic)]
    with admin_of(settings) as admin:
        for partition, found in admin.describe_producers(everywhere).items():
            for producer in found.active_producers:
                if (
                    producer.producer_id == producer_id
                    and producer.current_transaction_start_offset >= 0
                ):
                    _abort(admin, partition, producer)


def _abort(admin: Any, partition: Any, producer: Any) -> None:  # noqa: ANN401
    known = producer.producer_id, producer.producer_epoch, producer.coordinator_epoch
    try:
        admin.abort_transaction(AbortTransactionSpec(partition, *known))
    except ClusterAuthorizationFailedError:
        raise TopicsWrong(
            f"A transaction that the brokers forgot stays open on {partition.topic}. Either let the "
            "publisher ALTER the cluster, or end it with Kafka's own tool: kafka-transactions.sh "
            f"--bootstrap-server ... abort --topic {partition.topic} "
            f"--partition {partition.partition} "
            f"--start-offset {producer.current_transaction_start_offset}"
        ) from None
    log.warning("hanging-transaction-undone", on=f"{partition.topic}-{partition.partition}")
