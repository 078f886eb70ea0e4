"""Whoever looks at people by command, or changes what is known of them, is traced as at a door."""

import os
import pwd
from collections.abc import Callable
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from pathway.application import Pathways
from pathway.identity import Person
from pathway.main import app
from pathway.notes import NoteKind, Notes
from plumbing import access
from plumbing.callers import Caller, CallerKind
from projections import schema
from projections.counsellor import COUNSELLOR as CASELOADS
from typer.testing import CliRunner, Result

from tests.pathway.given import ANNA, BRAM, MASTER_KEY, enrolment, said
from tests.people import invented_insz

NEW = invented_insz(date(1980, 5, 17), 44)
SINCE = ("--since", "2015-06-01")
ME = f"opdrachtregel:{pwd.getpwuid(os.getuid()).pw_name}"
Run = Callable[..., Result]


@pytest.fixture
def run(pathways: Pathways, tmp_path: Path) -> Run:
    """`run("vault", "link", ..., typed=[...], SETTING=...)`: a command on the store of the test."""
    key = tmp_path / "master.key"
    key.write_bytes(MASTER_KEY)
    ours = {
        "PATHWAY_DATABASE_URL": pathways.store.database_url,
        "PATHWAY_MASTER_KEY_FILE": str(key),
        "COLUMNS": "300",
        "LOGNAME": "somebody-else",
        "USER": "somebody-else",
    }

    def invoke(*words: object, typed: tuple[str, ...] = (), **settings: str) -> Result:
        typing = "".join(f"{line}\n" for line in typed)
        told = [str(word) for word in words]
        return CliRunner().invoke(app, told, input=typing, env={**ours, **settings})

    return invoke


@pytest.fixture
def anna(pathways: Pathways) -> UUID:
    return enrolled(pathways, ANNA)


def enrolled(pathways: Pathways, person: Person) -> UUID:
    pathways.enrol(enrolment(person), said())
    return pathways.vault.references([person.insz])[person.insz]


def looks(pathways: Pathways) -> list[tuple[str, str | None, str]]:
    """Endpoint, about whom, and the decision; each by the one at the terminal, for upkeep."""
    with pathways.store.connection() as connection:
        rows = connection.execute("select * from pathway.access_row order by id").fetchall()
    who = {(r["caller_ref"], r["caller_kind"], r["rule"], r["purpose"]) for r in rows}
    assert who <= {(ME, "SYSTEEM", "OPDRACHTREGEL", "BEHEER")}
    return [(r["endpoint"], r["about"], r["decision"]) for r in rows]


def test_a_number_that_is_replaced_or_cancelled_leaves_a_look(
    run: Run, pathways: Pathways, anna: UUID
) -> None:
    replaced = run("vault", "replace-insz", *SINCE, typed=(ANNA.insz, NEW))
    cancelled = run("vault", "cancel-insz", *SINCE, typed=(NEW,))

    assert (replaced.exit_code, cancelled.exit_code) == (0, 0)
    assert looks(pathways) == [
        ("pathway vault replace-insz", str(anna), "PERMIT"),
        ("pathway vault cancel-insz", str(anna), "PERMIT"),
    ]


def test_an_attempt_at_a_number_that_nobody_has_leaves_a_look_at_nobody(
    run: Run, pathways: Pathways
) -> None:
    assert run("vault", "cancel-insz", *SINCE, typed=(ANNA.insz,)).exit_code == 1

    assert looks(pathways) == [("pathway vault cancel-insz", None, "DENY")]


def test_two_references_that_are_linked_leave_a_look_each(
    run: Run, pathways: Pathways, anna: UUID
) -> None:
    bram = enrolled(pathways, BRAM)

    assert run("vault", "link", anna, bram).exit_code == 0

    linking = "pathway vault link"
    assert looks(pathways) == [(linking, str(anna), "PERMIT"), (linking, str(bram), "PERMIT")]


