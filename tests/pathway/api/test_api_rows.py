"""About whom the API answers: others' people are told like people who do not exist."""

from collections.abc import Callable
from datetime import date
from uuid import UUID, uuid4

import psycopg
import pytest
from embedded.issuer_users import PARTNER_KBO
from pathway.application import Pathways

from tests.pathway.api.client import AUDITOR, ENROL, LEADER, START_IBO, Caller
from tests.people import invented_insz

STRANGER = invented_insz(date(1985, 7, 30), 33)
OTHERS = "bemiddelaar-04"
NOTE = {"kind": "CONTACT", "text": "Belde terug."}
SOUTH = {"on": "2015-02-01", "counsellor": OTHERS, "unit": "OE-VOORBEELD-ZUID"}
NORTH = {"on": "2015-02-01", "counsellor": "bemiddelaar-02", "unit": "OE-VOORBEELD-NOORD"}


@pytest.fixture
def of_others(counsellor: Caller) -> UUID:
    """A pathway that the counsellor enrolled and that another unit guides since."""
    pathway = counsellor.enrolled()
    assert counsellor.command(pathway, "assign-counsellor", SOUTH, 1).status_code == 200
    return pathway


def person_of(pathways: Pathways, pathway: UUID) -> str:
    return str(pathways.standing(pathway).pathway.person_ref)


ASKED: dict[str, Callable[[Caller, UUID], object]] = {
    "state": lambda who, pathway: who.get(f"/v1/pathways/{pathway}"),
    "state on a day": lambda who, pathway: who.get(f"/v1/pathways/{pathway}", as_of="2014-01-01"),
    "state at a version": lambda who, pathway: who.get(f"/v1/pathways/{pathway}", version=9),
    "history": lambda who, pathway: who.get(f"/v1/pathways/{pathway}/history"),
    "notes": lambda who, pathway: who.get(f"/v1/pathways/{pathway}/notes"),
    "a note": lambda who, pathway: who.post(
        f"/v1/pathways/{pathway}/notes", NOTE, idempotency_key=f"n-{pathway}"
    ),
    "a command": lambda who, pathway: who.command(pathway, "start-ibo", START_IBO, 2),
    "a command on another version": lambda who, pathway: who.command(
        pathway, "start-ibo", START_IBO, 1
    ),
}


@pytest.mark.parametrize("asked", ASKED)
def test_a_pathway_of_others_is_answered_like_one_that_is_not_there(
    counsellor: Caller, of_others: UUID, asked: str
) -> None:
    hidden = told(ASKED[asked](counsellor, of_others))
    unknown = told(ASKED[asked](counsellor, uuid4()))

    assert hidden == unknown
    assert hidden["status"] == 404


@pytest.mark.parametrize("who", [OTHERS, AUDITOR])
def test_who_holds_it_sees_it(counsellor: Caller, of_others: UUID, who: str) -> None:
    assert counsellor.signed_in_as(who).get(f"/v1/pathways/{of_others}").status_code == 200


def test_the_unit_sees_what_a_colleague_guides(counsellor: Caller) -> None:
    pathway = counsellor.enrolled()
    counsellor.command(pathway, "assign-counsellor", NORTH, 1)

    for who in (counsellor.who, LEADER):
        assert counsellor.signed_in_as(who).get(f"/v1/pathways/{pathway}").status_code == 200
    assert counsellor.signed_in_as(OTHERS).get(f"/v1/pathways/{pathway}").status_code == 404


def test_who_hands_a_pathway_over_sees_it_no_more_and_who_received_it_does(
    counsellor: Caller,
) -> None:
    pathway = counsellor.enrolled()
    mine = NORTH | {"counsellor": counsellor.who}
    counsellor.command(pathway, "assign-counsellor", mine, 1)

    given = SOUTH | {"on": "2015-03-02", "reason": "VERHUIZING"}
    assert counsellor.command(pathway, "transfer-counsellor", given, 2).status_code == 200

    seen = {
        who: counsellor.signed_in_as(who).get(f"/v1/pathways/{pathway}").status_code
        for who in (counsellor.who, LEADER, OTHERS)
    }
    assert seen == {counsellor.who: 404, LEADER: 404, OTHERS: 200}


