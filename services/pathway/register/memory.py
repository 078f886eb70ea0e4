"""What earlier rows of the same file said, on disk, so that memory stays flat."""

import sqlite3
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Generic, NamedTuple, cast

from pathway.register.kinds import Claim, Kind, R
from pathway.register.outcomes import DuplicateRow, RefusedRow

# A cell never holds this sign: control characters make a row malformed.
_BETWEEN = "\x1f"

_TABLES = """
    pragma journal_mode = off;
    pragma synchronous = off;
    pragma cache_size = -16000;
    create table person (
        insz integer primary key,
        since integer not null
    );
    create table claim (
        of text primary key,
        says text not null,
        line integer not null
    ) without rowid;
    create table accepted (
        since integer not null,
        row text not null,
        line integer not null,
        primary key (since, row)
    ) without rowid;
    begin;
"""


class Accepted(NamedTuple, Generic[R]):
    """A row that stands; whether it is its person's first, and the first to claim what it claims."""

    row: R
    new_person: bool
    claims_first: bool


class Memory(Generic[R]):
    """The rows of one file that stand so far, by person; raises sqlite3.OperationalError on a full disk.

    The file that SQLite keeps them in has no name and is gone with this process, whatever ends it.
    """

    def __init__(self, kind: Kind[R]) -> None:
        self._kind = kind
        self._rows = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._rows.executescript(_TABLES)

    def close(self) -> None:
        self._rows.close()

    def take(self, row: R) -> Accepted[R] | RefusedRow | DuplicateRow:
        """Judge a row by those before it, and keep it if it stands."""
        claim = self._kind.claimed(row)
        claimed = self._claimed(claim) if claim else None
        if claim and claimed and claimed[0] != claim.says:
            return self._kind.conflict(row, claimed[1])
        since = self._since(row.insz) or row.line
        text = _text(row)
        if not self._keep(since, text, row.line):
            return DuplicateRow(row.line, self._line_of(since, text))
        new_person = since == row.line
        if new_person:
            self._rows.execute("insert into person values (?, ?)", (int(row.insz), since))
        if claim and not claimed:
            self._rows.execute("insert into claim values (?, ?, ?)", (*claim, row.line))
        return Accepted(row, new_person, claim is not None and not claimed)

    def persons(self) -> Iterator[list[R]]:
        """The rows of each person in the file's order; persons in that of their first rows."""
        rows = self._rows.execute("select since, row, line from accepted order by since")
        for _, group in groupby(rows, key=itemgetter(0)):
            kept = sorted((cast("int", line), cast("str", text)) for _, text, line in group)
            yield [self._kind.restored(line, text.split(_BETWEEN)) for line, text in kept]

    def _claimed(self, claim: Claim) -> tuple[str, int] | None:
        return self._rows.execute(
            "select says, line from claim where of = ?", (claim.of,)
        ).fetchone()

    def _since(self, insz: str) -> int | None:
        person = self._rows.execute("select since from person where insz = ?", (int(insz),))
        row = person.fetchone()
        return row[0] if row else None

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


def _text(row: object) -> str:
    """A row without its line: two rows say the same if and only if these are equal."""
    said = cast("tuple[object, ...]", row)[1:]
    return _BETWEEN.join("" if value is None else str(value) for value in said)
