"""Planning: a module is agreed on before it starts, and may not come to start."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pathway.domain import moves, refusals
from pathway.domain.codes import IboVariant, ModuleKind, ModuleStatus, NotStartedReason, StageKind
from pathway.domain.commands import Moment, PathwayCommand, Terms
from pathway.domain.facts import About, Fact, Label, Source, Text
from pathway.domain.judging import Verdict, judged
from pathway.domain.modules import ModuleFact, NewModule, PlanTerms, known_module
from pathway.domain.rules import OF_MODULES, TABLE, Instrument, Table
from pathway.domain.state import Module, Pathway
from pathway.domain.state_values import added
from pathway.domain.values import DataClass, Day, Hours, Kbo
from pathway.domain.wep_plus import judged_by_the_measure


class PlannedTerms(PlanTerms):
    """What a module is to be, and when."""

    module_kind: Annotated[ModuleKind, Label("Soort module", "Kind of module")]
    variant: Annotated[IboVariant | None, Label("Vorm van IBO", "Variant of IBO")] = None
    stage: Annotated[StageKind | None, Label("Soort stage", "Form of stage")] = None
    organisation: Annotated[
        Kbo,
        Label(
            "Organisatie (KBO)",
            "Organisation (KBO)",
            Text("Werkgever, stageplaats of promotor.", "Employer, host or promotor."),
        ),
    ]
    planned_from: Annotated[Day, Label("Gepland vanaf", "Planned from")]
    hours_per_week: Annotated[Hours, Label("Uren per week", "Hours a week")]


class ModulePlanned(NewModule, PlannedTerms):
    """A module is agreed on; it has not started. Some forms are for the handicapped or ill."""

    about: ClassVar[About] = About(
        Text("Module gepland", "Module planned"),
        Text(
            "Een module is afgesproken en begint op een latere dag. Ze volgt de regels van haar eerste dag, en "
            "telt al mee in de 38 uur per week, maar in geen enkel rapport over wie begon.",
            "A module was agreed on and begins on a later day. It follows the rules of its first day and "
            "counts in the 38 hours a week already, but in no report on who began.",
        ),
        Source("7.2, 7.5"),
    )
    kind: Literal["ModulePlanned"] = "ModulePlanned"
    ruled_by: ClassVar[tuple[Instrument, ...]] = OF_MODULES
    data_class: ClassVar[DataClass] = DataClass.SPECIAL

    def module(self) -> Module:
        return Module(
            module_id=self.module_id,
            kind=self.module_kind,
            started_on=self.planned_from,
            planned_until=self.planned_until,
            hours_per_week=self.hours_per_week,
            organisation=self.organisation,
            form=self._form(),
            status=ModuleStatus.GEPLAND,
        )

    def _form(self) -> str | None:
        match self.module_kind:
            case ModuleKind.IBO:
                return self.variant or IboVariant.IBO
            case ModuleKind.STAGE:
                return self.stage
            case _:
                return None

    def after(self, pathway: Pathway) -> Pathway:
        return pathway.but(modules=added(pathway.modules, self.module()))

    def verdict(self, pathway: Pathway | None, table: Table = TABLE) -> Verdict:
        module = self.module()
        if module.kind.wep_plus:
            return judged_by_the_measure(module.started_on, module.planned_until, table)
        return judged(module, pathway, table)

    def fits(self, pathway: Pathway | None) -> None:
        forms = {ModuleKind.IBO: self.variant, ModuleKind.STAGE: self.stage}
        others = any(form for kind, form in forms.items() if kind != self.module_kind)
        if others or (self.module_kind == ModuleKind.STAGE and self.stage is None):
            raise refusals.WrongForm(
                "A stage is planned with its form in `stage`, an IBO may have a `variant`, and no other "
                "kind of module has either.",
                "stage" if self.variant is None else "variant",
            )
        if self.planned_from < self.occurred_on:
            raise refusals.PlanInThePast(
                f"It was planned on {self.occurred_on} and would have begun before, on "
                f"{self.planned_from}. Start it instead.",
                "planned_from",
            )
        if self.planned_until < self.planned_from:
            raise refusals.EndBeforeStart(
                f"The module would end on {self.planned_until}, before it starts on "
                f"{self.planned_from}.",
                "planned_until",
            )
        if pathway is not None:
            if pathway.module(self.module_id):
                raise refusals.PlanInThePast(
                    f"This module began before {self.occurred_on}, the day of its plan. Correct that day "
                    "first, or start the module without its plan.",
                    "on",
                )
            self.in_place(pathway).hold()


class PlanModule(PathwayCommand, PlannedTerms):
    """Agree on a module that starts later."""

    path: ClassVar[str] = "plan-module"
    nl: ClassVar[str] = "Spreek een module af die later begint."

    def follow(self, pathway: Pathway, moment: Moment) -> Sequence[Fact]:
        planned = ModulePlanned.model_validate({"module_id": moment.new_id(), **self.told()})
        planned.fits(pathway)
        planned.verdict(pathway).hold()
        return [planned]


class NotStartedTerms(Terms):
    """Why a planned module did not start."""

    reason: Annotated[NotStartedReason, Label("Reden", "Reason")]


class ModuleNotStarted(ModuleFact, NotStartedTerms):
    """A planned module does not take place."""

    about: ClassVar[About] = About(
        Text("Module niet gestart", "Module not started"),
        Text(
            "Een geplande module gaat niet door. Ze telt niet als begonnen en niet als stopgezet.",
            "A planned module does not take place. It counts neither as begun nor as stopped.",
        ),
        Source("7.2, 7.3"),
    )
    kind: Literal["ModuleNotStarted"] = "ModuleNotStarted"

    def after(self, pathway: Pathway) -> Pathway:
        module = pathway.module(self.module_id)
        if module is None:
            return pathway
        return pathway.with_module(module.but(status=ModuleStatus.NIET_GESTART))

    def fits(self, pathway: Pathway | None) -> None:
        if pathway is not None:
            moves.module_may(known_module(pathway, self.module_id).status, self.name)


class DropPlannedModule(PathwayCommand, NotStartedTerms):
    """A planned module does not take place."""

    path: ClassVar[str] = "module-not-started"
    nl: ClassVar[str] = "Een geplande module gaat niet door."
    module_id: Annotated[UUID, Label("Module", "Module")]

    def follow(self, pathway: Pathway, moment: Moment) -> Sequence[Fact]:
        module = known_module(pathway, self.module_id)
        if module.status is ModuleStatus.NIET_GESTART:
            return []
        return [ModuleNotStarted.model_validate(self.told())]
