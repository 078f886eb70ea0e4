"""A reason is handed to the write side in the name of whoever gives it; each answer has its meaning."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from projections.overrides import NotOpened, Opened, Reason, Refused, WriteSideOverrides

from tests.plumbing.served import bound_socket, served
from tests.projections.history import named

ANNA = named("pathway anna")
BY_PATHWAY = Reason(pathway_id=ANNA, reason="De collega is ziek.", hours=4)
GIVEN = {
    "override_id": str(named("override")),
    "person_ref": str(named("person anna")),
    "pathways": [str(ANNA)],
    "rule": "VAN_ANDEREN",
    "until": "2026-03-02T16:00:00Z",
}


class WriteSideOfTests:
    """Answers every reason with the same."""

    def __init__(self) -> None:
        self.status, self.answer = 201, dict(GIVEN)
        self.heard: list[tuple[str, object]] = []


@pytest.fixture
def write_side() -> WriteSideOfTests:
    return WriteSideOfTests()


@pytest.fixture
def overrides(write_side: WriteSideOfTests) -> Iterator[WriteSideOverrides]:
    app, at = FastAPI(), bound_socket()

    @app.post("/v1/overrides")
    async def give(request: Request) -> JSONResponse:
        write_side.heard.append((request.headers["Authorization"], await request.json()))
        return JSONResponse(write_side.answer, status_code=write_side.status)

    with served(app, at):
        yield WriteSideOverrides(f"http://127.0.0.1:{at.getsockname()[1]}")


def test_what_it_opens_and_until_when_is_told(
    overrides: WriteSideOverrides, write_side: WriteSideOfTests
) -> None:
    opened = overrides.give(BY_PATHWAY, "token")

    assert opened == Opened(pathways=[ANNA], until=datetime(2026, 3, 2, 16, tzinfo=UTC))
    told = {"pathway_id": str(ANNA), "reason": "De collega is ziek.", "hours": 4}
    assert write_side.heard == [("Bearer token", told)]


@pytest.mark.parametrize(
    ("status", "answer", "refused"),
    [
        (404, {"type": "/problems/unknown-pathway"}, Refused(NotOpened.NOBODY)),
        (409, {"type": "/problems/person-destroyed"}, Refused(NotOpened.NOBODY)),
        (409, {"type": "/problems/nothing-to-override"}, Refused(NotOpened.SEEN_ALREADY)),
        (403, {"type": "/problems/not-allowed"}, Refused(NotOpened.NOT_ALLOWED)),
        (
            422,
            {"errors": [{"pointer": "#/insz", "detail": "x"}]},
            Refused(NotOpened.NOT_UNDERSTOOD, frozenset({"insz"})),
        ),
        (503, {}, Refused(NotOpened.AWAY)),
        (201, {"pathways": "all"}, Refused(NotOpened.AWAY)),
    ],
)
def test_why_it_opens_nothing_is_told(
    overrides: WriteSideOverrides,
    write_side: WriteSideOfTests,
    status: int,
    answer: dict[str, object],
    refused: Refused,
) -> None:
    write_side.status, write_side.answer = status, answer

    assert overrides.give(BY_PATHWAY, "token") == refused


def test_a_write_side_that_is_away_is_told() -> None:
    assert WriteSideOverrides("http://127.0.0.1:1").give(BY_PATHWAY, "x") == Refused(NotOpened.AWAY)
