"""The commands `pathway bulk ...`: what they write where and say, killed half-way too, and two at once."""

import json
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pathway.application import Pathways
from pathway.domain.modules import ModuleStopped
from pathway.main import app
from typer.testing import CliRunner, Result

from tests.pathway.bulk_groups import EMPLOYER, FROM, TO, assign, enrolled, ibo, many
from tests.pathway.given import MASTER_KEY

END = ("end-modules", "--employer", EMPLOYER, "--on", "2015-09-30", "--reason", "PARTNER_STOPT")
HAND_OVER = ("hand-over", "--from", FROM, "--to", TO, "--on", "2015-09-30")
MANY = 150
Run = Callable[..., Result]


@pytest.fixture
def environment(pathway_url: str, tmp_path: Path) -> dict[str, str]:
    key = tmp_path / "master.key"
    key.write_bytes(MASTER_KEY)
    return {
        "PATHWAY_DATABASE_URL": pathway_url,
        "PATHWAY_MASTER_KEY_FILE": str(key),
        "COLUMNS": "300",
    }


@pytest.fixture
def bulk(environment: dict[str, str]) -> Run:
    return lambda *words: CliRunner().invoke(app, ["bulk", *map(str, words)], env=environment)


def begun(environment: dict[str, str], report: Path) -> subprocess.Popen[bytes]:
    command = [str(Path(sys.executable).parent / "pathway"), "bulk", *END, "--report", str(report)]
    return subprocess.Popen(command, env={**os.environ, **environment}, stderr=subprocess.DEVNULL)


def read(report: Path) -> dict[str, Any]:
    return json.loads(report.read_bytes())


def stops(pathways: Pathways) -> list[UUID]:
    """The modules that were stopped, one for each fact that says so."""
    facts = (one.fact for one in pathways.store.log(limit=10_000))
    return sorted(fact.module_id for fact in facts if isinstance(fact, ModuleStopped))


def looks(pathways: Pathways) -> list[tuple[str, str, str, str]]:
    with pathways.store.connection() as connection:
        rows = connection.execute("select * from pathway.access_row order by id").fetchall()
    return [(r["endpoint"], r["about"], r["decision"], r["rule"]) for r in rows]


def person_of(pathways: Pathways, pathway_id: UUID) -> str:
    return str(pathways.standing(pathway_id).pathway.person_ref)


# --- What they say -----------------------------------------------------------------------------------


def test_a_preview_and_its_run_report_the_same_of_each_pathway(
    pathways: Pathways, bulk: Run, tmp_path: Path
) -> None:
    good = enrolled(pathways, 1, ibo(planned_until=date(2015, 9, 28)))
    later = enrolled(pathways, 2, ibo(on=date(2015, 10, 1)))
    before = pathways.store.position()

    preview = bulk(*END, "--dry-run", "--report", tmp_path / "preview.json")
    assert pathways.store.position() == before
    done = bulk(*END, "--report", tmp_path / "report.json")

    assert (preview.exit_code, done.exit_code) == (0, 0), done.output
    assert pathways.store.position() == before + 1
    told, report = read(tmp_path / "preview.json"), read(tmp_path / "report.json")
    assert (told.pop("dry_run"), report.pop("dry_run")) == (True, False)
    assert told == report
    ended, waits = (pathways.standing(one).pathway.modules[0] for one in (good, later))
    assert report["bulk"]["name"] == "end-modules"
    assert report["bulk"]["asked"] == {
        "on": "2015-09-30",
        "reason": "PARTNER_STOPT",
        "employer": EMPLOYER,
    }
    assert report["pathways"] == [
        {
            "pathway_id": str(good),
            "parts": [
                {
                    "module_id": str(ended.module_id),
                    "outcome": "accepted",
                    "warnings": ["ended-after-plan"],
                }
            ],
        },
        {
            "pathway_id": str(later),
            "parts": [
                {
                    "module_id": str(waits.module_id),
                    "outcome": "refused",
                    "rule": "end-before-start",
                    "detail": "The module started on 2015-10-01; it cannot end on 2015-09-30.",
                }
            ],
        },
    ]
    assert report["counts"] == {
        "accepted": 1,
        "already": 0,
        "refused": 1,
        "unreadable": 0,
        "warned": 1,
    }


