"""Lives in WEP+: the wave that came in until 31-3-2015 and went on elsewhere when the measure ended."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from pathway.domain import refusals
from pathway.domain.codes import Scheme, StopReason
from pathway.domain.commands import Command
from pathway.domain.modules import StopModule
from pathway.domain.wep_plus import (
    CompleteModule,
    MigrateWepPlus,
    StartInsertionModule,
    StartWorkExperienceModule,
)
from pathway.simulation import lives, modules, organisations
from pathway.simulation.acts import BY_PARTNER, Act, Delays, Dossier, Life, Telling
from pathway.simulation.counsellors import partner
from pathway.simulation.course import Planned, begins
from pathway.simulation.modules import After, Fate

LAST_INFLOW = date(2015, 3, 31)
LAST_DAY = date(2015, 9, 30)
NEW_SYSTEM = date(2015, 7, 1)
_SUBSIDY_UNTIL = date(2015, 12, 31)
_TENDER = date(2016, 1, 4)

# Twelve months, may be six, may become eighteen (dewerkplekarchitecten.be).
_DAYS = {182: 20, 365: 70, 547: 10}
_HOURS = {Decimal(38): 62, Decimal("28.5"): 24, Decimal(19): 14}
_ENROLMENT: Delays = {(0, 2): 60, (3, 14): 25, (15, 40): 15}
_AFTER: dict[Scheme | None, float] = {
    Scheme.IWPL_SUBSIDIE: 62,
    Scheme.VDAB_REGULIER: 20,
    None: 18,
}
_FATES = {Fate.COMPLETED: 74, Fate.STOPPED: 19, Fate.HIRED: 7}
_ENDED_BEFORE: dict[Scheme | None, float] = {Scheme.IWPL_SUBSIDIE: 22, None: 78}


class _Project:
    """One person's place in a project of a promotor: its modules and who runs it."""

    def __init__(self, d: Dossier, begin: date) -> None:
        self.promotor = organisations.promotor(d.chance)
        self.begin = begin
        self.until = min(begin + timedelta(days=d.one_of(_DAYS)), LAST_DAY)
        self.host = organisations.host(d.chance) if d.happens(0.7) else None
        self.number = organisations.project(d.chance, self.promotor)
        self.hours = d.one_of(_HOURS)
        self.premium = d.happens(0.4)
        self.module_ids: tuple[UUID, ...] = ()

    def starts(self, *, both: bool) -> list[Command]:
        """The commands that start its modules, side by side; some bodies offer the first alone."""
        told = {
            "on": self.begin,
            "planned_until": self.until,
            "hours_per_week": self.hours,
            "promotor": self.promotor,
            "project": self.number,
            "work_floor": self.host,
            "aftercare_premium": self.premium,
        }
        work = StartWorkExperienceModule.model_validate(told)
        return [work, StartInsertionModule.model_validate(told)] if both else [work]

    def running(self) -> Planned:
        """Its first module."""
        return begins(self.module_ids[0], self.begin, self.until, self.promotor)


def wep_plus(d: Dossier, on: date) -> Life:
    """Somebody long without work, who comes in on this day for a place in a WEP+ project."""
    since = on - d.days(730, 2600)
    begin = on if d.happens(0.6) else min(on + d.days(1, 20), LAST_INFLOW)
    yield from lives.enrolled(d, on, since, _ENROLMENT)
    project = _Project(d, begin)
    starts = project.starts(both=d.happens(0.8))
    by = partner(project.promotor)
    project.module_ids = yield d.registered(begin, *starts, delays=BY_PARTNER, by=by)
    yield from _too_late(d, project)
    match d.one_of(_FATES):
        case Fate.STOPPED:
            after = yield from _stopped_early(d, project)
        case Fate.HIRED:
            after = yield from modules.hired_meanwhile(d, project.running())
        case Fate.COMPLETED:
            after = yield from _to_the_end(d, project)
    if after.at_work:
        yield from lives.aftercare(d, after)
    else:
        yield from lives.guided(d, after.day)


def _stopped_early(d: Dossier, project: _Project) -> Telling[After]:
    length = (project.until - project.begin).days
    on = project.begin + d.days(length // 8, length - 1)
    reason = modules.stop_reason(d)
    yield _ends(d, project, on, reason)
    return After(on)


def _to_the_end(d: Dossier, project: _Project) -> Telling[After]:
    """The modules run their time; then another scheme takes over, or none does."""
    until = project.until
    before = until < NEW_SYSTEM
    scheme = d.one_of(_ENDED_BEFORE if before else _AFTER)
    if scheme is None or before or d.happens(0.35):
        reason = None if before or d.happens(0.6) else StopReason.EINDE_MAATREGEL
        yield _ends(d, project, until, reason)
        if scheme is None and d.happens(0.25):
            return (yield from modules.hired(d, d.later(until, 1, 60)))
        on = max(until + timedelta(days=1), NEW_SYSTEM)
    else:
        on = d.chance.choice([NEW_SYSTEM, until + timedelta(days=1)])
    if scheme is None and not before and d.happens(0.5):
        scheme, on = Scheme.IWPL_TENDER, d.later(_TENDER, 0, 90)
    if scheme is None:
        return After(until)
    yield _migrates(d, project, scheme, on + d.days(0, 30) if d.happens(0.15) else on)
    if scheme is Scheme.VDAB_REGULIER:
        return After(on)
    return (yield from _in_iwpl(d, on))


def _in_iwpl(d: Dossier, since: date) -> Telling[After]:
    """With the same guide for some months more: stages on the work floor, and for some a job."""
    day = since
    for _ in range(d.chance.randint(1, 4)):
        day = d.later(max(day, d.registered_at.date()), 30, 110)
        if d.happens(0.5):
            after = yield from modules.stage(d, day)
            if after.at_work:
                return after
            day = after.day
        else:
            yield from lives.news(d, day)
    return After(day)


def _ends(d: Dossier, project: _Project, on: date, reason: StopReason | None) -> Act:
    """Every module of the project ends on this day: completed, or stopped for a reason."""
    commands: list[Command] = [
        CompleteModule(on=on, module_id=module_id)
        if reason is None
        else StopModule(on=on, module_id=module_id, reason=reason)
        for module_id in project.module_ids
    ]
    return d.registered(on, *commands, delays=BY_PARTNER, by=partner(project.promotor))


def _migrates(d: Dossier, project: _Project, scheme: Scheme, on: date) -> Act:
    if scheme is Scheme.IWPL_SUBSIDIE:
        on = min(on, _SUBSIDY_UNTIL)
    command = MigrateWepPlus(
        on=on,
        to_scheme=scheme,
        lot=f"PERCEEL-{d.chance.randint(1, 9)}" if scheme is Scheme.IWPL_TENDER else None,
        guiding_organisation=project.promotor
        if d.happens(0.85)
        else organisations.promotor(d.chance),
        host_organisation=project.host,
        aftercare_premium=project.premium,
    )
    return d.registered(on, command, delays=BY_PARTNER, by=partner(project.promotor))


def _too_late(d: Dossier, project: _Project) -> Life:
    """After 31-3-2015 nobody could start any more; some tried."""
    if project.begin.year < LAST_INFLOW.year or not d.happens(0.04):
        return
    on = LAST_INFLOW + d.days(1, 20)
    command = StartWorkExperienceModule(
        on=on,
        planned_until=LAST_DAY,
        hours_per_week=Decimal(19),
        promotor=project.promotor,
    )
    yield d.registered(on, command, refused_by=refusals.InflowClosed)
