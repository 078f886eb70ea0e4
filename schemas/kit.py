"""For consumers in Python: is a message the next of its pathway, a repeat, a gap, a fork; healing over REST.

One file, which needs pydantic and the standard library: copy it, or import it as `schemas.kit`. The Kafka
client is your own. The docstrings are its manual, and README.md has a whole consumer made with it.

    follower = Follower(SqliteProgress(database), reads={"be.vdab.pathway.enrolled.v1", ...})
    judged = follower.judge(Record(key, value, partition, offset))

1. Give `judge` every record of the events topic, in the order in which your client hands them over.
2. NEW: apply `judged.event`. Everything else is not for you to apply; Verdict says what each means.
3. Commit your own rows together with the progress (SqliteProgress: in the same database), then go on.
   `progress.offsets` tells where to begin in each partition: seek there when you get one.
4. After a GAP, now or later: `follower.heal(pathway, rest.events_of)`, and apply what is NEW of what it gives.
5. A FORK or what stays BROKEN is for people: nothing of that pathway is given to you until then.

To begin with states, give `judge_state` the records of the state topic first (README.md: "Hand-over").
"""

import json
import sqlite3
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar, cast
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

Key = TypeVar("Key", UUID, int)
Value = TypeVar("Value")


class Verdict(StrEnum):
    """What a message is to one who has read all before it."""

    NEW = "NEW"
    """The next event of its pathway: apply it."""
    UNKNOWN = "UNKNOWN"
    """The next one, of a type that you do not read: its version counts, and there is nothing to apply."""
    REPEAT = "REPEAT"
    """You had it, by version and id, or it is in the state that you began with: pass over it."""
    GAP = "GAP"
    """Versions before it never came (`Judged.missing`): its pathway waits from here on; heal it."""
    FORK = "FORK"
    """Another event at a version that is taken: a topic was restored or mixed. Its pathway waits; tell us."""
    BROKEN = "BROKEN"
    """It does not fit (`Judged.error`): its pathway waits. Get the newest schemas, then heal it."""
    HELD = "HELD"
    """Its pathway waits, or its data had to go: pass over it, healing brings it."""
    STATE = "STATE"
    """Of the state topic: newer than what you have of the pathway; put it in its place."""
    TOMBSTONE = "TOMBSTONE"
    """Of the state topic: the pathway's data had to go; remove yours."""


class Event(BaseModel):
    """A message with what puts it in its place; other attributes are kept beside, `data` as they came."""

    model_config = ConfigDict(frozen=True, extra="allow")
    id: UUID
    source: str
    type: str
    subject: UUID
    time: AwareDatetime
    """When it was recorded."""
    streamversion: int = Field(ge=1)
    globalposition: str = Field(pattern="^[0-9]{1,18}$")
    occurredon: date
    """The day that it is true for, Europe/Brussels."""
    data: Any = None


@dataclass(frozen=True)
class Record:
    """A record as your client gives it; over REST there is no partition and no offset.

    `key` is the pathway's id in text; `value` is bytes, text, or JSON that was read already.
    """

    key: bytes | str | None
    value: bytes | str | Mapping[str, object] | None
    partition: int = 0
    offset: int | None = None


@dataclass(frozen=True)
class Judged:
    """What a record is; `event` is None where it could not be read."""

    verdict: Verdict
    pathway: UUID | None
    event: Event | None = None
    missing: range | None = None
    """The versions that never came, of a GAP."""
    error: str = ""
    """What is wrong, of a FORK and of what is BROKEN; names places and never values."""


class Line(BaseModel):
    """How far one pathway is read."""

    model_config = ConfigDict(frozen=True)
    ids: tuple[UUID | None, ...] = ()
    """Of each version from 1 on, the event's id; None where a state had it in it."""
    waits: Verdict | None = None
    """GAP, FORK or BROKEN while it waits, TOMBSTONE once its data had to go."""
    came: int = 0
    """The newest version that is known to be there, while it waits."""

    @property
    def version(self) -> int:
        """The last version that was given to you, 0 before the first."""
        return len(self.ids)


NOTHING = Line()
Fetch = Callable[[UUID], Iterable[Record]]
"""Gives all events of a pathway in the order of their versions."""
_Judge = Callable[[Record, UUID, Line], tuple[Judged, Line]]


class Progress(Protocol):
    """Where the progress is kept: by pathway, and the next offset of each partition."""

    lines: MutableMapping[UUID, Line]
    offsets: MutableMapping[int, int]


@dataclass
class InMemory:
    """Progress that ends with the process: for who begins at the beginning each time, and for tests."""

    lines: MutableMapping[UUID, Line] = field(default_factory=dict[UUID, Line])
    offsets: MutableMapping[int, int] = field(default_factory=dict[int, int])


class SqliteProgress:
    """Progress in two tables of the database that your own rows are in. It commits nothing: that is for you."""

    def __init__(self, database: sqlite3.Connection) -> None:
        database.execute(
            "create table if not exists kit_line (key primary key, value) without rowid"
        )
        database.execute("create table if not exists kit_offset (key primary key, value)")
        self.lines: MutableMapping[UUID, Line] = _Table(
            database, "kit_line", UUID, Line.model_validate_json, Line.model_dump_json
        )
        self.offsets: MutableMapping[int, int] = _Table(database, "kit_offset", int, int, str)


