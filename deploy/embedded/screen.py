"""What `make up` shows: a live table on a terminal, plain lines everywhere else."""

import contextlib
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

SECONDS_BETWEEN_FIGURES = 30.0
COLOURS = {"up": "green", "starting": "yellow", "down": "red"}


class Screen:
    """Tell things with `say`, keep the picture current with `show`; a context manager."""

    def __init__(self) -> None:
        self._console = Console(highlight=False)
        self._live: Live | None = None
        self._last_states: Sequence[tuple[str, str, str]] = ()
        self._last_figures: Mapping[str, str] = {}
        self._figures_at = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self, words: str = "") -> None:
        """Take the picture away, and say why."""
        with contextlib.suppress(OSError):
            if self._live is not None:
                self._live.stop()
                self._live = None
        if words:
            self.say(words)

    def say(self, words: str) -> None:
        """One message, which stays; a terminal that went away is no reason to stop."""
        with contextlib.suppress(OSError):
            if self._console.is_terminal:
                self._console.print(words, markup=False, soft_wrap=True)
            else:
                print(words, flush=True)

    def show(self, states: Sequence[tuple[str, str, str]], figures: Mapping[str, str]) -> None:
        """The state of things: (name, state, address) of each process, and figures by name."""
        with contextlib.suppress(OSError):
            if self._console.is_terminal:
                self._draw(states, figures)
            else:
                self._tell(states, figures)

    def _draw(self, states: Sequence[tuple[str, str, str]], figures: Mapping[str, str]) -> None:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for heading in ("process", "state", "address"):
            table.add_column(heading)
        for name, state, address in states:
            table.add_row(name, Text(state, style=COLOURS.get(state, "")), address)
        facts = "   ".join(f"{name} {value}" for name, value in figures.items())
        line = Text(f"facts   {facts}" if facts else "", style="cyan")
        picture = Group(Text(), table, Text(), line, Text("Ctrl-C stops it all.", style="dim"))
        if self._live is None:
            self._live = Live(picture, console=self._console, auto_refresh=False, transient=True)
            self._live.start()
        self._live.update(picture, refresh=True)

    def _tell(self, states: Sequence[tuple[str, str, str]], figures: Mapping[str, str]) -> None:
        for name, state, address in states:
            if (name, state, address) not in self._last_states:
                print(f"{name}: {state} {address}".rstrip(), flush=True)
        self._last_states = tuple(states)
        now = time.monotonic()
        if figures != self._last_figures and now - self._figures_at > SECONDS_BETWEEN_FIGURES:
            told = ", ".join(f"{name} {value}" for name, value in figures.items())
            print(f"facts: {told}", flush=True)
            self._last_figures, self._figures_at = dict(figures), now


def complain(words: str) -> None:
    """What stopped a start, for the person at the terminal."""
    print(words, file=sys.stderr, flush=True)
