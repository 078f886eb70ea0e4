"""The two modules of WEP+, and going on from it."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from schemas.codes import LegalStatus, ModuleKind, ModuleStatus, Scheme
from schemas.events.frame import Completion, Data, Kbo, ModuleStart, Reference


class WepPlusModuleStart(ModuleStart):
    """One of the two modules of WEP+ starts on the event's day."""

    promotor: Kbo
    project: Reference | None = Field(description="Number of the WEP+ project; null is not told")
    work_floor: Kbo | None = Field(
        description="Enterprise number (KBO) of the work floor; null is not told"
    )
    aftercare_premium: bool | None = Field(
        description="Whether an aftercare premium (nazorgpremie) goes with it; null is not told"
    )


class WorkExperienceModuleStarted(WepPlusModuleStart):
    """Werkervaringsmodule gestart: the W module of WEP+ starts on the event's day."""

    event: ClassVar[str] = "work-experience-module-started"


class InsertionModuleStarted(WepPlusModuleStart):
    """Inschakelingsmodule gestart: the I module of WEP+ starts on the event's day."""

    event: ClassVar[str] = "insertion-module-started"


class ModuleCompleted(Completion):
    """Module voltooid: a module of WEP+ was completed; the event's day is its last day."""

    event: ClassVar[str] = "module-completed"


class MigratedModule(BaseModel):
    """A WEP+ module that a migration took along."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    module_id: UUID = Field(description="The module")
    module_kind: ModuleKind = Field(description="What the module is")
    module_status: ModuleStatus = Field(
        description="VOLTOOID or STOPGEZET when it had ended before; otherwise STOPGEZET, for the "
        "reason EINDE_MAATREGEL"
    )
    last_day: date = Field(description="The module's last day")


class WepPlusMigrated(Data):
    """WEP+ gemigreerd: the person goes on in another scheme from the event's day.

    Neither inflow nor outflow. No other event tells the end of the modules that it ends.
    """

    event: ClassVar[str] = "wep-plus-migrated"
    from_modules: tuple[MigratedModule, ...] = Field(description="The WEP+ modules left behind")
    to_scheme: Scheme = Field(description="What takes over")
    lot: Reference | None = Field(description="Lot of the tender; null outside the tender")
    legal_status_before: LegalStatus = Field(description="What the person was in law")
    legal_status_after: LegalStatus = Field(description="What the person is in law from this day")
    guiding_organisation_before: Kbo
    guiding_organisation_after: Kbo
    host_organisation: Kbo | None = Field(
        description="Enterprise number (KBO) of the work floor that goes on as host; null is not told"
    )
    aftercare_premium: bool | None = Field(
        description="Whether an aftercare premium (nazorgpremie) goes with it; null is not told"
    )
