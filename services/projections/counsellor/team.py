"""Who guides how many in a unit, the pathways of people who were found, and filters that somebody saved."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from plumbing import row_rights
from psycopg import sql
from psycopg.rows import class_row

from projections.counsellor.queries import ENDS_SOON, Seen
from projections.schema import Database

MOST_SAVED = 30


@dataclass(frozen=True)
class Guide:
    """What one counsellor of a unit guides; None: nobody does."""

    counsellor: str | None
    open: int
    overdue: int
    ends_soon: int


@dataclass(frozen=True)
class FoundPathway:
    """A pathway of somebody who was found, and the rule by which the caller sees it."""

    pathway_id: UUID
    person_ref: UUID
    status: str
    counsellor: str | None
    unit: str | None
    rule: str


@dataclass(frozen=True)
class SavedFilter:
    """A name that somebody gave to fields of the caseload's form."""

    name: str
    query: str


def team(connection: Database, unit: str, seen: Seen, today: date) -> list[Guide]:
    """Each counsellor of a unit with open pathways that the caller sees, by their reference."""
    query = sql.SQL(
        """
        select counsellor, count(*) as open,
               count(*) filter (where next_planned_end < %(today)s) as overdue,
               count(*) filter (where next_planned_end between %(today)s and %(soon)s) as ends_soon
          from counsellor.caseload c
         where unit = %(of_unit)s and closed_on is null and merged_into is null and {visible}
         group by counsellor
         order by counsellor nulls first
        """
    ).format(visible=sql.SQL(row_rights.VISIBLE))
    values = {**seen, "of_unit": unit, "today": today, "soon": today + ENDS_SOON}
    with connection.cursor(row_factory=class_row(Guide)) as rows:
        return rows.execute(query, values).fetchall()


def of_people(connection: Database, people: Collection[UUID], seen: Seen) -> list[FoundPathway]:
    """The pathways of these people that the caller sees, the newest first."""
    query = sql.SQL(
        """
        select pathway_id, person_ref, status, counsellor, unit, {rule} as rule
          from counsellor.caseload c
         where person_ref = any(%(people)s) and merged_into is null and {visible}
         order by enrolled_on desc nulls last, pathway_id
        """
    ).format(rule=sql.SQL(row_rights.RULE), visible=sql.SQL(row_rights.VISIBLE))
    with connection.cursor(row_factory=class_row(FoundPathway)) as rows:
        return rows.execute(query, {**seen, "people": list(people)}).fetchall()


def of_pathways(connection: Database, pathways: Collection[UUID], seen: Seen) -> list[FoundPathway]:
    """Those of these pathways that the caller sees, in no order."""
    query = sql.SQL(
        """
        select pathway_id, person_ref, status, counsellor, unit, {rule} as rule
          from counsellor.caseload c
         where pathway_id = any(%(pathways)s) and person_ref is not null and {visible}
        """
    ).format(rule=sql.SQL(row_rights.RULE), visible=sql.SQL(row_rights.VISIBLE))
    with connection.cursor(row_factory=class_row(FoundPathway)) as rows:
        return rows.execute(query, {**seen, "pathways": list(pathways)}).fetchall()


def saved(connection: Database, owner: str) -> list[SavedFilter]:
    """What this person saved, by name."""
    with connection.cursor(row_factory=class_row(SavedFilter)) as rows:
        return rows.execute(
            "select name, query from projections.saved_filter where owner = %s order by lower(name)",
            [owner],
        ).fetchall()


def save(connection: Database, owner: str, one: SavedFilter, at: datetime) -> bool:
    """In the place of another of that name; False when there are as many as somebody may have."""
    done = connection.execute(
        """
        insert into projections.saved_filter
        select %(owner)s, %(name)s, %(query)s, %(at)s
         where (select count(*) from projections.saved_filter
                 where owner = %(owner)s and name <> %(name)s) < %(most)s
            on conflict (owner, name) do update set query = excluded.query, made_at = excluded.made_at
        """,
        {"owner": owner, **vars(one), "at": at, "most": MOST_SAVED},
    )
    return done.rowcount > 0


def drop(connection: Database, owner: str, name: str) -> None:
    """It is wanted no more."""
    connection.execute(
        "delete from projections.saved_filter where owner = %s and name = %s", [owner, name]
    )