def test_a_preview_names_every_pathway_and_a_run_those_with_a_refusal_or_a_warning(
    pathways: Pathways, bulk: Run
) -> None:
    plain = enrolled(pathways, 1, ibo())
    warned = enrolled(pathways, 2, ibo(planned_until=date(2015, 9, 28)))
    refused = enrolled(pathways, 3, ibo(on=date(2015, 10, 1)))

    preview, done = bulk(*END, "--dry-run").output, bulk(*END).output

    counted = "1 of them with a warning; 1 refused; 0 recorded by an earlier run of the same."
    assert f"2 would be recorded, {counted}" in preview
    assert f"2 recorded, {counted}" in done
    assert "Nothing was recorded (--dry-run)." in preview
    for output in (preview, done):
        assert f"pathway {warned}, module " in output
        assert "accepted, ended-after-plan" in output
        assert f"pathway {refused}, module " in output
        assert "it cannot end on 2015-09-30. (end-before-start)" in output
    assert (f"pathway {plain}" in preview, f"pathway {plain}" in done) == (True, False)
    assert "0 recorded, 0 of them with a warning; 1 refused; 2 recorded by" in bulk(*END).output


def test_of_many_refusals_the_first_are_shown_and_all_are_reported(
    pathways: Pathways, bulk: Run, tmp_path: Path
) -> None:
    many(pathways, 25, [ibo(on=date(2015, 10, 1))])

    done = bulk(*END, "--report", tmp_path / "r.json")

    assert done.output.count("(end-before-start)") == 20
    assert "... and 5 more; --report FILE has every one of them." in done.output
    assert len(read(tmp_path / "r.json")["pathways"]) == 25


def test_a_caseload_is_handed_over_at_a_terminal(pathways: Pathways, bulk: Run) -> None:
    theirs = many(pathways, 3, [assign()])

    done = bulk(*HAND_OVER, "--unit", "OE-WEST", "--reason", "UIT_DIENST")

    assert done.exit_code == 0, done.output
    assert "3 recorded" in done.output
    for one in theirs:
        told = pathways.standing(one).pathway
        assert (told.counsellor, told.unit) == (TO, "OE-WEST")


def test_the_envelope_names_the_user_of_the_operating_system(pathways: Pathways, bulk: Run) -> None:
    enrolled(pathways, 1, ibo())

    bulk(*END)

    actor = pathways.store.log()[-1].actor
    assert actor.kind == "SYSTEEM"
    assert actor.ref == f"opdrachtregel:{pwd.getpwuid(os.getuid()).pw_name}"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--employer", "0887010361"), "--employer: "),
        (("--lot", "perceel 7"), "--lot: "),
        (("--employer", EMPLOYER, "--lot", "perceel-7"), "an employer or a lot, one of the two"),
        ((), "an employer or a lot, one of the two"),
    ],
)
def test_what_does_not_fit_is_told_by_its_option_without_what_was_given(
    bulk: Run, words: tuple[str, ...], told: str
) -> None:
    done = bulk("end-modules", *words, "--on", "2015-09-30", "--reason", "ANDERE")

    assert done.exit_code == 1
    assert told in done.output
    assert not [word for word in words if not word.startswith("--") and word in done.output]


def test_a_day_that_has_not_come_is_refused_once_for_all(pathways: Pathways, bulk: Run) -> None:
    enrolled(pathways, 1, ibo())

    done = bulk(*END[:4], "2199-01-01", *END[5:])

    assert done.exit_code == 1
    assert "2199-01-01 has not come yet" in done.output
    with pathways.store.connection() as connection:
        assert connection.execute("select * from pathway.refused_command").fetchall() == []


def test_a_group_of_nobody_is_told(bulk: Run, pathways: Pathways) -> None:
    done = bulk(*HAND_OVER)

    assert (done.exit_code, "Nothing is in this group" in done.output) == (0, True)


def test_a_report_that_cannot_be_written_is_told_before_anything_is_recorded(
    pathways: Pathways, bulk: Run, tmp_path: Path
) -> None:
    enrolled(pathways, 1, ibo())
    before = pathways.store.position()

    done = bulk(*END, "--report", tmp_path / "no folder" / "r.json")

    assert done.exit_code == 1
    assert "No such file or directory" in done.output
    assert pathways.store.position() == before


@pytest.mark.parametrize("command", ["end-modules", "hand-over"])
def test_help_has_examples(command: str) -> None:
    told = " ".join(CliRunner().invoke(app, ["bulk", command, "--help"]).output.split())

    assert f"pathway bulk {command} --" in told
    assert "--dry-run" in told


# --- Who was looked at -------------------------------------------------------------------------------


