"""How far back somebody may register, cell by cell."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from pathway.backdating import BACKDATED, MAY_REGISTER, Age, Backdating, reaches_back_to
from pathway.domain.catalogue import PathwayFact
from pathway.domain.codes import AnnulmentReason, CorrectionReason
from pathway.domain.corrections import (
    DataCorrected,
    ModuleAnnulled,
    PathwayAnnulled,
    RegistrationAnnulled,
)
from pathway.domain.facts import standing
from pathway.domain.refusals import BackdatedTooFar
from pathway.recorded import Actor, Judged, Recorded
from pathway.store import NewFacts
from plumbing.callers import Caller, CallerKind, Role

from schemas.codes import ActorKind
from tests.pathway.domain.kit import (
    Given,
    assigned,
    enrolled,
    fact_id,
    given,
    hired,
    ibo_started,
    module_id,
    stopped,
)
from tests.pathway.given import said

TODAY = date(2016, 6, 1)
PATHWAY = UUID(int=7)
WARNED, REFUSED = (BACKDATED,), "refused"
LIMITS = Backdating()


def caller(*roles: Role, kind: CallerKind = CallerKind.BEMIDDELAAR) -> Caller:
    return Caller("bemiddelaar-01", kind, "OVO000083", frozenset(roles))


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def enrolled_on(day: date) -> PathwayFact:
    return enrolled(day.isoformat())


def recorded(told: Given) -> list[Recorded]:
    return [
        Recorded(
            fact_id=one.fact_id or UUID(int=0),
            pathway_id=PATHWAY,
            version=version,
            position=version,
            recorded_at=datetime(2016, 6, 1, 8, tzinfo=UTC),
            actor=Actor(kind=ActorKind.BEMIDDELAAR, ref="b", organisation="OVO000083"),
            command_id="c",
            correlation_id="c",
            causation_id="c",
            data_class=1,
            prev_hash="0" * 64,
            hash="0" * 64,
            fact=one.fact,  # pyright: ignore[reportArgumentType]
        )
        for version, one in enumerate(told.told, start=1)
    ]


def registered(
    by: Caller, *facts: PathwayFact, limits: Backdating = LIMITS, before: Given | None = None
) -> tuple[str, ...] | str:
    """The warnings of what this caller registers, or that it is refused."""
    new = NewFacts(PATHWAY, None, [Judged(fact, (), ("own",)) for fact in facts], said())
    try:
        seen = limits.review(by, TODAY)(recorded(before) if before else [], new)
    except BackdatedTooFar:
        return REFUSED
    assert all(judged.warnings[0] == "own" for judged in seen.facts)
    return tuple(warning for judged in seen.facts for warning in judged.warnings[1:])


COUNSELLOR, LEADER = caller(Role.COUNSELLOR), caller(Role.TEAM_LEADER)
BOTH = caller(Role.COUNSELLOR, Role.TEAM_LEADER)
PARTNER = caller(Role.PARTNER, kind=CallerKind.PARTNER)
SYSTEM = caller(Role.CONSUMING_SYSTEM, kind=CallerKind.SYSTEEM)

# Days ago: today, in the free days, the first late day, the last, the first beyond the limit, years.
AGES = (0, 7, 8, 60, 61, 4000)
TABLE = {
    # who, enforced: what comes of each of the ages.
    (COUNSELLOR, False): ((), (), WARNED, WARNED, WARNED, WARNED),
    (COUNSELLOR, True): ((), (), WARNED, WARNED, REFUSED, REFUSED),
    (LEADER, False): ((), (), WARNED, WARNED, WARNED, WARNED),
    (LEADER, True): ((), (), WARNED, WARNED, WARNED, WARNED),
    (BOTH, True): ((), (), WARNED, WARNED, WARNED, WARNED),
    (PARTNER, False): ((), (), WARNED, WARNED, WARNED, WARNED),
    (PARTNER, True): ((), (), REFUSED, REFUSED, REFUSED, REFUSED),
    (SYSTEM, False): ((), (), (), (), (), ()),
    (SYSTEM, True): ((), (), (), (), (), ()),
}
CELLS = [
    pytest.param(who, enforced, days, told, id=f"{'+'.join(sorted(who.roles))}-{enforced}-{days}")
    for (who, enforced), cells in TABLE.items()
    for days, told in zip(AGES, cells, strict=True)
]


@pytest.mark.parametrize(("who", "enforced", "days", "told"), CELLS)
def test_each_role_registers_as_far_back_as_the_table_says(
    who: Caller, enforced: bool, days: int, told: tuple[str, ...] | str
) -> None:
    limits = Backdating(enforced=enforced)

    assert registered(who, enrolled_on(ago(days)), limits=limits) == told


def test_a_day_ahead_is_no_day_past() -> None:
    assert registered(COUNSELLOR, enrolled_on(ago(-3))) == ()


@pytest.mark.parametrize(
    ("days", "age"), [(2, Age.FRESH), (3, Age.LATE), (5, Age.LATE), (6, Age.OLD)]
)
def test_the_operator_sets_the_limits(days: int, age: Age) -> None:
    assert Backdating(free_days=2, limit_days=5).age(ago(days), TODAY) is age


def test_each_age_beyond_the_free_days_has_its_roles() -> None:
    assert set(MAY_REGISTER) == set(Age) - {Age.FRESH}


@pytest.mark.parametrize(
    ("who", "days", "limit", "may"),
    [(COUNSELLOR, 61, 60, "a team leader"), (PARTNER, 8, 7, "a counsellor or team leader")],
)
def test_the_refusal_names_the_day_the_limit_and_who_may(
    who: Caller, days: int, limit: int, may: str
) -> None:
    new = NewFacts(PATHWAY, None, [Judged(enrolled_on(ago(days)))], said())

    with pytest.raises(BackdatedTooFar) as refused:
        Backdating(enforced=True).review(who, TODAY)([], new)

    assert refused.value.message == (
        f"{ago(days)} is {days} days ago. What is more than {limit} days ago is registered by "
        f"{may}. Ask one, or correct the day if it is wrong."
    )
    assert refused.value.field == "on"


def test_each_fact_of_a_command_is_warned_of_by_its_own_day() -> None:
    facts = (enrolled_on(ago(20)), assigned(ago(1).isoformat()))

    assert registered(COUNSELLOR, *facts) == WARNED


LIFE = given(
    enrolled("2015-01-05"),
    assigned("2016-05-20"),
    ibo_started(1, "2016-05-27", "2016-11-30"),
    hired("2016-05-31"),
)


def corrected(version: int, to: str, on: date = TODAY) -> DataCorrected:
    target = LIFE.facts[version - 1]
    return DataCorrected(
        occurred_on=date.fromisoformat(to),
        target=fact_id(version),
        becomes=target.model_copy(update={"occurred_on": date.fromisoformat(to)}),
        reason=CorrectionReason.INVOERFOUT,
    )


def annulled(version: int) -> RegistrationAnnulled:
    return RegistrationAnnulled(
        occurred_on=TODAY, target=fact_id(version), reason=AnnulmentReason.DUBBEL
    )


@pytest.mark.parametrize(
    ("amendment", "day"),
    [
        pytest.param(corrected(4, "2016-05-31"), "2016-05-31", id="in other fields"),
        pytest.param(corrected(4, "2016-05-02"), "2016-05-02", id="to an earlier day"),
        pytest.param(corrected(2, "2016-06-01"), "2016-05-20", id="to a later day"),
        pytest.param(annulled(2), "2016-05-20", id="one registration"),
        pytest.param(
            ModuleAnnulled(
                occurred_on=TODAY, module_id=module_id(1), reason=AnnulmentReason.DUBBEL
            ),
            "2016-05-27",
            id="a module",
        ),
        pytest.param(
            PathwayAnnulled(occurred_on=TODAY, reason=AnnulmentReason.TEST),
            "2015-01-05",
            id="the pathway",
        ),
    ],
)
def test_an_amendment_reaches_back_to_the_day_of_what_it_changes(
    amendment: PathwayFact, day: str
) -> None:
    assert reaches_back_to(amendment, standing(LIFE.told)) == date.fromisoformat(day)


def test_what_was_corrected_before_is_as_old_as_it_stands_now() -> None:
    moved = replace(LIFE, facts=(*LIFE.facts, corrected(2, "2016-05-30")))

    assert reaches_back_to(annulled(2), standing(moved.told)) == date(2016, 5, 30)


def test_who_may_not_register_so_far_back_may_not_correct_it_either() -> None:
    limits = Backdating(enforced=True)
    old = DataCorrected(
        occurred_on=date(2015, 1, 6),
        target=fact_id(1),
        becomes=enrolled("2015-01-06"),
        reason=CorrectionReason.INVOERFOUT,
    )

    assert registered(COUNSELLOR, old, limits=limits, before=LIFE) == REFUSED
    assert registered(LEADER, old, limits=limits, before=LIFE) == WARNED
    assert registered(COUNSELLOR, corrected(4, "2016-05-30"), limits=limits, before=LIFE) == ()


def test_what_follows_in_one_command_is_seen_too() -> None:
    module = ibo_started(2, "2016-05-31", "2016-11-30")
    end = stopped(2, "2016-05-31")

    assert registered(COUNSELLOR, module, end, before=LIFE) == ()
