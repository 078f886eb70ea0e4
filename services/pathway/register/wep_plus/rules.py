"""What a row of the WEP+ register must be, rule by rule in the order in which they are tried."""

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple, cast

from pydantic import TypeAdapter, ValidationError

from pathway.domain import codes, rules, values
from pathway.register import cells as cell
from pathway.register.outcomes import Broken, RefusedRow, Rule

# The register judges by the same dated rows as the domain, so that no rule exists twice.
_LAST_INFLOW = cast("date", rules.WEP_PLUS_INFLOW.until)
_LAST_DAY = cast("date", rules.WEP_PLUS.until)

_PROJECT: TypeAdapter[str] = TypeAdapter(values.ProjectNumber)

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


def judged(line: int, cells: tuple[str, ...]) -> RegisterRow | RefusedRow:
    """Judge a row by itself: its cells in the order of COLUMNS."""
    try:
        row = _row(line, [cell.strip() for cell in cells])
        _refuse_between_columns(row)
    except Broken as broken:
        return RefusedRow(line, broken.rule, broken.column, broken.why)
    return row


def restored(line: int, cells: list[str]) -> RegisterRow:
    """A row from the text of what it said."""
    return RegisterRow(
        line=line,
        insz=cells[0],
        last_name=cells[1],
        first_name=cells[2],
        nis=cells[3] or None,
        promotor=cells[4],
        project=cells[5] or None,
        module=cast("ModuleKind", cells[6]),
        begins=date.fromisoformat(cells[7]),
        ends=date.fromisoformat(cells[8]),
        hours=Decimal(cells[9]) if cells[9] else None,
        scheme=cast("Scheme", cells[10]) if cells[10] else None,
        transition=date.fromisoformat(cells[11]) if cells[11] else None,
        guide=cells[12] or None,
        work_floor=cells[13] or None,
        aftercare=cells[14] == "True" if cells[14] else None,
    )


def _row(line: int, cells: list[str]) -> RegisterRow:
    cell.refuse_missing(cells, COLUMNS, _REQUIRED)
    if cells[_SCHEME] in MIGRATIONS:
        names_one = f" where {COLUMNS[_SCHEME]} names a measure"
        cell.refuse_missing(cells, COLUMNS, _REQUIRED_TO_MIGRATE, names_one)
    # Arguments are worked out from left to right, as the columns are to be judged.
    return RegisterRow(
        line,
        cell.insz(cells[0], COLUMNS[0]),
        cell.text(cells[1]),
        cell.text(cells[2]),
        cell.nis(cells[3], COLUMNS[3]),
        cast("str", cell.kbo(cells[4], COLUMNS[4])),
        _project(cells[5]),
        _module(cells[6]),
        cast("date", cell.day(cells[7], COLUMNS[7])),
        cast("date", cell.day(cells[8], COLUMNS[8])),
        cell.hours(cells[9], COLUMNS[9]),
        _scheme(cells[10]),
        cell.day(cells[11], COLUMNS[11]),
        cell.kbo(cells[12], COLUMNS[12]),
        cell.kbo(cells[13], COLUMNS[13]),
        cell.yes_or_no(cells[14], COLUMNS[14]),
    )


@lru_cache(maxsize=4096)
def _project(told: str) -> str | None:
    try:
        return _PROJECT.validate_python(told) if told else None
    except ValidationError:
        why = (
            "write the project's number as a code: letters, digits and . _ / ( ) + : - only, no "
            "blanks, at least one digit but never nine in a row, at most 40 signs"
        )
        raise Broken(Rule.VALUE_INVALID, COLUMNS[5], why) from None


def _module(told: str) -> ModuleKind:
    if told == "W" or told == "I":  # noqa: PLR1714 - so that the type check sees which.
        return told
    why = "write W for the work experience module or I for the insertion module"
    raise Broken(Rule.MODULE_UNKNOWN, COLUMNS[6], why)


def _scheme(told: str) -> Scheme | None:
    if told == "IWPL-SUBSIDIE" or told == "VDAB" or told == "GEEN":  # noqa: PLR1714 - as above.
        return told
    if told:
        why = "write IWPL-SUBSIDIE, VDAB or GEEN, or leave it empty while nothing is known"
        raise Broken(Rule.SCHEME_UNKNOWN, COLUMNS[_SCHEME], why)
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
