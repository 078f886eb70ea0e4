"""History from before this system: which older one it comes from, and up to which day it is incomplete."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from pathway.domain import refusals, report_refusals
from pathway.domain.commands import Moment, PathwayCommand, Terms
from pathway.domain.facts import About, Fact, Label, Source, Text
from pathway.domain.state import Pathway
from pathway.domain.state_values import LegacyHistory
from pathway.domain.values import Code, Day


class LegacyTerms(Terms):
    """From which system, under which reference there, out of which export, and how far that is complete."""

    source: Annotated[
        Code, Label("Bronsysteem", "Source system"), Field(examples=["MIJN-LOOPBAAN-OUD"])
    ]
    source_ref: Annotated[
        Code,
        Label(
            "Kenmerk daar",
            "Reference there",
            Text(
                "Van het dossier in dat systeem; nooit een rijksregisternummer.",
                "Of the file in that system; never a national number.",
            ),
        ),
    ]
    exported_on: Annotated[Day, Label("Dag van de export", "Day of the export")]
    incomplete_until: Annotated[
        Day,
        Label(
            "Onvolledig tot en met",
            "Incomplete until",
            Text(
                "De laatste dag waarvan misschien niet alles bekend is.",
                "The last day of which not everything may be known.",
            ),
        ),
    ]


class ImportedFromLegacy(Fact, LegacyTerms):
    """From `occurred_on` to `incomplete_until` the history comes from an older system, as that knew it."""

    about: ClassVar[About] = About(
        Text("Overgenomen uit een ouder systeem", "Imported from an older system"),
        Text(
            "De historiek van deze dag tot en met de genoemde komt uit een ouder systeem en is misschien "
            "onvolledig. Zo'n traject telt niet mee in wat bij de inschrijving begint, net als een traject met "
            "een afgeleide inschrijvingsdag.",
            "The history from this day to the one that is named comes from an older system and may be "
            "incomplete. Such a pathway does not count in what starts at enrolment, just as one whose day of "
            "enrolment was derived.",
        ),
        Source("7.5"),
    )
    kind: Literal["ImportedFromLegacy"] = "ImportedFromLegacy"
    after_closing: ClassVar[bool] = True
    carried: ClassVar[bool] = True

    def history(self) -> LegacyHistory:
        """What was imported, as the state keeps it."""
        told = {name: getattr(self, name) for name in LegacyTerms.model_fields}
        return LegacyHistory(since=self.occurred_on, **told)

    def fits(self, pathway: Pathway | None) -> None:
        if self.incomplete_until < self.occurred_on:
            raise refusals.EndBeforeStart(
                f"It would be incomplete until {self.incomplete_until}, before it begins on "
                f"{self.occurred_on}.",
                "incomplete_until",
            )
        if self.exported_on < self.incomplete_until:
            raise report_refusals.ExportedBefore(
                f"The export is of {self.exported_on}; it cannot tell of days up to "
                f"{self.incomplete_until}. Correct one of the two days.",
                "exported_on",
            )
        file = self.source, self.source_ref
        for known in pathway.legacy if pathway else ():
            if (known.source, known.source_ref) == file:
                raise report_refusals.AlreadyImported(
                    f"{self.source_ref} of {self.source} is told as imported already, from "
                    f"{known.since} to {known.incomplete_until}. Correct that registration if it is wrong.",
                    "source_ref",
                )

    def after(self, pathway: Pathway) -> Pathway:
        return pathway.but(legacy=(*pathway.legacy, self.history()))


class RecordLegacyImport(PathwayCommand, LegacyTerms):
    """Say that the pathway's history from day `on` comes from an older system; also of a closed one."""

    path: ClassVar[str] = "record-legacy-import"
    nl: ClassVar[str] = (
        "Zeg dat de historiek vanaf dag `on` uit een ouder systeem komt; ook van een gesloten traject."
    )
    after_closing: ClassVar[bool] = True

    def follow(self, pathway: Pathway, moment: Moment) -> Sequence[Fact]:
        if self.exported_on > moment.today:
            raise refusals.InTheFuture(
                f"{self.exported_on} has not come yet (today is {moment.today}).", "exported_on"
            )
        imported = ImportedFromLegacy.model_validate(self.told())
        return [] if imported.history() in pathway.legacy else [imported]
