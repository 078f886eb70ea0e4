"""Named places at which a test lets a process die, freeze or fail; else each costs one look at an empty table.

Armed by the variable FAILPOINTS alone, such as `between-send-and-receipt:kill:3`: at the third time that the
process comes there it kills itself. Several are parted by commas. Refused where a server of the process is not
on this machine: what is for tests must not stay behind in earnest.
"""

import os
import re
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from itertools import count

import structlog
from psycopg.conninfo import conninfo_to_dict
from psycopg.errors import ProgrammingError

from plumbing.settings import EXIT_MISCONFIGURED

PLACES: Mapping[str, str] = {
    "before-append": "facts are decided, and PostgreSQL was not asked to record them",
    "between-commit-and-answer": "facts are recorded, and whoever sent the command was not answered",
    "between-commit-and-send": "the publisher has read recorded facts, and sent none of them",
    "between-send-and-receipt": "the brokers have the messages, and their transaction is not committed",
    "between-receipt-and-position": "readers see the messages, and the publisher did not note them down",
    "between-rows-and-commit": "a projection has written its rows and its progress, and not committed",
    "between-commit-and-offset": "rows are committed, and Kafka was not told how far that is",
    "before-switch": "the rebuilt read model has the live one's place, and that is not committed",
    "after-switch": "a rebuilt read model answers, and nothing was cleaned up or told",
}
"""Each place by its name, with what is the case there. A name stands at one place of the code only."""

ACTIONS: Mapping[str, str] = {
    "kill": "the process kills itself (SIGKILL): nothing is finished or given back",
    "freeze": "it stops itself (SIGSTOP) until somebody sends SIGCONT",
    "raise": "`Reached` is raised: it ends, or goes on, as after an error that nobody foresaw",
}

_TOLD = re.compile(r"([a-z-]+):([a-z]+)(?::([1-9][0-9]*))?")
_ADDRESSES = ("PATHWAY_DATABASE_URL", "PROJECTIONS_DATABASE_URL", "KAFKA_BOOTSTRAP_SERVERS")


class Reached(Exception):
    """A failpoint was reached that was told to raise."""


class NotArmed(ValueError):
    """What FAILPOINTS asks for cannot be, or may not be here; the message says why."""


@dataclass(frozen=True)
class _Armed:
    place: str
    action: str
    at: int
    times: "count[int]"

    def reached(self) -> None:
        if next(self.times) != self.at:
            return
        structlog.get_logger().warning("failpoint", place=self.place, action=self.action)
        if self.action == "raise":
            raise Reached(self.place)
        sys.stderr.flush()
        os.kill(os.getpid(), signal.SIGKILL if self.action == "kill" else signal.SIGSTOP)


_armed: dict[str, _Armed] = {}


def reach(place: str) -> None:
    """Here is `place`, one of PLACES. Does nothing unless it is armed."""
    if _armed and place in _armed:
        _armed[place].reached()


def arm(told: str, environment: Mapping[str, str]) -> None:
    """Arm what `told` asks for, in the place of what was armed; empty arms nothing.

    `environment` holds the addresses of this process's servers. Raises NotArmed.
    """
    asked = [_read(one.strip()) for one in told.split(",") if one.strip()]
    elsewhere = [name for name in _ADDRESSES if not _is_here(name, environment.get(name, ""))]
    if asked and elsewhere:
        raise NotArmed(
            f"FAILPOINTS is for tests, and {', '.join(elsewhere)} leads to another machine. Take "
            "FAILPOINTS out of the environment."
        )
    _armed.clear()
    _armed.update({one.place: one for one in asked})


def arm_or_exit() -> None:
    """Arm what the environment's FAILPOINTS asks for; says what is wrong with it and ends with status 78."""
    try:
        arm(os.environ.get("FAILPOINTS", ""), os.environ)
    except NotArmed as refused:
        print(refused, file=sys.stderr)
        raise SystemExit(EXIT_MISCONFIGURED) from None


def _read(told: str) -> _Armed:
    found = _TOLD.fullmatch(told)
    if found is None or found[1] not in PLACES or found[2] not in ACTIONS:
        raise NotArmed(
            f"FAILPOINTS: {told!r} is no failpoint. Write PLACE:ACTION or PLACE:ACTION:N, where N says "
            f"the how manieth time. Places: {', '.join(PLACES)}. Actions: {', '.join(ACTIONS)}."
        )
    return _Armed(found[1], found[2], int(found[3] or 1), count(1))


def _is_here(name: str, address: str) -> bool:
    """Whether every server of that address is this machine; an address that is not given is nowhere else."""
    if name == "KAFKA_BOOTSTRAP_SERVERS":
        hosts = [server.rpartition(":")[0].strip() for server in address.split(",") if server]
    else:
        try:
            parts = conninfo_to_dict(address) if address else {}
        except ProgrammingError:
            return True  # Of an address that is none, settings tell.
        hosts = str(parts.get("hostaddr") or parts.get("host") or "").split(",")
    return all(_is_loopback(host) for host in hosts)


def _is_loopback(host: str) -> bool:
    # No host and a path are a socket of this machine's.
    if not host or host == "localhost" or host.startswith("/"):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
