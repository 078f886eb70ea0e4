"""Who follows the topic for a read model: whether a consumer runs, or why the last one ended."""

from dataclasses import dataclass
from datetime import datetime

from plumbing.running import Kind, Process, processes
from psycopg.rows import class_row

from projections.schema import Database


@dataclass(frozen=True)
class Ended:
    """Since when (UTC) nobody follows for a read model, and why; the ways out are in it."""

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


def reader(connection: Database, projection: str) -> Process:
    """How it is with the consumers of this read model. Raises psycopg.Error."""
    [process] = processes(connection, [consumer(projection)])
    with connection.cursor(row_factory=class_row(Ended)) as rows:
        query = "select at, why from projections.ended where projection = %s"
        ended = rows.execute(query, [projection]).fetchone()
    if ended is None or process.state != "NOT_RUNNING":
        return process
    told = {"state": "STOPPED", "since": ended.at, "why": "TOPIC", "way_out": ended.why}
    return process.model_copy(update=told)
