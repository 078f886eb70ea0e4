"""The pages as a browser gets them: what they show, in which language, and how they fail."""

import re
from datetime import UTC, date, datetime
from html import unescape

import psycopg
import pytest
from embedded import issuer_users
from fastapi import FastAPI
from projections import web_reading
from starlette.testclient import TestClient

from tests.projections.conftest import Worker
from tests.projections.history import History, named
from tests.projections.web.conftest import Looks
from tests.projections.web.given import AUDITOR, ELSEWHERE, LEADER, MINE, OFFICER, everyone
from tests.projections.web.served_pages import InventedNames, sign_in

ANNA = f"/pathways/{named('pathway anna')}"
PEOPLE = ("anna", "bram", "cora", "dirk", "els", "fons")


@pytest.fixture(autouse=True)
def _everyone(counsellor: Worker, reporting: Worker, names: InventedNames) -> None:
    counsellor.put(*everyone())
    reporting.put(*everyone())
    names.known = {named(f"person {one}"): f"Testers, {one.title()}" for one in PEOPLE}


def text(page: str) -> str:
    """What a page says, without its marks."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


def rows(page: str) -> list[str]:
    """What the rows of a page's tables say."""
    return [text(row) for row in re.findall(r"<tr.*?</tr>", page, re.DOTALL)][1:]


def test_signing_in_comes_back_to_the_page_with_its_filters(browser: TestClient) -> None:
    answer = sign_in(browser, MINE, "/caseload?show=unit&state=all")

    assert answer.url.path == "/caseload"
    assert len(rows(answer.text)) == 4


def test_the_overview_shows_names_of_the_vault_and_what_is_pressing_first(
    browser: TestClient,
) -> None:
    page = sign_in(browser, MINE).text

    assert rows(page) == [
        "Testers, Bram In begeleiding Einddatum voorbij Stage 28/08/2015 bemiddelaar-01 02/03/2015",
        (
            "Testers, Anna In begeleiding Contract niet ondertekend Eindigt binnen 14 dagen IBO 09/10/2015 "
            "bemiddelaar-01 01/07/2015"
        ),
    ]
    assert (
        "2 open 1 einddatum voorbij 1 eindigt binnen 14 dagen 0 zonder lopende module 1 afgesloten"
        in text(page)
    )


def test_with_the_vault_away_it_shows_references_and_says_so(
    browser: TestClient, names: InventedNames
) -> None:
    names.away = True

    page = sign_in(browser, MINE).text

    assert "De namen zijn nu niet op te vragen" in page
    assert rows(page)[0].startswith(f"P-{named('person bram').hex[-8:].upper()} In begeleiding")


def test_a_team_leader_begins_with_the_unit(browser: TestClient) -> None:
    page = sign_in(browser, LEADER).text

    assert [row.split(" In")[0] for row in rows(page)] == [
        "Testers, Bram",
        "Testers, Anna",
        "Testers, Cora",
    ]


def test_a_team_leader_who_chose_their_own_pathways_keeps_them(browser: TestClient) -> None:
    page = sign_in(browser, LEADER, "/caseload?show=mine&state=all").text

    assert 'href="/caseload?show=mine"' in page
    assert rows(page) == []


def test_only_those_on_the_page_are_asked_for(browser: TestClient, names: InventedNames) -> None:
    sign_in(browser, MINE, "/caseload?limit=1&work=1")

    assert set(names.asked) == {named("person bram")}


def test_the_next_page_keeps_the_filters(browser: TestClient) -> None:
    page = sign_in(browser, MINE, "/caseload?show=unit&limit=2").text
    following = unescape(re.findall(r'rel="next" href="([^"]*)"', page)[0])

    assert following.startswith("/caseload?show=unit&limit=2&cursor=")
    assert [row.split(" In")[0] for row in rows(browser.get(following).text)] == ["Testers, Cora"]


def test_fields_left_empty_are_no_filter(browser: TestClient) -> None:
    empty = "status=&running_kind=&planned_end_from=&organisation=&enrolled_until="

    assert len(rows(sign_in(browser, MINE, f"/caseload?{empty}").text)) == 2


