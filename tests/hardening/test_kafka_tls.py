"""A Kafka that takes TLS and a signed-in user alone, reached by every client of ours."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from confluent_kafka.admin import (
    AdminClient,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)
from embedded import kafka, process
from pathway import topics
from pathway.sending import Outgoing, Sending
from pathway.topics import TopicSettings
from projections import topic
from projections.settings import FollowSettings

from tests.hardening.certificates import Authority

USER, PASSWORD = "pathway", "invented-password"
MODULE = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
REFUSED = 3
IDENTIFY = f"""
from plumbing.settings import load
from projections import topic
from projections.settings import FollowSettings
try:
    topic.identify(load(FollowSettings))
except topic.TopicMissing:
    pass
except topic.KafkaFailed:
    raise SystemExit({REFUSED})
"""
Told = dict[str, object]


def broker_settings(folder: Path, ports: list[int], authority: Authority) -> dict[str, str]:
    certificate, key = authority.signed("broker")
    keystore = folder / "broker-keystore.pem"
    keystore.write_bytes(key.read_bytes() + certificate.read_bytes())
    client, controller, inside = (f"127.0.0.1:{port}" for port in ports)
    return {
        "listeners": f"CLIENT://{client},CONTROLLER://{controller},INSIDE://{inside}",
        "advertised.listeners": f"CLIENT://{client},INSIDE://{inside}",
        "listener.security.protocol.map": "CLIENT:SASL_SSL,CONTROLLER:PLAINTEXT,INSIDE:PLAINTEXT",
        "inter.broker.listener.name": "INSIDE",
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(keystore),
        "sasl.enabled.mechanisms": "SCRAM-SHA-512",
        "listener.name.client.scram-sha-512.sasl.jaas.config": MODULE,
    }


def make_user(bootstrap: str) -> None:
    told = UserScramCredentialUpsertion(
        USER, ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), PASSWORD.encode()
    )
    admin = AdminClient({"bootstrap.servers": bootstrap})
    for done in admin.alter_user_scram_credentials([told]).values():
        done.result(30)


@pytest.fixture(scope="module")
def told() -> Iterator[Told]:
    """The settings with which this broker is reached."""
    with tempfile.TemporaryDirectory(prefix="pathway-kafka-tls-") as name:
        folder = Path(name)
        authority = Authority(folder)
        ports = [process.free_port() for _ in range(3)]
        settings = broker_settings(folder, ports, authority)
        broker = kafka.start(folder / "kafka", ports[0], ports[1], settings=settings)
        try:
            make_user(f"127.0.0.1:{ports[2]}")
            yield {
                "kafka_bootstrap_servers": broker.bootstrap_servers,
                "kafka_security_protocol": "SASL_SSL",
                "kafka_sasl_mechanism": "SCRAM-SHA-512",
                "kafka_sasl_username": USER,
                "kafka_sasl_password": PASSWORD,
                "kafka_ssl_cafile": authority.file,
            }
        finally:
            broker.stop()


def test_topics_are_made_written_in_transactions_and_read_over_tls_by_a_signed_in_user(
    told: Told,
) -> None:
    settings = TopicSettings.model_validate(told)
    assert set(topics.create(settings)) == set(settings.topics)
    found = topics.find(settings)

    with closing(Sending(settings, found.largest)) as sending:
        sending.fence()
        sending.send([Outgoing(settings.events_topic, b"key", b"{}")])

    following = FollowSettings.model_validate(
        {**told, "projections_database_url": "postgresql://nowhere/projections"}
    )
    partition = topics.partition_of(b"key")
    with topic.reader(following, None) as reading:
        bounds = reading.bounds([partition])[partition]
    [record] = [one for batch in topic.read(following, {partition: bounds.end}) for one in batch]
    assert (record.key, record.value) == (b"key", b"{}")


@pytest.mark.parametrize("wrong", ["password", "authority"])
def test_neither_a_wrong_password_nor_an_unknown_authority_leads_to_the_brokers(
    told: Told, tmp_path: Path, wrong: str
) -> None:
    instead = {
        "password": {"kafka_sasl_password": "guessed"},
        "authority": {"kafka_ssl_cafile": Authority(tmp_path, "Strangers").file},
    }
    settings = {
        **told,
        **instead[wrong],
        "projections_database_url": "postgresql://nowhere/projections",
    }
    environment = os.environ | {name.upper(): str(value) for name, value in settings.items()}

    # In a process of its own: the library leaves open sockets where it could not begin.
    assert (
        subprocess.run([sys.executable, "-c", IDENTIFY], check=False, env=environment).returncode
        == REFUSED
    )
    right = environment | {name.upper(): str(value) for name, value in told.items()}
    assert subprocess.run([sys.executable, "-c", IDENTIFY], check=False, env=right).returncode == 0


def test_settings_that_ask_for_a_sign_in_name_the_user() -> None:
    with pytest.raises(ValueError, match="KAFKA_SASL_USERNAME"):
        TopicSettings.model_validate(
            {"kafka_bootstrap_servers": "b:1", "kafka_security_protocol": "SASL_SSL"}
        )
