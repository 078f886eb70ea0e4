"""Each rule about rows, through lists and their counts, one pathway, the pages and the trace."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import psycopg
import pytest
from embedded.issuer_users import PARTNER_KBO
from fastapi import FastAPI
from plumbing.callers import Caller
from plumbing.row_rights import BARRIERS, PERMITTING, Rule, Standing
from starlette.testclient import TestClient

from schemas.codes import ExitType
from tests.plumbing.served import ServedIssuer
from tests.projections.history import BAKERY, History, named
from tests.projections.web.conftest import ADDRESS, NOW
from tests.projections.web.given import (
    AUDITOR,
    COLLEAGUE,
    ELSEWHERE,
    LEADER,
    MINE,
    NORTH,
    OFFICER,
    SOUTH,
    everyone,
)
from tests.projections.web.served_pages import (
    InventedNames,
    InventedStandings,
    by_rest,
    filled,
    sign_in,
    web_app,
)

PARTNER, TRUSTED = "partner-01", "vertrouwelijk-01"
FIRST_DAY, MAY = date(2015, 3, 2), date(2015, 5, 4)


def gone() -> History:
    """Mine, closed more than 40 days ago."""
    history = History("gone").enrolled(FIRST_DAY).assigned(FIRST_DAY, MINE, NORTH)
    return history.closed(date(2015, 8, 21))


def late() -> History:
    """Mine, who died."""
    history = History("late").enrolled(FIRST_DAY).assigned(FIRST_DAY, MINE, NORTH)
    return history.closed(date(2015, 9, 21), ExitType.OVERLIJDEN)


def guided() -> History:
    """Another unit's, whom the partner guides."""
    history = History("guided").enrolled(FIRST_DAY).assigned(FIRST_DAY, ELSEWHERE, SOUTH)
    return history.migrated(MAY, to=PARTNER_KBO)


def lately() -> History:
    """Whom the partner guided until 40 days ago."""
    return (
        History("lately")
        .enrolled(FIRST_DAY)
        .assigned(FIRST_DAY, ELSEWHERE, SOUTH)
        .migrated(MAY, to=PARTNER_KBO)
        .migrated(date(2015, 8, 23), to=BAKERY)
    )


def before() -> History:
    """Whom the partner guided until 41 days ago."""
    return (
        History("before")
        .enrolled(FIRST_DAY)
        .assigned(FIRST_DAY, ELSEWHERE, SOUTH)
        .migrated(MAY, to=PARTNER_KBO)
        .migrated(date(2015, 8, 22), to=BAKERY)
    )


def left() -> History:
    """Whom the partner guided until the closing, 41 days ago."""
    return (
        History("left")
        .enrolled(FIRST_DAY)
        .migrated(MAY, to=PARTNER_KBO)
        .closed(date(2015, 8, 21), ExitType.PENSIOEN)
    )


PEOPLE = [*everyone(), gone(), late(), guided(), lately(), before(), left()]
LATER_ONES = ["gone", "late", "guided", "lately", "before", "left"]
NAMES = ["anna", "bram", "cora", "dirk", "els", "fons", *LATER_ONES]
VISIBLE_TO_MINE = {"anna", "bram", "cora", "els", "fons"}


@dataclass
class Served:
    """The read side with all of PEOPLE, and what stands between callers and them."""

    app: FastAPI
    issuer: ServedIssuer
    url: str
    names: InventedNames
    standings: InventedStandings

    def client(self, who: str) -> TestClient:
        return by_rest(self.app, self.issuer, ADDRESS)(who)

    def browser(self, who: str, path: str) -> tuple[TestClient, str, int]:
        browser = TestClient(self.app, base_url=ADDRESS, headers={"Accept": "text/html"})
        answer = sign_in(browser, who, path)
        return browser, answer.text, answer.status_code

    def looks(self) -> list[tuple[str, str | None, str, str, str]]:
        """The trace so far: who, about whom, at which endpoint, by which rule, what was decided."""
        with psycopg.connect(self.url) as connection:
            return connection.execute(
                "select caller_ref, about, endpoint, rule, decision"
                "  from projections.access_row order by id"
            ).fetchall()


@pytest.fixture(scope="module")
def _served(
    new_database: Callable[..., str], template: str, issuer: ServedIssuer
) -> Iterator[Served]:
    url = filled(new_database(template), PEOPLE, NOW)
    names, standings = InventedNames(), InventedStandings()
    with ExitStack() as stack:
        app = stack.enter_context(web_app(url, issuer, names, ADDRESS, NOW, standings=standings))
        yield Served(app, issuer, url, names, standings)


@pytest.fixture
def served(_served: Served) -> Served:
    _served.standings.known, _served.standings.away = {}, False
    _served.standings.asked, _served.names.asked = [], []
    _served.names.known = {named(f"person {one}"): f"Testers, {one.title()}" for one in NAMES}
    return _served


def person(name: str) -> UUID:
    return named(f"person {name}")


def timeline_of(name: str) -> str:
    return f"/v1/pathways/{named(f'pathway {name}')}/timeline"


