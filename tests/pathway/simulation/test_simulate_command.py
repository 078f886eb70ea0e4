"""`pathway simulate` as an operator meets it."""

from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pathway.main import app
from typer.testing import CliRunner, Result

from tests.pathway.simulation.conftest import marked_as_demo, whole_log

FEW = ("--pathways", "30", "--seed", "3", "--from", "2015-01-01", "--until", "2016-01-01")


@pytest.fixture
def demo(pathway_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    key = tmp_path / "master.key"
    key.write_bytes(Fernet.generate_key())
    monkeypatch.setenv("PATHWAY_DATABASE_URL", pathway_url)
    monkeypatch.setenv("PATHWAY_MASTER_KEY_FILE", str(key))
    return pathway_url


def simulate(*options: str) -> Result:
    return CliRunner().invoke(app, ["simulate", *options])


def said(result: Result) -> str:
    return " ".join(result.output.split())


def test_it_fills_a_demo_tells_what_it_came_to_and_what_to_do_next(demo: str) -> None:
    marked_as_demo(demo)

    result = simulate(*FEW)

    assert result.exit_code == 0, result.output
    assert "30 pathways" in said(result)
    assert "2015:" in said(result)
    assert "corrected, annulled or merged:" in said(result)
    assert "Next: `pathway publisher`" in said(result)
    assert len({fact.pathway_id for fact in whole_log(demo)}) == 30


def test_a_store_that_is_no_demo_is_refused_in_a_line_with_the_way_out(demo: str) -> None:
    result = simulate(*FEW)

    assert result.exit_code == 1
    assert "not marked as a demo" in said(result)
    assert "pathway store mark-demo" in said(result)
    assert whole_log(demo) == []


def test_the_same_again_is_refused_with_another_seed_to_use(demo: str) -> None:
    marked_as_demo(demo)
    simulate(*FEW)

    result = simulate(*FEW)

    assert result.exit_code == 1
    assert "--seed 4" in said(result)


@pytest.mark.parametrize(
    ("first", "until"), [("2016-01-01", "2015-01-01"), ("2015-01-01", "2200-01-01")]
)
def test_days_in_the_wrong_order_or_to_come_are_refused(demo: str, first: str, until: str) -> None:
    marked_as_demo(demo)

    result = simulate("--from", first, "--until", until)

    assert result.exit_code == 1
    assert "--from and --until" in said(result)
    assert whole_log(demo) == []
