"""The course of a module: it pauses and goes on, and is planned anew on the way."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pathway.domain import moves, refusals, rules
from pathway.domain.codes import InterruptionReason, ModuleStatus, PlanMotive
from pathway.domain.commands import Moment, PathwayCommand, Terms
from pathway.domain.facts import About, Fact, Label, Source, Text, standing
from pathway.domain.hours import within_the_week
from pathway.domain.judging import Verdict, replanned, within_the_measure
from pathway.domain.modules import ModuleFact, PlanTerms, known_module
from pathway.domain.rules import OF_MODULES, TABLE, Instrument, Table
from pathway.domain.state import HoursSince, Module, Pathway
from pathway.domain.values import Code, DataClass, Day, Hours

_SOURCE = Source("7.2, 7.5")


class CourseFact(ModuleFact):
    """A module goes on otherwise from `occurred_on`."""

    replans: ClassVar[bool] = True
    """Whether it tells the end or the hours anew, which the rules judge."""

    def changed(self, module: Module) -> Module:
        """The module after it."""
        raise NotImplementedError

    def after(self, pathway: Pathway) -> Pathway:
        module = self._before(pathway)
        return pathway.with_module(self.changed(module)) if module else pathway

    def verdict(self, pathway: Pathway | None, table: Table = TABLE) -> Verdict:
        module = self._before(pathway)
        if module is None or not self.replans:
            return Verdict()
        return replanned(module, self.changed(module), table)

    def in_place(self, pathway: Pathway | None, table: Table = TABLE) -> Verdict:
        """Whether its measure could run so long, and its hours are free."""
        module = self._before(pathway)
        if module is None or not self.replans:
            return Verdict()
        changed = self.changed(module)
        week = within_the_week(pathway, changed, "planned_until", table, before=module)
        if module.kind.wep_plus and isinstance(self, PlanTerms):
            return within_the_measure(changed.planned_until, "planned_until", table) + week
        return week

    def _before(self, pathway: Pathway | None) -> Module | None:
        return pathway.module(self.module_id) if pathway else None

    def fits(self, pathway: Pathway | None) -> None:
        if pathway is None:
            return
        module = known_module(pathway, self.module_id)
        moves.module_may(module.status, self.name)
        _not_before_its_start(module, self.occurred_on)
        self.in_place(pathway).hold()


class InterruptionTerms(Terms):
    """Why a module pauses."""

    reason: Annotated[InterruptionReason, Label("Reden", "Reason")]


class ModuleInterrupted(CourseFact, InterruptionTerms):
    """A module pauses; `occurred_on` is the first day without it. Some reasons are health data."""

    about: ClassVar[About] = About(
        Text("Module onderbroken", "Module interrupted"),
        Text(
            "De module pauzeert vanaf deze dag; haar uren blijven voor haar vrij. De pauze telt niet mee in "
            "haar duur.",
            "The module pauses from this day; its hours stay reserved for it. The pause does not count in its "
            "length.",
        ),
        _SOURCE,
    )
    kind: Literal["ModuleInterrupted"] = "ModuleInterrupted"
    replans: ClassVar[bool] = False
    data_class: ClassVar[DataClass] = DataClass.SPECIAL

    def changed(self, module: Module) -> Module:
        return module.but(status=ModuleStatus.ONDERBROKEN, interrupted_on=self.occurred_on)


class ModuleResumed(CourseFact, PlanTerms):
    """A module goes on after a pause; `occurred_on` is the first day of it again."""

    about: ClassVar[About] = About(
        Text("Module hervat", "Module resumed"),
        Text(
            "De module gaat vanaf deze dag verder, tot en met de dag die nu gepland is. Waar de regel "
            "verlengen toelaat, schuift het einde op met de pauze.",
            "The module goes on from this day, up to the day that is planned now. Where the rule allows an "
            "extension, the end moves by the pause.",
        ),
        _SOURCE,
    )
    kind: Literal["ModuleResumed"] = "ModuleResumed"
    ruled_by: ClassVar[tuple[Instrument, ...]] = OF_MODULES

    def changed(self, module: Module) -> Module:
        return module.but(
            status=ModuleStatus.LOPEND,
            interrupted_on=None,
            paused_days=module.paused_days + _pause(module, self.occurred_on),
            planned_until=self.planned_until,
        )

    def verdict(self, pathway: Pathway | None, table: Table = TABLE) -> Verdict:
        # Moving the end by the pause is no extension: what counts is the time without pauses.
        module = self._before(pathway)
        if module is None:
            return Verdict()
        moved = module.planned_until + timedelta(days=_pause(module, self.occurred_on))
        return replanned(module.but(planned_until=moved), self.changed(module), table)

    def fits(self, pathway: Pathway | None) -> None:
        super().fits(pathway)
        if self.planned_until < self.occurred_on:
            raise refusals.EndBeforeStart(
                f"The module would end on {self.planned_until}, before it goes on on "
                f"{self.occurred_on}. Plan a later end, or stop it.",
                "planned_until",
            )


class PlanChangeTerms(Terms):
    """Why a plan changes, and where that was decided."""

    motive: Annotated[PlanMotive, Label("Motief", "Motive")]
    decision_ref: Annotated[Code | None, Label("Beslissing (kenmerk)", "Decision reference")] = None


class NewEndTerms(PlanTerms, PlanChangeTerms):
    """Until when a module is planned now, and why."""


class NewEnd(CourseFact, NewEndTerms):
    """A module is planned to end on another day."""

    ruled_by: ClassVar[tuple[Instrument, ...]] = OF_MODULES

    def changed(self, module: Module) -> Module:
        return module.but(planned_until=self.planned_until)


class ModuleExtended(NewEnd):
    """A module is planned to end later; `occurred_on` is the day on which that was agreed."""

    about: ClassVar[About] = About(
        Text("Module verlengd", "Module extended"),
        Text(
            "De module loopt langer dan gepland was. Voorbij het zachte maximum van haar vorm volgt een "
            "waarschuwing, voorbij het harde een weigering.",
            "The module runs longer than was planned. Past the soft maximum of its form there is a warning, "
            "past the hard one it is refused.",
        ),
        _SOURCE,
    )
    kind: Literal["ModuleExtended"] = "ModuleExtended"

    def fits(self, pathway: Pathway | None) -> None:
        super().fits(pathway)
        module = known_module(pathway, self.module_id) if pathway else None
        if module and self.planned_until <= module.planned_until:
            raise refusals.PlanUnchanged(
                f"The module is planned until {module.planned_until}; give a later day to extend it.",
                "planned_until",
            )


class ModuleShortened(NewEnd):
    """A module is planned to end sooner; `occurred_on` is the day on which that was agreed."""

    about: ClassVar[About] = About(
        Text("Module ingekort", "Module shortened"),
        Text(
            "De module loopt minder lang dan gepland was, maar niet korter dan haar vorm toelaat. Wie "
            "vroeger ophoudt, wordt stopgezet.",
            "The module runs for less time than was planned, but not less than its form allows. Whoever ends "
            "sooner than that is stopped.",
        ),
        _SOURCE,
    )
    kind: Literal["ModuleShortened"] = "ModuleShortened"

    def fits(self, pathway: Pathway | None) -> None:
        super().fits(pathway)
        module = known_module(pathway, self.module_id) if pathway else None
        if module and not module.started_on <= self.planned_until < module.planned_until:
            raise refusals.PlanUnchanged(
                f"The module runs from {module.started_on} and is planned until "
                f"{module.planned_until}; give a day between these to shorten it.",
                "planned_until",
            )


class IntensityTerms(PlanChangeTerms):
    """For how many hours a week from now on, and why."""

    hours_per_week: Annotated[Hours, Label("Uren per week", "Hours a week")]


class ModuleIntensityChanged(CourseFact, IntensityTerms):
    """A module takes other hours from `occurred_on`."""

    about: ClassVar[About] = About(
        Text("Intensiteit gewijzigd", "Intensity changed"),
        Text(
            "De module neemt vanaf deze dag een ander aantal uren per week. Modules naast elkaar nemen samen "
            "hoogstens 38 uur per week.",
            "The module takes other hours a week from this day. Modules side by side take at most 38 hours a "
            "week together.",
        ),
        _SOURCE,
    )
    kind: Literal["ModuleIntensityChanged"] = "ModuleIntensityChanged"
    ruled_by: ClassVar[tuple[Instrument, ...]] = OF_MODULES

    def changed(self, module: Module) -> Module:
        before = module.hours_told or (
            HoursSince(since=module.started_on, hours_per_week=module.hours_per_week),
        )
        now = HoursSince(since=self.occurred_on, hours_per_week=self.hours_per_week)
        return module.but(hours_per_week=self.hours_per_week, hours_told=(*before, now))


class CourseCommand(PathwayCommand):
    """A command on a module that runs."""

    module_id: Annotated[UUID, Label("Module", "Module")]

    def follow(self, pathway: Pathway, moment: Moment) -> Sequence[Fact]:
        module = known_module(pathway, self.module_id)
        _not_before_its_start(module, self.on)
        fact = self.fact(module)
        fact.verdict(pathway).hold()
        return [fact]

    def fact(self, module: Module) -> CourseFact:
        """What happened to the module, as it stands before."""
        raise NotImplementedError


class ReplanCommand(CourseCommand):
    """A command that plans a module anew; asked twice it changes nothing the second time."""

    def follow(self, pathway: Pathway, moment: Moment) -> Sequence[Fact]:
        module = known_module(pathway, self.module_id)
        told = self.fact(module).changed(module).but(hours_told=module.hours_told)
        # What was told so already is no news after the module's end either, of a day before it.
        if self._told_of_that_day(module, moment) or (module.runs and told == module):
            return []
        return super().follow(pathway, moment)

    def _told_of_that_day(self, module: Module, moment: Moment) -> bool:
        """Whether the plan of that day was told so already; a later day's may be another."""
        fact = self.fact(module)
        same = [
            one
            for one in standing(moment.told).values()
            if isinstance(one, CourseFact)
            and (one.name, one.module_id, one.occurred_on)
            == (fact.name, fact.module_id, fact.occurred_on)
        ]
        return same[-1:] == [fact]


