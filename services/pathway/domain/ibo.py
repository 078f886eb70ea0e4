"""IBO, individuele beroepsopleiding in de onderneming: training in a company that leads to a hire there."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from pathway.domain import report_refusals
from pathway.domain.codes import Evaluation, IboVariant, ModuleKind, MoneyScheme
from pathway.domain.commands import Moment, Terms
from pathway.domain.facts import About, Fact, Label, Source, Text
from pathway.domain.judging import Verdict, judged
from pathway.domain.modules import EndModule, ModuleEnd, ModuleStart, StartModule
from pathway.domain.rules import TABLE, Certainty, Instrument, RuleRow, Table
from pathway.domain.state import Module, Pathway
from pathway.domain.values import Code, DataClass, Day, Establishment, Hours, Kbo
from pathway.domain.work_codes import ContractParty

CONTRACT_NOT_SIGNED = "contract-not-signed"
HIRE_WITHIN = timedelta(days=7)
"""Five working days, where the day was not agreed: after them a counsellor looks into it."""


class IboTerms(Terms):
    """What an IBO was agreed on."""

    hours_per_week: Annotated[Hours, Label("Uren per week", "Hours a week")]
    variant: Annotated[IboVariant, Label("Vorm", "Variant")] = IboVariant.IBO
    employer: Annotated[Kbo, Label("Werkgever (KBO)", "Employer (KBO)")]
    establishment: Annotated[
        Establishment | None, Label("Vestigingseenheid (KBO)", "Establishment unit (KBO)")
    ] = None
    occupation: Annotated[Code | None, Label("Beroep (Competent)", "Occupation (Competent)")] = None
    money_scheme: Annotated[MoneyScheme | None, Label("Premie", "Money scheme")] = None
    prior_temp_days: Annotated[
        int | None,
        Label(
            "Dagen eerder interimwerk",
            "Earlier days as temporary worker",
            Text(
                "Gewerkte dagen als uitzendkracht bij deze werkgever, voor de IBO, in een vijfdagenweek: "
                "zes dagen van een zesdagenweek tellen voor vijf.",
                "Days worked there through an agency before the IBO, in a week of five days: six days of a "
                "week of six count for five.",
            ),
        ),
        Field(ge=0, le=366),
    ] = None
    dimona_ref: Annotated[Code | None, Label("Dimona (kenmerk)", "Dimona reference")] = None


class IboStarted(ModuleStart, IboTerms):
    """An individual training in a company starts. Some variants are for the handicapped or ill."""

    about: ClassVar[About] = About(
        Text("IBO gestart", "IBO started"),
        Text(
            "Een individuele beroepsopleiding in de onderneming begint op deze dag; de cursist blijft "
            "werkzoekende. Duur, uren en eerder interimwerk volgen de regels van die dag, en modules naast "
            "elkaar nemen samen hoogstens 38 uur per week.",
            "An individual training in a company begins on this day; the trainee stays a jobseeker. Length, "
            "hours and earlier agency work follow the rules of that day, and modules side by side take at most "
            "38 hours a week together.",
        ),
        Source("1.2", "vlaanderen.be, IBO; securex.be, IBO contract", Certainty.HIGH),
    )
    kind: Literal["IboStarted"] = "IboStarted"
    ruled_by: ClassVar[tuple[Instrument, ...]] = (Instrument.IBO, Instrument.WEEK)
    data_class: ClassVar[DataClass] = DataClass.SPECIAL

    def module(self) -> Module:
        return Module(
            module_id=self.module_id,
            kind=ModuleKind.IBO,
            started_on=self.occurred_on,
            planned_until=self.planned_until,
            hours_per_week=self.hours_per_week,
            organisation=self.employer,
            form=self.variant,
        )

    def verdict(self, pathway: Pathway | None, table: Table = TABLE) -> Verdict:
        return judged(self.module(), pathway, table, prior_temp_days=self.prior_temp_days)

    def warnings(self, pathway: Pathway | None) -> tuple[str, ...]:
        signed = pathway.signed_by(self.module_id, self.occurred_on) if pathway else ()
        unsigned = () if set(signed) == set(ContractParty) else (CONTRACT_NOT_SIGNED,)
        return (*super().warnings(pathway), *unsigned)


class StartIbo(StartModule, IboTerms):
    """Start an IBO (individual training in a company)."""

    path: ClassVar[str] = "start-ibo"
    nl: ClassVar[str] = "Begin een IBO (individuele beroepsopleiding in de onderneming)."

    def follow(self, pathway: Pathway, moment: Moment) -> Sequence[Fact]:
        """What follows; whether the employer is excluded is told by what others' pathways led to (7.5)."""
        for exclusion in moment.excluded(self.employer):
            if exclusion.holds(self.on):
                raise report_refusals.EmployerExcluded(
                    f"This employer gets no IBO from {exclusion.since} up to and including "
                    f"{exclusion.until}: VDAB decided so after a breach of the obligation to hire.",
                    "employer",
                )
        return super().follow(pathway, moment)

    def started(self, module_id: UUID) -> IboStarted:
        return IboStarted.model_validate({"module_id": module_id, **self.told()})


