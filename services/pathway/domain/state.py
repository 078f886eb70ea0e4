"""The state that facts add up to, as frozen values; what each fact makes of it stands with the fact."""

from collections.abc import Iterable
from decimal import Decimal
from operator import attrgetter
from typing import Self
from uuid import UUID

from pathway.domain.codes import (
    AgeGroup,
    ContractKind,
    Education,
    ExitType,
    Gender,
    ModuleKind,
    ModuleStatus,
    PathwayStatus,
    Proof,
    Scheme,
    StopReason,
)
from pathway.domain.guidance_codes import AppointmentStatus
from pathway.domain.state_values import (
    Absence,
    Appointment,
    Check,
    Deadline,
    Exemption,
    HireDecision,
    LegacyHistory,
    Obligation,
    Plan,
    Referral,
    Screening,
    Signature,
    State,
    Suspension,
    exchanged,
)
from pathway.domain.values import Day
from pathway.domain.work_codes import ContractParty, JobEndReason, ObligationStatus

_status = attrgetter("status")
_MISSES = 2
"""So many appointments missed without an excuse make a candidate for transmission (hbvl 2022)."""


class Characteristics(State):
    """What reports group by, as told on a day; None is not told."""

    since: Day
    commune: str | None = None
    unemployed_since: Day | None = None
    age_group: AgeGroup | None = None
    gender: Gender | None = None
    education: Education | None = None

    def merged(self, newer: "Characteristics") -> "Characteristics":
        """These with what newer ones tell in their place."""
        told = {name: value for name, value in newer if value is not None}
        return self.but(**told)


class Assignment(State):
    """Who guides, from `since` on; without a counsellor it waits with the unit."""

    since: Day
    counsellor: str | None
    unit: str


ENDED = frozenset({ModuleStatus.NIET_GESTART, ModuleStatus.VOLTOOID, ModuleStatus.STOPGEZET})
NEVER_RAN = frozenset({ModuleStatus.GEPLAND, ModuleStatus.NIET_GESTART})
NOBODY_IN_IT = ENDED | NEVER_RAN


class HoursSince(State):
    """The hours a week of a module, from `since` on."""

    since: Day
    hours_per_week: Decimal | None


class Module(State):
    """One module of a pathway. Days are inclusive: it runs on `started_on`, `planned_until` and `last_day`.

    While it is only planned, `started_on` is the day on which it is to start.
    """

    module_id: UUID
    kind: ModuleKind
    started_on: Day
    planned_until: Day
    hours_per_week: Decimal | None
    organisation: str
    """KBO number of the employer (IBO), host (stage) or promotor (WEP+)."""
    form: str | None = None
    """The variant of an IBO, the kind of a stage."""
    project: str | None = None
    status: ModuleStatus = ModuleStatus.LOPEND
    last_day: Day | None = None
    reason: StopReason | None = None
    migrated: bool = False
    hours_told: tuple[HoursSince, ...] = ()
    """How the hours changed on the way; empty while they never did."""
    interrupted_on: Day | None = None
    """The first day of the pause that it is in."""
    paused_days: int = 0
    """The days of the pauses that are over."""
    hire_due_by: Day | None = None
    """By which day the employer hires; None: nobody has to."""
    hire_decision: HireDecision | None = None

    @property
    def ended(self) -> bool:
        return self.status in ENDED

    @property
    def runs(self) -> bool:
        """Whether somebody is in it, a pause included."""
        return self.status not in NOBODY_IN_IT

    @property
    def ran(self) -> bool:
        """Whether it ever started."""
        return self.status not in NEVER_RAN

    def hours_on(self, day: Day) -> Decimal | None:
        """The hours a week that it takes, or took, on this day."""
        told = [h.hours_per_week for h in self.hours_told if h.since <= day]
        return told[-1] if told else self.hours_per_week

    @property
    def through(self) -> Day:
        """The last day it takes up hours: its real last day, or the planned one while it runs."""
        return self.last_day or self.planned_until


class Guide(State):
    """An organisation that guides, up to and including `until`; None while it does."""

    organisation: str
    until: Day | None = None


