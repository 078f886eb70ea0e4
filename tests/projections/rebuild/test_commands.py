"""The whole way by the command line: build, compare, switch, look, back, drop."""

from collections.abc import Callable

import pytest
from projections.counsellor import COUNSELLOR
from projections.main import app
from typer.testing import CliRunner, Result

from tests.projections.lives import life


@pytest.fixture
def command(settings, monkeypatch) -> Callable[..., Result]:
    for name in ("projections_database_url", "kafka_bootstrap_servers", "events_topic"):
        monkeypatch.setenv(name.upper(), getattr(settings, name))
    return lambda words: CliRunner().invoke(app, ["rebuild", *words.split()])


def test_from_build_to_drop_each_command_names_the_next_one(topic, live, command, rows):
    topic.put(*(life(f"person {n}") for n in range(6)))
    live(COUNSELLOR, 36)

    built = command("build counsellor --brake-seconds 1000")
    assert built.exit_code == 0, built.output
    assert "counsellor_next: 36 events of 6 pathways" in built.output
    assert "100 %: folding" in built.output
    assert "Next: `projections rebuild compare counsellor`" in built.output

    compared = command("compare counsellor")
    assert compared.exit_code == 0, compared.output
    assert "counsellor: equal to the rebuilt one" in compared.output

    rows("update counsellor.caseload set hires = 7 returning 1")
    compared = command("compare counsellor --details 1")
    assert compared.exit_code == 1
    assert (
        "caseload: hires 7 becomes 1; by version 6, hired-in-nec.v1 of 2024-06-01"
        in compared.output
    )
    assert compared.output.count("becomes") == 1
    assert "counsellor: caseload, 6 pathways: 6 rows otherwise (hires in 6)" in compared.output

    assert "counsellor_next: stands there, by the code of this release" in command("status").output
    switched = command("switch counsellor")
    assert switched.exit_code == 0, switched.output
    assert "stands as counsellor_before" in switched.output
    assert rows("select distinct hires from counsellor.caseload") == [(1,)]

    back = command("switch-back counsellor")
    assert back.exit_code == 0, back.output
    assert rows("select distinct hires from counsellor.caseload") == [(7,)]

    assert command("drop counsellor").exit_code == 2
    assert "counsellor_next: dropped" in command("drop counsellor --next").output
    assert "counsellor: nothing stands beside it" in command("status").output


def test_what_cannot_be_is_said_in_one_line(topic, command):
    topic.put(life("anna"))

    for words in ("compare counsellor", "switch counsellor"):
        done = command(words)
        assert done.exit_code == 1
        assert "there is no counsellor_next" in done.output
        assert "Traceback" not in done.output
    assert "there is no counsellor_before" in command("switch-back counsellor").output


def test_pages_and_status_tell_of_what_stands_there(topic, live, command, rebuild):
    topic.put(life("anna"))
    live(COUNSELLOR, 6)
    rebuild(COUNSELLOR)

    told = CliRunner().invoke(app, ["status"])

    assert "counsellor_next: stands there, by the code of this release" in told.output
