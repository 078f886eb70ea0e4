"""What changed in what was known of a pathway, and by whom; and known by the source's own clock."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from pathway.application import Pathways
from pathway.scheduler import Due, announce

from tests.pathway.api.client import ASSIGN, AUDITOR, LEADER, START_IBO, SYSTEM, Caller, anybody
from tests.pathway.api.test_api_corrections import correction, in_ibo
from tests.pathway.given import SetClock

OCTOBER, NOVEMBER, DECEMBER = (f"2015-{month}T00:00:00Z" for month in ("10-15", "11-15", "12-15"))


def difference(caller: Caller, pathway: UUID, **asked: object) -> dict[str, Any]:
    answer = caller.get(f"/v1/pathways/{pathway}/difference", **asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def made_by(told: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (one["fact"]["kind"], one["actor"]["ref"], one["recorded_at"][:10]) for one in told["facts"]
    ]


def test_a_correction_by_a_colleague_is_the_difference_about_a_day_between_two_moments(
    counsellor: Caller, clock: SetClock
) -> None:
    pathway = in_ibo(counsellor)
    module = counsellor.get(f"/v1/pathways/{pathway}").json()["state"]["modules"][0]["module_id"]
    clock.now = datetime(2015, 11, 2, 9, tzinfo=UTC)
    leader = counsellor.signed_in_as(LEADER)
    leader.command(pathway, "correct", correction(leader, pathway, hours_per_week=30), 3)
    clock.now = datetime(2015, 11, 3, 9, tzinfo=UTC)
    # About another day: no part of what was known of the first of September.
    stop = {"on": "2015-10-20", "module_id": module, "reason": "OVERMACHT"}
    counsellor.command(pathway, "stop-module", stop, 4)
    clock.now = datetime(2016, 1, 5, 9, tzinfo=UTC)

    told = difference(
        counsellor, pathway, as_of="2015-09-01", from_known_at=OCTOBER, known_at=DECEMBER
    )

    assert told["changes"] == [
        {"field": f"/modules/{module}/hours_per_week", "before": 38.0, "after": 30.0}
    ]
    assert made_by(told) == [("DataCorrected", LEADER, "2015-11-02")]
    assert told["before"] == {"as_of": "2015-09-01", "known_at": OCTOBER, "version": 3}
    assert told["after"] == {"as_of": "2015-09-01", "known_at": DECEMBER, "version": 4}
    assert told["known_by"] == "recorded"


def test_a_late_fact_and_its_correction_both_made_the_difference(
    counsellor: Caller, clock: SetClock
) -> None:
    pathway = counsellor.enrolled(anybody())
    clock.now = datetime(2015, 11, 2, 9, tzinfo=UTC)
    counsellor.command(pathway, "assign-counsellor", ASSIGN, 1)
    counsellor.command(pathway, "start-ibo", START_IBO, 2)
    counsellor.command(pathway, "correct", correction(counsellor, pathway, hours_per_week=20), 3)

    told = difference(counsellor, pathway, as_of="2015-09-01", from_known_at=OCTOBER)

    assert [kind for kind, *_ in made_by(told)] == [
        "CounsellorAssigned",
        "IboStarted",
        "DataCorrected",
    ]
    fields = {change["field"]: (change["before"], change["after"]) for change in told["changes"]}
    assert fields["/status"] == ("INGESCHREVEN", "IN_BEGELEIDING")
    assert fields["/counsellor"] == (None, "bemiddelaar-01")
    assert (None, 20.0) in fields.values()
    assert told["after"]["known_at"] is None


def test_between_two_days_the_facts_in_between_made_the_difference(counsellor: Caller) -> None:
    pathway = in_ibo(counsellor)

    told = difference(counsellor, pathway, from_as_of="2015-02-15", as_of="2015-09-01")

    assert [kind for kind, *_ in made_by(told)] == ["IboStarted"]
    assert {c["field"].split("/")[1] for c in told["changes"]} == {"modules", "last_fact_on"}


def test_looked_at_backwards_the_difference_is_the_other_way_round(
    counsellor: Caller, clock: SetClock
) -> None:
    pathway = in_ibo(counsellor)
    clock.now = datetime(2015, 11, 2, 9, tzinfo=UTC)
    counsellor.command(pathway, "correct", correction(counsellor, pathway, hours_per_week=30), 3)
    clock.now = datetime(2015, 12, 16, 9, tzinfo=UTC)

    [change] = difference(counsellor, pathway, from_known_at=DECEMBER, known_at=OCTOBER)["changes"]

    assert (change["before"], change["after"]) == (30.0, 38.0)


def test_an_annulled_pathway_differs_by_its_annulment(counsellor: Caller, clock: SetClock) -> None:
    pathway = in_ibo(counsellor)
    clock.now = datetime(2015, 11, 2, 9, tzinfo=UTC)
    leader = counsellor.signed_in_as(LEADER)
    leader.command(pathway, "annul-pathway", {"on": "2015-11-02", "reason": "TEST"}, 3)

    told = difference(counsellor, pathway, as_of="2015-09-01", from_known_at=OCTOBER)

    assert made_by(told) == [("PathwayAnnulled", LEADER, "2015-11-02")]
    assert {"field": "/status", "before": "IN_BEGELEIDING", "after": "GEANNULEERD"} in told[
        "changes"
    ]


def test_what_nobody_knew_yet_differs_from_nothing(counsellor: Caller, clock: SetClock) -> None:
    clock.now = datetime(2015, 11, 2, 9, tzinfo=UTC)
    pathway = counsellor.enrolled(anybody())

    told = difference(counsellor, pathway, from_known_at=OCTOBER)

    assert (told["before"]["version"], told["after"]["version"]) == (None, 1)
    assert {change["before"] for change in told["changes"]} == {None}


def test_where_nothing_differs_nothing_made_a_difference(counsellor: Caller) -> None:
    pathway = in_ibo(counsellor)

    told = difference(counsellor, pathway, from_as_of="2015-09-15", as_of="2015-09-20")

    assert (told["changes"], told["facts"]) == ([], [])


def test_consuming_systems_get_the_published_form(counsellor: Caller, clock: SetClock) -> None:
    pathway = in_ibo(counsellor)
    clock.now = datetime(2015, 11, 2, 9, tzinfo=UTC)
    counsellor.command(pathway, "correct", correction(counsellor, pathway, hours_per_week=30), 3)

    told = difference(counsellor.signed_in_as(SYSTEM), pathway, from_known_at=OCTOBER)

    assert "facts" not in told
    assert [event["type"] for event in told["events"]] == ["be.vdab.pathway.data-corrected.v1"]
    assert [change["after"] for change in told["changes"]] == [30.0]


def test_a_difference_has_a_beginning(counsellor: Caller) -> None:
    answer = counsellor.get(f"/v1/pathways/{uuid4()}/difference", as_of="2015-09-01")

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-request")
    assert "from_known_at" in answer.text


@pytest.mark.parametrize("asked", [{"from_as_of": "2014-01-01", "as_of": "2014-02-01"}])
def test_where_nothing_was_known_at_either_point_nothing_is_found(
    counsellor: Caller, asked: dict[str, str]
) -> None:
    pathway = in_ibo(counsellor)

    answer = counsellor.get(f"/v1/pathways/{pathway}/difference", **asked)

    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/unknown-pathway")


def by_source(counsellor: Caller, clock: SetClock) -> UUID:
    """A pathway whose counsellor was assigned at the source in October and recorded in November."""
    pathway = counsellor.enrolled(anybody())
    clock.now = datetime(2015, 11, 20, 9, tzinfo=UTC)
    counsellor.post(
        f"/v1/pathways/{pathway}/assign-counsellor",
        ASSIGN,
        idempotency_key="k-source",
        if_match='"1"',
        source_time="2015-10-10T09:00:00+02:00",
    )
    return pathway


def test_by_the_sources_own_clock_a_fact_was_known_before_it_was_recorded(
    counsellor: Caller, clock: SetClock
) -> None:
    pathway = by_source(counsellor, clock)
    address = f"/v1/pathways/{pathway}"

    by_ours = counsellor.get(address, known_at=OCTOBER).json()
    by_theirs = counsellor.get(address, known_at=OCTOBER, known_by="source").json()

    assert (by_ours["state"]["counsellor"], by_ours["known_by"]) == (None, "recorded")
    assert (by_theirs["state"]["counsellor"], by_theirs["known_by"]) == (
        "bemiddelaar-01",
        "source",
    )
    assert (by_ours["version"], by_theirs["version"]) == (1, 2)


def test_a_difference_goes_by_the_sources_own_clock_too(
    counsellor: Caller, clock: SetClock
) -> None:
    pathway = by_source(counsellor, clock)
    between = {"from_known_at": OCTOBER, "known_at": "2015-11-25T00:00:00Z"}

    assert [c["field"] for c in difference(counsellor, pathway, **between)["changes"]] == [
        "/status",
        "/counsellor",
        "/unit",
        "/last_fact_on",
    ]
    assert difference(counsellor, pathway, **between, known_by="source")["changes"] == []


def test_where_no_source_told_its_clock_ours_holds(counsellor: Caller, clock: SetClock) -> None:
    pathway = by_source(counsellor, clock)

    answer = counsellor.get(
        f"/v1/pathways/{pathway}", known_at="2015-09-30T00:00:00Z", known_by="source"
    )

    assert answer.status_code == 404


def test_history_is_told_as_known_at_a_moment_and_up_to_a_day(
    counsellor: Caller, clock: SetClock
) -> None:
    pathway = in_ibo(counsellor)
    clock.now = datetime(2015, 11, 2, 9, tzinfo=UTC)
    counsellor.command(pathway, "correct", correction(counsellor, pathway, hours_per_week=30), 3)

    def versions(**asked: object) -> list[int]:
        told = counsellor.signed_in_as(AUDITOR).get(f"/v1/pathways/{pathway}/history", **asked)
        return [fact["version"] for fact in told.json()["facts"]]

    assert versions(known_at=OCTOBER) == [1, 2, 3]
    assert versions(as_of="2015-08-31", known_at=OCTOBER) == [1, 2]
    # What puts a fact right is told whatever the day: it is about facts.
    assert versions(as_of="2015-08-31") == [1, 2, 4]
    assert versions(known_at=OCTOBER, limit=2) == [1, 2]
    assert versions(known_at=OCTOBER, cursor="2") == [3]


def test_an_enrolment_that_was_corrected_to_an_earlier_day_stands_from_that_day(
    counsellor: Caller, clock: SetClock
) -> None:
    pathway = counsellor.enrolled(anybody())
    clock.now = datetime(2015, 11, 2, 9, tzinfo=UTC)
    [enrolment] = counsellor.get(f"/v1/pathways/{pathway}/history").json()["facts"]
    right = {"on": "2015-01-02", "fact_id": enrolment["fact_id"], "reason": "INVOERFOUT"}
    assert counsellor.command(pathway, "correct", right | {"changes": {}}, 1).status_code == 200

    told = counsellor.get(f"/v1/pathways/{pathway}", as_of="2015-01-03")

    assert (told.status_code, told.json()["state"]["enrolled_on"]) == (200, "2015-01-02")


def test_a_deadline_that_went_by_makes_no_difference(
    counsellor: Caller, clock: SetClock, pathways: Pathways
) -> None:
    pathway = in_ibo(counsellor)
    clock.now = datetime(2016, 6, 1, 9, tzinfo=UTC)
    before = difference(counsellor, pathway, from_known_at=DECEMBER)

    assert announce(pathways.store, Due(pathway, date(2016, 6, 1)), date(2016, 6, 1)) == 1

    told = difference(counsellor, pathway, from_known_at=DECEMBER)
    assert told["changes"] == before["changes"]
    assert made_by(told) == made_by(before)
