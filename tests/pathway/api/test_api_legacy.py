"""History from an older system over HTTP: who may tell it, and what is refused of it."""

import pytest

from tests.pathway.api.client import Caller

FILE = {
    "on": "2015-01-05",
    "source": "MIJN-LOOPBAAN-OUD",
    "source_ref": "D-0048112",
    "exported_on": "2015-04-03",
    "incomplete_until": "2015-03-31",
}


@pytest.mark.parametrize("who", ["insz", "teamleider-01"])
def test_it_is_recorded_and_stands_in_the_state(counsellor: Caller, who: str) -> None:
    pathway = counsellor.enrolled()

    done = counsellor.signed_in_as(who).command(pathway, "record-legacy-import", FILE, 1)

    state = counsellor.get(f"/v1/pathways/{pathway}").json()["state"]
    assert [fact["kind"] for fact in done.json()["facts"]] == ["ImportedFromLegacy"]
    assert [one["incomplete_until"] for one in state["legacy"]] == ["2015-03-31"]


def test_a_counsellor_may_not_tell_it(counsellor: Caller) -> None:
    pathway = counsellor.enrolled()

    answer = counsellor.command(pathway, "record-legacy-import", FILE, 1)

    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/not-allowed")


@pytest.mark.parametrize(
    ("changed", "rule", "field"),
    [
        ({"exported_on": "2015-03-30"}, "exported-before", "exported_on"),
        ({"incomplete_until": "2015-02-28"}, "already-imported", "source_ref"),
    ],
)
def test_what_cannot_be_is_refused_by_name(
    counsellor: Caller, changed: dict[str, str], rule: str, field: str
) -> None:
    pathway, system = counsellor.enrolled(), counsellor.signed_in_as("insz")
    if rule == "already-imported":
        system.command(pathway, "record-legacy-import", FILE, 1)
    newest = int(counsellor.get(f"/v1/pathways/{pathway}").headers["ETag"].strip('"'))

    answer = system.command(pathway, "record-legacy-import", FILE | changed, newest)

    assert (answer.status_code, answer.json()["type"]) == (409, f"/problems/{rule}")
    assert answer.json()["errors"][0]["pointer"] == f"#/{field}"
