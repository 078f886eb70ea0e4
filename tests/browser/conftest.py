"""A real browser, and the pages over real HTTP with the read models of one small caseload."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright
from plumbing.database import connect
from plumbing.ids import new_id
from projections import parked_requests, parking, schema
from projections.counsellor import COUNSELLOR
from projections.healing import Retried, RowChange
from projections.overrides import Opened
from projections.parked_requests import Asked, Done, New, Outcome
from projections.parking import GiveUp, NewParking, Reason
from projections.reporting import REPORTING
from projections.where_asked import Group

from tests.plumbing.served import bound_socket, served
from tests.projections.history import named
from tests.projections.web.given import everyone, greta
from tests.projections.web.served_pages import (
    InventedControl,
    InventedFacts,
    InventedNames,
    InventedOverrides,
    InventedRunning,
    all_runs,
    fact_of,
    filled,
    served_issuer,
    web_app,
)

NOW = datetime(2015, 10, 1, 9, tzinfo=UTC)


@pytest.fixture(scope="session")
def browser(chromium: str, playwright: Playwright) -> Iterator[Browser]:
    # Chromium's own sandbox does not start as root.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    running = playwright.chromium.launch(executable_path=chromium, args=arguments)
    yield running
    running.close()


def parked(url: str) -> None:
    """Two pathways that the reports lack something of: one waits, one was given up; and what was asked."""
    bram, dirk = named("pathway bram"), named("pathway dirk")
    with connect(url, "tests", autocommit=True) as connection:
        connection.execute("set search_path to projections")
        for one in (bram, dirk):
            new = NewParking(one, 3, 7, 61204, Reason.FAILED, "KeyError in fold, projection.py:118")
            parking.park(connection, "reporting", [new], NOW - timedelta(hours=1))
        decision = GiveUp("Geschreven door een test.", "operator-01", NOW)
        parking.give_up(connection, "reporting", dirk, decision)
        for asked in (Asked.PREVIEW, Asked.RETRY):
            new = New("reporting", bram, asked, None, "operator-01", "OVO000083", NOW)
            parked_requests.ask(connection, new_id(), new)
        request = parked_requests.waiting(connection, "reporting")
        assert request is not None
        changes = (RowChange("inflow", {"id": 1}, None), RowChange("inflow", None, {"id": 1}))
        still = NewParking(bram, 4, 7, 61205, Reason.BROKEN, "data/on: Field required")
        [waits] = parking.parked(connection, "reporting", bram)
        done = Done(Outcome.WAITS_ON, NOW, Retried(waits, 1, changes, still))
        parked_requests.note(connection, request, done)


@pytest.fixture(scope="session")
def pages_address(new_database: Callable[..., str]) -> Iterator[str]:
    """Where the pages are: invented people, and names for them."""
    url = new_database()
    schema.migrate(url, [COUNSELLOR, REPORTING], frozenset())
    filled(url, [*everyone(), greta()], NOW)
    parked(url)
    people = ("anna", "bram", "cora", "dirk", "els", "fons", "greta")
    names = InventedNames({named(f"person {one}"): f"Testers, {one.title()}" for one in people})
    at = bound_socket()
    address = f"http://127.0.0.1:{at.getsockname()[1]}"
    opened = Opened(pathways=[named("pathway dirk")], until=NOW + timedelta(hours=4))
    anna = fact_of("anna", first_offset="61203", last_offset="61203")
    group = Group(group="vdab.projections.reporting", next_offset="61203", past=False)
    facts = InventedFacts({f"{anna.pathway_id}:1": anna.model_copy(update={"groups": [group]})})
    others = {
        "overrides": InventedOverrides(opened),
        "facts": facts,
        "running": InventedRunning(all_runs(NOW)),
        "control": InventedControl(),
    }
    with (
        served_issuer() as issuer,
        web_app(url, issuer, names, address, NOW, **others) as app,
        served(app, at),
    ):
        yield address


@dataclass
class Watched:
    """A page, and what went on behind it: what it complained of, and every address it asked."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.address}{path}")
        return self.page

    def sign_in(self, name: str, path: str = "/caseload") -> Page:
        self.open(path)
        self.page.get_by_role("button", name=name).click()
        self.page.wait_for_url(f"{self.address}{path}")
        return self.page


@pytest.fixture
def watched(browser: Browser, pages_address: str) -> Iterator[Callable[[int], Watched]]:
    """`watched(360)` is a page of that width, of someone who never was here."""
    contexts: list[BrowserContext] = []

    def start(width: int) -> Watched:
        context = browser.new_context(viewport={"width": width, "height": 900})
        contexts.append(context)
        watched = Watched(context.new_page(), pages_address)

        def complained(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                watched.complaints.append(message.text)

        watched.page.on("console", complained)
        watched.page.on("pageerror", lambda error: watched.complaints.append(str(error)))
        watched.page.on("request", lambda request: watched.requests.append(request.url))
        return watched

    yield start
    for context in contexts:
        context.close()
