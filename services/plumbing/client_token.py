"""A service's own access token, by client credentials: kept until shortly before it expires."""

import threading
import time
from collections.abc import Callable

import httpx2
from pydantic import BaseModel, Field, SecretStr, ValidationError

from plumbing.tokens import (
    FETCH_TIMEOUT_SECONDS,
    RETRY_AFTER_SECONDS,
    Issuer,
    IssuerUnreachable,
)

RENEW_SECONDS_BEFORE = 60.0
"""A token is not used in its last minute: it has to be good still when it arrives."""


class _Told(BaseModel):
    access_token: str
    # OAuth only recommends to say it; without, the token serves the one question.
    expires_in: float = Field(default=0, ge=0)


class ClientToken:
    """The token of the client `client_id` with `scope`. Safe to use from many threads.

    `seconds` is a clock that only goes forward.
    """

    def __init__(
        self,
        issuer: Issuer,
        client_id: str,
        secret: SecretStr,
        scope: str,
        *,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._issuer = issuer
        self._client = (client_id, secret)
        self._scope = scope
        self._seconds = seconds
        self._lock = threading.Lock()
        self._token = ""
        self._good_until = float("-inf")
        self._ask_from = float("-inf")

    def token(self) -> str:
        """A token that is good for some time yet; may ask the issuer. Raises IssuerUnreachable.

        Whoever comes right after the issuer gave none is told so at once.
        """
        with self._lock:
            if self._seconds() >= self._good_until:
                self._renew()
            return self._token

    def forget(self, token: str) -> None:
        """Ask for another one next time, because this one was refused: the issuer's keys changed."""
        with self._lock:
            if token == self._token:
                self._good_until = float("-inf")

    def _renew(self) -> None:
        asked_at = self._seconds()
        if asked_at < self._ask_from:
            raise IssuerUnreachable(f"{self._issuer.url} gave no token a moment ago")
        try:
            told = self._asked()
        except IssuerUnreachable:
            # From now: those who waited for this answer would else each wait for their own.
            self._ask_from = self._seconds() + RETRY_AFTER_SECONDS
            raise
        self._token = told.access_token
        self._good_until = asked_at + told.expires_in - RENEW_SECONDS_BEFORE

    def _asked(self) -> _Told:
        client_id, secret = self._client
        try:
            answer = httpx2.post(
                self._issuer.endpoint("token_endpoint"),
                data={"grant_type": "client_credentials", "scope": self._scope},
                auth=(client_id, secret.get_secret_value()),
                timeout=FETCH_TIMEOUT_SECONDS,
            )
            answer.raise_for_status()
            return _Told.model_validate_json(answer.content)
        except (httpx2.HTTPError, httpx2.InvalidURL, ValidationError) as error:
            # No cause: the answer might quote the credentials.
            raise IssuerUnreachable(
                f"{self._issuer.url} gives {client_id} no token with scope {self._scope}"
                f" ({type(error).__name__})"
            ) from None
