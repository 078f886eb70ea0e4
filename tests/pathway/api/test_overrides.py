"""Overrides over HTTP: a reason shows whom a guide may not see, auditors read it, barriers stay."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx2 import Response
from pathway.application import Pathways
from pathway.domain.closing import Close
from pathway.domain.codes import ExitType
from pathway.domain.guidance import AssignCounsellor

from tests.pathway.api.client import Caller, anybody
from tests.pathway.given import ANNA, BRAM, SetClock, said

REASON = "Kwispelkanarie belde aan het onthaal; de eigen bemiddelaar is ziek."


@pytest.fixture
def pathway(counsellor: Caller, pathways: Pathways) -> UUID:
    """Anna's pathway, of a counsellor of another unit."""
    pathway = counsellor.enrolled()
    elsewhere = AssignCounsellor(
        on=date(2015, 2, 1), counsellor="bemiddelaar-04", unit="OE-VOORBEELD-ZUID"
    )
    pathways.command(pathway, [elsewhere], said("elsewhere"))
    return pathway


def asked(caller: Caller, **told: object) -> Response:
    return caller.post("/v1/overrides", {"reason": REASON} | told)


def given(caller: Caller, pathway: UUID, **told: object) -> dict[str, Any]:
    answer = asked(caller, pathway_id=str(pathway), **told)
    assert answer.status_code == 201, answer.text
    return answer.json()


def looks(pathways: Pathways, endpoint: str) -> list[tuple[str | None, str, str, str]]:
    with pathways.store.connection() as connection:
        rows = connection.execute(
            "select * from pathway.access_row where endpoint = %s order by id", (endpoint,)
        ).fetchall()
    return [(row["about"], row["rule"], row["decision"], row["purpose"]) for row in rows]


def told(answer: Response) -> dict[str, object]:
    """What an answer says, but for its correlation."""
    return {"status": answer.status_code} | answer.json() | {"correlation_id": ""}


@pytest.mark.parametrize("by", ["insz", "pathway_id"])
def test_a_reason_shows_a_pathway_of_others_for_as_long_as_asked(
    counsellor: Caller, pathways: Pathways, pathway: UUID, clock: SetClock, by: str
) -> None:
    person = str(pathways.vault.references([ANNA.insz])[ANNA.insz])
    assert counsellor.get(f"/v1/pathways/{pathway}").status_code == 404

    answer = asked(counsellor, hours=3, **{by: ANNA.insz if by == "insz" else str(pathway)})

    assert answer.status_code == 201
    assert answer.json() | {"override_id": ""} == {
        "override_id": "",
        "person_ref": person,
        "pathways": [str(pathway)],
        "rule": "VAN_ANDEREN",
        "until": "2015-10-01T12:00:00Z",
    }
    assert looks(pathways, "give_override") == [(person, "VAN_ANDEREN", "PERMIT", "BEGELEIDING")]
    assert counsellor.get(f"/v1/pathways/{pathway}").status_code == 200
    assert looks(pathways, "pathway_state")[-1][1:3] == ("DOORBREKING", "PERMIT")

    clock.forward(hours=3)
    assert counsellor.get(f"/v1/pathways/{pathway}").status_code == 404


def test_by_itself_a_reason_holds_for_24_hours_and_never_longer(
    counsellor: Caller, pathway: UUID
) -> None:
    refused = asked(counsellor, pathway_id=str(pathway), hours=25)

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "#/hours"
    assert given(counsellor, pathway)["until"] == "2015-10-02T09:00:00Z"


def test_a_partner_gives_a_reason_and_a_colleague_has_nothing_of_it(
    counsellor: Caller, pathway: UUID
) -> None:
    partner = counsellor.signed_in_as("partner-01")

    assert given(partner, pathway)["rule"] == "VAN_ANDEREN"

    assert counsellor.get(f"/v1/pathways/{pathway}").status_code == 404
    assert given(counsellor.signed_in_as("teamleider-01"), pathway)["rule"] == "VAN_ANDEREN"


