"""Failpoints: nothing unless they are armed, armed for tests alone, each at one place of the code."""

import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from plumbing import failpoints
from plumbing.failpoints import PLACES, NotArmed, Reached, arm, reach

ROOT = Path(__file__).parents[2]
HERE = {
    "PATHWAY_DATABASE_URL": "postgresql://one@127.0.0.1:5432,[::1]:5433/pathway",
    "PROJECTIONS_DATABASE_URL": "host=/var/run/postgresql dbname=projections",
    "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9092,localhost:9093",
}


@pytest.fixture(autouse=True)
def _disarmed() -> Iterator[None]:
    yield
    arm("", {})


def test_what_is_not_armed_does_nothing() -> None:
    arm("before-append:raise", HERE)

    reach("between-rows-and-commit")


def test_it_is_reached_once_at_the_time_that_was_asked_for() -> None:
    arm("before-append:raise:3", HERE)

    reach("before-append")
    reach("before-append")
    with pytest.raises(Reached, match="before-append"):
        reach("before-append")
    reach("before-append")


@pytest.mark.parametrize(("action", "how"), [("kill", signal.SIGKILL), ("freeze", signal.SIGSTOP)])
def test_a_process_kills_or_freezes_itself_without_a_last_word(
    action: str, how: signal.Signals
) -> None:
    words = "from plumbing import failpoints as f; f.arm_or_exit(); f.reach('before-append'); print('on')"
    with subprocess.Popen(
        [sys.executable, "-c", words],
        env={**os.environ, "FAILPOINTS": f"before-append:{action}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as child:
        _, status = os.waitpid(child.pid, os.WUNTRACED)

        if action == "kill":
            assert os.WTERMSIG(status) == how
            child.returncode = -how
            return
        assert os.WSTOPSIG(status) == how
        child.send_signal(signal.SIGCONT)
        assert child.communicate()[0].endswith("on\n")


@pytest.mark.parametrize(
    "told",
    ["nowhere:kill", "before-append", "before-append:explode", "before-append:kill:0", "a:b:c:d"],
)
def test_what_is_no_failpoint_is_told_with_those_that_are(told: str) -> None:
    with pytest.raises(NotArmed, match=r"Places: before-append, .*Actions: kill, freeze, raise"):
        arm(told, HERE)


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("PATHWAY_DATABASE_URL", "postgresql://db.example.org/pathway"),
        ("PROJECTIONS_DATABASE_URL", "postgresql://127.0.0.1,10.0.0.8/projections"),
        ("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9092,kafka.example.org:9092"),
    ],
)
def test_they_are_refused_where_a_server_is_another_machine(name: str, address: str) -> None:
    with pytest.raises(NotArmed, match=f"{name} leads to another machine"):
        arm("before-append:kill", {**HERE, name: address})

    arm("", {**HERE, name: address})


@pytest.mark.parametrize("program", ["pathway", "projections"])
def test_no_command_starts_with_failpoints_that_are_refused(program: str) -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / program, "migrate"],
        env={**os.environ, "FAILPOINTS": "before-append:kill", "KAFKA_BOOTSTRAP_SERVERS": "far:1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 78
    assert "Take FAILPOINTS out of the environment" in done.stderr


def test_each_place_stands_at_one_place_of_the_code() -> None:
    sources = "\n".join(path.read_text() for path in (ROOT / "services").rglob("*.py"))
    reached = Counter(re.findall(r'\breach\("([^"]+)"\)', sources))

    assert set(reached.values()) == {1}
    assert set(reached) == set(PLACES)


def test_every_place_is_told_to_operators() -> None:
    told = (ROOT / "docs" / "operations.md").read_text()

    assert [place for place in PLACES if f"`{place}`" not in told] == []


def test_nothing_is_armed_by_itself() -> None:
    assert failpoints._armed == {}
