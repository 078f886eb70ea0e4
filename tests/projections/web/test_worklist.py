"""Who needs a counsellor today: over REST and on the page, with what they put off or want to be reminded of."""

import re
from datetime import date

import psycopg
import pytest
from plumbing.web_sessions import csrf_token_of
from plumbing.web_sign_in import SESSION_COOKIE
from starlette.testclient import TestClient

from tests.projections.conftest import Worker
from tests.projections.history import History, named
from tests.projections.web.conftest import As, Looks
from tests.projections.web.given import COLLEAGUE, ELSEWHERE, MINE, everyone
from tests.projections.web.served_pages import InventedNames, sign_in

ANNA, BRAM, CORA, DIRK = (str(named(f"pathway {n}")) for n in ("anna", "bram", "cora", "dirk"))
SNOOZE_BRAM = {
    "do": "SNOOZE",
    "pathway_id": BRAM,
    "alert": "MODULE_OVERDUE",
    "until": "2015-10-08",
    "reason": "Belt zelf terug",
}
CHOSEN = {"do": "REMIND", "pathway_id": CORA, "until": "2015-10-02", "reason": "Attest vragen"}


@pytest.fixture(autouse=True)
def _everyone(counsellor: Worker, reporting: Worker, names: InventedNames) -> None:
    counsellor.put(*everyone())
    names.known = {named(f"person {one}"): f"Testers, {one.title()}" for one in ("anna", "bram")}


def told(client: TestClient, **asked: object) -> dict[str, list[str]]:
    """The alerts of each pathway that needs someone."""
    answer = client.get("/v1/worklist", params=asked).json()
    return {i["pathway_id"]: [one["reason"] for one in i["alerts"]] for i in answer["items"]}


def decides(client: TestClient, **decision: object) -> int:
    return client.post("/v1/worklist/decisions", json=decision).status_code


def test_whoever_needs_most_comes_first_with_its_day(as_: As) -> None:
    answer = as_(MINE).get("/v1/worklist").json()

    assert [item["pathway_id"] for item in answer["items"]][:2] == [BRAM, ANNA]
    overdue = answer["items"][0]["alerts"][0]
    assert (overdue["reason"], overdue["day"], overdue["days"]) == (
        "MODULE_OVERDUE",
        "2015-08-28",
        -34,
    )
    assert answer["total"] == 3


def test_of_a_colleague_what_may_be_seen_and_of_another_unit_nothing(as_: As) -> None:
    assert told(as_(MINE), counsellor=COLLEAGUE) == {CORA: ["NO_FIRST_CONTACT"]}
    assert told(as_(MINE), counsellor=ELSEWHERE) == {}


def test_only_those_who_are_told_of_leave_a_look(as_: As, looks: Looks) -> None:
    as_(MINE).get("/v1/worklist", params={"limit": 1})

    assert [(who, about) for who, about, *_ in looks()] == [(MINE, str(named("person bram")))]


def test_what_is_put_off_is_gone_for_oneself_until_it_wakes(as_: As) -> None:
    assert decides(as_(MINE), **SNOOZE_BRAM) == 204

    assert BRAM not in told(as_(MINE))
    [snoozed] = as_(MINE).get("/v1/worklist").json()["snoozed"]
    assert snoozed["alerts"][0]["because"] == "Belt zelf terug"
    assert BRAM in told(as_(COLLEAGUE), counsellor=MINE)

    assert decides(as_(MINE), do="WAKE", pathway_id=BRAM, alert="MODULE_OVERDUE") == 204
    assert BRAM in told(as_(MINE))


def test_it_wakes_on_its_day_and_when_the_alert_speaks_of_another(
    as_: As, read_models: str
) -> None:
    for column, value in (("until", date(2015, 10, 1)), ("about_day", date(2015, 8, 1))):
        decides(as_(MINE), **SNOOZE_BRAM)
        with psycopg.connect(read_models) as connection:
            connection.execute(f"update projections.snooze set {column} = %s", [value])

        assert BRAM in told(as_(MINE)), column


def test_a_reminder_comes_on_its_day_also_of_a_pathway_of_a_colleague(
    as_: As, read_models: str
) -> None:
    assert decides(as_(MINE), **CHOSEN) == 204
    assert CORA not in told(as_(MINE))
    with psycopg.connect(read_models) as connection:
        connection.execute("update projections.reminder set on_day = '2015-10-01'")

    assert told(as_(MINE))[CORA][0] == "REMINDER"
    assert decides(as_(MINE), do="FORGET", pathway_id=CORA) == 204
    assert CORA not in told(as_(MINE))


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"pathway_id": DIRK}, 404),
        ({"alert": "HIRE_DUE"}, 409),
        ({"until": "2015-10-01"}, 422),
        ({"until": "2017-10-01"}, 422),
        ({"reason": ""}, 422),
        ({"reason": None}, 422),
    ],
    ids=["of others", "not there", "today", "too far", "empty", "without reason"],
)
def test_what_cannot_be_put_off_is_refused(
    as_: As, changed: dict[str, object], status: int
) -> None:
    assert decides(as_(MINE), **(SNOOZE_BRAM | changed)) == status


