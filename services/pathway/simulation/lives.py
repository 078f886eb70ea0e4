"""The lives of jobseekers: enrolled, assigned, guided from one step to the next, until they leave."""

from datetime import date
from enum import Enum, auto

from pathway.application import Enrolment
from pathway.domain import refusals
from pathway.domain.closing import Close
from pathway.domain.codes import (
    Category,
    Channel,
    Education,
    ExitType,
)
from pathway.domain.enrolment import RecordCharacteristics
from pathway.domain.guidance import AssignCounsellor
from pathway.simulation import duties, modules, referrals
from pathway.simulation.acts import AT_ONCE, Delays, Dossier, Life
from pathway.simulation.modules import After
from pathway.simulation.people import COMMUNES

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


class Step(Enum):
    """What can come next in guidance."""

    IBO = auto()
    STAGE = auto()
    WORK = auto()
    REFERRAL = auto()
    LEAVES = auto()
    NEWS = auto()


class News(Enum):
    """What can change about someone who is guided."""

    COUNSELLOR = auto()
    COMMUNE = auto()
    DIPLOMA = auto()
    SCREENING = auto()
    APPOINTMENT = auto()
    EXEMPTION = auto()


_NEWS = {News.COUNSELLOR: 40, News.COMMUNE: 35, News.DIPLOMA: 25, News.SCREENING: 20,
         News.APPOINTMENT: 60, News.EXEMPTION: 12}  # fmt: skip
_STEPS = {Step.IBO: 17, Step.STAGE: 15, Step.WORK: 14, Step.LEAVES: 10, Step.NEWS: 44}
_REFERRED = 9
_SCREENED = 0.5


def jobseeker(d: Dossier, on: date) -> Life:
    """Somebody who comes in on this day and is guided until they leave."""
    unemployed_since = on - d.days(0, 40) if d.happens(0.55) else on - d.days(41, 900)
    yield from enrolled(d, on, unemployed_since)
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
    if d.happens(_SCREENED):
        talked = d.registered_at.date()
        yield d.registered(talked, referrals.screening(d, talked), delays=AT_ONCE)


def guided(d: Dossier, since: date) -> Life:
    """Step after step, never more than some weeks apart, until work or another way out."""
    day = since
    while True:
        # The next step is talked over now, and so never lies before what was registered last.
        talked = max(day, d.registered_at.date())
        day = d.later(talked, 14, 52 if d.happens(0.98) else 85)
        referral = _REFERRED if referrals.can_be_referred(day) else 0
        match d.one_of({**_STEPS, Step.REFERRAL: referral}):
            case Step.IBO:
                after = yield from modules.ibo(d, day)
            case Step.STAGE:
                after = yield from modules.stage(d, day)
            case Step.WORK:
                after = yield from modules.hired(d, day)
            case Step.REFERRAL:
                after = yield from referrals.referred(d, day)
            case Step.NEWS:
                yield from news(d, day)
                after = After(day)
            case Step.LEAVES:
                yield from closed(d, day, without_work(d, day))
                return
        if after.at_work:
            yield from aftercare(d, after.day)
            return
        day = after.day


def aftercare(d: Dossier, hired_on: date) -> Life:
    """Someone who works is followed for some weeks, then the pathway closes."""
    day = d.later(hired_on, 40, 56)
    yield from closed(d, day, d.one_of(_EXITS_TO_WORK))


def news(d: Dossier, day: date) -> Life:
    """Something changed: another counsellor, another commune, a diploma, another screening."""
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
        case News.APPOINTMENT | News.EXEMPTION if day <= d.exempt_until:
            yield d.registered(day, referrals.screening(d, day))
        case News.APPOINTMENT:
            yield from duties.appointment(d, day)
        case News.EXEMPTION:
            yield from duties.exemption(d, day)


def closed(d: Dossier, day: date, exit_type: ExitType) -> Life:
    """The pathway closes, on this day or on the last that anything is known of."""
    on = max(day, d.latest)
    yield d.registered(on, Close(on=on, exit_type=exit_type))
    if d.happens(0.008):
        assign = d.assigned(on)
        yield d.registered(on, assign, delays={(0, 20): 1}, refused_by=refusals.Closed)


def without_work(d: Dossier, day: date) -> ExitType:
    """Why someone leaves who does not work."""
    if d.jobseeker.age_on(day) >= _OLD and d.happens(0.5):
        return ExitType.PENSIOEN
    return d.one_of(_EXITS_WITHOUT_WORK)
