"""The status tables, walked cell by cell: each allowed move brings about its status, each other is refused."""

from collections.abc import Callable, Mapping
from typing import NamedTuple
from uuid import UUID

import pytest
from pathway.domain import merge_refusals, moves, refusals
from pathway.domain.catalogue import FACTS, PathwayFact
from pathway.domain.closing import Close, PathwayReopened, Reopen
from pathway.domain.codes import (
    AnnulmentReason,
    ExitType,
    InterruptionReason,
    MergeReason,
    ModuleKind,
    ModuleStatus,
    NotStartedReason,
    PathwayStatus,
    PlanMotive,
    ReopeningReason,
    StageKind,
    SuspensionReason,
)
from pathway.domain.commands import Command
from pathway.domain.corrections import PathwayAnnulled
from pathway.domain.course import (
    ModuleExtended,
    ModuleIntensityChanged,
    ModuleInterrupted,
    ModuleResumed,
    ModuleShortened,
)
from pathway.domain.employment import EndEmployment
from pathway.domain.guidance import AssignCounsellor
from pathway.domain.ibo import StartIbo
from pathway.domain.merging import PathwayAbsorbed
from pathway.domain.planning import ModuleNotStarted, ModulePlanned
from pathway.domain.stage import StageCompleted, StartStage
from pathway.domain.suspension import PathwaySuspended, Resume, Suspend
from pathway.domain.wep_plus import StartInsertionModule, StartWorkExperienceModule
from pathway.domain.work import Hire
from pathway.domain.work_codes import JobEndReason

from tests.pathway.domain.kit import (
    EMPLOYER,
    HOST,
    OTHER_EMPLOYER,
    PROMOTOR,
    assigned,
    closed,
    completed,
    day,
    enrolled,
    given,
    hired,
    i_started,
    ibo_completed,
    ibo_started,
    module_id,
    stage_started,
    stopped,
    w_started,
)

