"""What of the write side is running, over REST: for who keeps it so, and about nobody."""

import psycopg
import pytest
from pathway.leader import PUBLISHER, leading

from tests.pathway.api.client import OPERATOR, Caller


def now(caller: Caller, *applied: int) -> dict:
    answer = caller.signed_in_as(OPERATOR).get("/v1/running", applied=applied)
    assert answer.status_code == 200, answer.text
    return answer.json()


def state(told: dict, process: str) -> tuple[str, str | None]:
    [found] = [one for one in told["processes"] if one["process"] == process]
    return found["state"], found["why"]


def test_what_is_stored_and_waits_is_told_with_the_age_of_the_oldest(counsellor: Caller) -> None:
    counsellor.enrolled()

    told = now(counsellor)

    assert told["published"] == "0"
    assert told["waiting"]["facts"] == int(told["stored"])
    assert told["waiting"]["oldest_recorded_at"] is not None
    assert (told["demo"], told["proven"]) == (False, None)
    assert state(told, "pathway api") == ("RUNS", None)
    assert state(told, "pathway publisher") == ("NOT_RUNNING", None)


def test_what_was_published_after_a_place_waits_for_who_came_up_to_it(
    counsellor: Caller, pathway_url: str
) -> None:
    counsellor.enrolled()
    stored = int(now(counsellor)["stored"])
    with psycopg.connect(pathway_url) as connection:
        connection.execute(
            "insert into pathway.publisher_status (leader, leader_since, position)"
            " values ('tests', now(), %s)",
            (stored,),
        )

    told = now(counsellor, 0, stored)

    assert [(one["after"], one["facts"]) for one in told["unread"]] == [
        ("0", stored),
        (str(stored), 0),
    ]
    assert told["unread"][1]["oldest_recorded_at"] is None


def test_who_leads_is_told_and_why_publishing_stopped_with_the_way_out(
    counsellor: Caller, pathway_url: str
) -> None:
    with leading(pathway_url, 30, lambda: False, PUBLISHER):
        leads = now(counsellor)
    with psycopg.connect(pathway_url) as connection:
        connection.execute(
            "insert into pathway.publisher_status"
            " (leader, leader_since, stopped_at, stopped_reason, stopped_detail)"
            " values ('tests', now(), now(), 'TOPIC_EMPTIED', 'Bring them back.')"
        )
    stopped = now(counsellor)

    assert state(leads, "pathway publisher") == ("LEADS", None)
    assert state(stopped, "pathway publisher") == ("STOPPED", "TOPIC_EMPTIED")


@pytest.mark.parametrize("applied", ["-1", "x", "9223372036854775808"])
def test_what_is_no_place_is_refused(counsellor: Caller, applied: str) -> None:
    answer = counsellor.signed_in_as(OPERATOR).get("/v1/running", applied=applied)

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-request")
