"""Reasons that lift a refusal, handed to the write side in the name of who gives them; none is kept here."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Protocol
from uuid import UUID

import httpx2
from plumbing.correlation import in_the_name_of
from plumbing.logs import failure, logger
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

TIMEOUT = httpx2.Timeout(5, connect=1)
MOST_HOURS = 24
LEAST_REASON, MOST_REASON = 10, 1000
"""As many signs as the write side wants and takes."""

log = logger(__name__)


class Reason(BaseModel):
    """Whom someone wants to see, by INSZ or by pathway, why, and for how many hours."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)
    insz: Annotated[str | None, Field(max_length=40, repr=False)] = None
    pathway_id: UUID | None = None
    reason: Annotated[str, Field(max_length=MOST_REASON, repr=False)]
    hours: Annotated[int, Field(ge=1, le=MOST_HOURS)]


class Opened(BaseModel):
    """What the reason shows: every pathway of the person, until a moment (UTC)."""

    pathways: list[UUID]
    until: AwareDatetime


class NotOpened(StrEnum):
    """Why nothing was opened."""

    NOBODY = "nobody"
    """There is nobody whom a reason would show: unknown, or kept from the caller for good."""
    SEEN_ALREADY = "seen_already"
    NOT_UNDERSTOOD = "not_understood"
    NOT_ALLOWED = "not_allowed"
    AWAY = "away"
    """The write side gave no answer to use; whether it kept the reason is not known."""


@dataclass(frozen=True)
class Refused:
    """Nothing was opened; `fields` are those that the write side does not understand."""

    why: NotOpened
    fields: frozenset[str] = frozenset()


class Overrides(Protocol):
    """Where reasons are handed to."""

    def give(self, reason: Reason, access_token: str) -> Opened | Refused:
        """Lift a refusal for the bearer of `access_token`."""
        ...


class WriteSideOverrides:
    """The write side's `POST /v1/overrides` at `api_url`. Safe to use from many threads."""

    def __init__(self, api_url: str) -> None:
        self._address = f"{api_url.rstrip('/')}/v1/overrides"

    def give(self, reason: Reason, access_token: str) -> Opened | Refused:
        """As Overrides says; the write side leaves the trace of it. Raises nothing."""
        headers = in_the_name_of(access_token)
        told = reason.model_dump(mode="json", exclude_none=True)
        try:
            answer = httpx2.post(self._address, json=told, headers=headers, timeout=TIMEOUT)
            if answer.is_success:
                return Opened.model_validate_json(answer.content)
            refused = _refused(answer)
        except (httpx2.HTTPError, ValidationError) as error:
            log.warning("override not given", failure=failure(error))
            return Refused(NotOpened.AWAY)
        if refused.why is NotOpened.AWAY:
            log.warning("override not given", status=answer.status_code)
        return refused


class _Wrong(BaseModel):
    pointer: str = ""


class _Problem(BaseModel):
    type: str = ""
    errors: list[_Wrong] = []


_WHY = {
    401: NotOpened.NOT_ALLOWED,
    403: NotOpened.NOT_ALLOWED,
    404: NotOpened.NOBODY,
    409: NotOpened.SEEN_ALREADY,
    422: NotOpened.NOT_UNDERSTOOD,
}


def _refused(answer: httpx2.Response) -> Refused:
    why = _WHY.get(answer.status_code, NotOpened.AWAY)
    if why is NotOpened.AWAY:
        return Refused(why)
    told = _Problem.model_validate_json(answer.content)
    # What the vault held of them was destroyed: nobody is left to be shown.
    if told.type.endswith("/person-destroyed"):
        why = NotOpened.NOBODY
    return Refused(why, frozenset(one.pointer.removeprefix("#/") for one in told.errors))
