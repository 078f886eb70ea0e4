"""What every module has: a start, an end, hours; and the stop, which every kind of module may meet."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from pathway.domain import moves, refusals
from pathway.domain.codes import (
    ModuleKind,
    ModuleStatus,
    PathwayStatus,
    Result,
    StoppedBy,
    StopReason,
)
from pathway.domain.commands import Moment, PathwayCommand, Terms
from pathway.domain.facts import About, Fact, Label, Source, Text, evolve
from pathway.domain.hours import within_the_week
from pathway.domain.judging import (
    Verdict,
    ended_late,
    judged,
    measure_ended,
    stopped_by_vdab,
    within_the_measure,
)
from pathway.domain.rules import OF_MODULES, TABLE, Instrument, Table
from pathway.domain.state import Module, Pathway
from pathway.domain.state_values import added
from pathway.domain.values import Code, DataClass, Day

DECISION_MISSING = "decision-missing"


class ModuleFact(Fact):
    """A fact about one module of the pathway."""

    carried: ClassVar[bool] = True
    module_id: Annotated[UUID, Label("Module", "Module")]


class PlanTerms(Terms):
    """How long a module is planned to run."""

    planned_until: Annotated[
        Day,
        Label(
            "Gepland tot en met",
            "Planned until",
            Text("De laatste geplande dag.", "The last planned day, inclusive."),
        ),
        Field(examples=["2016-02-29"]),
    ]


class NewModule(ModuleFact, PlanTerms):
    """A fact that a module begins with: it is planned, or it starts."""

    def module(self) -> Module:
        """The module as it stands then."""
        raise NotImplementedError

    def in_place(self, pathway: Pathway | None, table: Table = TABLE) -> Verdict:
        """Whether its hours are free."""
        return within_the_week(pathway, self.module(), "hours_per_week", table)


class ModuleStart(NewModule):
    """A module starts on `occurred_on` and is planned to run up to and including `planned_until`."""

    def after(self, pathway: Pathway) -> Pathway:
        stays = pathway.closed or pathway.status is PathwayStatus.GESCHORST
        begun = pathway.but(status=pathway.status if stays else PathwayStatus.IN_BEGELEIDING)
        if pathway.module(self.module_id):
            return begun.with_module(self.module())
        return begun.but(modules=added(pathway.modules, self.module()))

    def verdict(self, pathway: Pathway | None, table: Table = TABLE) -> Verdict:
        """What the rules of the fact's own day say of it, given the pathway before it."""
        return judged(self.module(), pathway, table)

    def fits(self, pathway: Pathway | None) -> None:
        if self.planned_until < self.occurred_on:
            raise refusals.EndBeforeStart(
                f"The module would end on {self.planned_until}, before it starts on "
                f"{self.occurred_on}.",
                "planned_until",
            )
        if pathway is None:
            return
        moves.pathway_may(pathway.status, self.name)
        planned = pathway.module(self.module_id)
        if planned is not None:
            moves.module_may(planned.status, self.name)
            of_kind(planned, frozenset({self.module().kind}), "planned_module_id")
        self.in_place(pathway).hold()


