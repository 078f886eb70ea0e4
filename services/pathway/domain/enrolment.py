"""Enrolment: a person's pathway begins, with what reports group by."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pathway.domain import refusals
from pathway.domain.codes import AgeGroup, Category, Channel, Education, Gender
from pathway.domain.commands import Command, Moment, PathwayCommand, Terms, not_in_the_future
from pathway.domain.facts import About, Fact, Label, Source, Text
from pathway.domain.rules import Certainty
from pathway.domain.state import Characteristics, Pathway
from pathway.domain.state_values import added
from pathway.domain.values import DataClass, Day, Nis


class EnrolmentTerms(Terms):
    """What an enrolment tells."""

    person_ref: Annotated[UUID, Label("Persoon", "Person")]
    category: Annotated[Category | None, Label("Categorie", "Category")]
    channel: Annotated[Channel, Label("Kanaal", "Channel")]
    inferred: Annotated[
        bool,
        Label(
            "Afgeleide dag",
            "Inferred day",
            Text("Een import moest de dag afleiden.", "An import had to derive the day."),
        ),
    ] = False


class Enrolled(Fact, EnrolmentTerms):
    """A person starts a pathway. Some categories tell about health."""

    about: ClassVar[About] = About(
        Text("Ingeschreven", "Enrolled"),
        Text(
            "Een persoon begint een traject op deze dag. Niemand heeft op één dag twee open trajecten, "
            "en de dag ligt niet in de toekomst.",
            "A person starts a pathway on this day. Nobody has two open pathways on one day, and the "
            "day does not lie in the future.",
        ),
        Source("7.1, 7.5", "arvastat.vdab.be", Certainty.MEDIUM),
    )
    kind: Literal["Enrolled"] = "Enrolled"
    data_class: ClassVar[DataClass] = DataClass.SPECIAL

    def begun(self) -> Pathway:
        return Pathway(
            person_ref=self.person_ref,
            enrolled_on=self.occurred_on,
            inferred=self.inferred,
            last_fact_on=self.occurred_on,
            closable_from=self.occurred_on,
        )

    def after(self, pathway: Pathway) -> Pathway:
        # The earliest enrolment stands first and is kept.
        return pathway


class Enrol(Command, EnrolmentTerms):
    """Start a pathway for a person, known by reference only."""

    path: ClassVar[str] = "enrol"
    nl: ClassVar[str] = "Begin een traject voor een persoon, die alleen met een kenmerk bekend is."

    def decide(self, pathway: Pathway | None, moment: Moment) -> Sequence[Fact]:
        not_in_the_future(self.on, moment)
        if pathway is not None and not self._sooner(pathway):
            raise refusals.AlreadyOpen("This pathway was enrolled before. Use it as it is.")
        return [Enrolled.model_validate(self.told())]

    def _sooner(self, pathway: Pathway) -> bool:
        """Whether an import has learnt of an earlier day than the one that it had to derive."""
        same = self.person_ref == pathway.person_ref and not pathway.closed
        return same and self.inferred and pathway.inferred and self.on < pathway.enrolled_on


class CharacteristicsTerms(Terms):
    """What reports group by; None is not told."""

    commune: Annotated[Nis | None, Label("Gemeente (NIS)", "Commune (NIS)")] = None
    unemployed_since: Annotated[Day | None, Label("Werkloos sinds", "Unemployed since")] = None
    age_group: Annotated[AgeGroup | None, Label("Leeftijdsgroep", "Age group")] = None
    gender: Annotated[Gender | None, Label("Geslacht", "Gender")] = None
    education: Annotated[Education | None, Label("Scholing", "Education")] = None


class ParticipantCharacteristicsRecorded(Fact, CharacteristicsTerms):
    """What reports group by, fixed at entry."""

    about: ClassVar[About] = About(
        Text("Kenmerken geregistreerd", "Characteristics recorded"),
        Text(
            "Waarnaar rapporten groeperen, zoals het op deze dag was. Rapporten over de instroom nemen wat "
            "eerst werd verteld; latere waarden veranderen die niet.",
            "What reports group by, as it was on this day. Reports on entries take what was told first; "
            "later values do not change them.",
        ),
        Source("4.4", "ESF: EU 1304/2013; PES: EU 573/2014", Certainty.HIGH),
    )
    kind: Literal["ParticipantCharacteristicsRecorded"] = "ParticipantCharacteristicsRecorded"

    def after(self, pathway: Pathway) -> Pathway:
        told = {name: getattr(self, name) for name in CharacteristicsTerms.model_fields}
        newer, known = Characteristics(since=self.occurred_on, **told), pathway.characteristics
        return pathway.but(
            characteristics=known.merged(newer) if known else newer,
            characteristics_told=added(pathway.characteristics_told, newer),
        )


class RecordCharacteristics(PathwayCommand, CharacteristicsTerms):
    """Record what reports group by; leave out what is not known."""

    path: ClassVar[str] = "record-characteristics"
    nl: ClassVar[str] = "Leg vast waarnaar rapporten groeperen; laat weg wat niet bekend is."

    def follow(self, pathway: Pathway, moment: Moment) -> Sequence[Fact]:
        told = self.model_dump(exclude={"on"}, exclude_none=True)
        if not told:
            raise refusals.NothingRecorded("Give at least one characteristic.")
        known = pathway.characteristics_on(self.on)
        if known and all(getattr(known, name) == value for name, value in told.items()):
            return []
        return [ParticipantCharacteristicsRecorded(occurred_on=self.on, **told)]
