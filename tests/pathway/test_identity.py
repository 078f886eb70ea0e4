"""The vault: who pathways are about is sealed, found again, and readable with the master key alone."""

import stat
from datetime import date
from pathlib import Path

import psycopg
import pytest
from cryptography.fernet import Fernet, MultiFernet
from pathway.application import Pathways
from pathway.domain.closing import Close
from pathway.domain.codes import ExitType
from pathway.identity import Person, Vault, WrongMasterKey, add_master_key, read_master_key
from pathway.store import Store
from plumbing.ids import new_id

from tests.pathway.given import ANNA, BRAM, MASTER, MASTER_KEY, enrolment, said

NEWER_KEY = Fernet.generate_key()
BOTH = MultiFernet([Fernet(NEWER_KEY), Fernet(MASTER_KEY)])
NEWER = MultiFernet([Fernet(NEWER_KEY)])


def enrolled(pathways: Pathways, *people: Person) -> None:
    for person in people:
        pathways.enrol(enrolment(person), said())


def known(vault: Vault, *people: Person) -> list[Person]:
    """These people as the vault has them, found by INSZ."""
    references = vault.references([person.insz for person in people])
    opened = vault.people(list(references.values()))
    return [opened[references[person.insz]] for person in people]


def test_nothing_on_disk_tells_a_name_or_a_number(pathways: Pathways, pathway_url: str) -> None:
    enrolled(pathways, ANNA, BRAM)

    with psycopg.connect(pathway_url) as connection:
        tables = connection.execute(
            "select format('%I.%I', schemaname, tablename) from pg_tables"
            " where schemaname in ('pathway', 'vault')"
        ).fetchall()
        rows = [
            text
            for (table,) in tables
            for (text,) in connection.execute(f"select t::text from {table} as t").fetchall()
        ]
    disk = "\n".join(rows)
    assert len(tables) >= 6
    for secret in (ANNA.insz, ANNA.last_name, ANNA.first_name, BRAM.insz, BRAM.last_name):
        assert secret not in disk
        assert secret.encode().hex() not in disk


def test_a_person_is_found_again_by_number_and_read_by_reference(pathways: Pathways) -> None:
    enrolled(pathways, ANNA, BRAM)

    assert known(pathways.vault, ANNA, BRAM) == [ANNA, BRAM]
    assert pathways.vault.reference(ANNA.insz) != pathways.vault.reference(BRAM.insz)
    assert pathways.vault.people([new_id()]) == {}


def test_someone_unknown_has_no_reference(pathways: Pathways) -> None:
    assert pathways.vault.reference(ANNA.insz) is None
    assert pathways.vault.references([ANNA.insz, BRAM.insz]) == {}


def test_one_person_is_one_reference_also_under_another_name(
    pathways: Pathways, pathway_url: str
) -> None:
    first = pathways.enrol(enrolment(ANNA), said()).pathway_id
    closing = Close(on=date(2015, 3, 1), exit_type=ExitType.UITSCHRIJVING)
    pathways.command(first, [closing], said())
    married = ANNA.model_copy(update={"last_name": "Proefman"})

    second = pathways.enrol(enrolment(married, on=date(2015, 4, 1)), said()).pathway_id

    both = {pathways.standing(one).pathway.person_ref for one in (first, second)}
    assert both == {pathways.vault.reference(ANNA.insz)}
    with psycopg.connect(pathway_url) as connection:
        assert connection.execute("select count(*) from vault.person").fetchone() == (1,)


def test_a_vault_that_is_opened_again_finds_the_same_people(pathways: Pathways) -> None:
    enrolled(pathways, ANNA)

    again = Vault(pathways.store, MASTER, new_id=new_id)

    assert known(again, ANNA) == [ANNA]


def test_two_vaults_hash_the_same_number_differently(
    pathways: Pathways, temporary_database, pathway_template: str
) -> None:
    with temporary_database(pathway_template) as url:
        store = Store(url)
        other = Vault(store, MASTER, new_id=new_id)

        assert other.keyed_hash(ANNA.insz) != pathways.vault.keyed_hash(ANNA.insz)
        store.close()


