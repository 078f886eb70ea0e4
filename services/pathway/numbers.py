"""What becomes of a person's INSZ: replaced, cancelled, or found to be another reference's person."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from plumbing.clock import brussels_today
from psycopg import Connection
from psycopg.errors import UniqueViolation
from psycopg.rows import DictRow

from pathway.application import ATTEMPTS, Pathways
from pathway.domain.merging import NoteReplacedNumber
from pathway.identity import KnownNumber, NumberStatus, Vault
from pathway.store import Context, Outpaced, PersonKnown, Store, StoreAway

_LINKING = 7249112020
"""The lock under which numbers and links change, one change after the other."""


UNKNOWN_REFERENCE = "The vault knows at least one of these references not. Check both."
UNKNOWN = "Nobody with this number was ever enrolled. Check the number."


class Unchanged(Exception):
    """The number was replaced by that one before: there is nothing to record."""


class NumberRefused(Exception):
    """The change does not fit what the vault knows; the message never holds a number."""


@dataclass(frozen=True)
class Standing:
    """What a person is known by after a change: all references, the one that counts first."""

    references: tuple[UUID, ...]
    open_pathways: tuple[UUID, ...]
    """More than one where two references turned out to be one person: close all but one."""


@dataclass(frozen=True)
class Replacement:
    """From `since` on (a Brussels day) the person with INSZ `old` has INSZ `new`, says `source`."""

    old: str
    new: str
    since: date
    source: str

    def __repr__(self) -> str:
        return f"Replacement(..., since={self.since}, source={self.source!r})"


def replace(pathways: Pathways, replacement: Replacement, context: Context) -> Standing:
    """Replace the number; both find the person. Each open pathway of theirs tells it in the same commit.

    When the new one is another reference's, the two are one person, and that reference counts from
    now on. Done twice, it changes nothing more. Raises `NumberRefused`, `StoreAway`.
    """
    if replacement.old == replacement.new:
        raise NumberRefused("The new number is the old one. Give the number that replaces it.")
    for _ in range(ATTEMPTS):
        person_ref = _known(pathways.vault, replacement.old).person_ref
        try:
            _record(pathways, replacement, person_ref, context)
        except Unchanged:
            pass
        except (UniqueViolation, PersonKnown, Outpaced):
            # Somebody was enrolled with the new number at this moment, or a pathway moved.
            continue
        return _standing(pathways.store, pathways.vault, person_ref)
    raise StoreAway("the person's pathways kept changing")


def _record(
    pathways: Pathways, replacement: Replacement, person_ref: UUID, context: Context
) -> None:
    store, vault = pathways.store, pathways.vault
    references = vault.same_as([person_ref])[person_ref]
    day = min(replacement.since, brussels_today(store.clock()))
    note = NoteReplacedNumber(on=day, person_ref=person_ref, source=replacement.source)
    new = [
        pathways.decide(one, store.load(one), [note], context)
        for reference in references
        if (one := store.open_pathway(reference))
    ]

    def also(connection: Connection[DictRow]) -> None:
        _replaced(connection, store, vault, replacement)

    if new:
        store.append(*new, also=also)
    else:
        with store.connection() as connection, connection.transaction():
            also(connection)


def cancel(store: Store, vault: Vault, insz: str, *, since: date, source: str) -> Standing:
    """From `since` on this INSZ is nobody's; it still finds the person, and enrols nobody.

    Raises `NumberRefused`, `StoreAway`.
    """
    with store.connection() as connection, connection.transaction():
        _lock(connection)
        known = _known(vault, insz)
        if known.status is NumberStatus.REPLACED:
            raise NumberRefused("This number was replaced already. Cancel the one in its place.")
        if known.status is NumberStatus.CURRENT:
            connection.execute(
                "update vault.number set status = 'CANCELLED', since = %s, source = %s"
                " where insz_hash = %s",
                (since, source, _hash(vault, insz)),
            )
    return _standing(store, vault, known.person_ref)


def link(store: Store, vault: Vault, person_ref: UUID, same_as: UUID, *, source: str) -> Standing:
    """These two references are one person, and `same_as` counts from now on.

    Raises `NumberRefused` when the vault knows one of them not, and `StoreAway`.
    """
    if person_ref == same_as:
        raise NumberRefused("These are one reference already. Give two.")
    with store.connection() as connection, connection.transaction():
        _lock(connection)
        there = connection.execute(
            "select person_ref from vault.person where person_ref = any(%s)",
            ([person_ref, same_as],),
        ).fetchall()
        if len(there) < 2:  # noqa: PLR2004 - the two that were given.
            raise NumberRefused(UNKNOWN_REFERENCE)
        _link(connection, store, vault, (person_ref, same_as), source)
    return _standing(store, vault, person_ref)


def _replaced(
    connection: Connection[DictRow], store: Store, vault: Vault, replacement: Replacement
) -> None:
    """The vault's part, in a transaction of `connection`. Raises `Unchanged`, `NumberRefused`."""
    old, new = replacement.old, replacement.new
    since, source = replacement.since, replacement.source
    _lock(connection)
    known, taken = _known(vault, old), vault.known([new]).get(new)
    if taken and taken.status is not NumberStatus.CURRENT:
        raise NumberRefused("The new number was itself replaced or cancelled. Check both.")
    if known.status is NumberStatus.REPLACED:
        if taken and taken.person_ref == known.person_ref:
            raise Unchanged
        raise NumberRefused("The old number was replaced already, by another. Check both.")
    row = connection.execute(
        "select person_ref from vault.number where insz_hash = %s", (_hash(vault, old),)
    ).fetchone()
    owner: UUID = row["person_ref"] if row else known.person_ref
    connection.execute(
        "update vault.number set status = 'REPLACED', since = %s, source = %s, sealed = %s"
        " where insz_hash = %s",
        (since, source, vault.seal_for(owner, old), _hash(vault, old)),
    )
    if taken is None:
        _give(connection, vault, owner, new)
        connection.execute(
            "insert into vault.number (insz_hash, person_ref, status, since, source)"
            " values (%s, %s, 'CURRENT', %s, %s)",
            (_hash(vault, new), owner, since, source),
        )
    elif taken.person_ref != known.person_ref:
        _link(connection, store, vault, (owner, taken.person_ref), source)


