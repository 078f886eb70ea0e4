"""What one cell may be, in every kind of file: numbers, days, hours and names as people write them in Excel."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from unicodedata import normalize

from pathway import identifiers
from pathway.domain import rules
from pathway.register.outcomes import Broken, Rule

_FULL_WEEK = rules.FULL_WEEK_HOURS
_YEARS = range(1950, 2100)


def refuse_missing(
    cells: Sequence[str], columns: Sequence[str], required: Iterable[int], where: str = ""
) -> None:
    """Refuse a row in which one of these cells is empty; `where` says in which rows it must not be."""
    for at in required:
        if not cells[at]:
            why = f"this cell is empty and must be filled in{where}"
            raise Broken(Rule.REQUIRED_MISSING, columns[at], why)


@lru_cache(maxsize=1024)
def insz(cell: str, column: str) -> str:
    """The digits of a person's number."""
    try:
        return identifiers.insz(cell)
    except identifiers.InvalidIdentifier as invalid:
        raise Broken(Rule.INSZ_INVALID, column, invalid.why) from None


def text(cell: str) -> str:
    """The text with one space between words and one way to write an accented letter."""
    if cell.isascii() and cell.isprintable() and "  " not in cell:
        return cell
    return normalize("NFC", " ".join(cell.split()))


@lru_cache(maxsize=1024)
def nis(cell: str, column: str) -> str | None:
    """The code of a commune, None of an empty cell."""
    try:
        return identifiers.nis(cell) if cell else None
    except identifiers.InvalidIdentifier as invalid:
        raise Broken(Rule.VALUE_INVALID, column, invalid.why) from None


@lru_cache(maxsize=4096)
def kbo(cell: str, column: str) -> str | None:
    """The digits of an enterprise's number, None of an empty cell."""
    try:
        return identifiers.kbo(cell) if cell else None
    except identifiers.InvalidIdentifier as invalid:
        raise Broken(Rule.KBO_INVALID, column, invalid.why) from None


@lru_cache(maxsize=4096)
def day(cell: str, column: str) -> date | None:
    """A day of the calendar, None of an empty cell."""
    if not cell:
        return None
    written = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", cell)
    try:
        if written and int(written[3]) in _YEARS:
            return date(int(written[3]), int(written[2]), int(written[1]))
    except ValueError:
        pass
    why = "this is no day of the calendar written as dd/mm/yyyy, such as 30/09/2015"
    raise Broken(Rule.DATE_INVALID, column, why)


@lru_cache(maxsize=1024)
def hours(cell: str, column: str) -> Decimal | None:
    """Hours a week, None of an empty cell."""
    if not cell:
        return None
    if re.fullmatch(r"[0-9]{1,2}(,[0-9]{1,2})?", cell):
        told = Decimal(cell.replace(",", "."))
        if 0 < told <= _FULL_WEEK:
            return told.quantize(Decimal("0.01"))
    why = f"write hours as 38 or 28,5: more than 0, at most {_FULL_WEEK}, with a comma"
    raise Broken(Rule.VALUE_INVALID, column, why)


def yes_or_no(cell: str, column: str) -> bool | None:
    """J or N, None of an empty cell."""
    if cell in {"J", "N"}:
        return cell == "J"
    if cell:
        raise Broken(Rule.VALUE_INVALID, column, "write J or N, or leave it empty")
    return None


def written(value: object) -> str | None:
    """A value as a cell of a file has it; None of an empty one."""
    match value:
        case None:
            return None
        case bool():
            return "J" if value else "N"
        case date():
            return f"{value:%d/%m/%Y}"
        case Decimal():
            return f"{value.normalize():f}".replace(".", ",")
        case _:
            return str(value)
