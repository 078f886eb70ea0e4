"""WEP+: the two modules of work experience, until the measure ended in 2015, and going on from it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from pathway.domain import refusals, rules
from pathway.domain.codes import LegalStatus, ModuleKind, ModuleStatus, Scheme, StopReason
from pathway.domain.commands import Moment, PathwayCommand, Terms
from pathway.domain.facts import About, Fact, Label, Source, Text
from pathway.domain.judging import Finding, Verdict, opened, within_the_measure
from pathway.domain.modules import (
    CompletionTerms,
    EndModule,
    ModuleEnd,
    ModuleStart,
    StartModule,
    not_past_a_hire,
)
from pathway.domain.rules import TABLE, Certainty, Instrument, Table
from pathway.domain.state import Guide, Module, Pathway
from pathway.domain.values import Code, Day, Hours, Kbo, ProjectNumber

_SOURCE = Source("3.1", "BVR 10-7-2008; dewerkplekarchitecten.be, WEP+", Certainty.HIGH)


class WepPlusTerms(Terms):
    """What a module of WEP+ was agreed on; the hours are missing only where a register does not tell them."""

    hours_per_week: Annotated[Hours | None, Label("Uren per week", "Hours a week")] = None
    promotor: Annotated[Kbo, Label("Promotor (KBO)", "Promotor (KBO)")]
    project: Annotated[ProjectNumber | None, Label("Projectnummer", "Project number")] = None
    work_floor: Annotated[Kbo | None, Label("Werkvloer (KBO)", "Work floor (KBO)")] = None
    aftercare_premium: Annotated[bool | None, Label("Nazorgpremie", "Aftercare premium")] = None


def judged_by_the_measure(start: Day, until: Day, table: Table = TABLE) -> Verdict:
    """By its first day for who could come in, by its last for how long a module could run."""
    inflow = opened(
        Instrument.WEP_PLUS,
        rules.INFLOW,
        start,
        lambda told: refusals.InflowClosed(f"People could start in WEP+ {told}.", "on"),
        table,
    )
    return inflow + within_the_measure(until, "planned_until", table)


class WepPlusModuleStart(ModuleStart, WepPlusTerms):
    """One of the two WEP+ modules starts (BVR 10-7-2008: promotor, project, work floor, aftercare)."""

    module_kind: ClassVar[ModuleKind]
    ruled_by: ClassVar[tuple[Instrument, ...]] = (Instrument.WEP_PLUS, Instrument.WEEK)

    def module(self) -> Module:
        return Module(
            module_id=self.module_id,
            kind=self.module_kind,
            started_on=self.occurred_on,
            planned_until=self.planned_until,
            hours_per_week=self.hours_per_week,
            organisation=self.promotor,
            project=self.project,
        )

    def verdict(self, pathway: Pathway | None, table: Table = TABLE) -> Verdict:
        return judged_by_the_measure(self.occurred_on, self.planned_until, table)

    def fits(self, pathway: Pathway | None) -> None:
        self.verdict(pathway).hold()
        super().fits(pathway)


class WorkExperienceModuleStarted(WepPlusModuleStart):
    """The W module starts."""

    about: ClassVar[About] = About(
        Text("Werkervaringsmodule gestart", "Work experience module started"),
        Text(
            "De werkervaringsmodule (W) van WEP+ begint op deze dag. Instroom kon tot en met 31-3-2015, en "
            "geen module loopt na 30-9-2015.",
            "The work experience module (W) of WEP+ begins on this day. People could start up to 31-3-2015, "
            "and no module runs after 30-9-2015.",
        ),
        _SOURCE,
    )
    kind: Literal["WorkExperienceModuleStarted"] = "WorkExperienceModuleStarted"
    module_kind: ClassVar[ModuleKind] = ModuleKind.WEP_WERKERVARING


class InsertionModuleStarted(WepPlusModuleStart):
    """The I module starts."""

    about: ClassVar[About] = About(
        Text("Inschakelingsmodule gestart", "Insertion module started"),
        Text(
            "De inschakelingsmodule (I) van WEP+ begint op deze dag. W en I van één project lopen naast elkaar "
            "en hun uren tellen één keer.",
            "The insertion module (I) of WEP+ begins on this day. W and I of one project run side by side, and "
            "their hours count once.",
        ),
        _SOURCE._replace(certainty=Certainty.MEDIUM),
    )
    kind: Literal["InsertionModuleStarted"] = "InsertionModuleStarted"
    module_kind: ClassVar[ModuleKind] = ModuleKind.WEP_INSCHAKELING


class StartWepPlusModule(StartModule, WepPlusTerms):
    """Start one of the two modules of WEP+."""


class StartWorkExperienceModule(StartWepPlusModule):
    """Start a werkervaringsmodule (W) of WEP+."""

    path: ClassVar[str] = "start-work-experience-module"
    nl: ClassVar[str] = "Begin een werkervaringsmodule (W) van WEP+."

    def started(self, module_id: UUID) -> WorkExperienceModuleStarted:
        return WorkExperienceModuleStarted.model_validate({"module_id": module_id, **self.told()})


class StartInsertionModule(StartWepPlusModule):
    """Start an inschakelingsmodule (I) of WEP+."""

    path: ClassVar[str] = "start-insertion-module"
    nl: ClassVar[str] = "Begin een inschakelingsmodule (I) van WEP+."

    def started(self, module_id: UUID) -> InsertionModuleStarted:
        return InsertionModuleStarted.model_validate({"module_id": module_id, **self.told()})


class ModuleCompleted(ModuleEnd, CompletionTerms):
    """A module that is neither IBO nor stage was completed; `occurred_on` is its last day."""

    about: ClassVar[About] = About(
        Text("Module voltooid", "Module completed"),
        Text(
            "Een module van WEP+ is voltooid; deze dag is de laatste, ten laatste 30-9-2015. Een latere "
            "overstap verandert dat niet.",
            "A module of WEP+ was completed; this day is its last, 30-9-2015 at the latest. A later migration "
            "does not change that.",
        ),
        _SOURCE,
    )
    kind: Literal["ModuleCompleted"] = "ModuleCompleted"
    ruled_by: ClassVar[tuple[Instrument, ...]] = (Instrument.WEP_PLUS, Instrument.WEEK)


class CompleteModule(EndModule, CompletionTerms):
    """A module of WEP+ was completed."""

    path: ClassVar[str] = "complete-module"
    nl: ClassVar[str] = "Een module van WEP+ is voltooid."
    kinds: ClassVar[frozenset[ModuleKind]] = frozenset(k for k in ModuleKind if k.wep_plus)

    def ended(self) -> ModuleCompleted:
        return ModuleCompleted.model_validate(self.told())


class MigratedModule(BaseModel):
    """A WEP+ module that a migration ended, and its last day."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    module_id: UUID
    kind: ModuleKind
    last_day: Day