# Written down here once more, after the domain model, 7.2, so that no cell of the tables in code can
# change unseen. A dash: the fact is refused. Of an annulled pathway, and of one that was merged into
# another, every fact is.
PATHWAY = """
fact                        INGESCHREVEN   IN_BEGELEIDING GESCHORST      NAZORG         AFGESLOTEN
CounsellorAssigned          IN_BEGELEIDING IN_BEGELEIDING GESCHORST      NAZORG         -
IboStarted                  IN_BEGELEIDING IN_BEGELEIDING -              IN_BEGELEIDING -
StageStarted                IN_BEGELEIDING IN_BEGELEIDING -              IN_BEGELEIDING -
WorkExperienceModuleStarted IN_BEGELEIDING IN_BEGELEIDING -              IN_BEGELEIDING -
InsertionModuleStarted      IN_BEGELEIDING IN_BEGELEIDING -              IN_BEGELEIDING -
PathwaySuspended            GESCHORST      GESCHORST      -              -              -
PathwayResumed              -              -              IN_BEGELEIDING -              -
HiredInNec                  NAZORG         NAZORG         NAZORG         NAZORG         -
EmploymentEnded             INGESCHREVEN   IN_BEGELEIDING GESCHORST      IN_BEGELEIDING -
PathwayClosed               AFGESLOTEN     AFGESLOTEN     AFGESLOTEN     AFGESLOTEN     -
PathwayReopened             -              -              -              -              IN_BEGELEIDING
"""
MODULE = """
fact                        GEPLAND      NIET_GESTART LOPEND      ONDERBROKEN VOLTOOID STOPGEZET
IboStarted                  LOPEND       -            -           -           -        -
StageStarted                LOPEND       -            -           -           -        -
WorkExperienceModuleStarted LOPEND       -            -           -           -        -
InsertionModuleStarted      LOPEND       -            -           -           -        -
ModuleNotStarted            NIET_GESTART -            -           -           -        -
ModuleInterrupted           -            -            ONDERBROKEN -           -        -
ModuleResumed               -            -            -           LOPEND      -        -
ModuleExtended              -            -            LOPEND      ONDERBROKEN -        -
ModuleShortened             -            -            LOPEND      ONDERBROKEN -        -
ModuleIntensityChanged      -            -            LOPEND      ONDERBROKEN -        -
IboCompleted                -            -            VOLTOOID    VOLTOOID    -        -
StageCompleted              -            -            VOLTOOID    VOLTOOID    -        -
ModuleCompleted             -            -            VOLTOOID    VOLTOOID    -        -
ModuleStopped               -            -            STOPGEZET   STOPGEZET   -        -
"""
JOB = hired("2014-02-03")
BACK = PathwayReopened(occurred_on=day("2014-03-04"), reason=ReopeningReason.TERUGKEER)
ENROLLED = (enrolled(), JOB, closed("2014-03-03"), BACK)
GUIDED = (enrolled(), assigned("2014-01-10"), JOB, closed("2014-03-03"), BACK)
"""Somebody with a job from before, so that it can end in each status."""
OTHER = UUID(int=78)
STANDS: dict[str, tuple[PathwayFact, ...]] = {
    "INGESCHREVEN": ENROLLED,
    "IN_BEGELEIDING": GUIDED,
    "GESCHORST": (
        *GUIDED,
        PathwaySuspended(occurred_on=day("2015-02-01"), reason=SuspensionReason.FAMILIAAL),
    ),
    "NAZORG": (enrolled(), assigned("2014-01-10"), JOB),
    "AFGESLOTEN": (*GUIDED, closed("2015-02-02")),
    "GEANNULEERD": (
        *GUIDED,
        PathwayAnnulled(occurred_on=day("2015-02-02"), reason=AnnulmentReason.TEST),
    ),
    "SAMENGEVOEGD": (
        *GUIDED,
        PathwayAbsorbed(
            occurred_on=day("2015-02-02"), survivor=OTHER, reason=MergeReason.TWEE_NUMMERS
        ),
    ),
}
"""How a pathway comes to stand so."""
ON = day("2015-03-02")
FULL = {"on": ON, "hours_per_week": 38}
W = {**FULL, "planned_until": "2015-09-30", "promotor": PROMOTOR}
WORK = {"contract": "ONBEPAALDE_DUUR", "proof": "DIMONA"}
ASKED: dict[str, Command] = {
    "CounsellorAssigned": AssignCounsellor(on=ON, counsellor="bemiddelaar-02", unit="OE-GENT"),
    "IboStarted": StartIbo(**FULL, planned_until="2015-08-28", employer=EMPLOYER),
    "StageStarted": StartStage(**FULL, planned_until="2015-03-27", stage="OS", host=HOST),
    "WorkExperienceModuleStarted": StartWorkExperienceModule(**W),
    "InsertionModuleStarted": StartInsertionModule(**W),
    "PathwaySuspended": Suspend(on=ON, reason=SuspensionReason.FAMILIAAL),
    "PathwayResumed": Resume(on=ON),
    "HiredInNec": Hire(**FULL, **WORK, employer=OTHER_EMPLOYER),
    "EmploymentEnded": EndEmployment(
        on=ON, employer=EMPLOYER, reason=JobEndReason.EINDE_CONTRACT, returns_to_guidance=True
    ),
    "PathwayClosed": Close(on=ON, exit_type=ExitType.UITSCHRIJVING),
    "PathwayReopened": Reopen(on=ON, reason=ReopeningReason.TERUGKEER),
}
"""The command that each of these facts follows on."""
NOTHING_FOLLOWS: dict[str, tuple[type[refusals.Refused], str]] = {
    "AFGESLOTEN": (refusals.Closed, "Open it again (reopen), or enrol the person again."),
    "GEANNULEERD": (refusals.Annulled, "Enrol the person again to go on."),
    "SAMENGEVOEGD": (merge_refusals.Merged, f"merged into {OTHER}. Go on with that one."),
}
"""How a fact is refused that would follow on a pathway of which nothing is open, and what is said instead."""


def cells(drawn: str) -> dict[str, dict[str, str]]:
    """To where each fact moves what stands so: by status, then by fact."""
    (_, *statuses), *rows = [line.split() for line in drawn.strip().splitlines()]
    return {
        status: {row[0]: row[place] for row in rows if row[place] != "-"}
        for place, status in enumerate(statuses, start=1)
    }


PATHWAY_MOVES = {**cells(PATHWAY), "GEANNULEERD": {}, "SAMENGEVOEGD": {}}
MODULE_MOVES = cells(MODULE)


