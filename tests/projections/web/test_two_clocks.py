"""Caseload, timeline, reports and differences from other points of the two clocks than now."""

from datetime import UTC, date, datetime

import pytest
from projections.reporting import then

import schemas
from schemas.codes import CorrectionReason
from schemas.events import DataCorrected
from tests.projections.conftest import Worker
from tests.projections.history import BAKERY, CANTEEN, History, named
from tests.projections.web.conftest import As, Looks
from tests.projections.web.given import AUDITOR, COLLEAGUE, ELSEWHERE, MINE, NORTH, OFFICER, SOUTH

YEAR = {"from": "2015-01-01", "until": "2015-12-31"}
REPORTS = [
    "flow", "inflow", "modules", "durations", "outflow", "afterwards", "exits", "stops", "ibo",
    "work-floors", "reach",
]  # fmt: skip
MAY, JULY, SEPTEMBER = (f"2015-{month}-15T00:00:00Z" for month in ("05", "07", "09"))


def handed_over() -> History:
    """Mine until August, a colleague's since."""
    history = History("hanna").enrolled(date(2015, 3, 2)).assigned(date(2015, 3, 4), MINE, NORTH)
    return history.assigned(date(2015, 8, 3), COLLEAGUE, NORTH)


def moved_away() -> History:
    """Mine until August, of another unit since."""
    history = History("marc").enrolled(date(2015, 3, 2)).assigned(date(2015, 3, 4), MINE, NORTH)
    return history.assigned(date(2015, 8, 3), ELSEWHERE, SOUTH)


def late_and_corrected() -> History:
    """An IBO of March that was told in June, at an employer that was put right in August."""
    history = History("laura").enrolled(date(2015, 2, 2)).assigned(date(2015, 2, 4), MINE, NORTH)
    history.recorded_at = datetime(2015, 6, 1, 8, tzinfo=UTC)
    history.ibo("a", date(2015, 3, 2), date(2015, 8, 28), BAKERY)
    history.completed("a", date(2015, 6, 26))
    history.recorded_at = datetime(2015, 8, 3, 8, tzinfo=UTC)
    started = history.values[2]
    right = schemas.parse(started).data.model_dump(mode="json") | {"employer": CANTEEN}
    return history.tell(
        DataCorrected,
        date(2015, 3, 2),
        target=history.event_id(3),
        corrected_type="be.vdab.pathway.ibo-started.v1",
        corrected_on=date(2015, 3, 2),
        corrected=right,
        reason=CorrectionReason.INVOERFOUT,
    )


def people() -> list[History]:
    return [handed_over(), moved_away(), late_and_corrected()]


@pytest.fixture(autouse=True)
def _people(counsellor: Worker, reporting: Worker) -> None:
    counsellor.put(*people())
    reporting.put(*people())


def caseload(as_: As, who: str, **asked: object) -> list[str]:
    answer = as_(who).get("/v1/caseload", params=asked)
    assert answer.status_code == 200, answer.text
    known = {str(named(f"pathway {name}")): name for name in ("hanna", "marc", "laura")}
    return sorted(known[item["pathway_id"]] for item in answer.json()["items"])


def test_the_caseload_of_a_day_is_of_who_guided_then(as_: As) -> None:
    assert caseload(as_, MINE) == ["laura"]
    assert caseload(as_, MINE, as_of="2015-07-15") == ["hanna", "laura"]
    assert caseload(as_, MINE, as_of="2015-02-03") == []


def test_of_whom_the_caller_may_see_nothing_today_they_see_nothing_of_then(as_: As) -> None:
    assert caseload(as_, ELSEWHERE, counsellor=MINE, as_of="2015-07-15") == ["marc"]
    assert caseload(as_, ELSEWHERE, counsellor=MINE) == []


def test_the_counters_of_then_are_of_what_the_caller_may_see(as_: As) -> None:
    answer = as_(MINE).get("/v1/caseload", params={"as_of": "2015-07-15"}).json()

    assert (answer["counters"]["open"], answer["counters"]["without_module"]) == (2, 2)
    assert answer["taken"] == {
        "as_of": "2015-07-15",
        "known_at": None,
        "known_by": "recorded",
    }


def test_a_caseload_of_then_goes_on_page_by_page(as_: As) -> None:
    asked = {"as_of": "2015-07-15", "limit": 1}
    first = as_(MINE).get("/v1/caseload", params=asked).json()
    second = as_(MINE).get("/v1/caseload", params=asked | {"cursor": first["next_cursor"]}).json()

    assert len({first["items"][0]["pathway_id"], second["items"][0]["pathway_id"]}) == 2
    assert second["next_cursor"] is None


