"""Which rows of a register the store holds already, which differ from what it holds, which are new."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from typing import Any, NamedTuple
from uuid import UUID

from pathway import name_parts
from pathway.domain.codes import Scheme, StopReason
from pathway.domain.enrolment import ParticipantCharacteristicsRecorded
from pathway.domain.facts import Fact, Told, standing
from pathway.domain.modules import ModuleStopped
from pathway.domain.wep_plus import (
    InsertionModuleStarted,
    WepPlusMigrated,
    WorkExperienceModuleStarted,
)
from pathway.identity import Person
from pathway.recorded import Recorded
from pathway.register.left import as_imports_left, by_imports
from pathway.register.reading import PersonRows
from pathway.register.wep_plus.rules import RegisterRow

SCHEMES = {"IWPL-SUBSIDIE": Scheme.IWPL_SUBSIDIE, "VDAB": Scheme.VDAB_REGULIER}
_NAMES = {scheme: name for name, scheme in SCHEMES.items()}
MEASURE = ("Maatregel na WEP+", "Overgangsdatum", "Begeleider KBO")
_Started = WorkExperienceModuleStarted | InsertionModuleStarted

Cells = dict[str, Any]
"""What is told of one module, by the column of the register that tells it."""


@dataclass
class Module:
    """A WEP+ module that is known, in the register's words.

    In two forms where somebody else than an import ended or corrected it: as imports left it, and as
    it stands. A column that nothing is known of is in none.
    """

    forms: Sequence[Cells]
    start: Recorded | None = None
    """Its start, as it was told first; None of what only a row of the file tells."""
    annulled: bool = False
    """Then it is the same only for who says of it just what imports left."""
    matched: bool = False

    def is_of(self, cells: Cells) -> bool:
        """Whether these cells speak of the same module, whatever else they say of it."""
        return self._same("Module", cells) and self.is_beside(cells)

    def is_beside(self, cells: Cells) -> bool:
        """Whether these cells speak of the same begin in the same project, of whichever kind."""
        project = "Projectnummer" if cells["Projectnummer"] else "Promotor KBO"
        return self._same("Begindatum", cells) and self._same(project, cells)

    def overlaps(self, cells: Cells) -> bool:
        """Whether a module of this kind, as the cells tell it, would run beside this one."""
        known = self.forms[0]
        return (
            self._same("Module", cells)
            and known["Begindatum"] <= cells["Einddatum"]
            and cells["Begindatum"] <= known["Einddatum"]
        )

    def differing(self, told: Sequence[Cells]) -> list[str]:
        """The columns in which the cells say something else, in the form that comes nearest.

        Of two that are as near, the module as it stands.
        """
        return min(
            (
                [name for name, value in known.items() if cells[name] != value]
                for known, cells in product(reversed(self.forms), told)
            ),
            key=len,
        )

    def changed(self, told: Sequence[Cells]) -> tuple[Cells, list[str]]:
        """The columns in which the cells say what no form says, in the cells that have the fewest."""
        each = (
            (
                cells,
                [
                    name
                    for name in self.forms[-1]
                    if all(cells[name] != f[name] for f in self.forms)
                ],
            )
            for cells in told
        )
        return min(each, key=lambda one: len(one[1]))

    def _same(self, column: str, cells: Cells) -> bool:
        return self.forms[0][column] == cells[column]


class Differing(NamedTuple):
    """A row that says something else of a recorded module than all that is known of it."""

    row: RegisterRow
    module: Module
    cells: Cells
    columns: list[str]
    """Those in which no form of the module agrees with the cells."""


@dataclass
class Matched:
    """The rows of one person, sorted out."""

    already: list[RegisterRow] = field(default_factory=list[RegisterRow])
    differs: dict[int, list[str]] = field(default_factory=dict[int, list[str]])
    changed: dict[int, Differing] = field(default_factory=dict[int, Differing])
    """Those of `differs` that could be corrected."""
    new: list[RegisterRow] = field(default_factory=list[RegisterRow])
    conflicting: list[RegisterRow] = field(default_factory=list[RegisterRow])
    """Rows of modules that are not known, and of a migration beside another that is."""


def matched(
    person: PersonRows[RegisterRow], facts: Sequence[Recorded], named: Person | None = None
) -> Matched:
    """Sort out a person's rows against the facts of all that person's pathways.

    `named` is who the vault says they are. A row that says of a known module what is known of it
    is there already. A row that says something else of it differs: the same kind and begin in the
    same project; or running beside a module of its kind, or beginning with one of the other kind
    in the same project, that no row of the file accounts for. Everything else is new.
    """
    return _Sorting(person, facts, named).sorted_out()


def migration_of(person: PersonRows[RegisterRow]) -> RegisterRow | None:
    """The first row that names the measure in which the person goes on, if one does."""
    return next((row for row in person.rows if row.migrates), None)


def imported_communes(
    facts: Sequence[Recorded], stands: Mapping[UUID, Fact] | None = None
) -> dict[date, str] | None:
    """Where imports told that a person lives, by the day from which they told it.

    As it `stands`, with corrections. None of somebody who was enrolled by others: an import does
    not tell where they live.
    """
    by_import = by_imports(facts)
    if facts and not any(f.fact_id in by_import for f in facts if f.fact.name == "Enrolled"):
        return None
    stands = standing(_told(facts)) if stands is None else stands
    return {
        fact.occurred_on: fact.commune
        for fact_id, fact in stands.items()
        if fact_id in by_import
        and isinstance(fact, ParticipantCharacteristicsRecorded)
        and fact.commune
    }


def communes_of(person: PersonRows[RegisterRow]) -> dict[date, str]:
    """The communes that a person's rows tell, by the begin of the first row that tells each."""
    return {row.begins: row.nis for row in reversed(person.rows) if row.nis}


