"""Forms that send commands: what they offer, how they are refused, and that the result is there at once."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from html import unescape
from urllib.parse import urlsplit
from uuid import UUID

import httpx2
import pytest
from pathway.api_problems import REFUSALS
from projections.counsellor.refused_words import told_rules

from tests.people import invented_insz
from tests.projections.web.both_sides import BothSides, both_sides
from tests.projections.web.served_pages import sign_in
from tests.projections.web.test_pages import text

EMPLOYER = "0887010362"
IBO = {
    "on": "2015-09-01",
    "planned_until": "2016-02-26",
    "hours_per_week": "38",
    "employer": EMPLOYER,
    "variant": "IBO",
}


@pytest.fixture(scope="module")
def sides(new_database: Callable[..., str]) -> Iterator[BothSides]:
    with both_sides(new_database) as sides:
        yield sides


@pytest.fixture(scope="module")
def browser(sides: BothSides) -> Iterator[httpx2.Client]:
    headers = {"Accept": "text/html"}
    with httpx2.Client(
        base_url=sides.address, headers=headers, follow_redirects=True, timeout=20
    ) as browser:
        sign_in(browser, "bemiddelaar-01")
        yield browser


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the page's last form."""
    form = page.rpartition('class="command"')[2]
    return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form))


def send(browser: httpx2.Client, address: str, **told: str) -> httpx2.Response:
    """Open the form at this address and send it."""
    form = hidden(browser.get(address).text)
    return browser.post(urlsplit(address).path, data={**form, **told})


def enrolled(browser: httpx2.Client, number: int, on: str = "2015-06-01") -> str:
    person = {"insz": invented_insz(date(1980, 1, 2), number), "last_name": "Testers"}
    told = person | {"first_name": "Ann", "channel": "LOKET", "on": on}
    answer = send(browser, "/enrol", **told)
    assert answer.status_code == 200, answer.text
    return answer.url.path


def test_somebody_new_starts_an_ibo_whose_day_is_corrected_and_the_page_follows(
    browser: httpx2.Client,
) -> None:
    pathway = enrolled(browser, 1)

    begun = send(browser, f"{pathway}/register/start-ibo", **IBO)

    assert "Geregistreerd. U ziet het resultaat hieronder." in begun.text
    assert "Opgelet: nog niet alle partijen tekenden het contract." in text(begun.text)
    assert "IBO bij 0887.010.362, sinds 01/09/2015" in text(begun.text)
    told = begun.text.partition("IBO gestart")[2]
    fact = re.findall(r"register/correct\?fact_id=([0-9a-f-]+)", told)[0]
    form = browser.get(f"{pathway}/register/correct?fact_id={fact}").text
    assert 'value="2016-02-26"' in form
    told = {"changes.planned_until": "2016-02-26", "changes.hours_per_week": "38"}
    told |= {"changes.employer": EMPLOYER, "changes.variant": "IBO"}
    corrected = browser.post(
        f"{pathway}/register/correct",
        data={**hidden(form), **told, "on": "2015-09-07", "reason": "INVOERFOUT"},
    )
    assert "IBO bij 0887.010.362, sinds 07/09/2015" in text(corrected.text)
    assert "Later gecorrigeerd" in corrected.text


def test_a_refusal_stands_at_its_field_in_the_readers_language_and_keeps_what_was_filled_in(
    browser: httpx2.Client,
) -> None:
    pathway = enrolled(browser, 2)

    long = send(browser, f"{pathway}/register/start-ibo", **IBO | {"planned_until": "2019-01-01"})

    assert long.status_code == 422
    assert "Dat is langer dan die vorm mag duren." in long.text
    [field] = re.findall(r'<input id="planned_until"[^>]*>', long.text)
    assert 'aria-invalid="true"' in field
    assert 'value="2019-01-01"' in field
    empty = send(
        browser, f"{pathway}/register/start-ibo", **IBO | {"employer": "", "hours_per_week": "x"}
    )
    assert "Vul dit in." in empty.text
    assert "Dit is geen getal." in empty.text


def test_what_changed_meanwhile_is_shown_and_the_form_is_sent_again(browser: httpx2.Client) -> None:
    pathway = enrolled(browser, 3)
    late = hidden(browser.get(f"{pathway}/register/start-ibo").text)
    guided = {"on": "2015-06-03", "counsellor": "bemiddelaar-01", "unit": "OE-VOORBEELD-NOORD"}
    send(browser, f"{pathway}/register/assign-counsellor", **guided)

    moved = browser.post(f"{pathway}/register/start-ibo", data={**late, **IBO})

    assert moved.status_code == 409
    assert "Intussen veranderd" in moved.text
    assert "Toegewezen aan bemiddelaar-01" in text(moved.text)
    assert f'value="{EMPLOYER}"' in moved.text
    again = browser.post(f"{pathway}/register/start-ibo", data={**hidden(moved.text), **IBO})
    assert "IBO bij 0887.010.362, sinds 01/09/2015" in text(again.text)
    # Sent twice, it counts once.
    twice = browser.post(f"{pathway}/register/start-ibo", data={**hidden(moved.text), **IBO})
    assert text(twice.text).count("IBO gestart bij") == 1


