"""Work in the regular labour market, and the pathway's end."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from schemas.codes import ContractKind, ExitType, Proof
from schemas.events.frame import Data, Establishment, Hours, Kbo, Reference


class HiredInNec(Data):
    """Aangeworven in het NEC: work in the regular labour market starts on the event's day."""

    event: ClassVar[str] = "hired-in-nec"
    employer: Kbo
    establishment: Establishment | None = Field(
        description="Establishment unit number (KBO) of the work place; null is not told"
    )
    contract: ContractKind = Field(description="The kind of contract")
    until: date | None = Field(
        description="Last day of the contract; null is open-ended or not told"
    )
    hours_per_week: Hours
    occupation: Reference | None = Field(description="Competent code; null is not told")
    linked_module_id: UUID | None = Field(description="The module that led to it; null is not told")
    proof: Proof = Field(description="On what evidence the hire stands")


class PathwayClosed(Data):
    """Traject afgesloten: the person leaves guidance on the event's day."""

    event: ClassVar[str] = "pathway-closed"
    exit_type: ExitType = Field(description="How; ANDERE stands for several")
    proof: Proof | None = Field(default=None, description="On what evidence; null is not told")
