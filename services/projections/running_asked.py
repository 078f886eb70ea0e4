"""What of the write side is running, asked there in the name of whoever asks."""

from collections.abc import Collection
from typing import Protocol

import httpx2
from plumbing.correlation import in_the_name_of
from plumbing.logs import failure, logger
from plumbing.running import Process
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

TIMEOUT = httpx2.Timeout(2, connect=1)

log = logger(__name__)


class Waiting(BaseModel):
    """The facts after a place in the log, and since when the oldest of them waits."""

    model_config = ConfigDict(frozen=True)
    after: int
    facts: int
    oldest_recorded_at: AwareDatetime | None


class Proven(BaseModel):
    """What the auditor has proven of log and topics."""

    model_config = ConfigDict(frozen=True)
    position: int
    at: AwareDatetime
    differences: int
    whole_at: AwareDatetime | None


class WriteSideRunning(BaseModel):
    """The write side at a moment. Places in the log are digits in strings there, and numbers here."""

    model_config = ConfigDict(frozen=True)
    demo: bool
    stored: int
    published: int
    processes: list[Process]
    waiting: Waiting
    unread: list[Waiting]
    proven: Proven | None


class RunningSource(Protocol):
    """Where it is told what of the write side is running."""

    def now(self, applied: Collection[int], access_token: str) -> WriteSideRunning | None:
        """As the bearer of `access_token` may know it; None when the write side does not answer."""
        ...


class WriteSideStatus:
    """The write side's `GET /v1/running` at `api_url`. Safe to use from many threads."""

    def __init__(self, api_url: str) -> None:
        self._address = f"{api_url.rstrip('/')}/v1/running"

    def now(self, applied: Collection[int], access_token: str) -> WriteSideRunning | None:
        """As RunningSource says. Raises nothing."""
        headers = in_the_name_of(access_token)
        asked = {"applied": [str(one) for one in applied]}
        try:
            answer = httpx2.get(self._address, params=asked, headers=headers, timeout=TIMEOUT)
            answer.raise_for_status()
            return WriteSideRunning.model_validate_json(answer.content)
        except (httpx2.HTTPError, ValidationError) as error:
            log.warning("running not told", failure=failure(error))
            return None
