"""Where it is measured: a durable PostgreSQL and a Kafka of the run's own, databases, keys, processes."""

import itertools
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import psycopg
from embedded import kafka, plan, postgres, process
from embedded.kafka import Kafka
from embedded.plan import UpSettings
from embedded.postgres import Postgres
from embedded.supervisor import Program
from pathway import checkpoints, topics
from pathway.identity import add_master_key
from pathway.store_main import MIGRATIONS
from pathway.topics import TopicSettings
from plumbing.database import connect, migrate
from projections import schema
from projections.counsellor import COUNSELLOR
from projections.reporting import REPORTING
from psycopg import sql

ROOT = Path(__file__).parents[2]
SECONDS_TO_START = 60
# As PostgreSQL comes, durable; and with the moment of each commit, which is what lag is read from.
POSTGRES_SETTINGS = {"track_commit_timestamp": "on"}


@dataclass(frozen=True, eq=False)
class Place:
    """The servers of one run, and what is made on them."""

    folder: Path
    postgres: Postgres
    kafka: Kafka
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def database(self) -> str:
        """The URL of a new, empty database."""
        name = f"bench_{next(self._numbers)}"
        with psycopg.connect(self.postgres.url(), autocommit=True) as connection:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        return self.postgres.url(name)

    def store(self) -> str:
        """The URL of a new write side, marked as a demo."""
        url = self.database()
        with connect(url, "benchmarks", autocommit=True) as connection:
            connection.execute("create schema pathway")
            migrate(url, MIGRATIONS, "pathway")
            connection.execute("update pathway.store_mark set demo = true")
        return url

    def read_models(self) -> str:
        """The URL of a new, empty read side."""
        url = self.database()
        schema.migrate(url, [COUNSELLOR, REPORTING], frozenset())
        return url

    def system(self) -> "System":
        """A whole system on databases and topics of its own; nothing of it runs yet."""
        number = next(self._numbers)
        folder = self.folder / f"system-{number}"
        ports = {f"{name}_port": process.free_port() for name in ("api", "web", "issuer")}
        settings = UpSettings(data_dir=folder, **ports)
        own = {
            "PATHWAY_DATABASE_URL": self.store(),
            "PROJECTIONS_DATABASE_URL": self.read_models(),
            "EVENTS_TOPIC": f"events-{number}",
            "STATE_TOPIC": f"state-{number}",
            "PROJECTIONS_GROUP": f"group-{number}",
            # One caller here does what a whole service's users do: counted as ever, never refused.
            "RATE_PER_ADDRESS": "1000000",
            "RATE_PER_CALLER": "1000000",
        }
        told = plan.environment(
            settings,
            own["PATHWAY_DATABASE_URL"],
            own["PROJECTIONS_DATABASE_URL"],
            self.kafka.bootstrap_servers,
        )
        add_master_key(folder / "keys" / "master.key")
        checkpoints.new_key(folder / "keys" / "signing.key")
        self.new_topics(own["EVENTS_TOPIC"], own["STATE_TOPIC"])
        return System(settings, {**os.environ, **told, **own})

    def new_topics(self, events: str, state: str) -> tuple[str, str]:
        """The names, once both topics are there."""
        settings = TopicSettings(
            kafka_bootstrap_servers=self.kafka.bootstrap_servers,
            events_topic=events,
            state_topic=state,
        )
        topics.create(settings)
        return settings.topics


