"""Finding people by the first letters of their names, without a name on disk that can be read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from plumbing.row_rights import VISIBLE
from psycopg import sql

from pathway import name_parts
from pathway.identity import Person, Vault
from pathway.store import Store

MOST_HITS = 20
READ_ON, MOST_READ = 250, 2_000
"""Of a word longer than the letters that are kept: how many are opened at once, and in all."""


class TooShort(Exception):
    """No word of the search has three letters."""


@dataclass(frozen=True)
class Hits:
    """Who was found, by the reference that counts; `more` when there are others."""

    people: tuple[tuple[UUID, Person], ...]
    more: bool


def search(
    store: Store, vault: Vault, name: str, seen_by: Mapping[str, object] | None = None
) -> Hits:
    """At most 20 people of whose names each word of `name` begins a part, in any order.

    A word may be longer than the letters that are kept: then it is read on until as many fit to its
    end, though no further than MOST_READ, where `more` says that there may be others.

    A word of one or two letters has to be a whole part, and does not do alone. `seen_by` are the
    `values` of `row_rights` for the caller and everybody who may be found: only who is visible to
    the caller is found and counted; None finds everyone. Raises `TooShort`, `StoreAway`,
    `DamagedPerson` and `WrongMasterKey`.
    """
    words = name_parts.words(name)
    if all(len(word) < name_parts.SHORTEST for word in words):
        raise TooShort
    # Where there are too many words to plan for, it helps to begin with the rarest.
    longest_first = sorted(words, key=len, reverse=True)
    kept = dict.fromkeys(word[: name_parts.LONGEST] for word in longest_first)
    hashes = [vault.name_hash(letters) for letters in kept]
    told: dict[UUID, Person] = {}
    read, last, all_read = 0, list[UUID](), False
    while not all_read and len(told) <= MOST_HITS and read < MOST_READ:
        # Seldom more than once: the letters that are kept say all of most words.
        limit = READ_ON if read else MOST_HITS + 1
        found = _candidates(store, hashes, seen_by, limit, last)
        told = _fitting(vault, found, words) | told
        read, last, all_read = read + len(found), found[-1:], len(found) < limit
    ordered = sorted(
        told.items(), key=lambda hit: (hit[1].last_name, hit[1].first_name, str(hit[0]))
    )
    return Hits(tuple(ordered[:MOST_HITS]), more=not all_read or len(told) > MOST_HITS)


def _fitting(vault: Vault, found: Sequence[UUID], words: Sequence[str]) -> dict[UUID, Person]:
    """Those of `found` of whose names each word, to its end, begins a part; by the reference that counts."""
    people = vault.people(found)
    fitting = [
        (one, person)
        for one in found
        if (person := people.get(one))
        and all(
            name_parts.fits(word, name_parts.parts(person.last_name, person.first_name))
            for word in words
        )
    ]
    counting = vault.same_as(one for one, _ in fitting)
    return {counting[one][0]: person for one, person in reversed(fitting)}


def index_again(
    store: Store,
    vault: Vault,
    batch: int = 500,
    before: Callable[[Sequence[UUID]], None] = lambda _: None,
) -> int:
    """Write every person's name parts anew; returns how many people there were.

    `before` is told whose names are opened next. A person is found all the while; interrupted, it
    can be run again. Raises `StoreAway`, `DamagedPerson` and `WrongMasterKey`.
    """
    done, last = 0, UUID(int=0)
    with store.connection() as connection:
        while rows := connection.execute(
            "select person_ref from vault.person where person_ref > %s order by 1 limit %s",
            (last, batch),
        ).fetchall():
            references = [row["person_ref"] for row in rows]
            before(references)
            people = vault.people(references)
            entries = [(one, hash_) for one in people for hash_ in vault.prefixes(people[one])]
            with connection.transaction():
                connection.execute(
                    "delete from vault.name_prefix where person_ref = any(%s)", (references,)
                )
                # Whoever was destroyed meanwhile stays away.
                connection.execute(
                    """
                    insert into vault.name_prefix (person_ref, hash)
                    select e.person_ref, e.hash from unnest(%s::uuid[], %s::bytea[])
                        as e (person_ref, hash) join vault.person using (person_ref)
                    """,
                    ([one for one, _ in entries], [hash_ for _, hash_ in entries]),
                )
            done, last = done + len(rows), references[-1]
    return done


# Each word is read in the order of references, so that the search ends with the last hit that it needs,
# however many people a word fits.
_FOUND = """
    select person_ref from vault.name_prefix as {first} {others} where {each}
"""
_EVERYONE = "select person_ref from ({found}) as found order by person_ref limit %(limit)s"
# Where nobody's references are linked the second part costs nothing; one `or` of both would be read
# for every person there is.
_SEEN = f"""
    with found as not materialized ({{found}})
    (
        select person_ref from found
        where exists (
            select from pathway.holder where holder.person_ref = found.person_ref and {VISIBLE}
        )
        order by person_ref limit %(limit)s
    )
    union
    (
        select person_ref from found
        where person_ref in (
            select one.person_ref
            from (select person_ref, same_as from vault.same_person
                  union select same_as, same_as from vault.same_person) as one
            join (select person_ref, same_as from vault.same_person
                  union select same_as, same_as from vault.same_person) as other using (same_as)
            where exists (
                select from pathway.holder where holder.person_ref = other.person_ref and {VISIBLE}
            )
        )
        order by person_ref limit %(limit)s
    )
    order by person_ref limit %(limit)s
"""


def _candidates(
    store: Store,
    hashes: Sequence[bytes],
    seen_by: Mapping[str, object] | None,
    limit: int,
    last: Sequence[UUID],
) -> list[UUID]:
    """The first references after the `last` read, with each of these hashes and visible to the caller."""
    # Of each word by itself: what holds for one is not seen to hold for the ones it is joined with.
    further = sql.SQL("and {}.person_ref > %(last)s" if last else "")
    names = [f"word_{number}" for number in range(len(hashes))]
    found = sql.SQL(_FOUND).format(
        first=sql.Identifier(names[0]),
        others=sql.SQL(" ").join(
            sql.SQL("join vault.name_prefix as {} using (person_ref)").format(sql.Identifier(name))
            for name in names[1:]
        ),
        each=sql.SQL(" and ").join(
            sql.SQL("{}.hash = {} {}").format(
                sql.Identifier(name), sql.Placeholder(name), further.format(sql.Identifier(name))
            )
            for name in names
        ),
    )
    query = sql.SQL(_EVERYONE if seen_by is None else _SEEN).format(found=found)
    values = dict(zip(names, hashes, strict=True)) | {
        "limit": limit,
        "last": last[0] if last else None,
    }
    values |= dict(seen_by or {})
    with store.connection() as connection:
        # Planned for these very words each time: how frequent they are decides how they are read.
        rows = connection.execute(query, values, prepare=False).fetchall()
    return [row["person_ref"] for row in rows]
