"""What becomes of a row of a file: it stands, breaks a rule, or says again what an earlier one says."""

from enum import StrEnum
from typing import NamedTuple, Protocol


class Rule(StrEnum):
    """The rules a row can break, in the order in which they are tried; no kind of file has all."""

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
    END_INCOMPLETE = "end-incomplete"
    REFERENCE_CONFLICT = "reference-conflict"


class Row(Protocol):
    """A row that stands by itself, of whatever kind of file: a named tuple that begins with these two."""

    @property
    def line(self) -> int:
        """Where it starts in the file."""
        ...

    @property
    def insz(self) -> str:
        """Whose row it is."""
        ...


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
