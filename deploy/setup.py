"""Set up this checkout where there is only Python 3.11: uv into `.tools`, all else into `.venv`.

Run by make, with the machine's own Python and its standard library alone. What is downloaded the first
time stays, so later runs need no network.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

UV = "0.13.9"
OLDEST_PYTHON = (3, 11)
TOP = Path(__file__).resolve().parents[1]
TOOLS = TOP / ".tools"
STAMP = TOP / ".venv" / ".stamp"
NETWORK = (
    "The first set-up downloads its parts from PyPI and needs the network. "
    "Behind a proxy, set HTTPS_PROXY; with a package index of your own, PIP_INDEX_URL and UV_DEFAULT_INDEX. "
    "Then run the same command again; later runs need no network."
)
# What pip and uv say when the network is the matter, in lower case.
NO_NETWORK = (
    "dns error",
    "name resolution",
    "name or service not known",
    "failed to establish a new connection",
    "error sending request",
    "client error (connect)",
    "network is unreachable",
    "connection refused",
    "connecttimeout",
    "could not find a version that satisfies the requirement uv",
    "proxyerror",
)


def main() -> int:
    """Set up what is missing; the exit status, 0 when all is there."""
    if sys.version_info < OLDEST_PYTHON:
        have = ".".join(map(str, sys.version_info[:2]))
        return _say(
            f"This needs Python 3.11 or newer, and {sys.executable} is {have}. "
            "Install it (Debian: apt-get install python3), or name one: make PYTHON=/path/to/python3.11 ..."
        )
    uv = TOOLS / "bin" / "uv"
    if not _is_there(uv):
        ensurepip = importlib.util.find_spec("ensurepip")
        if ensurepip is None or ensurepip.origin is None:
            return _say(
                f"{sys.executable} cannot make virtual environments: its venv part is missing. "
                "On Debian and Ubuntu: apt-get install python3-venv (as root). Then run the same command again."
            )
        _say("Setting up: uv ...")
        for part in ("bin", "include", "lib", "lib64", "pyvenv.cfg"):
            _remove(TOOLS / part)
        made = _run([sys.executable, "-m", "venv", str(TOOLS)])
        pip = [str(TOOLS / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
        if made or _run([*pip, "install", "--quiet", f"uv=={UV}"]):
            return 1
    _say("Setting up: Python packages, as pinned in uv.lock ...")
    # Compiled once here: where Python may not keep what it compiled, each start would do it all again.
    if _run([str(uv), "sync", "--frozen", "--all-extras", "--quiet", "--compile-bytecode"]):
        return 1
    python = str(TOP / ".venv" / "bin" / "python")
    if _run([python, "-m", "compileall", "-q", "services", "schemas", "deploy"]):
        return 1
    STAMP.touch()
    return 0


def _remove(path: Path) -> None:
    """Remove what an earlier Python or a half-finished set-up left."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _is_there(uv: Path) -> bool:
    """Whether uv runs and is the pinned one."""
    try:
        said = subprocess.run([uv, "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return said.stdout.split()[1:2] == [UV]


def _run(command: Sequence[str]) -> int:
    """Run one step, passing on what it says; on failure add what to do. Its exit status."""
    own = {"VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH", "UV_PROJECT_ENVIRONMENT"}
    env = {name: value for name, value in os.environ.items() if name not in own}
    env |= {"UV_PYTHON": sys.executable, "UV_PYTHON_DOWNLOADS": "never"}
    step = subprocess.run(
        command,
        cwd=TOP,
        env=env,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if step.returncode:
        print(step.stdout, file=sys.stderr)
        said = step.stdout.lower()
        if "no space left on device" in said:
            _say(
                f"The disk that holds {TOP} is full. Free about 1 GB and run the same command again."
            )
        elif any(words in said for words in NO_NETWORK):
            _say(NETWORK)
        elif "permission denied" in said:
            _say(
                f"{TOP} was set up by another user. Remove its .tools and .venv (as that user), or clone anew."
            )
        else:
            _say("Setting up did not finish; the reason is above.")
    return step.returncode


def _say(words: str) -> int:
    print(words, file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
