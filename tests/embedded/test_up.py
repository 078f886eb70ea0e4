"""`make up` as a person meets it: it comes up, says what is wrong, and leaves nothing behind."""

import errno
import io
import os
import signal
import socket

import httpx2
import pytest
from embedded import lock, process, servers
from embedded.process import CannotStart


@pytest.fixture
def own_ports() -> dict[str, str]:
    names = ("ISSUER_PORT", "KAFKA_PORT", "KAFKA_CONTROLLER_PORT", "POSTGRES_PORT")
    return {name: str(process.free_port()) for name in names}


def pid_of(up, words):
    return next(pid for pid, command in up.processes().items() if words in command)


def test_everything_comes_up_and_ctrl_c_leaves_nothing_but_the_data(start_up, own_ports):
    port = process.free_port()
    first = start_up(WEB_PORT=str(port), **own_ports)
    assert first.says("Loading: done."), first.said
    assert httpx2.get(f"http://127.0.0.1:{port}/").status_code == 200

    status = first.press_ctrl_c()

    assert status == 0
    assert first.leaves_nothing(), first.processes()

    again = start_up(**own_ports)
    assert again.says("sleeper: up", times=2), again.said
    assert again.press_ctrl_c() == 0

    assert again.said.count("Loading ...") == 1
    assert "Traceback" not in again.said


def test_a_server_that_dies_is_started_again_where_it_was(start_up, own_ports):
    up = start_up(**own_ports)
    assert up.says("Loading: done."), up.said

    # Each is told only when the one before it came up again.
    for words, told in (
        ("bin/postgres", "PostgreSQL"),
        ("kafka.Kafka", "Kafka"),
        ("600", "sleeper"),
    ):
        os.kill(pid_of(up, words), signal.SIGKILL)
        assert up.says(f"{told} ended (by SIGKILL). Starting it again"), up.said

    commands = up.processes().values()
    assert [c for c in commands if "bin/postgres" in c and f"{up.data}/postgres/cluster" in c]
    assert [c for c in commands if "kafka.Kafka" in c and f"{up.data}/kafka/" in c]
    assert up.press_ctrl_c() == 0
    assert up.leaves_nothing(), up.processes()


def test_killed_it_takes_its_processes_along_and_starts_again(start_up, own_ports):
    killed = start_up(**own_ports)
    assert killed.says("sleeper: up"), killed.said
    os.kill(pid_of(killed, "bin/postgres"), signal.SIGKILL)
    assert killed.says("PostgreSQL ended (by SIGKILL). Starting it again."), killed.said

    os.kill(killed.child.pid, signal.SIGKILL)
    again = start_up(**own_ports)

    assert again.says("sleeper: up", times=2), again.said
    assert again.press_ctrl_c() == 0
    assert again.leaves_nothing(), again.processes()


def test_a_second_one_says_that_one_is_running_and_does_not_harm_it(start_up, servers):
    port = process.free_port()
    first = start_up(WEB_PORT=str(port), **servers)
    assert first.says("pages: up"), first.said

    second = start_up(**servers)

    assert second.ends() == 1
    assert "is already running here" in second.said
    assert f"http://127.0.0.1:{port}/" in second.said.split("is already running here")[1]
    assert httpx2.get(f"http://127.0.0.1:{port}/").status_code == 200


def test_a_taken_port_is_named_with_its_setting(start_up, servers):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        up = start_up(WEB_PORT=str(port), **servers)

        assert up.ends() == 1
    assert f"Port {port}" in up.said
    assert "WEB_PORT=" in up.said
    assert "Traceback" not in up.said
    assert up.leaves_nothing()


def test_a_process_that_dies_is_told_and_started_again(start_up, servers):
    up = start_up(**servers)
    assert up.says("pages: up"), up.said

    os.kill(pid_of(up, "http.server"), signal.SIGKILL)

    assert up.says("pages ended (by SIGKILL). Starting it again in 1 s"), up.said
    assert process.eventually(lambda: up.said.count("pages: up") == 2, within=30), up.said


def test_sigterm_stops_it_as_ctrl_c_does(start_up, servers):
    up = start_up(**servers)
    assert up.says("pages: up"), up.said

    up.child.terminate()

    assert up.ends() == 0
    assert up.leaves_nothing(), up.processes()


def test_a_broker_that_does_not_come_up_is_told_with_its_last_lines(start_up, own_ports):
    same = own_ports | {"KAFKA_CONTROLLER_PORT": own_ports["KAFKA_PORT"]}

    up = start_up(**same)

    assert up.ends() == 1
    assert "Apache Kafka did not come up. Its last lines, from" in up.said
    assert "port" in up.said.split("Its last lines")[1]
    assert "Traceback" not in up.said
    assert up.leaves_nothing(), up.processes()


@pytest.mark.parametrize("port", ["eighty", "99999", "0"])
def test_a_wrong_setting_is_told_by_name(start_up, servers, port):
    up = start_up(WEB_PORT=port, **servers)

    assert up.ends() == 78
    assert "WEB_PORT" in up.said
    assert "Traceback" not in up.said


def test_a_disk_without_a_byte_left_is_told_with_the_way_out(tmp_path, monkeypatch):
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    class FullDisk(io.FileIO):
        write = full

    monkeypatch.setattr(lock.os, "fdopen", lambda fd, *_, **__: FullDisk(fd, "rb+"))

    with pytest.raises(CannotStart, match="the disk is full"), lock.hold(tmp_path, "somewhere"):
        pass


def test_a_nearly_full_disk_is_told_with_the_way_out(tmp_path):
    with pytest.raises(CannotStart, match=r"is full: \d+ MB are free.*DATA_DIR="):
        servers.check_the_disk(tmp_path, needed=10**18)
