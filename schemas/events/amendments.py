"""What puts earlier events right, and what may not be told."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from pydantic import Field

from schemas.codes import AnnulmentReason, CorrectionReason
from schemas.events.frame import Data, ModuleData


class DataCorrected(Data):
    """Gegevens gecorrigeerd: an earlier event was wrong; `corrected` is what it should have told, whole.

    Put it in the place of the event that it names, on the day `corrected_on`.
    """

    event: ClassVar[str] = "data-corrected"
    target: UUID = Field(description="Id of the event that was wrong")
    corrected_type: str = Field(description="CloudEvents type of that event and of `corrected`")
    corrected_on: date = Field(description="The day that it is true for, Europe/Brussels")
    corrected: dict[str, Any] = Field(description="The data that it should have had; see its type")
    reason: CorrectionReason = Field(description="Why")


class RegistrationAnnulled(Data):
    """Registratie geannuleerd: an earlier event should never have been told; leave it out of everything."""

    event: ClassVar[str] = "registration-annulled"
    target: UUID = Field(description="Id of the event to leave out")
    reason: AnnulmentReason = Field(description="Why")


class ModuleAnnulled(ModuleData):
    """Module geannuleerd: the module was told wrongly; leave every event of it out of everything."""

    event: ClassVar[str] = "module-annulled"
    reason: AnnulmentReason = Field(description="Why")


class PathwayAnnulled(Data):
    """Traject geannuleerd: the whole pathway was told wrongly; leave it out of everything."""

    event: ClassVar[str] = "pathway-annulled"
    reason: AnnulmentReason = Field(description="Why")


class Withheld(Data):
    """Niet meegedeeld: something was recorded that others may not know; only its envelope goes out."""

    event: ClassVar[str] = "withheld"
