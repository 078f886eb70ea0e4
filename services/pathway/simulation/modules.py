"""IBO and stage as they go: how long, with whom, who stops early and who is hired, by the published figures."""

from datetime import date, timedelta
from decimal import Decimal
from enum import Enum, auto
from typing import NamedTuple

from pathway.domain import refusals
from pathway.domain.closing import Close
from pathway.domain.codes import (
    ContractKind,
    Education,
    ExitType,
    IboVariant,
    Proof,
    StageKind,
    StopReason,
)
from pathway.domain.ibo import CompleteIbo, StartIbo
from pathway.domain.ibo_contract import SignIboContract
from pathway.domain.modules import StopModule
from pathway.domain.obligation import RecordHireBreach, WaiveHireObligation
from pathway.domain.stage import CompleteStage, StartStage
from pathway.domain.work import Hire
from pathway.domain.work_codes import BreachMotive, ContractParty, WaiverMotive
from pathway.simulation import organisations
from pathway.simulation.acts import AT_ONCE, BY_COUNSELLOR, Act, Delays, Dossier, Life, Telling
from pathway.simulation.course import Planned, begins, on_the_way, planned_before

FULL = Decimal(38)
_HOURS = {FULL: 74, Decimal("30.4"): 8, Decimal("28.5"): 6, Decimal(24): 5, Decimal(20): 7}
OCCUPATIONS = (  # noqa: SIM905 - Words read better than quotes.
    "MAGAZIJNIER VERPAKKER KASSIER HULPKOK LASSER BEDIENDE SCHOONMAKER ZORGKUNDIGE CHAUFFEUR "
    "VERKOPER TUINAANLEGGER DAKDEKKER ELEKTRICIEN ONTHAALMEDEWERKER OPERATOR"
).split()

# Weeks of an IBO: 4 to 26, most of them three or six months (domain sources: fidubel, Voka).
_IBO_WEEKS = {(4, 8): 18, (9, 13): 38, (14, 20): 18, (21, 26): 26}
_LONG_IBO_WEEKS = {(14, 26): 60, (27, 52): 40}
REFORM = date(2018, 9, 1)
_LONG_WITHOUT_WORK = timedelta(days=731)
_FRIDAY = 4

# Kind of stage: first and last day it is chosen, the days from its first to its last, how often it is
# chosen. All within the rules of those days (`domain/instruments.toml`).
_STAGES: dict[StageKind, tuple[date, date, tuple[int, int], float]] = {
    StageKind.KOS: (date.min, date.max, (1, 4), 7),
    StageKind.OS: (date.min, date.max, (14, 60), 14),
    StageKind.BIS: (date.min, date.max, (28, 120), 10),
    StageKind.BVS: (date.min, date(2022, 12, 31), (4, 29), 24),
    StageKind.WES: (date(2017, 2, 1), date.max, (27, 180), 30),
    StageKind.AS: (date(2017, 4, 11), date(2022, 12, 31), (42, 180), 8),
    StageKind.ORS: (date.min, date(2018, 6, 30), (10, 30), 4),
    StageKind.WIJ: (date.min, date(2017, 12, 31), (60, 170), 4),
    # Three months at most, of which the shortest have 89 days, the first one included.
    StageKind.IS: (date(2013, 2, 1), date(2018, 5, 31), (87, 88), 20),
}
_FOR_THE_YOUNG = frozenset({StageKind.WIJ, StageKind.IS})
_YOUNG = 25

_STOPS = {
    StopReason.DOEL_NIET_HAALBAAR: 18, StopReason.TEKORTKOMING_CURSIST: 20, StopReason.ZIEKTE: 14,
    StopReason.NIET_OPGEDAAGD: 10, StopReason.ONDERLING_AKKOORD: 14, StopReason.VERHUIZING: 3,
    StopReason.TEKORTKOMING_WERKGEVER: 6, StopReason.ECONOMISCHE_REDEN_WERKGEVER: 5,
    StopReason.OPLEIDING: 5, StopReason.ARBEIDSONGEVAL: 2, StopReason.ANDERE: 3,
}  # fmt: skip
_SIGNED: Delays = {(0, 2): 1}
_CORONA = (date(2020, 3, 12), date(2020, 3, 31))
_CORONA_STOPS = 0.16


_MOTIVES: dict[
    type[WaiveHireObligation | RecordHireBreach], dict[WaiverMotive | BreachMotive, int]
] = {
    WaiveHireObligation: {
        WaiverMotive.ONDERNEMING_IN_MOEILIJKHEDEN: 30, WaiverMotive.HERSTRUCTURERING: 10,
        WaiverMotive.ORDERBOEK: 25, WaiverMotive.CURSIST_ZIET_AF: 35,
    },
    RecordHireBreach: {BreachMotive.GEEN_AANWERVING: 80, BreachMotive.MINDERE_VOORWAARDEN: 20},
}  # fmt: skip


class Fate(Enum):
    """How a module ends."""

    COMPLETED = auto()
    STOPPED = auto()
    HIRED = auto()