@pytest.mark.parametrize(
    ("table", "model"),
    [
        (moves.PATHWAY, PATHWAY_MOVES),
        (moves.MODULE, MODULE_MOVES),
    ],
    ids=["pathway", "module"],
)
def test_each_cell_is_as_in_the_domain_model(
    table: Mapping[str, Mapping[str, str]], model: Mapping[str, Mapping[str, str]]
) -> None:
    assert table == model


def test_the_tables_name_facts_that_there_are() -> None:
    named = {fact for cells in (*moves.PATHWAY.values(), *moves.MODULE.values()) for fact in cells}

    assert named <= {fact.__name__ for fact in FACTS}
    assert moves.PATHWAY.keys() == set(PathwayStatus)
    assert moves.MODULE.keys() == set(ModuleStatus)


@pytest.mark.parametrize("fact", ASKED)
@pytest.mark.parametrize("status", PathwayStatus)
def test_a_pathway_moves_as_its_table_says_and_not_otherwise(
    status: PathwayStatus, fact: str
) -> None:
    before = given(*STANDS[status])
    assert before.pathway.status == status
    to = PATHWAY_MOVES[status].get(fact)

    if to is not None:
        facts = before.when(ASKED[fact])
        assert [one.name for one in facts] == [fact]
        assert given(*before.facts, *facts).pathway.status == to
        return
    possible = [*sorted(PATHWAY_MOVES[status]), "or an annulment"]
    otherwise = f"{fact} is not possible then. Possible are {', '.join(possible)}."
    kind, instead = NOTHING_FOLLOWS.get(status, (refusals.NotInThisStatus, otherwise))
    with pytest.raises(kind) as refused:
        before.when(ASKED[fact])
    assert refused.value.message.endswith(instead)


def test_every_fact_and_status_of_the_tables_is_walked() -> None:
    assert set(ASKED) == {line.split()[0] for line in PATHWAY.strip().splitlines()[1:]}
    assert STANDS.keys() == PATHWAY_MOVES.keys() == set(PathwayStatus)
    assert set(OF_MODULE) == {line.split()[0] for line in MODULE.strip().splitlines()[1:]}
    assert MODULE_MOVES.keys() == set(ModuleStatus)


def test_a_job_that_ends_brings_nobody_back_who_does_not_come_back() -> None:
    ended = ASKED["EmploymentEnded"].model_copy(update={"returns_to_guidance": False})
    aftercare = given(*STANDS["NAZORG"])

    assert given(*aftercare.facts, *aftercare.when(ended)).pathway.status == "NAZORG"


ONE = {"module_id": module_id(1)}
THEN = {"occurred_on": day("2015-03-09"), **ONE}
LATER = {"planned_until": day("2015-07-10"), "motive": PlanMotive.OVERMACHT}
SOONER = {"planned_until": day("2015-06-12"), "motive": PlanMotive.OVERMACHT}


def stage_completed(number: int, on: str) -> StageCompleted:
    return StageCompleted(occurred_on=day(on), module_id=module_id(number))


class Kind(NamedTuple):
    """A kind of module: how it starts and is completed."""

    kind: ModuleKind
    starts: Callable[[int, str, str], PathwayFact]
    completes: Callable[[int, str], PathwayFact]


IBO = Kind(ModuleKind.IBO, ibo_started, ibo_completed)
STAGE = Kind(ModuleKind.STAGE, stage_started, stage_completed)
W_MODULE = Kind(ModuleKind.WEP_WERKERVARING, w_started, completed)
I_MODULE = Kind(ModuleKind.WEP_INSCHAKELING, i_started, completed)
OF_MODULE: dict[str, tuple[Kind, PathwayFact]] = {
    "IboStarted": (IBO, ibo_started(1, "2015-03-09", "2015-06-26")),
    "StageStarted": (STAGE, stage_started(1, "2015-03-09", "2015-06-26")),
    "WorkExperienceModuleStarted": (W_MODULE, w_started(1, "2015-03-09", "2015-06-26")),
    "InsertionModuleStarted": (I_MODULE, i_started(1, "2015-03-09", "2015-06-26")),
    "ModuleNotStarted": (IBO, ModuleNotStarted(**THEN, reason=NotStartedReason.GEEN_PLAATS)),
    "ModuleInterrupted": (IBO, ModuleInterrupted(**THEN, reason=InterruptionReason.FAMILIAAL)),
    "ModuleResumed": (IBO, ModuleResumed(**THEN, planned_until=day("2015-06-26"))),
    "ModuleExtended": (IBO, ModuleExtended(**THEN, **LATER)),
    "ModuleShortened": (IBO, ModuleShortened(**THEN, **SOONER)),
    "ModuleIntensityChanged": (
        IBO,
        ModuleIntensityChanged(**THEN, hours_per_week=19, motive=PlanMotive.VRAAG_CURSIST),
    ),
    "IboCompleted": (IBO, ibo_completed(1, "2015-03-09")),
    "StageCompleted": (STAGE, stage_completed(1, "2015-03-09")),
    "ModuleCompleted": (W_MODULE, completed(1, "2015-03-09")),
    "ModuleStopped": (IBO, stopped(1, "2015-03-09")),
}
"""Each fact of the table, and the kind of module that it is about."""
ENDS = {"IboCompleted", "StageCompleted", "ModuleCompleted", "ModuleStopped"}


