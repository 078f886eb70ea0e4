"""The vault's commands: a number is asked for and never told, a note's text goes for ever."""

from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from pathway.application import Pathways
from pathway.identity import NumberStatus
from pathway.main import app
from pathway.notes import NoteKind, Notes
from typer.testing import CliRunner, Result

from tests.pathway.given import ANNA, BRAM, MASTER_KEY, enrolment, said
from tests.people import invented_insz

NEW = invented_insz(date(1980, 5, 17), 44)
SINCE = ("--since", "2015-06-01")


class Shell:
    """Runs `pathway vault ...` on the store of the test."""

    def __init__(self, database: str, key: Path) -> None:
        key.write_bytes(MASTER_KEY)
        self._environment = {"PATHWAY_DATABASE_URL": database, "PATHWAY_MASTER_KEY_FILE": str(key)}

    def run(self, *words: str, typed: tuple[str, ...] = ()) -> Result:
        typing = "".join(f"{line}\n" for line in typed)
        return CliRunner().invoke(app, ["vault", *words], input=typing, env=self._environment)


@pytest.fixture
def shell(pathway_url: str, tmp_path: Path) -> Shell:
    return Shell(pathway_url, tmp_path / "master.key")


def reference(pathways: Pathways, insz: str) -> UUID:
    found = pathways.vault.reference(insz)
    assert found
    return found


def test_a_number_that_was_replaced_is_asked_for_and_never_told(
    shell: Shell, pathways: Pathways
) -> None:
    pathways.enrol(enrolment(ANNA), said())
    anna = reference(pathways, ANNA.insz)

    answer = shell.run("replace-insz", *SINCE, typed=(ANNA.insz, NEW))

    assert (answer.exit_code, reference(pathways, NEW)) == (0, anna)
    assert str(anna) in answer.output
    assert ANNA.insz not in answer.output
    assert NEW not in answer.output


def test_a_number_is_cancelled(shell: Shell, pathways: Pathways) -> None:
    pathways.enrol(enrolment(ANNA), said())

    assert shell.run("cancel-insz", *SINCE, typed=(ANNA.insz,)).exit_code == 0

    assert pathways.vault.known([ANNA.insz])[ANNA.insz].status is NumberStatus.CANCELLED


def test_two_references_are_linked_and_their_open_pathways_told(
    shell: Shell, pathways: Pathways
) -> None:
    first, second = (pathways.enrol(enrolment(who), said()) for who in (ANNA, BRAM))
    anna, bram = (reference(pathways, who.insz) for who in (ANNA, BRAM))

    answer = shell.run("link", str(anna), str(bram))

    assert answer.exit_code == 0
    assert reference(pathways, ANNA.insz) == bram
    told = answer.output.replace("\n", "")
    assert all(str(one.pathway_id) in told.replace(" ", "") for one in (first, second))


@pytest.mark.parametrize(
    ("words", "typed", "what"),
    [
        (("replace-insz", *SINCE), (BRAM.insz, NEW), "was ever enrolled"),
        (("cancel-insz", *SINCE), ("12345678901",), "mistyped"),
        (("cancel-insz", *SINCE), (BRAM.insz,), "was ever enrolled"),
        (("link", str(UUID(int=1)), str(UUID(int=2))), (), "Check both"),
        (("redact-note", str(UUID(int=1)), "--motive", "ONJUIST", "--by", "x"), (), "no note"),
    ],
)
def test_what_does_not_fit_is_told_in_a_line(
    shell: Shell, words: tuple[str, ...], typed: tuple[str, ...], what: str
) -> None:
    answer = shell.run(*words, typed=typed)

    assert (answer.exit_code, type(answer.exception)) == (1, SystemExit)
    assert what in answer.output
    assert not any(number in answer.output for number in typed)


def test_a_notes_text_is_destroyed_with_a_motive(shell: Shell, pathways: Pathways) -> None:
    pathway = pathways.enrol(enrolment(ANNA), said()).pathway_id
    notes, anna = Notes(pathways.store, pathways.vault), reference(pathways, ANNA.insz)
    note = notes.write(pathway, anna, NoteKind.CONTACT, "Belt terug.", by="b-1", key=str(uuid4()))

    answer = shell.run("redact-note", str(note.note_id), "--motive", "ONJUIST", "--by", "b-2")

    assert answer.exit_code == 0
    [left] = notes.of(pathway)
    assert (left.text, left.motive) == (None, "ONJUIST")


def test_the_index_of_names_is_made_anew(shell: Shell, pathways: Pathways) -> None:
    pathways.enrol(enrolment(ANNA), said())

    answer = shell.run("index")

    assert answer.exit_code == 0
    assert "1 people" in answer.output
