"""Who reads the topics, and what of them: the register in consumers.toml, which teams keep by pull request."""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

import schemas
from schemas import codes
from schemas.differences import Difference, Kind
from schemas.pages import ENVELOPE

REGISTER = Path(__file__).parent / "consumers.toml"
EVERYTHING = "*"


class Consumer(BaseModel):
    """A reader of a topic."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str = Field(min_length=1)
    team: str = Field(min_length=1)
    topic: Literal["vdab.pathway.events.v1", "vdab.pathway.state.v1"]
    purpose: str = Field(min_length=1)
    example: bool = False
    """Invented, to show what an entry looks like."""
    checks_schemas: bool = False
    """It checks each message against its whole schema, so that any field of any type can stop it."""
    unknown_codes: Literal["stop", "general"] = "stop"
    """What it does with a code that it does not know: stop, or read it as the list's general code."""
    reads: dict[str, frozenset[str]]
    """The fields that it uses, by type (`enrolled.v1`, `envelope.v1`); `*` stands for all.

    What it uses of every type stands under `*`, and is used of a type with a line of its own too.
    """

    def reads_of(self, type_name: str, field: str = "") -> bool:
        """Whether it uses this field of this type; without a field, the type at all."""
        told = [self.reads[name] for name in (type_name, EVERYTHING) if name in self.reads]
        if not told or not self.follows(type_name):
            return False
        fields = frozenset[str]().union(*told)
        top = field.partition(".")[0].removesuffix("[]")
        return not field or top in fields or EVERYTHING in fields

    def follows(self, type_name: str) -> bool:
        """Whether messages of this type come to it."""
        state = type_name.startswith("state.")
        return type_name == ENVELOPE or state == (self.topic == schemas.STATE_TOPIC)

    def is_broken_by(self, change: Difference) -> bool:
        """Whether it stops at this, or goes wrong."""
        if not change.breaks or not self.follows(change.type):
            return False
        if change.kind is Kind.CODE_ADDED and self.unknown_codes == "general":
            listed = getattr(codes, change.codes, None)
            if listed is not None and codes.general(listed):
                return False
        if change.kind is Kind.TYPE_REMOVED:
            # Who only checks what comes sees nothing come.
            return self.reads_of(change.type)
        # What was told as a new field, nobody reads yet.
        return self.checks_schemas or self.reads_of(change.type, change.field)

    def __str__(self) -> str:
        return f"{self.name} ({self.team}{', example' if self.example else ''})"


def registered(file: Path = REGISTER) -> Sequence[Consumer]:
    """Every reader in the register. Raises pydantic's ValidationError when it is not in order."""
    told = tomllib.loads(file.read_text(encoding="utf-8"))
    return [Consumer.model_validate(one) for one in told["consumer"]]
