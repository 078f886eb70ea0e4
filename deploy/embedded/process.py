"""Child processes that never outlive the one who started them, and the words for when they do not come up."""

import contextlib
import ctypes
import errno
import os
import pwd
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

Child = subprocess.Popen[bytes]

PR_SET_PDEATHSIG = 1
# Loaded before any fork: a child of a process with threads may call it, but may not import.
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class CannotStart(Exception):
    """Something did not come up; the message says why and what to do about it."""


def start(
    command: Sequence[str | Path],
    *,
    log: Path | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    user: str | None = None,
    at_parents_death: signal.Signals = signal.SIGTERM,
) -> Child:
    """Start a child in a session of its own: a Ctrl-C reaches only us, and the order of stopping is ours.

    The child's output is added to `log` (or thrown away). With `user`, which needs root, it runs as that
    user. On Linux it is sent `at_parents_death` when this process dies without stopping it; this
    follows the calling thread, so call from one that stays. Raises CannotStart when the program
    cannot be run at all.
    """
    parent = os.getpid()

    def prepare() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # A background shell hands it down as ignored.
        if _LIBC is not None:
            _LIBC.prctl(PR_SET_PDEATHSIG, int(at_parents_death))
            if os.getppid() != parent:
                os._exit(1)

    with contextlib.ExitStack() as files:
        try:
            output = files.enter_context(log.open("ab")) if log else subprocess.DEVNULL
            return subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(env) if env is not None else None,
                cwd=cwd,
                user=user,
                group=_group_of(user),
                extra_groups=[] if user else None,
                start_new_session=True,
                preexec_fn=prepare,  # noqa: PLW1509
            )
        except OSError as error:
            raise CannotStart(f"{command[0]} cannot be run: {told(error)}") from error


def _group_of(user: str | None) -> int | None:
    if user is None:
        return None
    return pwd.getpwnam(user).pw_gid


def stop(child: Child, how: signal.Signals = signal.SIGTERM, within: float = 10) -> int:
    """Ask the child to end, force it when it has not after `within` seconds; its exit status."""
    with contextlib.suppress(ProcessLookupError):
        child.send_signal(how)
    try:
        return child.wait(within)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        return child.wait()


def ending(status: int) -> str:
    """How a child ended, from its exit status, in words."""
    return f"exit status {status}" if status >= 0 else f"by {signal.Signals(-status).name}"


def free_port() -> int:
    """A TCP port on 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_free(port: int) -> bool:
    """Whether a server could listen on 127.0.0.1:`port`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def eventually(ready: Callable[[], bool], *, within: float, every: float = 0.05) -> bool:
    """Whether `ready` became true within so many seconds."""
    deadline = time.monotonic() + within
    while not ready():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True


def told(error: OSError) -> str:
    """What the operating system says, with the way out where there is one to name."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return "the disk is full. Free some space and start again; what was written so far is kept."
    where = f" ({error.filename})" if error.filename else ""
    return f"{error.strerror or error}{where}"


def last_lines(log: Path, count: int = 15) -> str:
    """The end of a log file, indented, for use in a message; empty when there is none."""
    try:
        lines = log.read_text(errors="replace").splitlines()
    except OSError:
        return ""
    return "\n".join(f"    {line}" for line in lines[-count:])


def did_not_come_up(name: str, log: Path) -> CannotStart:
    """The refusal for a server that ended or hung while starting, with its own last words."""
    said = last_lines(log)
    if "No space left on device" in said:
        return CannotStart(f"{name} did not come up: {told(OSError(errno.ENOSPC, ''))}")
    return CannotStart(f"{name} did not come up. Its last lines, from {log}:\n{said}")
