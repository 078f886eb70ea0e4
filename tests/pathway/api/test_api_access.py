"""Who looked at my file: the auditor's question over REST, and the same by command."""

import csv
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from pathway import numbers
from pathway.api import create_app
from pathway.application import Pathways
from pathway.main import app as commands
from typer.testing import CliRunner, Result

from tests.pathway.api.client import (
    AUDITOR,
    COUNSELLOR,
    ENROL,
    LEADER,
    OPERATOR,
    Caller,
    anybody,
    tokens_of,
)
from tests.pathway.given import SetClock

ACCESS = "/v1/access"
Run = Callable[..., Result]


@pytest.fixture
def run(pathways: Pathways) -> Run:
    """`run("access", "about", ...)`: a command of `pathway` on the same store."""

    def invoke(*words: object) -> Result:
        environment = {"PATHWAY_DATABASE_URL": pathways.store.database_url, "COLUMNS": "300"}
        return CliRunner().invoke(commands, [str(word) for word in words], env=environment)

    return invoke


@pytest.fixture
def auditor(counsellor: Caller) -> Caller:
    return counsellor.signed_in_as(AUDITOR)


def told(answer: dict) -> list[tuple[str, str, str]]:
    return [(one["caller"], one["endpoint"], one["decision"]) for one in answer["looks"]]


def test_an_auditor_sees_every_look_at_a_person_permitted_or_denied(
    counsellor: Caller, auditor: Caller, pathways: Pathways
) -> None:
    pathway, other = counsellor.enrolled(), counsellor.enrolled(anybody())
    person = str(pathways.standing(pathway).pathway.person_ref)
    seen = counsellor.get(f"/v1/pathways/{pathway}")
    counsellor.get(f"/v1/pathways/{other}")
    counsellor.signed_in_as(OPERATOR).get(f"/v1/pathways/{pathway}")

    answer = auditor.get(ACCESS, about=person).json()

    assert told(answer) == [
        (OPERATOR, "pathway_state", "DENY"),
        (COUNSELLOR, "pathway_state", "PERMIT"),
    ]
    look = answer["looks"][1]
    assert look["about"] == person
    assert (look["role"], look["rule"], look["purpose"]) == (
        "COUNSELLOR",
        "ZONDER_EENHEID",
        "BEGELEIDING",
    )
    assert look["correlation_id"] == seen.headers["x-correlation-id"]
    assert look["at"] == "2015-10-01T09:00:00Z"
    denied = answer["looks"][0]
    assert (denied["role"], denied["rule"]) == ("", "EINDPUNT")


def test_a_pathway_stands_for_its_person(counsellor: Caller, auditor: Caller) -> None:
    pathway = counsellor.enrolled()
    counsellor.post("/v1/persons/look-up", {"insz": ENROL["insz"]})

    answer = auditor.get(ACCESS, about=str(pathway)).json()

    assert told(answer) == [(COUNSELLOR, "look_up_person", "PERMIT")]


def test_who_turned_out_to_be_known_twice_has_the_looks_at_both(
    counsellor: Caller, auditor: Caller, pathways: Pathways, run: Run
) -> None:
    first, second = counsellor.enrolled(), counsellor.enrolled(anybody())
    anna, again = (pathways.standing(one).pathway.person_ref for one in (first, second))
    counsellor.get(f"/v1/pathways/{first}")
    counsellor.signed_in_as(LEADER).get(f"/v1/pathways/{second}")
    numbers.link(pathways.store, pathways.vault, again, anna, source="KSZ")

    for about in (anna, again, first, second):
        answer = auditor.get(ACCESS, about=str(about), limit=200).json()
        assert [look for look in told(answer) if look[1] == "pathway_state"] == [
            (LEADER, "pathway_state", "PERMIT"),
            (COUNSELLOR, "pathway_state", "PERMIT"),
        ]
        assert {*answer["under"]} == {str(one) for one in (anna, again, first, second)}
        shown = run("access", "about", about, "--csv").stdout
        assert (COUNSELLOR in shown, LEADER in shown) == (True, True)


def test_a_barrier_before_one_reference_hides_the_looks_at_the_other(
    counsellor: Caller, auditor: Caller, pathways: Pathways
) -> None:
    pathway, other = counsellor.enrolled(), counsellor.enrolled(anybody())
    anna, again = (pathways.standing(one).pathway.person_ref for one in (pathway, other))
    counsellor.get(f"/v1/pathways/{pathway}")
    numbers.link(pathways.store, pathways.vault, again, anna, source="KSZ")
    own = {"kind": "VERWANT", "caller_ref": AUDITOR, "motive": "EIGEN_MELDING"}
    administrator = counsellor.signed_in_as("beheerder-01")
    assert administrator.post("/v1/barriers", own | {"person_ref": str(again)}).status_code == 201

    for about in (anna, again, pathway, other):
        answer = auditor.get(ACCESS, about=str(about)).json()
        assert answer == {"looks": [], "next_cursor": None, "under": []}


def test_to_look_at_the_list_is_a_look_too_also_at_an_empty_one(
    counsellor: Caller, auditor: Caller, pathways: Pathways
) -> None:
    pathway = counsellor.enrolled()
    person = str(pathways.standing(pathway).pathway.person_ref)
    assert auditor.get(ACCESS, about=person).json()["looks"] == []

    [look] = auditor.get(ACCESS, about=person).json()["looks"]

    assert (look["caller"], look["endpoint"], look["about"]) == (AUDITOR, "access_looks", person)
    assert look["purpose"] == "TOEZICHT"


