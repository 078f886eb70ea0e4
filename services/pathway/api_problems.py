"""Every problem that the REST API may answer with, and the one table from the domain's rules to HTTP."""

from collections.abc import Mapping

from plumbing.access import NOT_TRACED
from plumbing.problems import FRAMEWORK_TYPES, FieldError, Problem, ProblemType

from pathway.domain import merge_refusals, refusals, report_refusals
from pathway.domain.refusals import Refused

KEY_MISSING = ProblemType(
    "idempotency-key-missing",
    400,
    "The command carries no usable Idempotency-Key",
    "Give each command a key of its own in the header Idempotency-Key (1 to 200 visible ASCII "
    "characters, such as a UUID), and repeat the command with the same key when no answer came.",
)
KEY_REUSED = ProblemType(
    "idempotency-key-reused",
    422,
    "This Idempotency-Key was used for another request",
    "Send a new command under a new key; keep the old key for repeating the old command.",
)
IN_FLIGHT = ProblemType(
    "in-flight",
    409,
    "The first command with this Idempotency-Key is still being decided",
    "Repeat it in a moment under the same key to get its answer.",
)
IF_MATCH_MISSING = ProblemType(
    "if-match-missing",
    428,
    "The command does not say which version of the pathway it was decided on",
    'Send the ETag of the state that you saw in the header If-Match, such as If-Match: "3".',
)
PATHWAY_MOVED = ProblemType(
    "pathway-moved",
    412,
    "The pathway is at another version",
    "Ask for the pathway's state, see what changed, and send the command with the new ETag.",
)
ONLY_SEEN = ProblemType(
    "only-seen",
    403,
    "A reason lets you see this pathway, and change nothing",
    "Ask who guides the person, or their team leader, to do it or to assign the person to you.",
)
PERSON_DAMAGED = ProblemType(
    "person-damaged",
    503,
    "What the vault holds of somebody cannot be read",
    "Tell the operators the correlation id: a row was changed outside this program.",
)
UNKNOWN_VERSION = ProblemType(
    "unknown-version",
    404,
    "The pathway has no such version yet",
    "Ask without `version` for the newest one.",
)
STORE_AWAY = ProblemType(
    "store-away",
    503,
    "The store does not answer now",
    "Try again in a moment. Whether a command was recorded is not known: repeat it under the same "
    "Idempotency-Key, then it counts once.",
)
VAULT_SEALED = ProblemType(
    "vault-sealed",
    503,
    "Names cannot be read now",
    "The service runs with another master key than the vault's. Tell the operators.",
)
RETRY_SOON = {"Retry-After": "2"}

