"""Settings that are wrong are told by name, with the way out and without their value."""

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from plumbing.kafka_clients import KafkaSettings, connection
from plumbing.settings import Settings, SettingsInvalid, load, load_or_exit
from pydantic import Field, SecretStr


class Some(Settings):
    some_address: str = Field(pattern="^https?://", description="where it is, as https://HOST")
    some_port: int = Field(default=8401, description="a free port")
    some_secret: SecretStr = Field(default=SecretStr(""), description="the password")


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_ADDRESS", "https://there")
    monkeypatch.setenv("SOME_PORT", "")

    assert (load(Some).some_address, load(Some).some_port) == ("https://there", 8401)


def test_every_wrong_setting_is_named_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_PORT", "hunter2")

    with pytest.raises(SettingsInvalid) as refused:
        load(Some)

    assert str(refused.value).splitlines() == [
        "The settings are not right:",
        "  SOME_ADDRESS is not set. Set it to where it is, as https://HOST.",
        (
            "  SOME_PORT is not usable: Input should be a valid integer, unable to parse string as"
            " an integer. Set it to a free port."
        ),
    ]


def test_a_program_ends_without_a_trace_where_settings_are_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("SOME_ADDRESS", raising=False)

    with pytest.raises(SystemExit) as ended:
        load_or_exit(Some)

    assert ended.value.code == 78
    assert "SOME_ADDRESS is not set" in capsys.readouterr().err


def test_every_kafka_client_is_told_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "one:9092,two:9092")

    assert connection(load(KafkaSettings), "pathway-publisher") == {
        "bootstrap_servers": ["one:9092", "two:9092"],
        "client_id": "pathway-publisher",
        "security_protocol": "PLAINTEXT",
    }


def test_kafka_with_a_sign_in_and_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "one:9093")
    monkeypatch.setenv("KAFKA_SECURITY_PROTOCOL", "SASL_SSL")
    monkeypatch.setenv("KAFKA_SASL_USERNAME", "pathway")
    monkeypatch.setenv("KAFKA_SASL_PASSWORD", "hunter2")
    monkeypatch.setenv("KAFKA_SSL_CAFILE", "/etc/ca.pem")

    told = connection(load(KafkaSettings), "pathway")

    assert told["sasl_mechanism"] == "SCRAM-SHA-512"
    assert (told["sasl_plain_username"], told["sasl_plain_password"]) == ("pathway", "hunter2")
    assert told["ssl_cafile"] == "/etc/ca.pem"
    assert "hunter2" not in repr(load(KafkaSettings))


def test_a_kafka_sign_in_without_a_user_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "one:9093")
    monkeypatch.setenv("KAFKA_SECURITY_PROTOCOL", "SASL_SSL")

    with pytest.raises(SettingsInvalid, match="set KAFKA_SASL_USERNAME"):
        load(KafkaSettings)


def test_every_kind_of_client_knows_what_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "one:9093")
    monkeypatch.setenv("KAFKA_SECURITY_PROTOCOL", "SASL_SSL")
    monkeypatch.setenv("KAFKA_SASL_USERNAME", "pathway")
    for name in ("CAFILE", "CERTFILE", "KEYFILE"):
        monkeypatch.setenv(f"KAFKA_SSL_{name}", "/etc/some.pem")

    told = connection(load(KafkaSettings), "pathway")

    for client in (KafkaProducer, KafkaConsumer, KafkaAdminClient):
        assert set(told) <= set(client.DEFAULT_CONFIG)
