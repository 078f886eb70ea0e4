"""Stage: learning on a work floor, in many forms, without an obligation to hire."""

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pathway.domain.codes import ModuleKind, StageKind
from pathway.domain.commands import Terms
from pathway.domain.facts import About, Label, Source, Text
from pathway.domain.modules import CompletionTerms, EndModule, ModuleEnd, ModuleStart, StartModule
from pathway.domain.rules import Certainty, Instrument
from pathway.domain.state import Module
from pathway.domain.values import DataClass, Hours, Kbo


class StageTerms(Terms):
    """What a stage was agreed on."""

    hours_per_week: Annotated[Hours, Label("Uren per week", "Hours a week")]
    stage: Annotated[StageKind, Label("Soort stage", "Form of stage")]
    host: Annotated[Kbo, Label("Stageplaats (KBO)", "Host (KBO)")]


class StageStarted(ModuleStart, StageTerms):
    """A stage starts. Some forms tell about health."""

    about: ClassVar[About] = About(
        Text("Stage gestart", "Stage started"),
        Text(
            "Leren op een werkvloer begint op deze dag, zonder verplichting om aan te werven. Elke soort stage "
            "volgt de regels van die dag, en modules naast elkaar nemen samen hoogstens 38 uur per week.",
            "Learning on a work floor begins on this day, without an obligation to hire. Each form of stage "
            "follows the rules of that day, and modules side by side take at most 38 hours a week together.",
        ),
        Source(
            "2", "streekoverlegzov.be, werkplekleren; BVR 5-6-2009, art. 41-44", Certainty.MEDIUM
        ),
    )
    kind: Literal["StageStarted"] = "StageStarted"
    ruled_by: ClassVar[tuple[Instrument, ...]] = (Instrument.STAGE, Instrument.WEEK)
    data_class: ClassVar[DataClass] = DataClass.SPECIAL

    def module(self) -> Module:
        return Module(
            module_id=self.module_id,
            kind=ModuleKind.STAGE,
            started_on=self.occurred_on,
            planned_until=self.planned_until,
            hours_per_week=self.hours_per_week,
            organisation=self.host,
            form=self.stage,
        )


class StartStage(StartModule, StageTerms):
    """Start a stage."""

    path: ClassVar[str] = "start-stage"
    nl: ClassVar[str] = "Begin een stage."

    def started(self, module_id: UUID) -> StageStarted:
        return StageStarted.model_validate({"module_id": module_id, **self.told()})


class StageCompleted(ModuleEnd, CompletionTerms):
    """A stage was completed; `occurred_on` is its last day."""

    about: ClassVar[About] = About(
        Text("Stage voltooid", "Stage completed"),
        Text(
            "De stage is voltooid; deze dag is de laatste. Ze telt mee als voltooid in elk rapport.",
            "The stage was completed; this day is its last. It counts as completed in every report.",
        ),
        Source("7.2, 7.5"),
    )
    kind: Literal["StageCompleted"] = "StageCompleted"
    ruled_by: ClassVar[tuple[Instrument, ...]] = (Instrument.STAGE, Instrument.WEEK)


class CompleteStage(EndModule, CompletionTerms):
    """A stage was completed."""

    path: ClassVar[str] = "complete-stage"
    nl: ClassVar[str] = "Een stage is voltooid."
    kinds: ClassVar[frozenset[ModuleKind]] = frozenset({ModuleKind.STAGE})

    def ended(self) -> StageCompleted:
        return StageCompleted.model_validate(self.told())
