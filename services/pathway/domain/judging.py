"""What the table of rules says of a start: which rows judge it, what they refuse, and what they warn of.

A refusal is kept with who and when. So it names limits, and neither the form nor what is known of the
person: some forms tell of a handicap or an illness.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import NamedTuple

from pathway.domain import refusals, report_refusals
from pathway.domain.codes import AgeGroup, ModuleKind, StopReason
from pathway.domain.refusals import Refused
from pathway.domain.rules import MODULES, TABLE, Instrument, Limit, RuleRow, Table
from pathway.domain.state import Characteristics, Module, Pathway
from pathway.domain.values import Day

SOFT_MAXIMUM_PASSED = "soft-maximum-passed"
ENDED_AFTER_PLAN = "ended-after-plan"
HARD_MAXIMUM_PASSED = "hard-maximum-passed"
RULE_UNCERTAIN = "rule-uncertain"

_INSTRUMENTS = {ModuleKind.IBO: Instrument.IBO, ModuleKind.STAGE: Instrument.STAGE}
_FORM = {ModuleKind.IBO: "variant", ModuleKind.STAGE: "stage"}
_KNOWN: dict[Limit, str] = {
    "ages": "age group",
    "education": "education",
    "unemployed": "time without work",
}
_WHERE = {ModuleKind.IBO: "employer", ModuleKind.STAGE: "host"}


class Finding(NamedTuple):
    """A limit that was passed: refused, or only warned of."""

    rule: str
    row: RuleRow | None
    refused: Refused | None = None
    warning: str | None = None


class Verdict(NamedTuple):
    """The rows that judged, and what they found."""

    rows: tuple[RuleRow, ...] = ()
    findings: tuple[Finding, ...] = ()

    def __add__(self, other: "Verdict") -> "Verdict":  # pyright: ignore[reportIncompatibleMethodOverride]
        return Verdict((*self.rows, *other.rows), (*self.findings, *other.findings))

    @property
    def judged_by(self) -> tuple[str, ...]:
        """The ids of the rows, each once."""
        return tuple(dict.fromkeys(row.id for row in self.rows))

    @property
    def warnings(self) -> tuple[str, ...]:
        """Each warning once, as codes."""
        return tuple(dict.fromkeys(f.warning for f in self.findings if f.warning))

    def hold(self, besides: "Verdict | None" = None) -> None:
        """Raises the first `Refused`, if there is one; what was found `besides` it is passed over."""
        known = {finding.rule for finding in besides.findings} if besides else set[str]()
        for finding in self.findings:
            if finding.refused and finding.rule not in known:
                raise finding.refused


def opened(
    instrument: Instrument,
    variant: str,
    day: Day,
    refusal: Callable[[str], Refused],
    table: Table = TABLE,
) -> Verdict:
    """Whether that was open on this day, by the row of the day or else the nearest one.

    `refusal` is told when it was open.
    """
    row = table.nearest(instrument, variant, day)
    if row is None:
        refused = refusal(f"on no day, and so not on {day}")
        return Verdict((), (Finding(refused.rule, None, refused),))
    if row.holds_on(day):
        return Verdict((row,))
    periods = " and ".join(row.period for row in table.about(instrument, variant))
    refused = refusal(f"{periods}, not on {day}")
    return Verdict((row,), (limit_broken(row, "since" if day < row.since else "until", refused),))


def within_the_measure(last_day: Day, field: str, table: Table = TABLE) -> Verdict:
    """How long modules of WEP+ could run, by the last day of one: planned or real."""
    return opened(
        Instrument.WEP_PLUS,
        MODULES,
        last_day,
        lambda told: refusals.EndAfterMeasure(
            f"Modules of WEP+ could run {told}. Give a last day within that.", field
        ),
        table,
    )


def judged(
    module: Module,
    pathway: Pathway | None,
    table: Table = TABLE,
    *,
    prior_temp_days: int | None = None,
) -> Verdict:
    """What the rows of its first day say of an IBO or a stage, given the pathway before it."""
    form = module.form or ""
    verdict = opened(
        _INSTRUMENTS[module.kind],
        form,
        module.started_on,
        lambda told: refusals.InstrumentNotOpen(
            f"This form of {module.kind} could start {told}. Correct the form or the day.",
            "on",
        ),
        table,
    )
    if any(finding.refused for finding in verdict.findings):
        return verdict
    (row,) = verdict.rows
    return verdict + Verdict(
        findings=(
            *_of_length(row, module),
            *_of_hours(row, module),
            *_of_temp_work(row, prior_temp_days),
            *_of_others(row, module, pathway),
            *_of_person(row, module, pathway),
        )
    )


def replanned(before: Module, after: Module, table: Table = TABLE) -> Verdict:
    """What the row of its first day says of a module that is to end on another day, or takes other hours.

    Pauses do not count in its length.
    """
    row = row_of(before, table)
    if row is None:
        return Verdict()
    findings = [*_of_hours(row, after)]
    if after.planned_until > before.planned_until and row.extendable is False:
        fixed = refusals.NotExtendable("This form cannot be extended.", "planned_until")
        findings.append(limit_broken(row, "hard_max", fixed))
    return Verdict((row,), (*findings, *_of_length(row, without_pauses(after))))


def ended_late(module: Module, last_day: Day, table: Table = TABLE) -> Verdict:
    """What the row of its first day says of a module that ended after its planned end; nothing of others.

    It only warns: a plan can be refused, but what has happened has happened.
    """
    if last_day <= module.planned_until:
        return Verdict()
    late = Finding(ENDED_AFTER_PLAN, None, warning=ENDED_AFTER_PLAN)
    row = row_of(module, table)
    if row is None:
        return Verdict((), (late,))
    since = module.interrupted_on
    pause = timedelta(days=(last_day - since).days if since and since < last_day else 0)
    lasted = without_pauses(module.but(planned_until=last_day - pause))
    passed = row.hard_max and row.hard_max.passed(
        lasted.started_on, lasted.planned_until, lasted.hours_per_week
    )
    longest = Finding(HARD_MAXIMUM_PASSED, row, warning=HARD_MAXIMUM_PASSED)
    return Verdict((row,), (late, longest) if passed else (late,))


def measure_ended(module: Module, last_day: Day, pathway: Pathway, table: Table = TABLE) -> Verdict:
    """Whether a module can have ended with its measure: not while its form still goes on the day after.

    Who is guided by another organisation may be in a measure of that, such as a tender.
    """
    guided = any(guide.until is None or last_day <= guide.until for guide in pathway.guides)
    row = row_of(module, table)
    goes_on = row and table.on(row.instrument, row.variant, last_day + timedelta(days=1))
    if guided or not goes_on:
        return Verdict()
    still = report_refusals.ReasonNotAllowed(
        f"This form of {module.kind} goes on after {last_day}: no measure ended. Give the reason of "
        "this module.",
        "reason",
    )
    return Verdict((goes_on,), (limit_broken(goes_on, "until", still),))


def stopped_by_vdab(module: Module, reason: StopReason, table: Table = TABLE) -> Verdict:
    """Whether VDAB stops a module for that reason, by the row of its first day."""
    row = row_of(module, table)
    if row is None or not row.vdab_stops_for or reason in row.vdab_stops_for:
        return Verdict()
    other = report_refusals.ReasonNotAllowed(
        "VDAB does not stop this form for that reason. Give the reason of its decision, or who else "
        "stopped it.",
        "reason",
    )
    return Verdict((row,), (limit_broken(row, "vdab_stops_for", other),))


def without_pauses(module: Module) -> Module:
    """The module as if it had never paused: so long it lasts for the rules."""
    until = module.planned_until - timedelta(days=module.paused_days)
    return module.but(planned_until=max(until, module.started_on))


def row_of(module: Module, table: Table = TABLE) -> RuleRow | None:
    """The row that judges an IBO or a stage of this form and first day, or else the nearest one."""
    instrument = _INSTRUMENTS.get(module.kind)
    if instrument is None:
        return None
    return table.nearest(instrument, module.form or "", module.started_on)


def limit_broken(row: RuleRow, limit: Limit, refused: Refused) -> Finding:
    """That a limit of this row was passed: refused where the row is sure of it, else warned of."""
    if row.is_sure_of(limit):
        return Finding(refused.rule, row, refused=refused)
    return Finding(refused.rule, row, warning=RULE_UNCERTAIN)


def _of_length(row: RuleRow, module: Module) -> Iterator[Finding]:
    start, until, hours = module.started_on, module.planned_until, module.hours_per_week
    if row.min_length and not row.min_length.reached(start, until):
        short = refusals.TooShort(
            f"It lasts at least {row.min_length}; from {start} to {until} is shorter.",
            "planned_until",
        )
        yield limit_broken(row, "min_length", short)
    if row.hard_max and row.hard_max.passed(start, until, hours):
        long = refusals.TooLong(
            f"It lasts at most {row.hard_max}, so from {start} to "
            f"{row.hard_max.last_day(start, hours)} at the latest, not to {until}.",
            "planned_until",
        )
        yield limit_broken(row, "hard_max", long)
    elif row.soft_max and row.soft_max.passed(start, until, hours):
        yield Finding(SOFT_MAXIMUM_PASSED, row, warning=SOFT_MAXIMUM_PASSED)


def _of_hours(row: RuleRow, module: Module) -> Iterator[Finding]:
    hours = module.hours_per_week
    if row.min_hours and hours is not None and hours < row.min_hours:
        few = refusals.TooFewHours(
            f"It takes at least {row.min_hours} hours a week, not {hours}.",
            "hours_per_week",
        )
        yield limit_broken(row, "min_hours", few)


def _of_temp_work(row: RuleRow, days: int | None) -> Iterator[Finding]:
    if row.prior_temp_days is not None and days is not None and days > row.prior_temp_days:
        much = refusals.TooMuchTempWork(
            f"At most {row.prior_temp_days} days of agency work there may come before it, in a week "
            f"of five days; {days} were told. Of a week of six days, count six days as five.",
            "prior_temp_days",
        )
        yield limit_broken(row, "prior_temp_days", much)


def _of_others(row: RuleRow, module: Module, pathway: Pathway | None) -> Iterator[Finding]:
    """Against the others of the same form in this pathway, whenever they were."""
    others = [
        other
        for other in (pathway.modules if pathway else ())
        if (other.kind, other.form) == (module.kind, module.form)
        and other.ran
        and other.module_id != module.module_id
    ]
    if row.max_number and len(others) >= row.max_number:
        many = refusals.TooManyOfAKind(
            f"A person has at most {row.max_number} of this form; this pathway has {len(others)}.",
            _FORM[module.kind],
        )
        yield limit_broken(row, "max_number", many)
    there = [other for other in others if other.organisation == module.organisation]
    if row.other_employer and there:
        same = refusals.SameEmployer(
            f"Each of this form is with another employer; the one of {there[0].started_on} was "
            f"with {module.organisation} too.",
            _WHERE[module.kind],
        )
        yield limit_broken(row, "other_employer", same)


def _of_person(row: RuleRow, module: Module, pathway: Pathway | None) -> Iterator[Finding]:
    """Against what is known of the person on that day; what is not known is not judged."""
    known = pathway.characteristics_on(module.started_on) if pathway else None
    if known is None:
        return
    broken: list[Limit] = []
    if row.ages and known.age_group and known.age_group not in row.ages:
        broken.append("ages")
    if row.education and known.education and known.education not in row.education:
        broken.append("education")
    if _works_too_recently(row, module.started_on, known):
        broken.append("unemployed")
    for limit in broken:
        other = refusals.NotEligible(
            f"By the {_KNOWN[limit]} that was recorded of the person, this form was not for them "
            f"on {module.started_on}. Correct that, or choose another form.",
            _FORM[module.kind],
        )
        yield limit_broken(row, limit, other)


def _works_too_recently(row: RuleRow, day: Day, known: Characteristics) -> bool:
    young = known.age_group in (None, AgeGroup.UNDER_25)
    long_enough = row.unemployed_under_25 if young else row.unemployed_from_25
    since = known.unemployed_since
    return bool(long_enough and since and day <= long_enough.last_day(since))
