"""Commands for the write side, in the name of whoever fills in a form; nothing is decided or kept here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

import httpx2
from plumbing.correlation import in_the_name_of
from plumbing.logs import failure, logger
from pydantic import BaseModel, ConfigDict, ValidationError

TIMEOUT = httpx2.Timeout(10, connect=1)
FOR_MANY = httpx2.Timeout(60, connect=1)
_CREATED, _OK = 201, 200

log = logger(__name__)


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True)


class Wording(_Told):
    """The same in Dutch and in English."""

    nl: str
    en: str

    def of(self, language: str) -> str:
        """In this language."""
        return self.nl if language == "nl" else self.en


class Rule(_Told):
    """What the rules say of a form: lengths such as `26 weeks`, hours a week, from when until when."""

    rule: str
    since: date | None
    until: date | None
    min_length: str | None
    soft_max: str | None
    hard_max: str | None
    min_hours: float | None
    max_hours: float | None


class ModuleChoice(_Told):
    """A module that a field can name."""

    kind: str
    form: str | None
    organisation: str
    started_on: date
    planned_until: date
    last_day: date | None
    soft_maximum_on: date | None
    hard_maximum_on: date | None


class Choice(_Told):
    """One value that a field takes."""

    code: str
    rule: Rule | None = None
    module: ModuleChoice | None = None


class Field(_Told):
    """A field of a command, as a form shows it."""

    name: str
    label: Wording
    help: Wording | None
    type: str
    required: bool
    choices: list[Choice]
    pattern: str | None
    least: float | None
    most: float | None
    earliest: date | None
    latest: date | None
    value: Any


class WhyNot(_Told):
    """Why a command is not possible now; the detail is in English."""

    rule: str
    detail: str


class Command(_Told):
    """A command that the caller has the right to."""

    command: str
    does: Wording
    why_not: WhyNot | None
    fields: list[Field]


class Offered(_Told):
    """What may be sent about a pathway, and the version that a form of it is made on."""

    version: int
    today: date
    fresh_from: date
    commands: list[Command]

    def named(self, command: str) -> Command | None:
        """The command of this name, where it is offered."""
        return next((one for one in self.commands if one.command == command), None)


class Done(_Told):
    """What a command came to."""

    pathway_id: UUID
    version: int
    warnings: list[str]


class HandedOver(_Told):
    """What became of one pathway of a hand-over, or would."""

    pathway_id: UUID
    outcome: str
    warnings: list[str]
    rule: str | None
    detail: str | None


class HandOverTold(_Told):
    """What a hand-over came to, or would: how many to what, and each pathway."""

    accepted: int
    warned: int
    already: int
    refused: int
    pathways: list[HandedOver]


class Why(StrEnum):
    """Why there is no answer to go on with."""

    REFUSED = "refused"
    """By a rule, or because a field is not understood."""
    MOVED = "moved"
    """The pathway changed since the form was made."""
    BUSY = "busy"
    """The same form is being decided on."""
    UNKNOWN = "unknown"
    ONLY_SEEN = "only_seen"
    NOT_ALLOWED = "not_allowed"
    AWAY = "away"
    """The write side gave no answer to use; whether it recorded anything is not known."""


@dataclass(frozen=True)
class NotDone:
    """Nothing was recorded, as far as is known; `errors` by field, in English as the write side says it."""

    why: Why
    rule: str = ""
    detail: str = ""
    errors: Mapping[str, str] = field(default_factory=dict[str, str])
    version: int | None = None
    """Where the pathway stands, when it moved."""


class Commands(Protocol):
    """Where commands are sent to, in the name of the bearer of `access_token`."""

    def offered(
        self, pathway_id: UUID, access_token: str, fact_id: UUID | None = None
    ) -> Offered | NotDone:
        """What may be sent about the pathway, or to put one of its facts right."""
        ...

    def send(self, asked: "Asked", access_token: str) -> Done | NotDone:
        """Send one command."""
        ...

    def warnings(self, asked: "Asked", access_token: str) -> Sequence[str]:
        """What a command about a pathway would be warned of; nothing where that cannot be told."""
        ...

    def hand_over(
        self, body: Mapping[str, Any], key: str, access_token: str
    ) -> HandOverTold | NotDone:
        """Hand pathways over, or with `preview` in the body tell what would become of each."""
        ...


@dataclass(frozen=True)
class Asked:
    """A command with its body; without a pathway, an enrolment. `key` names it when it is repeated."""

    body: Mapping[str, Any] = field(repr=False)
    key: str
    pathway_id: UUID | None = None
    command: str = ""
    version: int | None = None


class WriteSideCommands:
    """The write side's commands at `api_url`. Safe to use from many threads."""

    def __init__(self, api_url: str) -> None:
        self._api = f"{api_url.rstrip('/')}/v1"
        self._address = f"{self._api}/pathways"

    def offered(
        self, pathway_id: UUID, access_token: str, fact_id: UUID | None = None
    ) -> Offered | NotDone:
        """As Commands says; the write side leaves its own trace of the look. Raises nothing."""
        try:
            answer = httpx2.get(
                f"{self._address}/{pathway_id}/commands",
                params={"fact_id": str(fact_id)} if fact_id else {},
                headers=in_the_name_of(access_token),
                timeout=TIMEOUT,
            )
            if answer.status_code == _OK:
                return Offered.model_validate_json(answer.content)
            return not_done(answer)
        except (httpx2.HTTPError, ValidationError) as error:
            log.warning("commands not told", failure=failure(error))
            return NotDone(Why.AWAY)

    def send(self, asked: Asked, access_token: str) -> Done | NotDone:
        """As Commands says. Raises nothing."""
        headers = in_the_name_of(access_token) | {"Idempotency-Key": asked.key}
        address = self._address
        if asked.pathway_id:
            address = f"{address}/{asked.pathway_id}/{asked.command}"
            headers["If-Match"] = f'"{asked.version or 0}"'
        try:
            answer = httpx2.post(address, json=asked.body, headers=headers, timeout=TIMEOUT)
            if answer.status_code in (_OK, _CREATED):
                return Done.model_validate_json(answer.content)
            return not_done(answer)
        except (httpx2.HTTPError, ValidationError) as error:
            log.warning("command not answered", command=asked.command, failure=failure(error))
            return NotDone(Why.AWAY)

    def warnings(self, asked: Asked, access_token: str) -> Sequence[str]:
        """As Commands says. Raises nothing."""
        headers = in_the_name_of(access_token) | {"Idempotency-Key": asked.key}
        headers["If-Match"] = f'"{asked.version or 0}"'
        try:
            answer = httpx2.post(
                f"{self._address}/{asked.pathway_id}/{asked.command}",
                json=asked.body,
                headers=headers,
                params={"preview": "true"},
                timeout=TIMEOUT,
            )
            if answer.status_code == _OK:
                return Done.model_validate_json(answer.content).warnings
        except (httpx2.HTTPError, ValidationError) as error:
            log.warning("warnings not told", command=asked.command, failure=failure(error))
        return ()

    def hand_over(
        self, body: Mapping[str, Any], key: str, access_token: str
    ) -> HandOverTold | NotDone:
        """As Commands says. Raises nothing."""
        headers = in_the_name_of(access_token) | {"Idempotency-Key": key}
        try:
            answer = httpx2.post(
                f"{self._api}/hand-overs", json=body, headers=headers, timeout=FOR_MANY
            )
            if answer.status_code == _OK:
                return HandOverTold.model_validate_json(answer.content)
            return not_done(answer)
        except (httpx2.HTTPError, ValidationError) as error:
            log.warning("hand-over not answered", failure=failure(error))
            return NotDone(Why.AWAY)


class _Wrong(BaseModel):
    pointer: str = ""
    detail: str = ""


class _Problem(BaseModel):
    type: str = ""
    title: str = ""
    detail: str = ""
    errors: list[_Wrong] = []
    version: int | None = None


_WHY = {
    "pathway-moved": Why.MOVED,
    "in-flight": Why.BUSY,
    "unknown-pathway": Why.UNKNOWN,
    "only-seen": Why.ONLY_SEEN,
    "not-allowed": Why.NOT_ALLOWED,
    "not-signed-in": Why.NOT_ALLOWED,
}
_SERVER = 500


def not_done(answer: httpx2.Response) -> NotDone:
    if answer.status_code >= _SERVER:
        return NotDone(Why.AWAY)
    told = _Problem.model_validate_json(answer.content)
    rule = told.type.rpartition("/")[2]
    errors = {
        one.pointer.removeprefix("#/").replace("/", "."): one.detail
        for one in told.errors
        if one.pointer
    }
    return NotDone(_WHY.get(rule, Why.REFUSED), rule, told.detail, errors, told.version)
