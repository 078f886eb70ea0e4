"""Which commands a caller may send about a pathway now, and what a form of each needs."""

from typing import Any
from uuid import UUID

import pytest

from tests.pathway.api.client import ASSIGN, LEADER, START_IBO, Caller, anybody
from tests.pathway.api.test_api_corrections import fact_id, in_ibo


def offered(caller: Caller, pathway: UUID, **asked: object) -> dict[str, dict[str, Any]]:
    answer = caller.get(f"/v1/pathways/{pathway}/commands", **asked)
    assert answer.status_code == 200, answer.text
    return {one["command"]: one for one in answer.json()["commands"]}


def field(command: dict[str, Any], name: str) -> dict[str, Any]:
    [found] = [one for one in command["fields"] if one["name"] == name]
    return found


@pytest.fixture(scope="module")
def pathway(lasting: Caller) -> UUID:
    return in_ibo(lasting)


def test_what_is_possible_now_is_told_apart_from_what_is_not_and_why(
    lasting: Caller, pathway: UUID
) -> None:
    told = offered(lasting, pathway)

    possible = {name for name, one in told.items() if one["why_not"] is None}
    assert {"complete-ibo", "stop-module", "hire", "suspend", "start-stage"} <= possible
    assert told["resume"]["why_not"]["rule"] == "not-in-this-status"
    assert told["complete-stage"]["why_not"]["rule"] == "wrong-module-kind"
    assert told["close"]["why_not"]["rule"] == "module-running"
    assert told["reopen"]["fields"] == []


def test_a_field_has_its_words_its_codes_and_its_limits(lasting: Caller, pathway: UUID) -> None:
    start = offered(lasting, pathway)["start-ibo"]

    on = field(start, "on")
    assert (on["type"], on["earliest"], on["latest"], on["value"]) == (
        "day", "2015-01-05", "2015-10-01", "2015-10-01"
    )  # fmt: skip
    assert field(start, "hours_per_week")["label"] == {"nl": "Uren per week", "en": "Hours a week"}
    assert (field(start, "hours_per_week")["type"], field(start, "hours_per_week")["most"]) == (
        "number", 38
    )  # fmt: skip
    [ibo] = [one for one in field(start, "variant")["choices"] if one["code"] == "IBO"]
    assert ibo["rule"]["hard_max"] == "26 weeks or 6 months"
    extend = field(offered(lasting, pathway)["extend-module"], "module_id")
    assert extend["choices"][0]["module"]["planned_until"] == "2016-02-29"


def test_a_fact_is_put_right_from_the_values_that_it_has(lasting: Caller, pathway: UUID) -> None:
    told = offered(lasting, pathway, fact_id=fact_id(lasting, pathway, 3))

    assert list(told) == ["correct", "annul-module"]
    assert field(told["correct"], "on")["value"] == "2015-09-01"
    assert field(told["correct"], "changes.planned_until")["value"] == "2016-02-29"
    nobody = offered(lasting, pathway, fact_id=str(pathway))
    assert nobody["correct"]["why_not"]["rule"] == "unknown-fact"


def test_nobody_is_offered_what_they_may_not_send(lasting: Caller) -> None:
    pathway = lasting.enrolled(anybody())

    counsellor = offered(lasting, pathway)
    leader = offered(lasting.signed_in_as(LEADER), pathway)

    assert {"annul-pathway", "merge-pathways"} <= leader.keys() - counsellor.keys()
    assert field(counsellor["assign-counsellor"], "counsellor")["value"] == lasting.who


def test_every_form_that_is_offered_can_be_sent_as_it_stands(lasting: Caller) -> None:
    pathway = lasting.enrolled(anybody())
    lasting.command(pathway, "assign-counsellor", ASSIGN, 1)
    plain = {
        field["name"]: field["value"]
        for field in offered(lasting, pathway)["start-ibo"]["fields"]
        if field["value"] is not None
    }

    done = lasting.command(pathway, "start-ibo", plain | START_IBO, 2)

    assert done.status_code == 200, done.text
