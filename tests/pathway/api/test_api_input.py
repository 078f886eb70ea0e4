"""What comes in may be anything; what goes out is always an answer that helps."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import UUID, uuid4

import pytest
from cryptography.fernet import Fernet, MultiFernet
from pathway.answering import Answers
from pathway.api import create_app
from pathway.api_requests import MAX_BODY_BYTES
from pathway.application import Pathways
from pathway.identity import Vault
from pathway.store import Store
from plumbing.database import open_pool
from plumbing.ids import new_id

from tests.pathway.api.client import ASSIGN, EMPLOYER, ENROL, START_IBO, Caller, anybody, tokens_of
from tests.pathway.given import MASTER, SetClock
from tests.people import invented_insz

NOWHERE = UUID(int=7)


def send(caller: Caller, body: bytes, content_type: str = "application/json"):
    headers = {"Content-Type": content_type, "Idempotency-Key": str(uuid4())}
    return caller.http.post("/v1/pathways", content=body, headers=headers)


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"on": None}, "#/on"),
        ({"on": 0}, "#/on"),
        ({"on": "0"}, "#/on"),
        ({"on": "1420416000"}, "#/on"),
        ({"on": "2015-01-05T00:00:00"}, "#/on"),
        ({"on": "0001-01-01"}, "#/on"),
        ({"on": "9999-12-31"}, "#/on"),
        ({"on": "2015-02-30"}, "#/on"),
        ({"on": ["2015-01-05"]}, "#/on"),
        ({"insz": 84051700112}, "#/insz"),
        ({"insz": "84051700100"}, "#/insz"),
        ({"insz": "\u0661" * 11}, "#/insz"),
        ({"last_name": ""}, "#/last_name"),
        ({"last_name": " \t\n"}, "#/last_name"),
        ({"last_name": "a\u0000b"}, "#/last_name"),
        ({"last_name": "a\u202eb"}, "#/last_name"),
        ({"first_name": "x" * 101}, "#/first_name"),
        ({"first_name": {"a": 1}}, "#/first_name"),
        ({"category": "1"}, "#/category"),
        ({"channel": "loket"}, "#/channel"),
        ({"characteristics": []}, "#/characteristics"),
        ({"characteristics": {"commune": "00000"}}, "#/characteristics/commune"),
        ({"characteristics": {"unemployed_since": "12"}}, "#/characteristics/unemployed_since"),
        ({"characteristics": {"unemployed_since": "0001-01-01"}},
         "#/characteristics/unemployed_since"),
        ({"characteristics": {"a~b/c": 1}}, "#/characteristics/a~0b~1c"),
        ({"inferred": True}, "#/inferred"),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_wrong_is_pointed_to_without_repeating_it(
    lasting: Caller, changed: dict[str, object], pointer: str
) -> None:
    answer = lasting.enrol(ENROL | changed)

    told = answer.json()
    assert (answer.status_code, told["type"]) == (422, "/problems/invalid-request")
    assert [error["pointer"] for error in told["errors"]] == [pointer]
    assert set(told["errors"][0]) == {"pointer", "detail"}


@pytest.mark.parametrize(
    "hours", [0, -1, 38.01, 39, 1e300, "NaN", "Infinity", True, "38,5", 10**40, 12.345, None, []]
)
def test_hours_that_no_week_has_are_refused(lasting: Caller, hours: object) -> None:
    pathway = lasting.enrolled(anybody())

    answer = lasting.command(pathway, "start-ibo", START_IBO | {"hours_per_week": hours}, 1)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "#/hours_per_week"


def test_a_day_at_the_edge_of_the_calendar_is_no_crash(lasting: Caller) -> None:
    for day in ("0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"):
        assert lasting.enrol(ENROL | {"on": day}).status_code == 422
    pathway = lasting.enrolled(anybody() | {"on": "1900-01-01"})
    start = START_IBO | {"on": "1900-01-01", "planned_until": "2199-12-31"}
    too_long = lasting.command(pathway, "start-ibo", start, 1)
    assert too_long.json()["type"] == "/problems/too-long"
    start["planned_until"] = "1900-06-30"
    assert lasting.command(pathway, "start-ibo", start, 1).status_code == 200
    hire = {
        "on": "1900-01-01",
        "employer": EMPLOYER,
        "contract": "INTERIM",
        "hours_per_week": 1,
        "proof": "DMFA",
    }

    answer = lasting.command(pathway, "hire", hire, 2)

    assert answer.json()["type"] == "/problems/end-before-start"


@pytest.mark.parametrize(
    ("body", "status", "slug"),
    [
        (b"", 400, "malformed-json"),
        (b"{", 400, "malformed-json"),
        (b"\xff\xfe{}", 400, "malformed-json"),
        (b'{"on": "\xff"}', 400, "malformed-json"),
        (b'{"on": "\\ud800"}', 400, "malformed-json"),
        (b"[" * 100_000, 400, "malformed-json"),
        (b'{"a":' * 100_000, 400, "malformed-json"),
        (b'{"on": ' + b"9" * 5000 + b"}", 400, "malformed-json"),
        (b"NaN", 422, "invalid-request"),
        (b"null", 422, "invalid-request"),
        (b"[]", 422, "invalid-request"),
        (b'"text"', 422, "invalid-request"),
        (b"{}", 422, "invalid-request"),
        (b" " * (MAX_BODY_BYTES + 1), 413, "too-large"),
    ],
    ids=lambda told: str(told)[:20],
)
def test_a_body_that_is_no_command_is_refused(
    lasting: Caller, body: bytes, status: int, slug: str
) -> None:
    answer = send(lasting, body)

    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{slug}")
    assert answer.headers["content-type"] == "application/problem+json"


def test_many_mistakes_are_told_in_part(lasting: Caller) -> None:
    body = ENROL | {f"field{number}": number for number in range(50_000)}

    answer = lasting.enrol(body)

    assert answer.status_code == 422
    assert len(answer.json()["errors"]) == 20


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonx"]
)
def test_a_body_that_is_not_said_to_be_json_is_refused(lasting: Caller, content_type: str) -> None:
    answer = send(lasting, json.dumps(ENROL).encode(), content_type)

    assert (answer.status_code, answer.json()["type"]) == (415, "/problems/unsupported-media-type")


def test_json_with_a_charset_is_json(lasting: Caller) -> None:
    body = json.dumps(anybody() | {"first_name": "Zoë"}, ensure_ascii=False).encode()

    assert send(lasting, body, "Application/JSON; charset=utf-8").status_code == 201


def test_names_are_kept_as_people_write_them(counsellor: Caller, pathways: Pathways) -> None:
    name = {"last_name": " D'Hondt  van den\u00a0Berghe ", "first_name": "Łucja-Zoë"}
    pathway = counsellor.enrolled(ENROL | name)
    person_ref = pathways.standing(pathway).pathway.person_ref

    known = pathways.vault.people([person_ref])[person_ref]

    assert (known.last_name, known.first_name) == ("D'Hondt van den Berghe", "Łucja-Zoë")


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/v1/pathways/1", 422),
        ("GET", "/v1/pathways/%00", 422),
        ("GET", "/v1/pathways/%ff", 422),
        ("GET", "/v1/pathways", 405),
        ("DELETE", f"/v1/pathways/{NOWHERE}", 405),
        ("POST", f"/v1/pathways/{NOWHERE}/enrol", 404),
        ("POST", f"/v1/pathways/{NOWHERE}/start-everything", 404),
        ("GET", "/v2", 404),
        ("GET", "/v1/refused?pathway=x", 422),
        ("GET", "/v1/refused?limit=0", 422),
    ],
)
def test_an_address_that_leads_nowhere_is_told(
    lasting: Caller, method: str, address: str, status: int
) -> None:
    caller = lasting.signed_in_as("auditor-01") if "refused" in address else lasting

    answer = caller.http.request(method, address)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_without_the_store_the_caller_is_told_to_come_again(
    temporary_database, pathway_template: str, counsellor: Caller, clock: SetClock
) -> None:
    with temporary_database(pathway_template) as url:
        store = Store(url, clock=clock, patience=1)
        vault = Vault(store, MASTER, new_id=new_id)
        pool = open_pool(url, "tests", timeout=0.5)
        answers = Answers(pool, vault.keyed_hash, clock)
        app = create_app(Pathways(store, vault), answers, tokens_of(counsellor.issuer), "x")
        caller = Caller(app, counsellor.issuer)
        pathway = caller.enrolled()
    # The database is gone, connections included.
    answers = [
        caller.enrol(),
        caller.command(pathway, "assign-counsellor", ASSIGN, 1),
        caller.get(f"/v1/pathways/{pathway}"),
        caller.get(f"/v1/pathways/{pathway}/history"),
        caller.post("/v1/persons/look-up", {"insz": ENROL["insz"]}),
        caller.post("/v1/persons/names", {"references": [str(uuid4())]}),
        caller.signed_in_as("auditor-01").get("/v1/refused"),
    ]
    ready = caller.get("/health/ready")
    pool.close()
    store.close()

    for answer in answers:
        assert (answer.status_code, answer.json()["type"]) == (503, "/problems/store-away")
        assert answer.headers["retry-after"]
    assert (ready.status_code, ready.json()["checks"]) == (503, {"postgres": "does not answer"})


def test_with_another_master_key_the_names_cannot_be_read(
    counsellor: Caller, pathways: Pathways, monkeypatch: pytest.MonkeyPatch
) -> None:
    person_ref = pathways.standing(counsellor.enrolled()).pathway.person_ref
    monkeypatch.setattr(pathways.vault, "_master", MultiFernet([Fernet(Fernet.generate_key())]))

    answer = counsellor.post("/v1/persons/names", {"references": [str(person_ref)]})

    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/vault-sealed")


def test_more_callers_at_once_than_connections_are_all_answered(lasting: Caller) -> None:
    people = [ENROL | {"insz": invented_insz(date(1971, 3, 9), n)} for n in range(1, 61)]

    def enrol(body: dict[str, object]) -> int:
        return lasting.signed_in_as(lasting.who).enrol(body, key=str(uuid4())).status_code

    with ThreadPoolExecutor(30) as together:
        assert set(together.map(enrol, people)) == {201}


def test_a_number_given_as_a_parameters_name_is_not_repeated(counsellor: Caller) -> None:
    answer = counsellor.get(f"/v1/pathways/{NOWHERE}", params={ENROL["insz"]: "1"})

    assert answer.status_code == 422
    assert ENROL["insz"] not in answer.text