def test_a_field_that_is_not_understood_is_passed_over_and_told(browser: TestClient) -> None:
    page = sign_in(browser, MINE, "/caseload?running_kind=IBO&planned_end_until=soon&x=1").text

    assert "Niet begrepen, en daarom niet gebruikt: einde tot en met, x." in page
    assert len(rows(page)) == 1


def test_a_name_is_text_and_nothing_else(browser: TestClient, names: InventedNames) -> None:
    names.known[named("person anna")] = "<script>alert(1)</script>, Anna"

    page = sign_in(browser, MINE).text

    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;, Anna" in page


def test_the_timeline_tells_it_in_sentences(browser: TestClient) -> None:
    page = text(sign_in(browser, MINE, ANNA).text)

    assert (
        "01/07/2015 IBO gestart bij 0400.000.148, 38 uur per week, gepland tot en met 09/10/2015."
        in page
    )
    assert "Geregistreerd op 01/07/2015 11:00 door een bemiddelaar van OVO001234 (feit 4)." in page
    assert "01/06/2015 Ingeschreven via loket." in page


def test_where_somebody_stands_is_cited_by_the_fact_that_began_it(browser: TestClient) -> None:
    page = text(sign_in(browser, MINE, ANNA).text)

    assert "gepland tot en met 09/10/2015. feit 4" in page


def test_it_speaks_english_when_asked_and_from_then_on(browser: TestClient) -> None:
    sign_in(browser, MINE)

    english = browser.get(f"{ANNA}?lang=en").text
    after = browser.get("/caseload").text

    assert '<html lang="en"' in english
    assert "IBO started at 0400.000.148, 38 hours a week, planned until 09/10/2015." in english
    assert "My pathways at a glance" in after
    assert "Mijn trajectoverzicht" in browser.get("/caseload?lang=nl").text
    assert '<html lang="nl"' in browser.get("/caseload?lang=fr").text


def test_an_auditor_opens_a_timeline_by_its_number_and_sees_no_name(
    browser: TestClient, names: InventedNames, looks: Looks
) -> None:
    start = sign_in(browser, AUDITOR, "/reports/flow") and browser.get("/").text
    assert "Toon de tijdlijn van een traject" in start

    page = browser.get("/pathways", params={"pathway_id": f" {named('pathway anna')} "}).text
    wrong = browser.get("/pathways", params={"pathway_id": "anna"})

    assert f"<h1>P-{named('person anna').hex[-8:].upper()}</h1>" in page
    assert names.asked == []
    assert looks()[-1][0:3] == (AUDITOR, str(named("person anna")), "page_timeline")
    assert (wrong.status_code, "Dit is geen trajectnummer." in wrong.text) == (422, True)


def test_the_menu_has_no_dead_ends(browser: TestClient) -> None:
    page = sign_in(browser, OFFICER, "/reports/flow").text

    assert 'href="/reports"' in page
    assert 'href="/caseload"' not in page
    assert browser.get("/").url.path == "/reports"