def _give(connection: Connection[DictRow], vault: Vault, owner: UUID, new: str) -> None:
    person = vault.people([owner])[owner].model_copy(update={"insz": new})
    connection.execute(
        "update vault.person set insz_hash = %s, sealed = %s where person_ref = %s",
        (_hash(vault, new), vault.seal_for(owner, person.model_dump_json()), owner),
    )


def _link(
    connection: Connection[DictRow],
    store: Store,
    vault: Vault,
    references: tuple[UUID, UUID],
    source: str,
) -> None:
    counting = vault.same_as(references)
    one, counts = (counting[reference][0] for reference in references)
    if one == counts:
        return
    connection.execute(
        "update vault.same_person set same_as = %s where same_as = %s", (counts, one)
    )
    connection.execute(
        "insert into vault.same_person (person_ref, same_as, since, source)"
        " values (%s, %s, %s, %s)",
        (one, counts, store.clock(), source),
    )


def _standing(store: Store, vault: Vault, person_ref: UUID) -> Standing:
    references = vault.same_as([person_ref])[person_ref]
    found = [store.open_pathway(one) for one in references]
    return Standing(tuple(references), tuple(one for one in found if one))


def _known(vault: Vault, insz: str) -> KnownNumber:
    known = vault.known([insz]).get(insz)
    if known is None:
        raise NumberRefused(UNKNOWN)
    return known


def _hash(vault: Vault, insz: str) -> bytes:
    return bytes.fromhex(vault.keyed_hash(insz))


def _lock(connection: Connection[DictRow]) -> None:
    connection.execute("select pg_advisory_xact_lock(%s)", (_LINKING,))
