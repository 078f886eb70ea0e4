"""Guidance: who guides the person, from which day on, and what a screening found."""

from collections.abc import Iterable, Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from pathway.domain import refusals
from pathway.domain.codes import AssignmentReason, PathwayStatus
from pathway.domain.commands import Moment, PathwayCommand, Terms
from pathway.domain.facts import About, Fact, Label, Source, Text, state_of
from pathway.domain.guidance_codes import Advice, Distance, HandOverReason, Need, ScreeningMethod
from pathway.domain.rules import Certainty
from pathway.domain.state import Assignment, Pathway
from pathway.domain.state_values import Screening, added
from pathway.domain.values import Code, DataClass

Counsellor = Annotated[Code, Label("Bemiddelaar", "Counsellor"), Field(examples=["bemiddelaar-01"])]
Unit = Annotated[Code, Label("Eenheid", "Unit"), Field(examples=["OE-GENT"])]


def as_of(command: PathwayCommand, pathway: Pathway, moment: Moment) -> Pathway:
    """The pathway on the day that the command is true for, which may lie before what is known since."""
    return state_of(moment.told, command.on) or pathway


class AssignmentTerms(Terms):
    """Who guides."""

    counsellor: Counsellor
    unit: Unit
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
        Source("7.2, 7.5"),
    )
    kind: Literal["CounsellorAssigned"] = "CounsellorAssigned"

    def after(self, pathway: Pathway) -> Pathway:
        # Only the first one moves the status: another counsellor in aftercare brings nobody back.
        first = pathway.status == PathwayStatus.INGESCHREVEN
        told = Assignment(since=self.occurred_on, counsellor=self.counsellor, unit=self.unit)
        status = PathwayStatus.IN_BEGELEIDING if first else pathway.status
        return _assigned(pathway.but(status=status), told)


class AssignCounsellor(PathwayCommand, AssignmentTerms):
    """Say who guides this person from now on."""

    path: ClassVar[str] = "assign-counsellor"
    nl: ClassVar[str] = "Zeg wie deze persoon vanaf nu begeleidt."

    def follow(self, pathway: Pathway, moment: Moment) -> Sequence[Fact]:
        guides = pathway.guided_on(self.on)
        if guides and (guides.counsellor, guides.unit) == (self.counsellor, self.unit):
            return []
        return [CounsellorAssigned.model_validate(self.told())]


class TransferTerms(Terms):
    """To whom a pathway goes, and why."""

    counsellor: Counsellor
    unit: Unit
    reason: Annotated[HandOverReason, Label("Reden", "Reason")]


class CounsellorTransferred(Fact, TransferTerms):
    """Who guides from this day on, in the place of whom."""

    about: ClassVar[About] = About(
        Text("Traject overgedragen", "Counsellor transferred"),
        Text(
            "Een andere bemiddelaar of eenheid begeleidt vanaf deze dag, in de plaats van wie dat tot dan "
            "deed. Wie overdraagt, ziet het traject niet langer omdat het in de eigen caseload zat.",
            "Another counsellor or unit guides from this day on, in the place of who did so until then. Who "
            "hands it over no longer sees the pathway by having it in their caseload.",
        ),
        Source("4.2, 7.5"),
    )
    kind: Literal["CounsellorTransferred"] = "CounsellorTransferred"
    from_counsellor: Annotated[Code, Label("Vorige bemiddelaar", "Counsellor before")]

    def fits(self, pathway: Pathway | None) -> None:
        guides = _guiding(pathway, self)
        _same(guides, self.from_counsellor)
        if (guides.counsellor, guides.unit) == (self.counsellor, self.unit):
            raise refusals.NothingChanges(
                f"{self.counsellor} of {self.unit} guides already on {self.occurred_on}. Name "
                "another counsellor or unit.",
                "counsellor",
            )

    def after(self, pathway: Pathway) -> Pathway:
        told = Assignment(since=self.occurred_on, counsellor=self.counsellor, unit=self.unit)
        return _assigned(pathway, told)


class TransferCounsellor(PathwayCommand, TransferTerms):
    """Hand this person over from who guides to another counsellor or unit."""

    path: ClassVar[str] = "transfer-counsellor"
    nl: ClassVar[str] = (
        "Draag deze persoon over aan een andere bemiddelaar of eenheid dan wie begeleidt."
    )

    def follow(self, pathway: Pathway, moment: Moment) -> Sequence[Fact]:
        then = as_of(self, pathway, moment)
        told = {**self.told(), "from_counsellor": _counsellor_of(then, self)}
        transferred = CounsellorTransferred.model_validate(told)
        transferred.fits(then)
        return [transferred]


class UnassignmentTerms(Terms):
    """Why nobody guides from now on."""

    reason: Annotated[HandOverReason, Label("Reden", "Reason")]


