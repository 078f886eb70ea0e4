"""What every event tells, and the values that all of them are made of."""

from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from schemas.codes import ModuleKind, ModuleStatus, PathwayStatus, Result

Kbo = Annotated[str, Field(pattern="^[01][0-9]{9}$", description="Enterprise number (KBO)")]
Establishment = Annotated[
    str, Field(pattern="^[2-8][0-9]{9}$", description="Establishment unit number (KBO)")
]
Hours = Annotated[float, Field(gt=0, le=38, description="Hours a week")]
Reference = Annotated[str, Field(min_length=1, max_length=64)]


class Data(BaseModel):
    """What every event tells: the pathway's status after it, as of the day it was recorded."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    event: ClassVar[str]
    """The event's name in its CloudEvents type, such as `ibo-started`."""
    version: ClassVar[int] = 1
    pathway_status: PathwayStatus = Field(
        description="The pathway's status after this event, as of the day it was recorded"
    )


class ModuleData(Data):
    """An event of one module, with the module's status after it."""

    module_id: UUID = Field(description="The module; the same in all its events")
    module_kind: ModuleKind = Field(description="What the module is")
    module_status: ModuleStatus = Field(description="The module's status after this event")


class ModuleStart(ModuleData):
    """A module starts on the event's day."""

    planned_until: date = Field(description="Planned last day, inclusive")
    hours_per_week: Hours | None = Field(
        description="Hours a week; null only where a WEP+ register did not tell"
    )


class LengthLimits(ModuleData):
    """How long a module may last, by its kind and first day; pauses from then on move both days."""

    soft_maximum_on: date | None = Field(
        default=None,
        description="Last day within the soft maximum of such a module, pauses not counted: a plan beyond it "
        "was accepted, and is worth a look; null: it has none",
    )
    hard_maximum_on: date | None = Field(
        default=None,
        description="Last day of the longest such module, pauses not counted; null: no limit is known. "
        "Forms that are not told apart here may last longer",
    )


class Completion(ModuleData):
    """A module was completed, with what came of it."""

    result: Result | None = Field(default=None, description="What came of it; null is not told")
    competences_ref: Reference | None = Field(
        default=None, description="Where the competences that were acquired stand; null is not told"
    )
