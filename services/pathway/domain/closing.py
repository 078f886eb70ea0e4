"""Closing: the person leaves guidance, in one of many ways."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pathway.domain import refusals
from pathway.domain.codes import (
    ExitType,
    PathwayStatus,
    Proof,
)
from pathway.domain.commands import Moment, PathwayCommand, Terms
from pathway.domain.facts import About, Fact, Label, Text
from pathway.domain.state import Pathway
from pathway.domain.values import (
    DataClass,
)


class ClosingTerms(Terms):
    """How a pathway ended."""

    exit_type: Annotated[ExitType, Label("Wijze van uitstroom", "Way out")]
    proof: Annotated[Proof | None, Label("Bewijs", "Proof")] = None


class PathwayClosed(Fact, ClosingTerms):
    """The person leaves guidance. Some exits tell about health."""

    about: ClassVar[About] = About(
        Text("Traject afgesloten", "Pathway closed"),
        Text(
            "De persoon verlaat de begeleiding. Geen module loopt nog, en niets is geregistreerd voor een "
            "latere dag.",
            "The person leaves guidance. No module runs any more, and nothing is registered for a later day.",
        ),
        "domain model 7.2, closing checklist",
    )
    kind: Literal["PathwayClosed"] = "PathwayClosed"
    data_class: ClassVar[DataClass] = DataClass.SPECIAL

    def fits(self, pathway: Pathway | None) -> None:
        for module in pathway.running() if pathway else ():
            raise refusals.ModuleRunning(
                f"The {module.kind} at {module.organisation}, started on {module.started_on}, "
                "still runs. Complete or stop it first."
            )

    def after(self, pathway: Pathway) -> Pathway:
        return pathway.but(
            status=PathwayStatus.AFGESLOTEN,
            closed_on=self.occurred_on,
            exit_type=self.exit_type,
            guides=pathway.guided_until(self.occurred_on),
        )


class Close(PathwayCommand, ClosingTerms):
    """End the pathway: the person leaves guidance."""

    path: ClassVar[str] = "close"

    def follow(self, pathway: Pathway, moment: Moment) -> Sequence[Fact]:
        closed = PathwayClosed.model_validate(self.told())
        closed.fits(pathway)
        if self.on < pathway.closable_from:
            raise refusals.ClosedBeforeFact(
                f"Something is registered for {pathway.closable_from}; close on that day or later.",
                "on",
            )
        return [closed]
