"""Run a command with the settings of the running `make up`: python -m embedded.inside COMMAND ..."""

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from plumbing.settings import load_or_exit

from embedded.plan import BIN, UpSettings

FILE = "environment"


def write(data: Path, environment: Mapping[str, str]) -> None:
    """Leave the settings where `main` finds them; only their owner may read them."""
    file = data / FILE
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    file.write_text("".join(f"{name}={value}\n" for name, value in environment.items()))


def read(data: Path) -> dict[str, str]:
    """The settings that `write` left; none when nothing is running."""
    try:
        lines = (data / FILE).read_text().splitlines()
    except FileNotFoundError:
        return {}
    return dict(line.split("=", 1) for line in lines)


def forget(data: Path) -> None:
    """Remove what `write` left."""
    (data / FILE).unlink(missing_ok=True)


def main(command: Sequence[str]) -> int:
    """Become `command`; a setting given by hand wins. 1 when it cannot be run, 2 when there is none."""
    if not command:
        print("Which command? " + (__doc__ or ""), file=sys.stderr)
        return 2
    found = read(load_or_exit(UpSettings).data_dir)
    if not found and "PATHWAY_DATABASE_URL" not in os.environ:
        print(
            "Nothing is running here. Start it with `make up`, in another window.", file=sys.stderr
        )
        return 1
    # Ours are found by their name alone, wherever one stands.
    where = os.pathsep.join((str(BIN), os.environ.get("PATH", os.defpath)))
    program = shutil.which(command[0], path=where) or command[0]
    try:
        os.execve(program, [program, *command[1:]], {**found, **os.environ})  # noqa: S606
    except OSError as error:
        print(f"{command[0]} cannot be run: {error.strerror}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