def test_a_caseload_is_as_known_then(as_: As) -> None:
    overdue = {"as_of": "2015-03-15", "running_kind": "IBO"}

    assert caseload(as_, MINE, **overdue) == ["laura"]
    assert caseload(as_, MINE, **overdue, known_at=MAY) == []


def test_everybody_who_is_shown_as_of_then_leaves_a_trace(as_: As, looks: Looks) -> None:
    caseload(as_, MINE, as_of="2015-07-15")

    assert {about for _, about, *_ in looks()} == {
        str(named(f"person {name}")) for name in ("hanna", "laura")
    }


LAURA = f"/v1/pathways/{named('pathway laura')}"


def test_a_timeline_is_as_known_at_a_moment(as_: As) -> None:
    def told(**asked: str) -> tuple[list[int], list[str]]:
        answer = as_(MINE).get(f"{LAURA}/timeline", params=asked).json()
        return [e["version"] for e in answer["entries"]], [
            m["organisation"] for m in answer["modules"]
        ]

    assert told() == ([4, 5, 3, 2, 1], [CANTEEN])
    assert told(known_at=JULY) == ([4, 3, 2, 1], [BAKERY])
    assert told(known_at=MAY) == ([2, 1], [])
    assert told(as_of="2015-03-15") == ([5, 3, 2, 1], [CANTEEN])


def test_the_state_of_a_timeline_is_of_then(as_: As) -> None:
    answer = as_(MINE).get(f"{LAURA}/timeline", params={"as_of": "2015-03-15"}).json()

    assert answer["pathway"]["running_kinds"] == ["IBO"]
    assert answer["modules"][0]["last_day"] is None
    assert answer["taken"]["as_of"] == "2015-03-15"


def test_of_whom_nothing_was_known_then_it_is_told_so(as_: As, looks: Looks) -> None:
    answer = as_(MINE).get(f"{LAURA}/timeline", params={"as_of": "2015-02-01"})

    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/nothing-known-then")
    assert looks()[-1][-1] == "PERMIT"


def test_who_may_not_see_a_pathway_may_not_see_it_as_of_then(as_: As) -> None:
    address = f"/v1/pathways/{named('pathway marc')}/timeline"

    assert as_(MINE).get(address, params={"as_of": "2015-07-15"}).status_code == 404


@pytest.mark.parametrize(
    "asked",
    [{"as_of": "2015-10-02"}, {"known_at": "2015-10-02T00:00:00Z"}],
    ids=str,
)
@pytest.mark.parametrize(
    ("who", "address", "more"),
    [
        (MINE, "/v1/caseload", {}),
        (MINE, f"{LAURA}/timeline", {}),
        (MINE, f"{LAURA}/difference", {"from_as_of": "2015-02-03"}),
        (OFFICER, "/v1/reports/inflow", YEAR),
    ],
)
def test_what_is_yet_to_come_cannot_be_asked(
    as_: As, who: str, address: str, more: dict[str, str], asked: dict[str, str]
) -> None:
    answer = as_(who).get(address, params=asked | more)

    assert answer.status_code == 422
    [name] = asked
    assert answer.json()["errors"][0]["parameter"] == f"query {name}"


def test_the_difference_names_fields_and_the_events_that_made_it(as_: As) -> None:
    asked = {"as_of": "2015-09-01", "from_known_at": JULY, "known_at": SEPTEMBER}

    answer = as_(AUDITOR).get(f"{LAURA}/difference", params=asked).json()

    [change] = answer["changes"]
    assert (change["field"], change["before"], change["after"]) == ("organisation", BAKERY, CANTEEN)
    assert change["module_kind"] == "IBO"
    [entry] = answer["entries"]
    assert (entry["event"], entry["recorded_at"][:10]) == ("data-corrected", "2015-08-03")
    assert (entry["actor_type"], entry["actor_org"]) == ("BEMIDDELAAR", "OVO001234")
    assert answer["before"]["known_at"] == JULY


def test_a_late_module_and_its_end_are_the_difference_since_may(as_: As) -> None:
    asked = {"as_of": "2015-09-01", "from_known_at": MAY}

    answer = as_(MINE).get(f"{LAURA}/difference", params=asked).json()

    assert [entry["version"] for entry in answer["entries"]] == [3, 4, 5]
    assert {c["field"]: c["after"] for c in answer["changes"]}["last_day"] == "2015-06-26"


