"""`GET /v1/reports/...`: each figure with its definition, and up to when it is complete."""

from collections.abc import Callable, Sequence
from datetime import date

import pytest
from projections.reporting.asked import (
    AfterwardsAsked,
    CounsellorsAsked,
    DurationsAsked,
    ExitsAsked,
    FlowAsked,
    IboAsked,
    InflowAsked,
    ModulesAsked,
    OutflowAsked,
    Province,
    ReachAsked,
    RetentionAsked,
    StockAsked,
    StopsAsked,
    WorkFloorsAsked,
)
from projections.reporting.counsellors import COUNSELLORS_BY
from projections.reporting.exits import EXITS_BY
from projections.reporting.flow import FLOW_BY
from projections.reporting.ibo import IBO_BY
from projections.reporting.queries import DAYS_BY, INFLOW_BY, MODULES_BY, OUTFLOW_BY
from projections.reporting.retention import RETENTION_BY
from projections.reporting.stock import REACH_BY, STOCK_BY
from projections.reporting.stops import STOPS_BY
from projections.reporting.work_floors import WORK_FLOORS_BY

from tests.projections.conftest import Worker
from tests.projections.history import BAKERY, CANTEEN, GARDEN, History
from tests.projections.web.conftest import As
from tests.projections.web.given import AUDITOR

YEAR = {"from": "2015-01-01", "until": "2015-12-31"}
OF_A_PERIOD = [
    "flow", "inflow", "modules", "durations", "outflow", "afterwards", "exits", "stops", "ibo",
    "retention", "work-floors", "reach",
]  # fmt: skip
OF_A_DAY = ["counsellors", "stock"]


def people() -> list[History]:
    """One who worked after an IBO, one who stopped a stage, one who moved on from WEP+."""
    worked = History("worked").enrolled(date(2014, 9, 1)).characteristics(date(2014, 9, 1))
    worked.ibo("a", date(2014, 10, 1), date(2015, 2, 27)).completed("a", date(2015, 2, 27))
    worked.hired(date(2015, 3, 2))
    waited = History("waited").enrolled(date(2015, 1, 5))
    waited.stage("a", date(2015, 3, 2), date(2015, 8, 28)).stopped("a", date(2015, 8, 14))
    moved = History("moved").enrolled(date(2014, 10, 1), inferred=True)
    moved.work_experience("w", date(2014, 10, 1), date(2015, 9, 30))
    return [worked, waited, moved.migrated(date(2015, 7, 1), "w")]


@pytest.fixture(scope="module")
def as_(lasting: Callable[[Sequence[History]], As]) -> As:
    return lasting(people())


