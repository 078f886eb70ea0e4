"""From a provider's rows to recorded starts and ends, each row whole or not at all."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from pathway.application import Pathways
from pathway.deciding import Deciding
from pathway.domain.codes import IboVariant, ModuleKind, ModuleStatus, StageKind
from pathway.domain.commands import Command
from pathway.domain.ibo import CompleteIbo, IboStarted, StartIbo
from pathway.domain.modules import StopModule
from pathway.domain.refusals import NotCorrectable, Refused
from pathway.domain.stage import CompleteStage, StartStage
from pathway.identity import KnownNumber, NumberStatus
from pathway.recorded import Recorded
from pathway.refused import Why
from pathway.register.cells import written
from pathway.register.correcting import Edits
from pathway.register.importing import CANCELLED, Changes, FileImport, Plan
from pathway.register.modules import MODULES
from pathway.register.modules.known import END, Known, known_modules, row_cells
from pathway.register.modules.rules import ModuleRow
from pathway.register.reading import PersonRows

NO_OPEN_PATHWAY = Why(
    "no-open-pathway",
    "There is no open pathway of this person. Check the number; enrol the person, then import the "
    "file again.",
    "insz",
)
_NOT_SHOWN = frozenset({"Vorm", "Reden"})
"""Some forms and reasons tell about health: they are corrected, and not put on a screen or into a report."""


class ModulesImport(FileImport[ModuleRow]):
    """One run of one provider's file into a store; see `FileImport`."""

    def __init__(
        self, pathways: Pathways, source: str, *, corrections: bool = False, preview: bool = False
    ) -> None:
        super().__init__(pathways, MODULES, source, corrections=corrections, preview=preview)

    def plans(
        self, people: Sequence[PersonRows[ModuleRow]], known: Mapping[str, KnownNumber]
    ) -> list[Plan[ModuleRow]]:
        return [self._plan(person, known.get(person.insz)) for person in people]

    def _plan(self, person: PersonRows[ModuleRow], known: KnownNumber | None) -> Plan[ModuleRow]:
        plan = Plan(person)
        if known is None:
            plan.refuse(person.rows, NO_OPEN_PATHWAY)
            return plan
        streams = self.streams(known.person_ref)
        plan.about = next(reversed(streams), None)
        taking = _Taking(self, plan, known, streams)
        for row in sorted(person.rows, key=lambda row: (row.begins, row.line)):
            taking.take(row)
        for pathway_id, deciding in taking.decidings.items():
            if deciding.new:
                new = deciding.new_facts(self.context(person.rows[0].line))
                plan.record(self.pathways.store.enveloped(new), new)
                plan.continued |= pathway_id == taking.going_on
        return plan


class _Taking:
    """One person's rows on their way to facts."""

    def __init__(
        self,
        run: ModulesImport,
        plan: Plan[ModuleRow],
        known: KnownNumber,
        streams: Mapping[UUID, Sequence[Recorded]],
    ) -> None:
        self._run = run
        self._plan = plan
        self._person = known
        self._streams = streams
        self._known = [module for stream in streams.values() for module in known_modules(stream)]
        self._ids = {row.line: self._module_id(row) for row in plan.person.rows}
        self._next_id = UUID(int=0)
        self.going_on = run.pathways.store.open_pathway(known.person_ref)
        self.decidings: dict[UUID, Deciding] = {}

    def take(self, row: ModuleRow) -> None:
        """Decide on a row; what is refused is in the plan."""
        known = self._find(row)
        if known is None:
            self._start(row)
        elif differing := known.differing(row):
            self._correct(row, known, differing)
        elif row.ended and known.end is None and not known.annulled:
            self._decide(row, known.start.pathway_id, _end(row, known.module_id))
        else:
            self._plan.already += 1

    def _module_id(self, row: ModuleRow) -> UUID:
        """The module's id follows from the provider's reference, which is how the row is known again.

        Under the vault's key, so that nobody can try references; and by person, so that a row that
        was sent for somebody else before starts a module of its own.
        """
        told = f"module\n{self._person.person_ref}\n{row.provider}\n{row.reference}"
        return UUID(hex=self._run.pathways.vault.keyed_hash(told)[:32], version=5)

    def _find(self, row: ModuleRow) -> Known | None:
        """The module with this reference, or one that was registered otherwise and is the same."""
        mine = self._ids[row.line]
        others = set(self._ids.values())
        by_reference = (one for one in self._known if one.module_id == mine)
        by_content = (
            one
            for one in self._known
            if one.module_id not in others and not one.annulled and one.is_told_by(row)
        )
        return next(by_reference, None) or next(by_content, None)

    def _start(self, row: ModuleRow) -> None:
        if self._person.status is NumberStatus.CANCELLED:
            self._plan.refuse([row], CANCELLED)
        elif self.going_on is None:
            self._plan.refuse([row], NO_OPEN_PATHWAY)
        else:
            module_id = self._next_id = self._ids[row.line]
            self._decide(row, self.going_on, [_started(row), *_end(row, module_id)])

    def _correct(self, row: ModuleRow, known: Known, differing: list[str]) -> None:
        changed = known.changed(row)
        if not self._run.corrections or not changed:
            self._plan.differs[row.line] = differing
            return
        try:
            commands = _corrections(row, known, changed, self._run.authority)
        except Refused as refused:
            self._plan.refuse([row], Why.of(refused))
            return
        if self._decide(row, known.start.pathway_id, commands):
            self._plan.corrected[row.line] = _shown(row, known, changed)

    def _decide(self, row: ModuleRow, pathway_id: UUID, commands: Sequence[Command]) -> bool:
        deciding = self.decidings.get(pathway_id)
        if deciding is None:
            deciding = self.decidings[pathway_id] = self._run.pathways.deciding(
                pathway_id, self._streams[pathway_id], new_id=lambda: self._next_id
            )
        try:
            with deciding.whole():
                for command in commands:
                    deciding.take(command)
        except Refused as refused:
            self._plan.refuse([row], Why.of(refused))
            return False
        return True


