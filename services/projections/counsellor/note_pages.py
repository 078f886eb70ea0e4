"""The page of a person's notes: what colleagues wrote, and a form for one more; the text stays in the vault."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from plumbing.ids import new_id
from plumbing.web_sessions import WebSession
from plumbing.web_sign_in import our_form, web_session
from pydantic import BaseModel, ConfigDict, Field

from projections.acting import NotDone, Why
from projections.counsellor.answers import Pathway
from projections.counsellor.notes import MOST_TEXT, NewNote, NoteKind, NotesSource, NotesTold
from projections.counsellor.pathway_pages import names_of
from projections.counsellor.queries import CaseloadRow, Seen
from projections.counsellor.web import Questions
from projections.names import NamesSource
from projections.schema import Database
from projections.web_pages import Pages, address, asked_by_form
from projections.web_reading import UNKNOWN_PATHWAY

Session = Annotated[WebSession, Depends(web_session)]


class NotesAsked(BaseModel):
    """What the address of the page tells: nothing of what was written."""

    model_config = ConfigDict(frozen=True)
    cursor: Annotated[str | None, Field(pattern="^[1-9][0-9]{0,17}$")] = None
    kept: bool = False
    """Whether a note that was just written is kept."""
    why: Why | None = None
    """Why it is not."""


class Typed(BaseModel):
    """The form; its text form shows nothing."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)
    kind: NoteKind = NoteKind.CONTACT
    text: Annotated[str, Field(max_length=2 * MOST_TEXT, repr=False)] = ""
    key: Annotated[str, Field(max_length=200)] = ""


def note_pages(
    questions: Questions, pages: Pages, names: NamesSource, notes: NotesSource
) -> APIRouter:
    """`GET` and `POST /pathways/{pathway_id}/notes`; what is sent leads on to a page without what was typed.

    A browser keeps on disk what was sent to the page that it shows, and here that is about a person.
    """
    routes = APIRouter(include_in_schema=False)
    made = _Made(questions, pages, names, notes)

    @routes.get(
        "/pathways/{pathway_id}/notes",
        name="page_notes",
        summary="Page: the notes about a person, with the form for another",
    )
    def page_notes(pathway_id: UUID, request: Request, session: Session) -> Response:  # pyright: ignore[reportUnusedFunction]
        return made.all(request, session, pathway_id)

    @routes.post(
        "/pathways/{pathway_id}/notes",
        name="send_note",
        summary="Page: a note about a person was written",
        dependencies=[Depends(our_form)],
    )
    def send_note(  # pyright: ignore[reportUnusedFunction]
        pathway_id: UUID, request: Request, session: Session, typed: Annotated[Typed, Form()]
    ) -> Response:
        made.about(request, session, pathway_id)
        # A form sends each line's end as two letters, which a note does not take.
        text = typed.text.replace("\r\n", "\n").strip()
        note = NewNote(typed.kind, text, typed.key or str(new_id()))
        failed = notes.write(pathway_id, note, session.access_token)
        told = {"why": failed.why} if failed else {"kept": "true"}
        return RedirectResponse(address(f"/pathways/{pathway_id}/notes", told), status_code=303)

    return routes


@dataclass(frozen=True)
class _Made:
    questions: Questions
    pages: Pages
    names: NamesSource
    notes: NotesSource

    def all(self, request: Request, session: WebSession, pathway_id: UUID) -> Response:
        asked, _ = asked_by_form(request, NotesAsked, {})
        pathway = self.about(request, session, pathway_id)
        told = self.notes.of(pathway_id, asked.cursor, session.access_token)
        away = isinstance(told, NotDone)
        if isinstance(told, NotDone) and told.why is not Why.AWAY:
            raise UNKNOWN_PATHWAY.problem()
        return self.pages.show(
            request,
            "counsellor/notes.html",
            status=503 if away or asked.why is Why.AWAY else 422 if asked.why else 200,
            asked=asked,
            pathway=pathway,
            names=names_of(self.names, session, pathway),
            told=told if isinstance(told, NotesTold) else None,
            kinds=list(NoteKind),
            most=MOST_TEXT,
            key=str(new_id()),
        )

    def about(self, request: Request, session: WebSession, pathway_id: UUID) -> Pathway:
        """The pathway, for who may see it; the look is traced. Raises UNKNOWN_PATHWAY as a Problem."""
        today = self.questions.read_models.today

        def answer(_connection: Database, row: CaseloadRow, _seen: Seen) -> Pathway:
            return Pathway.of(row, today)

        return self.questions.about_pathway(request, session.caller, pathway_id, answer)