def test_after_rotation_the_newest_key_alone_opens_everything(pathways: Pathways) -> None:
    enrolled(pathways, ANNA, BRAM)

    rotated = Vault(pathways.store, BOTH, new_id=new_id).rotate(batch=1)

    assert rotated == 2
    assert known(Vault(pathways.store, NEWER, new_id=new_id), ANNA, BRAM) == [ANNA, BRAM]
    with pytest.raises(WrongMasterKey):
        Vault(pathways.store, MASTER, new_id=new_id)


def test_rotation_that_was_interrupted_leaves_everyone_readable_and_can_be_run_again(
    pathways: Pathways, pathway_url: str
) -> None:
    enrolled(pathways, ANNA, BRAM)
    both = Vault(pathways.store, BOTH, new_id=new_id)
    with psycopg.connect(pathway_url) as connection:
        before = connection.execute("select person_ref, data_key from vault.person").fetchall()
    both.rotate()
    with psycopg.connect(pathway_url) as connection:
        # As if it had come to the first person only.
        connection.execute(
            "update vault.person set data_key = %s where person_ref = %s", before[1][::-1]
        )

    assert known(both, ANNA, BRAM) == [ANNA, BRAM]
    assert both.rotate() == 2
    assert known(Vault(pathways.store, NEWER, new_id=new_id), ANNA, BRAM) == [ANNA, BRAM]


def test_another_master_key_is_refused_with_what_to_do(pathways: Pathways) -> None:
    with pytest.raises(WrongMasterKey, match="PATHWAY_MASTER_KEY_FILE"):
        Vault(pathways.store, NEWER, new_id=new_id)


def test_a_person_sealed_under_another_key_is_not_mistaken_for_nobody(
    pathways: Pathways, pathway_url: str
) -> None:
    enrolled(pathways, ANNA)
    reference = pathways.vault.reference(ANNA.insz)
    assert reference
    with psycopg.connect(pathway_url) as connection:
        foreign = Fernet(NEWER_KEY).encrypt(Fernet.generate_key())
        connection.execute("update vault.person set data_key = %s", (foreign,))

    with pytest.raises(WrongMasterKey):
        pathways.vault.people([reference])


def test_whose_row_is_destroyed_is_unreadable_and_the_log_stays(
    pathways: Pathways, pathway_url: str
) -> None:
    enrolled(pathways, ANNA)
    reference = pathways.vault.reference(ANNA.insz)
    assert reference
    log = pathways.store.log()
    with psycopg.connect(pathway_url) as connection:
        connection.execute("delete from vault.person where person_ref = %s", (reference,))

    assert pathways.vault.people([reference]) == {}
    assert pathways.vault.reference(ANNA.insz) is None
    assert pathways.store.log() == log


def test_a_person_in_a_log_line_shows_nothing() -> None:
    shown = f"{ANNA} {ANNA!r} {[ANNA]} {enrolment(ANNA)}"

    for secret in (ANNA.insz, ANNA.last_name, ANNA.first_name):
        assert secret not in shown


def test_a_new_master_key_stands_first_and_its_file_is_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "master.key"
    add_master_key(file)
    (older,) = file.read_text().splitlines()
    sealed = read_master_key(file).encrypt(b"a data key")

    add_master_key(file)

    newer, kept = file.read_text().splitlines()
    assert kept == older != newer
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert read_master_key(file).decrypt(sealed) == b"a data key"
    assert Fernet(newer).decrypt(read_master_key(file).encrypt(b"new")) == b"new"


@pytest.mark.parametrize("content", ["no key at all", "", "\n\n"])
def test_a_file_without_master_keys_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "master.key"
    file.write_text(content)

    with pytest.raises(WrongMasterKey, match="does not hold master keys"):
        read_master_key(file)


def test_a_missing_master_key_file_is_refused_with_the_command_that_makes_one(
    tmp_path: Path,
) -> None:
    with pytest.raises(WrongMasterKey, match="pathway vault new-key"):
        read_master_key(tmp_path / "nowhere.key")
