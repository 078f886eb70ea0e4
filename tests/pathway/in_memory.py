"""A store and a vault in memory that keep and refuse what the database does, for many thousand commands.

Facts stand here as the bytes of the event table. What runs on these runs on PostgreSQL too, less often.
"""

from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import count
from typing import Any
from uuid import UUID

import orjson
from eventsourcing.persistence import StoredEvent
from pathway.application import Pathways
from pathway.beside import NewPerson
from pathway.identity import KnownNumber, NumberStatus, Person
from pathway.recorded import Recorded
from pathway.recorder import Commit
from pathway.store import OpenElsewhere, Outpaced, Store, recorded
from plumbing.clock import Clock


class StoreInMemory(Store):
    """Its own recorder: a version is given once, and one reference of a person has one open pathway."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.new_salt = clock, lambda: "5a17"
        self.new_id = map(UUID, map("{:032x}".format, count(0xFACE0001))).__next__
        self.people: dict[str, UUID] = {}
        self.recorder: Any = self
        self._rows: dict[tuple[UUID, int], dict[str, Any]] = {}
        self._open: dict[UUID, UUID] = {}
        self._person_of: dict[UUID, UUID] = {}
        self._read = cache(lambda *row: recorded(dict(row)))

    def load(self, pathway_id: UUID, upto: int | None = None) -> list[Recorded]:
        rows = (row for (of, _), row in self._rows.items() if of == pathway_id)
        facts = sorted((self._read(*row.items()) for row in rows), key=lambda one: one.version)
        return [one for one in facts if upto is None or one.version <= upto]

    def commit(self, commit: Commit, _also: Any = None) -> list[int]:
        """All or nothing, in the order of `pathway.append`."""
        told = orjson.loads(commit.beside or "{}")
        opened, person_of = dict(self._open), dict(self._person_of)
        for one in told.get("opened", ()):
            person_ref, pathway_id = UUID(one["person_ref"]), UUID(one["pathway_id"])
            if person_ref in opened:
                raise OpenElsewhere
            opened[person_ref] = pathway_id
            person_of.setdefault(pathway_id, person_ref)
        if any((e.originator_id, e.originator_version) in self._rows for e in commit.events):
            raise Outpaced
        self.people |= {p["insz_hash"]: UUID(p["person_ref"]) for p in told.get("people", ())}
        closed = set(map(UUID, told.get("closed", ())))
        self._open = {person: which for person, which in opened.items() if which not in closed}
        self._person_of = person_of
        hashes = commit.columns[0]
        return [self._insert(e, a_hash) for e, a_hash in zip(commit.events, hashes, strict=True)]

    def _insert(self, event: StoredEvent, a_hash: bytes) -> int:
        position = len(self._rows) + 1
        self._rows[UUID(str(event.originator_id)), event.originator_version] = {
            "originator_id": event.originator_id,
            "originator_version": event.originator_version,
            "notification_id": position,
            "state": event.state,
            "hash": a_hash,
        }
        return position

    def open_pathway(self, person_ref: UUID) -> UUID | None:
        return self._open.get(person_ref)

    @contextmanager
    def connection(self) -> Generator[Any]:
        """Answers what `persons` asks: whose pathways these are, which are somebody's. Nobody is excluded."""
        yield self

    def execute(self, query: str, asked: Any) -> Any:
        if "excludes" in query:
            self._found = []
            return self
        wanted = asked[0] if isinstance(asked[0], list) else asked
        self._found = [
            {"pathway_id": pathway, "person_ref": person}
            for pathway, person in self._person_of.items()
            if pathway in wanted or person in wanted
        ]
        return self

    def fetchall(self) -> list[dict[str, UUID]]:
        return self._found


class VaultInMemory:
    """Whose a number is, and which references are one person; nothing is sealed."""

    def __init__(self, store: StoreInMemory) -> None:
        self._store = store
        self._same: list[UUID] = []
        """The references that are one person, the one that counts first."""

    def known(self, numbers: Sequence[str]) -> dict[str, KnownNumber]:
        people = {n: self._store.people[n] for n in numbers if n in self._store.people}
        counts = {n: self.same_as([person])[person][0] for n, person in people.items()}
        return {n: KnownNumber(one, NumberStatus.CURRENT) for n, one in counts.items()}

    def same_as(self, references: Iterable[UUID]) -> dict[UUID, list[UUID]]:
        return {one: self._same if one in self._same else [one] for one in references}

    def sealed(self, person: Person) -> NewPerson:
        return NewPerson(str(self._store.new_id()), person.insz, "", "", "", ())

    def link(self, person_ref: UUID, counts: UUID) -> None:
        """These two are one person, and the second is the one that counts."""
        self._same = [counts, person_ref]


def pathways_in_memory(clock: Clock) -> Pathways:
    """The use cases on nothing but memory; new ids are 1, 2, 3 and so on."""
    store = StoreInMemory(clock)
    ids = map(UUID, map("{:032x}".format, count(1)))
    return Pathways(store, VaultInMemory(store), new_id=ids.__next__)
