"""The status tables, walked cell by cell: each allowed move brings about its status, each other is refused."""

from collections.abc import Callable, Mapping
from uuid import UUID

import pytest
from pathway.domain import moves, refusals
from pathway.domain.catalogue import FACTS, PathwayFact
from pathway.domain.closing import PathwayReopened
from pathway.domain.codes import (
    InterruptionReason,
    ModuleKind,
    ModuleStatus,
    NotStartedReason,
    PathwayStatus,
    PlanMotive,
    ReopeningReason,
    SuspensionReason,
)
from pathway.domain.course import (
    ModuleExtended,
    ModuleIntensityChanged,
    ModuleInterrupted,
    ModuleResumed,
    ModuleShortened,
)
from pathway.domain.facts import evolve
from pathway.domain.planning import ModuleNotStarted, ModulePlanned
from pathway.domain.state import Pathway
from pathway.domain.suspension import PathwayResumed, PathwaySuspended

from tests.pathway.domain.kit import (
    EMPLOYER,
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

NEW = UUID(int=77)

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
SUSPENDED = PathwaySuspended(occurred_on=day("2015-02-01"), reason=SuspensionReason.FAMILIAAL)
STANDS: dict[PathwayStatus, tuple[PathwayFact, ...]] = {
    PathwayStatus.INGESCHREVEN: (enrolled(),),
    PathwayStatus.IN_BEGELEIDING: (enrolled(), assigned("2014-01-10")),
    PathwayStatus.GESCHORST: (enrolled(), assigned("2014-01-10"), SUSPENDED),
    PathwayStatus.NAZORG: (enrolled(), assigned("2014-01-10"), hired("2015-02-01")),
    PathwayStatus.AFGESLOTEN: (enrolled(), assigned("2014-01-10"), closed("2015-02-01")),
}
"""How a pathway comes to stand so."""
MOVING: dict[str, PathwayFact] = {
    "CounsellorAssigned": assigned("2015-03-02", "bemiddelaar-02"),
    "IboStarted": ibo_started(9, "2015-03-02", "2015-08-28"),
    "StageStarted": stage_started(9, "2015-03-02", "2015-03-27"),
    "WorkExperienceModuleStarted": w_started(9, "2015-03-02"),
    "InsertionModuleStarted": i_started(9, "2015-03-02"),
    "PathwaySuspended": SUSPENDED.model_copy(update={"occurred_on": day("2015-03-02")}),
    "PathwayResumed": PathwayResumed(occurred_on=day("2015-03-02")),
    "HiredInNec": hired("2015-03-02"),
    "PathwayClosed": closed("2015-03-02"),
    "PathwayReopened": PathwayReopened(
        occurred_on=day("2015-03-02"), reason=ReopeningReason.TERUGKEER
    ),
}


def state(*facts: PathwayFact) -> Pathway:
    return given(*facts).pathway


def cells(drawn: str) -> dict[str, dict[str, str]]:
    """To where each fact moves what stands so: by status, then by fact."""
    (_, *statuses), *rows = [line.split() for line in drawn.strip().splitlines()]
    return {
        status: {row[0]: row[place] for row in rows if row[place] != "-"}
        for place, status in enumerate(statuses, start=1)
    }


@pytest.mark.parametrize(
    ("table", "model"),
    [
        (moves.PATHWAY, {**cells(PATHWAY), "GEANNULEERD": {}, "SAMENGEVOEGD": {}}),
        (moves.MODULE, cells(MODULE)),
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


@pytest.mark.parametrize("fact", MOVING)
@pytest.mark.parametrize("status", STANDS)
def test_a_pathway_moves_as_its_table_says_and_not_otherwise(
    status: PathwayStatus, fact: str
) -> None:
    pathway, moving = state(*STANDS[status]), MOVING[fact]
    assert pathway.status == status
    to = moves.PATHWAY[status].get(fact)

    if to is not None:
        moving.fits(pathway)
        after = evolve(pathway, moving)
        assert after is not None
        assert after.status == to
        return
    if status == PathwayStatus.AFGESLOTEN:
        # Nothing but a reopening is asked of a closed pathway: the command stops there.
        assert not moving.after_closing
        return
    with pytest.raises(refusals.NotInThisStatus) as refused:
        moving.fits(pathway)
    assert status in refused.value.message
    for possible in moves.PATHWAY[status]:
        assert possible in refused.value.message


PLANNED = ModulePlanned(
    occurred_on=day("2015-01-05"),
    module_id=module_id(1),
    module_kind=ModuleKind.IBO,
    organisation=EMPLOYER,
    planned_from=day("2015-02-02"),
    planned_until=day("2015-06-26"),
    hours_per_week=38,
)
STARTED = ibo_started(1, "2015-02-02", "2015-06-26")
INTERRUPTED = ModuleInterrupted(
    occurred_on=day("2015-03-02"), module_id=module_id(1), reason=InterruptionReason.FAMILIAAL
)
NOT_STARTED = ModuleNotStarted(
    occurred_on=day("2015-02-02"), module_id=module_id(1), reason=NotStartedReason.GEEN_PLAATS
)
MODULE_STANDS: dict[ModuleStatus, tuple[PathwayFact, ...]] = {
    ModuleStatus.GEPLAND: (PLANNED,),
    ModuleStatus.NIET_GESTART: (PLANNED, NOT_STARTED),
    ModuleStatus.LOPEND: (STARTED,),
    ModuleStatus.ONDERBROKEN: (STARTED, INTERRUPTED),
    ModuleStatus.VOLTOOID: (STARTED, ibo_completed(1, "2015-03-02")),
    ModuleStatus.STOPGEZET: (STARTED, stopped(1, "2015-03-02")),
}
ON = {"occurred_on": day("2015-03-09"), "module_id": module_id(1)}
MODULE_MOVING: dict[str, PathwayFact] = {
    "IboStarted": STARTED.model_copy(update=ON),
    "StageStarted": stage_started(1, "2015-03-09", "2015-03-27"),
    "ModuleNotStarted": NOT_STARTED.model_copy(update=ON),
    "ModuleInterrupted": INTERRUPTED.model_copy(update=ON),
    "ModuleResumed": ModuleResumed(**ON, planned_until=day("2015-06-26")),
    "ModuleExtended": ModuleExtended(
        **ON, planned_until=day("2015-07-10"), motive=PlanMotive.OVERMACHT
    ),
    "ModuleShortened": ModuleShortened(
        **ON, planned_until=day("2015-06-12"), motive=PlanMotive.OVERMACHT
    ),
    "ModuleIntensityChanged": ModuleIntensityChanged(
        **ON, hours_per_week=19, motive=PlanMotive.VRAAG_CURSIST
    ),
    "IboCompleted": ibo_completed(1, "2015-03-09"),
    "ModuleStopped": stopped(1, "2015-03-09"),
}


@pytest.mark.parametrize("fact", MODULE_MOVING)
@pytest.mark.parametrize("status", MODULE_STANDS)
def test_a_module_moves_as_its_table_says_and_not_otherwise(
    status: ModuleStatus, fact: str
) -> None:
    pathway = state(enrolled(), *MODULE_STANDS[status])
    module, moving = pathway.module(module_id(1)), MODULE_MOVING[fact]
    assert module is not None
    assert module.status == status
    to = moves.MODULE[status].get(fact)

    if to is not None and fact != "StageStarted":
        moving.fits(pathway)
        after = evolve(pathway, moving)
        changed = after.module(module_id(1)) if after else None
        assert changed is not None
        assert changed.status == to
        return
    refusing: tuple[type[refusals.Refused], ...] = (
        refusals.NotInThisStatus,
        refusals.ModuleEnded,  # An end after an end has its own words since the first release.
        refusals.WrongModuleKind,  # A planned IBO does not start as a stage.
    )
    with pytest.raises(refusing) as refused:
        moving.fits(pathway)
    if isinstance(refused.value, refusals.NotInThisStatus):
        assert refused.value.field == "module_id"
        for possible in moves.MODULE[status]:
            assert possible in refused.value.message


@pytest.mark.parametrize(
    "starts", [w_started, i_started], ids=["WorkExperienceModuleStarted", "InsertionModuleStarted"]
)
def test_a_planned_module_of_wep_plus_starts_and_is_completed(
    starts: Callable[..., PathwayFact],
) -> None:
    start = starts(1, "2015-02-02")
    kind = start.module().kind
    planned = PLANNED.model_copy(update={"module_kind": kind, "organisation": PROMOTOR})

    pathway = state(enrolled(), planned, start, completed(1, "2015-06-30"))

    (module,) = pathway.modules
    assert module.status == ModuleStatus.VOLTOOID
    assert module.kind == kind