# Half of those who start are under 25; 90 % work with the employer six months after (vdab.be).
_IBO_FATES = {Fate.COMPLETED: 81, Fate.STOPPED: 13, Fate.HIRED: 6}
_STAGE_FATES = {Fate.COMPLETED: 77, Fate.STOPPED: 15, Fate.HIRED: 8}


class After(NamedTuple):
    """How a stretch of life ended: the day, and whether the person works since then, and where."""

    day: date
    at_work: bool = False
    employer: str = ""


def ibo(d: Dossier, start: date) -> Telling[After]:
    """An IBO: four in five are completed, and nearly all of those are hired where they trained."""
    variant = _variant(d, start)
    long = variant in (IboVariant.C_IBO, IboVariant.K_IBO, IboVariant.GIBO)
    weeks = d.chance.randint(*d.one_of(_LONG_IBO_WEEKS if long else _IBO_WEEKS))
    until = _before_the_weekend(start + timedelta(days=7 * weeks - 1))
    employer = organisations.employer(d.chance)
    command = StartIbo(
        on=start,
        planned_until=until,
        hours_per_week=d.one_of(_HOURS),
        variant=variant,
        employer=employer,
        establishment=organisations.establishment(employer) if d.happens(0.6) else None,
        occupation=d.chance.choice(OCCUPATIONS),
    )
    command = yield from planned_before(d, command)
    (module_id,) = yield d.registered(start, command)
    running = begins(module_id, start, until, employer)
    if d.happens(0.985):
        yield signed(d, running)
    yield from slip(d, running)
    if not long:
        running = yield from on_the_way(d, running, ibo=True)
    if _meets_corona(d, running):
        return (yield from _stopped_by_corona(d, running))
    match d.one_of(_IBO_FATES):
        case Fate.STOPPED:
            return (yield from stopped_early(d, running))
        case Fate.HIRED:
            return (yield from hired_meanwhile(d, running))
        case Fate.COMPLETED:
            pass
    yield d.registered(running.until, CompleteIbo(on=running.until, module_id=running.module_id))
    return (yield from _after_ibo(d, running))


def _after_ibo(d: Dossier, running: Planned) -> Telling[After]:
    """Hired there or elsewhere, or not: where the employer did not hire, that is decided on."""
    if not d.happens(0.9):
        return After((yield from not_hired(d, running)))
    after = yield from hired(d, d.later(running.until, 1, 3), running, same=0.88)
    if after.employer != running.organisation:
        yield from not_hired(d, running)
    return after


def signed(d: Dossier, running: Planned) -> Act:
    """The three parties signed the contract in the week before the start."""
    on = running.start - d.days(1, 7)
    plan = f"PLAN-{on.year}-{d.chance.randint(1, 99999):05d}"
    commands = [
        SignIboContract(on=on, module_id=running.module_id, party=party, plan_ref=plan)
        for party in ContractParty
    ]
    return d.registered(on, *commands, delays=_SIGNED)


def not_hired(d: Dossier, running: Planned) -> Telling[date]:
    """A week or two later it is decided whether the employer had to hire after all."""
    on = d.later(running.until, 8, 14)
    command = d.one_of({WaiveHireObligation: 55, RecordHireBreach: 45})
    motives = _MOTIVES[command]
    told = {"on": on, "module_id": running.module_id, "motive": d.one_of(motives)}
    decision = f"BESL-{on.year}-{d.chance.randint(1, 9999):04d}"
    decided = command.model_validate({**told, "decision_ref": decision})
    yield d.registered(on, decided, delays=AT_ONCE)
    return on


def stage(d: Dossier, start: date) -> Telling[After]:
    """A stage, of a kind that existed on that day."""
    young = d.jobseeker.age_on(start) < _YOUNG
    open_kinds = {
        kind: weight
        for kind, (since, until, _, weight) in _STAGES.items()
        if since <= start <= until and (young or kind not in _FOR_THE_YOUNG)
    }
    if d.education is not Education.KORT or StageKind.IS in d.had:
        open_kinds.pop(StageKind.IS, None)
    kind = d.one_of(open_kinds)
    d.had.add(kind)
    until = start + d.days(*_STAGES[kind][2])
    host = organisations.host(d.chance)
    command = StartStage(
        on=start,
        planned_until=until,
        hours_per_week=FULL if kind is StageKind.KOS else d.one_of(_HOURS),
        stage=kind,
        host=host,
    )
    command = yield from planned_before(d, command)
    (module_id,) = yield d.registered(start, command)
    running = begins(module_id, start, until, host)
    yield from slip(d, running)
    running = yield from on_the_way(d, running, ibo=False)
    if _meets_corona(d, running):
        return (yield from _stopped_by_corona(d, running))
    match d.one_of(_STAGE_FATES):
        case Fate.STOPPED:
            return (yield from stopped_early(d, running))
        case Fate.HIRED:
            return (yield from hired_meanwhile(d, running))
        case Fate.COMPLETED:
            pass
    until = running.until
    yield d.registered(until, CompleteStage(on=until, module_id=running.module_id))
    if d.happens(0.16):
        return (yield from hired(d, d.later(until, 1, 40), running, same=0.5))
    return After(until)