class ModuleEnd(ModuleFact):
    """A module ends; `occurred_on` is its last day."""

    status: ClassVar[ModuleStatus] = ModuleStatus.VOLTOOID

    def after(self, pathway: Pathway) -> Pathway:
        module = pathway.module(self.module_id)
        return pathway.with_module(self.ending(module)) if module else pathway

    def ending(self, module: Module) -> Module:
        """The module as it ended."""
        return _over(module, self.occurred_on).but(status=self.status, reason=None)

    def verdict(self, pathway: Pathway | None, table: Table = TABLE) -> Verdict:
        """Whether it ended later than planned, and than its form allows."""
        module = pathway.module(self.module_id) if pathway else None
        return ended_late(module, self.occurred_on, table) if module else Verdict()

    def in_place(self, pathway: Pathway | None, table: Table = TABLE) -> Verdict:
        """Whether its measure could run so long, and its hours were free to the end."""
        module = pathway.module(self.module_id) if pathway else None
        if module is None:
            return Verdict()
        return self._measured(module, table) + self._in_the_week(pathway, module, table)

    def _measured(self, module: Module, table: Table = TABLE) -> Verdict:
        if not module.kind.wep_plus:
            return Verdict()
        return within_the_measure(self.occurred_on, "on", table)

    def _in_the_week(
        self, pathway: Pathway | None, module: Module, table: Table = TABLE
    ) -> Verdict:
        ended = module.but(last_day=self.occurred_on)
        return within_the_week(pathway, ended, "on", table, before=module)

    def fits(self, pathway: Pathway | None) -> None:
        if pathway is None:
            return
        module = known_module(pathway, self.module_id)
        if not module.ran:
            moves.module_may(module.status, self.name)
        if module.ended:
            raise refusals.ModuleEnded(
                f"This module ended on {module.last_day} ({module.status}), and does not end again. "
                f"{moves.of_a_module(module.status)}",
                "module_id",
            )
        last_day = self.occurred_on
        if last_day < module.started_on:
            raise refusals.EndBeforeStart(
                f"The module started on {module.started_on}; it cannot end on {last_day}.", "on"
            )
        self._measured(module).hold()
        not_past_a_hire(pathway, module, last_day)
        self._in_the_week(pathway, module).hold()


class CompletionTerms(Terms):
    """What came of a module that was completed."""

    result: Annotated[Result | None, Label("Resultaat", "Result")] = None
    competences_ref: Annotated[
        Code | None, Label("Competenties (kenmerk)", "Competences reference")
    ] = None


class StopTerms(Terms):
    """Why a module stopped, and by whom."""

    reason: Annotated[StopReason, Label("Reden", "Reason")]
    stopped_by: Annotated[StoppedBy | None, Label("Gestopt door", "Stopped by")] = None
    decision_ref: Annotated[Code | None, Label("Beslissing (kenmerk)", "Decision reference")] = None


class ModuleStopped(ModuleEnd, StopTerms):
    """A module ended before it was completed, or with its measure. Some reasons are health data."""

    about: ClassVar[About] = About(
        Text("Module stopgezet", "Module stopped"),
        Text(
            "De module eindigde op deze dag zonder voltooid te zijn. Met EINDE_MAATREGEL eindigde de "
            "maatregel, en telt de module niet als vroegtijdige stop.",
            "The module ended on this day without being completed. With EINDE_MAATREGEL the measure ended, "
            "and the module does not count as stopped early.",
        ),
        Source("7.2, 7.3"),
    )
    kind: Literal["ModuleStopped"] = "ModuleStopped"
    ruled_by: ClassVar[tuple[Instrument, ...]] = OF_MODULES
    data_class: ClassVar[DataClass] = DataClass.SPECIAL
    status: ClassVar[ModuleStatus] = ModuleStatus.STOPGEZET

    def ending(self, module: Module) -> Module:
        return _over(module, self.occurred_on).but(status=self.status, reason=self.reason)

    def warnings(self, pathway: Pathway | None) -> tuple[str, ...]:
        """Also of an IBO that stopped for an economic reason without VDAB's decision (1.2, 7.3)."""
        module = pathway.module(self.module_id) if pathway else None
        of_an_ibo = module is not None and module.kind is ModuleKind.IBO
        economic = self.reason is StopReason.ECONOMISCHE_REDEN_WERKGEVER
        missing = of_an_ibo and economic and self.decision_ref is None
        return (*super().warnings(pathway), *((DECISION_MISSING,) if missing else ()))

    def verdict(self, pathway: Pathway | None, table: Table = TABLE) -> Verdict:
        """When it ended, and whether modules of its form stop for that reason."""
        ended = super().verdict(pathway, table)
        module = pathway.module(self.module_id) if pathway else None
        if pathway is None or module is None:
            return ended
        if self.reason is StopReason.EINDE_MAATREGEL:
            return ended + measure_ended(module, self.occurred_on, pathway, table)
        if self.stopped_by is StoppedBy.VDAB:
            return ended + stopped_by_vdab(module, self.reason, table)
        return ended


