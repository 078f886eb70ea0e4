"""The lives of jobseekers: enrolled, assigned, guided from one step to the next, until they leave."""

from datetime import date, timedelta
from enum import Enum, auto

from pathway.application import Enrolment
from pathway.domain import refusals
from pathway.domain.closing import Close, Reopen
from pathway.domain.codes import (
    Category,
    Channel,
    Education,
    ExitType,
    Proof,
    ReopeningReason,
    SuspensionReason,
)
from pathway.domain.employment import CheckEmployment, EndEmployment
from pathway.domain.enrolment import RecordCharacteristics
from pathway.domain.guidance import AssignCounsellor
from pathway.domain.legacy import RecordLegacyImport
from pathway.domain.lengths import Part, Unit
from pathway.domain.suspension import Resume, Suspend
from pathway.domain.work_codes import Checkpoint, JobEndReason
from pathway.recorded import Actor
from pathway.simulation import duties, modules, referrals
from pathway.simulation.acts import AT_ONCE, Act, Delays, Dossier, Life, Telling
from pathway.simulation.counsellors import VDAB
from pathway.simulation.modules import After
from pathway.simulation.people import COMMUNES
from schemas.codes import ActorKind

_CHANNELS = {Channel.LOKET: 30, Channel.ONLINE: 48, Channel.TELEFOON: 16, Channel.PARTNER: 6}
_CATEGORIES = {
    Category.UVW_WZ: 58, Category.VRIJ_INGESCHREVEN: 14, Category.OCMW: 10, Category.OPZEGPERIODE: 4,
    Category.FOD_SZ: 2, Category.VRIJWILLIG_DEELTIJDS: 2, Category.UITGESLOTEN: 2,
    Category.DEELTIJDS_IGU: 5, Category.DEELTIJDS: 3,
}  # fmt: skip
_YOUNG_CATEGORIES = {
    Category.BEROEPSINSCHAKELINGSTIJD: 62, Category.UVW_WZ: 22, Category.VRIJ_INGESCHREVEN: 8,
    Category.OCMW: 6, Category.DEELTIJDS_BIT: 2,
}  # fmt: skip
_YOUNG = 25
_OLD = 58

_ENROLMENT: Delays = {(0, 0): 78, (1, 3): 16, (4, 21): 6}

_EXITS_WITHOUT_WORK = {
    ExitType.UITSCHRIJVING: 26, ExitType.OPLEIDING_STUDIE: 20, ExitType.GEEN_MEDEWERKING: 18,
    ExitType.VRIJSTELLING: 10, ExitType.NIET_TOELEIDBAAR: 8, ExitType.SOCIALE_ECONOMIE: 6,
    ExitType.OVERGEDRAGEN_ANDER_GEWEST: 5, ExitType.ONBEKEND: 5, ExitType.OVERLIJDEN: 1,
}  # fmt: skip
_EXITS_TO_WORK = {
    ExitType.WERK_NEC_LOONTREKKEND: 74, ExitType.WERK_NEC_INTERIM: 16,
    ExitType.WERK_DEELTIJDS_IGU: 7, ExitType.WERK_ZELFSTANDIG: 3,
}  # fmt: skip