class IboCompletionTerms(Terms):
    """How an IBO was completed."""

    evaluation: Annotated[Evaluation | None, Label("Evaluatie", "Evaluation")] = None
    hire_due_by: Annotated[
        Day | None,
        Label(
            "Aanwerven voor",
            "Hire due by",
            Text(
                "Tegen wanneer de werkgever aanwerft.",
                "By which day the employer hires the trainee.",
            ),
        ),
    ] = None


class IboCompleted(ModuleEnd, IboCompletionTerms):
    """An IBO was completed; `occurred_on` is its last day."""

    about: ClassVar[About] = About(
        Text("IBO voltooid", "IBO completed"),
        Text(
            "De opleiding in de onderneming is voltooid; deze dag is de laatste. Daarna werft de werkgever de "
            "cursist aan, met bescherming tegen ontslag zolang als de IBO duurde.",
            "The training in the company was completed; this day is its last. The employer then hires the "
            "trainee, protected against dismissal for as long as the IBO lasted.",
        ),
        Source("1.2", "vdab.be/ibo; acv-online.be, IBO", Certainty.HIGH),
    )
    kind: Literal["IboCompleted"] = "IboCompleted"
    ruled_by: ClassVar[tuple[Instrument, ...]] = (Instrument.IBO, Instrument.WEEK)

    def ending(self, module: Module) -> Module:
        return super().ending(module).but(hire_due_by=self.hire_due_by or self._due(module))

    def verdict(self, pathway: Pathway | None, table: Table = TABLE) -> Verdict:
        """Besides, the row of its first day says whether the employer has to hire."""
        module = pathway.module(self.module_id) if pathway else None
        row = _row_of(module, table) if module else None
        return super().verdict(pathway, table) + Verdict((row,) if row else ())

    def _due(self, module: Module) -> Day | None:
        """Who did not succeed need not be hired, unless it was agreed."""
        row = _row_of(module)
        obliged = row is None or row.hire_obligation
        succeeded = self.evaluation is not Evaluation.ONGUNSTIG
        return self.occurred_on + HIRE_WITHIN if obliged and succeeded else None


def _row_of(module: Module, table: Table = TABLE) -> RuleRow | None:
    return table.on(Instrument.IBO, module.form or "", module.started_on)


class CompleteIbo(EndModule, IboCompletionTerms):
    """An IBO was completed."""

    path: ClassVar[str] = "complete-ibo"
    nl: ClassVar[str] = "Een IBO is voltooid."
    kinds: ClassVar[frozenset[ModuleKind]] = frozenset({ModuleKind.IBO})

    def ended(self) -> IboCompleted:
        return IboCompleted.model_validate(self.told())
