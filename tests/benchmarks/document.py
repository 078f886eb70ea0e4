"""The figures as a table for the terminal and as docs/benchmarks.md, whose words by hand are kept."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from statistics import median

from rich.table import Table

from tests.benchmarks.measuring import Figure
from tests.benchmarks.place import ROOT

FILE = ROOT / "docs" / "benchmarks.md"
BEGIN = "<!-- figures: written by `make bench`, not by hand -->"
END = "<!-- end of figures -->"
_HEADINGS = ("what", "unit", "ours", "bare", "ours / bare")


def table(figures: Sequence[Figure]) -> Table:
    """For a person at the terminal."""
    shown = Table(title="Median (least to most of the rounds)", title_justify="left")
    shown.add_column("benchmark")
    for heading in _HEADINGS:
        shown.add_column(heading, justify="left" if heading in _HEADINGS[:2] else "right")
    for benchmark, group in groupby(figures, lambda figure: figure.benchmark):
        for n, figure in enumerate(group):
            shown.add_row(benchmark if n == 0 else "", *_cells(figure))
        shown.add_section()
    return shown


def write(figures: Sequence[Figure], facts: Mapping[str, str]) -> None:
    """Put the figures in the place of the old ones in docs/benchmarks.md; all else there stays."""
    before, _, rest = FILE.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    if not after:
        raise ValueError(f"{FILE.name} has lost its marks {BEGIN!r} and {END!r}: put them back")
    FILE.write_text(f"{before}{BEGIN}\n\n{markdown(figures, facts)}\n{END}{after}")


def markdown(figures: Sequence[Figure], facts: Mapping[str, str]) -> str:
    """The figures and the machine as Markdown tables."""
    lines = [_row(("benchmark", *_HEADINGS)), _row(("---",) * 3 + ("---:",) * 3)]
    for benchmark, group in groupby(figures, lambda figure: figure.benchmark):
        for n, figure in enumerate(group):
            lines.append(_row((f"**{benchmark}**" if n == 0 else "", *_cells(figure))))
    lines += ["", _row(("the machine", "")), _row(("---", "---"))]
    lines += [_row(fact) for fact in facts.items()]
    return "\n".join(lines) + "\n"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cells(figure: Figure) -> tuple[str, ...]:
    spreads = (_spread(figure.ours), _spread(figure.bare), _spread(figure.ratios))
    return figure.what, figure.unit, *spreads


def _spread(values: Sequence[float]) -> str:
    if len(values) == 1:
        return _number(values[0])
    return f"{_number(median(values))} ({_number(min(values))} to {_number(max(values))})"


def _number(value: float) -> str:
    """Two or three digits that mean something; more would be the machine's mood."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
