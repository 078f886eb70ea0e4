"""A counsellor's morning in a real browser: at a desk, on a phone, by keyboard, in either language."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Watched
from tests.browser.looking import is_for_everyone_and_fits
from tests.projections.history import named

DESK, PHONE = 1280, 360
ANNA = f"/pathways/{named('pathway anna')}"
FLOW = "/reports/flow?from=2014-01-01&until=2014-12-31"
CURVES = "/reports/time-to-work?from=2014-01-01&until=2014-12-31"
PAGES = (
    *("/reports", CURVES),
    "/caseload",
    "/caseload?show=unit&state=all&sort=status",
    ANNA,
    FLOW,
    "/nowhere",
    "/",
)
DIRK = f"/pathways/{named('pathway dirk')}"
WHY = "Mijn collega is ziek en het gesprek is vandaag."

Watch = Callable[[int], Watched]


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def test_a_counsellors_morning(watched: Watch) -> None:
    visit = watched(DESK)
    page = visit.open("/")
    page.get_by_role("link", name="Aanmelden").click()
    page.get_by_role("button", name="Bea Voorbeeld").click()

    heading(page, "Mijn trajectoverzicht")
    expect(page.get_by_role("row")).to_have_count(3)
    page.get_by_role("link", name="1 einddatum voorbij").click()
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_role("link", name="Filters wissen").click()
    page.get_by_label("Welke trajecten").select_option("Mijn eenheid")
    page.get_by_label("Lopende module").select_option("IBO")
    page.get_by_role("button", name="Filteren").click()
    page.get_by_role("link", name="Testers, Anna").click()

    heading(page, "Testers, Anna")
    expect(page.get_by_role("listitem").filter(has_text="IBO gestart bij")).to_be_visible()
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("listitem").filter(has_text="IBO started at")).to_be_visible()

    page.get_by_role("link", name="Reports").click()
    page.get_by_role("link", name="Flow into work").click()
    heading(page, "Flow into work")
    page.get_by_label("Module ended from").fill("2014-01-01")
    page.get_by_label("Module ended until").fill("2014-12-31")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("1 of 1 person (100 %) found work")).to_be_visible()

    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    page.go_back()
    page.reload()
    expect(page.get_by_role("heading", name="Aanmelden (demo)")).to_be_visible()
    assert visit.complaints == []


def test_nothing_is_asked_of_other_sites(watched: Watch) -> None:
    visit = watched(DESK)
    visit.sign_in("Bea Voorbeeld")
    for path in PAGES:
        visit.open(path)

    assert {urlsplit(address).hostname for address in visit.requests} == {"127.0.0.1"}


def test_an_operator_gives_a_pathway_up_by_keyboard_alone(watched: Watch) -> None:
    page = watched(PHONE).sign_in("Olga Fictief", "/operations")
    page.get_by_role("link", name=str(named("pathway bram"))).press("Enter")

    heading(page, "Traject dat wacht")
    page.get_by_label("Reden", exact=True).fill("Kort.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Reden", exact=True)).to_be_focused()
    page.get_by_label("Reden", exact=True).fill(WHY)
    page.get_by_role("button", name="Opgeven").press("Enter")

    expect(page.get_by_role("row").filter(has_text="opgeven")).to_be_visible()


def test_a_page_can_be_used_by_keyboard_alone(watched: Watch) -> None:
    page = watched(DESK).sign_in("Bea Voorbeeld")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Naar de inhoud")).to_be_focused()
    expect(page.get_by_role("link", name="Naar de inhoud")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_what_is_pressing_is_said_in_words(watched: Watch) -> None:
    page = watched(PHONE).sign_in("Bea Voorbeeld")

    expect(page.get_by_role("cell", name="Einddatum voorbij")).to_be_visible()
    expect(page.get_by_role("cell", name="Eindigt binnen 14 dagen")).to_be_visible()


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_file_is_opened_with_a_reason_by_keyboard_alone(watched: Watch, width: int) -> None:
    page = watched(width).sign_in("Bea Voorbeeld", DIRK)
    heading(page, "Dit traject kunt u niet zien")
    is_for_everyone_and_fits(page)
    page.get_by_role("link", name="Dossier openen met reden").press("Enter")

    heading(page, "Dossier openen met reden")
    is_for_everyone_and_fits(page)
    page.get_by_label("Rijksregisternummer of trajectnummer").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Reden", exact=True)).to_be_focused()
    page.keyboard.type("Daarom.")
    page.keyboard.press("Tab")
    page.keyboard.type("8")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Reden", exact=True)).to_be_focused()
    page.get_by_label("Reden", exact=True).fill(WHY)
    page.get_by_role("button", name="Dossier openen").press("Enter")

    expect(page.get_by_role("status")).to_contain_text("open tot 01/10/2015 15:00")
    is_for_everyone_and_fits(page)
    shown = page.get_by_role("main").get_by_role("listitem").get_by_role("link")
    expect(shown).to_have_attribute("href", DIRK)


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_partner_sees_one_list_of_whom_it_guides(watched: Watch, width: int) -> None:
    page = watched(width).sign_in("Piet Verzonnen")

    heading(page, "Trajecten die wij begeleiden")
    expect(page.get_by_role("row").filter(has_text="Testers, Greta")).to_be_visible()
    expect(page.get_by_label("Welke trajecten")).to_have_count(0)
    is_for_everyone_and_fits(page)
    page.get_by_role("rowheader").get_by_role("link", name="Testers, Greta").click()
    heading(page, "Testers, Greta")
    is_for_everyone_and_fits(page)


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_report_is_drawn_by_our_own_script_and_is_no_heavy_page(
    watched: Watch, width: int
) -> None:
    visit = watched(width)
    visit.sign_in("An Bedacht", "/reports")
    sizes: list[int] = []
    visit.page.on("requestfinished", lambda one: sizes.append(one.sizes()["responseBodySize"]))

    page = visit.open(CURVES)

    expect(page.locator("figure.chart.drawn canvas")).to_be_visible()
    expect(page.locator("figure.chart .drawing")).to_be_hidden()
    expect(page.get_by_role("table")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert sum(sizes) < 300_000
    assert visit.complaints == []


def test_without_script_the_same_picture_stands_there(browser: Browser, pages_address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    visit = Watched(context.new_page(), pages_address)
    page = visit.sign_in("An Bedacht", "/reports/stock")

    expect(page.locator("figure.chart .plain-bars")).to_be_visible()
    expect(page.get_by_role("table")).to_be_visible()
    context.close()
