"""Who follows the topic for a read model: whether a consumer runs, or why the last one ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from plumbing.running import Kind, Process, processes
from psycopg.rows import class_row

from projections.schema import Database


@dataclass(frozen=True)
class Ended:
    """Since when (UTC) nobody follows for a read model, and why; the ways out are in it."""

    projection: str
    at: datetime
    why: str


def consumer(name: str) -> Kind:
    """The kind of process that follows the topic for a read model."""
    return Kind(f"projections {name}", f"projections consumer {name}")


def note_end(connection: Database, projection: str, why: str, at: datetime) -> None:
    """The consumer of this read model ends at `at` (UTC); kept until one follows again."""
    connection.execute(
        """
        insert into projections.ended (projection, at, why) values (%s, %s, %s)
        on conflict (projection) do update set at = excluded.at, why = excluded.why
        """,
        [projection, at, why],
    )


def forget_end(connection: Database, projection: str) -> None:
    """One follows again."""
    connection.execute("delete from projections.ended where projection = %s", [projection])


def readers(connection: Database, projections: Sequence[str]) -> list[Process]:
    """How it is with the consumers of each of these read models. Raises psycopg.Error."""
    with connection.cursor(row_factory=class_row(Ended)) as rows:
        query = "select projection, at, why from projections.ended"
        ended = {one.projection: one for one in rows.execute(query)}
    found = processes(connection, list(map(consumer, projections)))
    return [_told(*one, ended) for one in zip(projections, found, strict=True)]


def reader(connection: Database, projection: str) -> Process:
    """The same of one read model."""
    [found] = readers(connection, [projection])
    return found


def _told(projection: str, process: Process, ended: Mapping[str, Ended]) -> Process:
    end = ended.get(projection)
    if end is None or process.state != "NOT_RUNNING":
        return process
    told = {"state": "STOPPED", "since": end.at, "why": "TOPIC", "way_out": end.why}
    return process.model_copy(update=told)
