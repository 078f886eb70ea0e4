"""A report's rows as a plain table: groups and their parts in lines, figures in columns."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

TOTAL = "TOTAAL"
"""The group of the last lines, as in every table of reports."""

PARTS = ("exit_type", "reason", "motive", "outcome")
"""What names a part of a group, which has a line of its own."""

FIRST = ("group", "part", "persons", "pathways", "modules")
"""The columns that come first, so that what is counted stands beside the group."""

NO_FIGURES = frozenset({"months", "least_shown"})
"""Numbers in a report that say how it was asked or made."""

Cell = str | int | float | bool | None


@dataclass(frozen=True)
class Table:
    """Lines of `group`, `part` and figures; None where a figure is not told, or hidden."""

    columns: Sequence[str]
    lines: Sequence[Mapping[str, Cell]]

    def cells(self) -> Iterator[tuple[tuple[str, str, str], Cell]]:
        """Each figure by its group, part and column."""
        for line in self.lines:
            for column in self.columns[2:]:
                place = (str(line["group"]), str(line["part"] or ""), column)
                yield place, line.get(column)


def table_of(result: Mapping[str, Any], *, months_apart: bool = False) -> Table:
    """The table of a report as JSON has it; figures of months have columns, or a line, for each.

    What a report tells beside its rows, such as how many it left out, stands in the total's line.
    """
    beside = {
        name: told
        for name, told in result.items()
        if isinstance(told, int) and not isinstance(told, bool) and name not in NO_FIGURES
    }
    rows = (*result["rows"], {**result["total"], **beside})
    lines = [line for row in rows for line in _lines(row, months_apart=months_apart)]
    there = dict.fromkeys(name for line in lines for name in line)
    first = [name for name in FIRST if name in there]
    return Table([*first, *(name for name in there if name not in first)], lines)


def _lines(row: Mapping[str, Any], *, months_apart: bool) -> Iterator[Mapping[str, Cell]]:
    group = TOTAL if row["group"] is None else str(row["group"])
    told = {name: value for name, value in row.items() if name != "group"}
    yield {"group": group, "part": None, **_cells(told, months_apart=months_apart)}
    if months_apart:
        for one in _of_months(told):
            rest = {name: value for name, value in one.items() if name != "months"}
            yield {"group": group, "part": f"{one['months']}m", **_cells(rest)}
    for name, part in _parts(told):
        yield {"group": group, "part": name, **_cells(part)}


def _parts(row: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for value in row.values():
        for one in _rows(value):
            naming = next((name for name in PARTS if name in one), None)
            if naming:
                rest = {name: told for name, told in one.items() if name != naming}
                yield str(one[naming]), rest


def _of_months(row: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    return (one for value in row.values() for one in _rows(value) if "months" in one)


def _cells(
    row: Mapping[str, Any], before: str = "", *, months_apart: bool = False
) -> dict[str, Cell]:
    cells: dict[str, Cell] = {}
    for name, value in row.items():
        if isinstance(value, dict):
            cells |= _cells(cast("Mapping[str, Any]", value), f"{before}{name}_")
        elif isinstance(value, list):
            for one in _rows(cast("object", value)):
                if "months" in one and not months_apart:
                    rest = {key: told for key, told in one.items() if key != "months"}
                    cells |= _cells(rest, f"{before}{name}_{one['months']}m_")
        else:
            cells[f"{before}{name}"] = cast("Cell", value)
    return cells


def _rows(value: object) -> list[Mapping[str, Any]]:
    if not isinstance(value, list):
        return []
    return [
        cast("Mapping[str, Any]", one)
        for one in cast("list[object]", value)
        if isinstance(one, dict)
    ]
