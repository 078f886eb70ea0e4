"""Who people are, over HTTP; and the trace that every look leaves."""

import json
import logging
from collections.abc import Iterator
from datetime import date
from io import StringIO
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
import structlog
from pathway.application import Pathways
from plumbing import logs

from tests.pathway.api.client import (
    ASSIGN,
    AUDITOR,
    COUNSELLOR,
    ENROL,
    OPERATOR,
    START_IBO,
    SYSTEM,
    Caller,
)
from tests.pathway.given import BRAM
from tests.people import invented_insz

NOBODY = invented_insz(date(1990, 2, 3), 17)
BRAMS = ENROL | BRAM.model_dump()


def person_of(pathways: Pathways, pathway: UUID) -> UUID:
    return pathways.standing(pathway).pathway.person_ref


def access_rows(pathways: Pathways) -> list[dict[str, Any]]:
    """What was traced so far."""
    with pathways.store.connection() as connection:
        return connection.execute("select * from pathway.access_row order by id").fetchall()


def told(rows: list[dict[str, Any]]) -> list[tuple[str, str, str | None, str]]:
    ordered = sorted(rows, key=lambda row: row["id"])
    return [(r["caller_ref"], r["endpoint"], r["about"], r["decision"]) for r in ordered]


def test_a_person_is_looked_up_by_insz_with_every_pathway(
    counsellor: Caller, pathways: Pathways
) -> None:
    first = counsellor.enrolled()
    closing = {"on": "2015-09-01", "exit_type": "UITSCHRIJVING"}
    counsellor.command(first, "close", closing, 1)
    second = counsellor.enrolled(ENROL | {"on": "2015-09-15"})
    counsellor.enrolled(BRAMS)

    answer = counsellor.post("/v1/persons/look-up", {"insz": ENROL["insz"]})

    assert answer.json() == {
        "person_ref": str(person_of(pathways, first)),
        "also": [],
        "number": "CURRENT",
        "pathways": [
            {"pathway_id": str(first), "open": False},
            {"pathway_id": str(second), "open": True},
        ],
    }


def test_who_was_never_enrolled_is_not_found(counsellor: Caller) -> None:
    answer = counsellor.post("/v1/persons/look-up", {"insz": NOBODY})

    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/unknown-person")
    assert NOBODY not in answer.text


def test_names_are_told_in_batches(counsellor: Caller, pathways: Pathways) -> None:
    people = [person_of(pathways, counsellor.enrolled(body)) for body in (ENROL, BRAMS)]
    asked = [str(one) for one in (*people, uuid4(), people[0])]

    answer = counsellor.post("/v1/persons/names", {"references": asked})

    assert answer.json()["names"] == [
        {"person_ref": str(people[0]), "last_name": "Testers", "first_name": "Anna"},
        {"person_ref": str(people[1]), "last_name": "Proefman", "first_name": "Bram"},
    ]


@pytest.mark.parametrize("count", [0, 201])
def test_names_are_told_of_at_most_200_at_once(counsellor: Caller, count: int) -> None:
    asked = {"references": [str(uuid4()) for _ in range(count)]}

    assert counsellor.post("/v1/persons/names", asked).status_code == 422


def test_every_look_at_a_person_leaves_a_row(counsellor: Caller, pathways: Pathways) -> None:
    pathway = counsellor.enrolled()
    anna = str(person_of(pathways, pathway))
    assert access_rows(pathways) == []

    counsellor.get(f"/v1/pathways/{pathway}")
    counsellor.get(f"/v1/pathways/{pathway}/history")
    counsellor.post("/v1/persons/look-up", {"insz": ENROL["insz"]})
    counsellor.post("/v1/persons/names", {"references": [anna]})
    counsellor.enrol()

    rows = access_rows(pathways)
    assert told(rows) == [
        (COUNSELLOR, "pathway_state", anna, "PERMIT"),
        (COUNSELLOR, "pathway_history", anna, "PERMIT"),
        (COUNSELLOR, "look_up_person", anna, "PERMIT"),
        (COUNSELLOR, "person_names", anna, "PERMIT"),
        # The refused second enrolment said that this person has an open pathway.
        (COUNSELLOR, "enrol", anna, "PERMIT"),
    ]
    assert {r["purpose"] for r in rows} == {"BEGELEIDING"}
    assert {(r["caller_kind"], r["organisation"]) for r in rows} == {("BEMIDDELAAR", "OVO000083")}


