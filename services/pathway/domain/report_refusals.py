"""What is refused of an absence that is reported; see `refusals`."""

from pathway.domain.refusals import Refused


class NotInModule(Refused):
    """Nobody was to be in the module on that day."""

    rule = "not-in-module"


class AlreadyAbsent(Refused):
    """An absence of those days was reported before."""

    rule = "already-absent"