def commune_on(told: Mapping[date, str], day: date) -> str | None:
    """The one of these that holds on a day: the last told by then, or else the first."""
    if not told:
        return None
    return told[max((known for known in told if known <= day), default=min(told))]


class _Sorting:
    """One person's rows on their way to being sorted out."""

    def __init__(
        self, person: PersonRows[RegisterRow], facts: Sequence[Recorded], named: Person | None
    ) -> None:
        self._person = person
        self._lived = communes_of(person)
        self._moves = migration_of(person)
        self._known = _known(facts, named)
        self._migrations = {
            tuple(module.forms[-1][name] for name in MEASURE)
            for module in self._known
            if module.forms[-1]["Overgangsdatum"] and not module.annulled
        }
        self._out = Matched()

    def sorted_out(self) -> Matched:
        rows = [(row, self._forms(row)) for row in self._person.rows]
        rows = [one for one in rows if not self._settled(*one, self._same_as(one[1]))]
        # First whatever names a known module's begin, then whatever runs beside one: a module that
        # some row is of cannot be the one that another row gave another kind.
        rows = [one for one in rows if not self._settled(*one, self._of(one[1]))]
        rows = [
            (row, forms)
            for row, forms in rows
            if not self._settled(row, forms, self._of(forms) or self._beside(forms))
        ]
        for row, forms in rows:
            if not self._settled(row, forms, self._of(forms) or self._of_other_kind(forms)):
                self._known.append(Module(forms[:1], matched=True))
                self._out.new.append(row)
        self._set_conflicting_apart()
        return self._out

    def _same_as(self, forms: Sequence[Cells]) -> Module | None:
        return next((m for m in self._known if not m.matched and not m.differing(forms)), None)

    def _of(self, forms: Sequence[Cells]) -> Module | None:
        return next((m for m in self._known if m.is_of(forms[0])), None)

    def _beside(self, forms: Sequence[Cells]) -> Module | None:
        open_to_it = (m for m in self._known if not m.matched and not m.annulled)
        return next((m for m in open_to_it if m.overlaps(forms[0])), None)

    def _of_other_kind(self, forms: Sequence[Cells]) -> Module | None:
        # Two bodies may each hold one module of a project: only with the same one was it changed.
        return next(
            (
                m
                for m in self._known
                if not m.matched
                and not m.annulled
                and m.is_beside(forms[0])
                and m.forms[0]["Promotor KBO"] == forms[0]["Promotor KBO"]
            ),
            None,
        )

    def _settled(self, row: RegisterRow, forms: Sequence[Cells], module: Module | None) -> bool:
        """Whether there is such a module, so that the row is there already or differs from it."""
        if module is None:
            return False
        module.matched = True
        if columns := module.differing(forms):
            self._out.differs[row.line] = columns
            if module.start:
                self._out.changed[row.line] = Differing(row, module, *module.changed(forms))
            # Whatever row of the file speaks of the same as this one is not written either.
            self._known.append(Module(forms[:1], matched=True))
        else:
            self._out.already.append(row)
        return True

    def _set_conflicting_apart(self) -> None:
        """A person goes over once: not to a second measure while the first one is in doubt."""
        doubted = any(set(MEASURE) & set(columns) for columns in self._out.differs.values())
        for row in [row for row in self._out.new if row.migrates]:
            if doubted or self._migrations - {(row.scheme, row.transition, row.guide)}:
                self._out.new.remove(row)
                self._out.conflicting.append(row)

    def _forms(self, row: RegisterRow) -> list[Cells]:
        """What a row tells of its module.

        A migration is the person's, and counts for rows that name no measure too. But such a row
        may have been imported before another one told of the migration, and then it still says the
        same.
        """
        alone = self._cells(row, row if row.migrates else None)
        if row.scheme or not self._moves:
            return [alone]
        return [self._cells(row, self._moves), alone]

    def _cells(self, row: RegisterRow, moves: RegisterRow | None) -> Cells:
        return {
            **_name_cells(row.last_name, row.first_name),
            "NIS-code": row.nis or commune_on(self._lived, row.begins),
            "Promotor KBO": row.promotor,
            "Projectnummer": row.project,
            "Module": row.module,
            "Begindatum": row.begins,
            "Einddatum": row.ends,
            "Uren per week": row.hours,
            "Maatregel na WEP+": moves.scheme if moves else row.scheme,
            "Overgangsdatum": moves.transition if moves else None,
            "Begeleider KBO": moves.guide if moves else None,
            "Werkvloer KBO": row.work_floor,
            "Nazorgpremie": row.aftercare,
        }


