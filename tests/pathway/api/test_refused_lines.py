"""Rows of a register that the store refuses are kept like refused commands, and shown with them."""

from datetime import date
from pathlib import Path

import pytest
from pathway.application import Pathways
from pathway.domain.closing import Close
from pathway.domain.codes import ExitType
from pathway.identity import Person
from pathway.register.wep_plus import open_register
from pathway.register.wep_plus.importing import RegisterImport

from tests.pathway.api.client import AUDITOR, Caller
from tests.pathway.given import enrolment, said
from tests.wep_plus import ANNA, BORIS, a_register, a_row

TOO_MANY = {"module": "I", "projectnummer": "WEP-2014-0033", "naam": "Denkbeeld"}
CHANGED = {"begeleider": "0887010362"}


def imported(pathways: Pathways, folder: Path, *rows: str, digest: str = "digest") -> None:
    with open_register(a_register(folder, *rows)) as register:
        for _ in RegisterImport(pathways, digest).run(register):
            pass


def known(pathways: Pathways, closed_on: date) -> None:
    """Boris, whose pathway is closed."""
    boris = Person(insz=BORIS, last_name="Denkbeeld", first_name="Boris")
    pathway = pathways.enrol(enrolment(boris, on=date(2014, 1, 6)), said()).pathway_id
    pathways.command(pathway, [Close(on=closed_on, exit_type=ExitType.UITSCHRIJVING)], said("c-2"))


def test_each_refused_line_is_kept_once_with_rule_actor_and_instant_and_without_the_person(
    pathways: Pathways, counsellor: Caller, tmp_path: Path
) -> None:
    known(pathways, date(2015, 3, 2))
    rows = a_row(), a_row(**TOO_MANY), a_row(insz=BORIS, naam="Denkbeeld")

    for _ in range(2):
        imported(pathways, tmp_path, *rows)

    shown = counsellor.signed_in_as(AUDITOR).get("/v1/refused").json()["refused"]
    assert {one["command_id"]: one["rule"] for one in shown} == {
        "wep-plus:digest:3": "too-many-hours",
        "wep-plus:digest:4": "already-open",
    }
    for one in shown:
        assert one["actor"] == {"kind": "IMPORT", "ref": "wep-plus", "organisation": "OVO000083"}
        assert one["command"] == "import wep-plus"
        assert one["refused_at"] == "2015-10-01T09:00:00Z"
        assert one["detail"]
    assert not [told for told in (ANNA, BORIS, "Denkbeeld", "Boris") if told in str(shown)]


def test_what_a_correction_would_do_to_a_migration_is_kept_too(
    pathways: Pathways, counsellor: Caller, tmp_path: Path
) -> None:
    imported(pathways, tmp_path, a_row())

    imported(pathways, tmp_path, a_row(**CHANGED), a_row(module="I", **CHANGED), digest="mended")

    (one,) = counsellor.signed_in_as(AUDITOR).get("/v1/refused").json()["refused"]
    (pathway,) = {fact.pathway_id for fact in pathways.store.log()}
    assert (one["command_id"], one["rule"]) == ("wep-plus:mended:3", "migration-conflict")
    assert one["pathway_id"] == str(pathway)


def test_refused_lines_and_facts_are_one_commit(pathways: Pathways, tmp_path: Path) -> None:
    with pathways.store.connection() as connection:
        connection.execute(
            """
            create function pathway.fail() returns trigger language plpgsql as
                $$ begin raise exception 'no more room'; end $$;
            create trigger fails before insert on pathway.refused_command
                for each row execute function pathway.fail();
            """
        )

    with pytest.raises(Exception, match="no more room"):
        imported(pathways, tmp_path, a_row(), a_row(**TOO_MANY))

    assert pathways.store.position() == 0
