"""What stands between a caller and people, asked of the write side; what it told lately serves meanwhile."""

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

import httpx2
from plumbing.callers import Caller
from plumbing.client_token import ClientToken
from plumbing.clock import Clock
from plumbing.correlation import in_the_name_of
from plumbing.logs import failure, logger
from plumbing.problems import ProblemType
from plumbing.row_rights import Rule, Standing
from plumbing.tokens import IssuerUnreachable
from pydantic import AwareDatetime, BaseModel, ValidationError

SCOPE = "vdab_traject_rechten"
"""What a service's token needs to ask for anybody's standing."""

SERVES_FOR = timedelta(minutes=10)
"""How long an answer of the write side serves when it is away."""

TIMEOUT = httpx2.Timeout(2, connect=1)

STANDING_AWAY = ProblemType(
    "standing-away",
    503,
    "It cannot be checked now whom you may see, so nothing is shown",
    "The write side, which knows, does not answer. Try again in a moment; if it stays, tell the "
    "operators the correlation id.",
)

log = logger(__name__)


class Standings(Protocol):
    """Where it is told what stands between a caller and people."""

    def of(self, caller: Caller) -> Standing:
        """The caller's standing at this moment. Raises STANDING_AWAY as a Problem (503)."""
        ...


class _Overridden(BaseModel):
    person_ref: UUID
    until: AwareDatetime


class _Told(BaseModel):
    # Closed: a barrier of a name that we do not know must stop us, and not be passed over.
    barriers: dict[Rule, list[UUID]]
    overridden: list[_Overridden]

    def at(self, now: datetime) -> Standing:
        """The same without what ended by itself."""
        lifted = [one.person_ref for one in self.overridden if now < one.until]
        return Standing(self.barriers, lifted)


@dataclass
class _Kept:
    told: _Told
    at: datetime


@dataclass
class WriteSideStanding:
    """The write side's `POST /v1/standing` at `api_url`, asked with our own `token`.

    It is asked each time; for SERVES_FOR after an answer, that one serves where none comes. `now` is
    UTC. Safe to use from many threads; close it at the end.
    """

    api_url: str
    token: ClientToken
    now: Clock
    _kept: dict[str, _Kept] = field(default_factory=dict[str, _Kept], init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)
    _client: httpx2.Client = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._client = httpx2.Client(base_url=self.api_url, timeout=TIMEOUT, follow_redirects=False)

    def close(self) -> None:
        """Let go of its connections."""
        self._client.close()

    def of(self, caller: Caller) -> Standing:
        """As Standings says."""
        try:
            told = self._asked(caller.ref)
        except (httpx2.HTTPError, IssuerUnreachable, ValidationError) as error:
            log.warning("standing not told", failure=failure(error))
            return self._told_lately(caller.ref)
        now = self.now()
        with self._lock:
            self._forget_what_is_old(now)
            self._kept[caller.ref] = _Kept(told, now)
        return told.at(now)

    def _asked(self, caller_ref: str) -> _Told:
        token = self.token.token()
        answer = self._post(caller_ref, token)
        if answer.status_code == 401:  # noqa: PLR2004  # The issuer may have new keys.
            self.token.forget(token)
            answer = self._post(caller_ref, self.token.token())
        answer.raise_for_status()
        return _Told.model_validate_json(answer.content)

    def _post(self, caller_ref: str, token: str) -> httpx2.Response:
        headers = in_the_name_of(token)
        return self._client.post("/v1/standing", json={"caller_ref": caller_ref}, headers=headers)

    def _told_lately(self, caller_ref: str) -> Standing:
        now = self.now()
        with self._lock:
            self._forget_what_is_old(now)
            kept = self._kept.get(caller_ref)
        if kept is None:
            raise STANDING_AWAY.problem(headers={"Retry-After": "5"})
        return kept.told.at(now)

    def _forget_what_is_old(self, now: datetime) -> None:
        for ref in [ref for ref, kept in self._kept.items() if now - kept.at > SERVES_FOR]:
            del self._kept[ref]
