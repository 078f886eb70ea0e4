"""Published figures over REST and as pages: frozen for ever, counted again, and why they differ."""

import hashlib
import re
from datetime import UTC, date, datetime
from html import unescape

import psycopg
import pytest
from projections.main import app
from starlette.testclient import TestClient
from typer.testing import CliRunner

from tests.projections.conftest import Worker
from tests.projections.history import History
from tests.projections.web.conftest import As, Looks
from tests.projections.web.given import AUDITOR, MINE, NORTH, OFFICER
from tests.projections.web.served_pages import sign_in

QUESTION = "Hoeveel mensen vonden werk na een IBO? (Vlaams Parlement, vraag 12)"
EXITS = {
    "report": "exits",
    "parameters": {"from": "2014-01-01", "until": "2014-12-31", "by": "year"},
    "question": QUESTION,
}


def text(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


def closed(name: str, on: date = date(2014, 5, 5)) -> History:
    history = History(name).enrolled(date(2014, 1, 6)).assigned(date(2014, 1, 8), MINE, NORTH)
    return history.closed(on)


@pytest.fixture(autouse=True)
def _people(reporting: Worker, counsellor: Worker) -> None:
    for worker in (reporting, counsellor):
        worker.put(*(closed(f"p{n}") for n in range(10)))


def published(as_: As) -> dict:
    answer = as_(OFFICER).post("/v1/published", json=EXITS)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_published_figure_is_whole_and_found_again(as_: As) -> None:
    told = published(as_)

    assert told["result"]["total"]["pathways"] == 10
    assert told["known_at"] == "2015-10-01T09:00:00Z"
    assert told["parameters"]["as_of"] == "2015-10-01"
    assert told["definitions"]
    assert told["log"]["partitions"][0]["next_offset"] > 0
    assert told["published_by"] == OFFICER
    assert as_(AUDITOR).get(f"/v1/published/{told['id']}").json() == told
    [found] = as_(MINE).get("/v1/published?q=vraag 12").json()["items"]
    assert (found["id"], found["digest"]) == (told["id"], told["digest"])
    assert as_(MINE).get("/v1/published?q=niets hiervan").json()["items"] == []


def test_counted_again_it_is_the_same(as_: As) -> None:
    told = published(as_)

    again = as_(OFFICER).get(f"/v1/published/{told['id']}/recalculated").json()

    assert (again["same_as_known_then"], again["same_as_known_now"]) == (True, True)
    assert (again["why"], again["changes"], again["facts"]) == ([], [], None)
    assert again["digest_holds"]


def test_facts_that_came_since_make_the_difference(
    as_: As, looks: Looks, reporting: Worker, counsellor: Worker
) -> None:
    told = published(as_)
    for worker in (reporting, counsellor):
        worker.put(*(closed(f"afterwards {n}") for n in range(5)))

    again = as_(AUDITOR).get(f"/v1/published/{told['id']}/recalculated").json()
    # Closed so long ago that they no longer see it.
    by_counsellor = as_(MINE).get(f"/v1/published/{told['id']}/recalculated").json()
    by_officer = as_(OFFICER).get(f"/v1/published/{told['id']}/recalculated").json()

    total = next(
        c for c in again["changes"] if c["group"] == "TOTAAL" and c["figure"] == "pathways"
    )
    assert (total["then"], total["as_known_now"]) == (10, 15)
    # Recorded before the figure was published, and read afterwards.
    assert (total["as_known_then"], again["why"]) == (15, ["READ_LATER"])
    assert {fact["late"] for fact in again["facts"]} == {True}
    assert [endpoint for _, about, endpoint, _, _ in looks() if about] == ["published_again"] * 5
    assert by_counsellor["facts"] == []
    assert by_officer["difference"]["pathways"] == 5
    assert by_officer["facts"] is None


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"question": "Over 85.07.30-033.28"}, 422),
        ({"report": "nothing"}, 404),
        ({"parameters": {"from": "2014-01-01", "until": "2014-12-31", "per": "year"}}, 422),
        ({"parameters": {"from": "2014-12-31", "until": "2014-01-01"}}, 422),
    ],
    ids=["a number", "no report", "a mistyped name", "the wrong way round"],
)
def test_what_cannot_be_published_is_told_and_repeats_no_number(
    as_: As, wrong: dict, status: int
) -> None:
    answer = as_(OFFICER).post("/v1/published", json=EXITS | wrong)

    assert answer.status_code == status
    assert "85.07.30" not in answer.text


def test_only_reporting_officers_publish_and_read_what_is_of_special_categories(as_: As) -> None:
    special = EXITS | {
        "report": "special",
        "parameters": {"from": "2014-01-01", "until": "2014-12-31"},
    }
    told = as_(OFFICER).post("/v1/published", json=special).json()

    assert as_(MINE).post("/v1/published", json=EXITS).status_code == 403
    assert as_(OFFICER).get(f"/v1/published/{told['id']}").status_code == 200
    assert as_(AUDITOR).get(f"/v1/published/{told['id']}").status_code == 404
    assert as_(AUDITOR).get("/v1/published").json()["items"] == []