def _name_cells(last_name: str, first_name: str) -> Cells:
    """Names as they are compared: capitals, accents and signs do not count."""
    return {"Naam": name_parts.words(last_name), "Voornaam": name_parts.words(first_name)}


def _known(facts: Sequence[Recorded], named: Person | None) -> list[Module]:
    """The WEP+ modules that these facts tell of, in the order in which they were recorded."""
    of_person = _name_cells(named.last_name, named.first_name) if named else Cells()
    starts = {one.fact_id: one for one in facts if isinstance(one.fact, _Started)}
    left, stands = as_imports_left(facts, starts), standing(_told(facts))
    communes = imported_communes(facts, left), imported_communes(facts, stands)
    known: list[Module] = []
    for fact_id, start in starts.items():
        forms = [
            of_person | _told_of(told, form.values(), lived)
            for form, lived in zip((left, stands), communes, strict=True)
            if isinstance(told := form.get(fact_id), _Started)
        ]
        annulled = not isinstance(stands.get(fact_id), _Started)
        known.append(Module(forms[:1] if forms[0] == forms[-1] else forms, start, annulled))
    return known


def _told(facts: Iterable[Recorded]) -> list[Told]:
    return [Told(one.fact_id, one.fact) for one in facts]


def _told_of(fact: _Started, facts: Iterable[Fact], lived: Mapping[date, str] | None) -> Cells:
    commune = {} if lived is None else {"NIS-code": commune_on(lived, fact.occurred_on)}
    return {**commune, **_start_cells(fact), **_end_cells(fact, facts)}


def _start_cells(fact: _Started) -> Cells:
    return {
        "Promotor KBO": fact.promotor,
        "Projectnummer": fact.project,
        "Module": "W" if isinstance(fact, WorkExperienceModuleStarted) else "I",
        "Begindatum": fact.occurred_on,
        "Einddatum": fact.planned_until,
        "Uren per week": fact.hours_per_week,
        "Werkvloer KBO": fact.work_floor,
        "Nazorgpremie": fact.aftercare_premium,
    }


def _end_cells(started: _Started, facts: Iterable[Fact]) -> Cells:
    """How these facts say that the module ended, if with its measure."""
    cells: Cells = dict.fromkeys(MEASURE)
    for fact in facts:
        match fact:
            case WepPlusMigrated() if started.module_id in {m.module_id for m in fact.from_modules}:
                scheme = _NAMES.get(fact.to_scheme)
                migration = (scheme, fact.occurred_on, fact.guiding_organisation_after)
                cells |= dict(zip(MEASURE, migration, strict=True))
            case ModuleStopped(module_id=started.module_id, reason=StopReason.EINDE_MAATREGEL):
                cells |= {"Maatregel na WEP+": "GEEN", "Einddatum": fact.occurred_on}
            case _:
                pass
    return cells
