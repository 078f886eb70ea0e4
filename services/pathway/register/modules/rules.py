"""What a row of a provider's modules must be, rule by rule in the order in which they are tried."""

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple, cast

from pydantic import TypeAdapter, ValidationError

from pathway.domain import values
from pathway.domain.codes import IboVariant, ModuleKind, ModuleStatus, StageKind, StopReason
from pathway.register import cells as cell
from pathway.register.outcomes import Broken, RefusedRow, Rule

COLUMNS = (
    "INSZ",
    "Aanbieder KBO",
    "Kenmerk",
    "Instrument",
    "Vorm",
    "Organisatie KBO",
    "Begindatum",
    "Geplande einddatum",
    "Uren per week",
    "Einddatum",
    "Einde",
    "Reden",
)
_REQUIRED = range(9)
_ENDED = (9, 10)
FORMS: dict[ModuleKind, type[IboVariant | StageKind]] = {
    ModuleKind.IBO: IboVariant,
    ModuleKind.STAGE: StageKind,
}
HOW = (ModuleStatus.VOLTOOID, ModuleStatus.STOPGEZET)

_REFERENCE: TypeAdapter[str] = TypeAdapter(values.Code)


class ModuleRow(NamedTuple):
    """One module of one person, as its provider tells it; `reference` is the provider's own.

    Dates are days in Belgium. `organisation` is the employer of an IBO, the host of a stage. `ended`,
    `how` and `reason` tell of the end, if it has come; only a module that was stopped has a reason.
    """

    line: int
    insz: str
    provider: str
    reference: str
    instrument: ModuleKind
    form: str
    organisation: str
    begins: date
    planned: date
    hours: Decimal
    ended: date | None
    how: ModuleStatus | None
    reason: StopReason | None


def judged(line: int, cells: tuple[str, ...]) -> ModuleRow | RefusedRow:
    """Judge a row by itself: its cells in the order of COLUMNS."""
    try:
        row = _row(line, [cell.strip() for cell in cells])
        _refuse_between_columns(row)
    except Broken as broken:
        return RefusedRow(line, broken.rule, broken.column, broken.why)
    return row


def restored(line: int, cells: list[str]) -> ModuleRow:
    """A row from the text of what it said."""
    return ModuleRow(
        line=line,
        insz=cells[0],
        provider=cells[1],
        reference=cells[2],
        instrument=ModuleKind(cells[3]),
        form=cells[4],
        organisation=cells[5],
        begins=date.fromisoformat(cells[6]),
        planned=date.fromisoformat(cells[7]),
        hours=Decimal(cells[8]),
        ended=date.fromisoformat(cells[9]) if cells[9] else None,
        how=ModuleStatus(cells[10]) if cells[10] else None,
        reason=StopReason(cells[11]) if cells[11] else None,
    )


def _row(line: int, cells: list[str]) -> ModuleRow:
    cell.refuse_missing(cells, COLUMNS, _REQUIRED)
    instrument = ModuleKind.IBO
    # Arguments are worked out from left to right, as the columns are to be judged.
    return ModuleRow(
        line,
        cell.insz(cells[0], COLUMNS[0]),
        cast("str", cell.kbo(cells[1], COLUMNS[1])),
        _reference(cells[2]),
        instrument := _instrument(cells[3]),
        _form(cells[4], instrument),
        cast("str", cell.kbo(cells[5], COLUMNS[5])),
        cast("date", cell.day(cells[6], COLUMNS[6])),
        cast("date", cell.day(cells[7], COLUMNS[7])),
        cast("Decimal", cell.hours(cells[8], COLUMNS[8])),
        cell.day(cells[9], COLUMNS[9]),
        _how(cells[10]),
        _reason(cells[11]),
    )


@lru_cache(maxsize=4096)
def _reference(told: str) -> str:
    try:
        return _REFERENCE.validate_python(told)
    except ValidationError:
        why = (
            "write your own reference of the module as a code: letters, digits and . _ : - only, "
            "at most 64 signs, and never the number of a person"
        )
        raise Broken(Rule.VALUE_INVALID, COLUMNS[2], why) from None


def _instrument(told: str) -> ModuleKind:
    if told in FORMS:
        return ModuleKind(told)
    raise Broken(Rule.MODULE_UNKNOWN, COLUMNS[3], f"write {' or '.join(FORMS)}")


def _form(told: str, instrument: ModuleKind) -> str:
    forms = [form.value for form in FORMS[instrument]]
    if told in forms:
        return told
    why = f"write one of the forms of {instrument}: {', '.join(forms)}"
    raise Broken(Rule.VALUE_INVALID, COLUMNS[4], why)


def _how(told: str) -> ModuleStatus | None:
    if not told or told in HOW:
        return ModuleStatus(told) if told else None
    why = f"write {' or '.join(HOW)}, or leave it empty while the module runs"
    raise Broken(Rule.VALUE_INVALID, COLUMNS[10], why)


def _reason(told: str) -> StopReason | None:
    if not told or told in list(StopReason):
        return StopReason(told) if told else None
    why = f"write one of the reasons, or leave it empty: {', '.join(StopReason)}"
    raise Broken(Rule.VALUE_INVALID, COLUMNS[11], why)


def _refuse_between_columns(row: ModuleRow) -> None:
    if row.planned < row.begins:
        why = "the module would end before it begins: one of the two dates is wrong"
        raise Broken(Rule.END_BEFORE_START, COLUMNS[7], why)
    if (row.ended is None) is not (row.how is None):
        missing = _ENDED[row.ended is not None]
        why = (
            f"give both {COLUMNS[9]} and {COLUMNS[10]} of a module that has ended, or none of them"
        )
        raise Broken(Rule.END_INCOMPLETE, COLUMNS[missing], why)
    if row.ended and row.ended < row.begins:
        why = "the module ended before it began: one of the two dates is wrong"
        raise Broken(Rule.END_BEFORE_START, COLUMNS[9], why)
    if (row.reason is None) is (row.how is ModuleStatus.STOPGEZET):
        why = f"a module that was stopped ({ModuleStatus.STOPGEZET}) has a reason, and no other has"
        raise Broken(Rule.END_INCOMPLETE, COLUMNS[11], why)
