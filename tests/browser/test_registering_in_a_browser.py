"""A counsellor registers an IBO in a real browser, corrects its day, and sees the page follow."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from playwright.sync_api import Browser, Page, expect
from projections.counsellor import hand_over_pages

from tests.browser.looking import is_for_everyone_and_fits, picture
from tests.people import invented_insz
from tests.projections.web.both_sides import BothSides, both_sides

PHONE, DESK = 360, 1280


@pytest.fixture(scope="module")
def sides(new_database: Callable[..., str]) -> Iterator[BothSides]:
    with both_sides(new_database) as sides:
        yield sides


def enrol(page: Page, sides: BothSides, number: int) -> None:
    """As Bea, somebody new, whose page is there in the end."""
    page.goto(f"{sides.address}/enrol")
    if page.get_by_role("button", name="Bea Voorbeeld").is_visible():
        page.get_by_role("button", name="Bea Voorbeeld").click()
    is_for_everyone_and_fits(page)
    page.get_by_label("Dag van inschrijving").fill("2015-06-01")
    page.get_by_label("Rijksregisternummer").fill(invented_insz(date(1980, 1, 2), number))
    page.get_by_label("Familienaam").fill("Testers")
    page.get_by_label("Voornaam").fill("Ann")
    page.get_by_role("button", name="Inschrijven").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Testers, Ann")


def test_an_ibo_is_registered_and_its_day_corrected_on_a_phone(
    browser: Browser, sides: BothSides
) -> None:
    page = browser.new_context(viewport={"width": PHONE, "height": 800}).new_page()
    enrol(page, sides, 91)

    page.get_by_role("link", name="Iets registreren").click()
    page.wait_for_url("**/register")
    is_for_everyone_and_fits(page)
    page.get_by_role("link", name="Begin een IBO").click()
    page.wait_for_url("**/register/start-ibo*")
    is_for_everyone_and_fits(page)
    page.get_by_label("Dag", exact=True).fill("2015-09-01")
    page.get_by_label("Uren per week").fill("38")
    page.get_by_label("Werkgever (KBO)").fill("0887010362")
    page.get_by_label("Gepland tot en met").fill("2016-02-26")
    page.get_by_role("button", name="Registreren").click()

    expect(page.get_by_role("status")).to_contain_text("Geregistreerd.")
    expect(
        page.get_by_text("In begeleiding: IBO bij 0887.010.362, sinds 01/09/2015")
    ).to_be_visible()
    is_for_everyone_and_fits(page)
    page.get_by_role("link", name="Feit 2 verbeteren of annuleren").press("Enter")
    is_for_everyone_and_fits(page)
    page.get_by_label("Dag", exact=True).fill("2015-09-07")
    page.get_by_label("Reden").select_option("INVOERFOUT")
    page.get_by_role("button", name="Registreren").click()

    expect(
        page.get_by_text("In begeleiding: IBO bij 0887.010.362, sinds 07/09/2015")
    ).to_be_visible()
    expect(page.get_by_role("img", name="IBO bij 0887.010.362, sinds 07/09/2015")).to_be_visible()
    page.get_by_label("Stand op 01/10/2015").fill("0")
    expect(page.get_by_text("Ingeschreven; de begeleiding is nog niet begonnen.")).to_be_visible()
    page.context.close()


def test_two_at_once_the_second_sees_what_changed_and_sends_again(
    browser: Browser, sides: BothSides
) -> None:
    first = browser.new_context(viewport={"width": DESK, "height": 800}).new_page()
    second = browser.new_context(viewport={"width": DESK, "height": 800}).new_page()
    enrol(first, sides, 92)
    form = f"{first.url.partition('?')[0]}/register"
    for page, who in ((first, "Bea Voorbeeld"), (second, "Bert Verzonnen")):
        page.goto(f"{form}/record-characteristics")
        if page is second:
            page.get_by_role("button", name=who).click()
    first.get_by_label("Leeftijdsgroep").select_option("25-49")
    second.get_by_label("Geslacht").select_option("V")

    first.get_by_role("button", name="Registreren").click()
    expect(first.get_by_role("status")).to_contain_text("Geregistreerd.")
    second.get_by_role("button", name="Registreren").click()

    expect(second.get_by_role("alert")).to_contain_text("het traject is intussen veranderd")
    expect(
        second.get_by_role("heading", name="Intussen veranderd door een bemiddelaar")
    ).to_be_visible()
    is_for_everyone_and_fits(second)
    second.get_by_role("button", name="Registreren").click()
    expect(second.get_by_role("status")).to_contain_text("Geregistreerd.")
    expect(second.get_by_text("(feit 3)")).to_be_visible()
    expect(second.get_by_text("(feit 2)")).to_be_visible()
    first.context.close()
    second.context.close()


def test_a_caseload_is_handed_over_and_the_page_goes_on_by_itself(
    browser: Browser, sides: BothSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hand_over_pages, "AT_ONCE", 1)
    page = browser.new_context(viewport={"width": PHONE, "height": 800}).new_page()
    for number in (93, 94):
        enrol(page, sides, number)
        page.goto(f"{page.url.partition('?')[0]}/register/assign-counsellor")
        page.get_by_role("button", name="Registreren").click()
    page.goto(f"{sides.address}/caseload?show=mine")
    page.get_by_role("link", name="Deze mensen overdragen").click()
    page.wait_for_url("**/caseload/hand-over*")
    is_for_everyone_and_fits(page)
    picture(page, "hand over choose")
    page.get_by_label("Nieuwe bemiddelaar").fill("bemiddelaar-02")

    page.get_by_role("button", name="Bekijk eerst wat er gebeurt").click()
    expect(page.get_by_role("status").first).to_contain_text("Dit wordt overgedragen: 2.")
    is_for_everyone_and_fits(page)
    picture(page, "hand over preview")
    page.get_by_role("button", name="Draag 2 trajecten over").click()

    expect(page.get_by_role("status").first).to_contain_text("Overgedragen: 2.")
    is_for_everyone_and_fits(page)
    picture(page, "hand over told")
    page.set_viewport_size({"width": DESK, "height": 900})
    picture(page, "hand over told")
    page.context.close()
