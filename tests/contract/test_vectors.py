"""The conformance vectors are fresh, and say of themselves what they promise."""

import json
from pathlib import Path

import pytest

import schemas
from schemas.kit import Verdict
from tests.contract.conformance import FILES, VECTORS, Conformance
from tests.contract.vectors import documents

PAGE = (Path(schemas.__file__).parent / "vectors" / "README.md").read_text(encoding="utf-8")


def test_the_vectors_are_fresh() -> None:
    wanted = dict(documents())

    assert {path.name for path in FILES} == {path.name for path in wanted}
    stale = [path.name for path, text in wanted.items() if path.read_text() != text]
    assert stale == [], "run `make vectors`"


def test_every_verdict_is_in_them() -> None:
    found = {step["verdict"] for one in VECTORS for step in one.steps if "verdict" in step}
    healed = {
        verdict for one in VECTORS for step in one.steps for verdict in step.get("verdicts", ())
    }

    assert found == set(Verdict)
    assert healed >= {Verdict.NEW, Verdict.REPEAT, Verdict.FORK, Verdict.HELD}


def test_the_page_names_each_file_and_each_verdict_with_what_it_is_about() -> None:
    for file in FILES:
        assert f"| `{file.stem}` | {json.loads(file.read_text())['about']} |" in PAGE
    assert {verdict for verdict in Verdict if f"`{verdict}`" not in PAGE} == set()


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_the_states_at_the_end_are_states_as_the_topic_tells_them(vector: Conformance) -> None:
    for stand in filter(None, vector.end.values()):
        assert (stand["state"] is None) == (stand["version"] == 0)
        if stand["state"]:
            told = schemas.events.PathwayState.model_validate(stand["state"])
            assert json.loads(told.model_dump_json()) == stand["state"]
        assert (stand["waits"] is None) == (stand["waiting_at"] is None)
