"""No table of special categories gives away a number of a few persons."""

from itertools import product

from hypothesis import given as whatever, strategies as st
from projections.reporting.small_cells import LEAST_SHOWN, TOTAL, shown

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
