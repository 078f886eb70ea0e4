"""Where the demo's page asks `make up` to kill a process: a socket that only our own user can write to."""

import shutil
import socket
import tempfile
from pathlib import Path
from typing import Self

MOST_AT_ONCE = 20
BYTES = 100


class Control:
    """A context manager; `path` is what who asks is told."""

    def __enter__(self) -> Self:
        # Not in the data folder: an address of this kind may have a hundred signs and no more.
        self._folder = tempfile.mkdtemp(prefix="vdab-demo-")
        self.path = Path(self._folder) / "control"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self.path))
        self._socket.settimeout(0)
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def asked(self) -> list[str]:
        """The names of the processes that were asked to be killed since the last look."""
        names: list[str] = []
        while len(names) < MOST_AT_ONCE:
            try:
                names.append(self._socket.recv(BYTES).decode(errors="replace"))
            except BlockingIOError:
                break
        return names