def test_who_died_is_shown_for_a_reason(
    counsellor: Caller, pathways: Pathways, pathway: UUID
) -> None:
    closed = Close(on=date(2015, 9, 1), exit_type=ExitType.OVERLIJDEN)
    pathways.command(pathway, [closed], said("closed"))

    assert given(counsellor.signed_in_as("bemiddelaar-04"), pathway)["rule"] == "OVERLEDEN"


@pytest.mark.parametrize("by", ["insz", "pathway_id"])
def test_who_sees_already_is_told_that_no_reason_is_needed(
    counsellor: Caller, pathways: Pathways, pathway: UUID, by: str
) -> None:
    holder = counsellor.signed_in_as("bemiddelaar-04")

    answer = asked(holder, **{by: ANNA.insz if by == "insz" else str(pathway)})

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/nothing-to-override")
    assert looks(pathways, "give_override")[0][1:3] == ("EIGEN_CASELOAD", "PERMIT")


@pytest.mark.parametrize("by", ["insz", "pathway_id"])
@pytest.mark.parametrize("kind", ["EIGEN_DOSSIER", "VERWANT", "VERTROUWELIJK", "COLLEGA"])
def test_before_a_barrier_the_answer_is_that_of_nobody(
    counsellor: Caller, pathways: Pathways, pathway: UUID, kind: str, by: str
) -> None:
    person = str(pathways.vault.references([ANNA.insz])[ANNA.insz])
    of_whom = {"COLLEGA": "bemiddelaar-05", "VERTROUWELIJK": None}.get(kind, counsellor.who)
    barrier = {
        "kind": "EIGEN_DOSSIER" if kind == "COLLEGA" else kind,
        "insz": ANNA.insz,
        "motive": "EIGEN_MELDING",
    } | ({"caller_ref": of_whom} if of_whom else {})
    set_ = counsellor.signed_in_as("beheerder-01").post("/v1/barriers", barrier)
    assert set_.status_code == 201

    hidden = asked(counsellor, **{by: ANNA.insz if by == "insz" else str(pathway)})
    nobody = asked(counsellor, **{by: BRAM.insz if by == "insz" else str(uuid4())})

    assert told(hidden) == told(nobody)
    assert hidden.status_code == 404
    traced = looks(pathways, "give_override")
    assert traced[0] == (person, kind, "DENY", "BEGELEIDING")
    assert traced[1][2] == "DENY"
    with pathways.store.connection() as connection:
        assert connection.execute("select from pathway.override").fetchall() == []


def test_the_reason_stands_sealed_and_auditors_read_it_leaving_a_look(
    counsellor: Caller, pathways: Pathways, pathway: UUID
) -> None:
    override = given(counsellor, pathway)
    auditor = counsellor.signed_in_as("auditor-01")

    answer = auditor.get("/v1/overrides")

    shown = {name: override[name] for name in ("override_id", "person_ref", "rule", "until")}
    assert answer.json() == {
        "overrides": [
            shown
            | {
                "caller_ref": counsellor.who,
                "organisation": "OVO000083",
                "reason": REASON,
                "since": "2015-10-01T09:00:00Z",
                "ended_at": None,
            }
        ],
        "next_cursor": None,
    }
    assert looks(pathways, "overrides") == [(override["person_ref"], "ALLES", "PERMIT", "TOEZICHT")]
    with pathways.store.connection() as connection:
        rows = connection.execute("select o::text as told, reason from pathway.override o")
        [row] = rows.fetchall()
    assert "Kwispelkanarie" not in row["told"]
    assert b"Kwispelkanarie".hex() not in row["told"]
    assert b"Kwispelkanarie" not in bytes(row["reason"])


def test_auditors_read_page_by_page_and_not_about_themselves(
    counsellor: Caller, pathway: UUID
) -> None:
    administrator, auditor = (counsellor.signed_in_as(w) for w in ("beheerder-01", "auditor-01"))
    partner = counsellor.signed_in_as("partner-01")
    first, second = given(counsellor, pathway), given(partner, pathway)

    newest = auditor.get("/v1/overrides", limit=1).json()
    older = auditor.get("/v1/overrides", limit=1, cursor=newest["next_cursor"]).json()
    assert [newest["overrides"][0]["override_id"], older["overrides"][0]["override_id"]] == [
        second["override_id"],
        first["override_id"],
    ]
    assert older["next_cursor"] is None

    own = {"kind": "EIGEN_DOSSIER", "insz": ANNA.insz, "motive": "EIGEN_MELDING"}
    administrator.post("/v1/barriers", own | {"caller_ref": "auditor-01"})
    assert auditor.get("/v1/overrides").json() == {"overrides": [], "next_cursor": None}


