"""The jars of the embedded Kafka, fetched once from Maven Central by jgo, checked by `kafka.jars`."""

import fcntl
import hashlib
import importlib.util
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from embedded.process import CannotStart, told

PINNED = Path(__file__).with_name("kafka.jars")
# Beside the other downloaded tools of a checkout, so that throwing away `.data` costs no download.
CACHE = Path(__file__).parents[2] / ".tools" / "jars"
WHAT = "Apache Kafka"
KAFKA = "org.apache.kafka:kafka_2.13:4.3.1"
# Kafka's own distribution adds this one, so that its log lines go somewhere.
LOGGING = "org.apache.logging.log4j:log4j-slf4j-impl:2.25.4"
SECONDS_PER_REQUEST = 30


def class_path(cache: Path = CACHE, say: Callable[[str], None] = print) -> str:
    """Java's class path of all pinned jars, as `fetched` gives them."""
    return ":".join(str(jar) for jar in fetched(dict(_pinned()), WHAT, cache, say))


def fetched(
    pinned: Mapping[str, str],
    what: str,
    cache: Path = CACHE,
    say: Callable[[str], None] = print,
) -> list[Path]:
    """The jars of `what`, by name and SHA-256, downloading into `cache` what is not there; else offline.

    Every SHA-256 is checked at every call. Raises CannotStart without network or with a jar that is
    not the pinned one.
    """
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with _alone(cache):
            missing = [
                name for name, digest in pinned.items() if not _is_right(cache, name, digest)
            ]
            if missing:
                say(f"Downloading {what} ({len(missing)} files, once) ...")
                _download(cache, missing)
    except (OSError, RuntimeError) as error:
        raise CannotStart(_why(error, what)) from error
    for name in missing:
        if not _is_right(cache, name, pinned[name]):
            raise CannotStart(
                f"{name}, as downloaded, is not the file that is pinned here (its SHA-256 differs). "
                "Something between here and Maven Central alters downloads."
            )
    return [cache / _path(name) for name in pinned]


def _why(error: OSError | RuntimeError, what: str) -> str:
    if isinstance(error, OSError) and error.errno is not None:
        return f"{what} cannot be kept in {CACHE}: {told(error)}"
    own = " Or name a broker of your own in KAFKA_BOOTSTRAP_SERVERS." if what == WHAT else ""
    return (
        f"{what} cannot be downloaded: https://repo.maven.apache.org does not give it "
        f"({type(error).__name__}). The first start needs the network (a proxy goes in HTTPS_PROXY); "
        f"later ones do not.{own}"
    )


def _pinned() -> Iterator[tuple[str, str]]:
    for line in PINNED.read_text().splitlines():
        if not line.startswith("#"):
            digest, name = line.split()
            yield name, digest


def _path(name: str) -> Path:
    group, artifact, version = name.split(":")
    return Path(*group.split("."), artifact, version, f"{artifact}-{version}.jar")


def _is_right(cache: Path, name: str, digest: str) -> bool:
    jar = cache / _path(name)
    return jar.exists() and hashlib.sha256(jar.read_bytes()).hexdigest() == digest


def _download(cache: Path, names: list[str]) -> None:
    if importlib.util.find_spec("jgo") is None:
        raise CannotStart("jgo is not installed: run `make up`, or install the extra `embedded`.")
    from jgo.maven import MavenContext  # noqa: PLC0415 - Half a second that later starts do without.

    central = MavenContext(repo_cache=cache, local_repos=[], timeout=SECONDS_PER_REQUEST)

    def fetch(name: str) -> None:
        group, artifact, version = name.split(":")
        (cache / _path(name)).unlink(missing_ok=True)
        central.project(group, artifact).at_version(version).artifact().resolve()

    with ThreadPoolExecutor(4) as four:
        list(four.map(fetch, names))


@contextmanager
def _alone(cache: Path) -> Generator[None]:
    """One downloader at a time; a second one finds the first one's files."""
    with (cache / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def pin(cache: Path = CACHE) -> None:
    """Resolve KAFKA and LOGGING anew with all that they need, and write `kafka.jars`."""
    from jgo.maven import MavenContext  # noqa: PLC0415
    from jgo.parse import Coordinate  # noqa: PLC0415

    central = MavenContext(repo_cache=cache, local_repos=[], timeout=SECONDS_PER_REQUEST)
    wanted = [central.create_dependency(Coordinate.parse(name)) for name in (KAFKA, LOGGING)]
    inputs, others = central.resolver.resolve(wanted)
    names = sorted({f"{d.groupId}:{d.artifactId}:{d.version}" for d in (*inputs, *others)})
    _download(cache, names)
    lines = [
        f"{hashlib.sha256((cache / _path(name)).read_bytes()).hexdigest()}  {name}"
        for name in names
    ]
    head = PINNED.read_text().splitlines()[0]
    PINNED.write_text("\n".join([head, *lines]) + "\n")


if __name__ == "__main__":
    pin()
