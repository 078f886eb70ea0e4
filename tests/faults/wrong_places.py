"""Faults after which a person has to decide: it must stop, say why, and go on once that is done."""

import subprocess
import time
from random import Random

import psycopg
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource
from embedded import kafka, postgres, process
from psycopg import sql

from tests.faults.stand import Stand

READERS = ("counsellor", "reporting", "web")
PARTITIONS = 12
SECONDS = 60.0


def records_refused(stand: Stand, chance: Random) -> float:
    """The topic takes only small messages from now on; counted from the end of that."""
    publisher = stand.stack.children["publisher"]
    _configure(stand, "max.message.bytes", "300")
    assert publisher.wait(SECONDS) == 65, process.last_lines(stand.stack.log("publisher"))
    assert _reason(stand) in ("TOO_LARGE", "REFUSED")
    _configure(stand, "max.message.bytes", "1048576")
    since = time.monotonic()
    stand.start("publisher")
    return stand.recovered(since)


def another_cluster(stand: Stand, chance: Random) -> float:
    """A publisher is told of other brokers, where topics of these names are; then of ours again."""
    stand.stop("publisher")
    other = kafka.start(
        stand.stack.folder / "kafka-other",
        process.free_port(),
        process.free_port(),
        say=lambda _: None,
    )
    try:
        there = {"KAFKA_BOOTSTRAP_SERVERS": other.bootstrap_servers}
        stand.runs("pathway", "topics", "create", **there)
        assert "OTHER_CLUSTER" in stand.ends_stopped("pathway", "publisher", **there)
    finally:
        other.stop()
    since = time.monotonic()
    stand.start("publisher")
    return stand.recovered(since)


def older_store(stand: Stand, chance: Random) -> float:
    """A publisher is told of an older copy of the store; then of the store again."""
    name = f"pathway_older_{chance.getrandbits(32):08x}"
    _copy_store(stand, name)
    stand.recovered(time.monotonic())
    stand.stop("publisher")
    older = stand.pair.url(name)
    said = stand.ends_stopped("pathway", "publisher", PATHWAY_DATABASE_URL=older)
    assert "STORE_OLDER" in said, said
    since = time.monotonic()
    stand.start("publisher")
    return stand.recovered(since)


def older_read_model(stand: Stand, chance: Random) -> float:
    """Both read models are restored from an older copy: they catch up by themselves."""
    stand.stop(*READERS)
    assert process.eventually(lambda: _copied(stand), within=SECONDS), "sessions do not end"
    stand.start(*READERS)
    stand.recovered(time.monotonic())
    stand.stop(*READERS)
    _tell(stand, sql.SQL("drop database projections with (force)"))
    _tell(stand, sql.SQL("alter database projections_older rename to projections"))
    since = time.monotonic()
    stand.start(*READERS)
    return stand.recovered(since)


def newer_read_model(stand: Stand, chance: Random) -> float:
    """A read model says that it read more than there is: it stops, and goes on when that is put right."""
    stand.stop("counsellor")
    move = "update counsellor.partition_progress set next_offset = next_offset + %s"
    with psycopg.connect(stand.stack.projections_url, autocommit=True) as connection:
        connection.execute(move, [1_000_000])
        said = stand.ends_stopped("projections", "consumer", "counsellor")
        assert "emptied or restored from an older copy" in said, said
        connection.execute(move, [-1_000_000])
    since = time.monotonic()
    stand.start("counsellor")
    return stand.recovered(since)


def emptied_topics(stand: Stand, chance: Random) -> float:
    """The events topic is emptied; both are made anew and filled from the store, and the rows from them."""
    stack = stand.stack
    stand.stop("publisher", "counsellor", "reporting")
    admin = AdminClient({"bootstrap.servers": stack.brokers})
    everything = [TopicPartition(stack.events_topic, number, -1) for number in range(PARTITIONS)]
    for emptied in admin.delete_records(everything).values():
        emptied.result()
    assert "TOPIC_EMPTIED" in stand.ends_stopped("pathway", "publisher")
    both = [stack.events_topic, stack.state_topic]
    for deleted in admin.delete_topics(both).values():
        deleted.result()
    assert process.eventually(
        lambda: not set(both) & set(admin.list_topics(timeout=10).topics), within=SECONDS
    )
    stand.runs("pathway", "topics", "create")
    stand.runs("pathway", "publisher", "start-over", "--reason", "the topics were emptied")
    stand.runs("projections", "migrate", "--anew", "counsellor", "--anew", "reporting")
    since = time.monotonic()
    stand.start("publisher", "counsellor", "reporting")
    return stand.recovered(since)


def _reason(stand: Stand) -> str:
    return stand.stack.ask("select stopped_reason from pathway.publisher_status")[0][0]


def _configure(stand: Stand, name: str, value: str) -> None:
    """Give the events topic this setting."""
    entry = ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(
        ConfigResource.Type.TOPIC, stand.stack.events_topic, incremental_configs=[entry]
    )
    admin = AdminClient({"bootstrap.servers": stand.stack.brokers})
    for done in admin.incremental_alter_configs([resource]).values():
        done.result()


def _copy_store(stand: Stand, name: str) -> None:
    """As a backup is made and restored, while everybody goes on."""
    _tell(stand, sql.SQL("create database {}").format(sql.Identifier(name)))
    programs, dump = postgres._programs(), stand.stack.folder / "store.dump"
    here, there = (stand.pair.url_of_primary(one) for one in ("pathway", name))
    subprocess.run([programs / "pg_dump", "-Fc", "-f", dump, here], check=True)
    subprocess.run([programs / "pg_restore", "-d", there, dump], check=True)


def _copied(stand: Stand) -> bool:
    """Whether the read side could be copied: nobody was connected to it any more."""
    try:
        _tell(stand, sql.SQL("create database projections_older template projections"))
    except psycopg.errors.ObjectInUse:
        return False
    return True


def _tell(stand: Stand, statement: sql.Composable) -> None:
    with psycopg.connect(stand.pair.url("postgres"), autocommit=True) as connection:
        connection.execute(statement)
