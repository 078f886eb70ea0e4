"""What the pages are told by their environment."""

from pathlib import Path

from plumbing.client_token import ClientToken
from plumbing.tokens import Issuer
from plumbing.web_sign_in import WebSignInSettings
from pydantic import Field, SecretStr

from projections.settings import DatabaseSettings
from projections.standing import SCOPE


class WebSettings(DatabaseSettings, WebSignInSettings):
    """Where the read models, the vault and the issuer are."""

    pathway_api_url: str = Field(
        default="http://127.0.0.1:8401",
        pattern="^https?://",
        description="the address of the write side's API, which tells names and who sees whom",
    )
    oidc_client_secret: SecretStr = Field(
        min_length=1,
        description="the secret of OIDC_CLIENT_ID at the issuer, with client credentials for the "
        f"scope {SCOPE}: by it these pages ask the write side who may see whom",
    )
    demo_control: Path | None = Field(
        default=None,
        description="a socket at which `make up` is asked to kill a process of its demo; set by it alone",
    )


def token_of(settings: WebSettings) -> ClientToken:
    """The pages' own token, with which they ask the write side; the issuer is not asked yet."""
    return ClientToken(
        Issuer(settings.oidc_issuer), settings.oidc_client_id, settings.oidc_client_secret, SCOPE
    )