def test_a_row_says_which_request_it_was(counsellor: Caller, pathways: Pathways) -> None:
    pathway = counsellor.enrolled()

    answer = counsellor.get(f"/v1/pathways/{pathway}")

    [row] = access_rows(pathways)
    assert row["correlation_id"] == answer.headers["x-correlation-id"]


def test_every_look_that_was_denied_leaves_a_row(counsellor: Caller, pathways: Pathways) -> None:
    pathway = counsellor.enrolled()
    anna = str(person_of(pathways, pathway))
    operator, system = counsellor.signed_in_as(OPERATOR), counsellor.signed_in_as(SYSTEM)
    nowhere, nobody = uuid4(), uuid4()

    answers = [
        operator.get(f"/v1/pathways/{pathway}"),
        operator.get(f"/v1/pathways/{nowhere}"),
        operator.get("/v1/pathways/not-an-id"),
        system.post("/v1/persons/look-up", {"insz": ENROL["insz"]}),
        system.command(pathway, "assign-counsellor", ASSIGN, 1),
        counsellor.get(f"/v1/pathways/{nowhere}"),
        counsellor.get(f"/v1/pathways/{pathway}", version=9),
        counsellor.get(f"/v1/pathways/{nowhere}/history"),
        counsellor.post("/v1/persons/look-up", {"insz": NOBODY}),
        counsellor.post("/v1/persons/names", {"references": [str(nobody)]}),
    ]

    assert [a.status_code for a in answers] == [403] * 5 + [404] * 4 + [200]
    assert told(access_rows(pathways)) == [
        (OPERATOR, "pathway_state", anna, "DENY"),
        (OPERATOR, "pathway_state", str(nowhere), "DENY"),
        (OPERATOR, "pathway_state", None, "DENY"),
        (SYSTEM, "look_up_person", None, "DENY"),
        (SYSTEM, "assign_counsellor", anna, "DENY"),
        (COUNSELLOR, "pathway_state", str(nowhere), "DENY"),
        (COUNSELLOR, "pathway_state", anna, "DENY"),
        (COUNSELLOR, "pathway_history", str(nowhere), "DENY"),
        (COUNSELLOR, "look_up_person", None, "DENY"),
        (COUNSELLOR, "person_names", str(nobody), "DENY"),
    ]


def test_what_cannot_be_traced_is_not_shown(counsellor: Caller, pathways: Pathways) -> None:
    pathway = counsellor.enrolled()
    anna = str(person_of(pathways, pathway))
    with psycopg.connect(pathways.store.database_url, autocommit=True) as connection:
        connection.execute("alter table pathway.access_row rename to access_row_away")

    answers = [
        counsellor.get(f"/v1/pathways/{pathway}"),
        counsellor.get(f"/v1/pathways/{pathway}/history"),
        counsellor.post("/v1/persons/look-up", {"insz": ENROL["insz"]}),
        counsellor.post("/v1/persons/names", {"references": [anna]}),
        counsellor.signed_in_as(OPERATOR).get(f"/v1/pathways/{pathway}"),
    ]

    for answer in answers:
        assert (answer.status_code, answer.json()["type"]) == (503, "/problems/not-traced")
        assert anna not in answer.text
        assert "Testers" not in answer.text


def test_refused_commands_are_kept_and_shown_the_newest_first(
    counsellor: Caller, pathways: Pathways
) -> None:
    pathway = counsellor.enrolled()
    refused = [
        counsellor.command(pathway, "start-ibo", START_IBO | {"planned_until": "2015-08-31"}, 1),
        counsellor.enrol(),
        counsellor.command(uuid4(), "assign-counsellor", ASSIGN, 1),
    ]
    auditor = counsellor.signed_in_as(AUDITOR)

    shown = auditor.get("/v1/refused").json()

    assert [one["rule"] for one in shown["refused"]] == [
        "unknown-pathway",
        "already-open",
        "end-before-start",
    ]
    oldest = shown["refused"][-1]
    assert oldest["pathway_id"] == str(pathway)
    assert (oldest["command"], oldest["field"]) == ("start-ibo", "planned_until")
    assert oldest["detail"] == refused[0].json()["detail"]
    assert oldest["correlation_id"] == refused[0].headers["x-correlation-id"]
    assert oldest["actor"]["ref"] == COUNSELLOR
    assert oldest["refused_at"] == "2015-10-01T09:00:00Z"
    assert ENROL["insz"] not in json.dumps(shown)
    assert told(access_rows(pathways))[-1] == (
        AUDITOR,
        "refused_commands",
        str(person_of(pathways, pathway)),
        "PERMIT",
    )


