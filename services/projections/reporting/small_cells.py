"""Which cells of a table may be told, so that nobody can work out a small number of persons."""

from collections.abc import Iterator, Mapping, Sequence

LEAST_SHOWN = 5
"""No number of persons from 1 to 4 is told (domain model, 4.4: cells below 5)."""

TOTAL = "TOTAAL"
Cell = tuple[str, str]
"""A row and a column, either of which may be TOTAL."""


def shown(
    counted: Mapping[Cell, int], rows: Sequence[str], columns: Sequence[str]
) -> dict[Cell, int | None]:
    """The table with its totals, and None in each cell that is not told.

    A small cell is hidden. As a row or column tells its total, a hidden cell in it is worked out
    unless another one is hidden as well and together they are not small: so the smallest ones of
    that line go too, and then its total, until no line gives a cell away.
    """
    table = {(row, column): counted.get((row, column), 0) for row in rows for column in columns}
    for row in rows:
        table[row, TOTAL] = sum(table[row, column] for column in columns)
    for column in (*columns, TOTAL):
        table[TOTAL, column] = sum(table[row, column] for row in rows)
    hidden = {cell for cell, n in table.items() if 0 < n < LEAST_SHOWN}
    lines = list(_lines(rows, columns))
    while more := next((cell for line in lines if (cell := _to_hide(line, table, hidden))), None):
        hidden.add(more)
    return {cell: None if cell in hidden else n for cell, n in table.items()}


def _lines(rows: Sequence[str], columns: Sequence[str]) -> Iterator[list[Cell]]:
    """Each row and column of the table, its total last."""
    for row in (*rows, TOTAL):
        yield [(row, column) for column in (*columns, TOTAL)]
    for column in (*columns, TOTAL):
        yield [(row, column) for row in (*rows, TOTAL)]


def _to_hide(line: Sequence[Cell], table: Mapping[Cell, int], hidden: set[Cell]) -> Cell | None:
    """The next cell to hide in a line that gives a hidden one away; None where it does not."""
    *parts, total = line
    away = [cell for cell in parts if cell in hidden]
    if total in hidden:
        gives_away = not away
    else:
        gives_away = bool(away) and (
            len(away) == 1 or sum(table[cell] for cell in away) < LEAST_SHOWN
        )
    if not gives_away:
        return None
    left = sorted((cell for cell in parts if cell not in hidden), key=lambda cell: table[cell])
    return left[0] if left else (None if total in hidden else total)
