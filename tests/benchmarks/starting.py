"""From the start of each process to the moment it is ready, beside a Python that imports what it needs."""

import subprocess
import sys
import time
from collections.abc import Sequence
from functools import partial

from tests.benchmarks.measuring import Figure, Measured, Say, Sizes, figures, in_turns
from tests.benchmarks.place import Place, System

NAME = "start-up"
ISSUER = "sign-in issuer"
IMPORTS = "import fastapi, psycopg, kafka"


def measure(place: Place, sizes: Sizes, say: Say) -> list[Figure]:
    """Seconds to ready, each process started by itself while nothing else has work."""
    system = place.system()
    names = [name for name in system.programs if name != ISSUER][: sizes.programs]
    with system.running(ISSUER):
        sides = in_turns(sizes.starts, partial(_ours, system, names), partial(_bare, names), say)
    return figures(NAME, [(name, f"{name} is ready", "s") for name in names], sides)


def _ours(system: System, names: Sequence[str], _number: int) -> Measured:
    found: Measured = {}
    for name in names:
        with system.started(name) as running:
            found[name] = running.seconds_to_ready
    return found


def _bare(names: Sequence[str], _number: int) -> Measured:
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", IMPORTS], check=True)
    return dict.fromkeys(names, time.monotonic() - began)
