"""One `make up` at a time on a data directory, and a word for the second one."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from embedded.process import CannotStart, told


@contextmanager
def hold(data: Path, addresses: str) -> Generator[bool]:
    """Hold `data` (made when missing) for the length of the block.

    `addresses` is what a second one is told of the first. Gives whether the last holder was killed,
    so that its servers may still be on their way out. Raises CannotStart when another holds it.
    """
    try:
        data.mkdir(parents=True, exist_ok=True)
        # Not emptied by opening: what stands there is the word of the one that may hold it.
        # Unbuffered: on a full disk closing would try to write once more.
        file = os.fdopen(os.open(data / "lock", os.O_RDWR | os.O_CREAT, 0o644), "rb+", buffering=0)
    except OSError as error:
        raise CannotStart(f"The data directory {data} cannot be used: {told(error)}") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(
                f"`make up` is already running here ({data}): {file.read().decode().strip()}\n"
                "Use that one, or end it (Ctrl-C in its window) before starting another."
            ) from None
        was_killed = bool(file.read())
        try:
            file.seek(0)
            file.truncate()
            file.write(f"process {os.getpid()}, {addresses}\n".encode())
        except OSError as error:
            raise CannotStart(f"The data directory {data} cannot be used: {told(error)}") from error
        try:
            yield was_killed
        finally:
            file.seek(0)
            file.truncate()
