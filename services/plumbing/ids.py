"""New identifiers: UUIDs of version 7, which sort by the moment they were made."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A new identifier as the standard library's UUID; never handed out twice."""
    return uuid7()
