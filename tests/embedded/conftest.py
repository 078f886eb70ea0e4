"""A `make up` as a process of its own, whose words can be read and whose leftovers can be found."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from embedded import process

SMALL_UP = Path(__file__).with_name("small_up.py")


class RunningUp:
    """What a person at the terminal has: its words, Ctrl-C, and a look at the processes."""

    def __init__(self, data: Path, environment: dict[str, str]) -> None:
        self.data = data
        self._output = data.with_suffix(".out")
        # In the environment of every process that comes from here.
        environment = {**os.environ, **environment, "DATA_DIR": str(data)}
        with self._output.open("ab") as output:
            self.child = subprocess.Popen(
                [sys.executable, SMALL_UP],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self._output.read_text()

    def says(self, words: str, times: int = 1) -> bool:
        """Whether it comes to say so; what earlier ones on the same data said counts too."""
        return process.eventually(lambda: self.said.count(words) >= times, within=60)

    def ends(self) -> int:
        try:
            return self.child.wait(60)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it did not end; it said: {self.said}") from None

    def press_ctrl_c(self) -> int:
        os.killpg(self.child.pid, signal.SIGINT)
        return self.ends()

    def processes(self) -> dict[int, str]:
        """Those that came from here, by number: their command lines."""
        mark = f"DATA_DIR={self.data}\0".encode()
        found: dict[int, str] = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (folder / "environ").read_bytes() + b"\0":
                    found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
            except OSError:
                continue
        return found

    def leaves_nothing(self) -> bool:
        return process.eventually(lambda: not self.processes(), within=30)


@pytest.fixture
def start_up(tmp_path: Path) -> Iterator[Callable[..., RunningUp]]:
    """`start_up(**settings)`: on one data directory, with a free web port unless one is given."""
    with ExitStack() as all_of_them:

        def start(**settings: str) -> RunningUp:
            chosen = {"WEB_PORT": str(process.free_port()), "API_PORT": str(process.free_port())}
            running = RunningUp(tmp_path / "data", {**chosen, **settings})
            all_of_them.callback(process.stop, running.child, within=30)
            return running

        yield start


@pytest.fixture
def servers(database_url: str, kafka_bootstrap: str) -> dict[str, str]:
    """Settings that name the test servers, so that `make up` starts none of its own."""
    return {
        "PATHWAY_DATABASE_URL": database_url,
        "PROJECTIONS_DATABASE_URL": database_url,
        "KAFKA_BOOTSTRAP_SERVERS": kafka_bootstrap,
        "OIDC_ISSUER": "http://127.0.0.1:1",
    }