def report(as_: As, name: str, **asked: str) -> dict:
    answer = as_(AUDITOR).get(f"/v1/reports/{name}", params=YEAR | asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_reports_are_as_known_then(as_: As) -> None:
    def started(**asked: str) -> tuple[list[tuple[str, int]], int]:
        told = report(as_, "modules", by="organisation", **asked)
        rows = [(row["group"], row["started"]) for row in told["rows"]]
        return rows, told["total"]["ended"]

    assert started() == ([(CANTEEN, 1)], 1)
    assert started(known_at=JULY) == ([(BAKERY, 1)], 1)
    assert started(known_at=MAY) == ([], 0)
    assert started(as_of="2015-06-25") == ([(CANTEEN, 1)], 0)
    assert started(as_of="2015-06-25", known_at=JULY) == ([(BAKERY, 1)], 0)


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_says_at_which_clocks_it_was_taken(as_: As, name: str) -> None:
    told = report(as_, name, as_of="2015-08-15", known_at=SEPTEMBER, known_by="source")

    assert told["taken"] == {"as_of": "2015-08-15", "known_at": SEPTEMBER, "known_by": "source"}
    assert report(as_, name)["taken"]["as_of"] == "2015-10-01"


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_as_of_today_as_known_now_is_the_report_of_now(as_: As, name: str) -> None:
    now, then_ = report(as_, name), report(as_, name, known_at="2015-10-01T09:00:00Z")

    assert {**then_, "taken": None} == {**now, "taken": None}


def on_day(as_: As, name: str, **asked: str) -> dict:
    answer = as_(AUDITOR).get(f"/v1/reports/{name}", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_counsellors_of_a_day_are_as_known_then(as_: As) -> None:
    def held(**asked: str) -> tuple[int, int, int]:
        total = on_day(as_, "counsellors", **asked)["total"]
        names = ("counsellors_assigned", "counsellors_with_module", "most_pathways")
        return tuple(total[name] for name in names)

    # The IBO of March was told in June; the two hand-overs of August were not known in July.
    assert held(as_of="2015-05-10") == (1, 1, 3)
    assert held(as_of="2015-05-10", known_at=MAY) == (1, 0, 3)
    assert held(as_of="2015-09-01") == (3, 0, 1)
    assert held(as_of="2015-09-01", known_at=JULY) == (1, 0, 3)


def test_the_stock_of_a_day_is_as_known_then(as_: As) -> None:
    def in_module(**asked: str) -> tuple[int, int]:
        total = on_day(as_, "stock", **asked)["total"]
        return total["pathways"], total["in_module"]

    assert in_module(as_of="2015-05-10") == (3, 1)
    assert in_module(as_of="2015-05-10", known_at=MAY) == (3, 0)
    assert in_module(as_of="2015-02-10") == (1, 0)
    assert in_module(as_of="2015-02-10", known_at="2015-02-03T00:00:00Z") == (1, 0)
    assert in_module(as_of="2015-02-10", known_at="2015-01-03T00:00:00Z") == (0, 0)


@pytest.mark.parametrize("name", ["counsellors", "stock"])
@pytest.mark.parametrize(
    "day", ["2015-02-10", "2015-06-26", "2015-06-27", "2015-08-03", "2015-10-01"]
)
def test_a_day_of_then_is_the_same_whether_its_rows_are_folded_anew(
    as_: As, name: str, day: str
) -> None:
    told = on_day(as_, name, as_of=day, known_at="2015-10-01T09:00:00Z")
    now = on_day(as_, name, as_of=day)

    assert {**told, "taken": None} == {**now, "taken": None}
    assert told["taken"] == {
        "as_of": day,
        "known_at": "2015-10-01T09:00:00Z",
        "known_by": "recorded",
    }


def test_too_many_pathways_for_one_answer_are_told(
    as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(then, "MOST_FOLDED", 0)

    answer = as_(AUDITOR).get("/v1/reports/inflow", params=YEAR | {"known_at": JULY})

    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/too-many-then")


def test_the_rows_of_then_leave_no_table_behind(as_: As, reporting: Worker) -> None:
    report(as_, "inflow", known_at=MAY)
    report(as_, "inflow", known_at=MAY)

    assert reporting.rows("select count(*) from pg_tables where tablename = 'changed'") == [(0,)]
