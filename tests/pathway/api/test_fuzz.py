"""Whatever is sent to whichever endpoint: an answer as documented, problem details, never a 500."""

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, assume, settings
from pathway.api import create_app
from pathway.application import Pathways
from schemathesis.config import SchemathesisConfig

from tests.fuzzing import is_sent_whole, signed_in
from tests.pathway.api.client import Caller, anybody

CALLERS = {
    "/v1/pathways/{pathway_id}/annul-pathway": "teamleider-01",
    "/v1/pathways/{pathway_id}/merge-pathways": "teamleider-01",
    "/v1/pathways/{pathway_id}/record-legacy-import": "insz",
    "/v1/pathways/{pathway_id}/revert-merge": "teamleider-01",
    "/v1/events": "mlp",
    "/v1/refused": "auditor-01",
    "/v1/access": "auditor-01",
    "/v1/persons/references": "insz",
    "/v1/persons/numbers": "insz",
    "/v1/persons/replace-number": "beheerder-01",
    "/v1/persons/cancel-number": "beheerder-01",
    "/v1/persons/link": "beheerder-01",
    "/v1/barriers": "beheerder-01",
    "/v1/barriers/{barrier_id}/end": "beheerder-01",
    "/v1/standing": "vdab-pathway-web",
}
CONFIG = {
    "generation": {"max-examples": 4},
    "checks": {
        "missing_required_header": {"expected-statuses": [400, 428]},
        # An If-Match that is no version of ours matches none.
        "negative_data_rejection": {"expected-statuses": ["4xx"]},
        # What a valid INSZ is, or a day on which a rule holds, no JSON Schema can say.
        "positive_data_acceptance": {"enabled": False},
        # Held cell by cell by test_api_rights; this one would ask the app that is described.
        "ignored_auth": {"enabled": False},
    },
}


def described() -> Any:
    """The API as it describes itself, which it can without a store."""
    nowhere = cast("Pathways", SimpleNamespace(store=None))
    document = create_app(nowhere, cast("Any", None), cast("Any", None), "").openapi()
    config = SchemathesisConfig.from_dict(CONFIG)
    schema = schemathesis.openapi.from_dict(signed_in(document), config=config)
    schema.app = FastAPI()
    return schema


schema = described()


class Pathway:
    """A pathway that is there, at the version where it stands; a new one when it is closed or hidden."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self.address = ""
        self.known: tuple[str, str] | None = None

    def now(self) -> tuple[str, str]:
        """Its id and its ETag, asked again after anything that may have moved it."""
        self.known = self.known or self._asked()
        return self.known

    def _asked(self) -> tuple[str, str]:
        answer = self.caller.get(self.address) if self.address else None
        # Made-up commands give it to another unit, or close it on a day long ago.
        gone = answer is None or answer.status_code == 404
        if gone or answer.json()["state"]["status"] == "AFGESLOTEN":
            # Enrolled long ago, so that most days that are made up come after it.
            new = self.caller.enrolled(anybody() | {"on": "1990-01-01"})
            self.address = f"/v1/pathways/{new}"
            return str(new), '"1"'
        return answer.json()["pathway_id"], answer.headers["etag"]


@pytest.fixture(scope="module", autouse=True)
def _nobody_waits_long() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pathway.api_events.LONGEST_WAIT", 0.01)
        yield


@pytest.fixture(scope="module")
def pathway(lasting: Caller) -> Pathway:
    return Pathway(lasting)


@schema.parametrize()
@settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))
def test_any_request_is_answered_as_documented(case, lasting: Caller, pathway: Pathway) -> None:
    who = lasting.signed_in_as(CALLERS.get(case.path, lasting.who))
    go_on_with(case, pathway)
    assume(is_sent_whole(case))

    response = case.call(
        headers={"Authorization": who.http.headers["Authorization"]}, app=lasting.app
    )

    if response.status_code < 400:
        pathway.known = None
    case.validate_response(response)
    if response.status_code >= 400:
        assert response.status_code != 500
        problem = response.json()
        assert problem["status"] == response.status_code
        assert problem["type"].startswith("/problems/")
        assert {"title", "correlation_id"} <= problem.keys()


def go_on_with(case: Any, pathway: Pathway) -> None:
    """Most made-up ids lead nowhere: put in one that is there, where the id was well-formed."""
    told = (case.path_parameters or {}).get("pathway_id")
    try:
        UUID(str(told))
    except ValueError:
        return
    known, etag = pathway.now()
    case.path_parameters["pathway_id"] = known
    headers = case.headers or {}
    if re.fullmatch('"[0-9]{1,9}"', str(headers.get("If-Match"))):
        headers["If-Match"] = etag
    elif "If-Match" in headers and "Idempotency-Key" in headers:
        # Under the key of the same command that was right, it would be answered as that was.
        headers["Idempotency-Key"] = f"{headers['Idempotency-Key']}-otherwise"
