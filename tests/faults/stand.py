"""The system under faults: all processes and servers, clients that go on, and how long it takes to recover."""

import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from random import Random

import httpx2
import psycopg
from embedded import process
from embedded.plan import BIN

from tests.faults.judge import Acknowledged, Event, Row, Verdict, judge
from tests.faults.load import Command, Load, signed_in
from tests.faults.servers import Cluster, Pair
from tests.system.clients import Client, read_all
from tests.system.stack import Stack, running

SECONDS_TO_RECOVER = 240.0
SECONDS_TO_BE_REACHED = 180.0
EXIT_STOPPED = 65
SETTINGS = {
    # Small transactions, so that a fault falls into one.
    "PUBLISHER_WINDOW": "25",
    "PUBLISHER_LEASE_SECONDS": "5",
    # The clients' own caller and address are the same for all of them.
    "RATE_PER_CALLER": "0",
    "RATE_PER_ADDRESS": "0",
}
# Deferred, so that it comes after the insert, at the commit, and before that is on disk. A sequence is not
# undone with the transaction, so it counts what was tried.
_AT_COMMIT = """
    create schema faults;
    create sequence faults.reached;
    create table faults.armed (at bigint not null);
    create function faults.reach() returns trigger language plpgsql security definer as $$
    declare
        armed faults.armed;
    begin
        select * into armed from faults.armed;
        if found and nextval('faults.reached') = armed.at then
            perform pg_sleep(60);
        end if;
        return null;
    end $$;
    create constraint trigger faults_reach after insert on pathway.pathway_events
        deferrable initially deferred for each row execute function faults.reach();
"""
_WHO_IS_THERE = """
    select pid from pg_stat_activity
     where datname = current_database() and wait_event = 'PgSleep'
"""


