"""Referral: the organisation that guides, how it changes, and the way to a provider and its clock."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, ClassVar, Literal

from pathway.domain import refusals
from pathway.domain.codes import Scheme
from pathway.domain.commands import Moment, PathwayCommand, Terms
from pathway.domain.facts import About, Fact, Label, Source, Text
from pathway.domain.guidance import as_of
from pathway.domain.guidance_codes import GuideChangeReason, ReferralRefusal, ReferralStatus
from pathway.domain.judging import SOFT_MAXIMUM_PASSED, Finding, Verdict, limit_broken, opened
from pathway.domain.refusals import Refused
from pathway.domain.rules import TABLE, Certainty, Instrument, RuleRow, Table
from pathway.domain.state import Guide, Pathway
from pathway.domain.state_values import Referral
from pathway.domain.values import Code, Day, Kbo

_SOURCE = Source(
    "3.1, 3.3",
    "werk.be, WEP-plus; vlaamsparlement.be, verslag 1121242; VDAB, draaiboek TWE",
    Certainty.HIGH,
)
_PARTLY = _SOURCE._replace(certainty=Certainty.MEDIUM)


class GuidingOrganisationTerms(Terms):
    """Who takes the guidance over, and by what right."""

    to_organisation: Annotated[Kbo, Label("Nieuwe begeleider (KBO)", "New guide (KBO)")]
    lot: Annotated[Code | None, Label("Perceel", "Lot")] = None
    reason: Annotated[GuideChangeReason, Label("Reden", "Reason")]
    agreement_ref: Annotated[
        Code | None,
        Label("Akkoord", "Agreement", Text("Waar het akkoord staat.", "Where it stands.")),
    ] = None
    mandate_ended_on: Annotated[
        Day | None,
        Label(
            "Einde van het mandaat",
            "End of the mandate",
            Text("Laatste dag van wie begeleidde.", "Last day of who guided."),
        ),
    ] = None


class GuidingOrganisationChanged(Fact, GuidingOrganisationTerms):
    """Another organisation guides from this day on."""

    about: ClassVar[About] = About(
        Text("Begeleidende organisatie gewijzigd", "Guiding organisation changed"),
        Text(
            "Vanaf deze dag begeleidt een andere organisatie: één tegelijk, en beide blijven op het dossier "
            "staan. Het kan met een akkoord, of nadat het mandaat van de vorige afliep.",
            "From this day on another organisation guides: one at a time, and both stay on the file. It takes "
            "an agreement, or that the mandate of the one before has ended.",
        ),
        Source("4.2, 7.5", "vdab.be, draaiboek TWE: begeleiding", Certainty.MEDIUM),
    )
    kind: Literal["GuidingOrganisationChanged"] = "GuidingOrganisationChanged"
    from_organisation: Annotated[
        Kbo | None,
        Label(
            "Vorige begeleider (KBO)",
            "Guide before (KBO)",
            Text("Leeg: VDAB zelf.", "Empty: VDAB itself."),
        ),
    ] = None

    def fits(self, pathway: Pathway | None) -> None:
        guides = pathway.guiding_organisation if pathway else None
        if guides != self.from_organisation:
            raise refusals.AnotherGuides(
                f"On {self.occurred_on} {guides or 'VDAB itself'} guides, not "
                f"{self.from_organisation or 'VDAB itself'}. Correct one of the two registrations."
            )
        if guides == self.to_organisation:
            raise refusals.NothingChanges(
                f"{guides} guides already on {self.occurred_on}. Name another organisation.",
                "to_organisation",
            )
        ended = self.mandate_ended_on
        if self.agreement_ref is None and (ended is None or ended >= self.occurred_on):
            raise refusals.ConsentMissing(
                "Who guides must agree: tell where that stands (agreement_ref), or the last day of "
                f"their mandate, before {self.occurred_on} (mandate_ended_on).",
                "agreement_ref",
            )

    def after(self, pathway: Pathway) -> Pathway:
        return _handed_to(pathway, self.to_organisation, self.occurred_on)


class ChangeGuidingOrganisation(PathwayCommand, GuidingOrganisationTerms):
    """Hand the guidance over to another organisation; the one before keeps its place on the file."""

    path: ClassVar[str] = "change-guiding-organisation"
    nl: ClassVar[str] = (
        "Geef de begeleiding door aan een andere organisatie; de vorige blijft op het dossier staan."
    )

    def follow(self, pathway: Pathway, moment: Moment) -> Sequence[Fact]:
        then = as_of(self, pathway, moment)
        told = {**self.told(), "from_organisation": then.guiding_organisation}
        changed = GuidingOrganisationChanged.model_validate(told)
        changed.fits(then)
        return [changed]


def _handed_to(pathway: Pathway, organisation: str, since: Day) -> Pathway:
    """With this guide from that day on; the one before guided until the day before."""
    if pathway.guiding_organisation == organisation:
        return pathway
    before = pathway.guided_until(since - timedelta(days=1))
    return pathway.but(guides=(*before, Guide(organisation=organisation)))


class ReferralTerms(Terms):
    """To which provider, for what."""

    provider: Annotated[Kbo, Label("Dienstverlener (KBO)", "Provider (KBO)")]
    lot: Annotated[
        Code | None,
        Label("Perceel", "Lot", Text("Alleen met IWPL_TENDER.", "With IWPL_TENDER only.")),
    ] = None
    scheme: Annotated[Scheme, Label("Maatregel", "Scheme")]


class ReferredToProvider(Fact, ReferralTerms):
    """The person is referred to a provider, which still has to answer."""

    about: ClassVar[About] = About(
        Text("Toegeleid", "Referred to a provider"),
        Text(
            "De persoon is toegeleid naar een dienstverlener van een perceel, die nog moet antwoorden. Er "
            "wacht hoogstens één toeleiding tegelijk.",
            "The person is referred to a provider of a lot, which still has to answer. At most one referral "
            "waits at a time.",
        ),
        _PARTLY,
    )
    kind: Literal["ReferredToProvider"] = "ReferredToProvider"

    def fits(self, pathway: Pathway | None) -> None:
        pending = pathway.referral if pathway else None
        if pending and pending.status is ReferralStatus.AANGEMELD:
            raise refusals.ReferralPending(
                f"The referral to {pending.provider} of {pending.referred_on} has no answer yet. "
                "Register that first."
            )
        if self.scheme is Scheme.VDAB_REGULIER:
            raise refusals.ReferralOutOfRange(
                f"{self.scheme} has no providers: VDAB guides there itself. Change the guiding "
                "organisation instead.",
                "scheme",
            )
        if (self.scheme is Scheme.IWPL_TENDER) != (self.lot is not None):
            raise refusals.ReferralOutOfRange(
                f"A referral to {Scheme.IWPL_TENDER} has a lot, and no other has one.", "lot"
            )

    def after(self, pathway: Pathway) -> Pathway:
        told = {name: getattr(self, name) for name in ReferralTerms.model_fields}
        return pathway.but(
            referrals=(*pathway.referrals, Referral(referred_on=self.occurred_on, **told))
        )


class ReferToProvider(PathwayCommand, ReferralTerms):
    """Refer this person to a provider; it guides once the referral is confirmed."""

    path: ClassVar[str] = "refer-to-provider"
    nl: ClassVar[str] = (
        "Leid deze persoon toe naar een dienstverlener, die begeleidt zodra dat bevestigd is."
    )

    def follow(self, pathway: Pathway, moment: Moment) -> Sequence[Fact]:
        referred = ReferredToProvider.model_validate(self.told())
        referred.fits(as_of(self, pathway, moment))
        return [referred]


class ReferralFact(Fact):
    """What became of the newest referral; the provider says which one that is."""

    provider: Annotated[Kbo, Label("Dienstverlener (KBO)", "Provider (KBO)")]
    answers: ClassVar[ReferralStatus] = ReferralStatus.AANGEMELD
    """Where the referral stands that it is about."""

    def referral(self, pathway: Pathway | None) -> Referral | None:
        """The referral that it is about, given the pathway before it."""
        newest = pathway.referral if pathway else None
        there = newest and (newest.provider, newest.status) == (self.provider, self.answers)
        return newest if there else None

    def fits(self, pathway: Pathway | None) -> None:
        if self.referral(pathway) is None:
            raise refusals.NoReferral(
                f"On {self.occurred_on} no referral to {self.provider} is {self.answers}.", "on"
            )

    def changed(self, pathway: Pathway, **changes: object) -> Pathway:
        """The pathway with that referral changed, where there is one."""
        told = self.referral(pathway)
        if told is None:
            return pathway
        return pathway.but(referrals=(*pathway.referrals[:-1], told.but(**changes)))


class ReferralConfirmed(ReferralFact):
    """The referral is definitive: the provider guides, and the scheme's clock starts."""

    about: ClassVar[About] = About(
        Text("Toeleiding bevestigd", "Referral confirmed"),
        Text(
            "De toeleiding is definitief: vanaf deze dag begeleidt de dienstverlener. In de tender begint hier "
            "de klok van 12 maanden, één keer te verlengen tot 18; in TWE die van 24 maanden.",
            "The referral is definitive: from this day on the provider guides. In the tender the clock of 12 "
            "months starts here, which can be extended once to 18; in TWE that of 24 months.",
        ),
        _SOURCE,
    )
    kind: Literal["ReferralConfirmed"] = "ReferralConfirmed"
    ruled_by: ClassVar[tuple[Instrument, ...]] = (Instrument.AFTER_WEP_PLUS,)

    def verdict(self, pathway: Pathway | None, table: Table = TABLE) -> Verdict:
        referral = self.referral(pathway)
        return _open_then(referral.scheme, self.occurred_on, table) if referral else Verdict()

    def fits(self, pathway: Pathway | None) -> None:
        super().fits(pathway)
        self.verdict(pathway).hold()

    def after(self, pathway: Pathway) -> Pathway:
        referral = self.referral(pathway)
        row = _row(referral.scheme, self.occurred_on) if referral else None
        longest = (row.soft_max or row.hard_max) if row else None
        until = longest.last_day(self.occurred_on) if longest else None
        definitive = {"status": ReferralStatus.DEFINITIEF, "answered_on": self.occurred_on}
        confirmed = self.changed(pathway, **definitive, until=until)
        return _handed_to(confirmed, self.provider, self.occurred_on)