def test_a_refusal_repeated_under_its_key_is_kept_once(counsellor: Caller) -> None:
    counsellor.enrolled()
    counsellor.enrol(key="once")
    counsellor.enrol(key="once")

    shown = counsellor.signed_in_as(AUDITOR).get("/v1/refused").json()["refused"]

    assert len(shown) == 1


def test_refused_commands_are_read_page_by_page_and_by_pathway(counsellor: Caller) -> None:
    pathway = counsellor.enrolled()
    for _ in range(3):
        counsellor.command(pathway, "record-characteristics", {"on": "2015-02-01"}, 1)
    counsellor.enrol()
    auditor = counsellor.signed_in_as(AUDITOR)

    first = auditor.get("/v1/refused", pathway=str(pathway), limit=2).json()
    second = auditor.get(
        "/v1/refused", pathway=str(pathway), limit=2, cursor=first["next_cursor"]
    ).json()

    assert [len(first["refused"]), len(second["refused"])] == [2, 1]
    assert second["next_cursor"] is None
    ids = [one["refused_id"] for one in (*first["refused"], *second["refused"])]
    assert ids == sorted(set(ids), reverse=True)


def test_an_operator_sees_refusals_without_their_detail(counsellor: Caller) -> None:
    counsellor.enrolled()
    counsellor.enrol()

    [one] = counsellor.signed_in_as(OPERATOR).get("/v1/refused").json()["refused"]

    assert (one["rule"], one["detail"]) == ("already-open", None)


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What is logged, down to the last detail."""
    written, root = StringIO(), logging.getLogger()
    before = (root.handlers[:], root.level)
    logs.configure("tests", level="DEBUG", stream=written)
    yield written
    root.handlers[:], root.level = before
    structlog.reset_defaults()


def test_no_insz_and_no_name_in_any_log_line_or_error(
    counsellor: Caller, pathways: Pathways, log: StringIO
) -> None:
    insz, dotted = ENROL["insz"], f"{ENROL['insz'][:6]}-{ENROL['insz'][6:]}"
    errors = []
    pathway = counsellor.enrolled()
    counsellor.post("/v1/persons/look-up", {"insz": insz})
    errors += [
        counsellor.enrol(),
        counsellor.enrol(ENROL | {"insz": insz[:-1] + "x"}),
        counsellor.enrol(ENROL | {"on": insz}),
        counsellor.enrol(ENROL | {insz: 1, dotted: 2}),
        counsellor.enrol(ENROL | {"channel": dotted}),
        counsellor.get(f"/v1/pathways/{insz}"),
        counsellor.get(f"/v1/{insz}"),
        counsellor.get(f"/v1/pathways/{pathway}", as_of=insz),
        counsellor.command(pathway, "assign-counsellor", ASSIGN | {"unit": f"{insz} x"}, 1),
        counsellor.post("/v1/persons/look-up", {"insz": insz + "0"}),
        counsellor.post("/v1/persons/look-up", [insz]),
        counsellor.http.post("/v1/pathways", content=f"{{{insz}", headers={
            "Content-Type": "application/json", "Idempotency-Key": insz}),
    ]  # fmt: skip

    written = log.getvalue()
    assert all(e.status_code >= 400 for e in errors)
    assert len(written.splitlines()) > len(errors)
    everything = written + "".join(e.text for e in errors)
    for secret in (insz, dotted, ENROL["last_name"], insz[:-1] + "x"):
        assert secret not in everything
    with pathways.store.connection() as connection:
        kept = connection.execute("select * from pathway.refused_command").fetchall()
        kept += connection.execute("select * from pathway.access_row").fetchall()
    assert insz not in str(kept)
    assert ENROL["last_name"] not in str(kept)
