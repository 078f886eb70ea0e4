"""What an earlier release told of a fact is known again, and a changed message is not taken for it."""

from pathlib import Path
from typing import Any

import orjson
import pytest

import schemas
from schemas import earlier
from schemas.earlier import Lack

EXAMPLES = Path(schemas.__file__).parent / "examples"
SINCE_0_2 = ("soft_maximum_on", "hard_maximum_on")


def message(name: str) -> bytes:
    """The example of a type, as it goes on the topic now."""
    return schemas.parse((EXAMPLES / f"{name}.v1.json").read_bytes()).to_bytes()


def told_without(value: bytes, *fields: str) -> bytes:
    told: dict[str, Any] = orjson.loads(value)
    for field in fields:
        del told["data"][field]
    return orjson.dumps(told)


def lacks(value: bytes) -> tuple[Lack, ...]:
    return earlier.lacks(schemas.parse(value))


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.v1.json")))
def test_a_message_of_now_lacks_nothing_itself(file: Path) -> None:
    # What the example of a merge carries is short.
    found = [
        lack for lack in lacks(message(file.stem.removesuffix(".v1"))) if lack.path.count(".") < 3
    ]

    assert found == []


def test_fields_that_came_later_are_lacking_and_told_by_an_earlier_release() -> None:
    now = message("ibo-started")
    then = told_without(now, *SINCE_0_2)

    lacking = lacks(then)

    assert {lack.path for lack in lacking} == {f"data.{field}" for field in SINCE_0_2}
    assert earlier.without(now, lacking) == earlier.canonical(then)


def test_a_build_between_two_releases_may_lack_some_of_them() -> None:
    now = message("ibo-started")
    then = told_without(now, SINCE_0_2[1])

    assert earlier.without(now, lacks(then)) == earlier.canonical(then)


def test_no_release_lacked_a_field_that_always_was_there() -> None:
    now = message("pathway-closed")
    then = told_without(now, "proof")

    assert lacks(then) == (Lack("data.proof", "pathway-closed.v1", ""),)
    assert earlier.without(now, lacks(then)) is None


def test_another_value_is_another_message_also_where_fields_are_lacking() -> None:
    now = message("ibo-started")
    changed = orjson.loads(told_without(now, *SINCE_0_2))
    changed["actorref"] = "somebody-else"
    value = orjson.dumps(changed)

    assert earlier.without(now, lacks(value)) != earlier.canonical(value)


def test_events_within_events_are_looked_at_by_their_own_type() -> None:
    now = orjson.loads(message("pathways-merged"))
    started = orjson.loads(message("ibo-started"))
    one = {
        "id": started["id"],
        "type": started["type"],
        "occurred_on": started["occurredon"],
        "data": started["data"],
    }
    now["data"]["events"] = [one]
    whole = orjson.dumps(now)
    for field in SINCE_0_2:
        del one["data"][field]
    then = orjson.dumps(now)

    assert {lack.path for lack in lacks(then)} == {f"data.events.0.data.{f}" for f in SINCE_0_2}
    assert earlier.without(whole, lacks(then)) == earlier.canonical(then)
