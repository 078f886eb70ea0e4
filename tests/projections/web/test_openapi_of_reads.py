"""The API describes itself, and answers whatever is sent as it says: never with a 500."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from types import SimpleNamespace
from typing import Any, cast

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, assume, settings
from jsonschema import Draft202012Validator
from plumbing.web_sign_in import WebSignInSettings
from projections.web import create_app
from schemathesis.config import SchemathesisConfig
from starlette.testclient import TestClient

from tests.fuzzing import is_sent_whole, signed_in
from tests.projections.history import History
from tests.projections.web.conftest import ADDRESS, As
from tests.projections.web.given import LEADER, everyone
from tests.projections.web.served_pages import invented

CONFIG = {
    "generation": {"max-examples": 4},
    "checks": {
        # What a period is, or a cursor of which list, no JSON Schema can say.
        "positive_data_acceptance": {"enabled": False},
        # Held cell by cell by test_web_rights.
        "ignored_auth": {"enabled": False},
    },
}


def described() -> dict[str, Any]:
    """The document of an app that has no database, which describing needs none of."""
    nowhere = WebSignInSettings(oidc_issuer="http://127.0.0.1:1", web_public_url=ADDRESS)
    pool = cast("Any", SimpleNamespace())
    return create_app(nowhere, pool, invented()).openapi()


DOCUMENT = described()
schema = schemathesis.openapi.from_dict(
    signed_in(deepcopy(DOCUMENT)), config=SchemathesisConfig.from_dict(CONFIG)
)
schema.app = FastAPI()
QUESTIONS = [
    path for path, told in DOCUMENT["paths"].items() if path.startswith("/v1/") and "get" in told
]


@pytest.fixture(scope="module")
def leader(lasting: Callable[[Sequence[History]], As]) -> TestClient:
    return lasting(everyone())(LEADER)


@schema.include(path_regex="^/v1/").parametrize()
@settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))
def test_any_question_is_answered_as_documented(case, leader, monkeypatch) -> None:
    monkeypatch.setattr("projections.web_reading.SECONDS_TO_WAIT", 0.01)
    assume(is_sent_whole(case))
    authorization = {"Authorization": leader.headers["Authorization"]}

    response = case.call(headers=authorization, app=leader.app)

    case.validate_response(response)
    assert response.status_code < 500
    if response.status_code >= 400:
        assert response.headers["content-type"][0] == "application/problem+json"


@pytest.mark.parametrize("path", [path for path in QUESTIONS if not path.endswith("/download")])
def test_each_example_fits_its_schema(path: str) -> None:
    answer = DOCUMENT["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
    whole = {**answer["schema"], "components": DOCUMENT["components"]}

    assert list(Draft202012Validator(whole).iter_errors(answer["example"])) == []


def test_it_is_told_to_everyone_and_holds_no_address_of_others(app: FastAPI) -> None:
    answer = TestClient(app, base_url=ADDRESS).get("/openapi.json")

    assert (answer.status_code, answer.json()["openapi"]) == (200, "3.1.0")
    assert "https://" not in answer.text.replace("https://127.0.0.1", "")
