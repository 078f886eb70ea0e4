"""Guidance: who guides the person, from which day on."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from pathway.domain.codes import (
    AssignmentReason,
    PathwayStatus,
)
from pathway.domain.commands import Moment, PathwayCommand, Terms
from pathway.domain.facts import About, Fact, Label, Text
from pathway.domain.state import Assignment, Pathway
from pathway.domain.values import (
    Code,
)


class AssignmentTerms(Terms):
    """Who guides."""

    counsellor: Annotated[
        Code, Label("Bemiddelaar", "Counsellor"), Field(examples=["bemiddelaar-01"])
    ]
    unit: Annotated[Code, Label("Eenheid", "Unit"), Field(examples=["OE-GENT"])]
    reason: Annotated[AssignmentReason | None, Label("Reden", "Reason")] = None


class CounsellorAssigned(Fact, AssignmentTerms):
    """Who guides from this day on."""

    about: ClassVar[About] = About(
        Text("Bemiddelaar toegewezen", "Counsellor assigned"),
        Text(
            "Deze bemiddelaar begeleidt vanaf deze dag; de vorige toewijzing eindigt op hetzelfde ogenblik. "
            "De eerste toewijzing brengt het traject in begeleiding.",
            "This counsellor guides from this day on; the assignment before ends at the same instant. The "
            "first one brings the pathway into guidance.",
        ),
        "domain model 7.2 and 7.5",
    )
    kind: Literal["CounsellorAssigned"] = "CounsellorAssigned"

    def after(self, pathway: Pathway) -> Pathway:
        # Only the first one moves the status: another counsellor in aftercare brings nobody back.
        first = pathway.status == PathwayStatus.INGESCHREVEN
        told = Assignment(since=self.occurred_on, counsellor=self.counsellor, unit=self.unit)
        return pathway.but(
            status=PathwayStatus.IN_BEGELEIDING if first else pathway.status,
            counsellor=self.counsellor,
            unit=self.unit,
            assignments=(*pathway.assignments, told),
        )


class AssignCounsellor(PathwayCommand, AssignmentTerms):
    """Say who guides this person from now on."""

    path: ClassVar[str] = "assign-counsellor"

    def follow(self, pathway: Pathway, moment: Moment) -> Sequence[Fact]:
        guides = pathway.guided_on(self.on)
        if guides and (guides.counsellor, guides.unit) == (self.counsellor, self.unit):
            return []
        return [CounsellorAssigned.model_validate(self.told())]
