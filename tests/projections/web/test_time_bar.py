"""The bar of the two clocks stands over the app, and its value goes along from page to page."""

import re
from html import unescape

import pytest
from starlette.testclient import TestClient

from tests.projections.conftest import Worker
from tests.projections.history import named
from tests.projections.web.given import AUDITOR, MINE, everyone
from tests.projections.web.served_pages import InventedNames, sign_in

ANNA = f"/pathways/{named('pathway anna')}"
THEN = "as_of=2015-08-15&known_at=2015-09-01T10%3A00%3A00%2B02%3A00"
PAST = "U kijkt naar het verleden."
PAGES = ["/caseload", ANNA, "/reports", "/reports/flow", "/reports/stock"]


@pytest.fixture(autouse=True)
def _everyone(counsellor: Worker, reporting: Worker) -> None:
    counsellor.put(*everyone())
    reporting.put(*everyone())


def links(page: str) -> set[str]:
    return {unescape(link) for link in re.findall(r'<a [^>]*href="([^"]*)"', page)}


def test_the_moment_goes_along_by_links_over_the_whole_app(browser: TestClient) -> None:
    sign_in(browser, MINE)

    pages = {path: browser.get(f"{path}?{THEN}").text for path in PAGES}

    for path, page in pages.items():
        assert PAST in page, path
        assert "Stand op 15/08/2015" in page, path
        assert {f"/caseload?{THEN}", f"/reports?{THEN}"} <= links(page), path
    assert f"{ANNA}?{THEN}" in links(pages["/caseload"])
    assert f"/reports/flow?{THEN}" in links(pages["/reports"])
    assert f"/reports/stock?{THEN}" in links(pages["/reports/flow"])


def test_one_click_leads_back_to_now_with_the_same_question(browser: TestClient) -> None:
    sign_in(browser, MINE)
    asked = {"/caseload": {"state=all"}, "/reports/flow": {"by=province"}, ANNA: set()}

    for path, question in asked.items():
        page = browser.get(f"{path}?{'&'.join(question)}&{THEN}").text
        back = re.search(r'href="([^"]*)">Terug naar nu', page)

        assert back, path
        there, _, parameters = unescape(back[1]).partition("?")
        assert there == path
        assert question <= set(parameters.split("&")), parameters
        assert PAST not in browser.get(unescape(back[1])).text


def test_the_bar_asks_another_moment_of_the_same_list(browser: TestClient) -> None:
    page = sign_in(browser, MINE, "/caseload?state=closed&sort=status").text

    form = page[page.index('<section class="clock') : page.index("</section>")]
    assert PAST not in page
    assert "U kijkt naar nu." in form
    assert '<input type="hidden" name="state" value="closed">' in form
    assert '<input type="hidden" name="sort" value="status">' in form


def test_one_day_is_both_clocks_as_it_was_known_then(browser: TestClient) -> None:
    sign_in(browser, MINE)
    both = "as_of=2015-08-15&known_at=2015-08-15T23%3A59%3A59%2B02%3A00"

    pages = {path: browser.get(f"{path}?then=2015-08-15").text for path in PAGES}

    for path, page in pages.items():
        assert "Stand op 15/08/2015, zoals bekend op 15/08/2015 23:59" in page, path
        assert f"/caseload?{both}" in links(page), path
        assert 'name="then" required value="2015-08-15"' in page, path
        assert '<input type="hidden" name="then"' not in page, path
    unknown = browser.get(f"{ANNA}?then=2013-01-01")
    assert unknown.status_code == 404
    assert "zoals bekend op 01/01/2013 23:59" in unknown.text


def test_an_auditor_opens_a_pathway_as_it_was_known_on_a_day(browser: TestClient) -> None:
    number = ANNA.removeprefix("/pathways/")
    sign_in(browser, AUDITOR, "/access")
    start = browser.get("/").text

    page = browser.get(f"/pathways?pathway_id={number}&then=2015-08-15").text
    now = browser.get(f"/pathways?pathway_id={number}&then=").text

    assert 'name="then"' in start
    assert "Stand op 15/08/2015, zoals bekend op 15/08/2015 23:59" in page
    assert PAST not in now


def test_as_known_today_is_now(browser: TestClient) -> None:
    page = sign_in(browser, MINE, "/caseload?then=2015-10-01").text

    assert PAST not in page
    assert "Niet begrepen" not in page


def test_a_day_that_is_none_is_told(browser: TestClient) -> None:
    page = sign_in(browser, MINE, "/caseload?then=yesterday").text

    assert PAST not in page
    assert "Niet begrepen, en daarom niet gebruikt: stand op dag, zoals bekend op." in page


def test_filtering_stays_at_the_moment(browser: TestClient) -> None:
    page = sign_in(browser, MINE, "/caseload?as_of=2015-08-15").text

    filters = page[page.index('class="filters"') :]
    assert (
        '<input type="hidden" name="as_of" value="2015-08-15">'
        in filters[: filters.index("</form>")]
    )


def test_where_nothing_was_known_the_way_back_stands(browser: TestClient) -> None:
    sign_in(browser, MINE)

    answer = browser.get(f"{ANNA}?as_of=2015-01-01")

    assert answer.status_code == 404
    assert f'href="{ANNA}">Terug naar nu' in answer.text


def test_what_is_looked_at_as_it_was_offers_nothing_to_register(browser: TestClient) -> None:
    now = sign_in(browser, MINE, ANNA).text
    then = browser.get(f"{ANNA}?as_of=2015-08-15").text

    assert [f'href="{ANNA}/register"' in page for page in (now, then)] == [True, False]


def test_a_printed_pathway_tells_its_clocks(browser: TestClient) -> None:
    page = sign_in(browser, MINE, f"{ANNA}?as_of=2015-08-15").text

    # What is not for paper stands in the bar; this is beside it.
    told = re.search(r'<p class="taken">(.*?)</p>', page, re.DOTALL)
    assert told
    assert told[1].strip() == "Stand op 15/08/2015, zoals nu bekend."


def test_a_search_by_name_stays_at_the_moment(browser: TestClient, names: InventedNames) -> None:
    names.known = {named("person anna"): "Testers, Anna"}
    page = sign_in(browser, MINE, f"/caseload?{THEN}").text
    form = page[page.index('action="/caseload/search"') :]
    told = dict(
        re.findall(r'name="(csrf_token|at)" value="([^"]*)"', form[: form.index("</form>")])
    )

    fields = {name: unescape(value) for name, value in told.items()}
    found = browser.post("/caseload/search", data={**fields, "name": "anna"}).text

    assert {f"{ANNA}?{THEN}", f"/caseload?{THEN}"} <= links(found)
    assert PAST in found
