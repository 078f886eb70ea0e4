"""Who looked at whom: the read side's list, and the auditor's page that brings both services together."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from fastapi import FastAPI, Request
from plumbing.access_reading import EXAMPLE, NOBODYS, LooksAnswer, LooksAsked
from plumbing.database import open_pool
from plumbing.row_rights import BARRIERS, Rule, Standing
from plumbing.web_sign_in import WebSignInSettings
from projections.web import create_app
from projections.web_access import WriteSideLooks
from starlette.testclient import TestClient

from tests.plumbing.served import ServedIssuer, bound_socket, served
from tests.projections.conftest import Worker
from tests.projections.history import History, named
from tests.projections.web.conftest import ADDRESS, NOW, As, Looks
from tests.projections.web.given import AUDITOR, LEADER, MINE, OFFICER, everyone
from tests.projections.web.served_pages import InventedStandings, invented, sign_in

ANNA, PATHWAY = str(named("person anna")), str(named("pathway anna"))
TIMELINE = f"/v1/pathways/{PATHWAY}/timeline"
BROWSER = {"Accept": "text/html,application/xhtml+xml"}


class WriteSideOfTests:
    """The write side's looks: one, an hour before the tests' own; `away`: it does not answer.

    `under` is what else somebody is known by; of those in `barred` it tells nothing.
    """

    def __init__(self) -> None:
        self.away = False
        self.asked: list[LooksAsked] = []
        self.under: list[UUID] = []
        self.barred: list[UUID] = []

    def looks(self, asked: LooksAsked, access_token: str) -> LooksAnswer | None:
        assert access_token
        self.asked.append(asked)
        earlier = EXAMPLE.looks[0].model_copy(update={"at": NOW - timedelta(hours=1)})
        shown = [] if asked.cursor else [earlier]
        under = [asked.about, *self.under] if asked.about else []
        answer = LooksAnswer(looks=shown, next_cursor=None, under=under)
        if asked.about in self.barred:
            answer = NOBODYS
        return None if self.away else answer


@pytest.fixture
def write_side() -> WriteSideOfTests:
    return WriteSideOfTests()


@pytest.fixture(autouse=True)
def _everyone(counsellor: Worker, reporting: Worker) -> None:
    counsellor.put(*everyone())
    reporting.put(*everyone())


@pytest.fixture
def app(
    read_models: str,
    issuer: ServedIssuer,
    write_side: WriteSideOfTests,
    standings: InventedStandings,
) -> Iterator[FastAPI]:
    settings = WebSignInSettings(oidc_issuer=issuer.url, web_public_url=ADDRESS)
    issuer.issuer.now = lambda: NOW
    with open_pool(read_models, "test", timeout=2) as pool:
        yield create_app(
            settings,
            pool,
            replace(invented(), looks=write_side, standings=standings),
            now=lambda: NOW,
        )


def test_the_read_sides_looks_are_told_by_person_and_by_pathway(as_: As) -> None:
    as_(MINE).get(TIMELINE)

    for about in (ANNA, PATHWAY):
        looks = as_(AUDITOR).get("/v1/access", params={"about": about}).json()["looks"]
        seen = looks[-1]
        assert (seen["caller"], seen["endpoint"], seen["about"]) == (MINE, "pathway_timeline", ANNA)
        assert (seen["role"], seen["rule"], seen["decision"]) == (
            "COUNSELLOR",
            "EIGEN_CASELOAD",
            "PERMIT",
        )


def test_the_list_itself_is_traced_and_for_auditors_only(as_: As, looks: Looks) -> None:
    as_(AUDITOR).get("/v1/access", params={"about": ANNA})
    refused = [as_(who).get("/v1/access", params={"about": ANNA}) for who in (MINE, OFFICER)]

    assert [one.status_code for one in refused] == [403, 403]
    assert looks()[0] == (AUDITOR, ANNA, "access_looks", "TOEZICHT", "PERMIT")


@pytest.mark.parametrize("barrier", sorted(BARRIERS))
def test_looks_at_a_person_before_whom_a_barrier_stands_are_not_shown(
    as_: As, looks: Looks, standings: InventedStandings, barrier: Rule
) -> None:
    for name in ("anna", "bram"):
        as_(MINE).get(f"/v1/pathways/{named(f'pathway {name}')}/timeline")
    standings.known = {AUDITOR: Standing({barrier: [named("person anna")]})}

    by_caller = as_(AUDITOR).get("/v1/access", params={"caller": MINE}).json()
    by_person = [
        as_(AUDITOR).get("/v1/access", params={"about": about}).json() for about in (ANNA, PATHWAY)
    ]

    assert [look["about"] for look in by_caller["looks"]] == [str(named("person bram"))]
    assert by_person == [{"looks": [], "next_cursor": None, "under": []}] * 2
    assert looks()[-2:] == [(AUDITOR, ANNA, "access_looks", "TOEZICHT", "DENY")] * 2


@pytest.mark.parametrize("way", ["rest", "page"])
def test_who_turned_out_to_be_known_twice_has_the_looks_at_both(
    as_: As, browser: TestClient, write_side: WriteSideOfTests, way: str
) -> None:
    as_(MINE).get(TIMELINE)
    as_(LEADER).get(f"/v1/pathways/{named('pathway bram')}/timeline")
    write_side.under = [named("person bram")]

    if way == "page":
        page = sign_in(browser, AUDITOR, f"/access?about={ANNA}").text
        assert (f"{MINE}, OVO" in page, f"{LEADER}, OVO" in page) == (True, True)
    else:
        answer = as_(AUDITOR).get("/v1/access", params={"about": ANNA}).json()
        assert [look["caller"] for look in answer["looks"]] == [LEADER, MINE]
        both = {*map(str, (named("person bram"), named("pathway bram"))), ANNA, PATHWAY}
        assert {*answer["under"]} == both


def test_looks_from_before_the_person_was_known_here_count_too(
    as_: As, counsellor: Worker, write_side: WriteSideOfTests, standings: InventedStandings
) -> None:
    gerda = History("gerda").enrolled(date(2015, 9, 1))
    person, pathway = named("person gerda"), gerda.pathway_id
    as_(MINE).get(f"/v1/pathways/{pathway}/timeline")
    counsellor.put(gerda)

    for away in (False, True):
        write_side.away = away
        page = as_(AUDITOR).get("/v1/access", params={"about": str(person)})
        if away:
            assert (page.status_code, page.json()["type"]) == (503, "/problems/references-away")
        else:
            [look] = page.json()["looks"]
            assert (look["caller"], look["about"]) == (MINE, str(pathway))

    # Behind a barrier neither by the person, nor in a list by employee.
    standings.known = {AUDITOR: Standing({Rule.RELATIVE: [person]})}
    write_side.away = False
    for asked in ({"about": str(person)}, {"about": str(pathway)}, {"caller": MINE}):
        assert as_(AUDITOR).get("/v1/access", params=asked).json()["looks"] == []


def test_where_the_write_side_tells_of_nobody_nothing_is_told_here_either(
    as_: As, looks: Looks, write_side: WriteSideOfTests
) -> None:
    unknown_here = named("pathway nobody")
    as_(MINE).get(f"/v1/pathways/{unknown_here}/timeline")
    write_side.barred = [unknown_here]

    answer = as_(AUDITOR).get("/v1/access", params={"about": str(unknown_here)}).json()

    assert answer == {"looks": [], "next_cursor": None, "under": []}
    assert looks()[-1] == (AUDITOR, str(unknown_here), "access_looks", "TOEZICHT", "DENY")


def test_the_page_shows_both_services_the_newest_first(as_: As, browser: TestClient) -> None:
    as_(MINE).get(TIMELINE)

    page = sign_in(browser, AUDITOR, f"/access?about={PATHWAY}").text

    assert page.index("projections: pathway_timeline") < page.index("pathway: pathway_state")
    assert "niet volledig" not in page


def test_the_page_goes_on_where_each_service_ended(
    as_: As, browser: TestClient, write_side: WriteSideOfTests
) -> None:
    as_(MINE).get(TIMELINE)
    sign_in(browser, AUDITOR, "/access")

    first = browser.get(f"/access?caller={MINE}&limit=1").text
    second = browser.get(f"/access?caller={MINE}&limit=1&cursor=1").text

    assert "pathway_timeline" in first
    assert "cursor=1" in first
    assert "there=" not in first
    assert "pathway_state" in second
    assert f"there={EXAMPLE.looks[0].number}" not in second


def test_the_page_says_when_the_write_side_is_missing(
    browser: TestClient, write_side: WriteSideOfTests
) -> None:
    write_side.away = True

    assert "niet volledig" in sign_in(browser, AUDITOR, f"/access?about={ANNA}").text


def test_the_page_asks_nothing_before_somebody_was_chosen(
    browser: TestClient, write_side: WriteSideOfTests, looks: Looks
) -> None:
    sign_in(browser, AUDITOR, "/access")

    assert (write_side.asked, looks()) == ([], [])


def test_the_write_side_is_asked_in_the_auditors_name() -> None:
    there, heard, at = FastAPI(), [], bound_socket()

    @there.get("/v1/access")
    def answer(about: str, request: Request) -> LooksAnswer:
        heard.append((about, request.headers["Authorization"]))
        return EXAMPLE

    with served(there, at):
        own = WriteSideLooks(f"http://127.0.0.1:{at.getsockname()[1]}")
        told = own.looks(LooksAsked.model_validate({"about": ANNA}), "token")
    nowhere = WriteSideLooks("http://127.0.0.1:1").looks(LooksAsked(), "token")

    assert (told, heard, nowhere) == (EXAMPLE, [(ANNA, "Bearer token")], None)
