"""`GET /v1/pathways/{id}/timeline`: what happened, and who may read it."""

from datetime import date

import pytest

from tests.projections.conftest import Worker
from tests.projections.history import History, broken, named, record
from tests.projections.web.conftest import As
from tests.projections.web.given import AUDITOR, COLLEAGUE, ELSEWHERE, LEADER, MINE, anna, els

ANNA = f"/v1/pathways/{named('pathway anna')}/timeline"


@pytest.fixture(autouse=True)
def _anna(counsellor: Worker) -> None:
    counsellor.put(anna(), els())


def test_it_tells_every_event_the_newest_day_first_with_both_clocks(as_: As) -> None:
    answer = as_(MINE).get(ANNA).json()

    assert [(e["version"], e["event"], e["occurred_on"]) for e in answer["entries"]] == [
        (4, "ibo-started", "2015-07-01"),
        (3, "counsellor-assigned", "2015-06-03"),
        (2, "participant-characteristics-recorded", "2015-06-01"),
        (1, "enrolled", "2015-06-01"),
    ]
    assert answer["entries"][0]["recorded_at"] == "2015-07-01T09:00:00Z"
    assert [module["kind"] for module in answer["modules"]] == ["IBO"]
    assert answer["pathway"]["attention"] == ["CONTRACT_NOT_SIGNED", "MODULE_ENDS"]


def test_older_events_are_on_the_next_page(as_: As) -> None:
    client = as_(MINE)
    first = client.get(ANNA, params={"limit": 3}).json()
    second = client.get(ANNA, params={"limit": 3, "cursor": first["next_cursor"]}).json()

    assert [entry["version"] for entry in first["entries"]] == [4, 3, 2]
    assert [entry["version"] for entry in second["entries"]] == [1]
    assert second["next_cursor"] is None


@pytest.mark.parametrize(
    ("who", "status"),
    [(MINE, 200), (COLLEAGUE, 200), (LEADER, 200), (AUDITOR, 200), (ELSEWHERE, 404)],
)
def test_it_is_read_by_the_unit_and_by_auditors(as_: As, who: str, status: int) -> None:
    assert as_(who).get(ANNA).status_code == status


def test_a_pathway_of_no_unit_yet_is_read_by_every_counsellor(as_: As) -> None:
    path = f"/v1/pathways/{named('pathway els')}/timeline"

    assert as_(ELSEWHERE).get(path).status_code == 200


def test_an_unknown_pathway_is_told(as_: As) -> None:
    answer = as_(MINE).get(f"/v1/pathways/{named('pathway nobody')}/timeline")

    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/unknown-pathway")
    assert as_(MINE).get("/v1/pathways/anna/timeline").status_code == 422


def test_what_is_not_yours_is_answered_as_what_is_not_there(as_: As) -> None:
    def told(pathway: str) -> dict[str, object]:
        answer = as_(ELSEWHERE).get(f"/v1/pathways/{named(pathway)}/timeline").json()
        return {name: value for name, value in answer.items() if name != "correlation_id"}

    assert told("pathway anna") == told("pathway nobody")


def test_a_parked_pathway_says_from_where_it_waits(as_: As, counsellor: Worker) -> None:
    gerda = History("gerda").enrolled(date(2015, 9, 1)).withheld(date(2015, 9, 2))
    gerda.values[1] = broken(gerda.values[1])
    counsellor.apply(*(record(gerda, v, counsellor.offset + v - 1) for v in (1, 2)))

    pathway = as_(MINE).get(f"/v1/pathways/{gerda.pathway_id}/timeline").json()["pathway"]

    assert (pathway["waits_from"], pathway["attention"]) == (
        2,
        ["PARKED", "UNASSIGNED", "NO_FIRST_CONTACT"],
    )
