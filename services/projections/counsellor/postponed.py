"""What a counsellor put off, and of what they want to be reminded: kept for them alone."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from psycopg.rows import class_row

from projections.counsellor.alerts import Alert, Attention
from projections.schema import Database

LEAST_REASON, MOST_REASON = 3, 200


@dataclass(frozen=True)
class Snooze:
    """An alert that was put off until a day, on which it is there again; it spoke of `about_day`."""

    pathway_id: UUID
    alert: str
    about_day: date | None
    until: date
    reason: str

    def hides(self, alert: Alert, today: date) -> bool:
        """Whether it still does: not from its day on, and not when the alert speaks of another one."""
        same = (self.alert, self.about_day) == (alert.reason, alert.day)
        return same and today < self.until


@dataclass(frozen=True)
class Reminder:
    """On which day somebody wants to be reminded of a pathway, and of what."""

    pathway_id: UUID
    on_day: date
    reason: str


def snoozes(connection: Database, owner: str) -> dict[tuple[UUID, str], Snooze]:
    """What this person put off, by pathway and alert."""
    with connection.cursor(row_factory=class_row(Snooze)) as rows:
        found = rows.execute(
            "select pathway_id, alert, about_day, until, reason from projections.snooze"
            " where owner = %s",
            [owner],
        ).fetchall()
    return {(one.pathway_id, one.alert): one for one in found}


def reminders(connection: Database, owner: str) -> dict[UUID, Reminder]:
    """Of which pathways this person wants to be reminded, the first day first."""
    with connection.cursor(row_factory=class_row(Reminder)) as rows:
        found = rows.execute(
            "select pathway_id, on_day, reason from projections.reminder"
            " where owner = %s order by on_day, pathway_id",
            [owner],
        ).fetchall()
    return {one.pathway_id: one for one in found}


def snooze(connection: Database, owner: str, one: Snooze, at: datetime) -> None:
    """Put it off, in the place of what was put off before; and forget whatever is over."""
    values = {"owner": owner, "at": at, **vars(one)}
    connection.execute(
        "delete from projections.snooze where owner = %(owner)s and until < %(at)s::date", values
    )
    connection.execute(
        """
        insert into projections.snooze values
            (%(owner)s, %(pathway_id)s, %(alert)s, %(about_day)s, %(until)s, %(reason)s, %(at)s)
        on conflict (owner, pathway_id, alert) do update
           set about_day = excluded.about_day, until = excluded.until,
               reason = excluded.reason, made_at = excluded.made_at
        """,
        values,
    )


def wake(connection: Database, owner: str, pathway_id: UUID, alert: Attention) -> None:
    """It is there again."""
    connection.execute(
        "delete from projections.snooze where owner = %s and pathway_id = %s and alert = %s",
        [owner, pathway_id, alert],
    )


def remind(connection: Database, owner: str, one: Reminder, at: datetime) -> None:
    """Remind them, in the place of what was asked before: one for each pathway."""
    connection.execute(
        """
        insert into projections.reminder values
            (%(owner)s, %(pathway_id)s, %(on_day)s, %(reason)s, %(at)s)
        on conflict (owner, pathway_id) do update
           set on_day = excluded.on_day, reason = excluded.reason, made_at = excluded.made_at
        """,
        {"owner": owner, "at": at, **vars(one)},
    )


def forget(connection: Database, owner: str, pathway_id: UUID) -> None:
    """It is done, or not wanted any more."""
    connection.execute(
        "delete from projections.reminder where owner = %s and pathway_id = %s", [owner, pathway_id]
    )