def found(client: TestClient, **asked: object) -> set[str]:
    """Whom the caseload shows, page by page of one, and counts: both have to be the same."""
    names = {str(named(f"pathway {name}")): name for name in NAMES}
    shown: list[str] = []
    cursor = None
    while True:
        params = {**asked, "limit": 1} | ({"cursor": cursor} if cursor else {})
        answer = client.get("/v1/caseload", params=params).json()
        shown += [names[item["pathway_id"]] for item in answer["items"]]
        counters, cursor = answer["counters"], answer["next_cursor"]
        if cursor is None:
            break
    assert len(shown) == len(set(shown)) == counters["open"] + counters["closed"]
    assert len(shown) == sum(counters["by_status"].values())
    return set(shown)


NOBODY = Standing()
LIFTED = Standing(overridden=[person(name) for name in NAMES])


@pytest.mark.parametrize(
    ("who", "name", "standing", "rule"),
    [
        (MINE, "anna", NOBODY, Rule.OWN_CASELOAD),
        (MINE, "cora", NOBODY, Rule.OWN_UNIT),
        (LEADER, "cora", NOBODY, Rule.OWN_UNIT),
        (MINE, "els", NOBODY, Rule.NO_UNIT),
        (MINE, "fons", NOBODY, Rule.OWN_CASELOAD),
        (MINE, "dirk", NOBODY, Rule.OTHERS),
        (MINE, "dirk", LIFTED, Rule.OVERRIDE),
        (MINE, "gone", NOBODY, Rule.CLOSED),
        (MINE, "gone", LIFTED, Rule.OVERRIDE),
        (MINE, "late", NOBODY, Rule.DECEASED),
        (MINE, "late", LIFTED, Rule.OVERRIDE),
        (PARTNER, "guided", NOBODY, Rule.OWN_LOT),
        (PARTNER, "lately", NOBODY, Rule.OWN_LOT),
        (PARTNER, "before", NOBODY, Rule.OTHERS),
        (PARTNER, "before", LIFTED, Rule.OVERRIDE),
        (PARTNER, "left", NOBODY, Rule.CLOSED),
        (PARTNER, "els", NOBODY, Rule.OTHERS),
        (AUDITOR, "gone", NOBODY, Rule.EVERYTHING),
        *(
            (who, name, Standing({barrier: [person(name)]}, LIFTED.overridden), barrier)
            for barrier in sorted(BARRIERS)
            for who, name in ((MINE, "anna"), (PARTNER, "guided"), (AUDITOR, "dirk"))
        ),
        (TRUSTED, "anna", Standing({Rule.CONFIDENTIAL: [person("anna")]}), Rule.OWN_UNIT),
        (TRUSTED, "anna", Standing({Rule.COLLEAGUE: [person("anna")]}), Rule.OWN_UNIT),
        (TRUSTED, "anna", Standing({Rule.RELATIVE: [person("anna")]}), Rule.RELATIVE),
        (TRUSTED, "anna", Standing({Rule.OWN_FILE: [person("anna")]}), Rule.OWN_FILE),
    ],
)
def test_a_rule_decides_alike_about_one_and_in_lists_and_stands_in_the_trace(
    served: Served, who: str, name: str, standing: Standing, rule: Rule
) -> None:
    served.standings.known = {who: standing}
    client, seen = served.client(who), rule in PERMITTING
    before_it = len(served.looks())

    status = client.get(timeline_of(name)).status_code

    assert status == (200 if seen else 404)
    decided = (who, str(person(name)), "pathway_timeline", rule, "PERMIT" if seen else "DENY")
    assert served.looks()[before_it:] == [decided]
    if who != AUDITOR:
        before_it = len(served.looks())
        assert found(client, person_ref=str(person(name))) == ({name} if seen else set())
        decided = (who, str(person(name)), "caseload", rule, "PERMIT" if seen else "DENY")
        assert served.looks()[before_it:] == [decided]


def test_a_list_is_of_whom_the_caller_sees_and_counts_nobody_else(served: Served) -> None:
    everybody = {"counsellor": MINE}, {"unit": NORTH}, {"unassigned": False}, {"unassigned": True}

    def shown() -> set[str]:
        return {name for asked in everybody for name in found(served.client(MINE), **asked)}

    assert shown() == VISIBLE_TO_MINE
    served.standings.known = {
        MINE: Standing({Rule.RELATIVE: [person("bram")]}, [person("dirk"), person("gone")])
    }
    assert shown() == VISIBLE_TO_MINE - {"bram"} | {"dirk", "gone"}


def test_a_partners_list_is_all_that_it_guides_or_lately_did(served: Served) -> None:
    client = served.client(PARTNER)

    assert found(client) == {"guided", "lately"}
    assert client.get("/v1/caseload").json()["asked"]["guided_by"] == PARTNER_KBO
    assert found(client, guided_by=BAKERY) == {"lately"}
    assert found(client, counsellor=ELSEWHERE) == {"guided", "lately"}
    assert found(client, unassigned=True) == set()


