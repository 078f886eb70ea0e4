"""Absence: days on which somebody was not in a module that runs, by the codes of the IBO system."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pathway.domain import refusals, report_refusals
from pathway.domain.codes import AbsenceReason
from pathway.domain.commands import Moment, PathwayCommand, Terms
from pathway.domain.facts import About, Fact, Label, Source, Text
from pathway.domain.modules import ModuleFact, known_module
from pathway.domain.rules import Certainty
from pathway.domain.state import Module, Pathway
from pathway.domain.state_values import Absence
from pathway.domain.values import DataClass, Day


class AbsenceTerms(Terms):
    """Until when somebody was absent, and why."""

    last_day: Annotated[
        Day,
        Label(
            "Laatste dag",
            "Last day",
            Text(
                "Van de afwezigheid, inbegrepen; dezelfde dag als het één dag was.",
                "Of the absence, inclusive; the same day when it was one day.",
            ),
        ),
    ]
    reason: Annotated[AbsenceReason, Label("Reden", "Reason")]


class AbsenceReported(ModuleFact, AbsenceTerms):
    """Somebody was not in a module from `occurred_on` to `last_day`. Most reasons are health data."""

    about: ClassVar[About] = About(
        Text("Afwezigheid gemeld", "Absence reported"),
        Text(
            "De persoon was van deze dag tot en met de laatste niet in de module, door ziekte (code 4), een "
            "arbeidsongeval (5) of iets anders (8), al dan niet wettig. De module loopt door en haar einde "
            "verschuift niet; een pauze van de module zelf is een onderbreking.",
            "From this day to the last one the person was not in the module, for illness (code 4), a work "
            "accident (5) or anything else (8), lawful or not. The module runs on and its end does not move; "
            "a pause of the module itself is an interruption.",
        ),
        Source("1.2, 7.5", "securex.be, IBO schorsing", Certainty.MEDIUM),
    )
    kind: Literal["AbsenceReported"] = "AbsenceReported"
    data_class: ClassVar[DataClass] = DataClass.SPECIAL

    def absence(self) -> Absence:
        """What was reported, as the state keeps it."""
        return Absence(
            module_id=self.module_id,
            since=self.occurred_on,
            last_day=self.last_day,
            reason=self.reason,
        )

    def fits(self, pathway: Pathway | None) -> None:
        if self.last_day < self.occurred_on:
            raise refusals.EndBeforeStart(
                f"It would end on {self.last_day}, before it begins on {self.occurred_on}.",
                "last_day",
            )
        if pathway is None:
            return
        _in_it(known_module(pathway, self.module_id), self.occurred_on)
        for known in pathway.absences:
            if known.module_id == self.module_id and self.occurred_on <= known.last_day:
                raise report_refusals.AlreadyAbsent(
                    f"An absence from {known.since} to {known.last_day} is reported already. Give a "
                    "later day, or correct that one.",
                    "on",
                )

    def after(self, pathway: Pathway) -> Pathway:
        return pathway.but(absences=(*pathway.absences, self.absence()))


class ReportAbsence(PathwayCommand, AbsenceTerms):
    """Somebody was not in a module that runs; `on` is the first day of the absence."""

    path: ClassVar[str] = "report-absence"
    nl: ClassVar[str] = (
        "Iemand was niet in een module die loopt; `on` is de eerste dag van de afwezigheid."
    )
    module_id: Annotated[UUID, Label("Module", "Module")]

    def follow(self, pathway: Pathway, moment: Moment) -> Sequence[Fact]:
        reported = AbsenceReported.model_validate(self.told())
        return [] if reported.absence() in pathway.absences else [reported]


def _in_it(module: Module, day: Day) -> None:
    """Refuse a day on which nobody was to be in the module: before its start, in a pause, after its end."""
    over = module.ended and module.last_day is not None and day > module.last_day
    pauses = module.interrupted_on is not None and day >= module.interrupted_on
    if not module.ran or day < module.started_on or over or pauses:
        raise report_refusals.NotInModule(
            f"The module is {module.status} on {day}: nobody was to be in it then. Give a day on which "
            "it runs.",
            "on",
        )
