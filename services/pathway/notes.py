"""Notes about people: free text, sealed under the person's key and never on the log."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from psycopg.rows import DictRow

from pathway.identity import Destroyed, Vault
from pathway.store import Store

MOST_NOTES = 100
UNKNOWN_NOTE = "There is no note with this id. Ask for the pathway's notes."


class NoteKind(StrEnum):
    """What a note is about."""

    CONTACT = "CONTACT"
    OPVOLGING = "OPVOLGING"
    OVERIG = "OVERIG"


class Motive(StrEnum):
    """Why a note's text was destroyed."""

    VERZOEK_BETROKKENE = "VERZOEK_BETROKKENE"
    ONJUIST = "ONJUIST"
    NIET_TER_ZAKE = "NIET_TER_ZAKE"
    BIJZONDERE_GEGEVENS = "BIJZONDERE_GEGEVENS"


@dataclass(frozen=True)
class Note:
    """A note as it stands; `text` is None when it was redacted or its person destroyed. UTC."""

    note_id: UUID
    place: int
    person_ref: UUID
    pathway_id: UUID
    kind: NoteKind
    text: str | None
    written_at: datetime
    author: str
    redacted_at: datetime | None
    motive: Motive | None

    def __repr__(self) -> str:
        return f"Note({self.note_id})"

    __str__ = __repr__


class UnknownNote(Exception):
    """There is no note with this id."""


class OtherNote(Exception):
    """Another note was written under this key."""


@dataclass(frozen=True)
class Notes:
    """The notes of a store. Safe to use from many threads."""

    store: Store
    vault: Vault

    def write(
        self, pathway_id: UUID, person_ref: UUID, kind: NoteKind, text: str, *, by: str, key: str
    ) -> Note:
        """Keep a note of `by`; repeated under the same key it is the first one, once.

        Raises `Destroyed`, `OtherNote`, `StoreAway` and `WrongMasterKey`.
        """
        note_id = UUID(self.vault.keyed_hash(f"note\n{by}\n{key}")[:32])
        sealed = self.vault.seal_for(person_ref, text)
        with self.store.connection() as connection:
            connection.execute(
                """
                insert into vault.note
                    (note_id, person_ref, pathway_id, kind, sealed, written_at, author)
                values (%s, %s, %s, %s, %s, %s, %s) on conflict (note_id) do nothing
                """,
                (note_id, person_ref, pathway_id, kind, sealed, self.store.clock(), by),
            )
        note = self.one(note_id)
        if (note.pathway_id, note.kind) != (pathway_id, kind) or note.text not in (text, None):
            raise OtherNote
        return note

    def one(self, note_id: UUID) -> Note:
        """The note with this id. Raises `UnknownNote`, `StoreAway` and `WrongMasterKey`."""
        with self.store.connection() as connection:
            row = connection.execute(
                "select * from vault.note where note_id = %s", (note_id,)
            ).fetchone()
        if row is None:
            raise UnknownNote(UNKNOWN_NOTE)
        return self._opened([row])[0]

    def of(self, pathway_id: UUID, *, before: int | None = None, limit: int = 50) -> list[Note]:
        """At most `limit` notes of a pathway, the newest first: those before the place `before`."""
        with self.store.connection() as connection:
            rows = connection.execute(
                """
                select * from vault.note where pathway_id = %s and place < %s
                order by place desc limit %s
                """,
                (pathway_id, before or 2**62, limit),
            ).fetchall()
        return self._opened(rows)

    def whose(self, note_id: UUID) -> UUID:
        """The person whom this note is about, without opening it. Raises `UnknownNote`, `StoreAway`."""
        with self.store.connection() as connection:
            row = connection.execute(
                "select person_ref from vault.note where note_id = %s", (note_id,)
            ).fetchone()
        if row is None:
            raise UnknownNote(UNKNOWN_NOTE)
        return row["person_ref"]

    def redact(self, note_id: UUID, motive: Motive, *, by: str) -> None:
        """Destroy the text of a note for ever; who wrote it when, and why it went, stay.

        Done twice, it changes nothing more. Raises `UnknownNote` and `StoreAway`.
        """
        with self.store.connection() as connection:
            connection.execute(
                """
                update vault.note
                set sealed = null, redacted_at = %s, redacted_by = %s, motive = %s
                where note_id = %s and redacted_at is null
                """,
                (self.store.clock(), by, motive, note_id),
            )
            there = connection.execute("select from vault.note where note_id = %s", (note_id,))
            if there.fetchone() is None:
                raise UnknownNote(UNKNOWN_NOTE)

    def _opened(self, rows: list[DictRow]) -> list[Note]:
        texts: dict[UUID, str] = {}
        for person in {row["person_ref"] for row in rows}:
            sealed = {
                row["note_id"]: bytes(row["sealed"])
                for row in rows
                if row["person_ref"] == person and row["sealed"] is not None
            }
            if sealed:
                texts |= self._texts(person, sealed)
        return [_note(row, texts.get(row["note_id"])) for row in rows]

    def _texts(self, person_ref: UUID, sealed: dict[UUID, bytes]) -> dict[UUID, str]:
        try:
            texts = self.vault.open_for(person_ref, list(sealed.values()))
        except Destroyed:
            return {}
        return dict(zip(sealed, texts, strict=True))


def _note(row: DictRow, text: str | None) -> Note:
    return Note(
        note_id=row["note_id"],
        place=row["place"],
        person_ref=row["person_ref"],
        pathway_id=row["pathway_id"],
        kind=NoteKind(row["kind"]),
        text=text,
        written_at=row["written_at"],
        author=row["author"],
        redacted_at=row["redacted_at"],
        motive=Motive(row["motive"]) if row["motive"] else None,
    )