class StartModule(PathwayCommand, PlanTerms):
    """A module starts on day `on` and is planned up to and including `planned_until`."""

    planned_module_id: Annotated[
        UUID | None,
        Label(
            "Geplande module",
            "Planned module",
            Text("Als ze eerder gepland werd.", "When it was planned before."),
        ),
    ] = None

    def follow(self, pathway: Pathway, moment: Moment) -> Sequence[Fact]:
        if self.planned_module_id is not None:
            known_module(pathway, self.planned_module_id, "planned_module_id")
        started = self.started(self.planned_module_id or moment.new_id())
        started.fits(pathway)
        started.verdict(pathway).hold()
        return [started]

    def told(self) -> dict[str, Any]:
        told = super().told()
        del told["planned_module_id"]
        return told

    def started(self, module_id: UUID) -> ModuleStart:
        """The fact of the start, under the module's new id."""
        raise NotImplementedError


class EndModule(PathwayCommand):
    """A module ends; `on` is its last day."""

    kinds: ClassVar[frozenset[ModuleKind]]
    module_id: Annotated[UUID, Label("Module", "Module")]

    def follow(self, pathway: Pathway, moment: Moment) -> Sequence[Fact]:
        module = known_module(pathway, self.module_id)
        of_kind(module, self.kinds)
        ended = self.ended()
        if module.ended and evolve(pathway, ended) == pathway:
            return []
        ended.fits(pathway)
        ended.verdict(pathway).hold()
        return [ended]

    def ended(self) -> ModuleEnd:
        """The fact of the end."""
        raise NotImplementedError


class StopModule(EndModule, StopTerms):
    """A module ended before it was completed, or with its measure."""

    path: ClassVar[str] = "stop-module"
    nl: ClassVar[str] = "Een module eindigde voor ze voltooid was, of samen met haar maatregel."
    kinds: ClassVar[frozenset[ModuleKind]] = frozenset(ModuleKind)

    def ended(self) -> ModuleStopped:
        return ModuleStopped.model_validate(self.told())


def known_module(pathway: Pathway, module_id: UUID, field: str = "module_id") -> Module:
    """The module with this id. Raises `UnknownModule`."""
    module = pathway.module(module_id)
    if module is None:
        raise refusals.UnknownModule(
            "This pathway has no module with this id. Ask the pathway's state for its modules.",
            field,
        )
    return module


def of_kind(module: Module, kinds: frozenset[ModuleKind], field: str = "module_id") -> None:
    """Refuse a module of another kind."""
    if module.kind not in kinds:
        raise refusals.WrongModuleKind(
            f"This module is of kind {module.kind}; this is about {', '.join(sorted(kinds))}.",
            field,
        )


def _over(module: Module, last_day: Day) -> Module:
    """The module with its last day; a pause that it was in is over with it."""
    since = module.interrupted_on
    paused = max(0, (last_day - since).days + 1) if since else 0
    return module.but(
        last_day=last_day, interrupted_on=None, paused_days=module.paused_days + paused
    )


def not_past_a_hire(pathway: Pathway, module: Module, last_day: Day) -> None:
    """Refuse an end after a hire that came while the module ran: the hire had ended it."""
    for hire in pathway.hires:
        if module.started_on < hire.started_on < last_day:
            raise refusals.ModuleEnded(
                f"The person was hired by {hire.employer} on {hire.started_on}, which ended the "
                f"{module.kind} at {module.organisation} the day before; it cannot end on "
                f"{last_day}. Give a day before the hire.",
                "on",
            )
