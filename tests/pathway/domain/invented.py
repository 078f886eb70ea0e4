"""Facts and commands that Hypothesis makes up: valid one by one, and of a life that need not be."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import ModuleType, NoneType, UnionType
from typing import Annotated, Any, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID

from hypothesis import strategies as st
from pathway.domain import (
    duties,
    employment,
    guidance,
    obligation,
    plan,
    planning,
    referral,
    suspension,
    values,
    work,
)
from pathway.domain.absence import ReportAbsence
from pathway.domain.carrying import Carried
from pathway.domain.catalogue import COMMANDS, FACTS, PathwayFact
from pathway.domain.codes import Channel, CorrectionReason, IboVariant, ModuleKind, StageKind
from pathway.domain.commands import Command
from pathway.domain.corrections import CorrectData, DataCorrected, ModuleAnnulled
from pathway.domain.course import CourseCommand
from pathway.domain.enrolment import Enrol, Enrolled
from pathway.domain.facts import Amendment, Fact, Told, state_of
from pathway.domain.ibo import StartIbo
from pathway.domain.merging import PathwaysMerged
from pathway.domain.modules import EndModule, ModuleFact, NewModule, StartModule
from pathway.domain.stage import StartStage
from pathway.domain.wep_plus import (
    MigratedModule,
    StartWepPlusModule,
    WepPlusMigrated,
    WorkExperienceModuleStarted,
)
from pydantic import BaseModel, JsonValue
from pydantic_core import to_jsonable_python

from tests.pathway.domain.kit import ANNA, fact_id, module_id
from tests.people import invented_kbo

MODULE_IDS = [module_id(number) for number in range(1, 6)]
# Near the days on which rules change, so that days meet often.
DAYS = [
    *(
        date(2015, month, number)
        for month in (1, 3, 4, 6, 7, 9, 10, 12)
        for number in (1, 2, 15, 30)
    ),
    *(date(2015, 3, 31), date(2015, 12, 31), date(2016, 1, 1), date(2016, 1, 2), date(2016, 2, 1)),
]
FIRST_DAY, TODAY = date(2015, 1, 1), date(2016, 2, 1)

_days = st.sampled_from(sorted(DAYS))
_modules = st.sampled_from(MODULE_IDS)
_kbos = st.sampled_from([invented_kbo(n) for n in range(201, 204)])
_codes = st.sampled_from(["A", "perceel-4", "WEP-2014-0001", "F160201"])
_migrated = st.builds(
    MigratedModule, module_id=_modules, kind=st.sampled_from(ModuleKind), last_day=_days
)


def _of(*rooms: ModuleType) -> list[type[Command]]:
    return [one for one in COMMANDS if one.__module__ in {room.__name__ for room in rooms}]


_GUIDANCE = _of(duties, guidance, plan, referral)
_WORK = _of(employment, obligation, planning, suspension, work)
_NOT_IN_CHANGES = frozenset({"occurred_on", "module_id", "person_ref"})
PLAIN_FACTS = [fact for fact in FACTS if not issubclass(fact, Amendment)]
_BY_TYPE: dict[object, st.SearchStrategy[Any]] = {
    date: _days,
    bool: st.booleans(),
    int: st.integers(0, 60),
    Decimal: st.sampled_from([Decimal("0.25"), Decimal(10), Decimal("19.00"), Decimal(38)]),
    UUID: _modules,
    tuple[Carried, ...]: st.deferred(
        lambda: st.lists(_carried(), max_size=3, unique_by=lambda one: one.fact_id).map(tuple)
    ),
    dict[str, JsonValue]: st.deferred(lambda: st.sampled_from(PLAIN_FACTS).flatmap(_changes)),
    tuple[MigratedModule, ...]: st.lists(
        _migrated, max_size=3, unique_by=lambda m: m.module_id
    ).map(tuple),
}
_BY_VALUE: dict[object, st.SearchStrategy[Any]] = {
    values.Kbo: _kbos,
    values.Establishment: st.just("2147812701"),
    values.Nis: st.sampled_from(["44021", "24062"]),
    values.Code: _codes,
    values.ProjectNumber: st.sampled_from(["WEP-2014-0001", "WEP-2014-0002"]),
}


def _carried() -> st.SearchStrategy[Carried]:
    kinds = [kind for kind in PLAIN_FACTS if kind.carried]
    return st.builds(
        Carried,
        fact_id=st.integers(21, 32).map(fact_id),
        fact=st.one_of([_any_of(kind) for kind in kinds]),
    )


def _any_of(model: type[BaseModel]) -> st.SearchStrategy[Any]:
    """Any value of the model, field by field by the type that was declared."""
    return st.builds(model, **_fields(model))


def _fields(model: type[BaseModel]) -> dict[str, st.SearchStrategy[Any]]:
    hints = get_type_hints(model, include_extras=True)
    fields = {name: _any(hints[name]) for name in model.model_fields if name != "kind"}
    if "fact_id" in fields:
        fields["fact_id"] = st.integers(1, 12).map(fact_id)
    if "person_ref" in fields:
        fields["person_ref"] = st.just(ANNA)
    return fields


@cache
def _changes(kind: type[BaseModel]) -> st.SearchStrategy[dict[str, Any]]:
    """Up to two fields of such a fact, as the body of a correction has them."""
    fields = {n: one for n, one in _fields(kind).items() if n not in _NOT_IN_CHANGES}
    if not fields:
        return st.just({})
    # Drawn by name and then by value, so that no field has to be made up that is not changed.
    of_a_field = st.sampled_from(sorted(fields)).flatmap(
        lambda name: st.tuples(st.just(name), fields[name])
    )
    return st.lists(of_a_field, max_size=2).map(lambda few: to_jsonable_python(dict(few)))


def _any(hint: Any, least: int = 0) -> st.SearchStrategy[Any]:
    if get_origin(hint) is tuple and hint not in _BY_TYPE:
        return st.lists(_any(get_args(hint)[0]), min_size=least, max_size=3).map(tuple)
    if hint is Fact:
        return st.deferred(lambda: st.one_of([_any_of(kind) for kind in PLAIN_FACTS]))
    if hint in _BY_VALUE:
        return _BY_VALUE[hint]
    if get_origin(hint) is Annotated:
        plain, *told = get_args(hint)
        for of, strategy in _BY_VALUE.items():
            marks = get_args(of)[1:]
            if tuple(told[: len(marks)]) == marks:
                return strategy
        return _any(plain, _least(told))
    if get_origin(hint) in (Union, UnionType):
        return st.one_of([_any(one) for one in get_args(hint)])
    if hint is NoneType:
        return st.none()
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return st.sampled_from(hint)
    return _BY_TYPE[hint]


def _least(marks: list[Any]) -> int:
    """How many there are at least, as the field says."""
    told = [mark for field in marks for mark in getattr(field, "metadata", ())]
    return next((mark.min_length for mark in told if hasattr(mark, "min_length")), 0)


def facts() -> st.SearchStrategy[PathwayFact]:
    """Any fact at all."""
    return st.one_of([_any_of(kind) for kind in FACTS])


@st.composite
def commands(draw: st.DrawFn) -> Command:
    """Any command on an enrolled pathway; more often than not one that fits some life."""
    # Chosen one after the other: one_of several makes one choice of all that each chooses among.
    kinds = _kinds_of_commands()
    return draw(kinds[draw(st.integers(0, len(kinds) - 1))])


@cache
def _kinds_of_commands() -> list[st.SearchStrategy[Command]]:
    anything = [_any_of(command) for command in COMMANDS if command is not Enrol]
    starts = [_start(command) for command in COMMANDS if issubclass(command, StartModule)]
    course = (EndModule, CourseCommand, ReportAbsence)
    goes_on = [_any_of(command) for command in COMMANDS if issubclass(command, course)]
    guided = [_any_of(command) for command in _GUIDANCE]
    works = [_any_of(command) for command in _WORK]
    kinds = (starts, starts, goes_on, goes_on, guided, works, anything)
    return [st.one_of(kind) for kind in kinds]


def corrections(of: UUID, fact: Fact) -> st.SearchStrategy[CorrectData]:
    """Corrections of this fact: of its fields, its day or both."""
    return st.builds(
        CorrectData,
        on=st.one_of(st.just(fact.occurred_on), st.just(fact.occurred_on), _days),
        fact_id=st.just(of),
        changes=_changes(type(fact)),
        reason=st.sampled_from(CorrectionReason),
    )


def course_of(module: UUID) -> st.SearchStrategy[PathwayFact]:
    """Any fact about this module but its plan or start."""
    kinds = [kind for kind in PLAIN_FACTS if issubclass(kind, ModuleFact)]
    goes_on = st.one_of([_any_of(kind) for kind in kinds if not issubclass(kind, NewModule)])
    return goes_on.map(lambda fact: fact.model_copy(update={"module_id": module}))


def aimed(command: Command, told: Sequence[Told], pathways: Sequence[UUID] = ()) -> Command:
    """The same command about what there is: a module, a fact, another pathway; as it was where there is none.

    A correction is of a fact that has the fields which it changes; deadlines are passed over.
    """
    pathway, changes = state_of(told), getattr(command, "changes", {}).keys()
    facts = [
        one
        for one in told
        if not one.fact.announces and changes <= type(one.fact).model_fields.keys()
    ]
    there = {"absorbed": pathways, "fact_id": [one.fact_id for one in facts]}
    modules = [module.module_id for module in pathway.modules] if pathway else []
    at: dict[str, object] = {}
    for name, value in command:
        among = there.get(name, modules)
        if isinstance(value, UUID) and name != "person_ref" and among:
            at[name] = among[value.int % len(among)]
    return command.model_copy(update=at)


def in_an_ibo() -> st.SearchStrategy[list[Command]]:
    """A life that begins with an IBO, on whose days the person is sometimes absent."""
    ibo = StartIbo(
        on=FIRST_DAY,
        planned_until=date(2015, 6, 28),
        hours_per_week=Decimal(38),
        employer=invented_kbo(201),
    )
    absent = st.builds(
        lambda any_one, on, days: any_one.model_copy(
            update={"module_id": MODULE_IDS[0], "on": on, "last_day": on + timedelta(days=days)}
        ),
        _any_of(ReportAbsence),
        st.sampled_from([day for day in sorted(DAYS) if day <= ibo.planned_until]),
        st.sampled_from([0, 13, 30]),
    )
    # Not one_of both, which makes one choice of all that either chooses among.
    anything = commands()
    either = st.booleans().flatmap(lambda there: anything if there else absent)
    return st.lists(either, max_size=12).map(lambda life: [ibo, *life])


def _start(command: type[StartModule]) -> st.SearchStrategy[StartModule]:
    """The start of a module, early enough for WEP+, and planned to end after it."""
    last = date(2015, 3, 31) if issubclass(command, StartWepPlusModule) else TODAY
    first_days = st.sampled_from([day for day in sorted(DAYS) if day <= last])
    last_days = st.sampled_from([day for day in sorted(DAYS) if day <= date(2015, 9, 30)])
    started = st.builds(
        lambda start, on, until: start.model_copy(
            update={"on": on, "planned_until": max(on, until)}
        ),
        _any_of(command),
        first_days,
        last_days,
    )
    return st.one_of(started, started.map(_by_the_rules_of_its_day))


def _by_the_rules_of_its_day(start: StartModule) -> StartModule:
    """The same, of a form that was open then, and as long as that allows."""
    days = min(max((start.planned_until - start.on).days, 28), 180)
    fitting: dict[str, object] = {"planned_until": start.on + timedelta(days=days)}
    match start:
        case StartIbo():
            fitting |= {"variant": IboVariant.IBO, "prior_temp_days": None}
            fitting |= {"hours_per_week": max(start.hours_per_week, Decimal(19))}
        case StartStage():
            fitting |= {"stage": StageKind.OS}
        case _:
            return start
    return start.model_copy(update=fitting)


def before(fact: PathwayFact) -> list[PathwayFact]:
    """What must have happened before this fact: the enrolment, and the start of its modules."""
    if isinstance(fact, Enrolled):
        return []
    enrolled = Enrolled(
        occurred_on=FIRST_DAY, person_ref=ANNA, category=None, channel=Channel.LOKET
    )
    if isinstance(fact, DataCorrected):
        return [*before(fact.becomes), fact.becomes]
    if isinstance(fact, PathwaysMerged):
        needed = [one for carried in fact.facts for one in before(carried.fact)[1:]]
        return [enrolled, *{one.module_id: one for one in needed}.values()]
    modules: list[UUID] = [fact.module_id] if isinstance(fact, ModuleAnnulled) else []
    if isinstance(fact, ModuleFact) and not isinstance(fact, NewModule):
        modules = [fact.module_id]
    if isinstance(fact, WepPlusMigrated):
        modules = [module.module_id for module in fact.from_modules]
    return [enrolled, *(started(module) for module in modules)]


def started(module: UUID) -> PathwayFact:
    start = WorkExperienceModuleStarted(
        occurred_on=FIRST_DAY,
        module_id=module,
        planned_until=date(2015, 9, 30),
        hours_per_week=Decimal(38),
        promotor=invented_kbo(201),
    )
    return cast("PathwayFact", start)
