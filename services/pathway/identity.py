"""The vault: who a pathway is about. The only place that knows an INSZ or a name.

Each person is sealed under a data key of their own, which the master key wraps; destroying the one
row makes a person unreadable for ever. They are found again by keyed hashes of the INSZ and of the
first letters of their names. The master key lives outside the database, in a file.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from plumbing.clock import brussels_today
from psycopg import Connection
from psycopg.rows import DictRow
from pydantic import BaseModel, ConfigDict

from pathway import name_parts
from pathway.beside import NewPerson
from pathway.store import Store


class WrongMasterKey(Exception):
    """The master key does not open this vault."""


class DamagedPerson(Exception):
    """A sealed row was changed outside this program."""


class Destroyed(Exception):
    """The vault holds no key of this person, or no longer: nothing of theirs can be read."""


class NumberStatus(StrEnum):
    """What has become of an INSZ."""

    CURRENT = "CURRENT"
    REPLACED = "REPLACED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True)
class KnownNumber:
    """Whose an INSZ is or was."""

    person_ref: UUID
    status: NumberStatus


class Person(BaseModel):
    """Who someone is. Never logged: its text form shows nothing."""

    model_config = ConfigDict(frozen=True)
    insz: str
    last_name: str
    first_name: str

    def is_named(self, last_name: str, first_name: str) -> bool:
        """Whether this is their name; capitals, accents and signs do not count, as in a search."""
        return all(
            name_parts.words(ours) == name_parts.words(told)
            for ours, told in ((self.last_name, last_name), (self.first_name, first_name))
        )

    def __repr__(self) -> str:
        return "Person(...)"

    __str__ = __repr__


class Vault:
    """People, sealed. Safe to use from many threads."""

    def __init__(self, store: Store, master: MultiFernet, *, new_id: Callable[[], UUID]) -> None:
        self._store = store
        self._master = master
        self._new_id = new_id
        self._lookup_key = self._opened_lookup_key()

    def reference(self, insz: str) -> UUID | None:
        """The reference of the person with this INSZ (bare digits), or None when not known."""
        known = self.known([insz]).get(insz)
        return known.person_ref if known else None

    def references(self, numbers: Sequence[str]) -> dict[str, UUID]:
        """The references of those with these INSZs (bare digits); unknown ones are left out."""
        return {insz: known.person_ref for insz, known in self.known(numbers).items()}

    def known(self, numbers: Sequence[str]) -> dict[str, "KnownNumber"]:
        """Whose these INSZs (bare digits) are or were; unknown ones are left out.

        Of references that turned out to be one person, the one that counts.
        """
        hashes = {bytes.fromhex(self.keyed_hash(insz)): insz for insz in numbers}
        with self._store.connection() as connection:
            rows = connection.execute(
                """
                select n.insz_hash, n.status, coalesce(s.same_as, n.person_ref) as person_ref
                from vault.number as n left join vault.same_person as s using (person_ref)
                where n.insz_hash = any(%s)
                """,
                (list(hashes),),
                prepare=True,
            ).fetchall()
        return {
            hashes[bytes(row["insz_hash"])]: KnownNumber(
                row["person_ref"], NumberStatus(row["status"])
            )
            for row in rows
        }

    def same_as(self, references: Iterable[UUID]) -> dict[UUID, list[UUID]]:
        """All references of each of these people, the one that counts first; itself alone for most."""
        asked = list(references)
        with self._store.connection() as connection:
            rows = connection.execute(
                """
                select asked, coalesce(s.same_as, asked) as counts,
                       array(select person_ref from vault.same_person as o
                             where o.same_as = coalesce(s.same_as, asked)
                             order by person_ref) as others
                from unnest(%s::uuid[]) as asked
                left join vault.same_person as s on s.person_ref = asked
                """,
                (asked,),
            ).fetchall()
        return {row["asked"]: [row["counts"], *row["others"]] for row in rows}

    def sealed(self, person: Person) -> NewPerson:
        """A new person under a new random reference, ready to be committed beside an enrolment."""
        data_key = Fernet.generate_key()
        return NewPerson(
            person_ref=str(self._new_id()),
            insz_hash=self.keyed_hash(person.insz),
            sealed=Fernet(data_key).encrypt(person.model_dump_json().encode()).hex(),
            data_key=self._master.encrypt(data_key).hex(),
            since=str(brussels_today(self._store.clock())),
            prefixes=tuple(one.hex() for one in self.prefixes(person)),
        )

    def prefixes(self, person: Person) -> list[bytes]:
        """The keyed hashes of the first letters of each part of a person's names."""
        names = name_parts.parts(person.last_name, person.first_name)
        return [self.name_hash(letters) for letters in sorted(name_parts.first_letters(names))]

    def name_hash(self, letters: str) -> bytes:
        """Half of a keyed hash: a search opens whom it finds, so that a rare wrong hit shows."""
        return bytes.fromhex(self.keyed_hash(f"name\n{letters}"))[:16]

    def seal_for(self, person_ref: UUID, text: str) -> bytes:
        """Text under this person's data key. Raises `Destroyed` and `WrongMasterKey`."""
        return self._key_of(person_ref).encrypt(text.encode())

    def open_for(self, person_ref: UUID, sealed: Sequence[bytes]) -> list[str]:
        """What was sealed for this person. Raises `Destroyed`, `DamagedPerson`, `WrongMasterKey`."""
        key = self._key_of(person_ref)
        try:
            return [key.decrypt(one).decode() for one in sealed]
        except InvalidToken:
            raise _damaged(person_ref) from None

    def people(self, references: Sequence[UUID]) -> dict[UUID, Person]:
        """Who these references are; unknown ones are left out. Raises `WrongMasterKey`."""
        with self._store.connection() as connection:
            rows = connection.execute(
                "select person_ref, sealed, data_key from vault.person where person_ref = any(%s)",
                (list(references),),
            ).fetchall()
        return {row["person_ref"]: self._opened(row) for row in rows}

    def keyed_hash(self, text: str) -> str:
        """HMAC-SHA-256 in hex: finds a person again, and remembers request bodies unreadably."""
        return hmac.new(self._lookup_key, text.encode(), hashlib.sha256).hexdigest()

    def rotate(self, batch: int = 500) -> int:
        """Wrap every data key anew under the newest master key; returns how many there were.

        People stay readable all the time; interrupted, it can be run again.
        """
        done, last = 0, UUID(int=0)
        with self._store.connection() as connection:
            self._rotate_lookup_key(connection)
            while rows := connection.execute(
                """
                select person_ref, data_key from vault.person
                where person_ref > %s order by person_ref limit %s
                """,
                (last, batch),
            ).fetchall():
                wrapped = [self._master.rotate(bytes(row["data_key"])) for row in rows]
                connection.execute(
                    """
                    update vault.person as p set data_key = new.data_key
                    from unnest(%s::uuid[], %s::bytea[]) as new (person_ref, data_key)
                    where p.person_ref = new.person_ref
                    """,
                    ([row["person_ref"] for row in rows], wrapped),
                )
                done, last = done + len(rows), rows[-1]["person_ref"]
        return done

    def _key_of(self, person_ref: UUID) -> Fernet:
        with self._store.connection() as connection:
            row = connection.execute(
                "select data_key from vault.person where person_ref = %s", (person_ref,)
            ).fetchone()
        if row is None:
            raise Destroyed(f"The vault holds nothing of {person_ref}.")
        try:
            return Fernet(self._master.decrypt(bytes(row["data_key"])))
        except InvalidToken:
            raise WrongMasterKey(_WRONG_KEY) from None

    def _opened(self, row: DictRow) -> Person:
        try:
            data_key = self._master.decrypt(bytes(row["data_key"]))
        except InvalidToken:
            raise WrongMasterKey(_WRONG_KEY) from None
        try:
            return Person.model_validate_json(Fernet(data_key).decrypt(bytes(row["sealed"])))
        except InvalidToken:
            raise _damaged(row["person_ref"]) from None

    def _opened_lookup_key(self) -> bytes:
        with self._store.connection() as connection:
            connection.execute(
                "insert into vault.lookup_key (wrapped) values (%s) on conflict do nothing",
                (self._master.encrypt(Fernet.generate_key()),),
            )
            row = connection.execute("select wrapped from vault.lookup_key").fetchone()
        try:
            return self._master.decrypt(bytes(row["wrapped"])) if row else b""
        except InvalidToken:
            raise WrongMasterKey(_WRONG_KEY) from None

    def _rotate_lookup_key(self, connection: Connection[DictRow]) -> None:
        row = connection.execute("select wrapped from vault.lookup_key").fetchone()
        if row:
            wrapped = self._master.rotate(bytes(row["wrapped"]))
            connection.execute("update vault.lookup_key set wrapped = %s", (wrapped,))


