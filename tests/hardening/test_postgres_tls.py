"""A real PostgreSQL that takes TLS alone, reached by every way of ours to a database."""

import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from pathway.leader import leading
from pathway.store import Store, StoreAway
from plumbing import database
from psycopg import Connection

from tests.hardening.certificates import Authority
from tests.hardening.conftest import MIGRATIONS
from tests.hardening.tls_postgres import tls_postgres


@dataclass(frozen=True)
class Encrypted:
    url: str
    authority: Path
    stranger: Path

    @property
    def right(self) -> str:
        return self.checked_by(self.authority)

    def checked_by(self, authority: Path) -> str:
        return f"{self.url}?sslmode=verify-full&sslrootcert={authority}"


@pytest.fixture(scope="module")
def encrypted() -> Iterator[Encrypted]:
    with tempfile.TemporaryDirectory(prefix="pathway-postgres-tls-") as name:
        folder, strangers = Path(name), Path(name) / "strangers"
        strangers.mkdir()
        authority = Authority(folder)
        with tls_postgres(folder, *authority.signed("server")) as server:
            stranger = Authority(strangers, "Strangers")
            yield Encrypted(server.url("pathway"), authority.file, stranger.file)


def is_encrypted(connection: Connection) -> bool:
    """Whether both sides say so."""
    told = connection.execute("select ssl from pg_stat_ssl where pid = pg_backend_pid()").fetchone()
    return connection.pgconn.ssl_in_use and told is not None and tuple(told) == (True,)


def test_migrations_store_pool_and_publisher_check_whom_they_talk_to(encrypted: Encrypted) -> None:
    url = encrypted.right
    with database.connect(url, "tests", autocommit=True) as connection:
        connection.execute("create schema if not exists pathway")
        assert is_encrypted(connection)
    database.migrate(url, MIGRATIONS, "pathway")

    with closing(Store(url)) as store, store.connection() as connection:
        assert connection.pgconn.ssl_in_use
    with database.open_pool(url, "tests") as pool, pool.connection() as connection:
        assert is_encrypted(connection)
    with leading(url, 10, lambda: False) as session:
        assert session is not None
        assert session.pgconn.ssl_in_use


def by_a_strangers_authority(encrypted: Encrypted) -> str:
    return encrypted.checked_by(encrypted.stranger)


def by_another_name(encrypted: Encrypted) -> str:
    # The certificate is for 127.0.0.1, which is where this leads.
    return encrypted.right.replace("127.0.0.1", "localhost")


def without_tls(encrypted: Encrypted) -> str:
    return f"{encrypted.url}?sslmode=disable"


@pytest.mark.parametrize(
    ("wrongly", "why"),
    [
        (by_a_strangers_authority, "certificate verify failed"),
        (by_another_name, 'certificate for .* does not match host name "localhost"'),
        (without_tls, "no pg_hba.conf entry for host .* no encryption"),
    ],
)
def test_nothing_is_said_to_a_stranger_and_nobody_is_let_in_without_tls(
    encrypted: Encrypted, wrongly, why: str
) -> None:
    url = wrongly(encrypted)

    with pytest.raises(psycopg.OperationalError, match=why):
        database.connect(url, "tests")
    with pytest.raises(StoreAway), closing(Store(url, patience=2)) as store:
        store.position()
    with pytest.raises(database.MigrationFailed):
        database.migrate(url, MIGRATIONS, "pathway")
