"""The facts of the machine that a figure means nothing without; no names and no paths."""

import os
import platform
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

import psycopg
from embedded import jars

from tests.benchmarks.place import Place

LIBRARIES = ("eventsourcing", "psycopg", "kafka-python", "pydantic", "fastapi", "uvicorn", "orjson")
_WRITES, _PAGE = 200, 8192


def facts(place: Place) -> dict[str, str]:
    """What to know of the machine and of what runs on it: a name and a value for each line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with psycopg.connect(place.postgres.url()) as connection:
        [[postgres]] = connection.execute("show server_version").fetchall()
    return {
        "measured on": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "processor": f"{_processor()}, {len(os.sched_getaffinity(0))} cores for everything",
        "memory": f"{memory / 2**30:.0f} GB",
        # What follows the dash is somebody's own name for their build.
        "kernel": f"{platform.system()} {platform.release().partition('-')[0]}",
        "one fdatasync of 8 kB": f"{_fdatasync(place.folder) * 1e6:.0f} µs (median of {_WRITES})",
        "PostgreSQL": f"{postgres}, durable as it comes (fsync, synchronous_commit)",
        "Apache Kafka": f"{jars.KAFKA.rpartition(':')[2]}, one node, no flush per record, as it comes",
        "Python": platform.python_version(),
        "libraries": ", ".join(f"{name} {version(name)}" for name in LIBRARIES),
    }


def _processor() -> str:
    told = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.partition(":")[2].strip() for line in told if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _fdatasync(folder: Path) -> float:
    """Seconds that one takes on the disk that holds the databases."""
    file = folder / "fdatasync"
    took: list[float] = []
    with file.open("wb", buffering=0) as written:
        for _ in range(_WRITES):
            written.write(os.urandom(_PAGE))
            began = time.perf_counter()
            os.fdatasync(written.fileno())
            took.append(time.perf_counter() - began)
    file.unlink()
    return median(took)