class InterruptModule(CourseCommand, InterruptionTerms):
    """A module pauses; `on` is the first day without it."""

    path: ClassVar[str] = "interrupt-module"
    nl: ClassVar[str] = "Een module pauzeert; `on` is de eerste dag zonder haar."

    def fact(self, module: Module) -> ModuleInterrupted:
        return ModuleInterrupted.model_validate(self.told())


class ResumeModule(CourseCommand):
    """A module goes on after a pause; its planned end moves by the pause unless another day is given."""

    path: ClassVar[str] = "resume-module"
    nl: ClassVar[str] = (
        "Een module gaat verder na een pauze; haar einde schuift mee op, of naar de dag die erbij staat."
    )
    planned_until: Annotated[
        Day | None,
        Label(
            "Gepland tot en met",
            "Planned until",
            Text("De pauze erbij als er niets staat.", "By itself moved by the pause."),
        ),
    ] = None

    def fact(self, module: Module) -> ModuleResumed:
        return resumed(module, self.on, self.planned_until)


class ExtendModule(ReplanCommand, NewEndTerms):
    """A module is planned to end later."""

    path: ClassVar[str] = "extend-module"
    nl: ClassVar[str] = "Het geplande einde van een module komt later."

    def fact(self, module: Module) -> ModuleExtended:
        return ModuleExtended.model_validate(self.told())


