"""A command with the settings of the running `make up`, and what is said when there is none."""

import subprocess
import sys
from pathlib import Path

import pytest
from embedded import inside


def test_without_a_command_it_says_how_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert inside.main([]) == 2

    assert "python -m embedded.inside COMMAND" in capsys.readouterr().err


def test_where_nothing_runs_it_says_how_to_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.delenv("PATHWAY_DATABASE_URL", raising=False)

    assert inside.main(["true"]) == 1

    assert "make up" in capsys.readouterr().err


def test_ours_are_found_by_name_and_told_the_settings(tmp_path: Path) -> None:
    inside.write(tmp_path, {"TOLD": "by make up"})
    program = "import os, projections; print(os.environ['TOLD'])"
    command = [sys.executable, "-m", "embedded.inside", "python", "-c", program]

    done = subprocess.run(
        command,
        env={"DATA_DIR": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout, done.stderr) == ("by make up\n", "")


def test_a_command_that_is_not_there_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    inside.write(tmp_path, {"PATHWAY_DATABASE_URL": "postgresql://127.0.0.1/pathway"})

    assert inside.main(["/nowhere/command"]) == 1

    assert "/nowhere/command cannot be run" in capsys.readouterr().err
