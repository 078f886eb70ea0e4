"""The contract as it was released: a copy of the JSON Schemas of each release, which never changes again."""

import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple, Self, cast
from zoneinfo import ZoneInfo

from schemas.differences import Schemas

RELEASED = Path(__file__).parent / "released"
LIST = "releases.toml"


class Version(NamedTuple):
    """A version by semantic versioning."""

    major: int
    minor: int
    patch: int

    @classmethod
    def of(cls, text: str) -> Self:
        """From text such as `1.2.0`."""
        return cls(*map(int, text.split(".")))

    def may_break(self, before: "Version") -> bool:
        """Whether it may break who reads `before`: only ahead of 1.0.0, and told by the minor version."""
        return before.major == 0 and self[:2] > before[:2]

    def __str__(self) -> str:
        return ".".join(map(str, self))


@dataclass(frozen=True)
class Release:
    """A released contract, and the day it was released on."""

    version: Version
    on: date
    schemas: Schemas = field(repr=False)


def releases(folder: Path = RELEASED) -> Sequence[Release]:
    """Every release, the oldest first."""
    told = tomllib.loads((folder / LIST).read_text(encoding="utf-8"))
    listed = cast("list[dict[str, Any]]", told.get("release", []))
    return [_read(folder, one["version"], one["on"]) for one in listed]


def _read(folder: Path, version: str, on: date) -> Release:
    files = sorted((folder / version).glob("*.json"))
    schemas = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in files}
    return Release(Version.of(version), on, schemas)


def present_version() -> Version:
    """The version that pyproject.toml names: the release that is being worked on."""
    project = tomllib.loads((RELEASED.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    return Version.of(cast("str", project["project"]["version"]))


def today() -> date:
    """Today in Brussels."""
    return datetime.now(ZoneInfo("Europe/Brussels")).date()
