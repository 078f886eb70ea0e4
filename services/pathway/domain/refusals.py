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


class BackdatedTooFar(Refused):
    """The day is longer ago than the caller may register."""

    rule = "backdated-too-far"


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


class NotInThisStatus(Refused):
    """That is not possible where the pathway or module stands."""

    rule = "not-in-this-status"


class NotExtendable(Refused):
    """This form cannot be extended."""

    rule = "not-extendable"


class PlanUnchanged(Refused):
    """The plan would not become longer, or shorter, than it is."""

    rule = "plan-unchanged"


class WrongForm(Refused):
    """A form goes with its own kind of module."""

    rule = "wrong-form"


class PlanInThePast(Refused):
    """A plan lies ahead."""

    rule = "plan-in-the-past"


class TooLateToReopen(Refused):
    """The pathway was closed too long ago to be opened again."""

    rule = "too-late-to-reopen"


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


class UnknownHire(Refused):
    """No one hire of this pathway is meant."""

    rule = "unknown-hire"


class JobEnded(Refused):
    """The job has already ended."""

    rule = "job-ended"


class NothingToCheck(Refused):
    """There is no way out after which work could be checked."""

    rule = "nothing-to-check"


class CheckTooEarly(Refused):
    """The months of the checkpoint have not passed on that day."""

    rule = "check-too-early"


class AlreadyChecked(Refused):
    """This source has told about this checkpoint before."""

    rule = "already-checked"


class NotInWork(Refused):
    """Who does not work has no employer."""

    rule = "not-in-work"


class NoHireObligation(Refused):
    """Nobody has to hire after this module."""

    rule = "no-hire-obligation"


class HireObligationSettled(Refused):
    """The obligation to hire is settled already."""

    rule = "hire-obligation-settled"


class AlreadySigned(Refused):
    """This party has signed before."""

    rule = "already-signed"


class NotAssigned(Refused):
    """Nobody guides the person on that day."""

    rule = "not-assigned"


class NothingChanges(Refused):
    """The hand-over would change nothing."""

    rule = "nothing-changes"


class AnotherGuides(Refused):
    """Somebody else guides the person on that day."""

    rule = "another-guides"


class ConsentMissing(Refused):
    """A hand-over needs an agreement, or a mandate that has ended."""

    rule = "consent-missing"


class ReferralOutOfRange(Refused):
    """Nobody could be referred there on that day."""

    rule = "referral-out-of-range"


class ReferralPending(Refused):
    """A referral still waits for its answer."""

    rule = "referral-pending"


class NoReferral(Refused):
    """There is no such referral on that day."""

    rule = "no-referral"


class NoExtension(Refused):
    """The time of this referral cannot be extended."""

    rule = "no-extension"


class AppointmentBefore(Refused):
    """The appointment lies before the day on which it was made."""

    rule = "appointment-before"


class AppointmentThere(Refused):
    """There is an appointment on that day."""

    rule = "appointment-there"


class NoAppointment(Refused):
    """No appointment of that day waits to be told of."""

    rule = "no-appointment"


class AlreadyExempt(Refused):
    """The person is exempt already."""

    rule = "already-exempt"


class NotExempt(Refused):
    """The person is not exempt on that day."""

    rule = "not-exempt"


class Exempt(Refused):
    """A transmission does not go out during an exemption."""

    rule = "exempt"


class NoDutyMissed(Refused):
    """No duty was missed or refused."""

    rule = "no-duty-missed"
