"""Where published facts stand: of each window and partition, which positions lie at which offsets."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import DictRow, class_row

from pathway import outgoing
from pathway.topics import partition_of


class Placed(NamedTuple):
    """A fact's position in the log, and the place of its event on the topic."""

    position: int
    partition: int
    offset: int


@dataclass(frozen=True)
class Range:
    """The events of one window in one partition, from the first to the last."""

    partition: int
    first_position: int
    last_position: int
    first_offset: int
    last_offset: int


@dataclass(frozen=True)
class Published(Range):
    """A range that was noted when its window was confirmed to be on the topics (UTC)."""

    published_at: datetime


def of_window(placed: Iterable[Placed]) -> list[Range]:
    """A window's events, given in the order of the log, as one range for each partition."""
    by_partition: dict[int, list[Placed]] = {}
    for one in placed:
        by_partition.setdefault(one.partition, []).append(one)
    return [
        Range(number, there[0].position, there[-1].position, there[0].offset, there[-1].offset)
        for number, there in by_partition.items()
    ]


def holding(
    connection: Connection[DictRow], events_topic_id: UUID, partition: int, position: int
) -> Published | None:
    """The range that holds the event of that fact; None where its place was not noted."""
    found = (
        connection.cursor(row_factory=class_row(Published))
        .execute(
            """
            select partition, first_position, last_position, first_offset, last_offset,
                   published_at
            from pathway.published_range
            where events_topic_id = %s and partition = %s and first_position <= %s
            order by first_position desc limit 1
            """,
            (events_topic_id, partition, position),
        )
        .fetchone()
    )
    return found if found and position <= found.last_position else None


def offsets_of(connection: Connection[DictRow], there: Range, position: int) -> tuple[int, int]:
    """The first and the last offset at which the event of a fact in this range can stand.

    Both are the same when no other record stands between the range's own, which is nearly always.
    """
    if position == there.first_position:
        return there.first_offset, there.first_offset
    if position == there.last_position:
        return there.last_offset, there.last_offset
    rows = connection.execute(
        """
        select notification_id, originator_id from pathway.pathway_events
        where notification_id between %s and %s order by notification_id
        """,
        (there.first_position, there.last_position),
    ).fetchall()
    own = [
        row["notification_id"]
        for row in rows
        if partition_of(outgoing.key(row["originator_id"])) == there.partition
    ]
    # One producer wrote them in the log's order: as many places as facts means one after the other.
    if len(own) == there.last_offset - there.first_offset + 1 and position in own:
        exact = there.first_offset + own.index(position)
        return exact, exact
    return there.first_offset, there.last_offset