@dataclass(eq=False)
class _Table(MutableMapping[Key, Value], Generic[Key, Value]):
    """A table of keys and values as a mapping."""

    _database: sqlite3.Connection
    _name: str
    _key: Callable[[str], Key]
    _read: Callable[[str], Value]
    _write: Callable[[Value], str]

    def __getitem__(self, key: Key) -> Value:
        query = f"select value from {self._name} where key = ?"
        row = self._database.execute(query, (str(key),)).fetchone()
        if row is None:
            raise KeyError(key)
        return self._read(row[0])

    def __setitem__(self, key: Key, value: Value) -> None:
        query = f"insert or replace into {self._name} values (?, ?)"
        self._database.execute(query, (str(key), self._write(value)))

    def __delitem__(self, key: Key) -> None:
        self._database.execute(f"delete from {self._name} where key = ?", (str(key),))

    def __iter__(self) -> Iterator[Key]:
        rows = self._database.execute(f"select key from {self._name}").fetchall()
        return (self._key(row[0]) for row in rows)

    def __len__(self) -> int:
        return int(self._database.execute(f"select count(*) from {self._name}").fetchone()[0])


class Follower:
    """Judges records, and keeps in `progress` how far each pathway is.

    `reads` are the CloudEvents types that your code reads; without it, all are NEW. `fits` is asked
    of each and raises ValueError (pydantic's is one) where the data do not fit: then it is BROKEN.
    """

    def __init__(
        self,
        progress: Progress,
        *,
        reads: Container[str] | None = None,
        fits: Callable[[Event], object] | None = None,
    ) -> None:
        self.progress = progress
        self._reads = reads
        self._fits = fits

    def judge(self, record: Record) -> Judged:
        """What this record of the events topic is; the progress is moved on by it."""
        return self._noted(record, self._judged)

    def judge_state(self, record: Record) -> Judged:
        """What this record of the state topic is: STATE, REPEAT, TOMBSTONE or BROKEN.

        Its offset is not noted: read this topic from its beginning to its end each time.
        """
        return self._noted(Record(record.key, record.value), self._judged_state)

    def heal(self, pathway: UUID, fetch: Fetch, *, anew: bool = False) -> list[Judged]:
        """Judge all events of a pathway again; apply what is NEW of them, in this order.

        `fetch` gives them from version 1 on, such as `Rest.events_of`; what it raises comes through,
        with nothing changed. The pathway goes on waiting while something is missing still, or does
        not fit: `progress.lines[pathway].waits`. A FORK is healed `anew` only, after a person decided
        that the other history counts: remove your rows of the pathway first, everything comes again.
        """
        line = self.progress.lines.get(pathway, NOTHING)
        if line.waits is Verdict.TOMBSTONE or (line.waits is Verdict.FORK and not anew):
            return []
        found = list(fetch(pathway))
        self.progress.lines[pathway] = NOTHING if anew else Line(ids=line.ids)
        judged = [self.judge(Record(str(pathway), record.value)) for record in found]
        after = self.progress.lines[pathway]
        # What came by the topic may be younger than what is told over REST.
        if after.waits is None and after.version < line.came and line.waits is not None:
            self.progress.lines[pathway] = Line(ids=after.ids, waits=line.waits, came=line.came)
        return judged

    def waiting(self) -> dict[UUID, Line]:
        """The pathways that wait, to heal or to tell people of."""
        lines = self.progress.lines.items()
        return {p: x for p, x in lines if x.waits not in (None, Verdict.TOMBSTONE)}

    def _noted(self, record: Record, judge: _Judge) -> Judged:
        if record.offset is not None:
            self.progress.offsets[record.partition] = record.offset + 1
        pathway = _pathway_of(record.key)
        if pathway is None:
            return Judged(Verdict.BROKEN, None, error="the key is no pathway id")
        before = self.progress.lines.get(pathway, NOTHING)
        judged, after = judge(record, pathway, before)
        if after != before:
            self.progress.lines[pathway] = after
        return judged

    def _judged(self, record: Record, pathway: UUID, line: Line) -> tuple[Judged, Line]:
        try:
            event = _event_of(record.value, pathway)
        except ValueError as broken:
            return _stopped(pathway, line, None, Verdict.BROKEN, error=str(broken))
        if line.waits is not None:
            return _stopped(pathway, line, event, Verdict.HELD)
        version = event.streamversion
        if version <= line.version:
            return _had(pathway, line, event)
        if version > line.version + 1:
            missing = range(line.version + 1, version)
            return _stopped(pathway, line, event, Verdict.GAP, missing=missing)
        next_line = Line(ids=(*line.ids, event.id))
        if self._reads is not None and event.type not in self._reads:
            return Judged(Verdict.UNKNOWN, pathway, event), next_line
        try:
            if self._fits is not None:
                self._fits(event)
        except ValueError as unfit:
            return _stopped(pathway, line, event, Verdict.BROKEN, error=_told(unfit))
        return Judged(Verdict.NEW, pathway, event), next_line

    def _judged_state(self, record: Record, pathway: UUID, line: Line) -> tuple[Judged, Line]:
        if record.value is None:
            return Judged(Verdict.TOMBSTONE, pathway), Line(waits=Verdict.TOMBSTONE)
        try:
            event = _event_of(record.value, pathway)
            if self._fits is not None:
                self._fits(event)
        except ValueError as broken:
            return _stopped(pathway, line, None, Verdict.BROKEN, error=_told(broken))
        known = line.ids if line.waits is not Verdict.TOMBSTONE else ()
        if event.streamversion <= len(known):
            return Judged(Verdict.REPEAT, pathway, event), line
        ids = (*known, *(None,) * (event.streamversion - 1 - len(known)), event.id)
        return Judged(Verdict.STATE, pathway, event), Line(ids=ids)


