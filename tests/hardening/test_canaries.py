"""People with names, numbers and remarks like no other go through everything; on disk they are nowhere."""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from embedded.issuer_users import SYSTEMS
from pathway.domain.catalogue import FACTS
from playwright.sync_api import BrowserContext, Page, Playwright
from projections.reporting.web_figures import PAGES as REPORT_PAGES
from projections.web_rights import RIGHTS

from tests.hardening.canaries import (
    ADMINISTRATOR,
    ANNUL,
    CLOSE,
    ENROL,
    FIRST,
    INSZ,
    LAST,
    OTHER_UNITS,
    OTHERWISE,
    REASON,
    REMARK,
    SECOND_INSZ,
    THIRD_INSZ,
    Walked,
    as_system,
    ask_badly,
    by_command,
    canaries_in,
    found_in,
    imported,
    kept_for_later,
    lives,
    merged_and_parted,
    walk,
)
from tests.system.clients import AUDITOR, COUNSELLOR, Client, read_all
from tests.system.stack import Stack, stack_of_its_own

pytestmark = pytest.mark.system

LEADER = "teamleider-01"

# An annulled or absorbed pathway takes nothing more, so that happens to another one.
EVERY_KIND = {fact.__name__ for fact in FACTS} - {"PathwayAnnulled", "PathwayAbsorbed"}
FILES = {f"page_download_{of}" for of in ("report", "published", "caseload")}
EVERY_PAGE = {name for name in RIGHTS if name.startswith("page_")}


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with tempfile.TemporaryDirectory(prefix="pathway-canaries-") as folder:
        Path(folder).chmod(0o755)
        with stack_of_its_own(Path(folder)) as stack:
            yield stack


def in_a_browser(
    stack: Stack, playwright: Playwright, chromium: str, filled: dict[str, str]
) -> str:
    """Every page as who may see it, and a reason given; what was read. The profile stays on disk."""
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    address = stack.settings.address(stack.settings.web_port, "")
    browser = playwright.chromium.launch_persistent_context(
        stack.folder / "profile", executable_path=chromium, args=arguments
    )
    page = browser.new_page()
    pages = {
        "page_start": "/",
        "page_caseload": "/caseload",
        "page_open_timeline": f"/pathways?pathway_id={filled['pathway_id']}",
        "page_timeline": f"/pathways/{filled['pathway_id']}",
        "page_difference": f"/pathways/{filled['pathway_id']}/difference",
        "page_commands": f"/pathways/{filled['pathway_id']}/register",
        "page_command": f"/pathways/{filled['pathway_id']}/register/close",
        "page_hand_over": "/caseload/hand-over?show=mine",
        "page_enrol": "/enrol",
        "page_notes": f"/pathways/{filled['pathway_id']}/notes",
        "page_override": f"/override?pathway_id={filled['pathway_id']}",
        "page_reports": "/reports",
        "page_flow": "/reports/flow",
        "page_behind": "/reports/stock/pathways?by=status",
        **{page.name: page.address for page in REPORT_PAGES},
        "page_special": "/reports/special",
        "page_published_list": "/published",
        "page_published": f"/published/{filled['pathway_id']}",
        "page_published_again": f"/published/{filled['pathway_id']}/recalculated",
        "page_sheets": "/sheets",
        "page_sheet": f"/sheets/{filled['pathway_id']}",
        "page_sheet_again": f"/sheets/{filled['pathway_id']}/rerun",
        "page_access": f"/access?about={filled['person_ref']}",
        "page_operations": "/operations",
        "page_running": "/operations/running",
        "page_where": f"/operations/where?fact={filled['fact']}",
        "page_parked": f"/operations/parked/counsellor/{filled['pathway_id']}",
    }
    assert set(pages) == EVERY_PAGE - FILES
    read = ""
    for who in ("Bea Voorbeeld", "An Bedacht", "Hugo Proefmans"):
        page.goto(f"{address}/sign-in?return_to=/")
        page.get_by_role("button", name=who).click()
        for there in pages.values():
            page.goto(f"{address}{there}")
            read += page.content()
        page.get_by_role("button", name="Afmelden").click()
    _gives_a_reason(browser, page, address, filled["pathway_id"])
    browser.close()
    return read


def _gives_a_reason(browser: BrowserContext, page: Page, address: str, pathway_id: str) -> None:
    """First too late, when the session has ended, and then in time."""
    page.goto(f"{address}/override")
    page.get_by_role("button", name="Bram Bedacht").click()
    for ended in (True, False):
        page.get_by_label("Rijksregisternummer").fill(INSZ)
        page.get_by_label("Reden").fill(f"{REASON}: {REMARK}")
        if ended:
            browser.clear_cookies()
        page.get_by_role("button", name="Dossier openen").click()
        if ended:
            page.get_by_role("button", name="Bram Bedacht").click()
    page.get_by_role("link", name=pathway_id).click()
    assert LAST in page.content(), "the reason did not open the file"


def everybody(stack: Stack) -> Iterator[Client]:
    """Who asks everything: people of each kind, and systems; not yet who may change numbers."""
    for who in (COUNSELLOR, OTHER_UNITS, AUDITOR, "rapporteur-01", "operator-01"):
        yield Client(stack, who)
    for system in SYSTEMS:
        yield as_system(Client(stack), stack, system)


