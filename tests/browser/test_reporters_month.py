"""The reporter's month: a figure is found, published, cited on an answer sheet, and counted again."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import Watched
from tests.browser.looking import is_for_everyone_and_fits, picture

QUESTION = "Hoeveel mensen vonden werk na een module die in 2014 eindigde?"


def test_a_figure_is_published_cited_and_counted_again(watched: Callable[[int], Watched]) -> None:
    visit = watched(1280)
    page = visit.sign_in("Rik Denkbeeld", "/reports/flow?from=2014-01-01&until=2014-12-31")
    page.get_by_text("Dit cijfer publiceren").click()
    page.get_by_label("Voor welke vraag, en wie stelde ze?").fill(QUESTION)
    page.get_by_role("button", name="Publiceren").click()

    expect(page.get_by_role("main")).to_contain_text(QUESTION)
    figure = page.url.removeprefix(visit.address)
    seen(visit, "published figure", figure)
    seen(visit, "counted again", f"{figure}/recalculated")

    visit.open("/sheets").get_by_text("Een antwoordblad maken").click()
    page.get_by_label("Titel").fill("Antwoord op een vraag van november")
    page.get_by_label("Kop").first.fill("Werk na een module")
    page.get_by_label("Adres van een gepubliceerd cijfer").first.fill(figure)
    page.get_by_role("button", name="Antwoordblad maken").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Antwoord op een vraag van november")
    sheet = page.url.removeprefix(visit.address)
    seen(visit, "answer sheet", sheet)
    seen(visit, "answer sheet counted again", f"{sheet}/rerun")
    assert visit.complaints == []


def seen(visit: Watched, name: str, path: str) -> None:
    for width, language in ((1280, "nl"), (360, "en")):
        visit.page.set_viewport_size({"width": width, "height": 900})
        page = visit.open(f"{path}?lang={language}")
        is_for_everyone_and_fits(page)
        picture(page, f"rik {language} {name}")
    visit.open(f"{path}?lang=nl")
