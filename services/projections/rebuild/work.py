"""What worker processes of a rebuild do: stage stretches of the topic, fold slices of its pathways."""

from collections import defaultdict
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from plumbing import database
from psycopg import sql

from projections import schema, topic
from projections.parking import park
from projections.projection import Projection, Record
from projections.projector import Line, event_in, raise_unless_poison, without_pathway, write
from projections.rebuild.copying import Copying
from projections.rebuild.slices import Slices
from projections.rows import Known
from projections.schema import Database
from projections.settings import FollowSettings

MOST_HELD_RECORDS = 10_000
"""Of the topic, in a worker's memory, before they are staged."""

Staged = tuple[UUID, int, int, bytes]
"""A record as it is staged: its pathway, partition, offset and value."""


@dataclass(frozen=True)
class Job:
    """One rebuild, as each worker is told it: `projection` names the new schema; `at` is UTC."""

    projection: Projection
    settings: FollowSettings
    slices: Slices
    at: datetime
    rows_at_once: int
    """Events whose rows are folded and copied together."""


@dataclass(frozen=True)
class Stretch:
    """A part of the topic: of each partition in it, from which offset to which."""

    froms: Mapping[int, int]
    until: Mapping[int, int]

    @property
    def offsets(self) -> int:
        """How many offsets it spans, marks of transactions included."""
        return sum(end - self.froms[partition] for partition, end in self.until.items())


@dataclass
class Folded:
    """What became of a slice; `newest` is the newest fact of each partition: its position, its moment."""

    records: int = 0
    events: int = 0
    passed_over: int = 0
    waiting: int = 0
    parked: int = 0
    newest: dict[int, tuple[int, datetime]] = field(default_factory=dict[int, tuple[int, datetime]])

    def add(self, other: "Folded") -> None:
        """Count what became of another slice as well."""
        self.records += other.records
        self.events += other.events
        self.passed_over += other.passed_over
        self.waiting += other.waiting
        self.parked += other.parked
        for partition, newest in other.newest.items():
            self.newest[partition] = max(newest, self.newest.get(partition, newest))


def staged(number: int) -> sql.Identifier:
    """The table in which a slice's records wait."""
    return sql.Identifier(f"staged_{number:04}")


def stage(job: Job, stretch: Stretch) -> int:
    """Put a stretch's records into the tables of their slices; how many. Raises topic's errors."""
    count = held = 0
    by_slice: defaultdict[int, list[Staged]] = defaultdict(list)
    with _in_one_go(job) as connection:
        for records in topic.read(job.settings, stretch.until, stretch.froms):
            for record in records:
                pathway_id = record.pathway_id
                if pathway_id is None:
                    park(connection, job.projection.name, [without_pathway(record)], job.at)
                    continue
                value = record.value or b""
                there = by_slice[job.slices.of(pathway_id)]
                there.append((pathway_id, record.partition, record.offset, value))
                held += 1
            if held >= MOST_HELD_RECORDS:
                _stage(connection, by_slice)
                count, held = count + held, 0
        _stage(connection, by_slice)
    return count + held


def _stage(connection: Database, by_slice: dict[int, list[Staged]]) -> None:
    for number, records in by_slice.items():
        statement = sql.SQL("copy {} from stdin (format binary)").format(staged(number))
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            copy.set_types(["uuid", "int4", "int8", "bytea"])
            for record in records:
                copy.write_row(record)
    by_slice.clear()


def fold(job: Job, number: int) -> Folded:
    """Judge a slice's records, fold each pathway once, copy its rows, and drop what was staged of it."""
    folded = Folded()
    with _in_one_go(job) as connection:
        copying = Copying(connection, job.projection)
        lines: list[Line] = []
        held = 0
        for line in _lines(connection, number, folded):
            lines.append(line)
            held += len(line.new)
            if held >= job.rows_at_once:
                _write(connection, job, copying, lines, folded)
                lines, held = [], 0
        _write(connection, job, copying, lines, folded)
        connection.execute(sql.SQL("drop table {}").format(staged(number)))
    return folded


def _lines(connection: Database, number: int, folded: Folded) -> Generator[Line]:
    """The slice's pathways one by one, each with all of its records judged in their order."""
    query = sql.SQL(
        'select pathway_id, partition, "offset", value from {} order by pathway_id, "offset"'
    ).format(staged(number))
    line: Line | None = None
    with connection.cursor(name="staged", binary=True) as records:
        records.itersize = 2_000
        for pathway_id, partition, offset, value in records.execute(query):
            if line is None or line.pathway_id != pathway_id:
                if line is not None:
                    yield line
                line = Line(pathway_id, Known(), waits=False)
            event = event_in(value, pathway_id)
            folded.records += 1
            if not isinstance(event, Exception):
                newest = folded.newest.get(partition)
                told = (int(event.globalposition), event.time)
                folded.newest[partition] = told if newest is None else max(newest, told)
            line.take(Record(partition, offset, None, value), event)
    if line is not None:
        yield line


def _write(
    connection: Database, job: Job, copying: Copying, lines: Iterable[Line], folded: Folded
) -> None:
    """Copy all lines at once; when something in them cannot be, each goes the way of a consumer's."""
    coming = [line for line in lines if line.new]
    try:
        with connection.transaction():
            copying.write(coming)
    except Exception as error:
        raise_unless_poison(error)
        for line in coming:
            write(connection, job.projection, [line])
    for line in lines:
        folded.events += len(line.new)
        folded.passed_over += line.passed_over
        folded.waiting += line.waiting
        folded.parked += line.parking is not None
    park(connection, job.projection.name, [p for n in lines if (p := n.parking)], job.at)


@contextmanager
def _in_one_go(job: Job) -> Generator[Database]:
    """A connection that looks in the new schema, and one transaction: all of a task, or nothing."""
    name = f"projections rebuild {job.projection.name}"
    url = job.settings.projections_database_url
    with database.connect(url, name) as connection:
        schema.use(connection, job.projection)
        # The last commit of a rebuild waits for the disk, and with it for all before it.
        connection.execute("set local synchronous_commit = off")
        connection.execute("set local work_mem = '64MB'")
        yield connection
