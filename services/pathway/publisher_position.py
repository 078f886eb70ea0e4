"""How far publishing came, kept with the ids of cluster and topics; where it goes on, or why it may not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pathway.leader import Session
from pathway.published_range import Range
from pathway.tails import Tails, newest
from pathway.topics import TopicIds

START_OVER = "`pathway publisher start-over --reason ...`"


class Stopped(Exception):
    """Publishing must not go on until a person has decided; the message says how."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


@dataclass(frozen=True)
class Position:
    """Up to where every fact was confirmed to be on the topics, and on which ones."""

    position: int
    ids: TopicIds


def confirmed(session: Session) -> Position | None:
    """The confirmed position; None when there is none, or when an operator let it be forgotten."""
    row = session.execute("select * from pathway.publisher_status").fetchone()
    if row is None or row["cluster_id"] is None:
        return None
    ids = TopicIds(row["cluster_id"], row["events_topic_id"], row["state_topic_id"])
    return Position(row["position"], ids)


def check_ids(before: Position | None, now: TopicIds) -> None:
    """Raise Stopped when this is not the cluster, or these are not the topics, of the position."""
    if before is None or before.ids == now:
        return
    if before.ids.cluster_id != now.cluster_id:
        raise Stopped(
            "OTHER_CLUSTER",
            f"Published up to position {before.position} on the Kafka cluster "
            f"{before.ids.cluster_id}, and this is the cluster {now.cluster_id}. Either set "
            "KAFKA_BOOTSTRAP_SERVERS to the former one; or, where this one is meant, fill its "
            f"empty topics with all facts: {START_OVER}.",
        )
    raise Stopped(
        "TOPIC_MADE_ANEW",
        f"Published up to position {before.position}, and since then a topic was deleted and made "
        "again under its name; or this store was restored from before they were started over: what "
        "it lacks then, `pathway publisher lost --to FILE` tells while the topics are there. "
        "Either bring back the former topics, from a mirror or a backup of the brokers; or delete "
        "and make both (`pathway topics create`) and fill them with all facts, under the ids that "
        f"readers know: {START_OVER}.",
    )


def start(session: Session, before: Position | None, tails: Tails) -> int:
    """The position up to which both topics hold every fact; publishing goes on after it.

    What is on the topics decides, because a publisher may have been killed between sending and
    noting it down; the noted position says what must be there at least. Raises Stopped.
    """
    _check_store_knows(session, tails)
    events, state = newest(tails.events.values()), newest(tails.state.values())
    if before is not None and events < before.position:
        raise Stopped(
            "TOPIC_EMPTIED",
            f"Published up to position {before.position}, and the events topic ends at "
            f"{events}: messages are gone from it. Either bring them back, from a mirror "
            "or a backup of the brokers; or delete and make both topics (`pathway topics create`) "
            f"and fill them with all facts, under the ids that readers know: {START_OVER}.",
        )
    # After the noted position brokers may have lost one half of a window (see `hanging`).
    if state < (before.position if before is not None else events):
        raise Stopped(
            "TOPICS_APART",
            f"The events topic ends at position {events} and the state topic at "
            f"{state}, though both are written together. Either bring back what is "
            "missing, from a mirror or a backup of the brokers; or delete and make both topics "
            f"(`pathway topics create`) and fill them with all facts: {START_OVER}.",
        )
    return _whole(session, before.position if before is not None else 0, tails)


def _whole(session: Session, position: int, tails: Tails) -> int:
    """From a position up to which all is there: how far both topics hold every fact."""
    while position < tails.reached:
        rows = session.execute(
            """
            select notification_id, originator_id from pathway.pathway_events
            where notification_id > %s order by notification_id limit 10000
            """,
            (position,),
        ).fetchall()
        for row in rows:
            fact = row["notification_id"], row["originator_id"]
            if not (tails.hold_event(*fact) and tails.hold_state(*fact)):
                return position
            position = row["notification_id"]
        if not rows:
            break
    return position


def _check_store_knows(session: Session, tails: Tails) -> None:
    everywhere = (*tails.events.values(), *tails.state.values())
    told = {tail.position: tail.fact_id for tail in everywhere}
    rows = session.execute(
        """
        select notification_id, fact_id from pathway.pathway_events
        where notification_id = any(%s)
        """,
        (list(told),),
    ).fetchall()
    stored: dict[int, UUID] = {row["notification_id"]: row["fact_id"] for row in rows}
    strange = [position for position in told if stored.get(position) != told[position]]
    if strange:
        raise Stopped(
            "STORE_OLDER",
            f"The topics hold facts that this store does not have (position {min(strange)} is the "
            "first seen): it is another store, or an older copy of it. Either restore the newest "
            "copy of the store; or, where this one is to be believed, list what it lost (`pathway "
            "publisher lost --to FILE`), delete and make both topics (`pathway topics create`) and "
            f"fill them from it: {START_OVER}. Readers then have to build anew.",
        )


