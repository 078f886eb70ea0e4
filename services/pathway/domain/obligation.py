"""The obligation to hire after an IBO: waived for a good reason, or breached."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pathway.domain import refusals
from pathway.domain.commands import Moment, PathwayCommand, Terms
from pathway.domain.facts import About, Fact, Label, Source, Text
from pathway.domain.modules import ModuleFact, known_module
from pathway.domain.rules import Certainty
from pathway.domain.state import Pathway
from pathway.domain.state_values import HireDecision
from pathway.domain.values import Code, Day
from pathway.domain.work_codes import BreachMotive, ObligationStatus, WaiverMotive

_SOURCE = Source("1.2, 7.5", "hrsquare.be, IBO stopzetten zonder sanctie", Certainty.MEDIUM)


class DecisionTerms(Terms):
    """Where the decision stands."""

    decision_ref: Annotated[Code, Label("Beslissing (kenmerk)", "Decision (reference)")]


class WaiverTerms(DecisionTerms):
    """Why an employer need not hire."""

    motive: Annotated[WaiverMotive, Label("Motief", "Motive")]


class BreachTerms(DecisionTerms):
    """What an employer did against the obligation, and what follows."""

    motive: Annotated[BreachMotive, Label("Motief", "Motive")]
    sanction_until: Annotated[
        Day | None,
        Label(
            "Uitgesloten tot en met",
            "Excluded until",
            Text("Zo lang krijgt de werkgever geen IBO.", "So long the employer gets no IBO."),
        ),
    ] = None


class HireObligationDecided(ModuleFact, DecisionTerms):
    """What was decided about the obligation to hire after an IBO."""

    def decision(self) -> HireDecision:
        """What it is in the state."""
        raise NotImplementedError

    def after(self, pathway: Pathway) -> Pathway:
        module = pathway.module(self.module_id)
        if module is None:
            return pathway
        return pathway.with_module(module.but(hire_decision=self.decision()))

    def fits(self, pathway: Pathway | None) -> None:
        if pathway is None:
            return
        module = known_module(pathway, self.module_id)
        if module.hire_due_by is None:
            raise refusals.NoHireObligation(
                f"This module is of kind {module.kind} ({module.status}); only an IBO that was completed "
                "with success leads to a hire.",
                "module_id",
            )
        if module.hire_decision is not None:
            raise refusals.HireObligationSettled(
                f"On {module.hire_decision.on} it was decided: {module.hire_decision.status}. "
                "Correct or annul that registration if it is wrong.",
                "module_id",
            )
        hire = pathway.fulfilled(module)
        if hire is not None and hire.started_on <= self.occurred_on:
            raise refusals.HireObligationSettled(
                f"{hire.employer} hired the person on {hire.started_on}, and so met the obligation.",
                "module_id",
            )


class HireObligationWaived(HireObligationDecided, WaiverTerms):
    """The employer need not hire after the IBO."""

    about: ClassVar[About] = About(
        Text("Aanwervingsplicht kwijtgescholden", "Hire obligation waived"),
        Text(
            "Na een voltooide IBO hoeft de werkgever niet aan te werven, zoals om economische redenen. VDAB "
            "beslist daarover, één keer, zolang er niet aangeworven is.",
            "After a completed IBO the employer need not hire, such as for economic reasons. VDAB decides "
            "about it, once, as long as nobody was hired.",
        ),
        _SOURCE,
    )
    kind: Literal["HireObligationWaived"] = "HireObligationWaived"

    def decision(self) -> HireDecision:
        return HireDecision(
            on=self.occurred_on,
            status=ObligationStatus.VRIJGESTELD,
            motive=self.motive,
            decision_ref=self.decision_ref,
        )


class HireObligationBreached(HireObligationDecided, BreachTerms):
    """The employer did not hire after the IBO, and had to."""

    about: ClassVar[About] = About(
        Text("Aanwervingsplicht geschonden", "Hire obligation breached"),
        Text(
            "Na een voltooide IBO wierf de werkgever niet aan zoals het moest. VDAB kan terugvorderen, en de "
            "werkgever voor enkele jaren van IBO uitsluiten.",
            "After a completed IBO the employer did not hire as it had to. VDAB can claw back, and exclude the "
            "employer from IBO for some years.",
        ),
        _SOURCE,
    )
    kind: Literal["HireObligationBreached"] = "HireObligationBreached"

    def decision(self) -> HireDecision:
        return HireDecision(
            on=self.occurred_on,
            status=ObligationStatus.GESCHONDEN,
            motive=self.motive,
            decision_ref=self.decision_ref,
            sanction_until=self.sanction_until,
        )

    def fits(self, pathway: Pathway | None) -> None:
        super().fits(pathway)
        if self.sanction_until is not None and self.sanction_until < self.occurred_on:
            raise refusals.EndBeforeStart(
                f"The exclusion would end on {self.sanction_until}, before the decision of "
                f"{self.occurred_on}.",
                "sanction_until",
            )


class DecideHireObligation(PathwayCommand, DecisionTerms):
    """Something was decided about the obligation to hire after an IBO."""

    module_id: Annotated[UUID, Label("Module", "Module")]

    def follow(self, pathway: Pathway, moment: Moment) -> Sequence[Fact]:
        decided = self.decided()
        module = known_module(pathway, self.module_id)
        if module.hire_decision == decided.decision():
            return []
        decided.fits(pathway)
        return [decided]

    def decided(self) -> HireObligationDecided:
        """The fact of the decision."""
        raise NotImplementedError


class WaiveHireObligation(DecideHireObligation, WaiverTerms):
    """The employer need not hire after this IBO."""

    path: ClassVar[str] = "waive-hire-obligation"
    nl: ClassVar[str] = "De werkgever hoeft na deze IBO niet aan te werven."

    def decided(self) -> HireObligationWaived:
        return HireObligationWaived.model_validate(self.told())


class RecordHireBreach(DecideHireObligation, BreachTerms):
    """The employer did not hire after this IBO, and had to."""

    path: ClassVar[str] = "record-hire-breach"
    nl: ClassVar[str] = "De werkgever wierf na deze IBO niet aan, en moest dat."

    def decided(self) -> HireObligationBreached:
        return HireObligationBreached.model_validate(self.told())