def test_who_has_no_rights_here_is_told_so_in_a_page(
    browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = issuer_users.DemoPerson("niemand-01", "Nel Niemand", "zonder rechten", ())
    monkeypatch.setitem(issuer_users.PEOPLE, nobody.code, nobody)

    refused = sign_in(browser, nobody.code)

    assert refused.status_code == 403
    assert "<h1>U hebt hier geen recht op</h1>" in refused.text
    assert "zijn er hier geen pagina's te zien" in unescape(browser.get("/").text)


def test_another_units_pathway_is_refused_and_traced(browser: TestClient, looks: Looks) -> None:
    refused = sign_in(browser, ELSEWHERE, ANNA)

    assert refused.status_code == 404
    assert "<h1>Dit traject kunt u niet zien</h1>" in refused.text
    assert looks()[-1] == (
        ELSEWHERE,
        str(named("person anna")),
        "page_timeline",
        "BEGELEIDING",
        "DENY",
    )


def test_the_report_says_it_in_one_sentence_a_picture_and_a_table(browser: TestClient) -> None:
    answer = sign_in(browser, AUDITOR, "/reports/flow?from=2014-01-01&until=2014-12-31")
    page = text(answer.text)

    assert (
        "1 van 1 persoon (100 %) vond binnen 6 maanden werk in het normaal economisch circuit. "
        "Van 1 persoon zijn die 6 maanden voorbij; op de dag zelf, 6 maanden na de module, werkte 1."
        in page
    )
    *_, total, _, _, half_a_year, _ = rows(answer.text)
    assert total.startswith("Totaal 1 1 1 0 0 1 (100 %)")
    assert half_a_year == "6 maanden 1 1 (100 %) 0 1 0 0 0"
    assert (
        "Modules die eindigden van 01/01/2014 tot en met 31/12/2014, gezien op 01/10/2015" in page
    )
    assert "Nog niet volledig" in page


def test_a_page_says_how_complete_it_is_and_claims_nothing_of_what_was_not_passed_on(
    browser: TestClient, counsellor: Worker
) -> None:
    counsellor.connection.execute(
        "update partition_progress set complete_until = %s, newest_recorded_at = %s",
        [datetime(2015, 10, 1, 8, tzinfo=UTC), datetime(2015, 9, 30, 12, tzinfo=UTC)],
    )

    page = text(sign_in(browser, MINE, "/caseload").text)

    assert (
        "Volledig voor alles wat vóór 01/10/2015 10:00 doorgegeven was; het nieuwste feit is "
        "geregistreerd op 30/09/2015 14:00." in page
    )


def test_a_report_about_nothing_says_so(browser: TestClient) -> None:
    page = sign_in(browser, AUDITOR, "/reports/flow?from=2010-01-01&until=2010-12-31").text

    assert "In deze periode eindigde geen enkele module" in page


def test_a_reports_wrong_fields_are_told(browser: TestClient) -> None:
    asked = "/reports/flow?from=2015-12-31&until=2015-01-01"

    assert "Niet begrepen" in sign_in(browser, AUDITOR, asked).text
    assert "stand op dag" in browser.get("/reports/flow?as_of=2015-12-31").text


def test_a_change_that_is_not_here_yet_is_told_and_the_page_shown(
    browser: TestClient, counsellor: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_reading, "SECONDS_TO_WAIT", 0.05)
    late = f"after={named('pathway anna')}:6"

    page = sign_in(browser, MINE, f"/caseload?{late}").text

    assert "deze pagina loopt 2 feiten achter" in page
    assert len(rows(page)) == 2
    assert "deze pagina loopt 2 feiten achter" in browser.get(f"{ANNA}?{late}").text
    one = f"after={named('pathway anna')}:5"
    assert "deze pagina loopt 1 feit achter" in browser.get(f"{ANNA}?{one}").text
    assert "after=" not in re.sub(r'<nav aria-label="Taal">.*?</nav>', "", page, flags=re.DOTALL)


def test_a_pathway_of_which_nothing_may_be_told_is_shown_to_who_sees_everybody(
    browser: TestClient, counsellor: Worker
) -> None:
    hidden = History("hidden").withheld(date(2015, 9, 1)).newer_type(date(2015, 9, 2))
    counsellor.put(hidden)

    page = text(sign_in(browser, AUDITOR, f"/pathways/{hidden.pathway_id}").text)

    assert "Er is iets geregistreerd waarvan de inhoud hier niet getoond mag worden." in page
    assert "Gebeurtenis van een nieuwere soort: praised." in page


def test_whose_person_is_not_told_is_shown_to_nobody_who_guides(
    browser: TestClient, counsellor: Worker
) -> None:
    hidden = History("hidden").withheld(date(2015, 9, 1))
    counsellor.put(hidden.assigned(date(2015, 9, 2), MINE, "OE-VOORBEELD-NOORD"))

    page = sign_in(browser, MINE, f"/pathways/{hidden.pathway_id}")

    assert page.status_code == 404
    assert str(hidden.pathway_id) not in browser.get("/caseload").text


@pytest.mark.parametrize(
    ("path", "status", "heading"),
    [
        ("/nowhere", 404, "Deze pagina bestaat niet"),
        ("/static/nothing.css", 404, "Deze pagina bestaat niet"),
        (f"/pathways/{named('pathway nobody')}", 404, "Dit traject kunt u niet zien"),
        ("/pathways/anna", 422, "Dit adres is niet te begrijpen"),
    ],
)
def test_errors_are_pages_too(browser: TestClient, path: str, status: int, heading: str) -> None:
    sign_in(browser, MINE)

    answer = browser.get(path)

    assert (answer.status_code, f"<h1>{heading}</h1>" in answer.text) == (status, True)


def test_our_own_error_shows_no_trace_and_a_code_to_name(
    app: FastAPI, browser: TestClient, read_models: str
) -> None:
    sign_in(browser, MINE)
    with psycopg.connect(read_models) as connection:
        connection.execute("alter table counsellor.caseload rename to away")

    answer = browser.get("/caseload")

    assert answer.status_code == 500
    assert "<h1>Er liep iets mis</h1>" in answer.text
    assert answer.headers["x-correlation-id"] in answer.text
    assert "caseload" not in answer.text.replace('"/caseload"', "").replace("/caseload?lang", "")


def test_with_the_database_away_pages_say_so_and_readiness_too(
    app: FastAPI, browser: TestClient, read_models: str
) -> None:
    sign_in(browser, MINE)
    with psycopg.connect(read_models, autocommit=True) as connection:
        name = connection.info.dbname
        assert app.state.web_sign_in
    with psycopg.connect(read_models.replace(name, "postgres"), autocommit=True) as elsewhere:
        elsewhere.execute(f"alter database {name} allow_connections false")
        elsewhere.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [name]
        )
        answer = browser.get("/caseload")
        ready = browser.get("/health/ready", headers={"Accept": "application/json"})
        elsewhere.execute(f"alter database {name} allow_connections true")

    assert (answer.status_code, "Even niet bereikbaar" in answer.text) == (503, True)
    assert (ready.status_code, ready.json()["checks"]) == (503, {"postgres": "does not answer"})


