"""Reading messages: what is new is passed over, what is broken is told."""

import json
from pathlib import Path

import pytest

import schemas
from schemas import BrokenMessage, events

EXAMPLE = json.loads(
    (Path(schemas.__file__).parent / "examples/module-stopped.v1.json").read_bytes()
)


def changed(**attributes: object) -> bytes:
    return json.dumps(EXAMPLE | attributes).encode()


def without(attribute: str) -> bytes:
    return json.dumps({k: v for k, v in EXAMPLE.items() if k != attribute}).encode()


def test_a_newer_type_is_passed_over_but_its_version_counts() -> None:
    message = schemas.parse(changed(type="be.vdab.pathway.module-stopped.v2", data={"new": [1]}))

    assert isinstance(message, schemas.Unknown)
    assert message.streamversion == EXAMPLE["streamversion"]


def test_a_newer_type_may_come_without_data() -> None:
    raw = {k: v for k, v in EXAMPLE.items() if k != "data"} | {"type": "be.vdab.pathway.new.v1"}

    assert isinstance(schemas.parse(json.dumps(raw).encode()), schemas.Unknown)


def test_fields_that_nobody_knows_yet_are_passed_over() -> None:
    newer = changed(sampledrate=5, data=EXAMPLE["data"] | {"decision": "D-12"})

    assert schemas.parse(newer) == schemas.parse(changed())


def test_an_attribute_that_is_null_is_one_that_is_not_there() -> None:
    assert schemas.parse(changed(traceparent=None)) == schemas.parse(without("traceparent"))


def test_an_instant_in_another_zone_is_the_same_instant() -> None:
    message = schemas.parse(changed(time="2016-05-20T11:02:18.733+02:00"))

    assert message.to_bytes() == schemas.parse(changed()).to_bytes()
    assert b'"time":"2016-05-20T09:02:18.733000Z"' in message.to_bytes()


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"not json", id="not JSON"),
        pytest.param(b"\xff\xfe", id="not UTF-8"),
        pytest.param(b"[1]", id="a list"),
        pytest.param(b"null", id="null"),
        pytest.param(b"{}", id="no CloudEvent"),
        pytest.param(changed(specversion="0.3"), id="another CloudEvents"),
        pytest.param(changed(type=7), id="a type that is no text"),
        pytest.param(without("type"), id="no type"),
        pytest.param(without("id"), id="no id"),
        pytest.param(without("data"), id="a known type without data"),
        pytest.param(without("streamversion"), id="no version"),
        pytest.param(changed(streamversion=0), id="version 0"),
        pytest.param(changed(globalposition="12a"), id="a position that is no number"),
        pytest.param(changed(time="2016-05-20T09:02:18"), id="an instant without a zone"),
        pytest.param(changed(subject="pathway 1"), id="a subject that is no UUID"),
        pytest.param(changed(hash="abc"), id="a hash that is none"),
        pytest.param(changed(data=EXAMPLE["data"] | {"reason": "ZIEKTE"}), id="a code kept back"),
        pytest.param(changed(data={"pathway_status": "NAZORG"}), id="data without their fields"),
        pytest.param(
            changed(type="be.vdab.pathway.new.v1", streamversion="?"), id="a broken newer one"
        ),
    ],
)
def test_a_broken_message_is_told(value: bytes) -> None:
    with pytest.raises(BrokenMessage):
        schemas.parse(value)


def test_what_is_broken_is_named_without_its_value() -> None:
    with pytest.raises(BrokenMessage) as broken:
        schemas.parse(changed(data=EXAMPLE["data"] | {"module_id": "Jan Peeters"}))

    assert "data.module_id" in str(broken.value)
    assert "Jan" not in str(broken.value)
    assert "Peeters" not in str(broken.value)


def test_a_message_holds_the_event_that_its_type_names() -> None:
    assert isinstance(schemas.parse(changed()).data, events.ModuleStopped)
