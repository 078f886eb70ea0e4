"""What a row of the WEP+ register must be, rule by rule in the order in which they are tried."""

import re
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Literal, NamedTuple, cast
from unicodedata import normalize

from pydantic import TypeAdapter, ValidationError

from pathway.domain import codes, rules, values
from pathway.identifiers import InvalidIdentifier, insz, kbo, nis

# The register judges by the same dated rows as the domain, so that no rule exists twice.
_LAST_INFLOW = cast("date", rules.WEP_PLUS_INFLOW.until)
_LAST_DAY = cast("date", rules.WEP_PLUS.until)
_FULL_WEEK = rules.FULL_WEEK_HOURS

_PROJECT: TypeAdapter[str] = TypeAdapter(values.ProjectNumber)

_YEARS = range(1950, 2100)

COLUMNS = (
    "INSZ",
    "Naam",
    "Voornaam",
    "NIS-code",
    "Promotor KBO",
    "Projectnummer",
    "Module",
    "Begindatum",
    "Einddatum",
    "Uren per week",
    "Maatregel na WEP+",
    "Overgangsdatum",
    "Begeleider KBO",
    "Werkvloer KBO",
    "Nazorgpremie",
)
_REQUIRED = (0, 1, 2, 4, 6, 7, 8)
_REQUIRED_TO_MIGRATE = (11, 12)
_SCHEME = 10

ModuleKind = Literal["W", "I"]
Scheme = Literal["IWPL-SUBSIDIE", "VDAB", "GEEN"]
MIGRATIONS: dict[Scheme, rules.RuleRow] = {
    "IWPL-SUBSIDIE": rules.MIGRATION[codes.Scheme.IWPL_SUBSIDIE],
    "VDAB": rules.MIGRATION[codes.Scheme.VDAB_REGULIER],
}


class Rule(StrEnum):
    """The rules a row can break, in the order in which they are tried."""

    ROW_MALFORMED = "row-malformed"
    REQUIRED_MISSING = "required-missing"
    INSZ_INVALID = "insz-invalid"
    KBO_INVALID = "kbo-invalid"
    MODULE_UNKNOWN = "module-unknown"
    DATE_INVALID = "date-invalid"
    SCHEME_UNKNOWN = "scheme-unknown"
    VALUE_INVALID = "value-invalid"
    END_BEFORE_START = "end-before-start"
    INFLOW_CLOSED = "inflow-closed"
    END_AFTER_MEASURE = "end-after-measure"
    MIGRATION_OUT_OF_RANGE = "migration-out-of-range"
    MIGRATION_CONFLICT = "migration-conflict"


class RegisterRow(NamedTuple):
    """One module of one person, as the promotor's register tells it.

    Dates are days in Belgium; `ends` is the planned end where `scheme` is None. `promotor`,
    `guide` and `work_floor` are KBO numbers, `nis` is the commune's code.
    """

    line: int
    insz: str
    last_name: str
    first_name: str
    nis: str | None
    promotor: str
    project: str | None
    module: ModuleKind
    begins: date
    ends: date
    hours: Decimal | None
    scheme: Scheme | None
    transition: date | None
    guide: str | None
    work_floor: str | None
    aftercare: bool | None

    @property
    def migrates(self) -> bool:
        """Whether the person goes on in another measure."""
        return self.scheme in MIGRATIONS


class RefusedRow(NamedTuple):
    """A row that breaks a rule; neither `why` nor `message` repeats what the row says."""

    line: int
    rule: Rule
    column: str | None
    why: str

    @property
    def message(self) -> str:
        """A sentence for the person who mends the file."""
        where = f"line {self.line}, {self.column}" if self.column else f"line {self.line}"
        return f"{where}: {self.why} ({self.rule})"


class DuplicateRow(NamedTuple):
    """A row that says again what an accepted row before it says."""

    line: int
    same_as: int

    @property
    def message(self) -> str:
        """A sentence for the person who mends the file."""
        return f"line {self.line}: says the same as line {self.same_as} and is passed over"


class Broken(Exception):
    """A row breaks this rule."""

    def __init__(self, rule: Rule, column: str | None, why: str) -> None:
        super().__init__(rule)
        self.rule = rule
        self.column = column
        self.why = why


def judged(line: int, cells: tuple[str, ...]) -> RegisterRow | RefusedRow:
    """Judge a row by itself: its cells in the order of COLUMNS."""
    try:
        row = _row(line, [cell.strip() for cell in cells])
        _refuse_between_columns(row)
    except Broken as broken:
        return RefusedRow(line, broken.rule, broken.column, broken.why)
    return row


def _row(line: int, cells: list[str]) -> RegisterRow:
    _refuse_missing(cells)
    # Arguments are worked out from left to right, as the columns are to be judged.
    return RegisterRow(
        line,
        _insz(cells[0]),
        _text(cells[1]),
        _text(cells[2]),
        _nis(cells[3]),
        cast("str", _kbo(cells[4], COLUMNS[4])),
        _project(cells[5]),
        _module(cells[6]),
        cast("date", _date(cells[7], COLUMNS[7])),
        cast("date", _date(cells[8], COLUMNS[8])),
        _hours(cells[9]),
        _scheme(cells[10]),
        _date(cells[11], COLUMNS[11]),
        _kbo(cells[12], COLUMNS[12]),
        _kbo(cells[13], COLUMNS[13]),
        _yes_or_no(cells[14]),
    )


