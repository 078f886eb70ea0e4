"""What stands between a caller and people, and which refusals the caller lifted, at a moment."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from plumbing.callers import Caller
from plumbing.row_rights import Rule, Standing
from psycopg import Connection
from psycopg.rows import tuple_row

# A barrier or an override is about a person, so it holds for all references of theirs.
_ABOUT_THESE: LiteralString = """
    and person_ref in (
        select o.person_ref from counts as c join vault.same_person as o on o.same_as = c.person_ref
        union all select person_ref from counts
    )
"""


def _query(about: LiteralString, these: LiteralString) -> LiteralString:
    return f"""
    with counts as (
        select coalesce(s.same_as, asked) as person_ref
        from unnest(%(people)s::uuid[]) as asked
        left join vault.same_person as s on s.person_ref = asked
    ), told as (
        select case when caller_ref <> %(caller)s then 'COLLEGA' else kind end as rule,
               person_ref, null::timestamptz as until
        from pathway.barrier
        where (ended_at is null or ended_at > %(at)s)
          and (caller_ref = %(caller)s or kind in ('VERTROUWELIJK', 'EIGEN_DOSSIER')) {about}
        union all
        select 'DOORBREKING', person_ref, until
        from pathway.override
        where caller_ref = %(caller)s and since <= %(at)s and until > %(at)s
          and (ended_at is null or ended_at > %(at)s) {about}
    ), of_persons as (
        select rule, coalesce(s.same_as, told.person_ref) as person_ref, max(until) as until
        from told left join vault.same_person as s using (person_ref)
        group by rule, coalesce(s.same_as, told.person_ref)
    ), of_references as (
        select rule, person_ref, until from of_persons
        union all
        select p.rule, o.person_ref, p.until
        from of_persons as p join vault.same_person as o on o.same_as = p.person_ref
    )
    select rule, until, array_agg(person_ref order by person_ref)
    from of_references {these} group by rule, until
    """


_ALL = _query("", "")
_SOME = _query(_ABOUT_THESE, "where person_ref = any(%(people)s)")


def standing_of(
    connection: Connection[Any], caller: Caller, people: Collection[UUID] | None, at: datetime
) -> Standing:
    """The barriers and overrides of `caller` that stand at `at` (UTC, this moment), by reference.

    Of `people` only, or of everybody when None. What stands about one reference of a person is told
    of all of them. Whoever is another caller's own file is told as a colleague. A barrier stands as
    soon as it is set, also where another machine's clock is ahead of ours. Raises psycopg.Error.
    """
    barriers, overridden = stands(connection, caller.ref, people, at)
    return Standing(barriers=barriers, overridden=list(overridden))


def stands(
    connection: Connection[Any], caller_ref: str, people: Collection[UUID] | None, at: datetime
) -> tuple[dict[Rule, list[UUID]], dict[UUID, datetime]]:
    """As `standing_of`: people by barrier, and until when (UTC) each person's refusals are lifted."""
    barriers: dict[Rule, list[UUID]] = {}
    overridden: dict[UUID, datetime] = {}
    values = {"people": list(people or ()), "caller": caller_ref, "at": at}
    with connection.cursor(row_factory=tuple_row) as cursor:
        for rule, until, found in cursor.execute(_ALL if people is None else _SOME, values):
            if rule == Rule.OVERRIDE:
                overridden |= dict.fromkeys(found, until)
            else:
                barriers[Rule(rule)] = found
    return barriers, overridden