def _had(pathway: UUID, line: Line, event: Event) -> tuple[Judged, Line]:
    """An event at a version that is taken."""
    place = event.streamversion - 1
    had = line.ids[place]
    if had == event.id:
        return Judged(Verdict.REPEAT, pathway, event), line
    if had is None:
        ids = (*line.ids[:place], event.id, *line.ids[place + 1 :])
        return Judged(Verdict.REPEAT, pathway, event), Line(ids=ids)
    told = f"version {event.streamversion} is event {had} here and {event.id} now"
    return _stopped(pathway, line, event, Verdict.FORK, error=told)


def _stopped(
    pathway: UUID,
    line: Line,
    event: Event | None,
    verdict: Verdict,
    *,
    missing: range | None = None,
    error: str = "",
) -> tuple[Judged, Line]:
    """A message that lets its pathway wait, or that waits with it."""
    came = event.streamversion if event else line.version + 1
    if line.waits is not None:
        verdict = Verdict.HELD
    waits = line.waits or verdict
    after = Line(ids=line.ids, waits=waits, came=max(line.came, came))
    return Judged(verdict, pathway, event, missing, error), after


def _pathway_of(key: bytes | str | None) -> UUID | None:
    try:
        return UUID(key.decode("ascii") if isinstance(key, bytes) else key or "")
    except ValueError:
        return None


def _event_of(value: bytes | str | Mapping[str, object] | None, pathway: UUID) -> Event:
    """The event in a record. Raises ValueError, in words that hold nothing of the message."""
    try:
        raw = cast("object", json.loads(value or b"") if not isinstance(value, Mapping) else value)
        event = Event.model_validate(raw)
    except (ValidationError, ValueError) as broken:
        raise ValueError(_told(broken)) from None
    if event.subject != pathway:
        raise ValueError("subject: is not the pathway that the record's key names")
    return event


def _told(broken: ValueError) -> str:
    if isinstance(broken, ValidationError):
        errors = broken.errors(include_url=False, include_context=False, include_input=False)
        return "; ".join(".".join(map(str, e["loc"])) + ": " + e["msg"] for e in errors)
    return f"not JSON: {broken.msg}" if isinstance(broken, json.JSONDecodeError) else str(broken)


class RestFailed(Exception):
    """The events could not be read over REST; the message says why."""


@dataclass(frozen=True)
class Page:
    """Events over REST. With `next` at `position`, these were all."""

    records: list[Record]
    next: str
    position: str


@dataclass(frozen=True)
class Rest:
    """`GET /v1/events` of the service at `base`, such as https://pathway.example, by urllib.

    `token` gives an access token with the scope vdab_traject_lezen; it is asked before each request.
    """

    base: str
    token: Callable[[], str]
    timeout: float = 60.0

    def events_of(self, pathway: UUID) -> Iterator[Record]:
        """Every published event of a pathway in the order of versions, for `heal`. Raises RestFailed."""
        after = "0"
        while (page := self._page(pathway=str(pathway), after=after, limit="500")).records:
            yield from page.records
            after = page.next

    def after(self, position: str, *, wait: int = 25, limit: int = 100) -> Page:
        """The events after a place in the log; waits so many seconds for one. Raises RestFailed."""
        return self._page(after=position, wait=str(wait), limit=str(limit))

    def _page(self, **asked: str) -> Page:
        address = f"{self.base.rstrip('/')}/v1/events?{urllib.parse.urlencode(asked)}"
        if not address.startswith(("https://", "http://")):
            raise RestFailed(f"{self.base} is no address of HTTP")
        request = urllib.request.Request(address)  # noqa: S310 - Seen above.
        request.add_header("Authorization", f"Bearer {self.token()}")
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as answer:  # noqa: S310
                told = json.load(answer)
        except urllib.error.HTTPError as refused:
            with refused:
                said = refused.read().decode("utf-8", "replace")
            raise RestFailed(f"{refused.code}: {said}") from None
        except (OSError, ValueError) as failed:
            raise RestFailed(f"{self.base} does not answer: {failed}") from failed
        records = [Record(str(event["partitionkey"]), event) for event in told["events"]]
        return Page(records, told["next"], told["position"])
