"""Bearer tokens at a FastAPI service's door: who calls, as something an endpoint can ask for."""

from typing import Annotated, Literal, cast

from fastapi import Depends, FastAPI, Request
from fastapi.security import HTTPBearer
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from plumbing.callers import Caller
from plumbing.clock import Clock, utc_now
from plumbing.problems import ProblemType
from plumbing.settings import Settings
from plumbing.tokens import ACCESS_KIND, Issuer, Tokens, not_signed_in

NOT_ALLOWED = ProblemType(
    "not-allowed",
    403,
    "You do not have the right to do this",
    "Ask your organisation's local administrator for the right, or sign in for the other one.",
)

# For OpenAPI: that there is a token, and of which kind.
_documented = HTTPBearer(
    auto_error=False,
    bearerFormat="JWT",
    scheme_name="access_token",
    description="An access token of the issuer that OIDC_ISSUER names.",
)


class SignInSettings(Settings):
    """Whose tokens are accepted."""

    oidc_issuer: str = Field(
        pattern="^https?://",
        description="the address of the OpenID Connect issuer, as it stands in its tokens",
    )
    oidc_jwks_url: str | None = Field(
        default=None,
        pattern="^https?://",
        description="where the issuer's keys are; by itself its discovery document tells",
    )
    oidc_audience: str = Field(
        default="vdab-pathway", description="the audience that access tokens are made for"
    )
    oidc_access_token_type: Literal["at+jwt", "jwt"] = Field(
        default=ACCESS_KIND,
        description="the header typ of the issuer's access tokens: at+jwt (RFC 9068) or jwt",
    )


def tokens_of(settings: SignInSettings, now: Clock = utc_now) -> Tokens:
    """What verifies access tokens by these settings; asks the issuer nothing yet."""
    return Tokens(
        Issuer(settings.oidc_issuer, keys_url=settings.oidc_jwks_url),
        settings.oidc_audience,
        now,
        kind=settings.oidc_access_token_type,
    )


def install(app: FastAPI, tokens: Tokens) -> None:
    """Let `signed_in` of `app` verify with `tokens`."""
    app.state.tokens = tokens


async def signed_in(
    request: Request, _documentation: Annotated[object, Depends(_documented)] = None
) -> Caller:
    """Who calls: `caller: Annotated[Caller, Depends(signed_in)]`. Raises a 401 or 503 Problem."""
    known = cast("Caller | None", getattr(request.state, "caller", None))
    if known is not None:
        return known
    token = access_token(request)
    if not token:
        raise not_signed_in()
    tokens = cast("Tokens", request.app.state.tokens)
    caller = tokens.caller_at_once(token)
    if caller is None:
        caller = await run_in_threadpool(tokens.caller, token)
    request.state.caller = caller
    return caller


def access_token(request: Request) -> str:
    """The token that came with a request, to ask another service in the caller's name; "" without one."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