def test_every_answer_tells_the_browser_how_little_it_may_do(browser: TestClient) -> None:
    sign_in(browser, MINE)

    for path in ("/caseload", "/nowhere", "/static/app.css", "/openapi.json"):
        policy = browser.get(path).headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
    assert browser.get("/caseload").headers["cache-control"] == "no-store"
    assert "immutable" in browser.get("/static/app.css").headers["cache-control"]
    assert browser.get("/static/gone.css").headers["cache-control"] == "no-store"


def test_pages_hold_no_script_and_no_style_of_their_own(browser: TestClient) -> None:
    sign_in(browser, MINE)

    for path in ("/caseload", ANNA, "/reports/flow", "/nowhere", "/?lang=en"):
        page = browser.get(path).text
        own = (
            r'<script(?! src="/static/[^"]+" defer></script>)|<style|\sstyle=|\son\w+=|javascript:'
        )
        assert not re.search(own, page)
        assert set(re.findall(r'(?:src|href|action)="(https?:[^"]*)"', page)) == set()


def test_signing_out_needs_our_own_form(browser: TestClient) -> None:
    page = sign_in(browser, MINE).text
    token = re.findall(r'name="csrf_token" value="([0-9a-f]{64})"', page)[0]

    forged = browser.post("/sign-out", data={"csrf_token": "0" * 64})
    assert (forged.status_code, "Dit formulier is verouderd" in forged.text) == (403, True)
    browser.post("/sign-out", data={"csrf_token": token}, follow_redirects=False)

    assert 'href="/sign-in?return_to=/"' in browser.get("/").text
    assert browser.get("/caseload", follow_redirects=False).status_code == 303


def test_the_difference_tells_what_is_other_and_each_event_by_whom(browser: TestClient) -> None:
    page = sign_in(browser, MINE, f"{ANNA}/difference?from_as_of=2015-06-02&from_known_at=")

    assert page.status_code == 200
    told = text(page.text)
    assert "bemiddelaar-01" in told
    assert "03/06/2015 Toegewezen aan bemiddelaar-01" in told
    assert "Geregistreerd op" in told
