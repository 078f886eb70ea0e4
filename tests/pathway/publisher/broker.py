"""A broker that a test may kill, or set as it likes."""

import os
import signal
from pathlib import Path

from embedded import kafka, process

from tests.pathway.publishing import WITHIN


class Broker:
    """A broker of the test's own, which it may end and start again on the same data."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self._folder = folder
        self._settings = {name.replace("_", "."): value for name, value in settings.items()}
        self._ports = process.free_port(), process.free_port()
        self._running: kafka.Kafka | None = None

    @property
    def servers(self) -> str:
        return f"127.0.0.1:{self._ports[0]}"

    def start(self) -> None:
        self._running = kafka.start(self._folder, *self._ports, settings=self._settings)

    def kill(self) -> None:
        if self._running:
            os.killpg(self._running.child.pid, signal.SIGKILL)
            self._running.child.wait(WITHIN)
            self._running = None

    def stop(self) -> None:
        if self._running:
            self._running.stop()
