"""The rows of a semicolon CSV as Excel writes it, each with the line on which it starts.

A stray quote spoils its own line only. So a quoted cell may hold semicolons, or go on over line
breaks, but not both; and a line that is a whole row by itself is never the rest of another row.
"""

import re
from collections import deque
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import Literal, NamedTuple

# More than any row that Excel can write in a register; so memory stays flat on any file.
_LONGEST_LINE = 1 << 17
_MOST_LINES = 100

_CELL = re.compile(r'(?:"((?:[^"]|"")*+)"|([^";]*+))(;|\Z)')
_GOES_ON = re.compile(r'"(?:[^";]|"")*+\Z')
# Control characters, and what stands for bytes that are no characters in the file's encoding.
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

Malformed = Literal["length", "characters", "quotes", "columns"]


class Line(NamedTuple):
    """A row as it stands in the file, starting on this line, or why it is none."""

    number: int
    cells: list[str]
    malformed: Malformed | None = None


class Lines:
    """A text file read row by row; `bytes_read` says how far it has come."""

    def __init__(self, path: Path, encoding: str) -> None:
        # Bytes that are no characters are marked, not fatal: they spoil their own line only.
        self._bytes = path.open("rb")
        self._text = TextIOWrapper(self._bytes, encoding, errors="surrogateescape", newline=None)
        self._ahead: deque[str] = deque()
        self._number = 0

    def bytes_read(self) -> int:
        return self._bytes.tell()

    def close(self) -> None:
        self._text.close()

    def rows(self, width: int | None = None) -> Iterator[Line]:
        """Each row that is not blank; one without `width` cells is malformed."""
        while text := self._take():
            number = self._number
            line = text.rstrip("\n")
            if line.isspace() or not line:
                continue
            yield self._row(number, line, width)

    def _row(self, number: int, line: str, width: int | None) -> Line:
        if len(line) >= _LONGEST_LINE:
            return Line(number, [], "length")
        # The quick question first: only few lines hold anything that is not plain text.
        if not line.isprintable() and _NO_TEXT.search(line):
            return Line(number, [], "characters")
        if '"' not in line:
            cells = line.split(";")
        else:
            cells = _cells(line) or self._cells_over_lines(line, width)
            if cells is None:
                return Line(number, [], "quotes")
        if width is not None and len(cells) != width:
            return Line(number, [], "columns")
        return Line(number, cells)

    def _cells_over_lines(self, line: str, width: int | None) -> list[str] | None:
        """Try whether the lines that follow are the rest of this row; put them back if not."""
        taken: list[str] = []
        while _cell_goes_on(line) and len(line) < _LONGEST_LINE and len(taken) < _MOST_LINES:
            text = self._take()
            taken.append(text)
            if not text or len(text) >= _LONGEST_LINE or _NO_TEXT.search(text):
                break
            if _is_whole(text, width):
                break
            line += "\n" + text.rstrip("\n")
            cells = _cells(line)
            if cells is not None and width in (None, len(cells)):
                return cells
        self._put_back(taken)
        return None

    def _take(self) -> str:
        """Return the next line with its line break, "" at and after the end of the file."""
        self._number += 1
        if self._ahead:
            return self._ahead.popleft()
        text = self._text.readline(_LONGEST_LINE)
        if len(text) == _LONGEST_LINE and not text.endswith("\n"):
            while (rest := self._text.readline(_LONGEST_LINE)) and not rest.endswith("\n"):
                pass
        return text

    def _put_back(self, taken: list[str]) -> None:
        self._number -= len(taken)
        self._ahead.extendleft(reversed(taken))


def _cells(line: str) -> list[str] | None:
    """The cells of a whole row, None where a quote does not stand as it should."""
    cells: list[str] = []
    at = 0
    while cell := _CELL.match(line, at):
        quoted, plain, end = cell.groups()
        if quoted is not None:
            if "\n" in quoted and ";" in quoted:
                return None
            cells.append(quoted.replace('""', '"'))
        elif "\n" in plain:
            return None
        else:
            cells.append(plain)
        if not end:
            return cells
        at = cell.end()
    return None


def _cell_goes_on(line: str) -> bool:
    """Whether all is well up to a last cell that is quoted and not closed."""
    at = 0
    while cell := _CELL.match(line, at):
        at = cell.end()
        if not cell[3]:
            return False
    return _GOES_ON.match(line, at) is not None


def _is_whole(text: str, width: int | None) -> bool:
    cells = _cells(text.rstrip("\n"))
    return cells is not None and width is not None and len(cells) == width
