"""What an older copy of the store lost: events that readers were told of and the store does not have."""

import csv
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from rich.progress import Progress

import schemas
from pathway import tails, topics
from pathway.drafts import drafted
from pathway.leader import Session
from pathway.publisher import PublisherSettings

AT_ONCE = 1_000
SECONDS_TO_SETTLE = 45.0
COLUMNS = (
    *("pathway_id", "version", "event", "occurred_on", "recorded_at", "actor", "organisation"),
    *("fact_id", "position", "data"),
)


class Lost(NamedTuple):
    """How much is lost."""

    events: int
    pathways: int


def write_lost(settings: PublisherSettings, session: Session, to: Path, bar: Progress) -> Lost:
    """Write each lost event as a row of a CSV file, by partition and within a pathway in its order.

    An event whose data others may not know has its row too, with what its envelope tells. Days are
    Europe/Brussels, moments UTC. The file appears whole or not at all. Raises OSError, BrokersAway,
    TopicsWrong, KafkaError, psycopg's errors.
    """
    topics.find(settings)
    pathways, events = set[UUID](), 0
    with drafted(to) as draft, draft.open("w", newline="") as file:
        rows = csv.writer(file, lineterminator="\r\n")
        rows.writerow(COLUMNS)
        for message in _lost(settings, session, bar):
            rows.writerow(_cells(message))
            pathways.add(message.subject)
            events += 1
    return Lost(events, len(pathways))


def _lost(
    settings: PublisherSettings, session: Session, bar: Progress
) -> Iterator[schemas.Message[schemas.Data]]:
    with tails.reader(settings, "pathway-publisher-lost") as consumer:
        topic = settings.events_topic
        places, told = tails.everything(settings, consumer, topic, SECONDS_TO_SETTLE)
        task = bar.add_task("events", total=places)
        while some := list(islice(told, AT_ONCE)):
            yield from _not_stored(session, some)
            bar.advance(task, len(some))


def _not_stored(session: Session, some: list[Any]) -> list[schemas.Message[schemas.Data]]:
    """Those of these records that are messages of ours and facts of no stored id."""
    messages = list[schemas.Message[schemas.Data]]()
    for record in some:
        with suppress(schemas.BrokenMessage):
            messages.append(schemas.parse(record.value or b""))
    rows = session.execute(
        "select fact_id from pathway.pathway_events where fact_id = any(%s)",
        ([message.id for message in messages],),
    ).fetchall()
    stored = {row["fact_id"] for row in rows}
    return [message for message in messages if message.id not in stored]


def _cells(message: schemas.Message[schemas.Data]) -> tuple[object, ...]:
    return (
        message.subject,
        message.streamversion,
        message.type,
        message.occurredon,
        message.time.isoformat(),
        f"{message.actortype}:{message.actorref}",
        message.actororg,
        message.id,
        message.globalposition,
        orjson.dumps(message.model_dump(mode="json")["data"]).decode(),
    )
