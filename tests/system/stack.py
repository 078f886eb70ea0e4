"""The whole system as `make up` starts it: every process a real one, to be killed, frozen and started again."""

import os
import re
import shutil
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import psycopg
from embedded import inside, kafka, plan, postgres, process
from embedded.plan import BIN, UpSettings
from embedded.servers import Server
from embedded.steps import Steps
from embedded.supervisor import Program

import schemas

ROOT = Path(__file__).parents[2]
SECONDS_TO_START = 120.0
SECONDS_TO_CATCH_UP = 90.0
SECONDS_FOR_A_COMMAND = 120.0
EVERYBODY = ("issuer", "api", "publisher", "scheduler", "counsellor", "reporting", "web")
READ_MODELS = ("counsellor", "reporting")


class Stack:
    """Our processes by name (see EVERYBODY) on these databases and brokers; `own` servers can be killed.

    `also` names more of `make up`'s processes to start: `auditor` and `twin`.
    """

    def __init__(
        self,
        folder: Path,
        urls: tuple[str, str],
        brokers: str,
        own: Mapping[str, Server] | None = None,
        also: Sequence[str] = (),
        **more: str,
    ) -> None:
        self.settings = UpSettings(
            data_dir=folder,
            api_port=process.free_port(),
            web_port=process.free_port(),
            issuer_port=process.free_port(),
            pathway_database_url=None,
            projections_database_url=None,
            kafka_bootstrap_servers=None,
            oidc_issuer=None,
        )
        self.pathway_url, self.projections_url = urls
        self.brokers = brokers
        self.own = dict(own or {})
        told = plan.environment(self.settings, *urls, brokers)
        # Quick to look, so that it often comes in between others' commands.
        looks = {"SCHEDULER_SECONDS": "0.2", "AUDITOR_SECONDS": "0.5"}
        self.everybody = (*EVERYBODY, *also)
        self._settings = {**told, **looks, **more, "DATA_DIR": str(folder)}
        self.environment = {**os.environ, **self._settings}
        self.events_topic = more.get("EVENTS_TOPIC", schemas.EVENTS_TOPIC)
        self.state_topic = more.get("STATE_TOPIC", schemas.STATE_TOPIC)
        self.programs: dict[str, Program] = {
            one.name.split()[-1]: one for one in plan.programs(self.settings)
        }
        self.children: dict[str, process.Child] = {}
        self._started: list[process.Child] = []

    @property
    def folder(self) -> Path:
        return self.settings.data_dir

    def start(self) -> None:
        """Migrate, make keys and topics, mark the store as a demo, and start everybody."""
        log = self.folder / "preparations.log"
        steps = Steps(plan.preparations(self.settings), self.environment, log, say=lambda _: None)
        steps.take_all(SECONDS_TO_START)
        inside.write(self.folder, self._settings)
        for name in self.everybody:
            self._begin(name)
        for name in self.everybody:
            self.wait_until_ready(name)

    def stop(self) -> None:
        """End everybody, frozen ones too."""
        for child in reversed(self._started):
            child.send_signal(signal.SIGTERM)
            child.send_signal(signal.SIGCONT)
        for child in self._started:
            process.stop(child)

    # One process or server of its own, by name.

    def kill(self, name: str) -> None:
        """`kill -9`, without a last word; a process's own workers go with it."""
        child = self.own[name].now.child if name in self.own else self.children[name]
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()

    def freeze(self, name: str) -> process.Child:
        """Stop it where it is; `SIGCONT` to the answer lets it go on."""
        self.children[name].send_signal(signal.SIGSTOP)
        return self.children[name]

    def start_again(self, name: str, **more: str) -> None:
        """Start what was killed (or one more of what was frozen), and wait until it answers.

        `more` are settings for this process alone.
        """
        if name in self.own:
            self.own[name].watch(lambda _: None)
            return
        self._begin(name, **more)
        self.wait_until_ready(name)

    def _begin(self, name: str, **more: str) -> None:
        self.children[name] = process.start(
            self.programs[name].command,
            log=self.log(name),
            env={**self.environment, **more},
            cwd=ROOT,
        )
        self._started.append(self.children[name])

    def wait_until_ready(self, name: str) -> None:
        """Wait until it answers; for those without an address: until it lives."""
        where, child = self.programs[name].answers_at, self.children[name]

        def ready() -> bool:
            if child.poll() is not None:
                raise process.did_not_come_up(name, self.log(name))
            return where is None or _answers(where)

        if not process.eventually(ready, within=SECONDS_TO_START):
            raise process.did_not_come_up(name, self.log(name))

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    # Commands of ours, as at a terminal.

    @contextmanager
    def begun(self, *words: str | Path) -> Iterator[process.Child]:
        """`pathway ...` or `projections ...` in the background, killed at the end of the block."""
        program, *rest = words
        child = process.start(
            [BIN / program, *rest], log=self.log("commands"), env=self.environment, cwd=ROOT
        )
        try:
            yield child
        finally:
            process.stop(child, signal.SIGKILL)

    def run(self, *words: str | Path) -> str:
        """The same to its end, which must be good; what it said."""
        status, said = self._to_its_end([BIN / words[0], *words[1:]], SECONDS_FOR_A_COMMAND)
        assert status == 0, f"{words} ended with {status}:\n{said}"
        return said

    def make_audit(self, within: float = SECONDS_FOR_A_COMMAND) -> tuple[int, str]:
        """`make audit`: its exit status, and what it said of log, topics and read models."""
        return self._to_its_end(["make", "--no-print-directory", "audit"], within)

    def assert_no_difference(self, within: float = SECONDS_FOR_A_COMMAND) -> str:
        """`make audit` compares every fact and finds nothing; what it said."""
        facts = self.facts()
        status, said = self.make_audit(within)
        assert status == 0, said
        assert re.search(rf"{facts:,} facts, [\d,]+ checkpoints: no difference", said), said
        assert re.search(rf"{facts:,} facts, [\d,]+ newest states: no difference", said), said
        assert said.count(": equal to a fresh fold") == len(READ_MODELS), said
        return said

    def _to_its_end(self, words: Sequence[str | Path], within: float) -> tuple[int, str]:
        log = self.folder / f"{time.monotonic_ns()}.out"
        child = process.start(words, log=log, env=self.environment, cwd=ROOT)
        try:
            status = child.wait(within)
        finally:
            process.stop(child, within=0)
        return status, log.read_text()

    # Asking.

    def facts(self) -> int:
        """How many facts are stored."""
        return self.ask("select count(*) from pathway.pathway_events")[0][0]

    def told(self) -> int:
        """How many of them somebody told; the others are deadlines, which time brings about."""
        return self.ask(
            "select count(*) from pathway.pathway_events where topic <> 'DeadlineReached.v1'"
        )[0][0]

    def ask(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows from the write side's database."""
        with psycopg.connect(self.pathway_url, autocommit=True) as connection:
            return connection.execute(question, values).fetchall()

    def ask_rows(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows from the read side's database."""
        with psycopg.connect(self.projections_url, autocommit=True) as connection:
            return connection.execute(question, values).fetchall()

    def wait_until_caught_up(self, within: float = SECONDS_TO_CATCH_UP) -> None:
        """Wait until no deadline waits, and every stored fact is published and in both read models."""
        if not process.eventually(self._caught_up, within=within, every=0.1):
            raise AssertionError(f"stored, published and applied: {self._reached()}\n{self.said()}")

    def wait_for_more_published(self, while_runs: process.Child) -> None:
        """Wait until the publisher has confirmed more than it has now, or `while_runs` has ended."""
        before = self.published()

        def more() -> bool:
            return self.published() > before or while_runs.poll() is not None

        if not process.eventually(more, within=SECONDS_TO_CATCH_UP, every=0.005):
            raise AssertionError(f"nothing more is published than {before}\n{self.said()}")

    def published(self) -> int:
        """The position that the publisher has confirmed."""
        told = self.ask("select coalesce(max(position), 0) from pathway.publisher_status")
        return told[0][0]

    def _caught_up(self) -> bool:
        # First whether anything is due: what is told of it then counts below.
        nothing_due = self.ask(
            "select not exists (select from pathway.holder"
            " where due_from <= (now() at time zone 'Europe/Brussels')::date)"
        )[0][0]
        (facts, position), published, *applied = self._reached()
        return nothing_due and published == position and all(one == facts for one in applied)

    def _reached(self) -> tuple[tuple[int, int], int, int, int]:
        stored = self.ask(
            "select count(*), coalesce(max(notification_id), 0) from pathway.pathway_events"
        )[0]
        counsellor, reporting = (
            self.ask_rows(f"select coalesce(sum(version), 0) from {name}.pathway_progress")[0][0]
            for name in READ_MODELS
        )
        return (stored[0], stored[1]), self.published(), int(counsellor), int(reporting)

    def said(self, lines: int = 5) -> str:
        """The last words of everybody, for a failure's message."""
        return "\n".join(f"{n}:\n{process.last_lines(self.log(n), lines)}" for n in self.everybody)

    def processes(self) -> list[str]:
        """The command lines of what came from here and still runs."""
        mark = f"DATA_DIR={self.folder}\0".encode()
        found: list[str] = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (folder / "environ").read_bytes() + b"\0":
                    found.append((folder / "cmdline").read_text().replace("\0", " "))
            except OSError:
                continue
        return found


@contextmanager
def running(stack: Stack) -> Iterator[Stack]:
    """The stack, started; at the end of the block nothing of it is left."""
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()
    left = stack.processes()
    assert left == [], f"still running: {left}"


@contextmanager
def stack_of_its_own(folder: Path, also: Sequence[str] = (), **more: str) -> Iterator[Stack]:
    """A stack with a durable PostgreSQL and a Kafka that can be killed too (`postgres`, `kafka`)."""
    ports = [process.free_port() for _ in range(3)]

    def start_postgres() -> postgres.Postgres:
        return postgres.start(folder / "postgres", ports[0])

    def start_kafka() -> kafka.Kafka:
        return kafka.start(folder / "kafka", ports[1], ports[2], say=lambda _: None)

    with ExitStack() as stopping:
        own: dict[str, Server] = {}
        for name, begin in (("postgres", start_postgres), ("kafka", start_kafka)):
            own[name] = Server(name, "", begin, begin())
            stopping.callback(own[name].stop)
        database = own["postgres"].now
        assert isinstance(database, postgres.Postgres)
        urls = database.url("pathway"), database.url("projections")
        yield stopping.enter_context(
            running(Stack(folder, urls, f"127.0.0.1:{ports[1]}", own, also, **more))
        )
    shutil.rmtree(folder, ignore_errors=True)


def _answers(address: str) -> bool:
    try:
        return httpx2.get(address, timeout=2).status_code == httpx2.codes.OK
    except httpx2.HTTPError:
        return False
