"""Names of people, asked of the vault in the name of whoever looks; none is kept here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal, Protocol
from uuid import UUID

import httpx2
from plumbing.correlation import in_the_name_of
from plumbing.logs import failure, logger
from pydantic import BaseModel, ValidationError

MOST_AT_ONCE = 200
"""As many references as the vault takes in one question."""

LEAST_LETTERS = 3
_NOT_UNDERSTOOD = 422

TIMEOUT = httpx2.Timeout(3, connect=1)
"""Seconds: a page without names is worth more than one that does not come."""

log = logger(__name__)


class _Name(BaseModel):
    person_ref: UUID
    last_name: str
    first_name: str


class _Names(BaseModel):
    names: list[_Name]


class _People(BaseModel):
    people: list[_Name]
    more: bool


@dataclass(frozen=True)
class Names:
    """The names of some people, last name first; `missing`: the vault could not be asked for all."""

    known: Mapping[UUID, str] = field(default_factory=dict[UUID, str])
    missing: bool = False

    def of(self, reference: UUID | None) -> str | None:
        """The name of one of them; None where it is not known."""
        return self.known.get(reference) if reference else None


@dataclass(frozen=True)
class FoundNames:
    """Who was found by name, at most 20 by their reference; `more`: others were too."""

    people: Mapping[UUID, str] = field(default_factory=dict[UUID, str])
    more: bool = False
    why: Literal["short", "away"] | None = None
    """Why there is no answer: no word of three letters, or the vault could not be asked."""


class NamesSource(Protocol):
    """Where names come from."""

    def search(self, name: str, access_token: str) -> FoundNames:
        """Whom the bearer of `access_token` may see of those whose names begin with these letters."""
        ...

    def of(self, references: Iterable[UUID | None], access_token: str) -> Names:
        """The names that the bearer of `access_token` may see of these people."""
        ...


class Vault:
    """The write side's `POST /v1/persons/names` at `api_url`. Safe to use from many threads."""

    def __init__(self, api_url: str) -> None:
        self._client = httpx2.Client(base_url=api_url, timeout=TIMEOUT, follow_redirects=False)

    def close(self) -> None:
        """Let go of its connections."""
        self._client.close()

    def of(self, references: Iterable[UUID | None], access_token: str) -> Names:
        """As NamesSource says; the vault leaves its own trace of the look. Raises nothing."""
        wanted = iter(dict.fromkeys(reference for reference in references if reference))
        known: dict[UUID, str] = {}
        while batch := list(islice(wanted, MOST_AT_ONCE)):
            try:
                known |= self._asked(batch, access_token)
            except (httpx2.HTTPError, ValidationError) as error:
                log.warning("names not told", failure=failure(error))
                return Names(known, missing=True)
        return Names(known)

    def search(self, name: str, access_token: str) -> FoundNames:
        """As NamesSource says; the vault leaves its own trace. Raises nothing, and logs no name."""
        if not any(len(word) >= LEAST_LETTERS for word in name.split()):
            return FoundNames(why="short")
        try:
            answer = self._client.post(
                "/v1/persons/search", json={"name": name}, headers=in_the_name_of(access_token)
            )
            if answer.status_code == _NOT_UNDERSTOOD:
                return FoundNames(why="short")
            answer.raise_for_status()
            told = _People.model_validate_json(answer.content)
        except (httpx2.HTTPError, ValidationError) as error:
            log.warning("names not searched", failure=failure(error))
            return FoundNames(why="away")
        return FoundNames(_by_reference(told.people), told.more)

    def _asked(self, batch: list[UUID], access_token: str) -> dict[UUID, str]:
        answer = self._client.post(
            "/v1/persons/names",
            json={"references": [str(reference) for reference in batch]},
            headers=in_the_name_of(access_token),
        )
        answer.raise_for_status()
        return _by_reference(_Names.model_validate_json(answer.content).names)


def _by_reference(names: Iterable[_Name]) -> dict[UUID, str]:
    return {name.person_ref: f"{name.last_name}, {name.first_name}" for name in names}
