"""A counsellor registers an IBO in a real browser, corrects its day, and sees the page follow."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.test_pages_in_a_browser import is_for_everyone_and_fits
from tests.people import invented_insz
from tests.projections.web.both_sides import BothSides, both_sides

PHONE = 360


@pytest.fixture(scope="module")
def sides(new_database: Callable[..., str]) -> Iterator[BothSides]:
    with both_sides(new_database) as sides:
        yield sides


def test_an_ibo_is_registered_and_its_day_corrected_on_a_phone(
    browser: Browser, sides: BothSides
) -> None:
    page = browser.new_context(viewport={"width": PHONE, "height": 800}).new_page()
    page.goto(f"{sides.address}/enrol")
    page.get_by_role("button", name="Bea Voorbeeld").click()
    is_for_everyone_and_fits(page)
    page.get_by_label("Dag van inschrijving").fill("2015-06-01")
    page.get_by_label("Rijksregisternummer").fill(invented_insz(date(1980, 1, 2), 91))
    page.get_by_label("Familienaam").fill("Testers")
    page.get_by_label("Voornaam").fill("Ann")
    page.get_by_role("button", name="Inschrijven").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Testers, Ann")
    page.get_by_role("link", name="Iets registreren").click()
    is_for_everyone_and_fits(page)
    page.get_by_role("link", name="Begin een IBO").click()
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
