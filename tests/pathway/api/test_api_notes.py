"""Notes about people: kept in the vault only, read by who guides them, redacted for ever."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from pathway.application import Pathways
from pathway.notes import Motive, Notes, UnknownNote

from tests.pathway.api.client import COUNSELLOR, ENROL, Caller
from tests.pathway.given import ANNA, BRAM

TEXT = "Kwispelkanarie belt volgende week terug."
NOTE = {"kind": "CONTACT", "text": TEXT}


@pytest.fixture
def notes(pathways: Pathways) -> Notes:
    return Notes(pathways.store, pathways.vault)


def written(caller: Caller, pathway: UUID, key: str = "n-1", **note: str) -> Any:
    return caller.post(f"/v1/pathways/{pathway}/notes", NOTE | note, idempotency_key=key)


def read(caller: Caller, pathway: UUID, **asked: object) -> dict[str, Any]:
    answer = caller.get(f"/v1/pathways/{pathway}/notes", **asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_note_is_read_as_it_was_written(counsellor: Caller) -> None:
    pathway = counsellor.enrolled()

    answer = written(counsellor, pathway)

    assert answer.status_code == 201
    assert read(counsellor, pathway) == {"notes": [answer.json()], "next_cursor": None}
    assert answer.json() | {"note_id": ""} == {
        "note_id": "",
        "kind": "CONTACT",
        "text": TEXT,
        "written_at": "2015-10-01T09:00:00Z",
        "author": COUNSELLOR,
        "redacted_at": None,
        "motive": None,
    }


def test_a_note_repeated_under_its_key_is_kept_once_and_no_other_takes_the_key(
    counsellor: Caller,
) -> None:
    pathway = counsellor.enrolled()

    first, again = written(counsellor, pathway), written(counsellor, pathway)
    other = written(counsellor, pathway, text="Iets anders.")
    without = counsellor.post(f"/v1/pathways/{pathway}/notes", NOTE)

    assert first.json() == again.json()
    assert other.json()["type"] == "/problems/idempotency-key-reused"
    assert without.json()["type"] == "/problems/idempotency-key-missing"
    assert len(read(counsellor, pathway)["notes"]) == 1


def test_notes_are_read_page_by_page_the_newest_first(counsellor: Caller) -> None:
    pathway = counsellor.enrolled()
    for number in range(3):
        written(counsellor, pathway, f"n-{number}", text=f"Notitie {number}")

    first = read(counsellor, pathway, limit=2)
    second = read(counsellor, pathway, limit=2, cursor=first["next_cursor"])

    assert [one["text"] for one in first["notes"]] == ["Notitie 2", "Notitie 1"]
    assert [one["text"] for one in second["notes"]] == ["Notitie 0"]
    assert second["next_cursor"] is None


def test_of_a_redacted_note_the_skeleton_and_the_motive_stay(
    counsellor: Caller, notes: Notes
) -> None:
    pathway = counsellor.enrolled()
    note = written(counsellor, pathway).json()

    notes.redact(UUID(note["note_id"]), Motive.ONJUIST, by="beheerder")
    notes.redact(UUID(note["note_id"]), Motive.NIET_TER_ZAKE, by="iemand anders")

    redacted = {"text": None, "redacted_at": "2015-10-01T09:00:00Z", "motive": "ONJUIST"}
    assert read(counsellor, pathway)["notes"] == [note | redacted]
    with notes.store.connection() as connection:
        kept = connection.execute("select sealed, redacted_by from vault.note").fetchall()
    assert kept == [{"sealed": None, "redacted_by": "beheerder"}]
    with pytest.raises(UnknownNote):
        notes.redact(uuid4(), Motive.ONJUIST, by="beheerder")


def test_with_the_persons_key_their_notes_go(counsellor: Caller, pathways: Pathways) -> None:
    pathway = counsellor.enrolled()
    written(counsellor, pathway)
    with pathways.store.connection() as connection:
        connection.execute("delete from vault.person")

    [note] = read(counsellor, pathway)["notes"]
    refused = written(counsellor, pathway, "n-2")

    assert (note["text"], note["redacted_at"]) == (None, None)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/person-destroyed")


def test_every_look_at_notes_is_traced_and_no_pathway_has_no_notes(
    counsellor: Caller, pathways: Pathways
) -> None:
    pathway, nowhere = counsellor.enrolled(), uuid4()
    person = str(pathways.standing(pathway).pathway.person_ref)
    written(counsellor, pathway)
    read(counsellor, pathway)

    answers = [counsellor.get(f"/v1/pathways/{nowhere}/notes"), written(counsellor, nowhere)]

    assert [answer.status_code for answer in answers] == [404, 404]
    with pathways.store.connection() as connection:
        rows = connection.execute("select * from pathway.access_row order by id").fetchall()
    assert [(row["endpoint"], row["about"], row["decision"]) for row in rows] == [
        ("write_note", person, "PERMIT"),
        ("pathway_notes", person, "PERMIT"),
        ("pathway_notes", str(nowhere), "DENY"),
        ("write_note", str(nowhere), "DENY"),
    ]


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001, "bel\x07"])
def test_a_note_is_of_printable_text_and_not_endless(counsellor: Caller, text: str) -> None:
    pathway = counsellor.enrolled()

    assert written(counsellor, pathway, text=text).status_code == 422


def test_names_numbers_and_notes_are_nowhere_in_the_database_but_encrypted(
    counsellor: Caller, pathways: Pathways
) -> None:
    pathway = counsellor.enrolled()
    counsellor.enrolled(ENROL | BRAM.model_dump())
    written(counsellor, pathway)
    administrator, system = (counsellor.signed_in_as(who) for who in ("beheerder-01", "insz"))
    counsellor.post("/v1/persons/search", {"name": "Testers Anna"})
    system.post("/v1/persons/references", {"purpose": "PROEF", "numbers": [ANNA.insz]})
    change = {"insz": ANNA.insz, "replaced_by": BRAM.insz, "since": "2015-06-01", "source": "KSZ"}
    assert administrator.post("/v1/persons/replace-number", change).status_code == 200

    with pathways.store.connection() as connection:
        tables = connection.execute(
            "select format('%I.%I', schemaname, tablename) as name from pg_tables"
            " where schemaname not in ('pg_catalog', 'information_schema')"
        ).fetchall()
        disk = "\n".join(
            row["told"]
            for table in tables
            for row in connection.execute(
                f"select t::text as told from {table['name']} as t"
            ).fetchall()
        ).lower()
    assert {"vault.note", "vault.name_prefix", "vault.number"} <= {one["name"] for one in tables}
    for secret in (ANNA.insz, BRAM.insz, "Testers", "Proefman", "Kwispelkanarie", "testers"):
        assert secret.lower() not in disk
        assert secret.encode().hex() not in disk
