"""Access tokens: verified against the issuer's own keys, which may rotate while we run."""

import threading
import time
from collections.abc import Callable, Mapping
from typing import cast

import httpx2
from joserfc import jws, jwt
from joserfc.errors import ExpiredTokenError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from plumbing.callers import Caller, NobodysToken, caller_of
from plumbing.clock import Clock
from plumbing.logs import failure, logger
from plumbing.problems import Problem, ProblemType

# Asymmetric only: with HS256 among them, our public key would pass as a shared secret.
ALGORITHMS = ["RS256", "PS256", "ES256", "ES384"]
LEEWAY_SECONDS = 60

ACCESS_KIND = "at+jwt"
"""The header `typ` of an access token by RFC 9068, so that no other token of the issuer passes for one."""
ANY_JWT = "jwt"
OF_IDENTITY_ALONE = frozenset({"nonce", "at_hash", "c_hash", "s_hash"})
"""Claims by which an identity token is known where the issuer gives both kinds the same `typ`."""

KEEP_KEYS_SECONDS = 3600
ASK_AGAIN_AFTER_SECONDS = 30
RETRY_AFTER_SECONDS = 2
FETCH_TIMEOUT_SECONDS = 5

NOT_SIGNED_IN = ProblemType(
    "not-signed-in",
    401,
    "You are not signed in",
    "Send a valid access token: Authorization: Bearer TOKEN.",
)
ISSUER_AWAY = ProblemType(
    "issuer-away",
    503,
    "Sign-in cannot be checked now",
    "The issuer of tokens does not answer; try again in a moment.",
)

log = logger(__name__)

FetchJson = Callable[[str], Mapping[str, object]]


class IssuerUnreachable(Exception):
    """The issuer does not answer, or not with what OpenID Connect asks of it."""


