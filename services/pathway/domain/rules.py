"""The rules that changed by date: one table of rows with from, until and source (`instruments.toml`).

A fact of 2015 is judged by 2015's rows, also when it is registered or replayed today. The rows that
judged a fact are kept with it by their `id`.
"""

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pathway.domain.codes import AgeGroup, Education, IboVariant, Scheme, StageKind, StopReason
from pathway.domain.lengths import TableLength
from pathway.domain.values import Day

SHIPPED = Path(__file__).with_name("instruments.toml")
INFLOW, MODULES, ALL = "INFLOW", "MODULES", "ALL"


class Instrument(StrEnum):
    """What rows are about."""

    IBO = "IBO"
    STAGE = "STAGE"
    WEP_PLUS = "WEP_PLUS"
    AFTER_WEP_PLUS = "AFTER_WEP_PLUS"
    WEEK = "WEEK"


VARIANTS: Mapping[Instrument, frozenset[str]] = {
    Instrument.IBO: frozenset(IboVariant),
    Instrument.STAGE: frozenset(StageKind),
    Instrument.WEP_PLUS: frozenset({INFLOW, MODULES}),
    Instrument.AFTER_WEP_PLUS: frozenset(Scheme),
    Instrument.WEEK: frozenset({ALL}),
}
"""The forms of each instrument that a row can be about."""

OF_MODULES = (Instrument.IBO, Instrument.STAGE, Instrument.WEP_PLUS, Instrument.WEEK)
"""What rules a module of any kind."""

Limit: TypeAlias = Literal[
    "since", "until", "min_length", "soft_max", "hard_max", "min_hours", "max_hours",
    "max_number", "other_employer", "prior_temp_days", "ages", "education", "unemployed",
    "vdab_stops_for",
]  # fmt: skip
"""What of a row can be broken, and so can be unsure."""


class Certainty(StrEnum):
    """How sure a row is: a LOW one never refuses."""

    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"


class RuleRow(BaseModel):
    """One rule as it stood on the days from `since` up to and including `until` (None: still)."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: str = Field(pattern=r"^[a-z0-9-]+/[a-z0-9-]+$")
    instrument: Instrument
    variant: str
    since: Day = date.min
    until: Day | None = None
    min_length: TableLength | None = None
    soft_max: TableLength | None = None
    hard_max: TableLength | None = None
    extendable: bool | None = None
    min_hours: Decimal | None = Field(default=None, gt=0, le=38)
    max_hours: Decimal | None = Field(default=None, gt=0)
    max_number: int | None = Field(default=None, ge=1)
    other_employer: bool = False
    prior_temp_days: int | None = Field(default=None, ge=0)
    ages: tuple[AgeGroup, ...] = ()
    education: tuple[Education, ...] = ()
    unemployed_under_25: TableLength | None = None
    unemployed_from_25: TableLength | None = None
    hire_obligation: bool = False
    vdab_stops_for: tuple[StopReason, ...] = ()
    who: str = Field(min_length=1)
    money: str | None = None
    note: str | None = None
    source: str = Field(min_length=1)
    certainty: Certainty
    unsure: frozenset[Limit] = frozenset()

    def holds_on(self, day: Day) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)

    def is_sure_of(self, limit: Limit) -> bool:
        """Whether breaking this limit is refused; otherwise it is only warned of."""
        return self.certainty is not Certainty.LOW and limit not in self.unsure

    def away_from(self, day: Day) -> int:
        """How many days lie between this day and those on which the row holds."""
        if day < self.since:
            return (self.since - day).days
        return max(0, (day - self.until).days) if self.until else 0

    @property
    def period(self) -> str:
        """When it holds, in words."""
        if self.since == date.min:
            return f"up to {self.until}" if self.until else "always"
        return f"from {self.since} to {self.until}" if self.until else f"from {self.since} on"


class TableWrong(Exception):
    """A table of rules that cannot be used, and why: one line for each thing that is wrong."""


class Table:
    """Rows, looked up by what they are about and by the fact's own day."""

    def __init__(self, rows: Sequence[RuleRow]) -> None:
        wrong = list(_wrong(rows))
        if wrong:
            raise TableWrong("\n".join(wrong))
        self.rows = tuple(rows)
        self._by_id = {row.id: row for row in rows}
        self._about: dict[tuple[Instrument, str], tuple[RuleRow, ...]] = {}
        for row in sorted(rows, key=lambda row: row.since):
            about = (row.instrument, row.variant)
            self._about[about] = (*self._about.get(about, ()), row)

    @classmethod
    def read(cls, text: str) -> Self:
        """The table that this TOML tells, as `instruments.toml` does. Raises `TableWrong`."""
        try:
            told = tomllib.loads(text)
        except tomllib.TOMLDecodeError as invalid:
            raise TableWrong(f"It is not TOML: {invalid}.") from None
        try:
            return cls(_File.model_validate(told).row)
        except ValidationError as invalid:
            raise TableWrong("\n".join(_told(invalid, told))) from None

    def row(self, row_id: str) -> RuleRow:
        """The row with this id. Raises KeyError."""
        return self._by_id[row_id]

    def about(self, instrument: Instrument, variant: str) -> tuple[RuleRow, ...]:
        """Its rows, the earliest first."""
        return self._about.get((instrument, variant), ())

    def on(self, instrument: Instrument, variant: str, day: Day) -> RuleRow | None:
        """The row that held on this day."""
        return next((row for row in self.about(instrument, variant) if row.holds_on(day)), None)

    def nearest(self, instrument: Instrument, variant: str, day: Day) -> RuleRow | None:
        """The row that held on this day, or else the one whose days lie nearest."""
        rows = self.about(instrument, variant)
        return min(rows, key=lambda row: row.away_from(day), default=None)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    row: tuple[RuleRow, ...]