_SUSPENSIONS = {
    SuspensionReason.ZIEKTE: 50, SuspensionReason.BEVALLING: 15, SuspensionReason.VRIJSTELLING: 12,
    SuspensionReason.FAMILIAAL: 15, SuspensionReason.DETENTIE: 3, SuspensionReason.ANDERE: 5,
}  # fmt: skip
_REOPENINGS = {
    ReopeningReason.TERUGKEER: 5, ReopeningReason.WERK_GING_NIET_DOOR: 2,
    ReopeningReason.TE_VROEG_AFGESLOTEN: 3,
}  # fmt: skip
_JOB_ENDS = {
    JobEndReason.ONTSLAG_WERKGEVER: 40, JobEndReason.ONTSLAG_WERKNEMER: 25,
    JobEndReason.EINDE_CONTRACT: 20, JobEndReason.ONDERLING_AKKOORD: 10,
    JobEndReason.MEDISCHE_OVERMACHT: 5,
}  # fmt: skip
# Days after the first day of work: past the months of the checkpoint, however long these are.
_AFTERWARDS = {
    Checkpoint.THREE: (92, 100), Checkpoint.SIX: (184, 195), Checkpoint.TWELVE: (366, 380),
}  # fmt: skip
_DECLARED: Delays = {(0, 3): 75, (20, 60): 25}
DMFA = Actor(kind=ActorKind.SYSTEEM, ref="dmfa", organisation=VDAB)
"""The system that passes on what employers declare."""


TAKE_OVER = Actor(kind=ActorKind.SYSTEEM, ref="overname", organisation=VDAB)
"""What brought files over from the system before this one."""
_TAKEN_OVER = date(2014, 4, 7)


class Step(Enum):
    """What can come next in guidance."""

    IBO = auto()
    STAGE = auto()
    WORK = auto()
    REFERRAL = auto()
    LEAVES = auto()
    WAITS = auto()
    NEWS = auto()


class News(Enum):
    """What can change about someone who is guided."""

    COUNSELLOR = auto()
    COMMUNE = auto()
    DIPLOMA = auto()
    SCREENING = auto()
    PLAN = auto()
    APPOINTMENT = auto()
    EXEMPTION = auto()


_NEWS = {News.COUNSELLOR: 40, News.COMMUNE: 35, News.DIPLOMA: 25, News.SCREENING: 20, News.PLAN: 24,
         News.APPOINTMENT: 60, News.EXEMPTION: 12}  # fmt: skip
_STEPS = {Step.IBO: 17, Step.STAGE: 15, Step.WORK: 14, Step.LEAVES: 10, Step.WAITS: 2,
          Step.NEWS: 42}  # fmt: skip
_REFERRED = 9
_SCREENED = 0.5
# Of the others: a first talk within three weeks is the rule, and nearly all counsellors keep to it.
_TALKED_TO_SOON = 0.85
# Most are called after a month; of those whom employers declare, a share stays unmeasured.
_CALLED = 0.97
_DECLARED_AFTERWARDS = 0.6
_LOOKED_UP = 0.85
_FOR_EVER = (ExitType.OVERLIJDEN, ExitType.PENSIOEN)


def jobseeker(d: Dossier, on: date) -> Life:
    """Somebody who comes in on this day and is guided until they leave."""
    unemployed_since = on - d.days(0, 40) if d.happens(0.55) else on - d.days(41, 900)
    yield from enrolled(d, on, unemployed_since)
    if d.registered_at.date() < _TAKEN_OVER:
        yield _taken_over(d, on)
    yield from guided(d, on)


def enrolled(d: Dossier, on: date, unemployed_since: date, delays: Delays = _ENROLMENT) -> Life:
    """The enrolment, what reports group by, and within days who guides."""
    young = d.jobseeker.age_on(on) < _YOUNG
    enrolment = Enrolment(
        person=d.jobseeker.person,
        on=on,
        category=d.one_of(_YOUNG_CATEGORIES if young else _CATEGORIES),
        channel=d.one_of(_CHANNELS),
    )
    told = d.jobseeker.characteristics(on, unemployed_since)
    d.unemployed_since = unemployed_since
    first: list[RecordCharacteristics | AssignCounsellor] = [told] if d.happens(0.9) else []
    at_once = d.happens(0.6)
    if at_once:
        first.append(d.assigned(on))
    yield d.registered(on, *first, enrolment=enrolment, delays=delays)
    if d.happens(0.004):
        yield d.registered(on, enrolment=enrolment, refused_by=refusals.AlreadyOpen)
    if not at_once:
        soon = d.happens(0.9)
        day = d.later(d.registered_at.date(), 0 if soon else 2, 1 if soon else 9)
        yield d.registered(day, d.assigned(day), delays=AT_ONCE)
    if told not in first:
        yield d.registered(d.registered_at.date(), told, delays={(0, 5): 1})
    soon = None
    if d.happens(_SCREENED):
        soon = d.registered_at.date()
    elif d.happens(_TALKED_TO_SOON):
        soon = d.later(d.registered_at.date(), 4, 14)
    if soon:
        yield d.registered(soon, referrals.screening(d, soon), delays=AT_ONCE)