def stands(status: str, of: Kind) -> tuple[PathwayFact, ...]:
    """How a module of this kind comes to stand so."""
    planned = ModulePlanned(
        occurred_on=day("2015-01-05"),
        **ONE,
        module_kind=of.kind,
        stage=StageKind.OS if of is STAGE else None,
        organisation=EMPLOYER,
        planned_from=day("2015-02-02"),
        planned_until=day("2015-06-26"),
        hours_per_week=38,
    )
    started = of.starts(1, "2015-02-02", "2015-06-26")
    paused = ModuleInterrupted(
        occurred_on=day("2015-03-02"), **ONE, reason=InterruptionReason.FAMILIAAL
    )
    dropped = ModuleNotStarted(
        occurred_on=day("2015-02-02"), **ONE, reason=NotStartedReason.GEEN_PLAATS
    )
    then = {
        "GEPLAND": (planned,),
        "NIET_GESTART": (planned, dropped),
        "LOPEND": (started,),
        "ONDERBROKEN": (started, paused),
        "VOLTOOID": (started, of.completes(1, "2015-03-02")),
        "STOPGEZET": (started, stopped(1, "2015-03-02")),
    }
    return (enrolled(), *then[status])


@pytest.mark.parametrize("fact", OF_MODULE)
@pytest.mark.parametrize("status", ModuleStatus)
def test_a_module_moves_as_its_table_says_and_not_otherwise(
    status: ModuleStatus, fact: str
) -> None:
    kind, moving = OF_MODULE[fact]
    before = given(*stands(status, kind))
    (module,) = before.pathway.modules
    assert (module.status, module.kind) == (status, kind.kind)
    to = MODULE_MOVES[status].get(fact)

    if to is not None:
        moving.fits(before.pathway)
        (changed,) = given(*before.facts, moving).pathway.modules
        assert changed.status == to
        return
    # An end after an end has its own words since the first release.
    again = fact in ENDS and status in (ModuleStatus.VOLTOOID, ModuleStatus.STOPGEZET)
    with pytest.raises(refusals.ModuleEnded if again else refusals.NotInThisStatus) as refused:
        moving.fits(before.pathway)
    assert refused.value.field == "module_id"
    possible = [*sorted(MODULE_MOVES[status]), "an annulment", "or a correction of what was told"]
    assert refused.value.message.endswith(f"Possible are {', '.join(possible)}.")


@pytest.mark.parametrize("of", [IBO, STAGE, W_MODULE, I_MODULE], ids=lambda of: of.kind)
def test_a_module_of_each_kind_is_planned_starts_and_is_completed(of: Kind) -> None:
    planned = stands("GEPLAND", of)
    start, end = of.starts(1, "2015-02-02", "2015-06-26"), of.completes(1, "2015-06-26")

    start.fits(given(*planned).pathway)
    end.fits(given(*planned, start).pathway)

    (module,) = given(*planned, start, end).pathway.modules
    assert (module.status, module.kind) == (ModuleStatus.VOLTOOID, of.kind)


def test_a_module_that_was_planned_does_not_start_as_another_kind() -> None:
    planned_ibo = given(*stands("GEPLAND", IBO)).pathway

    with pytest.raises(refusals.WrongModuleKind):
        OF_MODULE["StageStarted"][1].fits(planned_ibo)
