"""Who may do what, cell by cell."""

from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from pathway.api_rights import COMMAND_ENDPOINTS, RIGHTS
from plumbing.rights import forgotten

from tests.pathway.api.client import Caller

PATHWAY, BARRIER, OVERRIDE, FACT = (UUID(int=number) for number in (7, 8, 9, 10))
PLACES = {PATHWAY: "pathway_id", BARRIER: "barrier_id", OVERRIDE: "override_id", FACT: "fact"}
ROLES = (
    "bemiddelaar-01",
    "teamleider-01",
    "partner-01",
    "rapporteur-01",
    "auditor-01",
    "mlp",
    "operator-01",
    "beheerder-01",
    "insz",
    "vdab-pathway-web",
)
GUIDES = "yes yes no no no no no no no no"
NAMED = "yes yes yes no no no no no no no"
AUDITOR = "no no no no yes no no no no no"
ENTITLED = "no no no no no no no no yes no"
ADMINISTRATOR = "no no no no no no no yes no no"
# As ROLES: counsellor, team leader, partner, reporting officer, auditor, system, operator,
# administrator, system with the scope for numbers, the pages' own service.
TABLE = {
    ("POST", "/v1/pathways"): GUIDES,
    **{("POST", f"/v1/pathways/{PATHWAY}/{c.path}"): GUIDES for c in COMMAND_ENDPOINTS},
    ("POST", f"/v1/pathways/{PATHWAY}/check-employment"): "yes yes no no no no no no yes no",
    ("POST", f"/v1/pathways/{PATHWAY}/record-legacy-import"): "no yes no no no no no no yes no",
    ("POST", f"/v1/pathways/{PATHWAY}/annul-pathway"): "no yes no no no no no no no no",
    ("POST", f"/v1/pathways/{PATHWAY}/merge-pathways"): "no yes no no no no no yes no no",
    ("POST", f"/v1/pathways/{PATHWAY}/revert-merge"): "no yes no no no no no yes no no",
    ("POST", "/v1/hand-overs"): GUIDES,
    ("GET", f"/v1/pathways/{PATHWAY}/commands"): GUIDES,
    ("GET", f"/v1/pathways/{PATHWAY}"): "yes yes yes no yes yes no no no no",
    ("GET", f"/v1/pathways/{PATHWAY}/history"): "yes yes yes no yes yes no no no no",
    ("GET", f"/v1/pathways/{PATHWAY}/difference"): "yes yes yes no yes yes no no no no",
    ("POST", "/v1/persons/look-up"): GUIDES,
    ("POST", "/v1/persons/names"): NAMED,
    ("POST", "/v1/persons/search"): GUIDES,
    ("POST", "/v1/persons/references"): ENTITLED,
    ("POST", "/v1/persons/numbers"): ENTITLED,
    ("POST", "/v1/persons/replace-number"): ADMINISTRATOR,
    ("POST", "/v1/persons/cancel-number"): ADMINISTRATOR,
    ("POST", "/v1/persons/link"): ADMINISTRATOR,
    ("POST", f"/v1/pathways/{PATHWAY}/notes"): GUIDES,
    ("GET", f"/v1/pathways/{PATHWAY}/notes"): GUIDES,
    ("GET", "/v1/refused"): "no no no no yes no yes yes no no",
    ("GET", "/v1/access"): AUDITOR,
    ("POST", "/v1/barriers"): ADMINISTRATOR,
    ("GET", "/v1/barriers"): ADMINISTRATOR,
    ("POST", f"/v1/barriers/{BARRIER}/end"): ADMINISTRATOR,
    ("POST", "/v1/overrides"): NAMED,
    ("GET", "/v1/overrides"): AUDITOR,
    ("POST", f"/v1/overrides/{OVERRIDE}/end"): NAMED,
    ("GET", "/v1/events"): "no no no no no yes no no no no",
    ("GET", f"/v1/facts/{FACT}/where"): "no no no no yes no yes no no no",
    ("GET", "/v1/running"): "no no no no no no yes yes no no",
    ("POST", "/v1/standing"): "no no no no no no no no no yes",
}
OPEN = ("/health/live", "/health/ready", "/docs", "/openapi.json", "/problems",
        "/schemas/enrolled.v1.json")  # fmt: skip


def test_every_endpoint_stands_in_the_table(app: FastAPI) -> None:
    assert forgotten(app, RIGHTS) == []


def test_every_endpoint_is_tried_here(app: FastAPI) -> None:
    routes = {r.path for r in iter_route_contexts(app.routes) if r.path.startswith("/v1")}

    assert {template(address) for _, address in TABLE} == routes


def template(address: str) -> str:
    """The address with the names of its places instead of what the table put there."""
    for told, place in PLACES.items():
        address = address.replace(str(told), f"{{{place}}}")
    return address


def test_each_role_may_do_what_the_table_says(counsellor: Caller) -> None:
    wrong = []
    for role, who in enumerate(ROLES):
        caller = counsellor.signed_in_as(who)
        for (method, address), cells in TABLE.items():
            # Without a body or a pathway: whoever may is told that, whoever may not is not.
            status = caller.http.request(method, address).status_code
            if (status == 403) == (cells.split()[role] == "yes") or status in (401, 500):
                wrong.append((who, method, address, status))

    assert wrong == []


def test_without_a_token_nothing_but_what_is_open(counsellor: Caller) -> None:
    del counsellor.http.headers["Authorization"]

    assert {counsellor.http.request(m, a).status_code for m, a in TABLE} == {401}
    assert {counsellor.get(address).status_code for address in OPEN} == {200}


@pytest.mark.parametrize("who", ["partner-01", "rapporteur-01"])
def test_who_sees_no_persons_gets_no_hint_of_them(counsellor: Caller, who: str) -> None:
    pathway = counsellor.enrolled()
    caller = counsellor.signed_in_as(who)

    there, nowhere = caller.get(f"/v1/pathways/{pathway}"), caller.get(f"/v1/pathways/{PATHWAY}")

    known = {"type", "title", "status", "detail"}
    assert {k: there.json()[k] for k in known} == {k: nowhere.json()[k] for k in known}
