"""Whether a read model and the topic that is there belong together."""

from projections.schema import Database
from projections.topic import Identity


class CannotFollow(Exception):
    """The read model and the topic do not belong together; the message says why and the ways out."""


WAYS_OUT = (
    "Ways out: point KAFKA_BOOTSTRAP_SERVERS and EVENTS_TOPIC at the topic that was followed so "
    "far, or, when the topic is meant to be this one, make the read model from it: `projections rebuild "
    "build NAME` and `switch NAME`, during which answers stay whole, or `projections migrate --anew "
    "NAME`, which empties it; its consumer then fills it from this topic"
)


def check_identity(connection: Database, identity: Identity) -> None:
    """Remember which topic is followed; refuse another. Raises CannotFollow."""
    connection.execute(
        """
        update made_from set topic = %(topic)s, topic_id = %(topic_id)s, cluster_id = %(cluster_id)s
         where topic is null
        """,
        {
            "topic": identity.topic,
            "topic_id": identity.topic_id,
            "cluster_id": identity.cluster_id,
        },
    )
    had = connection.execute("select topic, topic_id, cluster_id from made_from").fetchone()
    if had != (identity.topic, identity.topic_id, identity.cluster_id):
        raise CannotFollow(
            f"this read model follows the topic {had and had[0]} with another id or in another "
            f"cluster than the {identity.topic} that is there now. {WAYS_OUT}"
        )