_WRONG_KEY = (
    "The master key does not open this vault. Put back the key file that the vault was made with "
    "(PATHWAY_MASTER_KEY_FILE); without it, who the pathways are about cannot be read."
)


def _damaged(person_ref: UUID) -> DamagedPerson:
    return DamagedPerson(
        f"What the vault holds of {person_ref} was changed and cannot be read. "
        "Put the row back from a backup."
    )


def read_master_key(file: Path) -> MultiFernet:
    """The master key in this file: a key a line, the newest first. Raises `WrongMasterKey`."""
    try:
        keys = [line.strip() for line in file.read_text().splitlines() if line.strip()]
        return MultiFernet([Fernet(key) for key in keys])
    except OSError as unreadable:
        raise WrongMasterKey(
            f"The master key file {file} cannot be read ({unreadable.strerror}). "
            "Make one with `pathway vault new-key FILE`."
        ) from None
    except ValueError:
        raise WrongMasterKey(
            f"{file} does not hold master keys, one a line as `pathway vault new-key` makes them."
        ) from None


def add_master_key(file: Path) -> None:
    """Put a new key on the first line of the file, which only its owner may read."""
    older = file.read_text() if file.exists() else ""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_suffix(file.suffix + ".new")
    beside.touch(mode=0o600, exist_ok=False)
    beside.write_text(Fernet.generate_key().decode() + "\n" + older)
    beside.replace(file)
