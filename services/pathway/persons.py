"""Which pathways are whose, by reference: an index on the log's enrolments, kept by the database."""

from collections.abc import Collection, Iterable
from uuid import UUID

from psycopg import Connection
from psycopg.rows import DictRow

from pathway.store import Store


def pathways_of(store: Store, person_ref: UUID) -> list[UUID]:
    """Every pathway that the person has or had, the oldest first. Raises `StoreAway`."""
    with store.connection() as connection:
        rows = connection.execute(
            "select pathway_id from pathway.person_pathway where person_ref = %s"
            " order by pathway_id",
            (person_ref,),
        ).fetchall()
    return [row["pathway_id"] for row in rows]


def people_of(store: Store, pathways: Iterable[UUID | None]) -> list[UUID]:
    """The references of the people whose pathways these are, each once. Raises `StoreAway`."""
    with store.connection() as connection:
        rows = connection.execute(
            "select distinct person_ref from pathway.person_pathway where pathway_id = any(%s)",
            ([one for one in pathways if one],),
        ).fetchall()
    return [row["person_ref"] for row in rows]


def references_of(
    connection: Connection[DictRow], people: Collection[UUID]
) -> dict[UUID, list[UUID]]:
    """Every reference of each of these people, the one that was asked first; for most it is the only one."""
    rows = connection.execute(
        """
        select told, coalesce(s.same_as, told) as counts,
               array(select o.person_ref from vault.same_person as o
                     where o.same_as = coalesce(s.same_as, told)) as others
        from unnest(%s::uuid[]) as told left join vault.same_person as s on s.person_ref = told
        """,
        (list(people),),
    ).fetchall()
    return {
        row["told"]: list(dict.fromkeys([row["told"], row["counts"], *row["others"]]))
        for row in rows
    }


def looked_at_as(store: Store, told: UUID) -> list[UUID]:
    """Under which references looks at a person stand: their own, the told one first, and each pathway.

    `told` is the person or one of their pathways; who is not known is looked for as told. Of who
    turned out to be known twice, it is both. Raises `StoreAway`.
    """
    people = people_of(store, [told]) or [told]
    with store.connection() as connection:
        known = references_of(connection, people)
    references = list(dict.fromkeys(one for each in known.values() for one in each))
    theirs = (pathway for person in references for pathway in pathways_of(store, person))
    return list(dict.fromkeys([*references, told, *theirs]))