# Each rule's status, and the way out in general; the refusal itself says it for the case at hand.
# 409 is a conflict with the state or its rules, 422 what is wrong by the request alone.
_RULES: Mapping[type[Refused], tuple[int, str]] = {
    refusals.UnknownPathway: (404, "Check the address, or look the person up."),
    refusals.AlreadyOpen: (409, "Go on with the open pathway, or close it first."),
    refusals.InszCancelled: (409, "Ask for the number that the person has now."),
    refusals.Closed: (409, "Open it again (reopen), or enrol the person again."),
    refusals.InTheFuture: (409, "Register it on the day itself."),
    refusals.BackdatedTooFar: (403, "Ask who may register it; the message says who."),
    refusals.BeforeEnrolment: (409, "Give a day on or after the enrolment."),
    refusals.UnknownModule: (409, "Ask the pathway's state for its modules."),
    refusals.ModuleEnded: (409, "Correct the registration of its end if that is wrong."),
    refusals.WrongModuleKind: (409, "Use the command for the module's kind."),
    refusals.EndBeforeStart: (409, "Correct one of the two days."),
    refusals.NotInThisStatus: (409, "See what is possible now, or correct what was told before."),
    refusals.NotExtendable: (409, "Complete or stop it at its planned end."),
    refusals.PlanUnchanged: (409, "Give another day, or leave the plan as it is."),
    refusals.WrongForm: (
        409,
        "Give `stage` for a stage, `variant` for an IBO, and neither for others.",
    ),
    refusals.PlanInThePast: (409, "Start the module on its own day instead."),
    refusals.TooLateToReopen: (409, "Enrol the person again."),
    refusals.TooManyHours: (409, "Give fewer hours, or end one of the modules first."),
    refusals.InflowClosed: (409, "Give a day on which people could start in WEP+."),
    refusals.EndAfterMeasure: (409, "Give a day up to the end of WEP+."),
    refusals.MigrationOutOfRange: (409, "Give a day on which the scheme was open."),
    refusals.NothingToMigrate: (409, "Only a person with a WEP+ module can be migrated."),
    refusals.AlreadyMigrated: (409, "There is nothing left to migrate."),
    refusals.ModuleRunning: (409, "Do first what the message names: it names all of it."),
    refusals.ClosedBeforeFact: (409, "Close on the day of the last fact or later."),
    refusals.Annulled: (409, "Enrol the person again to go on."),
    refusals.UnknownFact: (409, "Ask the pathway's history for the ids of its facts."),
    refusals.NotCorrectable: (422, "See what the message names; annul and register anew instead."),
    refusals.Collides: (409, "Look at the fact that it names; correct that one first."),
    refusals.InstrumentNotOpen: (409, "Give a form that existed on that day."),
    refusals.TooShort: (409, "Give a later end, or a form that may be so short."),
    refusals.TooLong: (409, "Give an earlier end, or a form that may be so long."),
    refusals.TooFewHours: (409, "Give the hours that were agreed, if these are wrong."),
    refusals.TooMuchTempWork: (409, "Give the days in a week of five, if these are wrong."),
    refusals.TooManyOfAKind: (409, "Choose another form."),
    refusals.SameEmployer: (409, "Choose another employer, or another form."),
    refusals.NotEligible: (409, "Correct what was recorded of the person, or choose another form."),
    refusals.UnknownHire: (409, "Ask the pathway's state for its hires."),
    refusals.JobEnded: (409, "Correct the registration of its end if that is wrong."),
    refusals.NothingToCheck: (409, "Register the hire or the closing first."),
    refusals.CheckTooEarly: (409, "Check when the months have passed."),
    refusals.AlreadyChecked: (409, "Correct the earlier registration if it is wrong."),
    refusals.NotInWork: (422, "Leave the employer out, or correct whether the person works."),
    report_refusals.EmployerExcluded: (
        409,
        "Choose another employer, or a day after the exclusion; if the decision is wrong, have it corrected.",
    ),
    refusals.NoHireObligation: (409, "Give an IBO that was completed with success."),
    refusals.HireObligationSettled: (409, "Correct or annul what was registered, if it is wrong."),
    refusals.AlreadySigned: (409, "Correct the earlier registration if it is wrong."),
    refusals.NotAssigned: (409, "Assign a counsellor, or give a day on which somebody guides."),
    refusals.NothingChanges: (409, "Name another one to hand over to."),
    refusals.AnotherGuides: (409, "Correct the hand-over that it names, or give another day."),
    refusals.ConsentMissing: (422, "Tell where the agreement stands, or when the mandate ended."),
    refusals.ReferralOutOfRange: (409, "Give a scheme with providers that was open on that day."),
    refusals.ReferralPending: (409, "Register the answer to the referral first."),
    refusals.NoReferral: (409, "Register the referral first, or give a later day."),
    refusals.NoExtension: (409, "Refer the person anew, or hand the guidance over."),
    refusals.AppointmentBefore: (409, "Give the day on which it was made."),
    refusals.AppointmentThere: (409, "Give another day."),
    refusals.NoAppointment: (409, "Plan it first, or correct what was told of it."),
    refusals.AlreadyExempt: (409, "End that exemption first."),
    refusals.NotExempt: (409, "Give a day on which the exemption holds."),
    refusals.Exempt: (409, "Wait until the exemption has ended."),
    refusals.NoDutyMissed: (409, "Register what was missed first."),
    report_refusals.NotInModule: (409, "Give a day on which the module runs."),
    report_refusals.AlreadyAbsent: (409, "Give other days, or correct the one that it names."),
    report_refusals.ReasonNotAllowed: (409, "Give the reason of this module, or who stopped it."),
    report_refusals.ExportedBefore: (409, "Correct one of the two days."),
    report_refusals.AlreadyImported: (409, "Correct the earlier registration if it is wrong."),
    merge_refusals.Merged: (409, "Go on with the pathway that it names."),
    merge_refusals.NotOnePerson: (409, "Replace the number or link both references first."),
    merge_refusals.NotMergeable: (409, "See what the message names."),
    merge_refusals.NeverMerged: (409, "Ask the pathway's history for what was merged into it."),
    merge_refusals.MergeInUse: (409, "Undo or correct the fact that it names first."),
    refusals.NothingRecorded: (422, "Give at least one characteristic."),
}
REFUSALS: Mapping[type[Refused], ProblemType] = {
    kind: ProblemType(
        kind.rule, status, (kind.__doc__ or "").strip().partition("\n")[0].rstrip("."), way_out
    )
    for kind, (status, way_out) in _RULES.items()
}

OWN_TYPES = (
    KEY_MISSING,
    KEY_REUSED,
    IN_FLIGHT,
    IF_MATCH_MISSING,
    PATHWAY_MOVED,
    ONLY_SEEN,
    PERSON_DAMAGED,
    UNKNOWN_VERSION,
    STORE_AWAY,
    VAULT_SEALED,
    NOT_TRACED,
    *REFUSALS.values(),
)
TOO_LARGE, NOT_JSON = FRAMEWORK_TYPES[413], FRAMEWORK_TYPES[415]


def refusal_problem(refused: Refused) -> Problem:
    """What the domain refused, as a problem with a pointer to the field that broke the rule."""
    errors = ()
    if refused.field:
        errors = (FieldError(refused.message, pointer=f"#/{refused.field}"),)
    return REFUSALS[type(refused)].problem(refused.message, errors=errors)
