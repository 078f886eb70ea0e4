"""Notes over HTTP: free text about a person, by the pathway that it belongs to."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from plumbing import problems
from plumbing.callers import Caller
from plumbing.problems import INVALID_REQUEST, MALFORMED_JSON, ProblemType
from plumbing.row_rights import Rule
from plumbing.sign_in import signed_in
from pydantic import BaseModel, ConfigDict, Field

from pathway import api_problems
from pathway.api_examples import body_documented
from pathway.api_person_models import NotesAnswer, NoteView, WriteNote
from pathway.api_problems import REFUSALS
from pathway.api_requests import idempotency_key, parsed, read_body
from pathway.api_rights import Trace
from pathway.api_sight import Sight
from pathway.application import Pathways
from pathway.domain.refusals import UnknownPathway
from pathway.identity import Destroyed
from pathway.notes import MOST_NOTES, Note, Notes, OtherNote

Raw = Annotated[bytes, Depends(read_body)]
SignedIn = Annotated[Caller, Depends(signed_in)]
NO_PATHWAY = REFUSALS[UnknownPathway]
DESTROYED = ProblemType(
    "person-destroyed",
    409,
    "What the vault held of this person was destroyed",
    "Nothing can be kept of this person any more.",
)
COMMON = (
    NO_PATHWAY,
    INVALID_REQUEST,
    api_problems.NOT_TRACED,
    api_problems.STORE_AWAY,
    api_problems.VAULT_SEALED,
)
KEY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "Names this note; repeated under the same key it is kept once",
    "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
    "example": "6f1c2f6e-5d0b-4f6d-9f0e-0d9a2f3b7c11",
}


class NotesAsked(BaseModel):
    """Which page of the notes."""

    model_config = ConfigDict(extra="forbid")
    cursor: Annotated[
        str | None,
        Field(pattern="^[1-9][0-9]{0,17}$", description="`next_cursor` of the page before"),
    ] = None
    limit: Annotated[int, Field(ge=1, le=MOST_NOTES)] = 50


def note_routes(pathways: Pathways, trace: Trace, sight: Sight) -> APIRouter:
    """`POST` and `GET /v1/pathways/{pathway_id}/notes`."""
    routes = APIRouter(prefix="/v1/pathways/{pathway_id}/notes", tags=["notes"])
    _add_write(routes, pathways, trace, sight)
    _add_read(routes, pathways, trace, sight)
    return routes


def _add_write(routes: APIRouter, pathways: Pathways, trace: Trace, sight: Sight) -> None:
    @routes.post(
        "",
        name="write_note",
        operation_id="write_note",
        summary="Write a note about the person, which only the vault keeps",
        status_code=201,
        responses=problems.responses(
            *COMMON,
            DESTROYED,
            MALFORMED_JSON,
            api_problems.ONLY_SEEN,
            api_problems.KEY_MISSING,
            api_problems.KEY_REUSED,
            api_problems.TOO_LARGE,
            api_problems.NOT_JSON,
        ),
        openapi_extra={
            "parameters": [KEY_PARAMETER],
            "requestBody": body_documented(WriteNote),
        },
    )
    def write_note(pathway_id: UUID, request: Request, raw: Raw, caller: SignedIn) -> NoteView:  # pyright: ignore[reportUnusedFunction]
        """Nothing of it goes to the log, to events or to other systems."""
        key, body = idempotency_key(request), parsed(WriteNote, raw)
        ruling = sight.pathway(request, caller, pathway_id)
        trace.permitted(request, caller, {ruling.person_ref: ruling.rule})
        if ruling.rule is Rule.OVERRIDE:
            raise api_problems.ONLY_SEEN.problem()
        try:
            note = Notes(pathways.store, pathways.vault).write(
                pathway_id, ruling.person_ref, body.kind, body.text, by=caller.ref, key=key
            )
        except OtherNote:
            raise api_problems.KEY_REUSED.problem() from None
        except Destroyed:
            raise DESTROYED.problem() from None
        return _view(note)


def _add_read(routes: APIRouter, pathways: Pathways, trace: Trace, sight: Sight) -> None:
    @routes.get(
        "",
        name="pathway_notes",
        operation_id="pathway_notes",
        summary="The notes of a pathway, the newest first",
        responses=problems.responses(*COMMON),
    )
    def pathway_notes(  # pyright: ignore[reportUnusedFunction]
        pathway_id: UUID, request: Request, caller: SignedIn, asked: Annotated[NotesAsked, Query()]
    ) -> NotesAnswer:
        """A redacted note is told without its text, with the motive."""
        ruling = sight.pathway(request, caller, pathway_id)
        trace.permitted(request, caller, {ruling.person_ref: ruling.rule})
        before = int(asked.cursor) if asked.cursor else None
        found = Notes(pathways.store, pathways.vault).of(
            pathway_id, before=before, limit=asked.limit + 1
        )
        told = found[: asked.limit]
        return NotesAnswer(
            notes=[_view(note) for note in told],
            next_cursor=str(told[-1].place) if len(found) > len(told) else None,
        )


def _view(note: Note) -> NoteView:
    return NoteView(
        note_id=note.note_id,
        kind=note.kind,
        text=note.text,
        written_at=note.written_at,
        author=note.author,
        redacted_at=note.redacted_at,
        motive=note.motive,
    )