def _refuse_missing(cells: list[str]) -> None:
    required = _REQUIRED
    if cells[_SCHEME] in MIGRATIONS:
        required += _REQUIRED_TO_MIGRATE
    for at in required:
        if not cells[at]:
            why = "this cell is empty and must be filled in"
            if at in _REQUIRED_TO_MIGRATE:
                why += f" where {COLUMNS[_SCHEME]} names a measure"
            raise Broken(Rule.REQUIRED_MISSING, COLUMNS[at], why)


@lru_cache(maxsize=1024)
def _insz(cell: str) -> str:
    try:
        return insz(cell)
    except InvalidIdentifier as invalid:
        raise Broken(Rule.INSZ_INVALID, COLUMNS[0], invalid.why) from None


def _text(cell: str) -> str:
    """The text with one space between words and one way to write an accented letter."""
    if cell.isascii() and cell.isprintable() and "  " not in cell:
        return cell
    return normalize("NFC", " ".join(cell.split()))


@lru_cache(maxsize=1024)
def _nis(cell: str) -> str | None:
    try:
        return nis(cell) if cell else None
    except InvalidIdentifier as invalid:
        raise Broken(Rule.VALUE_INVALID, COLUMNS[3], invalid.why) from None


@lru_cache(maxsize=4096)
def _kbo(cell: str, column: str) -> str | None:
    try:
        return kbo(cell) if cell else None
    except InvalidIdentifier as invalid:
        raise Broken(Rule.KBO_INVALID, column, invalid.why) from None


@lru_cache(maxsize=4096)
def _project(cell: str) -> str | None:
    try:
        return _PROJECT.validate_python(cell) if cell else None
    except ValidationError:
        why = (
            "write the project's number as a code: letters, digits and . _ / ( ) + : - only, no "
            "blanks, at least one digit but never nine in a row, at most 40 signs"
        )
        raise Broken(Rule.VALUE_INVALID, COLUMNS[5], why) from None


def _module(cell: str) -> ModuleKind:
    if cell == "W" or cell == "I":  # noqa: PLR1714 - so that the type check sees which.
        return cell
    why = "write W for the work experience module or I for the insertion module"
    raise Broken(Rule.MODULE_UNKNOWN, COLUMNS[6], why)


@lru_cache(maxsize=4096)
def _date(cell: str, column: str) -> date | None:
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
def _hours(cell: str) -> Decimal | None:
    if not cell:
        return None
    if re.fullmatch(r"[0-9]{1,2}(,[0-9]{1,2})?", cell):
        hours = Decimal(cell.replace(",", "."))
        if 0 < hours <= _FULL_WEEK:
            return hours.quantize(Decimal("0.01"))
    why = f"write hours as 38 or 28,5: more than 0, at most {_FULL_WEEK}, with a comma"
    raise Broken(Rule.VALUE_INVALID, COLUMNS[9], why)


def _scheme(cell: str) -> Scheme | None:
    if cell == "IWPL-SUBSIDIE" or cell == "VDAB" or cell == "GEEN":  # noqa: PLR1714 - as above.
        return cell
    if cell:
        why = "write IWPL-SUBSIDIE, VDAB or GEEN, or leave it empty while nothing is known"
        raise Broken(Rule.SCHEME_UNKNOWN, COLUMNS[_SCHEME], why)
    return None


def _yes_or_no(cell: str) -> bool | None:
    if cell in {"J", "N"}:
        return cell == "J"
    if cell:
        raise Broken(Rule.VALUE_INVALID, COLUMNS[14], "write J or N, or leave it empty")
    return None


def _refuse_between_columns(row: RegisterRow) -> None:
    if row.ends < row.begins:
        why = "the module ends before it begins: one of the two dates is wrong"
        raise Broken(Rule.END_BEFORE_START, COLUMNS[8], why)
    if row.begins > _LAST_INFLOW:
        why = f"WEP+ took nobody in after {_LAST_INFLOW:%d/%m/%Y}: check the date"
        raise Broken(Rule.INFLOW_CLOSED, COLUMNS[7], why)
    if row.ends > _LAST_DAY:
        why = f"WEP+ ended on {_LAST_DAY:%d/%m/%Y}: give the day on which this module ended"
        raise Broken(Rule.END_AFTER_MEASURE, COLUMNS[8], why)
    if row.scheme in MIGRATIONS and row.transition is not None:
        _refuse_migration_out_of_range(row.scheme, row.transition, row.ends)


def _refuse_migration_out_of_range(scheme: Scheme, on: date, ends: date) -> None:
    allowed = MIGRATIONS[scheme]
    if not allowed.holds_on(on):
        why = f"nobody went over to {scheme} on this day, only from {allowed.since:%d/%m/%Y}"
        if allowed.until is not None:
            why += f" to {allowed.until:%d/%m/%Y}"
    elif on <= ends:
        why = f"the module ends on or after this day: give a day after {COLUMNS[8]}"
    else:
        return
    raise Broken(Rule.MIGRATION_OUT_OF_RANGE, COLUMNS[11], why)