def _wrong(rows: Sequence[RuleRow]) -> Iterator[str]:
    """What keeps rows from being a table that gives one answer for each day."""
    for row_id, many in Counter(row.id for row in rows).items():
        if many > 1:
            yield f"{row_id}: {many} rows have this id. Give each its own."
    for row in rows:
        if row.variant not in VARIANTS[row.instrument]:
            known = ", ".join(sorted(VARIANTS[row.instrument]))
            yield f"{row.id}: {row.instrument} has no variant {row.variant}. It has {known}."
        if row.until and row.until < row.since:
            yield f"{row.id}: ends on {row.until}, before it begins on {row.since}."
    in_order = sorted(rows, key=lambda row: (row.instrument, row.variant, row.since))
    for row, after in pairwise(in_order):
        same = (row.instrument, row.variant) == (after.instrument, after.variant)
        if same and (row.until is None or after.since <= row.until):
            yield f"{after.id}: begins on {after.since}, while {row.id} still holds."


def _told(invalid: ValidationError, told: dict[str, Any]) -> Iterator[str]:
    for error in invalid.errors():
        where = [str(part) for part in error["loc"]]
        match error["loc"]:
            case ("row", int() as place, *field):
                where = [str(told["row"][place].get("id", f"row {place + 1}")), *map(str, field)]
            case _:
                pass
        yield f"{' '.join(where)}: {error['msg'].removeprefix('Value error, ')}."


TABLE = Table.read(SHIPPED.read_text(encoding="utf-8"))
"""The table in force."""

WEP_PLUS_INFLOW = TABLE.row("wep-plus-inflow/2015")
WEP_PLUS = TABLE.row("wep-plus/2015")
MIGRATION: Mapping[Scheme, RuleRow] = {
    scheme: TABLE.about(Instrument.AFTER_WEP_PLUS, scheme)[0] for scheme in Scheme
}
FULL_WEEK = TABLE.row("full-week-38/2003")
FULL_WEEK_HOURS = FULL_WEEK.max_hours or Decimal(38)