def _started(row: ModuleRow) -> Command:
    terms = {"on": row.begins, "planned_until": row.planned, "hours_per_week": row.hours}
    if row.instrument is ModuleKind.IBO:
        return StartIbo.model_validate({**terms, "employer": row.organisation, "variant": row.form})
    return StartStage.model_validate({**terms, "host": row.organisation, "stage": row.form})


def _end(row: ModuleRow, module_id: UUID) -> list[Command]:
    if row.ended is None:
        return []
    if row.how is ModuleStatus.STOPGEZET and row.reason:
        return [StopModule(on=row.ended, module_id=module_id, reason=row.reason)]
    completed = CompleteIbo if row.instrument is ModuleKind.IBO else CompleteStage
    return [completed(on=row.ended, module_id=module_id)]


def _corrections(
    row: ModuleRow, known: Known, changed: Sequence[str], authority: str
) -> list[Command]:
    """What makes of the recorded facts what the row says. Raises `NotCorrectable`."""
    start = known.stands.get(known.start.fact_id)
    if known.annulled or start is None:
        raise NotCorrectable("This module was annulled before. Take its row out of the file.")
    if "Instrument" in changed:
        raise NotCorrectable(
            f"{start.name} of {start.occurred_on} is of another kind. Annul that module "
            "(VERKEERD_INSTRUMENT), and send it under a new reference."
        )
    told, ibo = row_cells(row), isinstance(start, IboStarted)
    fields = {
        "Vorm": ("variant", IboVariant) if ibo else ("stage", StageKind),
        "Organisatie KBO": ("employer" if ibo else "host", str),
        "Begindatum": ("occurred_on", None),
        "Geplande einddatum": ("planned_until", None),
        "Uren per week": ("hours_per_week", None),
    }
    edits = Edits(known.stands, authority)
    for column in changed:
        if column in fields:
            field, of = fields[column]
            edits.change(known.start.fact_id, **{field: of(told[column]) if of else told[column]})
    late = _end(row, known.module_id) if known.end is None else []
    _correct_end(row, known, set(changed), edits)
    return [*edits.commands(), *late]


def _correct_end(row: ModuleRow, known: Known, changed: set[str], edits: Edits) -> None:
    if known.end is None or not changed & set(END):
        return
    fact_id, end = known.end
    if "Einde" in changed:
        raise NotCorrectable(
            f"{end.name} of {end.occurred_on} is recorded, and the module ended otherwise by this "
            "row. Annul that registration, then import the file again."
        )
    if "Einddatum" in changed:
        edits.change(fact_id, occurred_on=row.ended)
    if "Reden" in changed:
        edits.change(fact_id, reason=row.reason)


def _shown(row: ModuleRow, known: Known, changed: Sequence[str]) -> Changes:
    was, now = known.forms[-1], row_cells(row)
    return {
        column: None if column in _NOT_SHOWN else (written(was[column]), written(now[column]))
        for column in changed
    }
