"""Waiting for what other threads and processes do: a look, again and again, until a deadline."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def eventually(look: Callable[[], T], want: object, within: float = 20.0) -> T:
    """What `look` answers once that is `want`; fails with the last answer after `within` seconds."""
    deadline = time.monotonic() + within
    while (found := look()) != want:
        if time.monotonic() > deadline:
            raise AssertionError(f"still {found!r} after {within} s, not {want!r}")
        time.sleep(0.02)
    return found