def lead(session: Session, leader: str, now: datetime) -> None:
    """Note down who leads from `now` (UTC) on."""
    session.execute(
        """
        insert into pathway.publisher_status (leader, leader_since) values (%(leader)s, %(now)s)
        on conflict (one) do update set leader = %(leader)s, leader_since = %(now)s
        """,
        {"leader": leader, "now": now},
    )


def begin(session: Session, position: int, ids: TopicIds) -> None:
    """Note down where publishing goes on, and that nothing stops it."""
    session.execute(
        """
        update pathway.publisher_status
        set position = %s, cluster_id = %s, events_topic_id = %s, state_topic_id = %s,
            stopped_at = null, stopped_reason = null, stopped_detail = null
        """,
        (position, ids.cluster_id, ids.events_topic_id, ids.state_topic_id),
    )


def confirm(session: Session, position: int, now: datetime, ranges: Sequence[Range] = ()) -> None:
    """Note down that every fact up to there is on both topics, at `now` (UTC), and where they stand."""
    session.execute(
        """
        with noted as (
            insert into pathway.published_range
                (events_topic_id, partition, first_position, last_position, first_offset,
                 last_offset, published_at)
            select events_topic_id, r.*, %(now)s
            from pathway.publisher_status, unnest(
                %(partitions)s::smallint[], %(first_positions)s::bigint[],
                %(last_positions)s::bigint[], %(first_offsets)s::bigint[],
                %(last_offsets)s::bigint[]) as r
            where events_topic_id is not null
            on conflict do nothing
        )
        update pathway.publisher_status set position = %(position)s, published_at = %(now)s
        """,
        {
            "position": position,
            "now": now,
            "partitions": [one.partition for one in ranges],
            "first_positions": [one.first_position for one in ranges],
            "last_positions": [one.last_position for one in ranges],
            "first_offsets": [one.first_offset for one in ranges],
            "last_offsets": [one.last_offset for one in ranges],
        },
        prepare=True,
    )


def stop(session: Session, stopped: Stopped, now: datetime) -> None:
    """Note down why nothing is published from `now` (UTC) on."""
    session.execute(
        """
        update pathway.publisher_status
        set stopped_at = coalesce(stopped_at, %s), stopped_reason = %s, stopped_detail = %s
        """,
        (now, stopped.reason, str(stopped)),
    )


@dataclass(frozen=True)
class Decision:
    """What an operator decided about publishing, why, and when (UTC)."""

    reason: str
    by: str
    at: datetime


def forget(session: Session, decision: Decision) -> None:
    """Let all facts be published again, to topics that are empty."""
    with session.transaction():
        _decided(session, "START_OVER", decision, None)
        session.execute(
            """
            update pathway.publisher_status
            set position = 0, cluster_id = null, events_topic_id = null, state_topic_id = null
            """
        )


def withhold(session: Session, fact_id: UUID, decision: Decision) -> None:
    """Let a fact that Kafka will never take go out as withheld.

    Raises LookupError: no such fact, or one that stands on the topic already.
    """
    found = session.execute(
        """
        select notification_id <= coalesce(
            (select position from pathway.publisher_status), 0) as published
        from pathway.pathway_events where fact_id = %s
        """,
        (fact_id,),
    ).fetchone()
    if found is None:
        raise LookupError(f"There is no fact {fact_id}.")
    if found["published"]:
        raise LookupError(f"The fact {fact_id} is on the topic already; nothing takes it back.")
    _decided(session, "WITHHOLD", decision, fact_id)


def _decided(session: Session, kind: str, decision: Decision, fact_id: UUID | None) -> None:
    session.execute(
        """
        insert into pathway.publisher_decision (decided_at, decided_by, reason, decision, fact_id)
        values (%s, %s, %s, %s, %s)
        on conflict (fact_id) do nothing
        """,
        (decision.at, decision.by, decision.reason, kind, fact_id),
    )


def withheld(session: Session) -> frozenset[UUID]:
    """The facts that go out as withheld, as decided by now. Few: each was decided by a person."""
    rows = session.execute(
        "select fact_id from pathway.publisher_decision where decision = 'WITHHOLD'", prepare=True
    ).fetchall()
    return frozenset(row["fact_id"] for row in rows)


def status(session: Session) -> dict[str, Any] | None:
    """The row that says who leads, how far it is, and what stops it; None when none ever led."""
    return session.execute("select * from pathway.publisher_status").fetchone()