class ShortenModule(ReplanCommand, NewEndTerms):
    """A module is planned to end sooner."""

    path: ClassVar[str] = "shorten-module"
    nl: ClassVar[str] = "Het geplande einde van een module komt vroeger."

    def fact(self, module: Module) -> ModuleShortened:
        return ModuleShortened.model_validate(self.told())


class ChangeIntensity(ReplanCommand, IntensityTerms):
    """A module takes other hours from day `on`."""

    path: ClassVar[str] = "change-intensity"
    nl: ClassVar[str] = "Een module neemt vanaf dag `on` een ander aantal uren."

    def fact(self, module: Module) -> ModuleIntensityChanged:
        return ModuleIntensityChanged.model_validate(self.told())


def resumed(module: Module, on: Day, planned_until: Day | None = None) -> ModuleResumed:
    """The module goes on; by itself its end moves by the pause where its form can be extended."""
    moved = module.planned_until + timedelta(days=_pause(module, on))
    if module.kind.wep_plus and rules.WEP_PLUS.until:
        moved = min(moved, rules.WEP_PLUS.until)
    return ModuleResumed(
        occurred_on=on, module_id=module.module_id, planned_until=planned_until or moved
    )


def _not_before_its_start(module: Module, day: Day) -> None:
    if day < module.started_on:
        raise refusals.EndBeforeStart(
            f"The module starts on {module.started_on}; nothing of it can happen on {day}.", "on"
        )


def _pause(module: Module, on: Day) -> int:
    return max(0, (on - module.interrupted_on).days) if module.interrupted_on else 0
