"""What the domain refuses, one class for each rule; the docstring's first line is its title.

`rule` is the stable name that REST, reports and the refused-commands table carry. A message says what
is the case and what to do; it holds ids, days and codes, never a person's data.
"""

from typing import ClassVar
from uuid import UUID


class Refused(Exception):
    """The command does not fit the pathway."""

    rule: ClassVar[str] = "refused"

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        """The command's field that broke the rule, when it is one field."""


class UnknownPathway(Refused):
    """There is no such pathway."""

    rule = "unknown-pathway"


class AlreadyOpen(Refused):
    """This person already has an open pathway."""

    rule = "already-open"

    def __init__(
        self, message: str, field: str | None = None, pathway_id: UUID | None = None
    ) -> None:
        super().__init__(message, field)
        self.pathway_id = pathway_id
        """The pathway that stands in the way, which the message names."""


class InszCancelled(Refused):
    """This INSZ was cancelled."""

    rule = "insz-cancelled"


class Closed(Refused):
    """The pathway is closed."""

    rule = "pathway-closed"


class InTheFuture(Refused):
    """The day lies in the future."""

    rule = "in-the-future"


class BeforeEnrolment(Refused):
    """The day lies before the enrolment."""

    rule = "before-enrolment"


class UnknownModule(Refused):
    """The pathway has no such module."""

    rule = "unknown-module"


class ModuleEnded(Refused):
    """The module has already ended."""

    rule = "module-ended"


class WrongModuleKind(Refused):
    """The module is of another kind."""

    rule = "wrong-module-kind"


class EndBeforeStart(Refused):
    """The end lies before the start."""

    rule = "end-before-start"


class TooManyHours(Refused):
    """Modules together would pass 38 hours a week."""

    rule = "too-many-hours"


class InflowClosed(Refused):
    """Nobody could start in WEP+ any more on that day."""

    rule = "inflow-closed"


class EndAfterMeasure(Refused):
    """WEP+ had already ended by that day."""

    rule = "end-after-measure"


class MigrationOutOfRange(Refused):
    """That scheme was not open for WEP+ people on that day."""

    rule = "migration-out-of-range"


class NothingToMigrate(Refused):
    """No WEP+ module of this pathway can be migrated."""

    rule = "nothing-to-migrate"


class AlreadyMigrated(Refused):
    """These WEP+ modules were migrated before."""

    rule = "already-migrated"


class ModuleRunning(Refused):
    """A module is still running."""

    rule = "module-running"


class ClosedBeforeFact(Refused):
    """The pathway cannot close before what happened in it."""

    rule = "closed-before-fact"


class NothingRecorded(Refused):
    """The command names nothing to record."""

    rule = "nothing-recorded"


class Annulled(Refused):
    """The pathway was annulled."""

    rule = "pathway-annulled"


class UnknownFact(Refused):
    """The pathway has no such fact."""

    rule = "unknown-fact"


class NotCorrectable(Refused):
    """This cannot be corrected or annulled in this way."""

    rule = "not-correctable"


class Collides(Refused):
    """The history would become impossible."""

    rule = "history-impossible"


class InstrumentNotOpen(Refused):
    """That form of IBO or stage did not exist on that day."""

    rule = "instrument-not-open"


class TooShort(Refused):
    """The module is shorter than its form allows."""

    rule = "too-short"


class TooLong(Refused):
    """The module is longer than its form allows."""

    rule = "too-long"


class TooFewHours(Refused):
    """The module takes fewer hours a week than its form asks."""

    rule = "too-few-hours"


class TooMuchTempWork(Refused):
    """The person worked there too long through an agency."""

    rule = "too-much-temp-work"


class TooManyOfAKind(Refused):
    """The person had as many of this form as there can be."""

    rule = "too-many-of-a-kind"


class SameEmployer(Refused):
    """The person had one of this form with that employer before."""

    rule = "same-employer"


class NotEligible(Refused):
    """That form was not for this person, by what was recorded of them."""

    rule = "not-eligible"


class Merged(Refused):
    """The pathway was merged into another one."""

    rule = "pathway-merged"


class NotOnePerson(Refused):
    """These pathways are not of one person."""

    rule = "not-one-person"


class NotMergeable(Refused):
    """These pathways cannot be merged in this way."""

    rule = "not-mergeable"


class NeverMerged(Refused):
    """These pathways are not merged."""

    rule = "never-merged"


class MergeInUse(Refused):
    """Something that followed depends on the merge."""

    rule = "merge-in-use"
