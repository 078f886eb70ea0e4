"""Work in the regular labour market, what becomes of it, and the pathway's end."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from schemas.codes import (
    BreachMotive,
    Checkpoint,
    ContractKind,
    ExitType,
    JobEndReason,
    Proof,
    WaiverMotive,
)
from schemas.events.frame import Data, Establishment, Hours, Kbo, ModuleData, Reference


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
    protected_until: date | None = Field(
        default=None,
        description="Last day of the protection against dismissal, as long as the IBO before it "
        "lasted; null without one",
    )


class EmploymentEnded(Data):
    """Tewerkstelling geëindigd: a job in the regular labour market ended; the event's day is its last day."""

    event: ClassVar[str] = "employment-ended"
    employer: Kbo
    hired_on: date | None = Field(description="First day of that job; null is not known")
    reason: JobEndReason = Field(description="Why; ANDERE stands for several")
    returns_to_guidance: bool = Field(description="Whether the person comes back into guidance")
    protected_until: date | None = Field(
        default=None,
        description="Last day of the protection against dismissal of that job; null without one. An "
        "end before it is worth a look",
    )


class EmploymentChecked(Data):
    """Tewerkstelling nagegaan: whether the person works on the event's day, so many months after the way out.

    It may come after the closing, and reopens nothing. One for each checkpoint, source and way out;
    where they differ, DMFA counts before DIMONA, CONTRACT and VERKLARING.
    """

    event: ClassVar[str] = "employment-checked"
    checkpoint: Checkpoint = Field(description="So many months after `since`")
    since: date = Field(
        description="The way out: first day of work, or the closing of who was not hired"
    )
    in_work: bool = Field(description="Whether the person works")
    same_employer: bool | None = Field(
        description="Whether with the employer of the hire; null is not told"
    )
    source: Proof = Field(description="Who says so")


class HireObligationWaived(ModuleData):
    """Aanwervingsplicht kwijtgescholden: after this IBO the employer need not hire."""

    event: ClassVar[str] = "hire-obligation-waived"
    motive: WaiverMotive = Field(description="Why")
    decision_ref: Reference = Field(description="Where the decision stands")


class HireObligationBreached(ModuleData):
    """Aanwervingsplicht geschonden: after this IBO the employer did not hire, and had to."""

    event: ClassVar[str] = "hire-obligation-breached"
    motive: BreachMotive = Field(description="What the employer did")
    decision_ref: Reference = Field(description="Where the decision stands")
    sanction_until: date | None = Field(
        default=None,
        description="Last day on which the employer gets no IBO; null without an exclusion",
    )


class PathwayClosed(Data):
    """Traject afgesloten: the person leaves guidance on the event's day."""

    event: ClassVar[str] = "pathway-closed"
    exit_type: ExitType = Field(description="How; ANDERE stands for several")
    proof: Proof | None = Field(default=None, description="On what evidence; null is not told")