def test_what_nobody_guides_is_seen_by_the_leader_of_its_unit_and_by_no_other_unit(
    counsellor: Caller,
) -> None:
    pathway = counsellor.enrolled()
    counsellor.command(pathway, "assign-counsellor", NORTH, 1)

    ended = {"on": "2015-03-02", "reason": "UIT_DIENST"}
    assert counsellor.command(pathway, "unassign-counsellor", ended, 2).status_code == 200

    leader = counsellor.signed_in_as(LEADER).get(f"/v1/pathways/{pathway}")
    assert leader.json()["state"]["counsellor"] is None
    assert counsellor.signed_in_as(OTHERS).get(f"/v1/pathways/{pathway}").status_code == 404


@pytest.mark.parametrize(("handed_over", "sees"), [("2015-09-15", 200), ("2015-08-01", 404)])
def test_a_provider_sees_whom_it_guides_and_forty_days_longer(
    counsellor: Caller, handed_over: str, sees: int
) -> None:
    pathway = counsellor.enrolled()
    partner = counsellor.signed_in_as("partner-01")
    referral = {"on": "2015-07-01", "provider": PARTNER_KBO, "scheme": "IWPL_SUBSIDIE"}

    def seen() -> int:
        return partner.get(f"/v1/pathways/{pathway}").status_code

    counsellor.command(pathway, "refer-to-provider", referral, 1)
    waits = seen()
    counsellor.command(pathway, "confirm-referral", {"on": "2015-07-06"}, 2)
    guides = seen()
    to = {"to_organisation": "0887010362", "reason": "OVERDRACHT", "agreement_ref": "AKKOORD-1"}
    changed = {"on": handed_over, **to}
    counsellor.command(pathway, "change-guiding-organisation", changed, 3)

    assert (waits, guides, seen()) == (404, 200, sees)


def test_people_of_others_have_no_name_and_are_not_found(
    counsellor: Caller, of_others: UUID, pathways: Pathways
) -> None:
    person = person_of(pathways, of_others)

    names = counsellor.post("/v1/persons/names", {"references": [person]})
    search = counsellor.post("/v1/persons/search", {"name": str(ENROL["last_name"])})
    look_up = counsellor.post("/v1/persons/look-up", {"insz": ENROL["insz"]})
    nobody = counsellor.post("/v1/persons/look-up", {"insz": STRANGER})

    assert names.json() == {"names": []}
    assert search.json() == {"people": [], "more": False}
    assert told(look_up) == told(nobody)
    assert look_up.status_code == 404


def test_a_person_of_others_cannot_be_enrolled_and_is_not_told_where(
    counsellor: Caller, of_others: UUID
) -> None:
    refused = counsellor.enrol()

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/already-open")
    assert str(of_others) not in refused.text
    own = counsellor.signed_in_as(OTHERS).enrol()
    assert str(of_others) in own.text


def test_a_closed_pathway_is_hidden_after_forty_days(counsellor: Caller) -> None:
    old = counsellor.enrolled()
    counsellor.command(old, "close", {"on": "2015-02-01", "exit_type": "UITSCHRIJVING"}, 1)
    new = counsellor.enrolled(ENROL | {"on": "2015-09-01"})

    found = counsellor.post("/v1/persons/look-up", {"insz": ENROL["insz"]}).json()

    assert found["pathways"] == [{"pathway_id": str(new), "open": True}]
    assert counsellor.get(f"/v1/pathways/{old}").status_code == 404
    assert counsellor.signed_in_as(AUDITOR).get(f"/v1/pathways/{old}").status_code == 200


def test_a_linked_person_is_seen_by_who_holds_either(
    counsellor: Caller, of_others: UUID, pathways: Pathways
) -> None:
    other = counsellor.enrolled(ENROL | {"insz": STRANGER})
    admin = counsellor.signed_in_as("beheerder-01")
    people = [person_of(pathways, one) for one in (of_others, other)]
    admin.post("/v1/persons/link", {"person_ref": people[0], "same_as": people[1], "source": "KSZ"})

    names = counsellor.post("/v1/persons/names", {"references": people}).json()["names"]

    assert {name["person_ref"] for name in names} == set(people)
    assert counsellor.get(f"/v1/pathways/{of_others}").status_code == 404


