"""Somebody who is enrolled again under another name: a warning says so, and shows neither name."""

from tests.pathway.api.client import ENROL, Caller


def test_another_name_than_the_vaults_is_warned_of_without_showing_either(
    counsellor: Caller,
) -> None:
    pathway_id = counsellor.enrolled(ENROL)
    closing = {"on": "2015-09-10", "exit_type": "UITSCHRIJVING"}
    counsellor.command(pathway_id, "close", closing, 1)

    again = counsellor.enrol(ENROL | {"on": "2015-09-10", "last_name": "Andersgenoemd"})

    assert (again.status_code, again.json()["warnings"]) == (201, ["name-differs", "backdated"])
    assert not any(name in again.text for name in ("Andersgenoemd", str(ENROL["last_name"])))