def walks(asking: Client, filled: dict[str, str], here: Client, walked: Walked) -> None:
    """One caller's walk past everything on both sides, also with the canary in the wrong places."""
    with closing(asking):
        for door in (asking.api, asking.web):
            for name, statuses in walk(door, filled, here.api).items():
                walked.setdefault(name, set()).update(statuses)
        for path in ("/v1/pathways", "/v1/persons", "/v1/overrides", "/v1/barriers"):
            ask_badly(asking.api, path)
        ask_badly(asking.web, "/v1/caseload")


def reference(client: Client, insz: str) -> str:
    return client.api.post("/v1/persons/look-up", json={"insz": insz}).json()["person_ref"]


def overridden(stack: Stack) -> str:
    with closing(Client(stack, AUDITOR)) as auditor:
        return auditor.asks("/v1/overrides")["overrides"][0]["override_id"]


def rows_of(url: str) -> bytes:
    """Every row of every table of ours as text, whatever way PostgreSQL packs it on disk."""
    told: list[str] = []
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            """
            select format('%I.%I', schemaname, tablename) from pg_tables
            where schemaname not in ('pg_catalog', 'information_schema')
            """
        ).fetchall()
        for (table,) in tables:
            rows = connection.execute(f"select t::text from {table} as t").fetchall()
            told += [row[0] for row in rows]
    return "\n".join(told).encode()


def test_the_search_finds_what_stands_on_disk(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"\x00" + LAST.encode("utf-16-le") + b"\x01")
    (tmp_path / "hex").write_bytes(REASON.encode().hex().upper().encode())
    (tmp_path / "else").write_bytes(b"Kanarie vogelaar")

    assert set(found_in(tmp_path)) == {"log", "hex"}


def live_and_be_looked_at(
    stack: Stack, playwright: Playwright, chromium: str, folder: Path
) -> dict[str, str]:
    """Everything that can happen to a person here; ids of the pathway and of the person."""
    imported(stack, folder)
    walked: Walked = {}
    with closing(Client(stack)) as client, closing(Client(stack, AUDITOR)) as auditor:
        done = client.insist("/v1/pathways", ENROL)
        pathway_id = done["pathway_id"]
        lives(client, done)
        note = {"kind": "CONTACT", "text": f"{REMARK} over {FIRST}"}
        written = client.insist(f"/v1/pathways/{pathway_id}/notes", note)
        filled = {"pathway_id": pathway_id, "person_ref": reference(client, INSZ)}
        second, third = (reference(client, insz) for insz in (SECOND_INSZ, THIRD_INSZ))
        filled |= {"same_as": second, "name": "enrolled.v1"}
        filled |= {"fact": f"{pathway_id}:1", "read_model": "counsellor"}
        stack.wait_until_caught_up()
        read = in_a_browser(stack, playwright, chromium, filled)
        assert LAST in read, "the browser was not shown the name, so its profile proves nothing"
        kept_for_later(client, stack, pathway_id)

        filled["override_id"] = overridden(stack)
        for asking in everybody(stack):
            walks(asking, filled, client, walked)
        with (
            closing(Client(stack, LEADER)) as leader,
            closing(Client(stack, ADMINISTRATOR)) as administrator,
        ):
            merged_and_parted(client, leader, administrator, pathway_id)
        newest = client.asks(f"/v1/pathways/{pathway_id}")["version"]
        client.insist(f"/v1/pathways/{pathway_id}/close", CLOSE, newest)
        with closing(Client(stack, LEADER)) as leader:
            sought = leader.api.post("/v1/persons/look-up", json={"insz": THIRD_INSZ}).json()
            other = sought["pathways"][0]["pathway_id"]
            newest = leader.asks(f"/v1/pathways/{other}")["version"]
            leader.insist(f"/v1/pathways/{other}/annul-pathway", ANNUL, newest)
        walks(Client(stack, ADMINISTRATOR), filled, auditor, walked)
        told = auditor.asks(f"/v1/pathways/{pathway_id}/history", limit=200)["facts"]
        by_command(stack, written["note_id"], (third, second))
    assert {fact["fact"]["kind"] for fact in told} == EVERY_KIND
    never = {name for name, statuses in walked.items() if not statuses & {200, 201, 204}}
    assert never <= OTHERWISE, f"nobody was ever answered at {never - OTHERWISE}"
    return filled


def test_a_person_who_went_through_everything_is_nowhere_on_disk_in_plain_text(
    stack: Stack, playwright: Playwright, chromium: str, tmp_path: Path
) -> None:
    filled = live_and_be_looked_at(stack, playwright, chromium, tmp_path)
    looks = stack.run("pathway", "access", "about", filled["person_ref"], "--csv")
    assert filled["person_ref"] in looks, "an export without anybody proves nothing"
    stack.wait_until_caught_up()

    for url in (stack.pathway_url, stack.projections_url):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("checkpoint")
        assert canaries_in(rows_of(url)) == set()
    for topic in (stack.events_topic, stack.state_topic):
        told = json.dumps([one.event for one in read_all(stack.brokers, topic)]).encode()
        assert filled["pathway_id"].encode() in told
        assert canaries_in(told) == set()
    assert found_in(stack.folder) == {}