class ReferralRefused(ReferralFact):
    """The referral came to nothing."""

    about: ClassVar[About] = About(
        Text("Toeleiding geweigerd", "Referral refused"),
        Text(
            "De toeleiding gaat niet door, om de reden die erbij staat. Wie begeleidde, blijft begeleiden.",
            "The referral does not go through, for the reason that is told. Who guided goes on guiding.",
        ),
        _PARTLY,
    )
    kind: Literal["ReferralRefused"] = "ReferralRefused"
    reason: Annotated[ReferralRefusal, Label("Reden", "Reason")]

    def after(self, pathway: Pathway) -> Pathway:
        refused = {"status": ReferralStatus.GEWEIGERD, "answered_on": self.occurred_on}
        return self.changed(pathway, **refused, refusal=self.reason)


class ExtensionTerms(Terms):
    """Until when a provider goes on, and where the motive stands."""

    until: Annotated[Day, Label("Tot en met", "Until")]
    decision_ref: Annotated[Code | None, Label("Beslissing", "Decision")] = None


class ReferralExtended(ReferralFact, ExtensionTerms):
    """The clock of a definitive referral runs longer, once."""

    about: ClassVar[About] = About(
        Text("Toeleiding verlengd", "Referral extended"),
        Text(
            "De begeleiding na een definitieve toeleiding loopt langer dan 12 maanden. Dat kan één keer, met "
            "een motief, tot hoogstens 18 maanden na de definitieve toeleiding.",
            "Guidance after a definitive referral runs longer than 12 months. That happens once, with a "
            "motive, until 18 months after the definitive referral at most.",
        ),
        _SOURCE,
    )
    kind: Literal["ReferralExtended"] = "ReferralExtended"
    ruled_by: ClassVar[tuple[Instrument, ...]] = (Instrument.AFTER_WEP_PLUS,)
    answers: ClassVar[ReferralStatus] = ReferralStatus.DEFINITIEF

    def verdict(self, pathway: Pathway | None, table: Table = TABLE) -> Verdict:
        """By the row of the day on which the referral became definitive."""
        referral = self.referral(pathway)
        if referral is None or referral.answered_on is None:
            return Verdict()
        start, row = referral.answered_on, _row(referral.scheme, referral.answered_on, table)
        if row is None or row.hard_max is None:
            return Verdict((row,) if row else ())
        if not row.extendable:
            fixed = refusals.NoExtension(
                f"{referral.scheme} runs {row.hard_max} at most from {start} on, and is not extended."
            )
            return Verdict((row,), (limit_broken(row, "hard_max", fixed),))
        if row.hard_max.passed(start, self.until):
            long = refusals.TooLong(
                f"It runs at most {row.hard_max} from {start} on, so to "
                f"{row.hard_max.last_day(start)} at the latest, not to {self.until}.",
                "until",
            )
            return Verdict((row,), (limit_broken(row, "hard_max", long),))
        passed = bool(row.soft_max and row.soft_max.passed(start, self.until))
        warned = Finding(SOFT_MAXIMUM_PASSED, row, warning=SOFT_MAXIMUM_PASSED)
        return Verdict((row,), (warned,) if passed else ())

    def fits(self, pathway: Pathway | None) -> None:
        super().fits(pathway)
        referral = self.referral(pathway)
        if referral is None:
            return
        if referral.until is None or referral.extended:
            told = "was extended before" if referral.extended else "has no end"
            raise refusals.NoExtension(f"The time with {self.provider} {told}.")
        if self.until <= referral.until:
            raise refusals.NothingChanges(
                f"It runs until {referral.until} already. Give a later day.", "until"
            )
        self.verdict(pathway).hold()

    def after(self, pathway: Pathway) -> Pathway:
        return self.changed(pathway, until=self.until, extended=True)