def test_its_own_caller_ends_an_override_and_others_are_told_as_of_none(
    counsellor: Caller, pathways: Pathways, pathway: UUID
) -> None:
    override = given(counsellor, pathway)
    address = f"/v1/overrides/{override['override_id']}/end"

    other = counsellor.signed_in_as("partner-01").post(address, None)
    nowhere = counsellor.post(f"/v1/overrides/{uuid4()}/end", None)
    assert counsellor.get(f"/v1/pathways/{pathway}").status_code == 200
    ended = counsellor.post(address, None)

    assert told(other) == told(nowhere)
    assert (other.status_code, other.json()["type"]) == (404, "/problems/unknown-override")
    assert ended.json() == {
        "override_id": override["override_id"],
        "until": override["until"],
        "ended_at": "2015-10-01T09:00:00Z",
    }
    assert counsellor.get(f"/v1/pathways/{pathway}").status_code == 404
    assert looks(pathways, "end_override") == [
        (None, "RIJ", "DENY", "BEGELEIDING"),
        (None, "RIJ", "DENY", "BEGELEIDING"),
        (override["person_ref"], "VAN_ANDEREN", "PERMIT", "BEGELEIDING"),
    ]


@pytest.mark.parametrize(
    "body",
    [
        {"reason": REASON},
        {"reason": REASON, "insz": ANNA.insz, "pathway_id": str(uuid4())},
        {"pathway_id": str(uuid4())},
        {"pathway_id": str(uuid4()), "reason": "te kort"},
        {"pathway_id": str(uuid4()), "reason": "kort      \n    "},
        {"pathway_id": str(uuid4()), "reason": "x" * 1001},
        {"pathway_id": str(uuid4()), "reason": "een bel\x07 in de tekst"},
        {"pathway_id": str(uuid4()), "reason": REASON, "hours": 0},
        {"pathway_id": str(uuid4()), "reason": REASON, "hours": 1.5},
        {"insz": "84.05.17-998.98", "reason": REASON},
    ],
)
def test_a_question_that_is_none_is_refused_and_its_reason_not_told(
    counsellor: Caller, body: dict[str, object]
) -> None:
    answer = counsellor.post("/v1/overrides", body)

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-request")
    assert "Kwispelkanarie" not in answer.text
    assert ANNA.insz not in answer.text


def test_of_a_destroyed_person_no_reason_can_be_kept(
    counsellor: Caller, pathways: Pathways, pathway: UUID
) -> None:
    given(counsellor, pathway)
    with pathways.store.connection() as connection:
        connection.execute("delete from vault.person")

    answer = asked(counsellor.signed_in_as("partner-01"), pathway_id=str(pathway))

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/person-destroyed")
    auditor = counsellor.signed_in_as("auditor-01")
    assert [one["reason"] for one in auditor.get("/v1/overrides").json()["overrides"]] == [None]


def test_what_cannot_be_traced_is_not_lifted(
    counsellor: Caller, pathways: Pathways, pathway: UUID
) -> None:
    with pathways.store.connection() as connection:
        connection.execute("drop function pathway.record_looks")

    answer = asked(counsellor, pathway_id=str(pathway))

    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/not-traced")
    with pathways.store.connection() as connection:
        assert connection.execute("select from pathway.override").fetchall() == []


def test_a_reason_about_one_person_shows_no_other(
    counsellor: Caller, pathways: Pathways, pathway: UUID
) -> None:
    other = counsellor.enrolled(anybody())
    elsewhere = AssignCounsellor(on=date(2015, 2, 1), counsellor="b-9", unit="OE-9")
    pathways.command(other, [elsewhere], said("other"))

    given(counsellor, pathway)

    assert counsellor.get(f"/v1/pathways/{other}").status_code == 404
