"""Closing: the person leaves guidance, in one of many ways, and may come back to it soon after."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Annotated, ClassVar, Literal

from pathway.domain import moves, refusals
from pathway.domain.codes import ExitType, ModuleStatus, PathwayStatus, Proof, ReopeningReason
from pathway.domain.commands import Moment, PathwayCommand, Terms
from pathway.domain.facts import About, Fact, Label, Source, Text
from pathway.domain.guidance_codes import ReferralStatus
from pathway.domain.state import Pathway
from pathway.domain.values import DataClass


class ClosingTerms(Terms):
    """How a pathway ended."""

    exit_type: Annotated[ExitType, Label("Wijze van uitstroom", "Way out")]
    proof: Annotated[Proof | None, Label("Bewijs", "Proof")] = None


class PathwayClosed(Fact, ClosingTerms):
    """The person leaves guidance. Some exits tell about health."""

    about: ClassVar[About] = About(
        Text("Traject afgesloten", "Pathway closed"),
        Text(
            "De persoon verlaat de begeleiding. Geen module loopt nog of is gepland, geen toeleiding wacht op "
            "antwoord, en niets is geregistreerd voor een latere dag.",
            "The person leaves guidance. No module runs any more or is planned, no referral waits for its "
            "answer, and nothing is registered for a later day.",
        ),
        Source("7.2"),
    )
    kind: Literal["PathwayClosed"] = "PathwayClosed"
    data_class: ClassVar[DataClass] = DataClass.SPECIAL

    def fits(self, pathway: Pathway | None) -> None:
        if pathway is not None:
            _together(_open_modules(pathway))

    def after(self, pathway: Pathway) -> Pathway:
        return pathway.but(
            status=PathwayStatus.AFGESLOTEN,
            suspension=None,
            closed_on=self.occurred_on,
            exit_type=self.exit_type,
            guides=pathway.guided_until(self.occurred_on),
        )


class Close(PathwayCommand, ClosingTerms):
    """End the pathway: the person leaves guidance."""

    path: ClassVar[str] = "close"
    nl: ClassVar[str] = "Sluit het traject af: de persoon verlaat de begeleiding."

    def follow(self, pathway: Pathway, moment: Moment) -> Sequence[Fact]:
        _together([*_open_modules(pathway), *self._obstacles(pathway)])
        return [PathwayClosed.model_validate(self.told())]

    def _obstacles(self, pathway: Pathway) -> Iterator[refusals.Refused]:
        """What else has to be done first. Not asked of history: it was closed without, and stays so."""
        waiting = pathway.referral
        if waiting and waiting.status is ReferralStatus.AANGEMELD:
            yield refusals.ReferralPending(
                f"The referral to {waiting.provider} of {waiting.referred_on} has no answer yet: "
                "confirm or refuse it first."
            )
        if self.on < pathway.closable_from:
            yield refusals.ClosedBeforeFact(
                f"Something is registered for {pathway.closable_from}: close on that day or later.",
                "on",
            )


def _open_modules(pathway: Pathway) -> Iterator[refusals.Refused]:
    for module in pathway.modules:
        which = f"The {module.kind} at {module.organisation}"
        if module.status is ModuleStatus.GEPLAND:
            yield refusals.ModuleRunning(
                f"{which} is planned from {module.started_on}: tell that it does not start first."
            )
        elif not module.ended:
            yield refusals.ModuleRunning(
                f"{which} runs since {module.started_on}: complete or stop it first."
            )


def _together(obstacles: Iterable[refusals.Refused]) -> None:
    """Refuse with all that stands in the way at once, under the rule of the first."""
    found = list(obstacles)
    if found:
        message = " ".join(one.message for one in found)
        raise type(found[0])(message, found[0].field if len(found) == 1 else None)


REOPEN_WITHIN = timedelta(days=90)
"""How long after its closing a pathway goes on rather than another one begins: ours, no source tells."""


class ReopeningTerms(Terms):
    """Why a pathway goes on."""

    reason: Annotated[ReopeningReason, Label("Reden", "Reason")]


class PathwayReopened(Fact, ReopeningTerms):
    """A closed pathway goes on from `occurred_on`, as if it had not been closed."""

    about: ClassVar[About] = About(
        Text("Traject heropend", "Pathway reopened"),
        Text(
            "Een afgesloten traject gaat verder, hoogstens 90 dagen na de afsluiting en zolang de persoon "
            "geen ander traject heeft. De uitstroom van toen telt niet meer.",
            "A closed pathway goes on, at most 90 days after it was closed and as long as the person has no "
            "other. The exit of then does not count any more.",
        ),
        Source("7.2"),
    )
    kind: Literal["PathwayReopened"] = "PathwayReopened"
    after_closing: ClassVar[bool] = True

    def fits(self, pathway: Pathway | None) -> None:
        if pathway is None:
            return
        moves.pathway_may(pathway.status, self.name)
        if pathway.closed_on and self.occurred_on - pathway.closed_on > REOPEN_WITHIN:
            raise refusals.TooLateToReopen(
                f"It was closed on {pathway.closed_on}, and can be opened again within "
                f"{REOPEN_WITHIN.days} days. Enrol the person again.",
                "on",
            )

    def after(self, pathway: Pathway) -> Pathway:
        guided = bool(pathway.assignments or pathway.running() or pathway.modules)
        last_day = pathway.closed_on
        return pathway.but(
            status=PathwayStatus.IN_BEGELEIDING if guided else PathwayStatus.INGESCHREVEN,
            closed_on=None,
            exit_type=None,
            guides=tuple(g.but(until=None) if g.until == last_day else g for g in pathway.guides),
        )


class Reopen(PathwayCommand, ReopeningTerms):
    """Open a closed pathway again: the person goes on in guidance."""

    path: ClassVar[str] = "reopen"
    nl: ClassVar[str] = "Open een gesloten traject opnieuw: de persoon gaat verder in begeleiding."
    after_closing: ClassVar[bool] = True

    def follow(self, pathway: Pathway, moment: Moment) -> Sequence[Fact]:
        return [PathwayReopened.model_validate(self.told())]
