"""The supervisor: starts again what dies, waits longer each time, gives up on what cannot work."""

import sys

import pytest
from embedded import process
from embedded.process import CannotStart
from embedded.supervisor import Program, Supervisor


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def supervise(tmp_path, told):
    made = []

    def make(*programs, now=None):
        clock = {} if now is None else {"now": now}
        made.append(Supervisor(programs, {}, tmp_path, say=told.append, **clock))
        return made[-1]

    yield make
    for supervisor in made:
        supervisor.stop()


def test_a_start_fails_when_one_keeps_ending_and_nothing_is_left(supervise, told):
    good = Program("good", python("import time; time.sleep(600)"))
    bad = Program("bad", python("print('no such table'); raise SystemExit(3)"))
    supervisor = supervise(good, bad)

    with pytest.raises(CannotStart, match=r"(?s)bad did not come up.*no such table"):
        supervisor.start()

    assert [one.child for one in supervisor.running] == [None, None]
    assert "bad ended (exit status 3). Starting it again in 1 s" in told[0]


def test_a_start_fails_when_one_never_answers(supervise):
    mute = Program("mute", python("import time; time.sleep(600)"), "http://127.0.0.1:9/")

    with pytest.raises(CannotStart, match="mute did not come up"):
        supervise(mute).start(within=0.5)


def test_a_wrong_setting_is_not_tried_again(supervise, told):
    wrong = Program("wrong", python("print('X is not set'); raise SystemExit(78)"))

    with pytest.raises(CannotStart, match="X is not set"):
        supervise(wrong).start()

    assert len(told) == 1
    assert "It needs another setting" in told[0]


def test_the_wait_before_another_start_doubles_up_to_half_a_minute(supervise, told):
    time = [0.0]
    supervisor = supervise(Program("bad", python("raise SystemExit(1)")), now=lambda: time[0])

    for _ in range(7):
        supervisor.watch()
        process.eventually(lambda: supervisor.running[0].child.poll() is not None, within=10)
        supervisor.watch()
        time[0] += 31

    waits = [words.split("again in ")[1].split(" s")[0] for words in told]
    assert waits == ["1", "2", "4", "8", "16", "30", "30"]


def test_a_process_that_ignores_the_request_to_end_is_forced(supervise, monkeypatch):
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
    supervisor = supervise(Program("deaf", python(deaf)))
    supervisor.start()
    child = supervisor.running[0].child
    monkeypatch.setattr("embedded.supervisor.SECONDS_TO_STOP", 0.5)

    supervisor.stop()

    assert child.returncode is not None