def test_a_note_that_is_redacted_leaves_a_look_at_whom_it_is_about(
    run: Run, pathways: Pathways, anna: UUID
) -> None:
    notes = Notes(pathways.store, pathways.vault)
    note = notes.write(uuid4(), anna, NoteKind.CONTACT, "Belt terug.", by="b-1", key="1")

    redacted = run("vault", "redact-note", note.note_id, "--motive", "ONJUIST", "--by", "b-2")

    assert redacted.exit_code == 0
    assert looks(pathways) == [("pathway vault redact-note", str(anna), "PERMIT")]


def test_the_index_of_names_leaves_a_look_at_everyone_whose_name_it_opens(
    run: Run, pathways: Pathways, anna: UUID
) -> None:
    bram = enrolled(pathways, BRAM)

    assert run("vault", "index").exit_code == 0

    indexing = "pathway vault index"
    assert sorted(looks(pathways)) == sorted((indexing, str(one), "PERMIT") for one in (anna, bram))


def test_barriers_that_are_set_listed_and_ended_leave_a_look_each(
    run: Run, pathways: Pathways, anna: UUID
) -> None:
    who = ("--kind", "VERTROUWELIJK", "--motive", "VERZOEK_BETROKKENE", "--by", "b-1")
    told = run("barriers", "add", *who, typed=(ANNA.insz,)).output
    run("barriers", "list")
    run("barriers", "end", told.split("Barrier ")[1].split()[0], "--by", "b-1")

    assert looks(pathways) == [
        (f"pathway barriers {word}", str(anna), "PERMIT") for word in ("add", "list", "end")
    ]


@pytest.mark.parametrize("what", ["replace-insz", "cancel-insz", "link", "redact-note", "index"])
def test_what_cannot_be_traced_is_not_done(
    run: Run, pathways: Pathways, anna: UUID, what: str
) -> None:
    bram = enrolled(pathways, BRAM)
    notes = Notes(pathways.store, pathways.vault)
    note = notes.write(uuid4(), anna, NoteKind.CONTACT, "Belt terug.", by="b-1", key="1")
    more = {
        "replace-insz": (*SINCE,),
        "cancel-insz": (*SINCE,),
        "link": (anna, bram),
        "redact-note": (note.note_id, "--motive", "ONJUIST", "--by", "b-2"),
        "index": (),
    }[what]
    with psycopg.connect(pathways.store.database_url, autocommit=True) as connection:
        connection.execute("alter function pathway.record_looks rename to away")
        connection.execute("delete from vault.name_prefix")

    answer = run("vault", what, *more, typed=(ANNA.insz, NEW))

    assert answer.exit_code == 1
    assert "could not be traced" in answer.output
    assert pathways.vault.reference(NEW) is None
    assert pathways.vault.known([ANNA.insz])[ANNA.insz].status == "CURRENT"
    assert pathways.vault.same_as([anna]) == {anna: [anna]}
    assert notes.one(note.note_id).text == "Belt terug."
    with pathways.store.connection() as connection:
        assert connection.execute("select from vault.name_prefix").fetchall() == []


def test_a_citizens_request_covers_the_read_side_where_it_may_be_read(
    run: Run, pathways: Pathways, anna: UUID, database_url: str
) -> None:
    schema.migrate(database_url, [CASELOADS], frozenset())
    bea = Caller("bemiddelaar-01", CallerKind.BEMIDDELAAR, "OVO000083", frozenset())
    with psycopg.connect(database_url) as connection:
        access.look(
            connection,
            "projections",
            caller=bea,
            about=[anna],
            endpoint="timeline_page",
            purpose="BEGELEIDING",
            decision=access.Decision.PERMIT,
            at=pathways.store.clock(),
        )

    without = run("access", "about", anna)
    covered = run("access", "about", anna, PROJECTIONS_DATABASE_URL=database_url)
    elsewhere = run("access", "about", anna, PROJECTIONS_DATABASE_URL=pathways.store.database_url)

    assert "PROJECTIONS_DATABASE_URL" in without.stderr
    assert "timeline_page" not in without.stdout
    assert "timeline_page" in covered.stdout
    assert "PROJECTIONS_DATABASE_URL" not in covered.stderr
    assert (elsewhere.exit_code, "without the read side's trace" in elsewhere.stderr) == (1, True)