class AboutTheReferral(PathwayCommand):
    """What becomes of the newest referral."""

    fact: ClassVar[type[ReferralFact]]

    def follow(self, pathway: Pathway, moment: Moment) -> Sequence[Fact]:
        then = as_of(self, pathway, moment)
        if then.referral is None:
            raise _none_yet(self)
        told = self.fact.model_validate({**self.told(), "provider": then.referral.provider})
        told.fits(then)
        return [told]


class ConfirmReferral(AboutTheReferral):
    """The referral is definitive from this day on."""

    path: ClassVar[str] = "confirm-referral"
    nl: ClassVar[str] = "De toeleiding is vanaf deze dag definitief."
    fact: ClassVar[type[ReferralFact]] = ReferralConfirmed


class RefuseReferral(AboutTheReferral):
    """The referral came to nothing."""

    path: ClassVar[str] = "refuse-referral"
    nl: ClassVar[str] = "De toeleiding gaat niet door."
    fact: ClassVar[type[ReferralFact]] = ReferralRefused
    reason: Annotated[ReferralRefusal, Label("Reden", "Reason")]


class ExtendReferral(AboutTheReferral, ExtensionTerms):
    """The provider goes on for longer: once, with a motive."""

    path: ClassVar[str] = "extend-referral"
    nl: ClassVar[str] = "De dienstverlener gaat langer door: één keer, met een motief."
    fact: ClassVar[type[ReferralFact]] = ReferralExtended


def _none_yet(command: PathwayCommand) -> Refused:
    return refusals.NoReferral(f"Nobody was referred to a provider up to {command.on}.", "on")


def _row(scheme: Scheme, day: Day, table: Table = TABLE) -> RuleRow | None:
    return table.nearest(Instrument.AFTER_WEP_PLUS, scheme, day)


def _open_then(scheme: Scheme, day: Day, table: Table) -> Verdict:
    return opened(
        Instrument.AFTER_WEP_PLUS,
        scheme,
        day,
        lambda told: refusals.ReferralOutOfRange(f"{scheme} was open {told}.", "on"),
        table,
    )
