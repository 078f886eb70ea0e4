"""Kafka: the one place that says how any client of ours reaches the brokers."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from plumbing.settings import Settings


class KafkaSettings(Settings):
    """How to reach Kafka, from KAFKA_BOOTSTRAP_SERVERS and its companions."""

    kafka_bootstrap_servers: str = Field(
        description="the brokers to ask first, such as broker-1:9092,broker-2:9092"
    )
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        default="PLAINTEXT", description="PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL"
    )
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        default="SCRAM-SHA-512", description="PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512"
    )
    kafka_sasl_username: str = Field(default="", description="the user that the brokers know")
    kafka_sasl_password: SecretStr = Field(
        default=SecretStr(""), description="that user's password"
    )
    kafka_ssl_cafile: Path | None = Field(
        default=None, description="a PEM file with the authority that signed the brokers' keys"
    )
    kafka_ssl_certfile: Path | None = Field(
        default=None, description="a PEM file with our certificate, where brokers ask for one"
    )
    kafka_ssl_keyfile: Path | None = Field(
        default=None, description="a PEM file with the key of that certificate"
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.kafka_security_protocol.startswith("SASL") and not self.kafka_sasl_username:
            raise ValueError(
                "KAFKA_SECURITY_PROTOCOL asks for a sign-in;"
                " set KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD"
            )
        return self


def connection(settings: KafkaSettings, client_id: str) -> dict[str, object]:
    """The keyword arguments for any kafka-python client that say where and how to connect.

    `client_id` is the name in the brokers' logs and quotas. The caller adds what its own kind of
    client needs: acks, group, isolation level.
    """
    told: dict[str, object] = {
        "bootstrap_servers": settings.kafka_bootstrap_servers.split(","),
        "client_id": client_id,
        "security_protocol": settings.kafka_security_protocol,
    }
    if settings.kafka_security_protocol.startswith("SASL"):
        told |= {
            "sasl_mechanism": settings.kafka_sasl_mechanism,
            "sasl_plain_username": settings.kafka_sasl_username,
            "sasl_plain_password": settings.kafka_sasl_password.get_secret_value(),
        }
    files = {
        "ssl_cafile": settings.kafka_ssl_cafile,
        "ssl_certfile": settings.kafka_ssl_certfile,
        "ssl_keyfile": settings.kafka_ssl_keyfile,
    }
    return told | {name: str(path) for name, path in files.items() if path}
