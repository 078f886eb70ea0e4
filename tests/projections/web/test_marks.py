"""Why a counsellor should look at somebody, as REST answers it and as the pages say it."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from html import unescape
from importlib.resources import files

import pytest
from projections.counsellor.answers import Attention
from starlette.testclient import TestClient

from tests.projections.conftest import Worker
from tests.projections.history import History, named
from tests.projections.web.conftest import As
from tests.projections.web.given import MINE, NORTH
from tests.projections.web.served_pages import sign_in

LIMITS = {"soft_maximum_on": date(2015, 12, 13), "hard_maximum_on": date(2015, 12, 31)}


def mine(name: str) -> History:
    return History(name).enrolled(date(2014, 6, 2)).assigned(date(2014, 6, 4), MINE, NORTH)


def ibo(name: str, until: date) -> History:
    return mine(name).ibo("i", date(2015, 7, 1), until, **LIMITS).signed("i", date(2015, 6, 29))


def people() -> list[History]:
    """On 1 October 2015."""
    referred = mine("clock").referred(date(2014, 10, 1)).confirmed(date(2014, 10, 13))
    return [
        ibo("long", date(2015, 12, 18)),
        referred.stage("s", date(2015, 9, 7), date(2016, 2, 26)),
        mine("worker").hired(date(2015, 9, 1)),
        mine("absent").missed(date(2015, 9, 7)).missed(date(2015, 9, 14)),
        mine("excused")
        .missed(date(2015, 9, 7))
        .missed(date(2015, 9, 14))
        .exempt(date(2015, 9, 21)),
        mine("gone").hired(date(2015, 8, 3)).closed(date(2015, 9, 7)),
    ]


MARKED = {
    "long": ["SOFT_MAXIMUM_PASSED"],
    "clock": ["REFERRAL_ENDS"],
    "worker": ["CHECK_DUE"],
    "absent": ["NO_FIRST_CONTACT", "TRANSMISSION_CANDIDATE", "NO_MODULE"],
    "excused": [],
    "gone": ["CHECK_DUE"],
}


@pytest.fixture(scope="module")
def as_(lasting: Callable[[Sequence[History]], As]) -> As:
    return lasting(people())


def marks(client: TestClient, **asked: str) -> dict[str, list[str]]:
    answer = client.get("/v1/caseload", params=asked)
    assert answer.status_code == 200, answer.text
    names = {str(named(f"pathway {name}")): name for name in MARKED}
    return {names[item["pathway_id"]]: item["attention"] for item in answer.json()["items"]}


def test_the_caseload_says_of_each_why_to_look(as_: As) -> None:
    assert marks(as_(MINE)) == MARKED


def test_marks_are_of_the_day_that_is_asked_for(as_: As) -> None:
    before = marks(as_(MINE), as_of="2015-09-13")

    assert before["worker"] == []
    assert before["absent"] == ["NO_FIRST_CONTACT", "NO_MODULE"]
    assert before["excused"] == ["NO_FIRST_CONTACT", "NO_MODULE"]
    assert before["gone"] == ["CHECK_DUE"]
    assert marks(as_(MINE), as_of="2015-06-30")["long"] == ["NO_MODULE"]


def test_the_timeline_answers_which_module_is_past_its_soft_maximum(as_: As) -> None:
    answer = as_(MINE).get(f"/v1/pathways/{named('pathway long')}/timeline").json()

    assert [module["past_soft_maximum"] for module in answer["modules"]] == [True]
    started = next(one for one in answer["entries"] if one["event"] == "ibo-started")
    assert started["details"]["soft_maximum_on"] == "2015-12-13"


def said(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


def marks_said(page: str) -> list[str]:
    _, table = page.split("<table", 1)
    return sorted(said(mark) for mark in re.findall(r'<span class="mark.*?</span>', table))


def test_the_overview_says_it_in_both_languages(browser: TestClient, counsellor: Worker) -> None:
    counsellor.put(*people())

    dutch = sign_in(browser, MINE, "/caseload?state=all").text
    english = browser.get("/caseload?state=all&lang=en").text

    assert marks_said(dutch) == [
        "Geen eerste contact",
        "Na te gaan of de persoon werkt",
        "Na te gaan of de persoon werkt",
        "Toeleiding loopt af binnen 14 dagen",
        "Twee afspraken gemist",
        "Voorbij het zachte maximum",
        "Zonder module",
    ]
    assert marks_said(english) == [
        "Missed two appointments",
        "No first contact",
        "Past the soft maximum",
        "Referral ends within 14 days",
        "Without module",
        "Work to be checked",
        "Work to be checked",
    ]


def test_the_timeline_shows_what_the_marks_stand_on(
    browser: TestClient, counsellor: Worker
) -> None:
    counsellor.put(*people())
    sign_in(browser, MINE)

    pages = {
        name: said(browser.get(f"/pathways/{named(f'pathway {name}')}").text) for name in MARKED
    }

    assert "gepland 18/12/2015 voorbij het zachte maximum" in pages["long"]
    assert (
        "gepland tot en met 18/12/2015. Dat is voorbij het zachte maximum van een gewone IBO (13/12/2015)."
        in pages["long"]
    )
    assert "Na te gaan of de persoon werkt vanaf 01/10/2015" in pages["worker"]
    assert "Afspraken gemist zonder geldige reden 2" in pages["absent"]
    assert "Vrijgesteld sinds 21/09/2015" in pages["excused"]
    assert "zachte maximum" not in pages["clock"]


def test_a_pathway_says_what_somebody_has_to_do_about_it(
    browser: TestClient, counsellor: Worker
) -> None:
    counsellor.put(*people())
    sign_in(browser, MINE)
    absent = f"/pathways/{named('pathway absent')}"

    now = browser.get(absent).text
    before = said(browser.get(f"{absent}?as_of=2015-09-13").text)

    missed = "Twee afspraken gemist zonder geldige reden. Beslis over de transmissie ."
    waits = "Ingeschreven op 02/06/2014 en nog geen eerste contact (486 dagen geleden) ."
    assert missed in said(now)
    assert f"{waits} Plan een afspraak ." in said(now)
    assert f'href="{absent}/register/plan-appointment"' in now
    assert missed not in before
    assert "nog geen eerste contact (468 dagen geleden) ." in before


def test_the_timeline_answers_what_somebody_has_to_do(as_: As) -> None:
    answer = as_(MINE).get(f"/v1/pathways/{named('pathway worker')}/timeline").json()

    assert [(one["reason"], one["day"], one["urgency"]) for one in answer["alerts"]] == [
        ("CHECK_DUE", "2015-10-01", "NOW")
    ]


def test_every_reason_has_its_words_on_the_page() -> None:
    page = files("projections.counsellor").joinpath("templates/caseload.html").read_text()
    words = set(re.findall(r'"([A-Z_]+)": _\(', page))

    # A reminder is one's own and stands in the worklist alone.
    assert words == set(Attention) - {Attention.REMINDER}
