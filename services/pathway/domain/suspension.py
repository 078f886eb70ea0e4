"""Suspension: guidance waits for a while, and goes on."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pathway.domain import moves, refusals
from pathway.domain.codes import InterruptionReason, ModuleStatus, PathwayStatus, SuspensionReason
from pathway.domain.commands import Moment, PathwayCommand, Terms
from pathway.domain.course import ModuleInterrupted, resumed
from pathway.domain.facts import About, Fact, Label, Source, Text
from pathway.domain.state import Pathway
from pathway.domain.state_values import Suspension
from pathway.domain.values import DataClass, Day


class SuspensionTerms(Terms):
    """Why guidance waits, and until when by what is known now."""

    reason: Annotated[SuspensionReason, Label("Reden", "Reason")]
    expected_until: Annotated[
        Day | None,
        Label(
            "Verwacht tot en met",
            "Expected until",
            Text("De laatste dag die men nu verwacht.", "The last day as expected now."),
        ),
    ] = None


class PathwaySuspended(Fact, SuspensionTerms):
    """Guidance waits from `occurred_on`. Most reasons tell about health, some about detention."""

    about: ClassVar[About] = About(
        Text("Traject geschorst", "Pathway suspended"),
        Text(
            "De begeleiding wacht vanaf deze dag, en modules die lopen pauzeren. Er start niets tot ze hervat "
            "wordt; een aanwerving of afsluiting kan wel.",
            "Guidance waits from this day, and modules that run pause. Nothing starts until it is resumed; a "
            "hire or a closing is possible.",
        ),
        Source("7.2, 7.3"),
    )
    kind: Literal["PathwaySuspended"] = "PathwaySuspended"
    data_class: ClassVar[DataClass] = DataClass.SPECIAL

    def fits(self, pathway: Pathway | None) -> None:
        if pathway is not None:
            moves.pathway_may(pathway.status, self.name)
        if self.expected_until is not None and self.expected_until < self.occurred_on:
            raise refusals.EndBeforeStart(
                f"It would be expected until {self.expected_until}, before it begins on "
                f"{self.occurred_on}.",
                "expected_until",
            )

    def after(self, pathway: Pathway) -> Pathway:
        waits = Suspension(
            since=self.occurred_on, reason=self.reason, expected_until=self.expected_until
        )
        return pathway.but(
            status=pathway.status if pathway.closed else PathwayStatus.GESCHORST, suspension=waits
        )


class PathwayResumed(Fact):
    """Guidance goes on from `occurred_on`."""

    about: ClassVar[About] = About(
        Text("Traject hervat", "Pathway resumed"),
        Text(
            "De begeleiding gaat vanaf deze dag verder, en de modules die met haar pauzeerden ook. Hun einde "
            "schuift op met de pauze.",
            "Guidance goes on from this day, and so do the modules that paused with it. Their end moves by the "
            "pause.",
        ),
        Source("7.2"),
    )
    kind: Literal["PathwayResumed"] = "PathwayResumed"

    def fits(self, pathway: Pathway | None) -> None:
        if pathway is not None:
            moves.pathway_may(pathway.status, self.name)

    def after(self, pathway: Pathway) -> Pathway:
        waiting = pathway.status is PathwayStatus.GESCHORST
        return pathway.but(
            status=PathwayStatus.IN_BEGELEIDING if waiting else pathway.status, suspension=None
        )


class Suspend(PathwayCommand, SuspensionTerms):
    """Guidance waits for a while; modules that run pause with it."""

    path: ClassVar[str] = "suspend"
    nl: ClassVar[str] = "De begeleiding wacht een tijd; modules die lopen, pauzeren mee."

    def follow(self, pathway: Pathway, moment: Moment) -> Sequence[Fact]:
        suspended = PathwaySuspended.model_validate(self.told())
        paused = [
            ModuleInterrupted(
                occurred_on=self.on,
                module_id=module.module_id,
                reason=InterruptionReason.SCHORSING,
            )
            for module in pathway.running()
            if module.status is ModuleStatus.LOPEND and module.started_on <= self.on
        ]
        return [*paused, suspended]


class Resume(PathwayCommand):
    """Guidance goes on, and so do the modules that paused with it."""

    path: ClassVar[str] = "resume"
    nl: ClassVar[str] = "De begeleiding gaat verder, net als de modules die mee pauzeerden."

    def follow(self, pathway: Pathway, moment: Moment) -> Sequence[Fact]:
        since = pathway.suspension.since if pathway.suspension else None
        paused = [
            module
            for module in pathway.running()
            if since and module.interrupted_on and module.interrupted_on >= since
        ]
        # First the pathway: nothing of a module goes on while guidance waits.
        return [
            PathwayResumed(occurred_on=self.on),
            *(resumed(module, self.on) for module in paused),
        ]