class WepPlusMigrated(Fact):
    """This person goes on in another scheme from `occurred_on`.

    Per person, never per project (Flemish Parliament, written question on Werkplekleren, answer 2);
    neither inflow nor outflow. The modules end with EINDE_MAATREGEL.
    """

    about: ClassVar[About] = About(
        Text("WEP+ gemigreerd", "WEP+ migrated"),
        Text(
            "Deze persoon gaat vanaf deze dag verder in een andere maatregel; de modules van WEP+ eindigen de "
            "dag ervoor. Het is instroom noch uitstroom, en altijd per persoon, nooit per project.",
            "This person goes on in another scheme from this day; the modules of WEP+ end the day before. It "
            "is neither inflow nor outflow, and always per person, never per project.",
        ),
        Source(
            "3.2",
            "Vlaams Parlement, schriftelijke vraag Werkplekleren; werk.be, WEP-plus",
            Certainty.HIGH,
        ),
    )
    kind: Literal["WepPlusMigrated"] = "WepPlusMigrated"
    ruled_by: ClassVar[tuple[Instrument, ...]] = (Instrument.WEP_PLUS, Instrument.AFTER_WEP_PLUS)
    carried: ClassVar[bool] = True
    from_modules: Annotated[tuple[MigratedModule, ...], Label("Modules van WEP+", "WEP+ modules")]
    to_scheme: Annotated[Scheme, Label("Naar", "To")]
    lot: Annotated[Code | None, Label("Perceel", "Lot")] = None
    legal_status_before: Annotated[
        LegalStatus, Label("Statuut voordien", "Legal status before")
    ] = LegalStatus.DOELGROEPWERKNEMER
    legal_status_after: Annotated[LegalStatus, Label("Statuut nadien", "Legal status after")] = (
        LegalStatus.WERKZOEKENDE
    )
    guiding_organisation_before: Annotated[Kbo, Label("Begeleider voordien", "Guide before")]
    guiding_organisation_after: Annotated[Kbo, Label("Begeleider nadien", "Guide after")]
    host_organisation: Annotated[Kbo | None, Label("Werkvloer (KBO)", "Host (KBO)")] = None
    aftercare_premium: Annotated[bool | None, Label("Nazorgpremie", "Aftercare premium")] = None

    def after(self, pathway: Pathway) -> Pathway:
        for left in self.from_modules:
            before = pathway.module(left.module_id)
            if before:
                pathway = pathway.with_module(_left(before, left.last_day))
        guides = pathway.guided_until(self.occurred_on - timedelta(days=1))
        newest = Guide(organisation=self.guiding_organisation_after)
        return pathway.but(scheme=self.to_scheme, guides=(*guides, newest))

    def verdict(self, pathway: Pathway | None, table: Table = TABLE) -> Verdict:
        """What the rules of its own day say of it, and of the modules that it ended."""
        verdict = _open_to_migrants(self.to_scheme, self.occurred_on, table)
        for left in self.from_modules:
            verdict += within_the_measure(left.last_day, "on", table)
        return verdict

    def fits(self, pathway: Pathway | None) -> None:
        if pathway is None:
            return
        self.verdict(pathway).hold()
        for left in self.from_modules:
            module = pathway.module(left.module_id)
            if module is None and left.module_id in {m.module_id for m in pathway.annulled}:
                continue
            last_day = (module and module.last_day) or left.last_day
            if module is None or not module.started_on <= last_day < self.occurred_on:
                raise refusals.MigrationOutOfRange(
                    f"The migration must come after the last day of the {left.kind}.", "on"
                )

    def warnings(self, pathway: Pathway | None) -> tuple[str, ...]:
        warnings = self.verdict(pathway).warnings
        if not self.from_modules:
            return warnings
        gap = (self.occurred_on - max(module.last_day for module in self.from_modules)).days > 1
        return (*warnings, "gap-before-migration") if gap else warnings


