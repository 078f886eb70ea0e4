"""What runs, over REST and on the page of operations; and in a demo, that a process can be killed."""

import re
from datetime import timedelta

import pytest
from embedded.control import Control as Listening
from plumbing.database import connect
from projections import readers
from projections.counsellor import COUNSELLOR
from projections.demo_control import DemoControl
from projections.rebuild.noting import Noting, switched
from projections.rebuild.places import alone
from starlette.testclient import TestClient

from tests.projections.conftest import Worker
from tests.projections.web.conftest import ADDRESS, NOW, As, Looks
from tests.projections.web.given import AUDITOR, MINE, anna
from tests.projections.web.served_pages import (
    InventedControl,
    InventedNames,
    InventedRunning,
    all_runs,
    sign_in,
    web_app,
)
from tests.projections.web.test_operations import ADMINISTRATOR, OPERATOR, text, token

SECOND = timedelta(seconds=1)
THERE = all_runs(NOW)
[PUBLISHER] = THERE.processes


@pytest.fixture
def running() -> InventedRunning:
    return InventedRunning(THERE)


@pytest.fixture
def others(others: dict[str, object], running: InventedRunning) -> dict[str, object]:
    return {**others, "running": running}


@pytest.mark.parametrize("who", [OPERATOR, ADMINISTRATOR])
def test_both_sides_are_told_and_nobody_is_looked_at(
    as_: As, counsellor: Worker, looks: Looks, who: str
) -> None:
    counsellor.put(anna())

    told = as_(who).get("/v1/running").json()

    assert (told["write_side"]["stored"], told["write_side"]["demo"]) == ("4", True)
    states = {one["process"]: one["state"] for one in told["processes"]}
    assert states == {
        "pathway publisher": "LEADS",
        "projections counsellor": "NOT_RUNNING",
        "projections reporting": "NOT_RUNNING",
        "projections twin": "NOT_RUNNING",
        "projections web": "RUNS",
    }
    [one, _] = told["read_models"]
    assert (one["read_model"], one["rebuild"]["state"]) == ("counsellor", "NONE")
    assert int(one["applied"]) > 0
    assert looks() == []


@pytest.mark.parametrize("who", [MINE, AUDITOR])
def test_it_is_for_nobody_else(as_: As, who: str) -> None:
    assert as_(who).get("/v1/running").status_code == 403


def test_without_the_write_side_the_page_says_so_and_shows_the_rest(
    browser: TestClient, running: InventedRunning
) -> None:
    running.told = None

    page = text(sign_in(browser, OPERATOR, "/operations").text)

    assert "De schrijfkant antwoordt niet." in page
    assert "Verwerkt in counsellor" in page
    assert "niet te zeggen" in page


def test_why_publishing_stopped_is_said_with_the_way_out(
    browser: TestClient, running: InventedRunning
) -> None:
    stops = {"state": "STOPPED", "why": "TOPIC_EMPTIED", "way_out": "Bring them back."}
    running.told = THERE.model_copy(update={"processes": [PUBLISHER.model_copy(update=stops)]})

    page = text(sign_in(browser, OPERATOR, "/operations").text)

    assert "Niet alles loopt: pathway publisher" in page
    assert "(TOPIC_EMPTIED) Bring them back." in page
    assert "Start hem: projections consumer counsellor." in page


def test_a_consumer_that_ended_says_why_until_another_one_runs(
    browser: TestClient, read_models: str
) -> None:
    with connect(read_models, "tests", autocommit=True) as connection:
        readers.note_end(connection, "counsellor", "The topic was emptied. Ways out: two.", NOW)

        page = text(sign_in(browser, OPERATOR, "/operations").text)
        with connect(read_models, "projections consumer counsellor"):
            runs = text(browser.get("/operations").text)

    assert "projections counsellor staat stil (TOPIC) The topic was emptied. Ways out: two." in page
    assert "projections counsellor loopt" in runs
    assert "The topic was emptied" not in runs


