"""Reading messages: what is new is passed over, what is broken is told."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

import schemas
from schemas import BrokenMessage, codes, events

EXAMPLES = {
    file.stem: json.loads(file.read_bytes())
    for file in sorted((Path(schemas.__file__).parent / "examples").iterdir())
}
EXAMPLE = EXAMPLES["module-stopped.v1"]


def grown(told: Any) -> Any:
    """The same with a field that nobody knows in each of its objects."""
    if isinstance(told, dict):
        return {name: grown(value) for name, value in told.items()} | {"of_tomorrow": {"new": [1]}}
    return [grown(one) for one in told] if isinstance(told, list) else told


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


@pytest.mark.parametrize("name", EXAMPLES)
def test_fields_that_nobody_knows_yet_are_passed_over_in_each_object_of_each_type(
    name: str,
) -> None:
    told = EXAMPLES[name]

    newer = schemas.parse(json.dumps(grown(told)).encode())

    # What a correction or a merge holds is read when it is put in its place.
    if isinstance(newer.data, events.DataCorrected):
        assert schemas.corrected(newer.data) == schemas.corrected(
            events.DataCorrected.model_validate(told["data"])
        )
    elif isinstance(newer.data, events.PathwaysMerged):
        older = events.PathwaysMerged.model_validate(told["data"])
        assert [*map(schemas.carried, newer.data.events)] == [*map(schemas.carried, older.events)]
    else:
        assert newer == schemas.parse(json.dumps(told).encode())


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_newer_version_of_each_type_is_passed_over_but_its_version_counts(name: str) -> None:
    told = EXAMPLES[name]
    newer = told | {"type": told["type"].replace(".v1", ".v2"), "data": {"other": True}}

    message = schemas.parse(json.dumps(newer).encode())

    assert isinstance(message, schemas.Unknown)
    assert message.streamversion == told["streamversion"]


@pytest.mark.parametrize(
    ("name", "field", "general"),
    [
        ("module-stopped.v1", "reason", codes.StopReason.ANDERE),
        ("stage-started.v1", "stage", codes.StageKind.STAGE),
        ("enrolled.v1", "category", codes.Category.ANDERE),
        ("pathway-closed.v1", "exit_type", codes.ExitType.ANDERE),
        ("state.v1", "exit_type", codes.ExitType.ANDERE),
        ("counsellor-assigned.v1", "reason", codes.AssignmentReason.ANDERE),
        ("data-corrected.v1", "reason", codes.CorrectionReason.ANDERE),
    ],
)
def test_an_unknown_code_is_read_as_the_general_one_of_its_list(
    name: str, field: str, general: StrEnum
) -> None:
    told = EXAMPLES[name]
    newer = told | {"data": told["data"] | {field: "EEN_NIEUWE"}}

    assert getattr(schemas.parse(json.dumps(newer).encode()).data, field) is general


def test_an_unknown_code_in_a_correction_is_read_as_the_general_one_too() -> None:
    told = EXAMPLES["data-corrected.v1"]["data"]
    correction = events.DataCorrected.model_validate(
        told
        | {
            "corrected_type": "be.vdab.pathway.module-stopped.v1",
            "corrected": EXAMPLE["data"] | {"reason": "EEN_NIEUWE"},
        }
    )

    right = schemas.corrected(correction)

    assert isinstance(right, events.ModuleStopped)
    assert right.reason is codes.StopReason.ANDERE
    assert correction.corrected["reason"] == "EEN_NIEUWE"


def test_a_correction_to_a_type_that_nobody_knows_yet_corrects_nothing_here() -> None:
    told = EXAMPLES["data-corrected.v1"]["data"]
    newer = told | {"corrected_type": "be.vdab.pathway.new.v1", "corrected": {"new": 1}}

    assert schemas.corrected(events.DataCorrected.model_validate(newer)) is None


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
        pytest.param(
            changed(data=EXAMPLE["data"] | {"module_status": "VERDAAGD"}), id="an unknown status"
        ),
        pytest.param(changed(data=EXAMPLE["data"] | {"reason": 7}), id="a code that is no text"),
        pytest.param(changed(actortype="ROBOT"), id="an unknown sort of actor"),
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
