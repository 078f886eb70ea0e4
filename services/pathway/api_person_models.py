"""What the vault's doors take and answer over HTTP."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from pathway.api_models import Answered, Body, Insz, Name, PersonName
from pathway.domain.values import Day
from pathway.identity import NumberStatus
from pathway.notes import Motive, NoteKind

MOST_NUMBERS = 1000
MOST_TEXT = 4000


def _text(told: str) -> str:
    text = told.strip()
    if not text or not all(sign.isprintable() or sign == "\n" for sign in text):
        raise ValueError("a note is made of signs that can be printed, and of lines")
    return text


Code = Annotated[
    str,
    Field(
        pattern=r"^[A-Z]+(_[A-Z]+)*$", min_length=3, max_length=60, examples=["UITKERING_CONTROLE"]
    ),
]
"""Letters only, so that no number of a person's can stand in it: it is kept readable."""


class NameSought(Body):
    """Whom to search, by the first letters of their names."""

    name: Name = Field(
        description="One or more words in any order; at least one of three letters or more"
    )


class PeopleFound(Answered):
    """Who was found, by name; `more` when there are others: then give more letters or words."""

    people: list[PersonName]
    more: bool


class ReferencesSought(Body):
    """Whose references to tell, and what for."""

    purpose: Code
    numbers: list[Insz] = Field(min_length=1, max_length=MOST_NUMBERS)


class NumbersSought(Body):
    """Whose numbers to tell, and what for."""

    purpose: Code
    references: list[UUID] = Field(min_length=1, max_length=MOST_NUMBERS)


class PersonReference(Answered):
    """Whose a number is, or was."""

    insz: str
    person_ref: UUID = Field(description="The reference that counts")
    status: NumberStatus


class ReferencesAnswer(Answered):
    """References by number; who is not known is left out."""

    references: list[PersonReference]


class PersonNumber(Answered):
    """The number that a person has now; CANCELLED when nothing came in its place."""

    person_ref: UUID = Field(description="The reference that was asked for")
    counts: UUID = Field(description="The same person's reference that counts")
    insz: str
    status: NumberStatus


class NumbersAnswer(Answered):
    """Numbers by reference; who is not known, or was removed, is left out."""

    numbers: list[PersonNumber]


class ReplaceNumber(Body):
    """A person's INSZ was replaced by another."""

    insz: Insz
    replaced_by: Insz
    since: Day = Field(examples=["2015-06-01"])
    source: Code = Field(examples=["KSZ"])


class CancelNumber(Body):
    """An INSZ was cancelled, and nothing came in its place."""

    insz: Insz
    since: Day = Field(examples=["2015-06-01"])
    source: Code = Field(examples=["KSZ"])


class LinkPeople(Body):
    """Two references turned out to be one person."""

    person_ref: UUID
    same_as: UUID = Field(description="The reference that counts from now on")
    source: Code = Field(examples=["KSZ"])


class PersonStanding(Answered):
    """By which references a person is known."""

    person_ref: UUID = Field(description="The reference that counts")
    also: list[UUID] = Field(description="Their other references")
    open_pathways: list[UUID] = Field(
        description="When more than one: merge them, or close all but one"
    )


class WriteNote(Body):
    """Free text about a person, kept in the vault only."""

    kind: NoteKind
    text: Annotated[str, AfterValidator(_text), Field(min_length=1, max_length=MOST_TEXT)]


class NoteView(Answered):
    """A note. Its text is null when it was destroyed; `motive` says why where it was redacted."""

    note_id: UUID
    kind: NoteKind
    text: str | None
    written_at: datetime
    author: str
    redacted_at: datetime | None
    motive: Motive | None


class NotesAnswer(Answered):
    """A pathway's notes, the newest first."""

    notes: list[NoteView]
    next_cursor: str | None = Field(description="What to ask on with; null at the end")


_REFERENCE = "01931f0a-7c1e-7bb2-9d0e-6a1f5f0c2b3d"
_INSZ = {"insz": "84.05.17-998.97"}
_SINCE = {"since": "2015-06-01", "source": "KSZ"}
PERSON_EXAMPLES: Mapping[type[BaseModel], Mapping[str, Any]] = {
    NameSought: {"name": "ann testers"},
    ReferencesSought: {"purpose": "UITKERING_CONTROLE", "numbers": ["84.05.17-998.97"]},
    NumbersSought: {"purpose": "UITKERING_CONTROLE", "references": [_REFERENCE]},
    ReplaceNumber: {**_INSZ, "replaced_by": "84.05.17-002.26", **_SINCE},
    CancelNumber: {**_INSZ, **_SINCE},
    LinkPeople: {
        "person_ref": _REFERENCE,
        "same_as": "01931f0a-7c1e-7bb2-9d0e-6a1f5f0c2b3e",
        "source": "KSZ",
    },
    WriteNote: {"kind": "CONTACT", "text": "Belt volgende week terug over de stageplaats."},
}
_NAMED = {"person_ref": _REFERENCE, "last_name": "Testers", "first_name": "Anna"}
_NOTE = {
    "note_id": "0f14e45f-ceea-467f-9d2b-9a3b1c7d0e21",
    "kind": "CONTACT",
    "text": "Belt volgende week terug over de stageplaats.",
    "written_at": "2015-09-01T08:00:00Z",
    "author": "bemiddelaar-01",
    "redacted_at": None,
    "motive": None,
}
PERSON_ANSWERS: Mapping[type[BaseModel], Mapping[str, Any]] = {
    PeopleFound: {"people": [_NAMED], "more": False},
    ReferencesAnswer: {
        "references": [{"insz": "84051799897", "person_ref": _REFERENCE, "status": "CURRENT"}]
    },
    NumbersAnswer: {
        "numbers": [
            {
                "person_ref": _REFERENCE,
                "counts": _REFERENCE,
                "insz": "84051799897",
                "status": "CURRENT",
            }
        ]
    },
    PersonStanding: {"person_ref": _REFERENCE, "also": [], "open_pathways": []},
    NoteView: _NOTE,
    NotesAnswer: {"notes": [_NOTE], "next_cursor": None},
}