def test_a_process_that_asks_nothing_for_a_minute_hangs(
    browser: TestClient, read_models: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(browser, OPERATOR, "/operations")
    with connect(read_models, "projections consumer counsellor", autocommit=True) as connection:
        connection.execute("select 1")
        works = text(browser.get("/operations").text)
        monkeypatch.setattr("plumbing.running.SECONDS_OF_SILENCE", 0.0)
        hangs = text(browser.get("/operations").text)

    assert "projections counsellor loopt" in works
    assert "Niet alles loopt: " in hangs
    assert (
        "projections counsellor zwijgt Hij hangt: beëindig hem en start hem opnieuw (projections "
        "consumer counsellor)."
    ) in hangs


def test_a_read_model_that_stands_still_is_told_on_its_pages(
    browser: TestClient, counsellor: Worker, read_models: str
) -> None:
    counsellor.put(anna())

    def page(seconds_ago: int) -> str:
        with connect(read_models, "tests", autocommit=True) as connection:
            connection.execute(
                "update counsellor.partition_progress set complete_until = %s",
                [NOW - timedelta(seconds=seconds_ago)],
            )
        return text(browser.get("/caseload").text)

    sign_in(browser, MINE)
    assert "Dit loopt 3 min achter: wat na 01/10/2015 10:57:00" in page(180)
    assert "Dit loopt" not in page(59)


def test_a_rebuild_is_told_while_it_runs_when_it_is_ready_and_after_the_switch(
    as_: As, read_models: str
) -> None:
    def rebuild() -> dict:
        return as_(OPERATOR).get("/v1/running").json()["read_models"][0]["rebuild"]

    with connect(read_models, "tests", autocommit=True) as connection:
        with alone(connection, COUNSELLOR):
            noting = Noting(connection, "counsellor", lambda: NOW)
            noting.note("folding", 0.4, 9500, 31)
            at_work = rebuild()
        connection.execute(
            "create schema counsellor_next;"
            "create table counsellor_next.made_from as select * from counsellor.made_from"
        )
        left = rebuild()
        noting.filled()
        ready = rebuild()
        connection.execute("alter schema counsellor_next rename to counsellor_before")
        switched(connection, "counsellor", NOW, back=False)
        after = rebuild()

    assert (at_work["state"], at_work["share"], at_work["seconds_left"]) == ("AT_WORK", 0.4, 31)
    assert (left["state"], ready["state"], after["state"]) == ("LEFT", "READY", "NONE")
    assert (after["before"], after["switched_at"]) == (True, "2015-10-01T09:00:00Z")


@pytest.fixture
def control() -> InventedControl:
    return InventedControl()


@pytest.fixture
def demo(read_models: str, issuer, others: dict[str, object], control: InventedControl):
    with web_app(
        read_models, issuer, InventedNames(), ADDRESS, NOW, control=control, **others
    ) as app:
        yield TestClient(app, base_url=ADDRESS, headers={"Accept": "text/html"})


def test_a_process_of_a_demo_is_killed_and_the_page_says_what_became_of_it(
    demo: TestClient, control: InventedControl, running: InventedRunning
) -> None:
    page = sign_in(demo, OPERATOR, "/operations").text
    form = {"csrf_token": token(page), "process": "pathway publisher"}

    asked = demo.post("/operations/kill", data=form)
    again = PUBLISHER.model_copy(update={"since": NOW + 3 * SECOND})
    running.told = THERE.model_copy(update={"processes": [again]})
    refreshed = re.findall(r'hx-get="([^"]*)"', asked.text)[0].replace("&amp;", "&")
    then = text(demo.get(refreshed).text)

    assert control.names == ["pathway publisher"]
    assert "pathway publisher werd gedood om 01/10/2015 11:00:00." in text(asked.text)
    assert "Hij is nog niet terug" in text(asked.text)
    assert "Hij werkt opnieuw sinds 01/10/2015 11:00:03." in then


@pytest.mark.parametrize(
    ("who", "is_demo", "process", "status"),
    [
        (ADMINISTRATOR, True, "pathway publisher", 403),
        (OPERATOR, False, "pathway publisher", 404),
        (OPERATOR, True, "postgres", 404),
        (OPERATOR, True, "projections twin", 404),
    ],
    ids=["an administrator", "no demo", "not ours", "not running"],
)
def test_nothing_else_is_killed(  # noqa: PLR0917
    demo: TestClient,
    control: InventedControl,
    running: InventedRunning,
    who: str,
    is_demo: bool,
    process: str,
    status: int,
) -> None:
    running.told = THERE.model_copy(update={"demo": is_demo})
    sign_in(demo, who, "/operations")
    page = demo.get("/operations/parked/counsellor/0199f1c7-5f0e-7c55-8d0a-3f2b1c9d7e11").text
    form = {"csrf_token": token(page), "process": process}

    assert demo.post("/operations/kill", data=form).status_code == status
    assert control.names == []
    assert ("/operations/kill" in demo.get("/operations").text) == (status == 404 and is_demo)


def test_where_no_demo_runs_there_is_no_such_button(browser: TestClient) -> None:
    page = sign_in(browser, OPERATOR, "/operations").text
    form = {"csrf_token": token(page), "process": "pathway publisher"}

    assert "/operations/kill" not in page
    assert browser.post("/operations/kill", data=form).status_code == 404


def test_a_name_reaches_who_listens_and_nobody_else_may_write_there() -> None:
    with Listening() as listening:
        assert DemoControl(listening.path).kill("pathway publisher")
        assert listening.asked() == ["pathway publisher"]
        assert listening.asked() == []
        assert listening.path.parent.stat().st_mode & 0o077 == 0
    assert not DemoControl(listening.path).kill("pathway publisher")
