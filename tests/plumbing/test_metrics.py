"""What Prometheus is served beside a process's work, and how it is told whether that still goes on."""

import socket
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
from embedded import process
from plumbing import metrics

OPERATIONS = (Path(__file__).parents[2] / "docs/operations.md").read_text()


@pytest.fixture(scope="module")
def port() -> int:
    port = process.free_port()
    metrics.serve_or_exit(port, "127.0.0.1")
    return port


@pytest.fixture
def beat() -> Iterator[metrics.Beat]:
    metrics.BEAT()
    yield metrics.BEAT
    metrics.BEAT()


def asked(port: int, path: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_counts_are_served_with_their_meaning(port: int) -> None:
    before = metrics.PUBLISHED._value.get()
    metrics.PUBLISHED.inc(3)

    status, told = asked(port, "/metrics")

    assert status == 200
    assert "# HELP pathway_published_total Facts that this publisher put on the topics\n" in told
    assert f"\npathway_published_total {before + 3}\n" in told


def test_what_stands_in_a_database_is_asked_at_each_scrape(port: int) -> None:
    values = iter([1.0, 2.0])
    metrics.ask_at_each_scrape(
        lambda: [metrics.gauge("test_asked", "Asked", [({"of": "a"}, next(values, 0.0))])]
    )
    assert 'test_asked{of="a"} 1.0' in asked(port, "/metrics")[1]
    assert 'test_asked{of="a"} 2.0' in asked(port, "/metrics")[1]


def test_a_loop_that_comes_round_is_alive_and_one_that_does_not_is_stuck(
    port: int, beat: metrics.Beat, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert asked(port, "/health/live") == (200, "alive\n")

    monkeypatch.setattr(metrics, "SECONDS_WITHOUT_A_BEAT", -1.0)
    beat()
    assert asked(port, "/health/live") == (503, "stuck\n")

    beat(rests=3600)
    assert asked(port, "/health/live") == (200, "alive\n")


def test_a_process_without_a_loop_is_alive(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "BEAT", metrics.Beat())
    monkeypatch.setattr(metrics, "SECONDS_WITHOUT_A_BEAT", -1.0)

    assert asked(port, "/health/live") == (200, "alive\n")


def test_whoever_connects_and_asks_nothing_keeps_nobody_waiting(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)):
        assert asked(port, "/health/live")[0] == 200


def test_any_other_address_says_what_there_is(port: int) -> None:
    assert asked(port, "/") == (404, "Here are /metrics and /health/live.\n")


def test_a_port_that_is_taken_ends_the_process_with_the_way_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit) as ended:
            metrics.serve_or_exit(port, "127.0.0.1")

    assert ended.value.code == 78
    assert capsys.readouterr().err == (
        f"The port for metrics, 127.0.0.1:{port}, is taken; choose another with --metrics-port.\n"
    )


def test_without_a_port_nothing_is_served() -> None:
    metrics.serve_or_exit(None, "127.0.0.1")


def test_every_metric_stands_in_the_operators_page() -> None:
    names = {
        f"{one.name}_total" if one.type == "counter" else one.name
        for one in metrics.REGISTRY.collect()
        if not one.name.startswith("test_")
    }
    assert len(names) > 8
    assert {name for name in names if f"`{name}`" not in OPERATIONS} == set()
