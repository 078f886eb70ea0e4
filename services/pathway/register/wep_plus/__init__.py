"""A WEP+ promotor's register: its columns and rules, and what becomes of its rows."""

from pathlib import Path

from pathway.register import reading
from pathway.register.kinds import Claim, Kind
from pathway.register.outcomes import RefusedRow, Rule
from pathway.register.wep_plus.report import RegisterReport
from pathway.register.wep_plus.rules import COLUMNS, RegisterRow, judged, restored


def _migration(row: RegisterRow) -> Claim | None:
    """What may not differ between the rows of one person; None where a row names nothing."""
    if row.migrates:
        return Claim(row.insz, f"{row.scheme} {row.transition} {row.guide}")
    # Where nobody goes over, a date or guide in the row has no meaning.
    return Claim(row.insz, row.scheme) if row.scheme else None


def _goes_over_once(row: RegisterRow, line: int) -> RefusedRow:
    why = (
        f"line {line} names another measure, date or guide for the same person: one "
        "person goes over once; mend whichever of the two is wrong"
    )
    return RefusedRow(row.line, Rule.MIGRATION_CONFLICT, COLUMNS[10], why)


WEP_PLUS = Kind(
    name="wep-plus",
    what="register",
    columns=COLUMNS,
    judged=judged,
    restored=restored,
    claimed=_migration,
    conflict=_goes_over_once,
    report=RegisterReport,
)


def open_register(path: Path) -> reading.Register[RegisterRow]:
    """Find out the encoding and the columns of a file; raises UnreadableRegister."""
    return reading.opened(path, WEP_PLUS)