def test_what_is_not_possible_is_told_with_why_and_has_no_form(browser: httpx2.Client) -> None:
    pathway = enrolled(browser, 4)

    page = browser.get(f"{pathway}/register").text

    possible, _, impossible = page.partition("Wat nu niet mogelijk is, en waarom")
    assert f'href="{pathway}/register/start-ibo"' in possible
    assert "register/annul-pathway" not in page
    assert "Geen module van dit traject kan dit nu." in unescape(impossible)
    assert browser.get(f"{pathway}/register/annul-pathway").status_code == 404
    assert "Dit is nu niet mogelijk." in browser.get(f"{pathway}/register/complete-ibo").text


def test_an_enrolment_that_is_refused_keeps_nothing_of_the_person(browser: httpx2.Client) -> None:
    enrolled(browser, 5)
    known = invented_insz(date(1980, 1, 2), 5)

    twice = send(
        browser, "/enrol", insz=known, last_name="Testers", first_name="Ann", on="2015-06-01",
        channel="LOKET",
    )  # fmt: skip

    assert "Deze persoon heeft al een open traject." in twice.text
    assert known not in twice.text
    assert known not in str(twice.url)
    wrong = send(browser, "/enrol", insz="123", last_name="T", first_name="A", channel="LOKET")
    assert 'name="insz" autocomplete="off" aria-invalid="true"' in wrong.text


def test_who_leads_sees_forms_that_others_do_not(sides: BothSides, browser: httpx2.Client) -> None:
    pathway = enrolled(browser, 6)

    with httpx2.Client(base_url=sides.address, follow_redirects=True, timeout=20) as leads:
        leads.headers["Accept"] = "text/html"
        sign_in(leads, "teamleider-01")
        assert f'href="{pathway}/register/annul-pathway"' in leads.get(f"{pathway}/register").text
        assert UUID(pathway.rpartition("/")[2]) in sides.commands.at


def test_each_refusal_of_the_write_side_is_told_in_dutch() -> None:
    assert {kind.slug for kind in REFUSALS.values()} | {"invalid-request"} == told_rules()


def test_a_warning_is_seen_before_anything_is_recorded_and_agreed_to(
    browser: httpx2.Client,
) -> None:
    pathway = enrolled(browser, 12)
    send(
        browser,
        f"{pathway}/register/start-ibo",
        **IBO | {"on": "2015-07-01", "planned_until": "2015-08-31"},
    )
    form = f"{pathway}/register/complete-ibo"
    opened = browser.get(form).text
    [module] = re.findall(r'<option value="([0-9a-f-]{36})"', opened)
    late = {"on": "2015-09-30", "module_id": module, "success": "true"}

    warned = browser.post(form, data={**hidden(opened), **late})
    untouched = browser.get(pathway).text
    agreed = browser.post(form, data={**hidden(warned.text), **late})

    assert "Nog niet geregistreerd." in warned.text
    assert "Opgelet: dit eindigde later dan gepland." in text(warned.text)
    assert "Toch registreren" in warned.text
    assert "(feit 3)" not in untouched
    assert "Opgelet: dit eindigde later dan gepland." in text(agreed.text)
    assert "(feit 3)" in agreed.text


def test_a_note_is_read_by_who_sees_the_file_and_stands_in_no_address(
    browser: httpx2.Client,
) -> None:
    pathway = enrolled(browser, 13)
    empty = browser.get(f"{pathway}/notes").text

    kept = send(
        browser, f"{pathway}/notes", kind="CONTACT", text="Belt maandag terug.\r\nLiefst laat."
    )

    assert f'href="{pathway}/notes"' in browser.get(pathway).text
    assert "Nog geen notities." in empty
    assert "De notitie is bewaard." in kept.text
    assert str(kept.url).endswith(f"{pathway}/notes?kept=true")
    assert "Belt maandag terug.\nLiefst laat." in kept.text
    assert "bemiddelaar-01" in kept.text.partition("<ol")[2]


def test_a_note_that_cannot_be_kept_is_told_and_not_shown_again(browser: httpx2.Client) -> None:
    pathway = enrolled(browser, 14)

    wrong = send(browser, f"{pathway}/notes", kind="CONTACT", text="belt\x07")

    assert wrong.status_code == 422
    assert "Niet bewaard." in wrong.text
    assert "belt" not in wrong.text
    assert "Nog geen notities." in wrong.text
