"""Where a fact is: recorded when, published at which place of the topic, and read by which consumer groups."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import DictRow, class_row

from pathway import outgoing, published_range, tails, topics
from pathway.leader import PUBLISHER
from pathway.topics import BrokersAway, TopicSettings, partition_of

_UUID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
NAMED = f"^{_UUID}(?::[1-9][0-9]{{0,8}})?$"
"""How a fact is named: by its id, or by PATHWAY:VERSION."""
MOST_COUNTED = 10_000
"""Of the facts that are to be published before one, no more are counted."""


class WhereSettings(TopicSettings):
    """The brokers that tell of consumer groups; without any, they are not told of."""

    kafka_bootstrap_servers: str = ""


@dataclass(frozen=True)
class Fact:
    """Which fact it is, and when it was recorded (UTC); nothing of what it says."""

    fact_id: UUID
    pathway_id: UUID
    version: int
    position: int
    recorded_at: datetime

    @property
    def partition(self) -> int:
        """The partition of its event, which follows from the pathway's id."""
        return partition_of(outgoing.key(self.pathway_id))


@dataclass(frozen=True)
class Noted:
    """The offsets at which the event can stand, the same where it is one, and since when (UTC)."""

    first_offset: int
    last_offset: int
    published_at: datetime


@dataclass(frozen=True)
class Publishing:
    """What became of a fact after it was recorded.

    `noted` is None while it is not published, and where its place was not noted. `ahead` are the facts
    that go before it, MOST_COUNTED at most. `leads`: some publisher is at work at this moment.
    """

    published: bool
    noted: Noted | None
    withheld: bool
    ahead: int
    leads: bool
    stopped_reason: str | None
    stopped_at: datetime | None


@dataclass(frozen=True)
class Group:
    """A consumer group: the offset that it reads next in the fact's partition, and whether that is past it.

    `past` is None where the event's own offset is not known.
    """

    name: str
    next_offset: int
    past: bool | None


def named(told: str) -> tuple[UUID, int | None]:
    """A fact's id, or a pathway's with a version. Raises ValueError."""
    if not re.fullmatch(NAMED, told):
        raise ValueError(f"{told} is no fact id and no PATHWAY:VERSION")
    one, _, version = told.partition(":")
    return UUID(one), int(version) if version else None


def find(connection: Connection[DictRow], told: str) -> Fact | None:
    """The fact that is so named. Raises ValueError."""
    one, version = named(told)
    by = "fact_id = %s" if version is None else "originator_id = %s and originator_version = %s"
    return (
        connection.cursor(row_factory=class_row(Fact))
        .execute(
            f"""
            select fact_id, originator_id as pathway_id, originator_version as version,
                   notification_id as position, recorded_at
            from pathway.pathway_events where {by}
            """,
            (one,) if version is None else (one, version),
        )
        .fetchone()
    )


def publishing(connection: Connection[DictRow], fact: Fact) -> Publishing:
    """Whether the fact is published, and where, or what keeps it from being so."""
    row = connection.execute(
        """
        select s.*, counted.ahead,
               exists (select from pathway.publisher_decision
                        where decision = 'WITHHOLD' and fact_id = %(fact)s) as withheld,
               exists (select from pg_locks
                        where locktype = 'advisory' and granted and objsubid = 1
                          and (classid::bigint << 32 | objid::bigint) = %(lock)s) as leads
        from (select 1) as one
        left join pathway.publisher_status as s on true
        cross join lateral (
            select count(*) as ahead from (
                select from pathway.pathway_events
                where notification_id > coalesce(s.position, 0) and notification_id < %(position)s
                limit %(most)s) as before) as counted
        """,
        {
            "fact": fact.fact_id,
            "lock": PUBLISHER.lock,
            "position": fact.position,
            "most": MOST_COUNTED,
        },
    ).fetchone()
    told: dict[str, Any] = dict(row or {})
    published = fact.position <= (told["position"] or 0)
    return Publishing(
        published=published,
        noted=_noted(connection, told["events_topic_id"], fact) if published else None,
        withheld=told["withheld"],
        ahead=told["ahead"],
        leads=told["leads"],
        stopped_reason=told["stopped_reason"],
        stopped_at=told["stopped_at"],
    )


def _noted(connection: Connection[DictRow], topic_id: UUID, fact: Fact) -> Noted | None:
    found = published_range.holding(connection, topic_id, fact.partition, fact.position)
    if found is None:
        return None
    first, last = published_range.offsets_of(connection, found, fact.position)
    return Noted(first, last, found.published_at)


def groups(settings: WhereSettings, fact: Fact, noted: Noted | None) -> list[Group]:
    """Every consumer group that has a place in the fact's partition of the events topic.

    Raises BrokersAway, also where no brokers are named.
    """
    if not settings.kafka_bootstrap_servers:
        raise BrokersAway("KAFKA_BOOTSTRAP_SERVERS names no brokers here")
    found = topics.group_offsets(settings, settings.events_topic, fact.partition)
    return [Group(name, offset, _past(offset, noted)) for name, offset in sorted(found.items())]


def _past(next_offset: int, noted: Noted | None) -> bool | None:
    if noted is None:
        return None
    if next_offset > noted.last_offset:
        return True
    return False if next_offset <= noted.first_offset else None


def search(settings: TopicSettings, fact: Fact) -> int | None:
    """The offset of the fact's event, looked for in its whole partition; None where it is not there.

    Raises BrokersAway, KafkaFailed.
    """
    with tails.reader(settings, "pathway-where") as consumer:
        [where] = [
            p for p in tails.partitions(settings.events_topic) if p.partition == fact.partition
        ]
        consumer.assign([where])
        begins = consumer.beginning_offsets([where])
        ends = tails.settled_ends(settings, consumer, [where])
        named_so = str(fact.fact_id).encode()
        for record in tails.records(consumer, begins, ends):
            # Cheaper than to read each message: of those that name the fact few are not its own.
            if named_so in (record.value or b"") and tails.fact_of(record) == fact.fact_id:
                return int(record.offset)
    return None


def sentences(fact: Fact, told: Publishing) -> Sequence[str]:
    """What `publishing` says, for a person, in plain lines."""
    recorded = f"recorded at {fact.recorded_at:%Y-%m-%d %H:%M:%S} UTC, position {fact.position}"
    return [recorded, *_published(fact, told)]


def _published(fact: Fact, told: Publishing) -> Sequence[str]:
    if not told.published:
        return [f"not yet published: {_why_not(told)}"]
    data = ", without its data, as an operator decided" if told.withheld else ""
    noted = told.noted
    if noted is None:
        return [f"published{data} in partition {fact.partition}, at an offset that was not noted"]
    at = f"published at {noted.published_at:%Y-%m-%d %H:%M:%S} UTC{data}"
    if noted.first_offset == noted.last_offset:
        return [f"{at}, partition {fact.partition}, offset {noted.first_offset}"]
    between = f"between the offsets {noted.first_offset} and {noted.last_offset}"
    return [f"{at}, partition {fact.partition}, {between}"]


def _why_not(told: Publishing) -> str:
    if told.stopped_reason and told.stopped_at:
        since = f"{told.stopped_at:%Y-%m-%d %H:%M:%S} UTC"
        return (
            f"the publisher stopped at {since} ({told.stopped_reason}); "
            "`pathway publisher status` says what to decide"
        )
    if not told.leads:
        return "no publisher is running; start one with `pathway publisher`"
    most = "at least " if told.ahead >= MOST_COUNTED else ""
    return f"{most}{told.ahead} facts go before it" if told.ahead else "it is the next"