class Hire(State):
    """A job in the NEC, from `started_on` on."""

    started_on: Day
    employer: str
    establishment: str | None
    contract: ContractKind
    until: Day | None
    hours_per_week: Decimal
    occupation: str | None
    linked_module_id: UUID | None
    proof: Proof
    approval_ref: str | None = None
    ended_on: Day | None = None
    """Its last day; None while nobody told that it ended."""
    end_reason: JobEndReason | None = None

    @property
    def as_employee(self) -> bool:
        """Whether the employer itself employs the person."""
        return self.contract in (ContractKind.ONBEPAALDE_DUUR, ContractKind.BEPAALDE_DUUR)


class Pathway(State):
    """Where one jobseeker's pathway stands."""

    person_ref: UUID
    enrolled_on: Day
    inferred: bool = False
    """True while an import had to derive the day of enrolment."""
    legacy: tuple[LegacyHistory, ...] = ()
    """What of its history comes from older systems."""
    status: PathwayStatus = PathwayStatus.INGESCHREVEN
    counsellor: str | None = None
    unit: str | None = None
    assignments: tuple[Assignment, ...] = ()
    screenings: tuple[Screening, ...] = ()
    plans: tuple[Plan, ...] = ()
    referrals: tuple[Referral, ...] = ()
    appointments: tuple[Appointment, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    transmissions: tuple[Day, ...] = ()
    characteristics: Characteristics | None = None
    characteristics_told: tuple[Characteristics, ...] = ()
    modules: tuple[Module, ...] = ()
    absences: tuple[Absence, ...] = ()
    annulled: tuple[Module, ...] = ()
    """Modules that were registered wrongly: they count nowhere."""
    scheme: Scheme | None = None
    guides: tuple[Guide, ...] = ()
    hires: tuple[Hire, ...] = ()
    suspension: Suspension | None = None
    aftercare_since: Day | None = None
    """First day of work since the person was guided last."""
    checks: tuple[Check, ...] = ()
    signatures: tuple[Signature, ...] = ()
    closed_on: Day | None = None
    exit_type: ExitType | None = None
    announced: tuple[Deadline, ...] = ()
    """The deadlines that the topic told of; nothing else depends on it."""
    merged_into: UUID | None = None
    """The pathway that this one is a part of now; all that counts of it counts there."""
    last_fact_on: Day
    closable_from: Day
    """The last day of all that lies before a closing."""

    @property
    def closed(self) -> bool:
        return self.status == PathwayStatus.AFGESLOTEN

    @property
    def open(self) -> bool:
        """Whether it keeps the person from having another one."""
        return not self.closed and not self.void

    @property
    def void(self) -> bool:
        """Whether nothing of it counts any more, by itself."""
        return self.status in (PathwayStatus.GEANNULEERD, PathwayStatus.SAMENGEVOEGD)

    def meets(self, other: "Pathway") -> bool:
        """Whether both are open on one day; a pathway may start on the day on which another is closed."""
        this_ends, other_ends = self.closed_on or Day.max, other.closed_on or Day.max
        return self.enrolled_on < other_ends and other.enrolled_on < this_ends

    @property
    def guiding_organisation(self) -> str | None:
        return self.guides[-1].organisation if self.guides else None

    @property
    def screening(self) -> Screening | None:
        """The newest one, which counts."""
        return self.screenings[-1] if self.screenings else None

    @property
    def plan(self) -> Plan | None:
        """The newest one, which counts."""
        return self.plans[-1] if self.plans else None

    @property
    def referral(self) -> Referral | None:
        """The newest one."""
        return self.referrals[-1] if self.referrals else None

    @property
    def missed(self) -> tuple[Appointment, ...]:
        """Appointments to which the person did not come, without a valid excuse."""
        return tuple(a for a in self.appointments if a.status is AppointmentStatus.GEMIST)

    @property
    def transmission_candidate(self) -> bool:
        """Whether two appointments were missed without an excuse since the last transmission."""
        since = self.transmissions[-1] if self.transmissions else self.enrolled_on
        return sum(one.day >= since for one in self.missed) >= _MISSES

    def appointment_on(self, day: Day) -> Appointment | None:
        return next((one for one in reversed(self.appointments) if one.day == day), None)

    def exempt_on(self, day: Day) -> Exemption | None:
        """The exemption that holds on this day."""
        return next(
            (e for e in self.exemptions if e.since <= day and (e.until is None or day <= e.until)),
            None,
        )

    def module(self, module_id: UUID) -> Module | None:
        # From the newest on, which it nearly always is; numbers, because a UUID compares in Python.
        wanted = module_id.int
        for module in reversed(self.modules):
            if module.module_id.int == wanted:
                return module
        return None

    def guided_on(self, day: Day) -> Assignment | None:
        """The assignment that held on this day."""
        return next((a for a in reversed(self.assignments) if a.since <= day), None)

    def characteristics_on(self, day: Day) -> Characteristics | None:
        """What was true of the person on this day, as far as told."""
        return all_told(c for c in self.characteristics_told if c.since <= day)

    def running(self) -> tuple[Module, ...]:
        """The modules that somebody is in, those that pause included."""
        return tuple(m for m in self.modules if m.runs)

    @property
    def in_a_module(self) -> bool:
        """Whether somebody is in one, a pause included."""
        return not NOBODY_IN_IT.issuperset(map(_status, self.modules))

    def signed_by(self, module_id: UUID, day: Day) -> frozenset[ContractParty]:
        """Who had signed the contract of this IBO on that day."""
        signed = (s for s in self.signatures if s.module_id == module_id and s.on <= day)
        return frozenset(s.party for s in signed)

    def ibo_of(self, hire: Hire) -> Module | None:
        """The IBO with this employer that the hire follows: named with it, or ended within its term."""
        there = [
            m
            for m in self.modules
            if m.kind is ModuleKind.IBO and m.ended and m.organisation == hire.employer
        ]
        named = [m for m in there if m.module_id == hire.linked_module_id]
        in_time = [m for m in there if _within_the_term(m, hire)]
        return next(reversed(named or in_time), None) if hire.as_employee else None

    def protected_until(self, hire: Hire) -> Day | None:
        """The last day of the protection against dismissal, as long as the IBO before it lasted."""
        ibo = self.ibo_of(hire)
        if ibo is None or ibo.last_day is None:
            return None
        return hire.started_on + (ibo.last_day - ibo.started_on)

    def fulfilled(self, module: Module) -> Hire | None:
        """The hire that met the obligation to hire after this module."""
        return next((h for h in self.hires if self.ibo_of(h) == module), None)

    @property
    def obligations(self) -> tuple[Obligation, ...]:
        """Each obligation to hire that an IBO led to, and what became of it."""
        return tuple(
            self._obligation(module, module.hire_due_by)
            for module in self.modules
            if module.hire_due_by is not None
        )

    def _obligation(self, module: Module, due_by: Day) -> Obligation:
        decision, hire = module.hire_decision, self.fulfilled(module)
        met = ObligationStatus.NAGEKOMEN if hire else ObligationStatus.OPEN
        return Obligation(
            module_id=module.module_id,
            employer=module.organisation,
            due_by=due_by,
            status=decision.status if decision else met,
            hired_on=hire.started_on if hire else None,
            decision=decision,
        )

    def with_module(self, changed: Module) -> Self:
        """The pathway with this module in the place of the one with its id."""
        there = self.module(changed.module_id)
        return self.but(modules=exchanged(self.modules, there, changed)) if there else self

    def guided_until(self, last_day: Day) -> tuple[Guide, ...]:
        """Who guides and guided, when this is the last day of who does now."""
        return tuple(g if g.until else g.but(until=last_day) for g in self.guides)


def all_told(told: Iterable[Characteristics]) -> Characteristics | None:
    """Characteristics told one after the other, as one; None when nothing was told."""
    known = None
    for newer in told:
        known = known.merged(newer) if known else newer
    return known


def _within_the_term(module: Module, hire: Hire) -> bool:
    due_by, last_day = module.hire_due_by, module.last_day
    return bool(due_by and last_day and last_day <= hire.started_on <= due_by)
