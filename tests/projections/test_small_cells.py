"""No table of special categories gives away a number of a few persons."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import product

from hypothesis import given as whatever, strategies as st
from projections.reporting.small_cells import LEAST_SHOWN, TOTAL, Cell, Table, shown, shown_apart

ROWS, COLUMNS = ("JA", "NEE", "ONBEKEND"), ("M", "V")
TABLES = st.fixed_dictionaries({cell: st.integers(0, 12) for cell in product(ROWS, COLUMNS)})


def test_a_table_of_large_numbers_is_told_whole() -> None:
    counted = {("JA", "M"): 5, ("JA", "V"): 7, ("NEE", "M"): 20, ("NEE", "V"): 30}

    told = shown(counted, ("JA", "NEE"), COLUMNS)

    assert told == {
        **counted,
        ("JA", TOTAL): 12,
        ("NEE", TOTAL): 50,
        (TOTAL, "M"): 25,
        (TOTAL, "V"): 37,
        (TOTAL, TOTAL): 62,
    }


def test_a_small_cell_takes_others_along_so_that_totals_do_not_tell_it() -> None:
    counted = {("JA", "M"): 3, ("JA", "V"): 18, ("NEE", "M"): 81, ("NEE", "V"): 79}

    told = shown(counted, ("JA", "NEE"), COLUMNS)

    assert {cell for cell, n in told.items() if n is None} == set(counted)
    assert (told["JA", TOTAL], told[TOTAL, "M"], told[TOTAL, TOTAL]) == (21, 84, 181)


def test_two_small_cells_do_not_tell_each_other_by_a_small_total() -> None:
    counted = {("JA", "M"): 1, ("JA", "V"): 1, ("NEE", "M"): 90, ("NEE", "V"): 90}

    told = shown(counted, ("JA", "NEE"), COLUMNS)

    assert told["JA", TOTAL] is None
    assert told["NEE", TOTAL] is None
    assert told[TOTAL, TOTAL] == 182


def test_a_total_that_another_report_tells_gives_its_only_cell_not_away() -> None:
    counted = {("JA", "M"): 3, ("JA", "V"): 40, ("NEE", "M"): 0, ("NEE", "V"): 50}

    told = shown(counted, ("JA", "NEE"), COLUMNS)

    # There are 3 men: that all of them are in one row is not told.
    assert told[TOTAL, "M"] is None
    assert (told["JA", "M"], told["NEE", "M"]) == (None, None)


def test_what_a_group_hides_of_a_gender_is_hidden_of_each_outcome() -> None:
    counted = {
        ("JA", "M", "A"): 3,
        ("JA", "V", "A"): 9,
        ("JA", "V", "B"): 9,
        ("NEE", "M", "A"): 20,
        ("NEE", "M", "B"): 30,
        ("NEE", "V", "A"): 40,
        ("NEE", "V", "B"): 50,
    }

    whole, apart = shown_apart(counted, ("JA", "NEE"), COLUMNS, ("A", "B"))

    assert (whole["JA", "M"], whole["JA", "V"], whole["NEE", "M"]) == (None, None, None)
    assert (whole["JA", TOTAL], whole[TOTAL, "M"], whole[TOTAL, "V"]) == (21, 53, 108)
    rows, parts = ("JA", "NEE"), ("A", "B")
    assert {apart[c][r, p] for c in COLUMNS for r in rows for p in parts} == {None}
    assert (apart["M"][TOTAL, "A"], apart["M"][TOTAL, "B"]) == (23, 30)


def test_an_outcome_of_a_few_is_hidden_with_another_one() -> None:
    counted = {
        ("JA", "V", "A"): 30,
        ("JA", "V", "B"): 2,
        ("JA", "V", "C"): 8,
        ("NEE", "V", "A"): 50,
        ("NEE", "V", "B"): 60,
        ("NEE", "V", "C"): 70,
    }

    whole, apart = shown_apart(counted, ("JA", "NEE"), ("V",), ("A", "B", "C"))

    assert (whole["JA", "V"], whole["NEE", "V"]) == (40, 180)
    told = {cell: n for cell, n in apart["V"].items() if TOTAL not in cell}
    assert {cell for cell, n in told.items() if n is None} == {
        ("JA", "B"),
        ("JA", "C"),
        ("NEE", "B"),
        ("NEE", "C"),
    }


def test_lines_together_give_nothing_away_either() -> None:
    rows = ("<25", "25-49", "50-54", "55+")
    counted = {(row, column): 60 for row in rows for column in "ABCD"}
    # Two squares of hidden cells, and a small cell between them: each line has two that are hidden.
    small = [("<25", "A"), ("25-49", "B"), ("50-54", "C"), ("55+", "D"), ("25-49", "C")]
    counted |= dict.fromkeys(small, 3)
    squares = [("<25", "B"), ("25-49", "A"), ("50-54", "D"), ("55+", "C")]
    counted |= dict.fromkeys(squares, 9)

    told = shown(counted, rows, tuple("ABCD"))

    assert worked_out(told, rows, tuple("ABCD")) == set()
    assert {cell for cell in counted if told[cell] is None} > {*small, *squares}


def worked_out(told: Table, rows: Sequence[str], columns: Sequence[str]) -> set[Cell]:
    """The hidden cells that follow from what is told, by adding and taking off lines."""
    hidden = [cell for cell, n in told.items() if n is None and cell[0] != TOTAL]
    lines = [[Fraction(cell[1] == column) for cell in hidden] for column in (*columns, TOTAL)]
    for row in rows:
        signs = [-1 if cell[1] == TOTAL else 1 for cell in hidden]
        lines.append([Fraction(s * (c[0] == row)) for s, c in zip(signs, hidden, strict=True)])
    done: list[list[Fraction]] = []
    for at in range(len(hidden)):
        first = next((line for line in lines if line[at]), None)
        if first is not None:
            lines.remove(first)
            one = [n / first[at] for n in first]
            done, lines = (
                [[n - line[at] * m for n, m in zip(line, one, strict=True)] for line in some]
                for some in (done, lines)
            )
            done.append(one)
    alone = [line for line in done if sum(map(bool, line)) == 1]
    return {hidden[next(at for at, n in enumerate(line) if n)] for line in alone}


WIDE = st.fixed_dictionaries(
    {
        cell: st.sampled_from([0, 1, 3, 5, 9, 20, 40, 60, 80, 100])
        for cell in product("ABCDE", "VWXYZ")
    }
)


@whatever(WIDE)
def test_no_cell_of_a_wide_table_is_worked_out(counted) -> None:
    told = shown(counted, "ABCDE", "VWXYZ")

    # Of a table that tells no number at all, as of one row alone, nothing more can be hidden.
    tells_something = any(told.values())
    assert (worked_out(told, "ABCDE", "VWXYZ") if tells_something else set()) == set()


def lines_of(rows: Sequence[str], columns: Sequence[str]) -> list[list[Cell]]:
    """Each row and column of a table, its total last."""
    along = [[(row, column) for column in (*columns, TOTAL)] for row in (*rows, TOTAL)]
    return along + [[(row, column) for row in (*rows, TOTAL)] for column in (*columns, TOTAL)]


def gives_nothing_away(counted: Mapping[Cell, int], told: Table, line: Sequence[Cell]) -> bool:
    """Whether two cells of a line are hidden, or none, and together they are not a few."""
    *parts, total = line
    hidden = [cell for cell in parts if told[cell] is None]
    if told[total] is None:
        return len(hidden) >= 2 or len(hidden) == len(parts)
    return not hidden or (
        len(hidden) >= 2 and sum(counted.get(cell, 0) for cell in hidden) >= LEAST_SHOWN
    )


APART = st.fixed_dictionaries(
    {cell: st.integers(0, 9) for cell in product(ROWS, COLUMNS, ("A", "B", "C"))}
)


@whatever(APART)
def test_no_outcome_is_given_away_by_its_group_nor_by_its_column(counted) -> None:
    parts = ("A", "B", "C")

    whole, apart = shown_apart(counted, ROWS, COLUMNS, parts)

    for column in COLUMNS:
        told = dict(apart[column])
        of_column = {(row, part): counted[row, column, part] for row in ROWS for part in parts}
        of_column |= {(row, TOTAL): sum(of_column[row, p] for p in parts) for row in ROWS}
        of_column |= {(TOTAL, p): sum(of_column[row, p] for row in ROWS) for p in (*parts, TOTAL)}
        # The totals of the groups are those that the first table tells, whatever the outcomes.
        some = [p for p in parts if of_column[TOTAL, p]]
        for row in (*ROWS, TOTAL):
            assert told[row, TOTAL] == whole[row, column]
            assert whole[row, column] is not None or all(told[row, p] is None for p in some)
        assert not any(0 < n < LEAST_SHOWN for n in told.values() if n is not None)
        there = [row for row in ROWS if whole[row, column] != 0]
        assert all(gives_nothing_away(of_column, told, line) for line in lines_of(there, some))
        # A gender that is all in one group, as the first table tells, is told by the total of others.
        few = {cell for cell, n in of_column.items() if 0 < n < LEAST_SHOWN}
        assert len(there) <= 1 or not few & worked_out(told, there, some)


@whatever(TABLES)
def test_no_line_of_any_table_gives_a_hidden_cell_away(counted) -> None:
    told = shown(counted, ROWS, COLUMNS)

    lines = [[(row, column) for column in (*COLUMNS, TOTAL)] for row in (*ROWS, TOTAL)]
    lines += [[(row, column) for row in (*ROWS, TOTAL)] for column in (*COLUMNS, TOTAL)]
    assert not any(0 < n < LEAST_SHOWN for n in told.values() if n is not None)
    for line in lines:
        hidden = [cell for cell in line if told[cell] is None]
        assert len(hidden) != 1
        if told[line[-1]] is not None and hidden:
            rest = told[line[-1]] - sum(told[cell] or 0 for cell in line[:-1])
            assert rest >= LEAST_SHOWN


@whatever(TABLES)
def test_what_is_told_is_what_was_counted(counted) -> None:
    told = shown(counted, ROWS, COLUMNS)

    assert all(told[cell] in (None, n) for cell, n in counted.items())
    assert told[TOTAL, TOTAL] in (None, sum(counted.values()))
