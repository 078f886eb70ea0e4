"""What earlier rows of the same file said, on disk, so that memory stays flat."""

import sqlite3
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple, cast

from pathway.register.rules import (
    COLUMNS,
    DuplicateRow,
    ModuleKind,
    RefusedRow,
    RegisterRow,
    Rule,
    Scheme,
)

# A cell never holds this sign: control characters make a row malformed.
_BETWEEN = "\x1f"

_TABLES = """
    pragma journal_mode = off;
    pragma synchronous = off;
    pragma cache_size = -16000;
    create table person (
        insz integer primary key,
        since integer not null,
        names text,
        names_on integer
    );
    create table accepted (
        since integer not null,
        row text not null,
        line integer not null,
        primary key (since, row)
    ) without rowid;
    begin;
"""


class Accepted(NamedTuple):
    """A row that stands; whether it is its person's first, and the first to name a measure."""

    row: RegisterRow
    new_person: bool
    names_first: bool


class Memory:
    """The rows of one file that stand so far, by person; raises sqlite3.OperationalError on a full disk.

    The file that SQLite keeps them in has no name and is gone with this process, whatever ends it.
    """

    def __init__(self) -> None:
        self._rows = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._rows.executescript(_TABLES)

    def close(self) -> None:
        self._rows.close()

    def take(self, row: RegisterRow) -> Accepted | RefusedRow | DuplicateRow:
        """Judge a row by those before it, and keep it if it stands."""
        since, names, names_on = self._person(row.insz) or (row.line, None, None)
        names_now = _migration(row)
        if names is not None and names_now not in (None, names):
            why = (
                f"line {names_on} names another measure, date or guide for the same person: one "
                "person goes over once; mend whichever of the two is wrong"
            )
            return RefusedRow(row.line, Rule.MIGRATION_CONFLICT, COLUMNS[10], why)
        text = _text(row)
        if not self._keep(since, text, row.line):
            return DuplicateRow(row.line, self._line_of(since, text))
        new_person = since == row.line
        names_first = names is None and names_now is not None
        if new_person or names_first:
            self._rows.execute(
                "insert or replace into person values (?, ?, ?, ?)",
                (int(row.insz), since, names_now, row.line if names_now else None),
            )
        return Accepted(row, new_person, names_first)

    def persons(self) -> Iterator[list[RegisterRow]]:
        """The rows of each person in the file's order; persons in that of their first rows."""
        rows = self._rows.execute("select since, row, line from accepted order by since")
        for _, group in groupby(rows, key=itemgetter(0)):
            kept = sorted((cast("int", line), cast("str", text)) for _, text, line in group)
            yield [_row(line, text) for line, text in kept]

    def _person(self, insz: str) -> tuple[int, str | None, int | None] | None:
        return self._rows.execute(
            "select since, names, names_on from person where insz = ?", (int(insz),)
        ).fetchone()

    def _keep(self, since: int, text: str, line: int) -> bool:
        kept = self._rows.execute(
            "insert or ignore into accepted values (?, ?, ?)", (since, text, line)
        )
        return kept.rowcount == 1

    def _line_of(self, since: int, text: str) -> int:
        (line,) = self._rows.execute(
            "select line from accepted where since = ? and row = ?", (since, text)
        ).fetchone()
        return line


def _migration(row: RegisterRow) -> str | None:
    """What may not differ between the rows of one person; None where a row names nothing."""
    if row.migrates:
        return f"{row.scheme} {row.transition} {row.guide}"
    # Where nobody goes over, a date or guide in the row has no meaning.
    return row.scheme


def _text(row: RegisterRow) -> str:
    """A row without its line: two rows say the same if and only if these are equal."""
    return _BETWEEN.join("" if value is None else str(value) for value in row[1:])


def _row(line: int, text: str) -> RegisterRow:
    cells = text.split(_BETWEEN)
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