def _taken_over(d: Dossier, on: date) -> Act:
    """The first months were in an older system, which was exported on the Friday before."""
    exported = _TAKEN_OVER - timedelta(days=3)
    told = RecordLegacyImport(
        on=on,
        source="MIJN-LOOPBAAN-OUD",
        source_ref=f"D-{d.chance.randint(1, 9_999_999):07d}",
        exported_on=exported,
        incomplete_until=max(on, exported),
    )
    wait = (_TAKEN_OVER - on).days
    return d.registered(on, told, delays={(wait, wait): 1}, by=TAKE_OVER)


def guided(d: Dossier, since: date) -> Life:
    """Step after step, never more than some weeks apart, until work or another way out."""
    day = since
    while True:
        # The next step is talked over now, and so never lies before what was registered last.
        talked = max(day, d.registered_at.date())
        day = d.later(talked, 14, 52 if d.happens(0.98) else 85)
        if d.review_on <= day:
            looked_at = max(d.review_on, d.registered_at.date())
            yield d.registered(looked_at, referrals.plan(d, looked_at), delays=AT_ONCE)
        referral = _REFERRED if referrals.can_be_referred(day) else 0
        step = d.one_of({**_STEPS, Step.REFERRAL: referral})
        after = yield from _taken(d, step, day)
        if step is Step.LEAVES:
            if not d.happens(0.04):
                yield from looked_up(d)
                return
            yield from comes_back_soon(d)
        if after.at_work:
            yield from aftercare(d, after)
            return
        day = after.day


def _taken(d: Dossier, step: Step, day: date) -> Telling[After]:
    match step:
        case Step.IBO:
            return (yield from modules.ibo(d, day))
        case Step.STAGE:
            return (yield from modules.stage(d, day))
        case Step.WORK:
            return (yield from modules.hired(d, day))
        case Step.REFERRAL:
            return (yield from referrals.referred(d, day))
        case Step.NEWS:
            yield from news(d, day)
        case Step.WAITS:
            return After((yield from waits(d, day)))
        case Step.LEAVES:
            yield from closed(d, day, without_work(d, day))
    return After(day)


def aftercare(d: Dossier, work: After) -> Life:
    """Someone who works is followed for some weeks, then the pathway closes; some lose the job before."""
    if d.happens(0.05):
        on = d.later(work.day, 8, 28)
        lost = EndEmployment(
            on=on, employer=work.employer, reason=d.one_of(_JOB_ENDS), returns_to_guidance=True
        )
        yield d.registered(on, lost)
        yield from guided(d, on)
        return
    if d.happens(_CALLED):
        on = _first_day_of(Checkpoint.ONE, work.day)
        called = _check(on, Checkpoint.ONE, Proof.VERKLARING, works=True)
        yield d.registered(on, called, delays=AT_ONCE)
    day = d.later(work.day, 40, 56)
    yield from closed(d, day, d.one_of(_EXITS_TO_WORK))
    if d.happens(_DECLARED_AFTERWARDS):
        yield from checked_afterwards(d, work.day)


def checked_afterwards(d: Dossier, since: date) -> Life:
    """What employers declare tells whether the person still works, quarter by quarter."""
    works = same = True
    for checkpoint, days in _AFTERWARDS.items():
        works = works and d.happens(0.93)
        same = works and same and d.happens(0.95)
        on = since + d.days(*days)
        found = _check(on, checkpoint, Proof.DMFA, works=works, same=same if works else None)
        yield d.registered(on, found, delays=_DECLARED, by=DMFA)