@pytest.mark.parametrize("kind", ["EIGEN_DOSSIER", "VERWANT", "VERTROUWELIJK"])
def test_a_barrier_hides_the_person_from_their_own_counsellor(
    counsellor: Caller, pathways: Pathways, pathway_url: str, kind: str
) -> None:
    pathway = counsellor.enrolled()
    person = person_of(pathways, pathway)
    bar(pathway_url, kind, person, None if kind == "VERTROUWELIJK" else counsellor.who)

    assert counsellor.get(f"/v1/pathways/{pathway}").status_code == 404
    assert counsellor.post("/v1/persons/look-up", {"insz": ENROL["insz"]}).status_code == 404
    colleague = counsellor.signed_in_as("bemiddelaar-02").get(f"/v1/pathways/{pathway}")
    assert colleague.status_code == (200 if kind == "VERWANT" else 404)
    looks = counsellor.signed_in_as(AUDITOR)
    if kind == "VERWANT":
        told_of = looks.get("/v1/access", about=person, limit=200).json()["looks"]
        denied = [look["rule"] for look in told_of if look["decision"] == "DENY"]
        assert denied == ["VERWANT", "VERWANT"]


def test_an_administrator_changes_nothing_in_their_own_file(
    counsellor: Caller, pathways: Pathways, pathway_url: str
) -> None:
    pathway = counsellor.enrolled()
    admin = counsellor.signed_in_as("beheerder-01")
    bar(pathway_url, "EIGEN_DOSSIER", person_of(pathways, pathway), admin.who)
    cancelling = {"since": "2015-09-01", "source": "KSZ"}

    own = admin.post("/v1/persons/cancel-number", cancelling | {"insz": ENROL["insz"]})
    nobodys = admin.post("/v1/persons/cancel-number", cancelling | {"insz": STRANGER})

    assert told(own) == told(nobodys)
    assert own.status_code == 409


def test_a_reason_shows_a_pathway_and_changes_nothing(counsellor: Caller, of_others: UUID) -> None:
    reason = {"pathway_id": str(of_others), "reason": "Staat hier aan het loket.", "hours": 1}
    assert counsellor.post("/v1/overrides", reason).status_code == 201
    assert counsellor.get(f"/v1/pathways/{of_others}").status_code == 200

    mine = {"on": "2015-03-01", "counsellor": counsellor.who, "unit": "OE-VOORBEELD-NOORD"}
    taken = counsellor.command(of_others, "assign-counsellor", mine, 2)
    noted = counsellor.post(f"/v1/pathways/{of_others}/notes", NOTE, idempotency_key="n-1")

    for refused in (taken, noted):
        assert (refused.status_code, refused.json()["type"]) == (403, "/problems/only-seen")
    assert counsellor.get(f"/v1/pathways/{of_others}/notes").json()["notes"] == []
    assert rules_of(counsellor, of_others)[:2] == [
        ("write_note", "DOORBREKING", "PERMIT"),
        ("assign_counsellor", "DOORBREKING", "PERMIT"),
    ]


def test_what_a_refused_command_tells_is_a_look(counsellor: Caller) -> None:
    pathway = counsellor.enrolled()
    counsellor.command(pathway, "start-ibo", START_IBO, 1)

    closing = {"on": "2015-09-15", "exit_type": "UITSCHRIJVING"}
    assert counsellor.command(pathway, "close", closing, 2).status_code == 409
    assert counsellor.command(pathway, "close", closing, 1).status_code == 412

    assert rules_of(counsellor, pathway) == [("close", "ZONDER_EENHEID", "PERMIT")] * 2


def test_a_repeated_command_is_answered_also_when_it_hid_the_pathway(counsellor: Caller) -> None:
    pathway = counsellor.enrolled()
    closing = {"on": "2015-02-01", "exit_type": "UITSCHRIJVING"}

    first = counsellor.command(pathway, "close", closing, 1, key="close-1")
    again = counsellor.command(pathway, "close", closing, 1, key="close-1")

    assert (first.status_code, again.json()) == (200, first.json())
    assert counsellor.get(f"/v1/pathways/{pathway}").status_code == 404


def test_a_repeated_command_is_answered_to_nobody_before_whom_a_barrier_came(
    counsellor: Caller, pathways: Pathways, pathway_url: str
) -> None:
    pathway = UUID(counsellor.enrol(key="enrolment-1").json()["pathway_id"])
    counsellor.command(pathway, "start-ibo", START_IBO, 1, key="start-1")
    bar(pathway_url, "VERTROUWELIJK", person_of(pathways, pathway), None)

    again = counsellor.command(pathway, "start-ibo", START_IBO, 1, key="start-1")
    enrolled = counsellor.enrol(key="enrolment-1")

    assert again.status_code == 404
    assert (enrolled.status_code, str(pathway) in enrolled.text) == (409, False)