@dataclass
class System:
    """The settings of all of our processes, and those of them that run."""

    settings: UpSettings
    environment: dict[str, str]

    @property
    def folder(self) -> Path:
        return self.settings.data_dir

    @property
    def keys(self) -> Path:
        return self.folder / "keys"

    @property
    def programs(self) -> dict[str, Program]:
        """The processes of `make up`, by name, in the order of starting."""
        return {program.name: program for program in plan.programs(self.settings)}

    @contextmanager
    def running(self, *names: str) -> Iterator[dict[str, "Running"]]:
        """These processes, ready, until the end of the block."""
        with ExitStack() as all_of_them:
            started: dict[str, Running] = {}
            for name in names:
                started[name] = self._begin(name, {})
                all_of_them.callback(started[name].stop)
            for running in started.values():
                running.wait()
            yield started

    @contextmanager
    def started(self, name: str, **more: str) -> Iterator["Running"]:
        """One process, ready, with these settings as well, until the end of the block."""
        running = self._begin(name, more)
        try:
            running.wait()
            yield running
        finally:
            running.stop()

    def _begin(self, name: str, more: dict[str, str]) -> "Running":
        program = self.programs[name]
        log = self.folder / f"{name.replace(' ', '-')}-{secrets.token_hex(4)}.log"
        began = time.monotonic()
        child = process.start(program.command, log=log, env={**self.environment, **more}, cwd=ROOT)
        return Running(program, child, log, began)


READY_WORDS = {
    "publisher": b'"going-on"',
    "scheduler": b'"leading"',
    "auditor": b'"leading"',
    "twin": b'"leads"',
    "consumer": b'"takes up"',
}
"""What processes without an address log once they are ready."""


@dataclass
class Running:
    """A process of ours that runs."""

    program: Program
    child: process.Child
    log: Path
    began: float
    seconds_to_ready: float = 0.0

    def wait(self) -> None:
        """Wait until it is ready, and keep how long that took."""
        if not process.eventually(self._ready, within=SECONDS_TO_START, every=0.002):
            raise process.did_not_come_up(self.program.name, self.log)
        self.seconds_to_ready = time.monotonic() - self.began

    def _ready(self) -> bool:
        if self.child.poll() is not None:
            raise process.did_not_come_up(self.program.name, self.log)
        if self.program.answers_at:
            return answers(self.program.answers_at)
        words = [str(word) for word in self.program.command]
        expected = next(told for word, told in READY_WORDS.items() if word in words)
        return expected in self.log.read_bytes()

    def peak_memory(self) -> float:
        """The most memory that it and its children held at a time, in MB (peaks are added up)."""
        return peak_memory(self.child.pid)

    def stop(self) -> None:
        process.stop(self.child)


def answers(address: str) -> bool:
    """Whether a GET at `http://host:port/path` is answered with 200."""
    place, _, path = address.removeprefix("http://").partition("/")
    asking = HTTPConnection(place, timeout=5)
    try:
        asking.request("GET", f"/{path}")
        return asking.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        asking.close()


def peak_memory(pid: int) -> float:
    """Peak resident memory of a process and its children, added up, in MB."""
    return sum(peaks(pid).values())


def peaks(pid: int) -> dict[int, float]:
    """Peak resident memory of a process and of each of its descendants, in MB, by their numbers."""
    found: dict[int, float] = {}
    waiting = [pid]
    while waiting:
        one = waiting.pop()
        # Any of them may end meanwhile.
        with suppress(OSError, KeyError):
            told = Path(f"/proc/{one}/status").read_text().splitlines()
            status = dict(line.split(":", 1) for line in told)
            found[one] = int(status["VmHWM"].split()[0]) / 1024
            for task in Path(f"/proc/{one}/task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
    return found


@contextmanager
def servers() -> Iterator[Place]:
    """PostgreSQL with its durable defaults and Kafka as `make up` runs them, gone after the block."""
    (ROOT / ".data").mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="benchmarks-", dir=ROOT / ".data"))
    try:
        with ExitStack() as running:
            database = postgres.start(
                folder / "postgres",
                process.free_port(),
                databases=(),
                settings=POSTGRES_SETTINGS,
            )
            running.callback(database.stop)
            broker = kafka.start(
                folder / "kafka", process.free_port(), process.free_port(), say=lambda _: None
            )
            running.callback(broker.stop)
            yield Place(folder, database, broker)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
