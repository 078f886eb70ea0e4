"""Signed witnesses of the log, once a minute when it moved."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pathway import checkpoints
from pathway.application import Pathways
from pathway.checkpoints import FIRST_DIGEST, KeyUnusable
from pathway.leader import SCHEDULER, Session, leading
from psycopg.rows import dict_row

from tests.pathway.given import SetClock
from tests.pathway.publishing import life

KEY = Ed25519PrivateKey.generate()


@pytest.fixture
def session(pathway_url: str) -> Iterator[Session]:
    with Session.connect(pathway_url, autocommit=True, row_factory=dict_row) as session:
        yield session


def test_a_checkpoint_says_what_the_log_held_and_is_signed(
    session: Session, pathways: Pathways, clock: SetClock
) -> None:
    life(pathways, 1)

    made = checkpoints.write(session, KEY, clock())

    assert made is not None
    hashes = [bytes.fromhex(fact.hash) for fact in pathways.store.log()]
    assert (made.number, made.position, made.facts) == (1, 4, 4)
    assert made.digest == checkpoints.digest(FIRST_DIGEST, hashes)[0]
    row = session.execute("select * from pathway.checkpoint").fetchone()
    assert row is not None
    stored = checkpoints.from_row(made.store_id, row)
    assert checkpoints.verified(stored, KEY.public_key())
    assert not checkpoints.verified(stored, Ed25519PrivateKey.generate().public_key())


def test_a_checkpoint_is_written_while_a_scheduler_leads(
    session: Session, pathways: Pathways, clock: SetClock, pathway_url: str
) -> None:
    life(pathways, 1)

    with leading(pathway_url, 10, lambda: False, SCHEDULER) as leader:
        made = checkpoints.write(session, KEY, clock())

    assert leader is not None
    assert made is not None


def test_a_checkpoint_follows_a_minute_after_the_last_and_only_when_the_log_moved(
    session: Session, pathways: Pathways, clock: SetClock
) -> None:
    assert checkpoints.write(session, KEY, clock()) is None
    life(pathways, 1)
    first = checkpoints.write(session, KEY, clock())
    life(pathways, 2)
    clock.forward(seconds=59)
    assert checkpoints.write(session, KEY, clock()) is None
    clock.forward(seconds=1)

    second = checkpoints.write(session, KEY, clock())

    assert first is not None
    assert second is not None
    assert (second.number, second.facts, second.previous) == (2, 8, first.digest)
    clock.forward(minutes=5)
    assert checkpoints.write(session, KEY, clock()) is None


def test_a_signing_key_is_made_once_and_read_back(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "signing.key"

    checkpoints.new_key(file)

    assert file.stat().st_mode & 0o077 == 0
    key = checkpoints.read_signing_key(file)
    public = tmp_path / "public.pem"
    public.write_text(checkpoints.public_pem(key.public_key()))
    assert checkpoints.key_id(checkpoints.read_public_key(public)) == checkpoints.key_id(
        key.public_key()
    )
    with pytest.raises(KeyUnusable, match="there already"):
        checkpoints.new_key(file)


@pytest.mark.parametrize("content", [None, b"", b"no key"])
def test_an_unusable_key_file_is_told_with_the_way_out(
    tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "signing.key"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(KeyUnusable, match="pathway audit new-key"):
        checkpoints.read_signing_key(file)
    with pytest.raises(KeyUnusable, match="public-key"):
        checkpoints.read_public_key(file)
