"""The conformance vectors as tests read them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import schemas

FILES = sorted((Path(schemas.__file__).parent / "vectors").glob("*.json"))
Step = dict[str, Any]


@dataclass(frozen=True)
class Conformance:
    """A vector: its steps, and how each pathway stands at the end."""

    name: str
    steps: list[Step]
    end: dict[str, Any]

    @property
    def of_events_alone(self) -> bool:
        """Whether no step is of the state topic."""
        return all(step.get("topic") != "state" for step in self.steps)


def read(file: Path) -> Conformance:
    told = json.loads(file.read_text(encoding="utf-8"))
    return Conformance(file.stem, told["steps"], told["end"])


VECTORS = [read(file) for file in FILES]
