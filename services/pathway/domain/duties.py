"""Duties: what was agreed to turn up for, who is exempt, and what goes to the control service."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, ClassVar, Literal

from pathway.domain import refusals
from pathway.domain.commands import Moment, PathwayCommand, Terms
from pathway.domain.facts import About, Fact, Label, Source, Text
from pathway.domain.guidance import as_of
from pathway.domain.guidance_codes import (
    AppointmentChannel,
    AppointmentStatus,
    ExemptionKind,
    ReferralRefusal,
    TransmissionReason,
)
from pathway.domain.rules import Certainty
from pathway.domain.state import Pathway
from pathway.domain.state_values import Appointment, Exemption, added, exchanged
from pathway.domain.values import Code, DataClass, Day

_CONTROL = Source("4.1, 7.5", "hbvl.be 2022-11-08", Certainty.MEDIUM)
_REFUSED_DUTIES = frozenset({ReferralRefusal.NIET_OPGEDAAGD, ReferralRefusal.WERKZOEKENDE_WEIGERT})


class AppointmentTerms(Terms):
    """For which day, and how."""

    planned_for: Annotated[Day, Label("Afspraak op", "Appointment on")]
    channel: Annotated[AppointmentChannel, Label("Kanaal", "Channel")]


class AppointmentPlanned(Fact, AppointmentTerms):
    """An appointment is made; its day is what it is known by."""

    about: ClassVar[About] = About(
        Text("Afspraak gepland", "Appointment planned"),
        Text(
            "Op deze dag is een afspraak gemaakt voor een latere of dezelfde dag. Er is hoogstens één afspraak "
            "per dag, waaraan ze te herkennen is.",
            "On this day an appointment was made for a later or the same day. There is at most one a day, by "
            "which it is known.",
        ),
        Source("7.5"),
    )
    kind: Literal["AppointmentPlanned"] = "AppointmentPlanned"

    def fits(self, pathway: Pathway | None) -> None:
        if self.planned_for < self.occurred_on:
            raise refusals.AppointmentBefore(
                f"{self.planned_for} lies before {self.occurred_on}, when it was made.",
                "planned_for",
            )
        if pathway and pathway.appointment_on(self.planned_for):
            raise refusals.AppointmentThere(
                f"There is an appointment on {self.planned_for} already.", "planned_for"
            )

    def after(self, pathway: Pathway) -> Pathway:
        told = Appointment(day=self.planned_for, channel=self.channel)
        return pathway.but(appointments=added(pathway.appointments, told))


class PlanAppointment(PathwayCommand, AppointmentTerms):
    """Make an appointment."""

    path: ClassVar[str] = "plan-appointment"
    nl: ClassVar[str] = "Maak een afspraak."

    def follow(self, pathway: Pathway, moment: Moment) -> Sequence[Fact]:
        planned = AppointmentPlanned.model_validate(self.told())
        planned.fits(as_of(self, pathway, moment))
        return [planned]


class AppointmentFact(Fact):
    """What became of the appointment of this day."""

    def fits(self, pathway: Pathway | None) -> None:
        there = pathway.appointment_on(self.occurred_on) if pathway else None
        if there is None or there.status is not AppointmentStatus.GEPLAND:
            raise refusals.NoAppointment(
                f"No appointment of {self.occurred_on} waits to be told of.", "on"
            )

    def became(self, pathway: Pathway, status: AppointmentStatus) -> Pathway:
        """The pathway with that appointment as it went."""
        there = pathway.appointment_on(self.occurred_on)
        if there is None:
            return pathway
        told = exchanged(pathway.appointments, there, there.but(status=status))
        return pathway.but(appointments=told)


class AppointmentHeld(AppointmentFact):
    """The person turned up."""

    about: ClassVar[About] = About(
        Text("Afspraak gehouden", "Appointment held"),
        Text(
            "De persoon is op de afspraak van deze dag gekomen. Wat er besproken is, staat in de kluis.",
            "The person came to the appointment of this day. What was talked over stands in the vault.",
        ),
        Source("7.5"),
    )
    kind: Literal["AppointmentHeld"] = "AppointmentHeld"

    def after(self, pathway: Pathway) -> Pathway:
        return self.became(pathway, AppointmentStatus.GEHOUDEN)


class HoldAppointment(PathwayCommand):
    """The person turned up for the appointment of this day."""

    path: ClassVar[str] = "hold-appointment"
    nl: ClassVar[str] = "De persoon is op de afspraak van deze dag gekomen."

    def follow(self, pathway: Pathway, moment: Moment) -> Sequence[Fact]:
        held = AppointmentHeld(occurred_on=self.on)
        held.fits(as_of(self, pathway, moment))
        return [held]


class MissTerms(Terms):
    """Whether there was a good reason; which one is not told, for it may be an illness."""

    valid_excuse: Annotated[bool, Label("Geldige reden", "Valid excuse")]


class AppointmentMissed(AppointmentFact, MissTerms):
    """The person did not turn up."""

    about: ClassVar[About] = About(
        Text("Afspraak gemist", "Appointment missed"),
        Text(
            "De persoon kwam niet op de afspraak van deze dag, met of zonder geldige reden. Wie twee keer "
            "zonder geldige reden wegblijft, komt in aanmerking voor transmissie.",
            "The person did not come to the appointment of this day, with or without a valid excuse. Who stays "
            "away twice without one becomes a candidate for transmission.",
        ),
        _CONTROL,
    )
    kind: Literal["AppointmentMissed"] = "AppointmentMissed"

    def after(self, pathway: Pathway) -> Pathway:
        excused = AppointmentStatus.VERONTSCHULDIGD
        return self.became(pathway, excused if self.valid_excuse else AppointmentStatus.GEMIST)


class MissAppointment(PathwayCommand, MissTerms):
    """The person did not turn up for the appointment of this day."""

    path: ClassVar[str] = "miss-appointment"
    nl: ClassVar[str] = "De persoon kwam niet op de afspraak van deze dag."

    def follow(self, pathway: Pathway, moment: Moment) -> Sequence[Fact]:
        missed = AppointmentMissed.model_validate(self.told())
        missed.fits(as_of(self, pathway, moment))
        return [missed]


class ExemptionTerms(Terms):
    """From what it comes, and until when."""

    ground: Annotated[ExemptionKind, Label("Soort vrijstelling", "Kind of exemption")]
    until: Annotated[Day | None, Label("Tot en met", "Until")] = None


class ExemptionGranted(Fact, ExemptionTerms):
    """The person need not look for work for a time. Some kinds tell about health."""

    about: ClassVar[About] = About(
        Text("Vrijstelling toegekend", "Exemption granted"),
        Text(
            "Vanaf deze dag hoeft de persoon niet beschikbaar te zijn voor werk. Zolang dat duurt, gaat er "
            "geen transmissie uit.",
            "From this day on the person need not be available for work. As long as that lasts, no "
            "transmission goes out.",
        ),
        Source("4.1, 7.5", "vdab.be/opvolging; vdab.be/vrijstellingen", Certainty.MEDIUM),
    )
    kind: Literal["ExemptionGranted"] = "ExemptionGranted"
    data_class: ClassVar[DataClass] = DataClass.SPECIAL

    def fits(self, pathway: Pathway | None) -> None:
        if self.until is not None and self.until < self.occurred_on:
            raise refusals.EndBeforeStart(
                f"It would end on {self.until}, before it begins on {self.occurred_on}.", "until"
            )
        if pathway and pathway.exempt_on(self.occurred_on):
            raise refusals.AlreadyExempt(
                f"The person is exempt on {self.occurred_on}. End that exemption first.", "on"
            )

    def after(self, pathway: Pathway) -> Pathway:
        told = Exemption(since=self.occurred_on, ground=self.ground, until=self.until)
        return pathway.but(exemptions=(*pathway.exemptions, told))


class GrantExemption(PathwayCommand, ExemptionTerms):
    """The person need not look for work from this day on."""

    path: ClassVar[str] = "grant-exemption"
    nl: ClassVar[str] = "De persoon hoeft vanaf deze dag geen werk te zoeken."

    def follow(self, pathway: Pathway, moment: Moment) -> Sequence[Fact]:
        granted = ExemptionGranted.model_validate(self.told())
        granted.fits(as_of(self, pathway, moment))
        return [granted]


class ExemptionEnded(Fact):
    """The person is not exempt any more."""

    about: ClassVar[About] = About(
        Text("Vrijstelling beëindigd", "Exemption ended"),
        Text(
            "Vanaf deze dag geldt de vrijstelling niet meer; de dag ervoor was de laatste. Een vrijstelling "
            "met een einddatum loopt ook zonder dit feit af.",
            "From this day on the exemption does not hold any more; the day before was its last. One with a "
            "last day ends without this fact too.",
        ),
        Source("7.5", "vdab.be/vrijstellingen", Certainty.MEDIUM),
    )
    kind: Literal["ExemptionEnded"] = "ExemptionEnded"

    def fits(self, pathway: Pathway | None) -> None:
        if pathway is None or pathway.exempt_on(self.occurred_on) is None:
            raise refusals.NotExempt(f"The person is not exempt on {self.occurred_on}.", "on")

    def after(self, pathway: Pathway) -> Pathway:
        now, ended = pathway.exempt_on(self.occurred_on), self.occurred_on - timedelta(days=1)
        told = (one.but(until=ended) if one == now else one for one in pathway.exemptions)
        return pathway.but(exemptions=tuple(told))


class EndExemption(PathwayCommand):
    """The person is not exempt any more, from this day on."""

    path: ClassVar[str] = "end-exemption"
    nl: ClassVar[str] = "De persoon is vanaf deze dag niet meer vrijgesteld."

    def follow(self, pathway: Pathway, moment: Moment) -> Sequence[Fact]:
        ended, then = ExemptionEnded(occurred_on=self.on), as_of(self, pathway, moment)
        ended.fits(then)
        # Not asked of history: where it was taken, it stays, and keeps nobody from correcting another fact.
        now = then.exempt_on(self.on)
        if now and now.since == self.on:
            raise refusals.EndBeforeStart(
                f"The exemption holds from {now.since}; ended on that day it would never have held. "
                "Give a later day, or annul the exemption.",
                "on",
            )
        return [ended]


class TransmissionTerms(Terms):
    """Why, and under which reference the control service has it."""

    reason: Annotated[TransmissionReason, Label("Reden", "Reason")]
    reference: Annotated[Code, Label("Referentie", "Reference")]


class TransmissionSent(Fact, TransmissionTerms):
    """The control service is told that a duty was not met."""

    about: ClassVar[About] = About(
        Text("Transmissie verstuurd", "Transmission sent"),
        Text(
            "De controledienst wordt verwittigd dat een plicht niet is nagekomen: een gemiste afspraak of een "
            "geweigerde toeleiding. Tijdens een vrijstelling kan dat niet.",
            "The control service is told that a duty was not met: a missed appointment or a refused referral. "
            "That cannot be during an exemption.",
        ),
        _CONTROL,
    )
    kind: Literal["TransmissionSent"] = "TransmissionSent"

    def fits(self, pathway: Pathway | None) -> None:
        if pathway and pathway.exempt_on(self.occurred_on):
            raise refusals.Exempt(
                f"The person is exempt on {self.occurred_on}: no duty was broken then.", "on"
            )
        if pathway is None or not (pathway.missed or _refused_duty(pathway)):
            raise refusals.NoDutyMissed(
                f"Up to {self.occurred_on} no appointment was missed without an excuse, and no "
                "referral refused. Register that first.",
                "on",
            )

    def after(self, pathway: Pathway) -> Pathway:
        return pathway.but(transmissions=(*pathway.transmissions, self.occurred_on))


class SendTransmission(PathwayCommand, TransmissionTerms):
    """Tell the control service that a duty was not met."""

    path: ClassVar[str] = "send-transmission"
    nl: ClassVar[str] = "Verwittig de controledienst dat een plicht niet is nagekomen."

    def follow(self, pathway: Pathway, moment: Moment) -> Sequence[Fact]:
        sent = TransmissionSent.model_validate(self.told())
        sent.fits(as_of(self, pathway, moment))
        return [sent]


def _refused_duty(pathway: Pathway) -> bool:
    """Whether a referral failed because of the person."""
    return any(referral.refusal in _REFUSED_DUTIES for referral in pathway.referrals)
