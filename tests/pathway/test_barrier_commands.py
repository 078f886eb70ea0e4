"""The commands about barriers: the number is asked for and never told, what does not fit is a line."""

from pathlib import Path
from uuid import UUID, uuid4

import pytest
from pathway.application import Pathways
from pathway.barriers import BarrierKind, Barriers
from pathway.main import app
from typer.testing import CliRunner, Result

from tests.pathway.given import ANNA, BRAM, MASTER_KEY, enrolment, said

OWN_FILE = ("--kind", "EIGEN_DOSSIER", "--caller", "bemiddelaar-01")
BY = ("--motive", "EIGEN_MELDING", "--by", "beheerder-01")


class Shell:
    """Runs `pathway barriers ...` on the store of the test."""

    def __init__(self, database: str, key: Path) -> None:
        key.write_bytes(MASTER_KEY)
        self._environment = {"PATHWAY_DATABASE_URL": database, "PATHWAY_MASTER_KEY_FILE": str(key)}

    def run(self, *words: str, typed: str = "") -> Result:
        typing = f"{typed}\n" if typed else ""
        return CliRunner().invoke(app, ["barriers", *words], input=typing, env=self._environment)


@pytest.fixture
def shell(pathway_url: str, tmp_path: Path) -> Shell:
    return Shell(pathway_url, tmp_path / "master.key")


@pytest.fixture
def anna(pathways: Pathways) -> UUID:
    pathways.enrol(enrolment(ANNA), said())
    return pathways.vault.references([ANNA.insz])[ANNA.insz]


def test_a_barrier_is_added_once_listed_and_ended(
    shell: Shell, pathways: Pathways, anna: UUID
) -> None:
    added = shell.run("add", *OWN_FILE, *BY, typed=ANNA.insz)
    again = shell.run("add", *OWN_FILE, *BY, typed=ANNA.insz)

    [barrier] = Barriers(pathways.store, pathways.vault).newest()
    kept = (barrier.kind, barrier.person_ref, barrier.caller_ref, barrier.set_by)
    assert kept == (BarrierKind.OWN_FILE, anna, "bemiddelaar-01", "beheerder-01")
    assert (added.exit_code, again.exit_code) == (0, 0)
    assert "stands now" in added.output
    assert "stood there already" in again.output
    assert ANNA.insz not in added.output + again.output

    listed = shell.run("list").output
    assert f"{barrier.barrier_id}  EIGEN_DOSSIER before bemiddelaar-01, person {anna}" in listed
    assert "0 barriers" in shell.run("list", "--caller", "bemiddelaar-02").output

    assert shell.run("end", str(barrier.barrier_id), "--by", "beheerder-01").exit_code == 0
    assert "0 barriers" in shell.run("list").output
    assert "UTC by beheerder-01, ended" in shell.run("list", "--ended").output


def test_nobody_ends_a_barrier_before_themselves(
    shell: Shell, pathways: Pathways, anna: UUID
) -> None:
    shell.run("add", *OWN_FILE, *BY, typed=ANNA.insz)
    [barrier] = Barriers(pathways.store, pathways.vault).newest()

    answer = shell.run("end", str(barrier.barrier_id), "--by", "bemiddelaar-01")

    assert (answer.exit_code, type(answer.exception)) == (1, SystemExit)
    assert "another administrator" in answer.output


def test_nobody_adds_a_barrier_about_their_own_file(
    shell: Shell, pathways: Pathways, anna: UUID
) -> None:
    shell.run("add", *OWN_FILE, *BY, typed=ANNA.insz)
    confidential = ("--kind", "VERTROUWELIJK", "--motive", "AANVRAAG", "--by", "bemiddelaar-01")

    answer = shell.run("add", *confidential, typed=ANNA.insz)

    assert (answer.exit_code, "another administrator" in answer.output) == (1, True)
    assert len(Barriers(pathways.store, pathways.vault).newest()) == 1


@pytest.mark.parametrize(
    ("words", "typed", "what"),
    [
        (("add", *OWN_FILE, *BY), BRAM.insz, "was ever enrolled"),
        (("add", *OWN_FILE, *BY), "12345678901", "mistyped"),
        (("add", "--kind", "VERWANT", *BY), ANNA.insz, "need a caller_ref"),
        (("add", *OWN_FILE, "--motive", "zus", "--by", "x"), ANNA.insz, "motive: "),
        (("end", str(uuid4()), "--by", "x"), "", "no barrier with this id"),
    ],
)
def test_what_does_not_fit_is_told_in_a_line(
    shell: Shell, anna: UUID, words: tuple[str, ...], typed: str, what: str
) -> None:
    answer = shell.run(*words, typed=typed)

    assert (answer.exit_code, type(answer.exception)) == (1, SystemExit)
    assert what in answer.output
    assert not typed or typed not in answer.output
