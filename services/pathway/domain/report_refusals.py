"""What is refused of an absence that is reported, and of history from an older system; see `refusals`."""

from pathway.domain.refusals import Refused


class NotInModule(Refused):
    """Nobody was to be in the module on that day."""

    rule = "not-in-module"


class AlreadyAbsent(Refused):
    """An absence of those days was reported before."""

    rule = "already-absent"


class ExportedBefore(Refused):
    """An export cannot tell of days after it."""

    rule = "exported-before"


class AlreadyImported(Refused):
    """This file of that system was told as imported before."""

    rule = "already-imported"