def _left(module: Module, last_day: Day) -> Module:
    """A module after a migration: what was completed stays so, only what still ran ends by it."""
    if module.ended:
        return module.but(migrated=True)
    ended = {"status": ModuleStatus.STOPGEZET, "reason": StopReason.EINDE_MAATREGEL}
    return module.but(last_day=last_day, migrated=True, interrupted_on=None, **ended)


def _open_to_migrants(scheme: Scheme, day: Day, table: Table = TABLE) -> Verdict:
    if scheme is Scheme.TWE:
        never = refusals.MigrationOutOfRange(
            f"{scheme} began in 2017, when WEP+ had ended: nobody went on in it. Choose another scheme, "
            "or refer the person to a provider.",
            "to_scheme",
        )
        return Verdict((), (Finding(never.rule, None, never),))
    return opened(
        Instrument.AFTER_WEP_PLUS,
        scheme,
        day,
        lambda told: refusals.MigrationOutOfRange(f"{scheme} was open {told}.", "on"),
        table,
    )


class MigrateWepPlus(PathwayCommand):
    """This person goes on from WEP+ in another scheme; `on` is the first day there."""

    path: ClassVar[str] = "migrate-wep-plus"
    nl: ClassVar[str] = (
        "Deze persoon gaat van WEP+ verder in een andere maatregel; `on` is daar de eerste dag."
    )
    to_scheme: Annotated[Scheme, Label("Naar", "To")]
    lot: Annotated[
        Code | None,
        Label(
            "Perceel", "Lot", Text("Alleen met IWPL_TENDER.", "Tender lot, with IWPL_TENDER only")
        ),
    ] = None
    guiding_organisation: Annotated[Kbo, Label("Begeleider (KBO)", "Guide (KBO)")]
    host_organisation: Annotated[Kbo | None, Label("Werkvloer (KBO)", "Host (KBO)")] = None
    aftercare_premium: Annotated[bool | None, Label("Nazorgpremie", "Aftercare premium")] = None

    def follow(self, pathway: Pathway, moment: Moment) -> Sequence[Fact]:
        self._in_range()
        wep_plus = [m for m in pathway.modules if m.kind.wep_plus and m.ran]
        open_to_migrate = [m for m in wep_plus if not m.migrated]
        if not open_to_migrate:
            if wep_plus:
                raise refusals.AlreadyMigrated(
                    "Every WEP+ module of this pathway was migrated before."
                )
            raise refusals.NothingToMigrate("This pathway has no WEP+ module.")
        ended = tuple(self._ended(pathway, module) for module in open_to_migrate)
        return [self._migrated(open_to_migrate, ended)]

    def _in_range(self) -> None:
        _open_to_migrants(self.to_scheme, self.on).hold()
        if self.to_scheme == Scheme.IWPL_TENDER and self.lot is None:
            raise refusals.MigrationOutOfRange("A migration to the tender needs its lot.", "lot")
        if self.to_scheme != Scheme.IWPL_TENDER and self.lot is not None:
            raise refusals.MigrationOutOfRange(
                f"Lots are the tender's, and {self.to_scheme} has none. Leave the lot out.", "lot"
            )

    def _ended(self, pathway: Pathway, module: Module) -> MigratedModule:
        last_day = module.last_day or min(self.on - timedelta(days=1), module.planned_until)
        if last_day < module.started_on or last_day >= self.on:
            raise refusals.MigrationOutOfRange(
                f"The {module.kind} runs from {module.started_on} to {module.through}; the "
                f"migration must come after its last day, not on {self.on}.",
                "on",
            )
        if not module.ended:
            not_past_a_hire(pathway, module, last_day)
        return MigratedModule(module_id=module.module_id, kind=module.kind, last_day=last_day)

    def _migrated(
        self, modules: list[Module], ended: tuple[MigratedModule, ...]
    ) -> WepPlusMigrated:
        return WepPlusMigrated(
            occurred_on=self.on,
            from_modules=ended,
            to_scheme=self.to_scheme,
            lot=self.lot,
            guiding_organisation_before=modules[-1].organisation,
            guiding_organisation_after=self.guiding_organisation,
            host_organisation=self.host_organisation,
            aftercare_premium=self.aftercare_premium,
        )
