"""What tells that two pathways are one, and that a number was replaced."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from schemas.codes import CorrectionReason, MergeReason
from schemas.events.frame import Data, Reference


class CarriedEvent(BaseModel):
    """An event of the absorbed pathway as it stood there."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    id: UUID = Field(description="Id of the event; the same that it has there")
    type: str = Field(description="CloudEvents type of that event and of `data`")
    occurred_on: date = Field(description="The day that it is true for, Europe/Brussels")
    data: dict[str, Any] = Field(
        description="Its data, corrected where that was done; see its type"
    )


class PathwaysMerged(Data):
    """Trajecten samengevoegd: another pathway of the person is a part of this one from now on.

    Take each of `events` as an event of this pathway, on its own day; leave everything of the pathway
    `absorbed` out.
    """

    event: ClassVar[str] = "pathways-merged"
    absorbed: UUID = Field(description="The pathway that is a part of this one now")
    absorbed_person: UUID = Field(description="The reference of the same person in that pathway")
    absorbed_enrolled_on: date = Field(description="Day of enrolment in that pathway")
    events: tuple[CarriedEvent, ...] = Field(
        description="Every module and all work of that pathway; an earlier enrolment too"
    )
    reason: MergeReason = Field(description="Why")


class PathwayAbsorbed(Data):
    """Traject opgenomen in een ander: leave everything of this pathway out; the survivor tells it."""

    event: ClassVar[str] = "pathway-absorbed"
    survivor: UUID = Field(description="The pathway that this one is a part of now")
    reason: MergeReason = Field(description="Why")


class MergeReverted(Data):
    """Samenvoeging ongedaan gemaakt: pass over the merge that it names, as if it had never been told."""

    event: ClassVar[str] = "merge-reverted"
    target: UUID = Field(
        description="Id of the pathways-merged or pathway-absorbed event of this pathway"
    )
    other: UUID = Field(description="The other pathway, where the same was told")
    reason: CorrectionReason = Field(description="Why")


class PersonIdentifierReplaced(Data):
    """Nummer van de persoon vervangen: whoever keeps numbers by reference asks for the new one."""

    event: ClassVar[str] = "person-identifier-replaced"
    person_ref: UUID = Field(description="Whose number; the reference stays")
    source: Reference = Field(description="Who said so")
