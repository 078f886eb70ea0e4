"""What is recorded of a provider's module, in the words of its row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pathway.domain.codes import ModuleKind
from pathway.domain.facts import Fact, Told, standing
from pathway.domain.ibo import IboStarted
from pathway.domain.modules import ModuleEnd, ModuleStopped
from pathway.domain.stage import StageStarted
from pathway.recorded import Recorded
from pathway.register.left import as_imports_left
from pathway.register.modules.rules import COLUMNS, ModuleRow

Cells = dict[str, Any]
Started = IboStarted | StageStarted
END = COLUMNS[9:12]


@dataclass(frozen=True)
class Known:
    """A module on record: its start as it was told first, and what is known of it.

    In two forms where somebody else than an import ended or corrected it: as imports left it, and as
    it stands; of a module that was annulled, only the first.
    """

    start: Recorded
    stands: Mapping[UUID, Fact]
    forms: Sequence[Cells]

    @property
    def module_id(self) -> UUID:
        """Its id."""
        return _of(self.start.fact).module_id

    @property
    def annulled(self) -> bool:
        """Whether it was registered wrongly."""
        return not isinstance(self.stands.get(self.start.fact_id), Started)

    @property
    def end(self) -> tuple[UUID, ModuleEnd] | None:
        """Its end, as it stands."""
        return _end(self.stands, self.module_id)

    def is_told_by(self, row: ModuleRow) -> bool:
        """Whether the row speaks of the same module, whatever its reference is."""
        told, known = row_cells(row), self.forms[-1]
        return all(told[name] == known[name] for name in COLUMNS[3:7])

    def differing(self, row: ModuleRow) -> list[str]:
        """The columns in which the row says something else, in the form that comes nearest.

        That nothing is told of an end, or recorded of one, is no difference.
        """
        told = row_cells(row)
        each = ([n for n in told if _differ(told, form, n)] for form in reversed(self.forms))
        return min(each, key=len)

    def changed(self, row: ModuleRow) -> list[str]:
        """The columns in which the row says what no form says."""
        told = row_cells(row)
        return [n for n in told if all(_differ(told, form, n) for form in self.forms)]


def known_modules(facts: Sequence[Recorded]) -> Iterator[Known]:
    """Each IBO and stage of a pathway with these facts."""
    starts = {one.fact_id: one for one in facts if isinstance(one.fact, Started)}
    left = as_imports_left(facts, starts)
    stands = standing(Told(one.fact_id, one.fact) for one in facts)
    for fact_id, start in starts.items():
        forms = [
            _start_cells(told) | _end_cells(form, told.module_id)
            for form in (left, stands)
            if isinstance(told := form.get(fact_id), Started)
        ]
        yield Known(start, stands, forms)


def row_cells(row: ModuleRow) -> Cells:
    """What a row tells of its module."""
    return dict(zip(COLUMNS[3:], row[4:], strict=True))


def _of(fact: Fact) -> Started:
    assert isinstance(fact, Started)  # noqa: S101 - which is how it was found.
    return fact


def _differ(told: Cells, known: Cells, column: str) -> bool:
    if column in END and (told[END[0]] is None or known[END[0]] is None):
        return False
    return told[column] != known[column]


def _start_cells(fact: Started) -> Cells:
    of = (
        (ModuleKind.IBO, fact.variant, fact.employer)
        if isinstance(fact, IboStarted)
        else (ModuleKind.STAGE, fact.stage, fact.host)
    )
    return dict(
        zip(
            COLUMNS[3:9],
            (*of, fact.occurred_on, fact.planned_until, fact.hours_per_week),
            strict=True,
        )
    )


def _end_cells(facts: Mapping[UUID, Fact], module_id: UUID) -> Cells:
    if (found := _end(facts, module_id)) is None:
        return dict.fromkeys(END)
    end = found[1]
    reason = end.reason if isinstance(end, ModuleStopped) else None
    return dict(zip(END, (end.occurred_on, end.status, reason), strict=True))


def _end(facts: Mapping[UUID, Fact], module_id: UUID) -> tuple[UUID, ModuleEnd] | None:
    ends = ((one, f) for one, f in facts.items() if isinstance(f, ModuleEnd))
    return next(((one, fact) for one, fact in ends if fact.module_id == module_id), None)
