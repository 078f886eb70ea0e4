"""Who needs me today and why: the people of one caseload with something to do, the most pressing first."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Request
from plumbing.callers import Caller, Role
from pydantic import BaseModel, ConfigDict, Field

from projections.counsellor import postponed, queries
from projections.counsellor.alerts import Alert, Attention, Urgency, to_do
from projections.counsellor.answers import MOST_ROWS, AlertTold, Asked
from projections.counsellor.postponed import Reminder, Snooze
from projections.counsellor.queries import CaseloadFilter, CaseloadRow, CaseloadSort, Seen
from projections.counsellor.tables import LIVE
from projections.counsellor.web import COUNSELLOR, Questions
from projections.freshness import Freshness, freshness
from projections.points import PointAsked, Taken
from projections.schema import Database
from projections.web_reading import Reference
from projections.web_rights import about, sees

SHOWN = 15
"""As many people as one can help on a day; the others follow on demand."""
MOST_READ = 1_000
"""A caseload is 120 people or so, and those that were closed in the last 40 days."""


class WorklistAsked(Asked, PointAsked):
    """Whose worklist: one's own, for a partner of all that it guides, or that of a colleague."""

    counsellor: Annotated[
        Reference | None,
        Field(description="Reference of a counsellor", examples=["bemiddelaar-01"]),
    ] = None
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS)] = SHOWN


class WorkItem(BaseModel):
    """A pathway that needs someone; names are in the vault."""

    model_config = ConfigDict(frozen=True)
    pathway_id: UUID
    person_ref: UUID | None
    counsellor: str | None
    running_kinds: list[str]
    urgency: Urgency
    alerts: Annotated[list[AlertTold], Field(description="The most pressing first")]


class WorklistAnswer(BaseModel):
    """Who needs someone, the most pressing first, and what the caller put off."""

    model_config = ConfigDict(frozen=True)
    asked: WorklistAsked
    taken: Taken
    today: date
    items: list[WorkItem]
    total: Annotated[int, Field(description="People with something to do, whatever the limit")]
    by_urgency: dict[Urgency, int]
    snoozed: Annotated[list[WorkItem], Field(description="What the caller put off")]
    whole: Annotated[bool, Field(description="False: the caseload was too large to look at all")]
    freshness: Freshness


@dataclass(frozen=True)
class _Own:
    """What the one who looks made of the alerts."""

    snoozes: Mapping[tuple[UUID, str], Snooze]
    reminders: Mapping[UUID, Reminder]
    today: date

    def told(self, row: CaseloadRow) -> Iterator[AlertTold]:
        """The alerts of a row that are work, with those that were put off."""
        found = to_do(row, self.today)
        reminder = self.reminders.get(row.pathway_id)
        if reminder and reminder.on_day <= self.today:
            found.insert(0, Alert(Attention.REMINDER, reminder.on_day))
        for alert in found:
            snoozed = self.snoozes.get((row.pathway_id, alert.reason))
            hidden = snoozed if snoozed and snoozed.hides(alert, self.today) else None
            of_reminder = reminder if alert.reason is Attention.REMINDER else None
            why = hidden or of_reminder
            told = {"snoozed_until": hidden and hidden.until, "because": why and why.reason}
            yield AlertTold.of(alert, self.today).model_copy(update=told)


def worklist(
    questions: Questions,
    request: Request,
    caller: Caller,
    asked: WorklistAsked,
    traced: Collection[UUID] = (),
) -> WorklistAnswer:
    """Who needs someone, of what the caller may see. Each person in it leaves a trace, but for `traced`."""
    chosen, seen = _chosen(caller, asked), questions.rows.seen(request, caller)
    point = asked.point(questions.read_models.now())
    with questions.read_models.snapshot() as connection:
        tables = questions.tables(connection, chosen, seen, point) if asked.then else LIVE
        sort = CaseloadSort.LAST_FACT
        page = queries.caseload(connection, chosen, seen, sort=sort, limit=MOST_READ, tables=tables)
        own = _Own({}, {}, point.as_of)
        rows = page.items
        if not asked.then:
            own = _own(connection, caller, point.as_of)
            rows = [*rows, *_reminded(connection, own, rows, seen)]
        open_, snoozed = _sorted(rows, own)
        # Of a whole caseload only who is shown becomes an item.
        first = open_[: asked.limit]
        shown = {about(row): row.rule for row, _ in [*first, *snoozed]}
        new = {who: rule for who, rule in shown.items() if who not in traced}
        questions.trace.permitted(connection, request, caller, new)
        return WorklistAnswer(
            asked=asked,
            taken=Taken.model_validate(point),
            today=point.as_of,
            items=[_item(row, told) for row, told in first],
            total=len(open_),
            by_urgency={u: sum(told[0].urgency == u for _, told in open_) for u in Urgency},
            snoozed=[_item(row, told) for row, told in snoozed],
            whole=page.next_cursor is None,
            freshness=freshness(connection, COUNSELLOR),
        )


def _chosen(caller: Caller, asked: WorklistAsked) -> CaseloadFilter:
    if asked.counsellor is None and Role.PARTNER in caller.roles:
        return CaseloadFilter(guided_by=caller.organisation)
    return CaseloadFilter(counsellor=asked.counsellor or caller.ref)


def _own(connection: Database, caller: Caller, today: date) -> _Own:
    snoozes = postponed.snoozes(connection, caller.ref)
    return _Own(snoozes, postponed.reminders(connection, caller.ref), today)


def _reminded(
    connection: Database, own: _Own, rows: Collection[CaseloadRow], seen: Seen
) -> Iterator[CaseloadRow]:
    """The pathways outside of the caseload of which a reminder is due, as far as they may be seen."""
    known = {row.pathway_id for row in rows}
    for reminder in own.reminders.values():
        if reminder.on_day <= own.today and reminder.pathway_id not in known:
            row = queries.pathway(connection, reminder.pathway_id, seen)
            if row is not None and sees(row):
                yield row


Work = list[tuple[CaseloadRow, list[AlertTold]]]


def _sorted(rows: Collection[CaseloadRow], own: _Own) -> tuple[Work, Work]:
    """Who needs someone, the most pressing first; and whose alerts were put off, the first to wake first."""
    needed: list[tuple[tuple[object, ...], CaseloadRow, list[AlertTold]]] = []
    snoozed: Work = []
    for row in rows:
        told = list(own.told(row))
        awake = [one for one in told if one.snoozed_until is None]
        if awake:
            key = (*Alert(awake[0].reason, awake[0].day).order(own.today), row.pathway_id)
            needed.append((key, row, awake))
        if asleep := [one for one in told if one.snoozed_until]:
            snoozed.append((row, asleep))
    needed.sort(key=lambda one: one[0])
    return [(row, awake) for _, row, awake in needed], snoozed


def _item(row: CaseloadRow, told: list[AlertTold]) -> WorkItem:
    return WorkItem(
        pathway_id=row.pathway_id,
        person_ref=row.person_ref,
        counsellor=row.counsellor,
        running_kinds=row.running_kinds,
        urgency=told[0].urgency,
        alerts=told,
    )