class Stand:
    """A stack with its servers. `load` are the clients of the fault at hand."""

    def __init__(self, stack: Stack, pair: Pair, cluster: Cluster | None, chance: Random) -> None:
        self.stack = stack
        self.pair = pair
        self.cluster = cluster
        self.chance = chance
        self.load: Load
        self.acknowledged: list[Acknowledged] = []
        """By every fault so far."""
        self.ended: list[str] = []
        """Who ended by itself, and was started again."""
        stack.own = {"postgres": pair.primary, **(cluster.servers if cluster else {})}

    @contextmanager
    def loaded(self) -> Iterator[Load]:
        """Clients for the length of the block, who then ask some of it again."""
        self.load = Load(self.stack, self.chance)
        with self.load:
            yield self.load
        self.load.repeat()

    def judged(self, acknowledged: Sequence[Acknowledged]) -> Verdict:
        """What stands on the topic and in the rows, held against these answers."""
        topic = [
            Event(
                one.event["subject"],
                one.event["streamversion"],
                one.event["id"],
                one.event["type"].split(".")[-2],
                one.partition,
            )
            for one in read_all(self.stack.brokers, self.stack.events_topic)
        ]
        counsellor = "select pathway_id::text, version, event_id::text from counsellor.timeline"
        reporting = "select pathway_id::text, version, event_id::text from reporting.pathway_event"
        rows = {
            "counsellor": [Row(*row) for row in self.stack.ask_rows(counsellor)],
            "reporting": [Row(*row) for row in self.stack.ask_rows(reporting)],
        }
        return judge(acknowledged, topic, rows)

    # How long it takes.

    def recovered(self, since: float) -> float:
        """Seconds from `since` until a new command was acknowledged, and is seen in both read models."""
        with closing(signed_in(self.stack)) as client:
            command = self.load.enrol(client, self.chance)

            def seen() -> bool:
                self.supervise()
                with suppress(httpx2.HTTPError, psycopg.OperationalError):
                    return self._seen(client, command)
                return False

            if not process.eventually(seen, within=SECONDS_TO_RECOVER, every=0.02):
                raise AssertionError(f"{command.told} is not seen\n{self.stack.said()}")
        return time.monotonic() - since

    def supervise(self) -> None:
        """Start again who ended by itself, as a supervisor does; who and how is kept."""
        for name, child in list(self.stack.children.items()):
            status = child.poll()
            if status is not None:
                self.ended.append(f"{name} ended ({process.ending(status)})")
                self.stack._begin(name)

    def _seen(self, client: Client, command: Command) -> bool:
        pathway_id = command.told["pathway_id"]
        reported = self.stack.ask_rows(
            "select count(*) from reporting.pathway_progress where pathway_id = %s", pathway_id
        )
        address, after = f"/v1/pathways/{pathway_id}/timeline", {"after": f"{pathway_id}:1"}
        return reported[0][0] == 1 and client.web.get(address, params=after).is_success

    # Faults of our processes.

    def killed_at(self, name: str, place: str, times: int) -> float:
        """Start it armed, so that it kills itself there; seconds until all is well after that."""
        process.stop(self.stack.children[name])
        self.stack._begin(name, FAILPOINTS=f"{place}:kill:{times}")
        status = self.stack.children[name].wait(SECONDS_TO_BE_REACHED)
        since = time.monotonic()
        assert status == -signal.SIGKILL, f"{name} ended with {status} and never came to {place}"
        self.stack.start_again(name)
        return self.recovered(since)

    def killed(self, name: str) -> float:
        """`kill -9`, and started again at once; seconds until all is well."""
        since = time.monotonic()
        self.stack.kill(name)
        self.stack.start_again(name)
        took = self.recovered(since)
        self.settle()
        return took

    def struck_at_commit(self, how: str, times: int) -> float:
        """End the PostgreSQL `session`, or kill its `server`, between an insert and its commit."""
        with psycopg.connect(self.stack.pathway_url, autocommit=True) as connection:
            connection.execute("alter sequence faults.reached restart")
            connection.execute("insert into faults.armed values (%s)", (times,))
            found: list[int] = []

            def reached() -> bool:
                found.extend(pid for (pid,) in connection.execute(_WHO_IS_THERE))
                return bool(found)

            assert process.eventually(reached, within=SECONDS_TO_BE_REACHED), "nobody commits"
            # Before it is struck: a killed server forgets how far it counted, and would be killed again.
            connection.execute("delete from faults.armed")
        since = time.monotonic()
        if how == "server":
            os.kill(found[0], signal.SIGKILL)
        else:
            self.stack.ask("select pg_terminate_backend(%s)", found[0])
        return self.recovered(since)

    def arm_commits(self) -> None:
        """Make the place between insert and commit, in the store's database."""
        with psycopg.connect(self.stack.pathway_url, autocommit=True) as connection:
            connection.execute(_AT_COMMIT)

    def ends_stopped(self, *words: str, **more: str) -> str:
        """A command of ours that must end with status 65: a person has to decide; what it said."""
        log = self.stack.folder / "stopped.log"
        log.unlink(missing_ok=True)
        child = process.start([BIN / words[0], *words[1:]], log=log, env=self._with(more))
        try:
            status = child.wait(SECONDS_TO_BE_REACHED)
        finally:
            process.stop(child, signal.SIGKILL)
        assert status == EXIT_STOPPED, f"{words} ended with {status}: {process.last_lines(log)}"
        return log.read_text()

    def is_killed(self, *words: str, place: str) -> None:
        """A command of ours that kills itself at that place."""
        log = self.stack.folder / "commands.log"
        more = {"FAILPOINTS": f"{place}:kill"}
        child = process.start([BIN / words[0], *words[1:]], log=log, env=self._with(more))
        try:
            status = child.wait(SECONDS_TO_BE_REACHED)
        finally:
            process.stop(child, signal.SIGKILL)
        assert status == -signal.SIGKILL, process.last_lines(log)

    def runs(self, *words: str, **more: str) -> None:
        """A command of ours that must end well."""
        log = self.stack.folder / "commands.log"
        child = process.start([BIN / words[0], *words[1:]], log=log, env=self._with(more))
        try:
            assert child.wait(SECONDS_TO_BE_REACHED) == 0, process.last_lines(log)
        finally:
            process.stop(child, signal.SIGKILL)

    def _with(self, more: Mapping[str, str]) -> dict[str, str]:
        return {**self.stack.environment, **more}

    def stop(self, *names: str) -> None:
        """End these processes as a supervisor does."""
        for name in names:
            process.stop(self.stack.children[name])

    def start(self, *names: str) -> None:
        """Start them, and wait for all together."""
        for name in names:
            self.stack._begin(name)
        for name in names:
            self.stack.wait_until_ready(name)

    def leads(self, child: process.Child) -> bool:
        """Whether this publisher is the one that leads."""
        leader = self.stack.ask("select leader from pathway.publisher_status")[0][0]
        return leader.endswith(f":{child.pid}")

    def settle(self) -> None:
        """Wait until the brokers have caught up with each other, so that another fault may come."""
        if self.cluster:
            self.cluster.wait_until_in_step()

    def failed_over(self) -> float:
        """Lose the primary; its standby takes its place. A new standby is made afterwards."""
        since = time.monotonic()
        self.pair.fail_over()
        self.stack.own["postgres"] = self.pair.primary
        took = self.recovered(since)
        self.pair.rejoin()
        return took

    def mend(self) -> None:
        """After a strike that went wrong: let everybody run again, as far as that can be."""
        for name in self.stack.own:
            self.stack.start_again(name)
        for name, child in self.stack.children.items():
            with suppress(ProcessLookupError):
                os.kill(child.pid, signal.SIGCONT)
            if child.poll() is not None:
                self.stack.start_again(name)


@contextmanager
def stand_on(folder: Path, chance: Random, brokers: str | None = None) -> Iterator[Stand]:
    """The whole system on a PostgreSQL with a standby, and a cluster of its own where no brokers are given."""
    with ExitStack() as stopping:
        pair = Pair(folder)
        stopping.callback(pair.stop)
        pair.start()
        cluster = None
        if brokers is None:
            cluster = Cluster(folder)
            # All at once: a broker that ends in order waits for others to take over, and none will.
            stopping.callback(cluster.kill)
            cluster.start()
            brokers = cluster.bootstrap_servers
        suffix = f"{chance.getrandbits(32):08x}"
        names = {
            "EVENTS_TOPIC": f"events-{suffix}",
            "STATE_TOPIC": f"state-{suffix}",
            "PROJECTIONS_GROUP": f"group-{suffix}",
        }
        urls = pair.url("pathway"), pair.url("projections")
        stack = Stack(folder, urls, brokers, **SETTINGS, **names)
        stopping.enter_context(running(stack))
        stand = Stand(stack, pair, cluster, chance)
        stand.arm_commits()
        yield stand