def test_who_is_guided_by_whom_can_be_asked_of_ones_own(served: Served) -> None:
    assert found(served.client(ELSEWHERE), guided_by=PARTNER_KBO) == {"guided", "lately", "before"}
    assert found(served.client(MINE), guided_by=PARTNER_KBO) == set()


@pytest.mark.parametrize("name", ["dirk", "gone", "late", "anna"])
def test_a_hidden_pathway_is_answered_as_one_that_nobody_knows(served: Served, name: str) -> None:
    served.standings.known = {MINE: Standing({Rule.CONFIDENTIAL: [person("anna")]})}
    client = served.client(MINE)
    browser, _, _ = served.browser(MINE, "/caseload")

    def rest(told: str) -> tuple[int, dict[str, object]]:
        answer = client.get(timeline_of(told))
        return answer.status_code, {**answer.json(), "correlation_id": ""}

    def page(told: str) -> tuple[int, str]:
        number = str(named(f"pathway {told}"))
        answer = browser.get(f"/pathways/{number}")
        code = answer.headers["x-correlation-id"]
        return answer.status_code, answer.text.replace(number, "").replace(code, "")

    assert rest(name) == rest("nobody")
    assert page(name) == page("nobody")


def test_pages_show_and_count_by_the_same_rules(served: Served) -> None:
    served.standings.known = {MINE: Standing({Rule.RELATIVE: [person("bram")]}, [person("dirk")])}

    _, page, _ = served.browser(MINE, "/caseload?show=unit&state=all")

    assert "3 trajecten gevonden" in page
    assert set(served.names.asked) == {person("anna"), person("cora"), person("fons")}
    assert "Testers, Bram" not in page
    for name, status in (("anna", 200), ("dirk", 200), ("bram", 404), ("gone", 404)):
        assert served.browser(MINE, f"/pathways/{named(f'pathway {name}')}")[2] == status


def test_no_name_is_asked_for_whom_the_caller_may_not_see(served: Served) -> None:
    served.browser(MINE, f"/pathways/{named('pathway dirk')}")

    assert served.names.asked == []


def test_a_partners_overview_is_one_list_with_names(served: Served) -> None:
    _, page, _ = served.browser(PARTNER, "/caseload?show=unit")

    assert "<h1>Trajecten die wij begeleiden</h1>" in page
    assert "2 trajecten gevonden" in page
    assert "Testers, Guided" in page
    assert 'name="show"' not in page
    assert "Mijn eenheid" not in page
    assert "show=" not in page.replace("show=unit&amp;lang=", "")


def test_a_partners_tiles_count_what_its_list_shows(served: Served) -> None:
    served.standings.known = {PARTNER: Standing(overridden=[person("dirk")])}

    _, page, _ = served.browser(PARTNER, "/caseload")

    assert "2 trajecten gevonden" in page
    assert re.findall(r"<strong>(\d+)</strong> (open|afgesloten)", page) == [
        ("2", "open"),
        ("0", "afgesloten"),
    ]


def test_a_partner_opens_whom_it_guides_by_name(served: Served) -> None:
    _, page, status = served.browser(PARTNER, f"/pathways/{named('pathway guided')}")

    assert (status, "<h1>Testers, Guided</h1>" in page) == (200, True)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/caseload", 503),
        (timeline_of("anna"), 503),
        ("/v1/reports/flow?from=2015-01-01&until=2015-12-31", 200),
    ],
)
def test_nobody_is_shown_while_nobody_tells_what_stands_between(
    served: Served, path: str, status: int
) -> None:
    served.standings.away = True

    answer = served.client(MINE).get(path)

    assert answer.status_code == status
    if status != 200:
        assert answer.json()["type"] == "/problems/standing-away"


def test_pages_say_so_too(served: Served) -> None:
    served.standings.away = True

    _, page, status = served.browser(MINE, "/caseload")

    assert (status, "Van wie u dossiers mag zien, is nu niet na te gaan" in page) == (503, True)


def test_it_is_asked_once_for_an_answer_and_never_for_who_sees_nobody(served: Served) -> None:
    served.client(MINE).get("/v1/caseload", params={"person_ref": str(person("dirk"))})
    served.browser(MINE, "/caseload")
    report = "/v1/reports/flow?from=2015-01-01&until=2015-12-31"
    late = f"&after={named('pathway anna')}:1"
    served.client(OFFICER).get(report + late)
    served.client(COLLEAGUE).get(report)

    assert served.standings.asked == [MINE, MINE]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/caseload?",
        timeline_of("anna") + "?",
        "/v1/reports/flow?from=2015-01-01&until=2015-12-31&",
    ],
)
def test_no_reading_is_held_open_while_it_is_asked(
    served: Served, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    held: list[int] = []

    def of(caller: Caller) -> Standing:
        with psycopg.connect(served.url) as connection:
            held.extend(
                number
                for (number,) in connection.execute(
                    "select count(*) from pg_stat_activity"
                    " where datname = current_database() and state = 'idle in transaction'"
                )
            )
        return NOBODY

    monkeypatch.setattr(served.standings, "of", of)

    answer = served.client(MINE).get(f"{path}after={named('pathway anna')}:1")

    assert (answer.status_code, held) == (200, [0])
