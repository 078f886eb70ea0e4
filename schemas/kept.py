"""Files that never change once they are kept: the digests beside them, as `sha256sum --check` reads them."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

LIST = "SHA256SUMS"


def keep(folder: Path) -> None:
    """Enter the folder's files that are not listed yet; what is listed stays as it is."""
    told = {name: _digest(folder / name) for name in _files(folder)} | _listed(folder)
    lines = (f"{digest}  {name}\n" for name, digest in sorted(told.items()))
    (folder / LIST).write_text("".join(lines), encoding="utf-8")


def not_as_kept(folder: Path) -> Iterator[str]:
    """A sentence for each file that changed, is gone or was never entered."""
    listed, files = _listed(folder), _files(folder)
    for name in sorted(listed.keys() | files):
        if name not in files:
            yield f"{name} is gone. What was kept stays for ever: put it back."
        elif name not in listed:
            yield f"{name} is not in {LIST}. Enter it, so that nobody changes it."
        elif _digest(folder / name) != listed[name]:
            yield f"{name} was changed. What was kept never changes: put it back."


def _files(folder: Path) -> set[str]:
    return {file.name for file in folder.glob("*.json")}


def _digest(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()


def _listed(folder: Path) -> dict[str, str]:
    file = folder / LIST
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return {name: digest for digest, name in (line.split(maxsplit=1) for line in lines)}
