"""Notes about a person: asked of the write side's vault and written there; nothing of them is kept here."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

import httpx2
from plumbing.correlation import in_the_name_of
from plumbing.logs import failure, logger
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from projections.acting import TIMEOUT, NotDone, Why, not_done

MOST_TEXT = 4_000
"""Letters in a note, as the write side takes them."""
_OK, _CREATED = 200, 201

log = logger(__name__)


class NoteKind(StrEnum):
    """What a note is about."""

    CONTACT = "CONTACT"
    OPVOLGING = "OPVOLGING"
    OVERIG = "OVERIG"


class NoteTold(BaseModel):
    """A note as the vault tells it; without its text where that was destroyed. Moments are UTC."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)
    kind: str
    text: str | None = Field(repr=False)
    written_at: datetime
    author: str
    redacted_at: datetime | None


class NotesTold(BaseModel):
    """A page of a pathway's notes, the newest first."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)
    notes: list[NoteTold]
    next_cursor: str | None


@dataclass(frozen=True)
class NewNote:
    """What somebody wrote; `key` names it when it is sent again."""

    kind: str
    text: str = field(repr=False)
    key: str


class NotesSource(Protocol):
    """Where notes are, in the name of the bearer of `access_token`."""

    def of(self, pathway_id: UUID, cursor: str | None, access_token: str) -> NotesTold | NotDone:
        """The newest notes of a pathway, or those after a page's `next_cursor`."""
        ...

    def write(self, pathway_id: UUID, note: NewNote, access_token: str) -> NotDone | None:
        """Write one; None when it is kept."""
        ...


class WriteSideNotes:
    """The notes in the vault of the write side at `api_url`. Safe to use from many threads; raises nothing."""

    def __init__(self, api_url: str) -> None:
        self._address = f"{api_url.rstrip('/')}/v1/pathways"

    def of(self, pathway_id: UUID, cursor: str | None, access_token: str) -> NotesTold | NotDone:
        """As NotesSource says; the write side leaves its own trace of the look."""
        try:
            answer = httpx2.get(
                f"{self._address}/{pathway_id}/notes",
                params={"cursor": cursor} if cursor else {},
                headers=in_the_name_of(access_token),
                timeout=TIMEOUT,
            )
            if answer.status_code == _OK:
                return NotesTold.model_validate_json(answer.content)
            return not_done(answer)
        except (httpx2.HTTPError, ValidationError) as error:
            log.warning("notes not told", failure=failure(error))
            return NotDone(Why.AWAY)

    def write(self, pathway_id: UUID, note: NewNote, access_token: str) -> NotDone | None:
        """As NotesSource says."""
        try:
            answer = httpx2.post(
                f"{self._address}/{pathway_id}/notes",
                json={"kind": note.kind, "text": note.text},
                headers=in_the_name_of(access_token) | {"Idempotency-Key": note.key},
                timeout=TIMEOUT,
            )
            return None if answer.status_code == _CREATED else not_done(answer)
        except (httpx2.HTTPError, ValidationError) as error:
            log.warning("note not answered", failure=failure(error))
            return NotDone(Why.AWAY)
