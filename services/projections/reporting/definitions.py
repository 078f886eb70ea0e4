"""The definitions that stand beside a report's figures, from `definitions.toml`."""

import tomllib
from pathlib import Path

from projections.reporting.reports import Definition

_WORDS = tomllib.loads((Path(__file__).parent / "definitions.toml").read_text())


def definitions(*figures: str) -> tuple[Definition, ...]:
    """The definitions of these figures, in this order."""
    return tuple(Definition(figure=figure, **_WORDS[figure]) for figure in figures)