def hired(d: Dossier, on: date, after: Planned | None = None, *, same: float = 0) -> Telling[After]:
    """A hire in the NEC; `same` is the chance that it is where the module `after` was."""
    there = after is not None and d.happens(same)
    hire = _hire(d, on, after, there=there)
    yield d.registered(on, hire)
    return After(on, at_work=True, employer=hire.employer)


def hired_meanwhile(d: Dossier, running: Planned, delays: Delays = BY_COUNSELLOR) -> Telling[After]:
    """Hired while the module still runs: it ends the day before."""
    length = (running.until - running.settled).days
    on = running.settled + d.days(1 + length // 4, max(1, length))
    hire = _hire(d, on, running, there=d.happens(0.35))
    yield d.registered(on, hire, delays=delays)
    return After(on, at_work=True, employer=hire.employer)


def slip(d: Dossier, running: Planned) -> Life:
    """Now and then somebody asks for what the rules do not allow, and is told so."""
    if not d.happens(0.025):
        return
    on = running.start
    before = on - timedelta(days=1)
    another = StartStage(
        on=on,
        planned_until=on + timedelta(days=20),
        hours_per_week=FULL,
        stage=StageKind.OS,
        host=running.organisation,
    )
    reason = StopReason.ONDERLING_AKKOORD
    early = StopModule(on=before, module_id=running.module_id, reason=reason)
    close = Close(on=d.registered_at.date(), exit_type=ExitType.UITSCHRIJVING)
    command, rule = d.chance.choice(
        [
            (another, refusals.TooManyHours),
            (early, refusals.EndBeforeStart),
            (close, refusals.ModuleRunning),
        ]
    )
    yield d.registered(on, command, delays=AT_ONCE, refused_by=rule)


def stop(d: Dossier, running: Planned, on: date, reason: StopReason, delays: Delays) -> Life:
    """The module ends early, or with its measure."""
    economic = reason is StopReason.ECONOMISCHE_REDEN_WERKGEVER
    decision = f"BESL-{on:%Y-%m%d}" if economic else None
    told = {"on": on, "module_id": running.module_id, "reason": reason, "decision_ref": decision}
    yield d.registered(on, StopModule.model_validate(told), delays=delays)


def stopped_early(d: Dossier, running: Planned, delays: Delays = BY_COUNSELLOR) -> Telling[After]:
    """Stopped before its end, somewhere on the way."""
    length = (running.until - running.settled).days
    on = running.settled + d.days(length // 8, length - 1)
    yield from stop(d, running, on, stop_reason(d), delays)
    return After(on)


def stop_reason(d: Dossier) -> StopReason:
    """Why a module stops early."""
    return d.one_of(_STOPS)


def _stopped_by_corona(d: Dossier, running: Planned) -> Telling[After]:
    first, last = _CORONA
    on = first + d.days(0, (last - first).days)
    yield from stop(d, running, on, StopReason.OVERMACHT, BY_COUNSELLOR)
    return After(on)


def _meets_corona(d: Dossier, running: Planned) -> bool:
    """Of the IBOs that ran in March 2020 some 1,645 were stopped (allessiaclaes.be)."""
    return running.settled <= _CORONA[0] < _CORONA[1] < running.until and d.happens(_CORONA_STOPS)


def _before_the_weekend(day: date) -> date:
    return day - timedelta(days=max(0, day.weekday() - _FRIDAY))


def _variant(d: Dossier, on: date) -> IboVariant:
    if on < REFORM:
        curative = d.unemployed_since is not None and on - d.unemployed_since > _LONG_WITHOUT_WORK
        return d.one_of(
            {
                IboVariant.IBO: 84 if curative else 92,
                IboVariant.C_IBO: 8 if curative else 0,
                IboVariant.IBO_T: 6,
                IboVariant.GIBO: 2,
            }
        )
    return d.one_of({IboVariant.IBO: 92, IboVariant.K_IBO: 8})


def _hire(d: Dossier, on: date, after: Planned | None, *, there: bool) -> Hire:
    contract = d.one_of(
        {
            ContractKind.ONBEPAALDE_DUUR: 62 if there else 44,
            ContractKind.BEPAALDE_DUUR: 32,
            ContractKind.INTERIM: 0 if there else 22,
            ContractKind.ZELFSTANDIG: 0 if there else 3,
        }
    )
    fixed = contract in (ContractKind.BEPAALDE_DUUR, ContractKind.INTERIM)
    return Hire(
        on=on,
        employer=after.organisation if after and there else organisations.employer(d.chance),
        contract=contract,
        until=on + d.days(60, 365) if fixed else None,
        hours_per_week=d.one_of(_HOURS),
        occupation=d.chance.choice(OCCUPATIONS),
        linked_module_id=after.module_id if after and there else None,
        approval_ref=f"GOEDK-{on.year}-{d.chance.randint(1, 9999):04d}"
        if there and contract is ContractKind.BEPAALDE_DUUR
        else None,
        proof=d.one_of({Proof.CONTRACT: 40, Proof.DIMONA: 45, Proof.VERKLARING: 15}),
    )
