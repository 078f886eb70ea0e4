"""The operator's night: what stands still is found, explained and tried again; and where an event is."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import Watched
from tests.browser.looking import picture
from tests.projections.history import named

ANNA, BRAM = named("pathway anna"), named("pathway bram")


def test_what_waits_is_found_explained_and_tried_again(watched: Callable[[int], Watched]) -> None:
    visit = watched(1280)
    page = visit.sign_in("Olga Fictief", "/operations")

    expect(page.get_by_role("status")).to_contain_text("1 traject wacht op een operator.")
    page.get_by_role("link", name=str(BRAM)).click()
    expect(page.get_by_text("KeyError in fold")).to_be_visible()
    page.get_by_role("button", name="Opnieuw proberen").click()
    expect(page.get_by_role("row").filter(has_text="opnieuw proberen").first).to_be_visible()

    page.get_by_role("link", name="Waar is een feit").first.click()
    page.get_by_role("textbox").fill(f"{ANNA}:1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text("doorgegeven op")
    assert visit.complaints == []


def test_the_page_looks_again_by_itself_and_not_while_nobody_sees_it(
    watched: Callable[[int], Watched],
) -> None:
    visit = watched(1280)
    page = visit.sign_in("Olga Fictief", "/operations")
    kill = page.get_by_role("button", name="pathway publisher doden")
    kill.focus()

    with page.expect_response("**/operations/running*", timeout=60_000) as looked:
        pass

    assert looked.value.ok
    expect(kill).to_be_focused()
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true})")
    asked = len(visit.requests)
    page.wait_for_timeout(6_000)
    assert len(visit.requests) == asked


def test_a_process_of_a_demo_is_killed_by_keyboard(watched: Callable[[int], Watched]) -> None:
    page = watched(360).sign_in("Olga Fictief", "/operations")

    page.get_by_role("button", name="pathway publisher doden").press("Enter")

    expect(
        page.get_by_text("pathway publisher werd gedood om 01/10/2015 11:00:00.")
    ).to_be_visible()
    picture(page, "olga killed nl")
