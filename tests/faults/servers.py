"""Three Kafka brokers that are one cluster, and a PostgreSQL with a synchronous standby, on this machine."""

import os
import shutil
import signal
from functools import partial
from pathlib import Path

import psycopg
from confluent_kafka import ElectionType
from confluent_kafka.admin import AdminClient
from embedded import kafka, postgres, process
from embedded.kafka import Kafka
from embedded.postgres import Postgres
from embedded.servers import Server

COPIES = 3
HEAP_MB = 256
SECONDS_TO_START = 600.0
"""On a busy machine; of several brokers none answers before most do."""
SECONDS_TO_STREAM = 60.0
SECONDS_TO_BE_IN_STEP = 60.0
STANDBY = "standby"
POSTGRES_SETTINGS = {
    # A standby that lost its primary looks for it again at once, not after five seconds.
    "wal_retrieve_retry_interval": "500ms",
}


class Cluster:
    """Brokers 1 to 3: each topic on all of them, and what is acknowledged on two at least."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._id = kafka.new_cluster_id()
        self._ports = [(process.free_port(), process.free_port()) for _ in range(COPIES)]
        self.servers: dict[str, Server] = {}

    @property
    def bootstrap_servers(self) -> str:
        return ",".join(f"127.0.0.1:{port}" for port, _ in self._ports)

    def start(self) -> None:
        """Start all, also those that were killed, and return once all answer."""
        begun = [self._begin(number) for number in range(1, COPIES + 1)]
        for number, broker in enumerate(begun, 1):
            name = f"kafka-{number}"
            kept = self.servers.setdefault(
                name, Server(name, "", partial(self._start, number), broker)
            )
            kept.now = broker
        for broker in begun:
            broker.wait(SECONDS_TO_START)

    def kill(self) -> None:
        """`kill -9` of all of them."""
        for server in self.servers.values():
            if server.now.child.poll() is None:
                os.killpg(server.now.child.pid, signal.SIGKILL)
                server.now.child.wait()

    def wait_until_in_step(self) -> None:
        """Wait until every copy of every partition has caught up: now another broker may go."""
        assert process.eventually(self._in_step, within=SECONDS_TO_BE_IN_STEP), "copies lag behind"

    def move_leaders(self) -> None:
        """Give each partition back to the broker that should lead it."""
        admin = self._admin()  # Kept: what it was asked ends with it.
        admin.elect_leaders(ElectionType.PREFERRED, None).result()

    def _in_step(self) -> bool:
        topics = self._admin().list_topics(timeout=10).topics.values()
        partitions = [p for topic in topics for p in topic.partitions.values()]
        return all(p.leader >= 0 and len(p.isrs) == len(p.replicas) for p in partitions)

    def _admin(self) -> AdminClient:
        return AdminClient({"bootstrap.servers": self.bootstrap_servers})

    def _start(self, number: int) -> Kafka:
        broker = self._begin(number)
        broker.wait()
        return broker

    def _begin(self, number: int) -> Kafka:
        port, controller_port = self._ports[number - 1]
        return kafka.begin(
            self._folder / f"kafka-{number}",
            port,
            controller_port,
            settings={**self._settings(), "node.id": str(number)},
            cluster=self._id,
            heap_mb=HEAP_MB,
            say=lambda _: None,
        )

    def _settings(self) -> dict[str, str]:
        voters = [f"{n}@127.0.0.1:{controller}" for n, (_, controller) in enumerate(self._ports, 1)]
        return {
            "controller.quorum.voters": ",".join(voters),
            # On a busy machine the others may take their time to be there.
            "initial.broker.registration.timeout.ms": "600000",
            "default.replication.factor": str(COPIES),
            "min.insync.replicas": str(COPIES - 1),
            "offsets.topic.replication.factor": str(COPIES),
            "transaction.state.log.replication.factor": str(COPIES),
            "transaction.state.log.min.isr": str(COPIES - 1),
            "share.coordinator.state.topic.replication.factor": str(COPIES),
            "share.coordinator.state.topic.min.isr": str(COPIES - 1),
        }


class Pair:
    """A primary, and a standby that has each commit on its disk before anybody is told of it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ports = process.free_port(), process.free_port()
        self._leads = 0
        self.primary: Server
        self.standby: Server

    def start(self) -> None:
        self.primary = self._server(self._leads, postgres.DATABASES)
        self._follow()

    def stop(self) -> None:
        self.standby.stop()
        self.primary.stop()

    def url(self, database: str) -> str:
        """An address that leads to whichever is primary."""
        primary = self._now(self.primary)
        hosts = ",".join(f"127.0.0.1:{port}" for port in self._ports)
        return (
            f"postgresql://{postgres.USER}:{primary.password}@{hosts}/{database}"
            "?target_session_attrs=read-write"
        )

    def url_of_primary(self, database: str) -> str:
        """An address of whichever is primary at this moment."""
        return self._now(self.primary).url(database)

    def fail_over(self) -> None:
        """Kill the primary for good, and let the standby take its place, alone for now."""
        self.kill(self.primary)
        self.primary = self.standby
        self._tell("select pg_promote()")
        self._leads = 1 - self._leads

    def rejoin(self) -> None:
        """Make a new standby in the place of the primary that was lost."""
        shutil.rmtree(self._data(1 - self._leads), ignore_errors=True)
        self._follow()

    def kill(self, server: Server) -> None:
        os.killpg(server.now.child.pid, signal.SIGKILL)
        server.now.child.wait()

    def _follow(self) -> None:
        """Copy the primary, start the copy, and let each commit wait for it."""
        number = 1 - self._leads
        self._copy(self._data(number))
        self.standby = self._server(number, ())
        self._tell(f"alter system set synchronous_standby_names = '{STANDBY}'")
        self._tell("select pg_reload_conf()")

        def streams() -> bool:
            return self._tell("select sync_state from pg_stat_replication") == [("sync",)]

        assert process.eventually(streams, within=SECONDS_TO_STREAM), self.standby.now.log

    def _copy(self, data: Path) -> None:
        primary, programs = self._now(self.primary), postgres._programs()
        account = postgres.account_for(data, programs)
        password, cluster = data / "password", data / "cluster"
        password.touch(mode=0o600)
        password.write_text(primary.password)
        cluster.mkdir(mode=0o700)
        if account:
            shutil.chown(cluster, account, account)
        where = f"host=127.0.0.1 port={primary.port} user={postgres.USER}"
        child = process.start(
            [
                *(programs / "pg_basebackup", "-D", cluster, "-R", "--checkpoint=fast"),
                *("-d", f"{where} application_name={STANDBY}"),
            ],
            log=data / "log",
            env={"PGPASSWORD": primary.password, "TZ": "UTC"},
            cwd=cluster,
            user=account,
        )
        assert child.wait(SECONDS_TO_STREAM) == 0, process.last_lines(data / "log")

    def _server(self, number: int, databases: tuple[str, ...]) -> Server:
        start = partial(
            postgres.start,
            self._data(number),
            self._ports[number],
            databases=databases,
            settings=POSTGRES_SETTINGS,
        )
        return Server("postgres", "", start, start())

    def _data(self, number: int) -> Path:
        return self._folder / f"postgres-{number}"

    def _tell(self, statement: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.url_of_primary("postgres"), autocommit=True) as connection:
            found = connection.execute(statement)
            return found.fetchall() if found.description else []

    @staticmethod
    def _now(server: Server) -> Postgres:
        assert isinstance(server.now, Postgres)
        return server.now