class CounsellorUnassigned(Fact, UnassignmentTerms):
    """Nobody guides from this day on; the pathway stays with the unit."""

    about: ClassVar[About] = About(
        Text("Toewijzing beëindigd", "Counsellor unassigned"),
        Text(
            "Vanaf deze dag begeleidt niemand; het traject blijft bij de eenheid, waar de teamleider het ziet. "
            "Het blijft in begeleiding en wacht op een nieuwe toewijzing.",
            "From this day on nobody guides; the pathway stays with the unit, where the team leader sees it. "
            "It stays in guidance and waits for another assignment.",
        ),
        Source("4.3, 7.5", "navikt/veilarbportefolje", Certainty.MEDIUM),
    )
    kind: Literal["CounsellorUnassigned"] = "CounsellorUnassigned"
    counsellor: Annotated[Code, Label("Vorige bemiddelaar", "Counsellor before")]

    def fits(self, pathway: Pathway | None) -> None:
        _same(_guiding(pathway, self), self.counsellor)

    def after(self, pathway: Pathway) -> Pathway:
        if pathway.unit is None:
            return pathway
        told = Assignment(since=self.occurred_on, counsellor=None, unit=pathway.unit)
        return _assigned(pathway, told)


class UnassignCounsellor(PathwayCommand, UnassignmentTerms):
    """Say that nobody guides this person from now on; the unit keeps the pathway."""

    path: ClassVar[str] = "unassign-counsellor"
    nl: ClassVar[str] = (
        "Zeg dat niemand deze persoon vanaf nu begeleidt; de eenheid houdt het traject."
    )

    def follow(self, pathway: Pathway, moment: Moment) -> Sequence[Fact]:
        then = as_of(self, pathway, moment)
        told = {**self.told(), "counsellor": _counsellor_of(then, self)}
        unassigned = CounsellorUnassigned.model_validate(told)
        unassigned.fits(then)
        return [unassigned]


def _assigned(pathway: Pathway, told: Assignment) -> Pathway:
    assignments = added(pathway.assignments, told)
    return pathway.but(counsellor=told.counsellor, unit=told.unit, assignments=assignments)


def _guiding(pathway: Pathway | None, at: Fact) -> Assignment:
    guides = pathway.guided_on(at.occurred_on) if pathway else None
    if guides is None or guides.counsellor is None:
        raise refusals.NotAssigned(f"Nobody guides on {at.occurred_on}. Assign a counsellor.", "on")
    return guides


def _counsellor_of(then: Pathway, command: PathwayCommand) -> str:
    if then.counsellor is None:
        raise refusals.NotAssigned(f"Nobody guides on {command.on}. Assign a counsellor.", "on")
    return then.counsellor


def _same(guides: Assignment, counsellor: str) -> None:
    if guides.counsellor != counsellor:
        raise refusals.AnotherGuides(
            f"{guides.counsellor} guides since {guides.since}, not {counsellor}. Correct one of "
            "the two registrations."
        )


def _each_once(needs: Iterable[Need]) -> tuple[Need, ...]:
    return tuple(sorted(set(needs)))


class ScreeningTerms(Terms):
    """What a screening found; what it says about functioning (ICF) stands in the vault."""

    distance: Annotated[
        Distance, Label("Afstand tot de arbeidsmarkt", "Distance to the labour market")
    ]
    needs: Annotated[tuple[Need, ...], Label("Noden", "Needs"), AfterValidator(_each_once)] = ()
    advice: Annotated[Advice, Label("Advies", "Advice")]
    method: Annotated[ScreeningMethod, Label("Methode", "Method")]


class Screened(Fact, ScreeningTerms):
    """How far somebody is from the labour market, and what they need. Some needs tell about health."""

    about: ClassVar[About] = About(
        Text("Ingeschat", "Screened"),
        Text(
            "Op deze dag is ingeschat hoe ver de persoon van de arbeidsmarkt staat en welke noden er zijn. Een "
            "inschatting kan herhaald worden; de laatste telt.",
            "On this day it was judged how far the person is from the labour market and what they need. A "
            "screening can be repeated; the last one counts.",
        ),
        Source("7.5", "EU 2016/679, art. 9", Certainty.MEDIUM),
    )
    kind: Literal["Screened"] = "Screened"
    data_class: ClassVar[DataClass] = DataClass.SPECIAL

    def after(self, pathway: Pathway) -> Pathway:
        return pathway.but(screenings=added(pathway.screenings, self.screening()))

    def screening(self) -> Screening:
        """What was found, as the state keeps it."""
        told = {name: getattr(self, name) for name in ScreeningTerms.model_fields}
        return Screening(on=self.occurred_on, **told)


class Screen(PathwayCommand, ScreeningTerms):
    """Record how far this person is from the labour market, and what they need."""

    path: ClassVar[str] = "screen"
    nl: ClassVar[str] = "Leg vast hoe ver deze persoon van de arbeidsmarkt staat, en wat nodig is."

    def follow(self, pathway: Pathway, moment: Moment) -> Sequence[Fact]:
        screened = Screened.model_validate(self.told())
        return [] if screened.screening() in pathway.screenings else [screened]