def looked_up(d: Dossier) -> Life:
    """Of most who left without work, what employers declare tells whether they found some."""
    if d.exit_type in _FOR_EVER or not d.happens(_LOOKED_UP):
        return
    works, left = False, d.latest
    for checkpoint in Checkpoint:
        works = d.happens(0.9 if works else 0.07)
        on = _first_day_of(checkpoint, left)
        yield d.registered(
            on, _check(on, checkpoint, Proof.DIMONA, works=works), delays=AT_ONCE, by=DMFA
        )


def _first_day_of(checkpoint: Checkpoint, since: date) -> date:
    """The first day on which its months are over."""
    return Part(checkpoint.months, Unit.MONTHS).last_day(since) + timedelta(days=1)


def _check(
    on: date, checkpoint: Checkpoint, source: Proof, *, works: bool, same: bool | None = None
) -> CheckEmployment:
    return CheckEmployment(
        on=on, checkpoint=checkpoint, in_work=works, same_employer=same, source=source
    )


def waits(d: Dossier, day: date) -> Telling[date]:
    """Guidance waits for some weeks; the day on which it goes on."""
    expected = day + d.days(14, 60)
    reason = d.one_of(_SUSPENSIONS)
    yield d.registered(day, Suspend(on=day, reason=reason, expected_until=expected))
    on = d.later(expected, 1, 3)
    yield d.registered(on, Resume(on=on), delays=AT_ONCE)
    return on


def comes_back_soon(d: Dossier) -> Life:
    """Somebody who left is back within weeks, on the same pathway."""
    on = d.later(max(d.latest, d.registered_at.date()), 7, 40)
    yield d.registered(on, Reopen(on=on, reason=d.one_of(_REOPENINGS)), delays=AT_ONCE)


def news(d: Dossier, day: date) -> Life:
    """Something changed: another counsellor, another commune, a diploma, another screening, a plan."""
    match d.one_of(_NEWS):
        case News.COUNSELLOR:
            yield from referrals.another_counsellor(d, day)
        case News.COMMUNE:
            elsewhere = {nis: n for nis, n in COMMUNES.items() if nis != d.jobseeker.commune}
            yield d.registered(day, RecordCharacteristics(on=day, commune=d.one_of(elsewhere)))
        case News.DIPLOMA:
            higher = {Education.KORT: Education.MIDDEN}.get(d.jobseeker.education, Education.HOOG)
            d.education = higher
            yield d.registered(day, RecordCharacteristics(on=day, education=higher))
        case News.SCREENING:
            yield d.registered(day, referrals.screening(d, day))
        case News.PLAN:
            yield d.registered(day, referrals.plan(d, day))
        case News.APPOINTMENT | News.EXEMPTION if day <= d.exempt_until:
            yield d.registered(day, referrals.screening(d, day))
        case News.APPOINTMENT:
            yield from duties.appointment(d, day)
        case News.EXEMPTION:
            yield from duties.exemption(d, day)


def closed(d: Dossier, day: date, exit_type: ExitType) -> Life:
    """The pathway closes, on this day or on the last that anything is known of."""
    on = max(day, d.latest)
    d.exit_type = exit_type
    yield d.registered(on, Close(on=on, exit_type=exit_type))
    if d.happens(0.008):
        assign = d.assigned(on)
        yield d.registered(on, assign, delays={(0, 20): 1}, refused_by=refusals.Closed)


def without_work(d: Dossier, day: date) -> ExitType:
    """Why someone leaves who does not work."""
    if d.jobseeker.age_on(day) >= _OLD and d.happens(0.5):
        return ExitType.PENSIOEN
    return d.one_of(_EXITS_WITHOUT_WORK)