def test_the_page_says_why_in_a_sentence_and_what_to_do(browser: TestClient) -> None:
    page = sign_in(browser, MINE).text
    english = browser.get("/caseload?lang=en").text

    assert "Stage moest eindigen op 28/08/2015" in page
    assert "(34 dagen geleden)" in page
    assert re.search(
        r'<a class="next" href="[^"]+/register/complete-stage">Registreer het einde of verleng</a>',
        page,
    )
    assert page.index("Vandaag te doen") < page.index('class="counters"')
    assert "was to end on 28/08/2015" in english


def test_the_form_puts_off_and_leads_back(browser: TestClient) -> None:
    sign_in(browser, MINE)
    form = {**SNOOZE_BRAM, "csrf_token": csrf_token_of(browser.cookies[SESSION_COOKIE])}

    answer = browser.post("/caseload/alerts", data={**form, "back": "show=mine&state=all"})

    assert answer.url.query == b"show=mine&state=all"
    assert "1 persoon uitgesteld" in answer.text
    assert "Uitgesteld tot 08/10/2015." in answer.text


def test_a_unit_as_a_whole_has_no_worklist_and_a_colleague_has(browser: TestClient) -> None:
    unit = sign_in(browser, MINE, "/caseload?show=unit").text
    colleague = browser.get(f"/caseload?show=unit&counsellor={COLLEAGUE}").text

    assert 'id="worklist"' not in unit
    assert f"Vandaag te doen bij {COLLEAGUE}" in colleague


def test_someone_with_a_deadline_of_wep_plus_is_told_of_it(as_: As, counsellor: Worker) -> None:
    hugo = History("hugo").enrolled(date(2014, 11, 3)).assigned(date(2014, 11, 4), MINE, "OE-X")
    counsellor.put(hugo.work_experience("w", date(2014, 12, 1), date(2015, 11, 30)))

    assert "WEP_DEADLINE" in told(as_(MINE))[str(named("pathway hugo"))]


def sends(browser: TestClient, path: str, **form: str) -> str:
    """The page that a form of this session leads to."""
    token = csrf_token_of(browser.cookies[SESSION_COOKIE])
    return browser.post(path, data={"csrf_token": token, **form}).text


def test_a_name_is_searched_in_the_vault_and_only_pathways_to_be_seen_are_told(
    browser: TestClient, names: InventedNames, looks: Looks
) -> None:
    names.known[named("person dirk")] = "Testers, Dirk"
    sign_in(browser, COLLEAGUE, "/override")

    found = sends(browser, "/caseload/search", name="testers")

    assert f'<a href="/pathways/{ANNA}">Testers, Anna</a>' in found
    assert DIRK not in found
    assert "Dirk" not in found
    assert {about for _, about, *_ in looks()} == {
        str(named("person anna")),
        str(named("person bram")),
    }


@pytest.mark.parametrize("away", [False, True], ids=["nobody", "away"])
def test_a_search_that_finds_nobody_says_what_to_do(
    browser: TestClient, names: InventedNames, away: bool
) -> None:
    names.away = away
    sign_in(browser, MINE, "/override")

    said = "Probeer het zo meteen opnieuw" if away else "Controleer de schrijfwijze"
    assert said in sends(browser, "/caseload/search", name="onbestaande")


def test_a_filter_is_kept_under_a_name_for_its_maker_and_dropped(browser: TestClient) -> None:
    sign_in(browser, MINE)

    kept = sends(
        browser, "/caseload/filters", do="SAVE", name="IBO's", back="show=unit&running_kind=IBO"
    )
    assert '<a href="/caseload?show=unit&amp;running_kind=IBO">IBO&#39;s</a>' in kept
    browser.cookies.clear()
    sign_in(browser, COLLEAGUE)
    assert "IBO&#39;s" not in browser.get("/caseload").text
    browser.cookies.clear()
    sign_in(browser, MINE)
    assert "IBO&#39;s" not in sends(browser, "/caseload/filters", do="DROP", name="IBO's")


def test_one_caseload_is_put_in_the_order_of_names(browser: TestClient) -> None:
    page = sign_in(browser, MINE, "/caseload?show=mine&by_name=true").text.partition('id="list"')[2]

    assert page.index("Testers, Anna") < page.index("Testers, Bram")


def test_a_unit_shows_who_guides_how_many(browser: TestClient) -> None:
    page = " ".join(sign_in(browser, MINE, "/caseload?show=unit").text.split())

    assert f"{MINE}</a>: 2 open, 1 einddatum voorbij, 1 eindigt binnen 14 dagen</li>" in page
    assert f"{COLLEAGUE}</a>: 1 open</li>" in page