@pytest.mark.parametrize(
    "statement",
    [
        "update projections.published set question = 'anders'",
        "delete from projections.published",
        "truncate projections.published",
    ],
    ids=["update", "delete", "truncate"],
)
def test_what_was_published_is_never_changed(as_: As, read_models: str, statement: str) -> None:
    published(as_)

    with psycopg.connect(read_models) as connection, pytest.raises(psycopg.errors.RaiseException):
        connection.execute(statement)


def test_the_pages_publish_show_and_count_again(browser: TestClient) -> None:
    page = sign_in(browser, OFFICER, "/reports/exits?from=2014-01-01&until=2014-12-31&by=year").text
    form = dict(re.findall(r'name="(csrf_token|report|parameters)" value="([^"]*)"', page))
    sent = {name: unescape(value) for name, value in form.items()}

    shown = browser.post("/published", data=sent | {"question": QUESTION})
    again = browser.get(f"{shown.url.path}/recalculated")
    number = browser.post("/published", data=sent | {"question": "Over 85.07.30-033.28"})
    listed = browser.get("/published?q=ibo&lang=en")

    assert QUESTION in text(shown.text)
    assert "2014 10 10" in text(shown.text)
    assert "Het cijfer is nu hetzelfde als toen." in text(again.text)
    assert (number.status_code, "85.07.30" in number.text) == (422, False)
    assert "Published figures" in listed.text
    assert QUESTION in text(listed.text)


def test_a_figure_of_long_ago_is_still_what_it_was(as_: As) -> None:
    told = as_(OFFICER).post(
        "/v1/published",
        json=EXITS | {"parameters": EXITS["parameters"] | {"known_at": "2014-06-01T00:00:00Z"}},
    )

    assert told.json()["known_at"] == datetime(2014, 6, 1, tzinfo=UTC).isoformat().replace(
        "+00:00", "Z"
    )


def test_verifying_finds_what_somebody_changed(
    as_: As, read_models: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = published(as_)
    monkeypatch.setenv("PROJECTIONS_DATABASE_URL", read_models)
    whole = CliRunner().invoke(app, ["published", "verify"])
    shown = CliRunner().invoke(app, ["published", "show", told["id"]])

    with psycopg.connect(read_models) as connection:
        connection.execute("alter table projections.published disable trigger user")
        connection.execute(
            "update projections.published set document = "
            "replace(document, '\"pathways\":10', '\"pathways\":15')"
        )
    changed = CliRunner().invoke(app, ["published", "verify"])
    again = as_(OFFICER).get(f"/v1/published/{told['id']}/recalculated").json()

    assert whole.exit_code == 0
    assert hashlib.sha256(shown.stdout.encode()).hexdigest() == told["digest"]
    assert (changed.exit_code, told["id"] in changed.stdout) == (1, True)
    assert not again["digest_holds"]


def test_a_sheet_puts_figures_together_and_counts_them_again(as_: As, reporting: Worker) -> None:
    told = published(as_)
    part = {"heading": "Antwoord", "text": "Zes mensen.", "published_id": told["id"]}
    made = as_(OFFICER).post("/v1/sheets", json={"title": "Vraag 12", "parts": [part]}).json()

    same = as_(MINE).get(f"/v1/sheets/{made['id']}/rerun").json()["figures"]
    reporting.put(*(closed(f"afterwards {n}") for n in range(5)))
    changed = as_(MINE).get(f"/v1/sheets/{made['id']}/rerun").json()["figures"]
    whole = as_(AUDITOR).get(f"/v1/sheets/{made['id']}").json()

    assert [one["outcome"] for one in (*same, *changed)] == ["SAME", "NOT_REPRODUCED"]
    assert whole["figures"] == [told]
    assert as_(MINE).post("/v1/sheets", json={"title": "Vraag", "parts": [part]}).status_code == 403


def test_the_pages_make_a_sheet_that_prints_without_its_navigation(
    browser: TestClient, as_: As
) -> None:
    told = published(as_)
    page = sign_in(browser, OFFICER, "/sheets").text
    [token] = set(re.findall(r'name="csrf_token" value="([^"]*)"', page))
    form = {"csrf_token": token, "title": "Vraag 12", "text_1": "Zes.", "figure_1": told["address"]}

    shown = browser.post("/sheets", data=form)
    again = browser.get(f"{shown.url.path}/rerun")
    number = browser.post("/sheets", data=form | {"text_2": "85073003328"})

    assert told["digest"][:16] in text(shown.text)
    assert "1 cijfer is hetzelfde" in text(again.text)
    assert number.status_code == 422


def test_the_first_sheet_is_made_once_of_a_demo_that_is_whole(
    read_models: str, reporting: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROJECTIONS_DATABASE_URL", read_models)
    too_early = CliRunner().invoke(app, ["sheet", "demo"])
    reporting.connection.execute("update partition_progress set complete_until = now()")

    made = CliRunner().invoke(app, ["sheet", "demo"])
    again = CliRunner().invoke(app, ["sheet", "demo"])
    rerun = CliRunner().invoke(app, ["sheet", "rerun", made.stdout.strip().rpartition("/")[2]])

    assert (too_early.exit_code, too_early.stdout) == (0, "")
    assert made.stdout.startswith("/sheets/")
    assert (again.exit_code, again.stdout) == (0, "")
    assert (rerun.exit_code, rerun.stdout.count("SAME")) == (0, 4)
