"""A file that appears whole or not at all: written beside its place, and put there at the end."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


def draft_of(file: Path) -> Path:
    """Where it is written until it is whole."""
    return file.with_name(file.name + ".new")


@contextmanager
def drafted(file: Path) -> Generator[Path]:
    """The draft to write in this block; at the end of a good block it takes the place of `file`.

    Made at once: an OSError says now, not after the work, that it cannot be written. Readable by its
    owner alone: what is written so is about people, if only by reference.
    """
    draft = draft_of(file)
    draft.touch(mode=0o600)
    try:
        yield draft
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
