"""From a file to its rows, its persons and its report."""

import sqlite3
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from operator import itemgetter
from pathlib import Path
from typing import Generic, NamedTuple, Self

from pathway.register.encoding import encoding, is_instead
from pathway.register.kinds import Kind, R
from pathway.register.lines import Line, Lines
from pathway.register.memory import Accepted, Memory
from pathway.register.outcomes import DuplicateRow, RefusedRow, Rule
from pathway.register.report import Report

Progress = Callable[[int, int], None]

_ROWS_BETWEEN_PROGRESS = 1000
_SAVE_AS_CSV = "in Excel choose File, Save as, CSV UTF-8 (semicolon delimited)"
_MALFORMED = {
    "length": "this line is longer than any row of a register",
    "characters": "characters that are no text: the line was damaged, or saved in another encoding",
    "quotes": 'a quote (") stands where none may: around a whole cell, and doubled within it',
    "columns": "this row has more or fewer cells than the header has columns",
}


class UnreadableRegister(Exception):
    """This file is none of its kind: nothing was read from it; the message says what to do."""


class PersonRows(NamedTuple, Generic[R]):
    """All accepted rows of one person, in the file's order; at least one."""

    insz: str
    rows: tuple[R, ...]


class Register(Generic[R]):
    """A file whose columns have been found; close it, or use it in a `with`.

    `size` is in bytes; `report` describes the rows that have been judged so far.
    """

    def __init__(self, path: Path, encoding: str, kind: Kind[R]) -> None:
        self.path = path
        self.encoding = encoding
        self.kind = kind
        self.report = kind.report()
        self.size = path.stat().st_size
        self._memory: Memory[R] | None = None
        self._all_judged = False
        with closing(Lines(path, encoding)) as lines:
            _columns(path, lines, kind.columns)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of what was kept on disk."""
        if self._memory:
            self._memory.close()
            self._memory = None

    def rows(self, progress: Progress | None = None) -> Iterator[R | RefusedRow | DuplicateRow]:
        """Judge every row from the first, in the file's order; `report` grows as they go by.

        `progress` hears now and then how many bytes and rows have been read.
        Raises UnreadableRegister if the file or the disk fails.
        """
        self.close()
        memory = self._memory = Memory(self.kind)
        self._all_judged = False
        report = self.report = self.kind.report()
        with _told_plainly(self.path), closing(Lines(self.path, self.encoding)) as lines:
            wanted, width = _columns(self.path, lines, self.kind.columns)
            for line in lines.rows(width):
                yield _counted(_outcome(line, wanted, self.kind, memory), report)
                if progress and report.rows % _ROWS_BETWEEN_PROGRESS == 0:
                    progress(lines.bytes_read(), report.rows)
            if progress:
                progress(lines.bytes_read(), report.rows)
        self._all_judged = True

    def persons(self) -> Iterator[PersonRows[R]]:
        """The accepted rows by person, persons in the order of their first rows.

        They can only be told when every row has been judged: goes through `rows` if nobody has.
        """
        if not self._all_judged:
            for _ in self.rows():
                pass
        with _told_plainly(self.path):
            for rows in self._memory.persons() if self._memory else ():
                yield PersonRows(rows[0].insz, tuple(rows))


def opened(path: Path, kind: Kind[R]) -> Register[R]:
    """Find out the encoding and the columns of a file; raises UnreadableRegister."""
    with _told_plainly(path):
        if what := is_instead(path):
            raise UnreadableRegister(f"{path.name} is {what}, not a CSV: {_SAVE_AS_CSV}")
        return Register(path, encoding(path), kind)


def _columns(
    path: Path, lines: Lines, columns: tuple[str, ...]
) -> tuple[Callable[[list[str]], tuple[str, ...]], int]:
    """Read the header: how to put a row's cells in the order of these columns, and its width."""
    header = next(lines.rows(), None)
    if header is None:
        raise UnreadableRegister(f"{path.name} is empty: {_SAVE_AS_CSV}")
    if header.malformed:
        why = _MALFORMED[header.malformed]
        raise UnreadableRegister(f"{path.name} has no header in line {header.number}: {why}")
    names = [" ".join(cell.split()).casefold() for cell in header.cells]
    wanted = [column.casefold() for column in columns]
    problems = [
        f"{problem}: {', '.join(those)}"
        for problem, those in (
            ("misses", [c for c, name in zip(columns, wanted, strict=True) if name not in names]),
            ("has twice", [c for c, n in zip(columns, wanted, strict=True) if names.count(n) > 1]),
        )
        if those
    ]
    if problems:
        raise UnreadableRegister(
            f"the header of {path.name} (line {header.number}) {'; it '.join(problems)}. The first "
            "line must name these columns, in any order, with semicolons between: "
            + ", ".join(columns)
        )
    return itemgetter(*(names.index(name) for name in wanted)), len(names)


def _outcome(
    line: Line, wanted: Callable[[list[str]], tuple[str, ...]], kind: Kind[R], memory: Memory[R]
) -> Accepted[R] | RefusedRow | DuplicateRow:
    if line.malformed:
        return RefusedRow(line.number, Rule.ROW_MALFORMED, None, _MALFORMED[line.malformed])
    row = kind.judged(line.number, wanted(line.cells))
    return row if isinstance(row, RefusedRow) else memory.take(row)


def _counted(
    outcome: Accepted[R] | RefusedRow | DuplicateRow, report: Report[R]
) -> R | RefusedRow | DuplicateRow:
    if isinstance(outcome, RefusedRow):
        report.refuse(outcome.line, outcome.rule)
        return outcome
    if isinstance(outcome, DuplicateRow):
        report.pass_over(outcome.line)
        return outcome
    row, new_person, claims_first = outcome
    report.accept(row, new_person=new_person, claims_first=claims_first)
    return row


@contextmanager
def _told_plainly(path: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise UnreadableRegister(f"{path.name} cannot be read: {why}") from error
    except sqlite3.OperationalError as error:
        raise UnreadableRegister(
            f"{path.name} needs room for temporary files, about twice its size ({error}): make "
            "room, or name another folder in SQLITE_TMPDIR"
        ) from error
