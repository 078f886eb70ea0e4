"""About whom a caller may ask: the rule of `row_rights` for pathways and for people."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from plumbing import row_rights
from plumbing.callers import Caller, Role
from plumbing.clock import brussels_today
from plumbing.row_rights import BARRIERS, PERMITTING, RULE, Rule
from psycopg import Connection
from psycopg.rows import DictRow

from pathway.persons import references_of
from pathway.standing import standing_of
from pathway.store import Store

_ORDER = list(Rule)


@dataclass(frozen=True)
class Ruling:
    """What was decided about a pathway, and whose it is."""

    pathway_id: UUID
    person_ref: UUID
    rule: Rule

    @property
    def permits(self) -> bool:
        """Whether the caller may see it."""
        return self.rule in PERMITTING


def of_pathways(
    store: Store, caller: Caller, roles: Collection[Role], pathways: Collection[UUID]
) -> dict[UUID, Ruling]:
    """The ruling on each of these pathways; unknown ones are left out. Raises `StoreAway`.

    `roles` are those that open what the caller asks; see `row_rights.values`.
    """
    with store.connection() as connection:
        whose = connection.execute(
            "select distinct person_ref from pathway.holder where pathway_id = any(%s)",
            (list(pathways),),
        ).fetchall()
        people = [row["person_ref"] for row in whose]
        asked = {"pathways": list(pathways)}
        found = connection.execute(
            f"""
            select pathway_id, person_ref, {RULE} as rule
            from pathway.holder where pathway_id = any(%(pathways)s)
            """,
            _values(connection, store, caller, roles, people) | asked,
        ).fetchall()
    return {row["pathway_id"]: _ruling(row) for row in found}


def of_people(
    store: Store, caller: Caller, roles: Collection[Role], people: Collection[UUID]
) -> dict[UUID, list[Ruling]]:
    """The rulings on every pathway of each of these people, under all of a person's references.

    The one that decides about the person comes first; unknown people are left out. Raises
    `StoreAway`.
    """
    with store.connection() as connection:
        references = references_of(connection, people)
        asked = {"references": sorted({one for each in references.values() for one in each})}
        found = connection.execute(
            f"""
            select pathway_id, person_ref, {RULE} as rule
            from pathway.holder where person_ref = any(%(references)s) order by pathway_id
            """,
            _values(connection, store, caller, roles, asked["references"]) | asked,
        ).fetchall()
    rulings = {
        person: [_ruling(row) for row in found if row["person_ref"] in theirs]
        for person, theirs in references.items()
    }
    return {person: sorted(each, key=_decisive) for person, each in rulings.items() if each}


def of_anybody(store: Store, caller: Caller, roles: Collection[Role]) -> dict[str, object]:
    """The parameters of `row_rights.VISIBLE`, for a list that is filtered before it is counted.

    Raises `StoreAway`.
    """
    with store.connection() as connection:
        return _values(connection, store, caller, roles, None)


def visible(rulings: Mapping[UUID, list[Ruling]]) -> dict[UUID, Rule]:
    """The people that may be seen, with what lets them be seen."""
    return {person: each[0].rule for person, each in rulings.items() if each[0].permits}


def hidden(rulings: Mapping[UUID, list[Ruling]]) -> dict[UUID, Rule]:
    """The people that may not be seen, with what hides them."""
    return {person: each[0].rule for person, each in rulings.items() if not each[0].permits}


def _values(
    connection: Connection[DictRow],
    store: Store,
    caller: Caller,
    roles: Collection[Role],
    people: Collection[UUID] | None,
) -> dict[str, object]:
    now = store.clock()
    standing = standing_of(connection, caller, people, now)
    return row_rights.values(caller, roles, standing, brussels_today(now))


def _decisive(ruling: Ruling) -> tuple[bool, bool, int]:
    """A barrier is about the person; else one pathway that may be seen is enough."""
    return ruling.rule not in BARRIERS, not ruling.permits, _ORDER.index(ruling.rule)


def _ruling(row: DictRow) -> Ruling:
    return Ruling(row["pathway_id"], row["person_ref"], Rule(row["rule"]))