def flow(as_: As, **asked: object) -> dict:
    answer = as_(AUDITOR).get("/v1/reports/flow", params=YEAR | asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_flow_tells_who_worked_and_of_whom_the_months_have_not_passed(as_: As) -> None:
    report = flow(as_)

    ibo, stage, wep = report["rows"]
    assert [row["group"] for row in report["rows"]] == ["IBO", "STAGE", "WEP_WERKERVARING"]
    assert [within["in_nec"] for within in ibo["within"]] == [1, 1, 1]
    assert [within["months_not_passed"] for within in ibo["within"]] == [0, 0, 1]
    assert [within["in_nec"] for within in stage["within"]] == [0, 0, 0]
    assert (stage["stopped_early"], wep["measure_ended"]) == (1, 1)
    assert report["total"]["persons"] == 3
    assert report["as_of"] == "2015-10-01"


@pytest.mark.parametrize(
    ("asked", "groups"),
    [
        ({"kind": "IBO"}, ["IBO"]),
        ({"kind": ["IBO", "STAGE"]}, ["IBO", "STAGE"]),
        ({"measure": "WEP_PLUS"}, ["WEP_WERKERVARING"]),
        ({"organisation": GARDEN}, ["WEP_WERKERVARING"]),
        ({"organisation": CANTEEN}, []),
        ({"province": "ANTWERPEN"}, ["IBO"]),
        ({"by": "organisation", "kind": "IBO"}, [BAKERY]),
        ({"by": "province"}, ["ANTWERPEN", "ONBEKEND"]),
        ({"by": "ending"}, ["COMPLETED", "MEASURE_ENDED", "STOPPED_EARLY"]),
        ({"as_of": "2015-03-31"}, ["IBO"]),
    ],
)
def test_flow_can_be_narrowed_grouped_and_seen_from_an_earlier_day(
    as_: As, asked: dict[str, object], groups: list[str]
) -> None:
    assert [row["group"] for row in flow(as_, **asked)["rows"]] == groups


@pytest.mark.parametrize("name", OF_A_PERIOD)
def test_every_report_says_what_it_counts_and_how_complete_it_is(as_: As, name: str) -> None:
    report = as_(AUDITOR).get(f"/v1/reports/{name}", params=YEAR).json()

    assert report["period"] == {"first": "2015-01-01", "last": "2015-12-31"}
    assert all(told["nl"] and told["en"] for told in report["definitions"])
    assert report["freshness"]["complete_until"] == "2015-10-01T09:00:00Z"


@pytest.mark.parametrize("name", OF_A_DAY)
def test_a_report_of_a_day_says_which_and_what_it_counts(as_: As, name: str) -> None:
    report = as_(AUDITOR).get(f"/v1/reports/{name}", params={"as_of": "2015-06-30"}).json()

    assert report["taken"]["as_of"] == "2015-06-30"
    assert all(told["nl"] and told["en"] for told in report["definitions"])
    assert report["freshness"]["complete_until"] == "2015-10-01T09:00:00Z"
    assert report["rows"]


@pytest.mark.parametrize("wrong", [{"as_of": "2015-10-02"}, {"by": "kind"}, {"from": "2015-01-01"}])
def test_a_day_that_cannot_be_told_about_is_told(as_: As, wrong: dict[str, str]) -> None:
    for name in OF_A_DAY:
        answer = as_(AUDITOR).get(f"/v1/reports/{name}", params=wrong)

        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-request")


def test_counsellors_are_narrowed_over_http(as_: As) -> None:
    def total(**asked: str) -> int:
        report = as_(AUDITOR).get("/v1/reports/counsellors", params=asked).json()
        return report["total"]["pathways_unassigned"]

    # Nobody is assigned to any; the one who moved on is guided by the canteen since July.
    assert (total(), total(provider=CANTEEN)) == (3, 1)
    assert total(provider="VDAB_OF_PROMOTOR") == 2
    assert total(provider=CANTEEN, as_of="2015-06-30") == 0
    assert total(unit="OE-NERGENS") == 0


def test_exits_and_ibos_are_told_over_http_as_they_are_counted(as_: As) -> None:
    asked = YEAR | {"by": "organisation"}

    (ibo,) = as_(AUDITOR).get("/v1/reports/ibo", params=asked).json()["rows"]
    (stop,) = as_(AUDITOR).get("/v1/reports/stops", params=YEAR).json()["rows"]
    exits = as_(AUDITOR).get("/v1/reports/exits", params=YEAR).json()

    # The hire on Monday after an IBO that ended on Friday.
    assert (ibo["group"], ibo["hired"], ibo["share_hired"]) == (BAKERY, 1, 1.0)
    assert (stop["group"], stop["share_stopped_early"]) == ("STAGE", 1.0)
    assert stop["reasons"] == [{"reason": "NIET_OPGEDAAGD", "modules": 1, "share": 1.0}]
    assert (exits["months"], exits["rows"], exits["total"]["exits"]) == (6, [], [])
    assert (ibo["obliged"], ibo["met"], ibo["decisions"]) == (0, 0, [])
    three = as_(AUDITOR).get("/v1/reports/exits", params=YEAR | {"months": 3}).json()
    assert three["months"] == 3


def test_who_still_works_after_a_hire_is_told_over_http(as_: As) -> None:
    report = as_(AUDITOR).get("/v1/reports/retention", params=YEAR | {"months": 3}).json()

    # The months of the hire on 2 March have passed, and nobody looked.
    (row,) = report["rows"]
    assert (row["group"], row["hired"], row["reached"], row["measured"]) == ("IBO", 1, 1, 0)
    assert (row["share_retained"], row["share_unmeasured"], report["months"]) == (None, 1.0, 3)


def test_inflow_leaves_out_days_that_were_inferred_and_says_how_many(as_: As) -> None:
    asked = {"from": "2014-01-01", "until": "2015-12-31", "by": "year"}

    report = as_(AUDITOR).get("/v1/reports/inflow", params=asked).json()

    assert [(row["group"], row["persons"]) for row in report["rows"]] == [("2014", 1), ("2015", 1)]
    assert report["inferred_left_out"] == 1


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("flow", {"from": "2016-01-01"}),
        ("flow", {"until": "tomorrow"}),
        ("flow", {"as_of": "2015-10-02"}),
        ("flow", {"by": "channel"}),
        ("flow", {"kind": "IBO", "measure": "STAGE"}),
        ("flow", {"province": "ATLANTIS"}),
        ("inflow", {"by": "organisation"}),
        ("modules", {"by": "reason"}),
        ("durations", {"from": None}),
        ("outflow", {"mistyped": "1"}),
        ("exits", {"by": "reason"}),
        ("exits", {"months": "2"}),
        ("ibo", {"by": "kind"}),
        ("retention", {"by": "form"}),
        ("retention", {"months": "2"}),
        ("work-floors", {"by": "province"}),
        ("reach", {"by": "month"}),
        ("stops", {"until": None}),
    ],
)
def test_what_cannot_be_reported_is_told(as_: As, name: str, wrong: dict[str, str | None]) -> None:
    asked = {key: value for key, value in (YEAR | wrong).items() if value is not None}

    answer = as_(AUDITOR).get(f"/v1/reports/{name}", params=asked)

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-request")
    assert answer.json()["errors"]


@pytest.mark.parametrize(
    ("asked", "by"),
    [
        (FlowAsked, FLOW_BY),
        (InflowAsked, INFLOW_BY),
        (ModulesAsked, MODULES_BY),
        (DurationsAsked, DAYS_BY),
        (OutflowAsked, OUTFLOW_BY),
        (AfterwardsAsked, OUTFLOW_BY),
        (ExitsAsked, EXITS_BY),
        (StopsAsked, STOPS_BY),
        (IboAsked, IBO_BY),
        (RetentionAsked, RETENTION_BY),
        (WorkFloorsAsked, WORK_FLOORS_BY),
        (ReachAsked, REACH_BY),
        (CounsellorsAsked, COUNSELLORS_BY),
        (StockAsked, STOCK_BY),
    ],
)
def test_what_can_be_asked_is_what_can_be_answered(asked: type, by: frozenset[str]) -> None:
    offered = asked.model_json_schema()["properties"]["by"]["enum"]

    assert set(offered) == {str(each) for each in by}


def test_provinces_are_those_of_the_reference_data(reporting: Worker) -> None:
    known = {row[0] for row in reporting.rows("select distinct province from province_by_nis")}

    assert known == {str(province) for province in Province}
