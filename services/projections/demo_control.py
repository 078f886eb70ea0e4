"""Lets whoever runs a demo on one machine kill a process of it, to see that nothing is lost."""

import socket
from pathlib import Path
from typing import Protocol


class Control(Protocol):
    """Where it is asked that a process be killed."""

    def kill(self, process: str) -> bool:
        """Ask it; False when nobody is there to do it."""
        ...


class DemoControl:
    """The socket that `make up` listens at, which its owner alone may write to."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)

    def kill(self, process: str) -> bool:
        """As Control says. Raises nothing."""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
                sender.settimeout(0)
                sender.sendto(process.encode(), self._path)
        except OSError:
            return False
        return True
