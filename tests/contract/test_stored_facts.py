"""Each version of a fact that was ever stored is kept here as a file, and still loads, for ever.

A file is never changed: their digests stand in SHA256SUMS. `python -m tests.contract.test_stored_facts`
writes that of a new fact, and enters it there.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from pathway.domain.catalogue import FACTS, PathwayFact
from pydantic import TypeAdapter

from schemas import kept
from tests.pathway.test_contract import PLAIN

STORED = Path(__file__).parent / "stored"
GOLDEN = sorted(STORED.glob("*.json"))
any_fact: TypeAdapter[PathwayFact] = TypeAdapter(PathwayFact)


def test_every_fact_has_its_file() -> None:
    assert {path.stem for path in GOLDEN} >= {f"{fact.__name__}.v1" for fact in FACTS}


def test_no_file_was_changed() -> None:
    assert list(kept.not_as_kept(STORED)) == []


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_what_was_stored_once_still_loads_and_says_the_same(path: Path) -> None:
    stored = json.loads(path.read_text())

    fact = any_fact.validate_python(stored)

    assert type(fact).__name__ == path.stem.partition(".")[0]
    assert as_stored(json.loads(fact.model_dump_json()), stored) == stored


def as_stored(told: Any, stored: Any) -> Any:
    """What is told, without the fields that came later and have their default, also in facts within facts."""
    if isinstance(stored, dict):
        return {name: as_stored(told[name], stored[name]) for name in stored}
    if isinstance(stored, list):
        return [as_stored(one, other) for one, other in zip(told, stored, strict=True)]
    return told


if __name__ == "__main__":
    for kind, fact in PLAIN.items():
        path = STORED / f"{kind.__name__}.v1.json"
        if not path.exists():
            path.write_text(json.dumps(json.loads(fact.model_dump_json()), indent=2) + "\n")
    kept.keep(STORED)