@pytest.mark.parametrize("hidden_by", ["OVERLIJDEN", "VERWANT"])
def test_a_new_pathway_is_no_way_past_death_or_a_barrier(
    counsellor: Caller, pathways: Pathways, pathway_url: str, hidden_by: str
) -> None:
    pathway = counsellor.enrolled()
    exit_type = hidden_by if hidden_by == "OVERLIJDEN" else "UITSCHRIJVING"
    counsellor.command(pathway, "close", {"on": "2015-09-15", "exit_type": exit_type}, 1)
    if hidden_by == "VERWANT":
        bar(pathway_url, "VERWANT", person_of(pathways, pathway), counsellor.who)

    refused = counsellor.enrol(ENROL | {"on": "2015-09-20"})

    assert refused.status_code == 409
    assert "2015" not in refused.text
    assert "errors" not in refused.json()


def test_what_is_wrong_with_an_enrolment_itself_is_told_first(
    counsellor: Caller, of_others: UUID
) -> None:
    nothing = {"characteristics": {}}

    known = counsellor.enrol(ENROL | nothing)
    unknown = counsellor.enrol(ENROL | nothing | {"insz": STRANGER})

    assert told(known) == told(unknown)
    assert known.status_code == 422


@pytest.fixture
def closed_long_ago(counsellor: Caller, of_others: UUID) -> UUID:
    closing = {"on": "2015-03-01", "exit_type": "UITSCHRIJVING"}
    closed = counsellor.signed_in_as(OTHERS).command(of_others, "close", closing, 2)
    assert closed.status_code == 200
    return of_others


@pytest.mark.parametrize("wrong", ["last_name", "first_name"])
def test_by_a_number_and_another_name_nobody_of_others_is_enrolled_and_named(
    counsellor: Caller, closed_long_ago: UUID, pathways: Pathways, wrong: str
) -> None:
    again = ENROL | {"on": "2015-09-01"}
    person = person_of(pathways, closed_long_ago)

    refused = counsellor.enrol(again | {wrong: "Anders"})

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/already-open")
    assert "reason" in refused.json()["detail"]
    assert counsellor.post("/v1/persons/look-up", {"insz": ENROL["insz"]}).status_code == 404
    assert counsellor.post("/v1/persons/names", {"references": [person]}).json() == {"names": []}
    assert str(closed_long_ago) not in refused.text

    reason = {"insz": ENROL["insz"], "reason": "Staat hier aan het loket."}
    assert counsellor.post("/v1/overrides", reason).status_code == 201
    enrolled = counsellor.enrol(again | {wrong: "Anders"})
    assert (enrolled.status_code, enrolled.json()["warnings"]) == (
        201,
        ["name-differs", "backdated"],
    )


def test_by_number_and_name_somebody_of_others_is_enrolled_again_without_a_reason(
    counsellor: Caller, closed_long_ago: UUID
) -> None:
    again = counsellor.enrol(ENROL | {"on": "2015-09-01", "last_name": "TÉSTERS"}, key="again")
    repeated = counsellor.enrol(ENROL | {"on": "2015-09-01", "last_name": "TÉSTERS"}, key="again")

    assert (again.status_code, again.json()["warnings"]) == (201, ["backdated"])
    assert repeated.json() == again.json()


def test_a_hidden_pathway_of_a_visible_person_is_not_named_and_can_be_opened_with_a_reason(
    counsellor: Caller,
) -> None:
    old = counsellor.enrolled()
    counsellor.command(old, "close", {"on": "2015-09-15", "exit_type": "UITSCHRIJVING"}, 1)
    other = counsellor.signed_in_as(OTHERS)
    new = other.enrolled(ENROL | {"on": "2015-09-20"})
    other.command(new, "assign-counsellor", SOUTH | {"on": "2015-09-21"}, 1)

    refused = counsellor.enrol(ENROL | {"on": "2015-09-25"})
    reason = {"insz": ENROL["insz"], "reason": "Staat hier aan het loket."}
    opened = counsellor.post("/v1/overrides", reason)

    assert (refused.status_code, str(new) in refused.text) == (409, False)
    assert opened.status_code == 201
    assert counsellor.get(f"/v1/pathways/{new}").status_code == 200


