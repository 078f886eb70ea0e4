"""The newest state of a pathway, for the compacted topic."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from schemas.codes import ExitType, ModuleKind, ModuleStatus, Scheme
from schemas.events.frame import Data, Hours, Kbo, Reference


class StateModule(BaseModel):
    """A module as it stands."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    module_id: UUID = Field(description="The module")
    module_kind: ModuleKind = Field(description="What the module is")
    module_status: ModuleStatus = Field(description="Where it stands")
    started_on: date = Field(description="First day")
    planned_until: date = Field(description="Planned last day, inclusive")
    last_day: date | None = Field(description="Last day; null while it runs")
    hours_per_week: Hours | None = Field(
        description="Hours a week; null only where a WEP+ register did not tell"
    )
    organisation: Kbo = Field(description="Enterprise number (KBO) of employer, host or promotor")


class StateHire(BaseModel):
    """A hire as it stands."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    employer: Kbo
    started_on: date = Field(description="First day of work")
    linked_module_id: UUID | None = Field(description="The module that led to it; null is not told")


class PathwayState(Data):
    """Stand van het traject: the newest state of a pathway, every event up to `streamversion` included."""

    event: ClassVar[str] = "state"
    person_ref: UUID = Field(
        description="Random reference of the person, the same in every pathway of that person"
    )
    enrolled_on: date = Field(description="Day of enrolment")
    counsellor: Reference | None = Field(
        description="Reference of the counsellor; null is none yet"
    )
    unit: Reference | None = Field(description="Reference of the counsellor's unit")
    scheme: Scheme | None = Field(description="What took over from WEP+; null without a migration")
    guiding_organisation: Kbo | None = Field(
        description="Enterprise number (KBO) of the guide after a migration; null without one"
    )
    modules: tuple[StateModule, ...] = Field(
        description="Every module, in the order of their start; annulled ones are left out"
    )
    hires: tuple[StateHire, ...] = Field(description="Every hire, in the order of their first day")
    closed_on: date | None = Field(description="Day of closure; null while the pathway is open")
    exit_type: ExitType | None = Field(description="How the person left; ANDERE stands for several")
    merged_into: UUID | None = Field(
        default=None,
        description="The pathway that this one is a part of now, with all that counts; mostly null",
    )
