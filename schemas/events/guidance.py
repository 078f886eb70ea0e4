"""Enrolment and guidance: who comes in, who guides, and what a screening found."""

from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from schemas.codes import (
    Advice,
    AgeGroup,
    AssignmentReason,
    Category,
    Channel,
    Distance,
    Education,
    Gender,
    HandOverReason,
    Need,
    PlanAction,
    ScreeningMethod,
)
from schemas.events.frame import Data, Reference


class Enrolled(Data):
    """Ingeschreven: a person starts a pathway on the event's day."""

    event: ClassVar[str] = "enrolled"
    person_ref: UUID = Field(
        description="Random reference of the person, the same in every pathway of that person"
    )
    category: Category | None = Field(
        description="VDAB registration category; null is not told; ANDERE stands for several"
    )
    channel: Channel = Field(description="Where the enrolment came in")
    inferred: bool = Field(
        description="True when an import derived the day of enrolment: leave it out of measures "
        "that start at enrolment"
    )


class ImportedFromLegacy(Data):
    """Overgenomen uit een ouder systeem: the history from the event's day on comes from there."""

    event: ClassVar[str] = "imported-from-legacy"
    source: Reference = Field(description="The older system")
    source_ref: Reference = Field(description="Reference of the file in that system")
    exported_on: date = Field(description="The day on which that system was exported")
    incomplete_until: date = Field(
        description="Last day of which not everything may be known, inclusive: leave the pathway out of "
        "measures that start at enrolment"
    )


class ParticipantCharacteristicsRecorded(Data):
    """Kenmerken geregistreerd: what reports group by; null is not told, and an earlier value stands."""

    event: ClassVar[str] = "participant-characteristics-recorded"
    commune: Annotated[str, Field(pattern="^[1-9]{2}[0-9]{3}$")] | None = Field(
        description="NIS code as it was on the event's day; map it to a province of that day"
    )
    unemployed_since: date | None = Field(description="First day of the unemployment")
    age_group: AgeGroup | None = Field(description="Age at entry")
    gender: Gender | None = Field(description="As registered")
    education: Education | None = Field(description="Highest diploma, in three groups")


class CounsellorAssigned(Data):
    """Bemiddelaar toegewezen: who guides from the event's day on."""

    event: ClassVar[str] = "counsellor-assigned"
    counsellor: Reference = Field(description="Reference of the counsellor")
    unit: Reference = Field(description="Reference of the counsellor's unit")
    reason: AssignmentReason | None = Field(default=None, description="Why; null is not told")


class CounsellorTransferred(Data):
    """Traject overgedragen: who guides from the event's day on, in the place of whom."""

    event: ClassVar[str] = "counsellor-transferred"
    from_counsellor: Reference = Field(description="Reference of who guided until then")
    counsellor: Reference = Field(description="Reference of the counsellor who guides now")
    unit: Reference = Field(description="Reference of that counsellor's unit")
    reason: HandOverReason = Field(description="Why")


class CounsellorUnassigned(Data):
    """Toewijzing beëindigd: nobody guides from the event's day on; the pathway stays with its unit."""

    event: ClassVar[str] = "counsellor-unassigned"
    counsellor: Reference = Field(description="Reference of who guided until then")
    reason: HandOverReason = Field(description="Why")


class Screened(Data):
    """Ingeschat: how far the person is from the labour market; the newest screening counts."""

    event: ClassVar[str] = "screened"
    distance: Distance = Field(description="How far from the labour market")
    needs: tuple[Need, ...] = Field(
        description="What they need help with, each once; ANDERE stands for several"
    )
    advice: Advice = Field(description="What was advised; ANDERE stands for several")
    method: ScreeningMethod = Field(description="How; ANDERE stands for several")


class PathwayPlanAgreed(Data):
    """Trajectplan afgesproken: what counsellor and person agreed on; the newest plan counts."""

    event: ClassVar[str] = "pathway-plan-agreed"
    goals: tuple[Reference, ...] = Field(
        description="Occupations by their Competent code, the one wanted most first; may be empty"
    )
    competent_version: Reference | None = Field(
        description="Version of Competent that the codes are of; null is not told"
    )
    actions: tuple[PlanAction, ...] = Field(
        description="What was agreed to do, each once; ANDERE stands for several"
    )
    review_on: date = Field(description="The day on which the plan is looked at again")
