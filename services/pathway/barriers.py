"""Barriers: who is whose own file or relative, and who is confidential. Nobody overrides them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, LiteralString
from uuid import UUID

from plumbing.row_rights import Rule
from psycopg import Connection
from psycopg.rows import DictRow

from pathway.identity import Vault
from pathway.store import Store

MOST_BARRIERS = 200
_SETTING = 7249112041
"""The lock under which barriers are set, so that a person under two references has one of a kind."""


class BarrierKind(StrEnum):
    """What stands before a person; the words are those of the rules."""

    OWN_FILE = "EIGEN_DOSSIER"
    RELATIVE = "VERWANT"
    CONFIDENTIAL = "VERTROUWELIJK"
    """Before everybody; the others are before one caller."""


@dataclass(frozen=True)
class Barrier:
    """A barrier; moments are UTC, `motive` is a code without personal data."""

    barrier_id: UUID
    kind: BarrierKind
    person_ref: UUID
    caller_ref: str | None
    motive: str
    set_at: datetime
    set_by: str
    ended_at: datetime | None
    ended_by: str | None


@dataclass(frozen=True)
class NewBarrier:
    """What is to stand: before `caller_ref`, or before everybody when the person is confidential."""

    kind: BarrierKind
    person_ref: UUID
    caller_ref: str | None
    motive: str


class UnknownPerson(Exception):
    """The vault knows nobody by this reference."""


class KeptFrom(UnknownPerson):
    """Who would set a barrier about their own file or a relative's is told as of nobody.

    `about` is for the trace.
    """

    def __init__(self, about: Mapping[UUID, Rule]) -> None:
        super().__init__(
            "It is the file of who decides it or of a relative: ask another administrator."
        )
        self.about = about


class UnknownBarrier(Exception):
    """There is no barrier with this id."""


class OwnBarrier(Exception):
    """Nobody ends what stands before themselves, nor what stands about their own or a relative's file.

    `about` is for the trace.
    """

    def __init__(self, about: Mapping[UUID, Rule]) -> None:
        super().__init__("This barrier is before you. Ask another administrator to end it.")
        self.about = about


Traced = Callable[[UUID], None]
"""Leaves the look at a person, before anything about them is kept."""


@dataclass(frozen=True)
class Barriers:
    """The barriers of a store. Safe to use from many threads."""

    store: Store
    vault: Vault

    def set(self, new: NewBarrier, *, by: str, traced: Traced) -> tuple[Barrier, bool]:
        """The barrier that stands now, and whether it is new: the same again is the one there is.

        It stands about the reference that counts. `traced` is called with that one before anything
        is kept. Raises `UnknownPerson`, `KeptFrom` among them, and `StoreAway`.
        """
        references = self.vault.same_as([new.person_ref])[new.person_ref]
        with self.store.connection() as connection:
            known = connection.execute(
                "select from vault.person where person_ref = %s", (references[0],)
            ).fetchone()
        if known is None:
            raise UnknownPerson("The vault knows nobody by this reference. Check it.")
        if own := self._kept_from(references, by):
            raise KeptFrom({references[0]: own})
        traced(references[0])
        with self.store.connection() as connection, connection.transaction():
            connection.execute("select pg_advisory_xact_lock(%s)", (_SETTING,))
            if standing := _standing(connection, new, references):
                return standing, False
            return self._inserted(connection, new, references[0], by), True

    def end(self, barrier_id: UUID, *, by: str, traced: Traced) -> Barrier:
        """End it; one that ended stays as it is. `traced` as for `set`.

        Raises `UnknownBarrier`, `StoreAway`, and `OwnBarrier` when it is before `by` themselves, or
        about a file from which they are kept as their own or a relative's.
        """
        with self.store.connection() as connection:
            found = _rows(connection, "where barrier_id = %s", (barrier_id,))
        if not found:
            raise UnknownBarrier("There is no barrier with this id. Ask for the list.")
        person = found[0].person_ref
        own = self._kept_from(self.vault.same_as([person])[person], by)
        if own and found[0].ended_at is None:
            raise OwnBarrier({person: own})
        traced(found[0].person_ref)
        with self.store.connection() as connection:
            connection.execute(
                """
                update pathway.barrier set ended_at = greatest(set_at, %s), ended_by = %s
                where barrier_id = %s and ended_at is null
                """,
                (self.store.clock(), by, barrier_id),
            )
            return _rows(connection, "where barrier_id = %s", (barrier_id,))[0]

    def newest(
        self,
        *,
        caller_ref: str | None = None,
        ended: bool = False,
        before: UUID | None = None,
        limit: int = 50,
    ) -> list[Barrier]:
        """At most `limit` of them, the newest first, older than `before`; ended ones when `ended`.

        Those before `caller_ref` only, when given. Raises `StoreAway`.
        """
        with self.store.connection() as connection:
            return _rows(
                connection,
                """
                where (%s::text is null or caller_ref = %s) and (%s or ended_at is null)
                  and (%s::uuid is null or barrier_id < %s)
                order by barrier_id desc limit %s
                """,
                (caller_ref, caller_ref, ended, before, before, limit),
            )

    def _kept_from(self, references: Sequence[UUID], by: str) -> Rule | None:
        """The barrier that stands before `by` themselves about the person of these references."""
        with self.store.connection() as connection:
            own = _rows(
                connection,
                """
                where ended_at is null and caller_ref = %s and person_ref = any(%s)
                order by kind limit 1
                """,
                (by, list(references)),
            )
        return Rule(own[0].kind) if own else None

    def _inserted(
        self, connection: Connection[DictRow], new: NewBarrier, person_ref: UUID, by: str
    ) -> Barrier:
        barrier_id, now = self.store.new_id(), self.store.clock()
        connection.execute(
            """
            insert into pathway.barrier
                (barrier_id, kind, person_ref, caller_ref, motive, set_at, set_by)
            values (%s, %s, %s, %s, %s, %s, %s)
            """,
            (barrier_id, new.kind, person_ref, new.caller_ref, new.motive, now, by),
        )
        return _rows(connection, "where barrier_id = %s", (barrier_id,))[0]


def _standing(
    connection: Connection[DictRow], new: NewBarrier, references: Sequence[UUID]
) -> Barrier | None:
    found = _rows(
        connection,
        """
        where ended_at is null and kind = %s and person_ref = any(%s)
          and caller_ref is not distinct from %s
        order by barrier_id limit 1
        """,
        (new.kind, list(references), new.caller_ref),
    )
    return found[0] if found else None


def _rows(
    connection: Connection[DictRow], which: LiteralString, values: Sequence[object]
) -> list[Barrier]:
    rows = connection.execute(
        "select barrier_id, kind, person_ref, caller_ref, motive, set_at, set_by, ended_at, ended_by"
        f" from pathway.barrier {which}",
        values,
    ).fetchall()
    told: list[dict[str, Any]] = [{**row, "kind": BarrierKind(row["kind"])} for row in rows]
    return [Barrier(**one) for one in told]
