"""The servers that `make up` starts where no others are named, and what they need to find first."""

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from embedded import kafka, postgres, process
from embedded.kafka import Kafka
from embedded.plan import UpSettings
from embedded.postgres import Postgres
from embedded.process import CannotStart

BYTES_NEEDED = 500_000_000


def check_the_disk(data: Path, needed: int = BYTES_NEEDED) -> None:
    """Raise CannotStart when fewer than `needed` bytes are free on the disk under `data`."""
    free = shutil.disk_usage(data).free
    if free < needed:
        raise CannotStart(
            f"The disk that holds {data} is full: {free // 1_000_000} MB are free, and about "
            f"{needed // 1_000_000} MB are needed. Free some, or choose another place: "
            "make up DATA_DIR=/path/with/room"
        )


def check_the_ports(settings: UpSettings, patience: float = 0) -> None:
    """Raise CannotStart when a port is taken, and still is after `patience` seconds."""
    for port, what, setting in settings.ports():

        def free(port: int = port) -> bool:
            return process.is_free(port)

        if not process.eventually(free, within=patience):
            raise CannotStart(
                f"Port {port}, meant for {what}, is taken by another program. "
                f"End that program, or choose another port: make up {setting}={port + 100}"
            )


@dataclass
class Server:
    """A server of ours, with how to start it (again)."""

    name: str
    address: str
    start: Callable[[], Postgres | Kafka]
    now: Postgres | Kafka

    @property
    def state(self) -> str:
        """One word for the status table."""
        return "up" if self.now.child.poll() is None else "down"

    def watch(self, say: Callable[[str], None]) -> None:
        """Start it again when it ended. Raises CannotStart when that does not help."""
        status = self.now.child.poll()
        if status is not None:
            said = process.last_lines(self.now.log, 5)
            how = process.ending(status)
            say(f"{self.name} ended ({how}). Starting it again. Its last lines were:\n{said}")
            self.now = self.start()

    def stop(self) -> None:
        """End it; what was promised is on disk."""
        self.now.stop()


@dataclass(frozen=True)
class Backends:
    """The addresses that our processes work on, and those servers of them that are ours."""

    pathway_url: str
    projections_url: str
    brokers: str
    own: list[Server]


def start(settings: UpSettings, say: Callable[[str], None], running: ExitStack) -> Backends:
    """Start the servers that the settings do not name; `running` stops them. Raises CannotStart."""
    own: list[Server] = []

    def keep(name: str, port: int, begin: Callable[[], Postgres | Kafka]) -> None:
        server = Server(name, f"127.0.0.1:{port}", begin, begin())
        running.callback(server.stop)
        own.append(server)

    data = settings.data_dir.resolve()
    urls = [settings.pathway_database_url, settings.projections_database_url]
    if settings.own_postgres:
        port = settings.postgres_port
        keep("PostgreSQL", port, partial(postgres.start, data / "postgres", port))
    brokers = settings.kafka_bootstrap_servers
    if brokers is None:
        port, other = settings.kafka_port, settings.kafka_controller_port
        keep("Kafka", port, partial(kafka.start, data / "kafka", port, other, say=say))
        brokers = own[-1].address
    pathway, projections = (
        url.get_secret_value() if url else _url_of_ours(own, name)
        for url, name in zip(urls, postgres.DATABASES, strict=True)
    )
    return Backends(pathway, projections, brokers, own)


def _url_of_ours(own: list[Server], database: str) -> str:
    return next(server.now.url(database) for server in own if isinstance(server.now, Postgres))
