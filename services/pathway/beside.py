"""What is committed together with facts, or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson


@dataclass(frozen=True)
class NewPerson:
    """A person's rows for the vault, sealed by `identity`; bytes as hex, `since` a day."""

    person_ref: str
    insz_hash: str
    sealed: str
    data_key: str
    since: str
    prefixes: tuple[str, ...]


@dataclass(frozen=True)
class CommandAnswer:
    """What a command was answered, under its idempotency key. `answered_at` is UTC, ISO 8601."""

    actor: str
    key: str
    body_hash: str
    status: int
    answer: dict[str, Any]
    answered_at: str


@dataclass(frozen=True)
class Held:
    """Who holds a pathway, by which it is decided who may see it; and from when time has to be told of.

    `partners` are the KBO numbers of who guides or guided it, to their last day or None.
    """

    pathway_id: UUID
    person_ref: UUID
    counsellor: str | None
    unit: str | None
    partners: Mapping[str, date | None]
    closed_on: date | None
    exit_type: str | None
    due_from: date | None
    """From which day on the scheduler has something to tell."""
    excludes: tuple[Mapping[str, Any], ...]
    """Employers who get no IBO by what was decided in it: employer, since and until."""


@dataclass(frozen=True)
class Beside:
    """What is committed together with facts, or not at all."""

    people: tuple[NewPerson, ...] = ()
    opened: tuple[tuple[UUID, UUID], ...] = ()
    """(person_ref, pathway_id) of pathways that now are the person's open one."""
    closed: tuple[UUID, ...] = ()
    """Pathways that no longer are open."""
    answers: tuple[CommandAnswer, ...] = ()
    held: tuple[Held, ...] = ()

    def to_json(self) -> str | None:
        """As the SQL functions take it; None when there is nothing."""
        if self == Beside():
            return None
        opened = [{"person_ref": person, "pathway_id": pathway} for person, pathway in self.opened]
        return orjson.dumps(
            {
                "people": self.people,
                "opened": opened,
                "closed": self.closed,
                "answers": self.answers,
                # Of a pathway that is recorded on more than once in one go, the last.
                "held": list({held.pathway_id: held for held in self.held}.values()),
            }
        ).decode()


def together(parts: Sequence[Beside]) -> Beside:
    """What goes beside several pathways' facts that are recorded in one go."""
    if len(parts) == 1:
        return parts[0]
    opened: dict[UUID, tuple[UUID, UUID]] = {}
    closed: dict[UUID, None] = {}
    for part in parts:
        for person_ref, pathway_id in part.opened:
            # What was closed and opened again in one go stays as it was.
            if pathway_id in closed:
                del closed[pathway_id]
            else:
                opened[pathway_id] = (person_ref, pathway_id)
        closed |= dict.fromkeys(part.closed)
    return Beside(
        people=tuple(x for part in parts for x in part.people),
        opened=tuple(opened.values()),
        closed=tuple(closed),
        answers=tuple(x for part in parts for x in part.answers),
        held=tuple(x for part in parts for x in part.held),
    )
