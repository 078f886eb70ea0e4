"""Which rows of a register the store holds already, which differ from what it holds, which are new."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from typing import Any

from pathway import name_parts
from pathway.domain.codes import Scheme, StopReason
from pathway.domain.enrolment import Enrolled, ParticipantCharacteristicsRecorded
from pathway.domain.modules import ModuleStopped
from pathway.domain.wep_plus import (
    InsertionModuleStarted,
    WepPlusMigrated,
    WorkExperienceModuleStarted,
)
from pathway.identity import Person
from pathway.recorded import Recorded
from pathway.register.reading import PersonRows
from pathway.register.rules import RegisterRow
from schemas.codes import ActorKind

SCHEMES = {"IWPL-SUBSIDIE": Scheme.IWPL_SUBSIDIE, "VDAB": Scheme.VDAB_REGULIER}
_NAMES = {scheme: name for name, scheme in SCHEMES.items()}
_MEASURE = ("Maatregel na WEP+", "Overgangsdatum", "Begeleider KBO")

Cells = dict[str, Any]
"""What is told of one module, by the column of the register that tells it."""


@dataclass
class Module:
    """A WEP+ module that is known, in the register's words.

    In two forms where somebody else than an import ended it: as imports left it, and as it stands.
    A column that nothing is known of is in none.
    """

    forms: Sequence[Cells]
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

    def _same(self, column: str, cells: Cells) -> bool:
        return self.forms[0][column] == cells[column]


@dataclass
class Matched:
    """The rows of one person, sorted out."""

    already: list[RegisterRow] = field(default_factory=list[RegisterRow])
    differs: dict[int, list[str]] = field(default_factory=dict[int, list[str]])
    new: list[RegisterRow] = field(default_factory=list[RegisterRow])
    conflicting: list[RegisterRow] = field(default_factory=list[RegisterRow])
    """Rows of modules that are not known, and of a migration beside another that is."""


def matched(person: PersonRows, facts: Sequence[Recorded], named: Person | None = None) -> Matched:
    """Sort out a person's rows against the facts of all that person's pathways.

    `named` is who the vault says they are. A row that says of a known module what is known of it
    is there already. A row that says something else of it differs: the same kind and begin in the
    same project; or running beside a module of its kind, or beginning with one of the other kind
    in the same project, that no row of the file accounts for. Everything else is new.
    """
    return _Sorting(person, facts, named).sorted_out()


def imported_communes(facts: Sequence[Recorded]) -> dict[date, str] | None:
    """Where imports told that a person lives, by the day from which they told it.

    None of somebody who was enrolled by others: an import does not tell where they live.
    """
    by_import = [f.fact for f in facts if f.actor.kind == ActorKind.IMPORT]
    if facts and not any(isinstance(fact, Enrolled) for fact in by_import):
        return None
    return {
        fact.occurred_on: fact.commune
        for fact in by_import
        if isinstance(fact, ParticipantCharacteristicsRecorded) and fact.commune
    }


def communes_of(person: PersonRows) -> dict[date, str]:
    """The communes that a person's rows tell, by the begin of the first row that tells each."""
    return {row.begins: row.nis for row in reversed(person.rows) if row.nis}


def commune_on(told: Mapping[date, str], day: date) -> str | None:
    """The one of these that holds on a day: the last told by then, or else the first."""
    if not told:
        return None
    return told[max((known for known in told if known <= day), default=min(told))]


class _Sorting:
    """One person's rows on their way to being sorted out."""

    def __init__(self, person: PersonRows, facts: Sequence[Recorded], named: Person | None) -> None:
        self._person = person
        self._lived = communes_of(person)
        self._known = _known(facts, named)
        self._migrations = {
            tuple(form[name] for name in _MEASURE)
            for module in self._known
            for form in module.forms
            if form["Overgangsdatum"]
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
        return next((m for m in self._known if not m.matched and m.overlaps(forms[0])), None)

    def _of_other_kind(self, forms: Sequence[Cells]) -> Module | None:
        # Two bodies may each hold one module of a project: only with the same one was it changed.
        return next(
            (
                m
                for m in self._known
                if not m.matched
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
            # Whatever row of the file speaks of the same as this one is not written either.
            self._known.append(Module(forms[:1], matched=True))
        else:
            self._out.already.append(row)
        return True

    def _set_conflicting_apart(self) -> None:
        """A person goes over once: not to a second measure while the first one is in doubt."""
        doubted = any(set(_MEASURE) & set(columns) for columns in self._out.differs.values())
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
        if row.scheme or not self._person.migration:
            return [alone]
        return [self._cells(row, self._person.migration), alone]

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
    told = imported_communes(facts)
    by_import = [f for f in facts if f.actor.kind == ActorKind.IMPORT]
    known: list[Module] = []
    for fact in (f.fact for f in facts):
        if isinstance(fact, WorkExperienceModuleStarted | InsertionModuleStarted):
            cells = of_person | _start_cells(fact)
            if told is not None:
                cells["NIS-code"] = commune_on(told, fact.occurred_on)
            left, stands = (cells | _end_cells(fact, by) for by in (by_import, facts))
            known.append(Module([left] if left == stands else [left, stands]))
    return known


def _start_cells(fact: WorkExperienceModuleStarted | InsertionModuleStarted) -> Cells:
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


def _end_cells(
    started: WorkExperienceModuleStarted | InsertionModuleStarted, facts: Iterable[Recorded]
) -> Cells:
    """How these facts say that the module ended, if with its measure."""
    cells: Cells = dict.fromkeys(_MEASURE)
    for fact in (f.fact for f in facts):
        match fact:
            case WepPlusMigrated() if started.module_id in {m.module_id for m in fact.from_modules}:
                scheme = _NAMES.get(fact.to_scheme)
                migration = (scheme, fact.occurred_on, fact.guiding_organisation_after)
                cells |= dict(zip(_MEASURE, migration, strict=True))
            case ModuleStopped(module_id=started.module_id, reason=StopReason.EINDE_MAATREGEL):
                cells |= {"Maatregel na WEP+": "GEEN", "Einddatum": fact.occurred_on}
            case _:
                pass
    return cells
