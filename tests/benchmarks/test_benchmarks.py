"""Every benchmark runs and gives a figure; how large it is, no test says, because machines differ."""

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks import document
from tests.benchmarks.measuring import Figure, in_turns
from tests.benchmarks.place import ROOT

FIGURE = Figure("append", "command, 1 caller", "commands/s", (500.0, 400.0), (1000.0, 1000.0))
WITHIN = 600
NAMES = ("append", "recorder", "grown", "fold", "projection", "pages")
"""Those that start no process of ours: `make bench` alone measures what processes do."""


def test_a_quick_run_measures_both_sides(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"

    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks", *NAMES, "--quick", "--json", str(file)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=WITHIN,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads(file.read_text())["figures"]
    assert {figure["benchmark"] for figure in figures} == set(NAMES)
    for figure in figures:
        values = [*figure["ours"], *figure["bare"], figure["ratio"]]
        assert all(math.isfinite(value) and value > 0 for value in values), figure


def test_a_quick_run_is_not_written_down() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks", "--quick", "--write"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=WITHIN,
        check=False,
    )

    assert done.returncode == 2
    assert "whole run" in done.stderr


def test_both_sides_are_measured_in_turns_and_the_first_round_is_thrown_away() -> None:
    asked: list[str] = []

    def side(name: str, number: int) -> dict[str, float]:
        asked.append(f"{name} {number}")
        return {"rate": float(number)}

    ours, bare = in_turns(
        2, lambda n: side("ours", n), lambda n: side("bare", n), lambda _words: None
    )

    assert asked == ["ours 0", "bare 0", "ours 1", "bare 1", "ours 2", "bare 2"]
    assert ours == bare == [{"rate": 1.0}, {"rate": 2.0}]


def test_the_figures_are_put_between_their_marks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "benchmarks.md"
    file.write_text(f"before\n\n{document.BEGIN}\nold\n{document.END}\n\nby hand\n")
    monkeypatch.setattr(document, "FILE", file)

    document.write([FIGURE], {"memory": "24 GB"})

    written = file.read_text()
    assert written.startswith(f"before\n\n{document.BEGIN}\n\n| benchmark |")
    assert "| 450 (400 to 500) | 1,000 (1,000 to 1,000) | 0.45 (0.40 to 0.50) |" in written
    assert "| memory | 24 GB |" in written
    assert "old" not in written
    assert written.endswith(f"{document.END}\n\nby hand\n")
