"""What the pages need to be told before they start."""

import pytest
from projections.main import app
from typer.testing import CliRunner

TOLD = {
    "PROJECTIONS_DATABASE_URL": "postgresql://127.0.0.1:1/x",
    "OIDC_ISSUER": "http://127.0.0.1:1",
}


@pytest.mark.parametrize("secret", [None, ""])
def test_without_their_own_secret_nobody_could_be_shown_so_they_do_not_start(
    monkeypatch: pytest.MonkeyPatch, secret: str | None
) -> None:
    monkeypatch.delenv("OIDC_CLIENT_SECRET", raising=False)

    done = CliRunner().invoke(app, ["web"], env=TOLD | {"OIDC_CLIENT_SECRET": secret})

    assert done.exit_code == 78
    assert "OIDC_CLIENT_SECRET is not set" in done.output
    assert "vdab_traject_rechten" in done.output