def test_a_preview_leaves_a_look_at_each_and_a_run_at_those_that_facts_do_not_tell_of(
    pathways: Pathways, bulk: Run
) -> None:
    good = person_of(pathways, enrolled(pathways, 1, ibo()))
    refused = person_of(pathways, enrolled(pathways, 2, ibo(on=date(2015, 10, 1))))
    enrolled(pathways, 3, ibo("0887010362"))

    bulk(*END, "--dry-run")
    shown = looks(pathways)
    bulk(*END)

    told = ("pathway bulk end-modules", "PERMIT", "OPDRACHTREGEL")
    assert sorted((about, one, two, three) for one, about, two, three in shown) == sorted(
        [(good, *told), (refused, *told)]
    )
    assert looks(pathways)[2:] == [(told[0], refused, *told[1:])]


def test_nobody_is_told_of_whose_look_cannot_be_traced(
    pathways: Pathways, bulk: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pathway_id = enrolled(pathways, 1, ibo())
    monkeypatch.setenv("ACCESS_CEF_FILE", str(tmp_path / "no folder" / "looks.cef"))

    done = bulk(*END, "--dry-run", "--report", tmp_path / "r.json")

    assert done.exit_code == 1
    assert str(pathway_id) not in done.output
    assert not list(tmp_path.glob("r.json*"))


def test_a_run_whose_look_cannot_be_traced_says_that_what_was_recorded_stays(
    pathways: Pathways, bulk: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped, _refused = (
        enrolled(pathways, 1, ibo()),
        enrolled(pathways, 2, ibo(on=date(2015, 10, 1))),
    )
    monkeypatch.setenv("ACCESS_CEF_FILE", str(tmp_path / "no folder" / "looks.cef"))

    done = bulk(*END)

    assert done.exit_code == 1
    assert pathways.standing(stopped).pathway.modules[0].ended
    assert "What was recorded stays; the same again does the rest." in " ".join(done.output.split())


def test_what_cannot_be_read_is_told_and_the_rest_goes_on(
    pathways: Pathways, bulk: Run, tmp_path: Path
) -> None:
    damaged, *others = [enrolled(pathways, number, ibo()) for number in (1, 2, 3)]
    with pathways.store.connection() as connection:
        connection.execute("alter table pathway.pathway_events disable trigger all")
        connection.execute(
            "update pathway.pathway_events set state = substr(state, 1, length(state) - 1)"
            " where originator_id = %s",
            (damaged,),
        )

    done = bulk(*END, "--report", tmp_path / "r.json")

    assert done.exit_code == 1
    assert f"pathway {damaged}: cannot be read" in " ".join(done.output.split())
    assert "Traceback" not in done.output
    assert all(pathways.standing(one).pathway.modules[0].ended for one in others)
    assert read(tmp_path / "r.json")["counts"]["unreadable"] == 1


def test_a_caseload_is_not_handed_over_to_its_own_counsellor(bulk: Run) -> None:
    done = bulk("hand-over", "--from", "b-01", "--to", "b-01", "--on", "2015-10-01")

    assert done.exit_code == 1
    assert "bulk: to the same counsellor only with another unit." in done.output


# --- Killed, and two at once -------------------------------------------------------------------------


def test_a_run_that_was_killed_is_finished_by_the_same_again(
    pathways: Pathways, environment: dict[str, str], tmp_path: Path
) -> None:
    group = many(pathways, MANY, [ibo()])
    before = pathways.store.position()
    killed = begun(environment, tmp_path / "killed.json")
    deadline = time.monotonic() + 60
    while pathways.store.position() == before and killed.poll() is None:
        assert time.monotonic() < deadline
    killed.send_signal(signal.SIGKILL)
    assert killed.wait(10) == -signal.SIGKILL

    again = begun(environment, tmp_path / "report.json")

    assert again.wait(120) == 0
    assert not (tmp_path / "killed.json").exists()
    counts = read(tmp_path / "report.json")["counts"]
    assert 0 < counts["already"] < MANY, "it was not killed half-way"
    assert counts["accepted"] + counts["already"] == MANY
    assert len(pathways.store.log(limit=10_000)) == 2 * MANY + MANY
    assert stops(pathways) == sorted(
        pathways.standing(one).pathway.modules[0].module_id for one in group
    )


def test_two_at_once_do_it_once(
    pathways: Pathways, environment: dict[str, str], tmp_path: Path
) -> None:
    many(pathways, MANY, [ibo()])

    both = [begun(environment, tmp_path / f"{n}.json") for n in range(2)]

    assert [run.wait(120) for run in both] == [0, 0]
    assert len(pathways.store.log(limit=10_000)) == 2 * MANY + MANY
    assert len(set(stops(pathways))) == len(stops(pathways)) == MANY
    counts = [read(tmp_path / f"{n}.json")["counts"] for n in range(2)]
    assert sum(one["accepted"] for one in counts) == MANY
    assert [one["accepted"] + one["already"] for one in counts] == [MANY, MANY]
