"""Which cells of a table may be told, so that nobody can work out a small number of persons."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import product

LEAST_SHOWN = 5
"""No number of persons from 1 to 4 is told (domain model, 4.4: cells below 5)."""

TOGETHER = 2
"""So many cells of a line are hidden at least, where one is."""

TOTAL = "TOTAAL"
Cell = tuple[str, str]
"""A row and a column, either of which may be TOTAL."""
Table = Mapping[Cell, int | None]
"""What is told of each cell; None where that is nothing."""


def shown(
    counted: Mapping[Cell, int],
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    withheld: Collection[Cell] = (),
) -> Table:
    """The table with its totals, and None in each cell that is not told, those of `withheld` among them.

    A small cell is hidden. As a row or column tells its total, a hidden cell in it is worked out
    unless another one is hidden as well and together they are not small: so the smallest ones of
    that line go too, and then its total, until no line gives a cell away. Beside a hidden total
    there are two hidden cells as well, because another report may tell that total. Where nobody is
    in a row or column, that is told: hiding it would hide no other one.
    """
    cells = {(row, column): counted.get((row, column), 0) for row in rows for column in columns}
    there = [
        row
        for row in rows
        if (row, TOTAL) in withheld or any(cells[row, column] for column in columns)
    ]
    some = [column for column in columns if any(cells[row, column] for row in rows)]
    table = {cell: n for cell, n in cells.items() if cell[0] in there and cell[1] in some}
    for row in there:
        table[row, TOTAL] = sum(table[row, column] for column in some)
    for column in (*some, TOTAL):
        table[TOTAL, column] = sum(table[row, column] for row in there)
    hidden = {cell for cell, n in table.items() if cell in withheld or 0 < n < LEAST_SHOWN}
    lines = list(_lines(there, some))
    while more := (
        next((cell for line in lines if (cell := _to_hide(line, table, hidden))), None)
        or _to_hide_across(table, hidden)
    ):
        hidden.add(more)
    nobody = dict.fromkeys(product((*rows, TOTAL), (*columns, TOTAL)), 0)
    return {**nobody, **{cell: None if cell in hidden else n for cell, n in table.items()}}


def shown_apart(
    counted: Mapping[tuple[str, str, str], int],
    rows: Sequence[str],
    columns: Sequence[str],
    parts: Sequence[str],
) -> tuple[Table, Mapping[str, Table]]:
    """The table of rows and columns, and for each column one of rows and the parts of its cells.

    A cell that the first table hides tells none of its parts, and totals of rows are those of the
    first table: so that nothing is worked out from two answers about the same persons whose parts
    are others.
    """
    cells = {
        (row, column): sum(counted.get((row, column, part), 0) for part in parts)
        for row in rows
        for column in columns
    }
    whole = shown(cells, rows, columns)
    apart: dict[str, Table] = {}
    for column in columns:
        of_column = {
            (row, part): counted.get((row, column, part), 0) for row in rows for part in parts
        }
        totals = {(row, TOTAL): whole[row, column] for row in (*rows, TOTAL)}
        hidden = [row for (row, _), n in totals.items() if n is None]
        withheld = list(product(hidden, (*parts, TOTAL)))
        apart[column] = {**shown(of_column, rows, parts, withheld=withheld), **totals}
    return whole, apart


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
        gives_away = len(away) < TOGETHER
    else:
        gives_away = bool(away) and (
            len(away) < TOGETHER or sum(table[cell] for cell in away) < LEAST_SHOWN
        )
    if not gives_away:
        return None
    beside = {place for cell in hidden if cell not in line for place in enumerate(cell)}
    # One that stands across in a line with a hidden cell needs no other one there.
    left = sorted(
        (cell for cell in parts if cell not in hidden),
        key=lambda cell: (beside.isdisjoint(enumerate(cell)), table[cell]),
    )
    return left[0] if left else (None if total in hidden else total)


def _to_hide_across(table: Mapping[Cell, int], hidden: set[Cell]) -> Cell | None:
    """The next cell to hide where several lines together give one away; None where they do not.

    A hidden cell ties its row and its column. Where nothing else ties the two, adding up the lines on
    one side and taking off those that cross them leaves that cell alone. Totals of columns tie
    nothing: they may be told elsewhere.
    """
    ties = [cell for cell in sorted(hidden) if cell[0] != TOTAL]
    for cell in ties:
        row, column = enumerate(cell)
        others = [one for one in ties if one != cell]
        here, there = _tied(row, others), _tied(column, others)
        if column in here:
            continue
        across = [
            one
            for one in table
            if one not in hidden and one[0] != TOTAL and len(here & {*enumerate(one)}) == 1
        ]
        if across:
            return min(
                across,
                key=lambda one: (one[1] == TOTAL, there.isdisjoint(enumerate(one)), table[one]),
            )
    return None


def _tied(line: tuple[int, str], ties: Sequence[Cell]) -> set[tuple[int, str]]:
    """The lines that hang together with this one, a row (0) or a column (1)."""
    found = {line}
    while (
        more := {
            one for cell in ties if not found.isdisjoint(enumerate(cell)) for one in enumerate(cell)
        }
        - found
    ):
        found |= more
    return found
