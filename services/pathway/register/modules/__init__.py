"""The modules that a provider tells of: starts and ends of IBO and stage, on people's open pathways."""

from pathway.register.kinds import Claim, Kind
from pathway.register.modules.report import ModulesReport
from pathway.register.modules.rules import COLUMNS, ModuleRow, judged, restored
from pathway.register.outcomes import RefusedRow, Rule


def _reference(row: ModuleRow) -> Claim:
    """A provider's reference is of one module, which is told in one way."""
    return Claim(f"{row.provider} {row.reference}", " ".join(map(str, row[1:])))


def _told_otherwise(row: ModuleRow, line: int) -> RefusedRow:
    why = f"line {line} tells something else under the same reference: mend whichever is wrong"
    return RefusedRow(row.line, Rule.REFERENCE_CONFLICT, COLUMNS[2], why)


MODULES = Kind(
    name="modules",
    what="file of modules",
    columns=COLUMNS,
    judged=judged,
    restored=restored,
    claimed=_reference,
    conflict=_told_otherwise,
    report=ModulesReport,
)
