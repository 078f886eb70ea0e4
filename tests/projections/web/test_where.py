"""Where a fact is, over REST and as a page: both sides in one answer, and why in a sentence."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from html import unescape
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI, Response
from pathway.api_where import WHERE_ANSWERS, PublishedView, WhereAnswer
from plumbing.row_rights import Rule, Standing
from projections.where import Place, Step, Waiting, Whereabouts
from projections.where_asked import (
    Group,
    NotTold,
    Published,
    WriteSideFacts,
    WriteSideWhere,
    sentence,
)
from projections.words import words
from starlette.testclient import TestClient

from tests.plumbing.served import bound_socket, served
from tests.projections.conftest import Worker
from tests.projections.history import History, named
from tests.projections.web.conftest import As, Looks
from tests.projections.web.given import AUDITOR, LEADER, MINE, anna
from tests.projections.web.served_pages import (
    InventedFacts,
    InventedStandings,
    fact_of,
    sign_in,
)

OPERATOR = "operator-01"
AT = datetime(2015, 10, 1, 8, 30, tzinfo=UTC)
ANNA = named("pathway anna")
FIRST = f"{ANNA}:1"


def text(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


@pytest.fixture(autouse=True)
def history(counsellor: Worker, facts: InventedFacts) -> History:
    """Anna's pathway, whose first fact the counsellor's read model has and the reporting one has not."""
    history = anna()
    counsellor.put(history)
    there = fact_of("anna", first_offset="0", last_offset="0")
    facts.known[FIRST] = there.model_copy(update={"fact_id": history.event_id(1)})
    return history


@pytest.mark.parametrize("who", [OPERATOR, AUDITOR])
def test_one_answer_tells_both_sides(as_: As, facts: InventedFacts, who: str) -> None:
    group = Group(group="mlp", next_offset="0", past=False)
    facts.known[FIRST] = facts.known[FIRST].model_copy(update={"groups": [group]})

    answer = as_(who).get(f"/v1/where/{FIRST}").json()

    assert answer["published"]["last_offset"] == "0"
    assert answer["groups"] == [{"group": "mlp", "next_offset": "0", "past": False}]
    steps = {one["read_model"]: one["step"] for one in answer["read_models"]}
    assert steps == {"counsellor": "APPLIED", "reporting": "UNREAD"}
    assert answer["read_models"][0]["applied_at"] is not None
    assert answer["why"].endswith(
        "reporting has not read it yet (1 place to go), for projections reporting does not run and has "
        "to be started."
    )
    assert [one["reader"] and one["reader"]["state"] for one in answer["read_models"]] == [
        None,
        "NOT_RUNNING",
    ]


def test_the_page_says_why_in_one_sentence(browser: TestClient) -> None:
    page = sign_in(browser, OPERATOR, f"/operations/where?fact={FIRST}").text

    assert (
        "reporting heeft het nog niet gelezen (nog 1 plaats te gaan), want projections reporting loopt "
        "niet en moet gestart worden." in text(page)
    )
    assert "Hoever andere lezers zijn, is nu niet te zeggen" in text(page)
    assert "IBO" not in page


def test_without_a_fact_the_page_is_a_form_and_no_look(browser: TestClient, looks: Looks) -> None:
    page = sign_in(browser, OPERATOR, "/operations/where")

    assert (page.status_code, '<input id="fact"' in page.text) == (200, True)
    assert looks() == []


@pytest.mark.parametrize(
    ("fact", "status", "said"),
    [
        ("somebody", 422, "Zo heet geen feit."),
        (
            "0199f1c7-5f0e-7c55-8d0a-3f2b1c9d7e11",
            404,
            "Dit feit bestaat niet, of u mag het niet zien.",
        ),
    ],
)
def test_what_is_no_fact_is_said_by_the_form(
    browser: TestClient, fact: str, status: int, said: str
) -> None:
    page = sign_in(browser, OPERATOR, f"/operations/where?fact={fact}")

    assert (page.status_code, said in text(page.text)) == (status, True)


def test_a_write_side_that_is_away_is_said(
    browser: TestClient, as_: As, facts: InventedFacts
) -> None:
    facts.away = True

    page = sign_in(browser, OPERATOR, f"/operations/where?fact={FIRST}")
    answer = as_(OPERATOR).get(f"/v1/where/{FIRST}")

    assert (page.status_code, "weet waar feiten zijn" in page.text) == (503, True)
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/where-away")


@pytest.mark.parametrize(("who", "status"), [(MINE, 403), (LEADER, 403), ("beheerder-01", 403)])
def test_it_is_for_operators_and_auditors(as_: As, who: str, status: int) -> None:
    assert as_(who).get(f"/v1/where/{FIRST}").status_code == status


def test_each_answer_is_a_look_at_the_person(as_: As, looks: Looks) -> None:
    unknown = uuid4()

    as_(OPERATOR).get(f"/v1/where/{FIRST}")
    as_(OPERATOR).get(f"/v1/where/{unknown}:1")
    as_(MINE).get(f"/v1/where/{FIRST}")

    person = str(named("person anna"))
    assert [(about, why, decision) for _, about, _, why, decision in looks()] == [
        (person, "BEHEER", "PERMIT"),
        (str(unknown), "BEHEER", "DENY"),
        (person, "BEGELEIDING", "DENY"),
    ]


def test_a_barrier_hides_it_from_an_auditor(as_: As, standings: InventedStandings) -> None:
    barrier = {Rule.RELATIVE: [named("person anna")]}
    standings.known = {AUDITOR: Standing(barriers=barrier)}

    hidden = as_(AUDITOR).get(f"/v1/where/{FIRST}").json()
    nowhere = as_(AUDITOR).get(f"/v1/where/{uuid4()}:1").json()

    assert hidden | {"correlation_id": ""} == nowhere | {"correlation_id": ""}


@pytest.mark.parametrize(
    ("published", "said"),
    [
        (
            {"state": "STOPPED", "stopped_at": AT, "stopped_reason": "STORE_OLDER"},
            "not yet published: publishing has stood still since 01/10/2015 10:30 (STORE_OLDER).",
        ),
        ({"state": "NO_PUBLISHER"}, "not yet published: no publisher is running."),
        ({"state": "WAITING", "ahead": 2}, "not yet published: 2 facts go before it."),
    ],
)
def test_what_is_not_published_says_why_and_nothing_of_read_models(
    published: dict[str, object], said: str
) -> None:
    here = [Whereabouts("counsellor", Step.UNREAD)]

    told = sentence(words("en"), fact_of("anna", **published), here)

    assert told == f"Recorded on 01/10/2015 10:00; {said}"


@pytest.mark.parametrize(
    ("whereabouts", "said"),
    [
        (Whereabouts("counsellor", Step.APPLIED, AT), "applied on 01/10/2015 10:30 in counsellor"),
        (Whereabouts("counsellor", Step.APPLIED), "applied in counsellor"),
        (
            Whereabouts("reporting", Step.UNREAD, behind=3),
            "reporting has not read it yet (3 places",
        ),
        (Whereabouts("reporting", Step.UNREAD), "reporting has not applied it yet"),
        (Whereabouts("reporting", Step.UNSEEN), "reporting read its place and did not find it"),
        (
            Whereabouts("reporting", Step.PARKED, waiting=Waiting("GAP", AT, 4)),
            "in reporting the pathway has waited for an operator since 01/10/2015 10:30, from fact 4",
        ),
    ],
)
def test_each_step_in_a_read_model_has_its_words(whereabouts: Whereabouts, said: str) -> None:
    assert said in sentence(words("en"), fact_of("anna"), [whereabouts])


@contextmanager
def write_side_answers(status: int, body: str) -> Iterator[WriteSideFacts]:
    app = FastAPI()

    @app.get("/v1/facts/{fact}/where")
    def answer(fact: str) -> Response:
        assert fact == FIRST
        return Response(body, status_code=status, media_type="application/json")

    at = bound_socket()
    with served(app, at):
        yield WriteSideFacts(f"http://127.0.0.1:{at.getsockname()[1]}/")


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (404, "{}", NotTold.NO_SUCH_FACT),
        (503, "{}", NotTold.AWAY),
        (200, "{}", NotTold.AWAY),
        (200, fact_of("anna").model_dump_json(), fact_of("anna")),
    ],
)
def test_the_write_sides_answer_is_understood_or_counts_as_none(
    status: int, body: str, told: object
) -> None:
    with write_side_answers(status, body) as facts:
        assert facts.of(FIRST, "token") == told


def test_a_write_side_that_cannot_be_reached_counts_as_none() -> None:
    assert WriteSideFacts("http://127.0.0.1:9").of(str(UUID(int=7)), "token") is NotTold.AWAY


def test_it_reads_just_what_the_write_side_answers() -> None:
    example = WHERE_ANSWERS[WhereAnswer]

    assert set(WriteSideWhere.model_fields) == set(WhereAnswer.model_fields)
    assert set(Published.model_fields) == set(PublishedView.model_fields)
    assert WriteSideWhere.model_validate(example).told.place == Place(7, 6120, 40251)
