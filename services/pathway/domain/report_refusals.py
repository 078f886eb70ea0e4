"""What is refused of an absence, a stop, an excluded employer, and of an older system; see `refusals`."""

from pathway.domain.refusals import Refused


class NotInModule(Refused):
    """Nobody was to be in the module on that day."""

    rule = "not-in-module"


class AlreadyAbsent(Refused):
    """An absence of those days was reported before."""

    rule = "already-absent"


class ReasonNotAllowed(Refused):
    """This form does not stop for that reason."""

    rule = "reason-not-allowed"


class ExportedBefore(Refused):
    """An export cannot tell of days after it."""

    rule = "exported-before"


class AlreadyImported(Refused):
    """This file of that system was told as imported before."""

    rule = "already-imported"


class EmployerExcluded(Refused):
    """This employer gets no IBO for a time."""

    rule = "employer-excluded"