def test_everything_that_one_employee_looked_at(counsellor: Caller, auditor: Caller) -> None:
    for _ in range(2):
        counsellor.get(f"/v1/pathways/{counsellor.enrolled(anybody())}")
    counsellor.signed_in_as(OPERATOR).get(f"/v1/pathways/{uuid4()}")

    answer = auditor.get(ACCESS, caller=COUNSELLOR).json()

    assert told(answer) == [(COUNSELLOR, "pathway_state", "PERMIT")] * 2
    shown = {look["about"] for look in answer["looks"]}
    own = auditor.get(ACCESS, caller=AUDITOR).json()["looks"]
    assert {look["about"] for look in own} == shown


def test_looks_are_read_page_by_page(counsellor: Caller, auditor: Caller) -> None:
    pathway = counsellor.enrolled()
    for _ in range(3):
        counsellor.get(f"/v1/pathways/{pathway}")
    asked = {"caller": COUNSELLOR, "limit": 2}

    first = auditor.get(ACCESS, **asked).json()
    second = auditor.get(ACCESS, **asked, cursor=first["next_cursor"]).json()

    assert [look["number"] for look in first["looks"] + second["looks"]] == [3, 2, 1]
    assert second["next_cursor"] is None


def test_days_are_those_of_brussels(counsellor: Caller, auditor: Caller, clock: SetClock) -> None:
    pathway = counsellor.enrolled()
    counsellor.get(f"/v1/pathways/{pathway}")
    # 22:30 UTC is half past midnight of the day after.
    clock.forward(hours=13, minutes=30)
    counsellor.get(f"/v1/pathways/{pathway}/history")
    asked = {"caller": COUNSELLOR}

    early = auditor.get(ACCESS, **asked, until="2015-10-01").json()
    late = auditor.get(ACCESS, **asked, **{"from": "2015-10-02"}).json()

    assert told(early) == [(COUNSELLOR, "pathway_state", "PERMIT")]
    assert told(late) == [(COUNSELLOR, "pathway_history", "PERMIT")]


@pytest.mark.parametrize("asked", [{"from": "20151001"}, {"caller": "a b"}, {"cursor": "x"}])
def test_what_is_not_understood_is_told(auditor: Caller, asked: dict[str, str]) -> None:
    assert auditor.get(ACCESS, **asked).json()["type"] == "/problems/invalid-request"


def test_a_list_of_looks_that_cannot_be_traced_is_not_shown(
    counsellor: Caller, auditor: Caller, pathways: Pathways
) -> None:
    pathway = counsellor.enrolled()
    with psycopg.connect(pathways.store.database_url, autocommit=True) as connection:
        connection.execute("alter function pathway.record_looks rename to away")

    answer = auditor.get(ACCESS, about=str(pathway))

    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/not-traced")


def test_looks_go_to_the_cef_file_of_the_setting(
    pathways: Pathways, counsellor: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "access.cef"
    monkeypatch.setenv("ACCESS_CEF_FILE", str(file))
    pathway = counsellor.enrolled()
    app = create_app(pathways, None, tokens_of(counsellor.issuer), "")  # pyright: ignore[reportArgumentType]

    Caller(app, counsellor.issuer).get(f"/v1/pathways/{pathway}")
    Caller(app, counsellor.issuer, OPERATOR).get(f"/v1/pathways/{pathway}")

    permitted, denied = file.read_text().splitlines()
    assert "|INFO|" in permitted
    assert f"suid={COUNSELLOR} duid={pathways.standing(pathway).pathway.person_ref}" in permitted
    assert "|WARN|" in denied
    assert f"suid={OPERATOR}" in denied


def test_a_citizens_request_is_answered_by_command(
    counsellor: Caller, pathways: Pathways, run: Run
) -> None:
    pathway = counsellor.enrolled()
    person = str(pathways.standing(pathway).pathway.person_ref)
    counsellor.get(f"/v1/pathways/{pathway}")

    result = run("access", "about", pathway, "--csv", "--from", "2015-10-01")

    assert result.exit_code == 0, result.output
    command, look = csv.DictReader(result.stdout.splitlines())
    assert (look["caller"], look["about"], look["endpoint"]) == (
        COUNSELLOR,
        person,
        "pathway_state",
    )
    assert (command["endpoint"], command["purpose"]) == ("pathway access about", "INZAGEVERZOEK")
    shown = run("access", "about", person, "--until", "2015-10-01").stdout
    assert COUNSELLOR in shown
    assert "1 looks." in shown


def test_the_audit_names_a_look_that_was_altered(
    counsellor: Caller, pathways: Pathways, run: Run
) -> None:
    counsellor.get(f"/v1/pathways/{counsellor.enrolled()}")
    good = run("audit", "looks")
    with psycopg.connect(pathways.store.database_url) as connection:
        connection.execute("alter table pathway.access_row disable trigger all")
        connection.execute("update pathway.access_row set caller_ref = 'somebody-else'")

    bad = run("audit", "looks")

    assert (good.exit_code, bad.exit_code) == (0, 1)
    assert "Compared 1 looks: no difference." in good.stdout
    assert "look 1: its hash is not that of what it says" in bad.stdout