class Issuer:
    """An OpenID Connect issuer: its addresses by discovery, its public keys, kept and renewed.

    `keys_url` is where its keys are, for who may not reach the discovery document.
    Keys are asked for again after an hour, and when a token names one we have not seen; the latter
    at most every half minute, so that made-up tokens cannot make us pester the issuer.
    """

    def __init__(
        self,
        url: str,
        *,
        keys_url: str | None = None,
        fetch: FetchJson | None = None,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self.url = url.rstrip("/")
        self._keys_url = keys_url
        self._fetch = fetch or fetch_json
        self._seconds = seconds
        self._lock = threading.Lock()
        self._keys: KeySet | None = None
        self._metadata: Mapping[str, object] | None = None
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")

    def endpoint(self, name: str) -> str:
        """An address of the issuer, such as `token_endpoint`; raises IssuerUnreachable."""
        if self._metadata is None:
            self._metadata = self._discover()
        address = self._metadata.get(name)
        if not isinstance(address, str):
            raise IssuerUnreachable(f"{self.url} tells no {name}")
        return address

    def keys_at_hand(self, key_id: str | None) -> KeySet | None:
        """The keys we have, when they are fresh and hold `key_id` (None: any); asks nobody."""
        keys = self._keys
        if keys is None or self._seconds() - self._fetched_at > KEEP_KEYS_SECONDS:
            return None
        return keys if _holds(keys, key_id) else None

    def keys(self, key_id: str | None) -> KeySet:
        """The keys to check a token signed with `key_id` against; may ask the issuer.

        Raises IssuerUnreachable when there are none at all.
        """
        at_hand = self.keys_at_hand(key_id)
        if at_hand is not None:
            return at_hand
        # Old keys that hold this one serve while somebody else renews them.
        must_wait = self._keys is None or not _holds(self._keys, key_id)
        if self._lock.acquire(blocking=must_wait):
            try:
                if self.keys_at_hand(key_id) is None and self._may_ask():
                    self._renew()
            finally:
                self._lock.release()
        if self._keys is None:
            raise IssuerUnreachable(f"{self.url} does not answer")
        return self._keys

    def _may_ask(self) -> bool:
        since = self._seconds() - self._tried_at
        have_fresh = self._keys is not None and self._tried_at == self._fetched_at
        return since > (ASK_AGAIN_AFTER_SECONDS if have_fresh else RETRY_AFTER_SECONDS)

    def _renew(self) -> None:
        self._tried_at = self._seconds()
        try:
            if self._keys_url is None:
                self._metadata = self._discover()
            found = self._fetch(self._keys_url or self.endpoint("jwks_uri"))
            self._keys = KeySet.import_key_set(cast("KeySetSerialization", found))
            self._fetched_at = self._tried_at
        except (IssuerUnreachable, JoseError, KeyError, TypeError, ValueError) as error:
            # With keys from before we go on: they are still the issuer's.
            log.warning("issuer's keys not renewed", issuer=self.url, failure=failure(error))
            # From now, not from when we began: waiting for an answer may have taken longer.
            self._tried_at = self._seconds()

    def _discover(self) -> Mapping[str, object]:
        metadata = self._fetch(f"{self.url}/.well-known/openid-configuration")
        if str(metadata.get("issuer", "")).rstrip("/") != self.url:
            raise IssuerUnreachable(f"what answers at {self.url} says to be another issuer")
        return metadata


class Tokens:
    """Who an access token speaks for, when `issuer` made it for `audience`.

    `kind` is the `typ` that the issuer gives access tokens; `jwt` when it gives them none of their own.
    """

    def __init__(
        self, issuer: Issuer, audience: str, now: Clock, *, kind: str = ACCESS_KIND
    ) -> None:
        self.issuer = issuer
        self._audience = audience
        self._now = now
        self._kind = kind

    def caller(self, token: str) -> Caller:
        """The caller of a valid access token; may block while the issuer's keys are fetched.

        Raises a Problem: NOT_SIGNED_IN (401) or ISSUER_AWAY (503).
        """
        try:
            return caller_of(self.access_claims(token))
        except NobodysToken as nobodys:
            raise not_signed_in(f"The token does not say who calls: {nobodys}.") from None

    def caller_at_once(self, token: str) -> Caller | None:
        """As `caller`, but None where the issuer would have to be asked first."""
        if self.issuer.keys_at_hand(_key_id(token)) is None:
            return None
        return self.caller(token)

    def access_claims(self, token: str) -> Mapping[str, object]:
        """The verified claims of an access token, as `caller`: no other token of the issuer is one."""
        header, claims = self._verified(token, self._audience)
        kind = _kind(header)
        if kind != self._kind or (kind == ANY_JWT and not OF_IDENTITY_ALONE.isdisjoint(claims)):
            raise not_signed_in("The token is no access token.")
        return claims

    def identity_claims(self, token: str, client_id: str) -> Mapping[str, object]:
        """The verified claims of an identity token for `client_id`, as `caller`."""
        header, claims = self._verified(token, client_id)
        if _kind(header) != ANY_JWT:
            raise not_signed_in("The token is no identity token.")
        return claims

    def _verified(
        self, token: str, audience: str
    ) -> tuple[Mapping[str, object], Mapping[str, object]]:
        try:
            keys = self.issuer.keys(_key_id(token))
        except IssuerUnreachable as error:
            raise ISSUER_AWAY.problem(headers={"Retry-After": "5"}) from error
        try:
            decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
            self._rules(audience).validate(decoded.claims)
        except ExpiredTokenError as error:
            raise not_signed_in("The token has expired; sign in again.") from error
        except InvalidKeyIdError as error:
            raise not_signed_in("The token is signed with a key that is not the issuer's.") from (
                error
            )
        except (JoseError, ValueError) as error:
            raise not_signed_in("The token is not one that this service accepts.") from error
        return decoded.header, decoded.claims

    def _rules(self, audience: str) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            now=lambda: int(self._now().timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "values": [self.issuer.url, f"{self.issuer.url}/"]},
            aud={"essential": True, "value": audience},
            sub={"essential": True},
            exp={"essential": True},
        )


def not_signed_in(detail: str = "") -> Problem:
    """The 401 to raise, with the challenge that RFC 6750 asks for."""
    challenge = "Bearer"
    if detail:
        challenge += f' error="invalid_token", error_description="{detail}"'
    return NOT_SIGNED_IN.problem(detail, headers={"WWW-Authenticate": challenge})


def fetch_json(address: str) -> Mapping[str, object]:
    """The JSON object at `address`; raises IssuerUnreachable. For the issuer's documents only."""
    try:
        answer = httpx2.get(address, timeout=FETCH_TIMEOUT_SECONDS, follow_redirects=False)
        answer.raise_for_status()
        found: object = answer.json()
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        raise IssuerUnreachable(f"{address} gives no answer to use") from error
    if not isinstance(found, dict):
        raise IssuerUnreachable(f"{address} gives no JSON object")
    return cast("Mapping[str, object]", found)


def _holds(keys: KeySet, key_id: str | None) -> bool:
    return key_id is None or any(key.kid == key_id for key in keys)


def _kind(header: Mapping[str, object]) -> str:
    """The `typ` of a token in the short form of RFC 7515; a token that tells none is any JWT."""
    told = header.get("typ", ANY_JWT)
    return told.lower().removeprefix("application/") if isinstance(told, str) else ""


def _key_id(token: str) -> str | None:
    """The key that a token says it is signed with; raises a 401 Problem when it is no JWT."""
    try:
        key_id: object = jws.extract_compact(token.encode()).headers().get("kid")
    except (JoseError, ValueError) as error:
        raise not_signed_in("The token is no signed JWT.") from error
    return key_id if isinstance(key_id, str) else None