def test_two_numbers_that_are_one_are_told_as_that_whoever_they_are(
    counsellor: Caller, pathways: Pathways, pathway_url: str
) -> None:
    pathway = counsellor.enrolled()
    admin = counsellor.signed_in_as("beheerder-01")
    bar(pathway_url, "EIGEN_DOSSIER", person_of(pathways, pathway), admin.who)
    change = {"since": "2015-09-01", "source": "KSZ"}

    answers = [
        told(admin.post("/v1/persons/replace-number", change | {"insz": one, "replaced_by": one}))
        for one in (str(ENROL["insz"]), STRANGER)
    ]

    assert answers[0] == answers[1]


def test_a_refusal_about_somebody_behind_a_barrier_is_not_listed(
    counsellor: Caller, pathways: Pathways, pathway_url: str
) -> None:
    pathway = counsellor.enrolled()
    counsellor.command(pathway, "close", {"on": "2014-01-01", "exit_type": "UITSCHRIJVING"}, 1)
    auditor = counsellor.signed_in_as(AUDITOR)
    assert len(auditor.get("/v1/refused").json()["refused"]) == 1

    bar(pathway_url, "VERWANT", person_of(pathways, pathway), auditor.who)

    assert auditor.get("/v1/refused").json()["refused"] == []


def test_no_gap_and_no_cursor_tells_of_refusals_about_somebody_behind_a_barrier(
    counsellor: Caller, pathways: Pathways, pathway_url: str
) -> None:
    shown, hidden = counsellor.enrolled(), counsellor.enrolled(ENROL | {"insz": STRANGER})
    for pathway in (shown, hidden, hidden, hidden, shown, hidden, shown, hidden):
        too_early = {"on": "2014-01-01", "exit_type": "UITSCHRIJVING"}
        assert counsellor.command(pathway, "close", too_early, 1).status_code == 409
    auditor = counsellor.signed_in_as(AUDITOR)
    seen = auditor.get("/v1/refused", pathway=shown).json()["refused"]
    bar(pathway_url, "VERWANT", person_of(pathways, hidden), auditor.who)

    for limit in (1, 2, 3):
        pages, cursor = [], None
        while not pages or cursor:
            asked = {"limit": limit} | ({"cursor": cursor} if cursor else {})
            answer = auditor.get("/v1/refused", **asked).json()
            pages.append(answer["refused"])
            cursor = answer["next_cursor"]
            assert cursor in {None, answer["refused"][-1]["refused_id"]}
        assert [one for page in pages for one in page] == seen
        assert [len(page) for page in pages] == {1: [1, 1, 1], 2: [2, 1], 3: [3]}[limit]


def test_a_number_changes_only_when_the_look_is_traced(
    counsellor: Caller, pathway_url: str
) -> None:
    counsellor.enrolled()
    admin = counsellor.signed_in_as("beheerder-01")
    with psycopg.connect(pathway_url, autocommit=True) as connection:
        connection.execute("alter function pathway.record_looks rename to no_looks")
        change = {"since": "2015-09-01", "source": "KSZ", "insz": ENROL["insz"]}
        answer = admin.post("/v1/persons/cancel-number", change)
        statuses = connection.execute("select status from vault.number").fetchall()

    assert (answer.status_code, statuses) == (503, [("CURRENT",)])


def rules_of(caller: Caller, pathway: UUID) -> list[tuple[str, str, str]]:
    """Endpoint, rule and decision of the caller's looks at whose pathway this is, the newest first."""
    looks = caller.signed_in_as(AUDITOR).get("/v1/access", about=pathway, caller=caller.who)
    commands = {"assign_counsellor", "close", "enrol", "write_note"}
    return [
        (look["endpoint"], look["rule"], look["decision"])
        for look in looks.json()["looks"]
        if look["endpoint"] in commands
    ]


def bar(pathway_url: str, kind: str, person: str, caller: str | None) -> None:
    with psycopg.connect(pathway_url, autocommit=True) as connection:
        connection.execute(
            """
            insert into pathway.barrier (
                barrier_id, kind, person_ref, caller_ref, motive, set_at, set_by)
            values (gen_random_uuid(), %s, %s, %s, 'AANVRAAG', '2015-01-01Z', 'beheerder-01')
            """,
            [kind, person, caller],
        )


def told(answer: object) -> dict[str, object]:
    """An answer but for what differs each time."""
    body = answer.json()  # type: ignore[attr-defined]
    return {key: value for key, value in body.items() if key not in ("correlation_id", "instance")}
