"""What a caller is told when a request cannot be answered."""

import json
from typing import Annotated, Literal

import pytest
from fastapi import FastAPI, Query
from fastapi.responses import HTMLResponse
from plumbing import problems
from plumbing.correlation import CorrelationMiddleware
from plumbing.problems import FieldError, Problem, ProblemType, responses
from pydantic import BaseModel, ConfigDict, Field, field_validator
from starlette.testclient import TestClient
from structlog.testing import capture_logs

INSZ = "85073003328"

TAKEN = ProblemType("room-taken", 409, "The room is taken", "Choose another hour.")


class Small(BaseModel):
    kind: Literal["SMALL"]


class Large(BaseModel):
    kind: Literal["LARGE"]


class Booking(BaseModel):
    model_config = ConfigDict(extra="forbid")

    hours: list[int] = []
    who: Annotated[str, Field(max_length=5)] = ""
    room: Annotated[Small | Large, Field(discriminator="kind")] | None = None

    @field_validator("who")
    @classmethod
    def _somebody(cls, value: str) -> str:
        if value == "-":
            raise ValueError(f"nobody is called so; {INSZ} neither")
        return value


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()

    @app.post("/bookings", responses=responses(TAKEN))
    def book(booking: Booking, room: Annotated[int, Query(le=9)] = 1) -> int:
        if room == 2:
            raise TAKEN.problem(errors=[FieldError("taken", pointer="#/hours/0")], until="11:00")
        if room == 3:
            raise RuntimeError(f"somebody typed {INSZ}")
        if room == 4:
            raise Problem(status=410, type="gone", title="It is gone")
        return room

    problems.install(app, [TAKEN])
    app.add_middleware(CorrelationMiddleware)
    return TestClient(app)


def told(answer) -> dict:
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == answer.status_code
    assert body.pop("correlation_id") == answer.headers["x-correlation-id"]
    assert INSZ not in answer.text
    return body


def test_a_problem_tells_type_title_detail_fields_and_what_else_it_knows(
    client: TestClient,
) -> None:
    assert told(client.post("/bookings?room=2", json={})) == {
        "type": "/problems/room-taken",
        "title": "The room is taken",
        "status": 409,
        "detail": "Choose another hour.",
        "errors": [{"pointer": "#/hours/0", "detail": "taken"}],
        "until": "11:00",
    }


def test_a_problem_needs_no_type_of_its_own(client: TestClient) -> None:
    assert told(client.post("/bookings?room=4", json={}))["type"] == "/problems/gone"


def test_what_is_wrong_in_the_body_is_told_by_pointer_and_never_repeated(
    client: TestClient,
) -> None:
    answer = client.post("/bookings", json={"hours": [1, INSZ + "x"], "who": INSZ, "a/b": INSZ})

    body = told(answer)

    assert body["type"] == "/problems/invalid-request"
    assert {error["pointer"] for error in body["errors"]} == {"#/hours/1", "#/who", "#/a~1b"}


@pytest.mark.parametrize(
    "body",
    [
        {INSZ: 1},
        {"room": {"kind": INSZ}},
        {"who": "-"},
        {"hours": {INSZ: 1}},
        [INSZ],
        INSZ,
        None,
    ],
)
def test_no_wrong_body_is_repeated(client: TestClient, body: object) -> None:
    assert told(client.post("/bookings", json=body))["status"] == 422


def test_what_is_wrong_in_a_parameter_is_told_by_its_name(client: TestClient) -> None:
    body = told(client.post("/bookings?room=10", json={}))

    assert body["errors"] == [
        {"parameter": "query room", "detail": "Input should be less than or equal to 9"}
    ]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b'{"who": "' + INSZ.encode(), "malformed-json"),
        (b'{"who": "\xff"}', "bad-request"),
        (b"[" * 100_000, "bad-request"),
        (b"", "invalid-request"),
        (rb'{"\ud800": 1}', "invalid-request"),
    ],
)
def test_a_body_that_cannot_be_read_is_the_callers_problem(
    client: TestClient, content: bytes, kind: str
) -> None:
    answer = client.post("/bookings", content=content, headers={"content-type": "application/json"})

    assert told(answer)["type"] == f"/problems/{kind}"


def test_an_unknown_address_and_method_are_problems_too(client: TestClient) -> None:
    assert told(client.get("/nowhere"))["type"] == "/problems/not-found"

    answer = client.put("/bookings")

    assert told(answer)["type"] == "/problems/method-not-allowed"
    assert answer.headers["allow"] == "POST"


def test_what_nobody_expected_is_told_without_a_trace_and_logged_without_its_words(
    client: TestClient,
) -> None:
    with capture_logs() as lines:
        body = told(client.post("/bookings?room=3", json={}))

    assert body["type"] == "/problems/unexpected"
    assert "Runtime" not in json.dumps(body)
    (line,) = lines
    assert line["failure"]["kind"] == "builtins.RuntimeError"
    assert "test_problems.py" in line["failure"]["at"][-1]
    assert INSZ not in str(line)


def test_openapi_tells_of_problem_details_only(client: TestClient) -> None:
    document = client.get("/openapi.json").json()

    answers = document["paths"]["/bookings"]["post"]["responses"]
    assert set(answers) == {"200", "409", "422", "default"}
    assert all(set(answers[s]["content"]) == {"application/problem+json"} for s in ("409", "422"))
    assert "HTTPValidationError" not in json.dumps(document)
    assert document == client.get("/openapi.json").json()


def test_each_type_has_a_page_with_the_way_out(client: TestClient) -> None:
    assert "Choose another hour." in client.get("/problems/room-taken").text
    assert "room-taken" in client.get("/problems").text
    assert client.get("/problems/unheard-of").status_code == 404


def test_two_types_cannot_share_a_name() -> None:
    other = ProblemType("room-taken", 403, "Another", "")

    with pytest.raises(ValueError, match="room-taken"):
        problems.install(FastAPI(), [TAKEN, other])


def test_a_browser_gets_the_apps_own_page() -> None:
    app = FastAPI()
    problems.install(app, page=lambda _request, problem: HTMLResponse(f"<b>{problem.title}</b>"))

    answer = TestClient(app).get("/nowhere", headers={"accept": "text/html,*/*"})

    assert (answer.status_code, answer.text) == (404, "<b>There is nothing here</b>")
