"""A bulk decides about each pathway of its group by itself, once, and finds them in the log alone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from pathway import bulk_run
from pathway.application import Pathways
from pathway.bulk import Bulk, EndModules, HandOver
from pathway.bulk_run import BulkRun, Found, marked
from pathway.domain.closing import Close
from pathway.domain.codes import (
    AnnulmentReason,
    ContractKind,
    CorrectionReason,
    ExitType,
    InterruptionReason,
    MergeReason,
    ModuleKind,
    ModuleStatus,
    Proof,
    Scheme,
    StageKind,
    StopReason,
)
from pathway.domain.commands import Command
from pathway.domain.corrections import AnnulRegistration, CorrectData
from pathway.domain.course import InterruptModule
from pathway.domain.guidance import CounsellorTransferred, TransferCounsellor
from pathway.domain.guidance_codes import HandOverReason
from pathway.domain.merging import MergePathways
from pathway.domain.modules import ModuleStopped
from pathway.domain.planning import PlanModule
from pathway.domain.referral import ConfirmReferral, ReferToProvider
from pathway.domain.stage import StartStage
from pathway.domain.wep_plus import StartInsertionModule
from pathway.domain.work import Hire
from pathway.numbers import link
from pathway.recorded import Actor
from pydantic import ValidationError

from schemas.codes import ActorKind
from tests.pathway.bulk_groups import (
    EMPLOYER,
    ENDS,
    FROM,
    OTHER_EMPLOYER,
    STARTED,
    TO,
    assign,
    enrolled,
    ibo,
    many,
)
from tests.pathway.given import SetClock, said

ACTOR = Actor(kind=ActorKind.SYSTEEM, ref="opdrachtregel:test", organisation="OVO000083")
END = EndModules(on=ENDS, reason=StopReason.TEKORTKOMING_WERKGEVER, employer=EMPLOYER)
PLAN = PlanModule(
    on=STARTED,
    module_kind=ModuleKind.IBO,
    organisation=EMPLOYER,
    planned_from=date(2015, 11, 2),
    planned_until=date(2015, 12, 31),
    hours_per_week=Decimal(19),
)
END_LOT = EndModules(on=date(2016, 6, 30), reason=StopReason.EINDE_MAATREGEL, lot="perceel-7")
HAND_OVER = HandOver(on=ENDS, from_counsellor=FROM, counsellor=TO)


def run(pathways: Pathways, bulk: Bulk, *, preview: bool = False) -> list[Found]:
    """The group that the log tells of, decided."""
    carried_out = BulkRun(pathways, bulk, ACTOR, preview=preview)
    with marked(pathways.store.database_url, bulk.mark) as (_, ids):
        return [found for pathway_id in ids if (found := carried_out.decide(pathway_id))]


def outcomes(found: list[Found]) -> dict[UUID, list[str]]:
    """Of each pathway what became of its parts, a refusal by its rule."""
    return {
        one.pathway_id: [item.why.rule if item.why else item.outcome for item in one.items]
        for one in found
    }


def refused_rows(pathways: Pathways) -> list[tuple[UUID, str]]:
    with pathways.store.connection() as connection:
        rows = connection.execute("select * from pathway.refused_command order by refused_id")
        return [(row["pathway_id"], row["rule"]) for row in rows]


def facts(pathways: Pathways) -> int:
    """How many are on record; positions may have holes where two were on one pathway at once."""
    return len(pathways.store.log(limit=10_000))


# --- An employer's modules ---------------------------------------------------------------------------


def test_every_module_of_an_employer_ends_and_no_other(pathways: Pathways) -> None:
    theirs = enrolled(pathways, 1, ibo(), ibo(OTHER_EMPLOYER))
    others = enrolled(pathways, 2, ibo(OTHER_EMPLOYER))

    found = run(pathways, END)

    assert outcomes(found) == {theirs: ["accepted"]}
    *_, stopped = pathways.store.load(theirs)
    assert isinstance(stopped.fact, ModuleStopped)
    assert (stopped.fact.occurred_on, stopped.fact.reason) == (END.on, END.reason)
    assert [m.status for m in pathways.standing(theirs).pathway.modules] == [
        ModuleStatus.STOPGEZET,
        ModuleStatus.LOPEND,
    ]
    assert pathways.standing(others).pathway.running()


STAGE = StartStage(
    on=STARTED,
    planned_until=date(2015, 10, 30),
    hours_per_week=Decimal(19),
    stage=StageKind.OS,
    host=EMPLOYER,
)
WEP_PLUS = StartInsertionModule(
    on=date(2015, 1, 12),
    planned_until=date(2015, 9, 30),
    hours_per_week=Decimal(19),
    promotor=EMPLOYER,
)


@pytest.mark.parametrize("start", [ibo(), STAGE, WEP_PLUS], ids=lambda start: start.path)
def test_an_employer_is_found_as_whatever_the_module_knows_it(
    pathways: Pathways, start: Command
) -> None:
    pathway_id = enrolled(pathways, 1, start)

    assert outcomes(run(pathways, END)) == {pathway_id: ["accepted"]}


def test_what_cannot_end_on_the_day_is_refused_alone_with_its_rule(pathways: Pathways) -> None:
    good = enrolled(pathways, 1, ibo())
    later = enrolled(pathways, 2, ibo(), ibo(on=date(2015, 10, 1)))
    planned = enrolled(pathways, 3, PLAN)

    found = run(pathways, END)

    assert outcomes(found) == {
        good: ["accepted"],
        later: ["accepted", "end-before-start"],
        planned: ["not-in-this-status"],
    }
    assert refused_rows(pathways) == [
        (later, "end-before-start"),
        (planned, "not-in-this-status"),
    ]
    assert [m.status for m in pathways.standing(later).pathway.modules] == [
        ModuleStatus.STOPGEZET,
        ModuleStatus.LOPEND,
    ]
    assert pathways.standing(planned).version == 2


def test_a_warning_of_the_ordinary_command_is_told_and_kept_with_the_fact(
    pathways: Pathways,
) -> None:
    enrolled(pathways, 1, ibo(planned_until=date(2015, 9, 28)))

    ((_, _, items),) = run(pathways, END)

    assert [item.warnings for item in items] == [("ended-after-plan",)]
    assert pathways.store.log()[-1].warnings == ("ended-after-plan",)


def test_the_facts_say_who_ran_it_and_which_bulk_it_was(pathways: Pathways) -> None:
    pathway_id = enrolled(pathways, 1, ibo())

    run(pathways, END)

    *_, stopped = pathways.store.load(pathway_id)
    assert stopped.actor == ACTOR
    assert stopped.correlation_id == f"bulk:{END.bulk_id}"
    assert stopped.command_id == f"bulk:{END.bulk_id}:{pathway_id}"


def test_two_modules_of_one_person_end_in_one_commit(pathways: Pathways) -> None:
    pathway_id = enrolled(pathways, 1, ibo(), ibo(on=date(2015, 9, 7)))

    assert outcomes(run(pathways, END)) == {pathway_id: ["accepted", "accepted"]}

    *_, first, second = pathways.store.load(pathway_id)
    assert first.recorded_at == second.recorded_at
    assert first.command_id == second.command_id


def test_who_left_or_never_was_in_the_group_is_not_asked(pathways: Pathways) -> None:
    hired = Hire(
        on=date(2015, 9, 14),
        employer=EMPLOYER,
        contract=ContractKind.ONBEPAALDE_DUUR,
        hours_per_week=Decimal(38),
        proof=Proof.DIMONA,
    )
    enrolled(pathways, 1, ibo(), hired)
    ended = enrolled(pathways, 2, ibo())
    run(pathways, END.model_copy(update={"on": date(2015, 9, 15)}))
    corrected = enrolled(pathways, 3, ibo())
    *_, started = pathways.store.load(corrected)
    right = CorrectData(on=STARTED, fact_id=started.fact_id, reason=CorrectionReason.INVOERFOUT,
                        changes={"employer": OTHER_EMPLOYER})  # fmt: skip
    pathways.command(corrected, [right], said())

    assert outcomes(run(pathways, END)) == {}
    assert pathways.standing(ended).pathway.modules[0].last_day == date(2015, 9, 15)
    with marked(pathways.store.database_url, END.mark) as (named, _):
        assert named == 3, "all three are looked at, because a fact of theirs names the employer"


def test_who_came_into_the_group_by_a_correction_is_in_it(pathways: Pathways) -> None:
    corrected = enrolled(pathways, 1, ibo(OTHER_EMPLOYER))
    *_, started = pathways.store.load(corrected)
    right = CorrectData(on=STARTED, fact_id=started.fact_id, reason=CorrectionReason.INVOERFOUT,
                        changes={"employer": EMPLOYER})  # fmt: skip
    pathways.command(corrected, [right], said())

    assert outcomes(run(pathways, END)) == {corrected: ["accepted"]}


def test_a_module_that_came_along_in_a_merge_ends_where_it_counts_now(pathways: Pathways) -> None:
    survivor, absorbed = enrolled(pathways, 1, assign()), enrolled(pathways, 2, ibo())
    one, other = (pathways.standing(p).pathway.person_ref for p in (survivor, absorbed))
    link(pathways.store, pathways.vault, other, one, source="KSZ")
    merge = MergePathways(on=date(2015, 9, 28), absorbed=absorbed, reason=MergeReason.TWEE_NUMMERS)
    pathways.command(survivor, [merge], said())

    assert outcomes(run(pathways, END)) == {survivor: ["accepted"]}


def test_an_end_that_a_later_fact_could_not_have_followed_on_is_refused_alone(
    pathways: Pathways, clock: SetClock
) -> None:
    pathway_id = enrolled(pathways, 1, ibo())
    clock.forward(days=10)
    pause = InterruptModule(
        on=date(2015, 10, 5),
        module_id=pathways.standing(pathway_id).pathway.modules[0].module_id,
        reason=InterruptionReason.FAMILIAAL,
    )
    pathways.command(pathway_id, [pause], said())

    assert outcomes(run(pathways, END)) == {pathway_id: ["history-impossible"]}


def test_a_group_is_an_employers_or_a_lots() -> None:
    told = {"on": ENDS, "reason": StopReason.ANDERE}
    for group in ({}, {"employer": EMPLOYER, "lot": "perceel-7"}):
        with pytest.raises(ValidationError, match="an employer or a lot"):
            EndModules.model_validate(told | group)


# --- A lot's modules ---------------------------------------------------------------------------------


def test_modules_of_who_is_guided_in_the_lot_on_the_day_end(
    pathways: Pathways, clock: SetClock
) -> None:
    clock.forward(days=300)
    referral = ReferToProvider(on=date(2016, 2, 1), provider=OTHER_EMPLOYER, lot="perceel-7",
                               scheme=Scheme.IWPL_TENDER)  # fmt: skip
    training = ibo(on=date(2016, 3, 1), planned_until=date(2016, 7, 29))
    inside = enrolled(pathways, 1, referral, ConfirmReferral(on=date(2016, 2, 8)), training)
    enrolled(pathways, 2, referral, training)
    elsewhere = referral.model_copy(update={"lot": "perceel-70"})
    enrolled(pathways, 3, elsewhere, ConfirmReferral(on=date(2016, 2, 8)), training)

    assert outcomes(run(pathways, END_LOT)) == {inside: ["accepted"]}
    assert len(pathways.standing(inside).pathway.running()) == 0


# --- A caseload --------------------------------------------------------------------------------------


def test_a_caseload_is_handed_over_each_pathway_in_its_own_unit(pathways: Pathways) -> None:
    north = enrolled(pathways, 1, assign())
    south = enrolled(pathways, 2, assign(unit="OE-ZUID"))
    others = enrolled(pathways, 3, assign("bemiddelaar-09"))
    closed = Close(on=date(2015, 9, 10), exit_type=ExitType.OVERLIJDEN)
    enrolled(pathways, 4, assign(), closed)
    enrolled(pathways, 5, assign(), assign("bemiddelaar-09", date(2015, 9, 10)))

    found = run(pathways, HAND_OVER)

    assert outcomes(found) == {north: ["accepted"], south: ["accepted"]}
    assert [
        (told.counsellor, told.unit)
        for told in (pathways.standing(one).pathway for one in (north, south, others))
    ] == [(TO, "OE-NOORD"), (TO, "OE-ZUID"), ("bemiddelaar-09", "OE-NOORD")]
    *_, transferred = pathways.store.load(north)
    assert transferred.fact == CounsellorTransferred(
        occurred_on=ENDS, counsellor=TO, unit="OE-NOORD", from_counsellor=FROM,
        reason=HandOverReason.HERVERDELING,
    )  # fmt: skip


def test_with_a_unit_they_all_go_there_also_with_the_same_counsellor(pathways: Pathways) -> None:
    pathway_id = enrolled(pathways, 1, assign())

    found = run(pathways, HAND_OVER.model_copy(update={"counsellor": FROM, "unit": "OE-ZUID"}))

    assert outcomes(found) == {pathway_id: ["accepted"]}
    told = pathways.standing(pathway_id).pathway
    assert (told.counsellor, told.unit) == (FROM, "OE-ZUID")


def test_a_pathway_that_another_counsellor_guided_on_the_day_is_refused_alone(
    pathways: Pathways,
) -> None:
    later = enrolled(
        pathways, 1, assign("bemiddelaar-09"), assign(on=date(2015, 10, 1), unit="OE-ZUID")
    )
    unassigned = enrolled(pathways, 2, assign(on=date(2015, 10, 1)))
    good = enrolled(pathways, 3, assign())

    found = run(pathways, HAND_OVER)

    assert outcomes(found) == {
        later: ["another-guides"],
        unassigned: ["not-assigned"],
        good: ["accepted"],
    }
    assert pathways.standing(later).pathway.counsellor == FROM
    assert pathways.standing(later).version == 3


# --- Once --------------------------------------------------------------------------------------------

BULKS = {"end-modules": END, "hand-over": HAND_OVER}
ONE_OF_EACH = (assign(), ibo())


@pytest.mark.parametrize("bulk", BULKS.values(), ids=BULKS)
def test_the_same_again_adds_nothing_and_says_what_was_done(pathways: Pathways, bulk: Bulk) -> None:
    done = many(pathways, 3, ONE_OF_EACH)
    enrolled(pathways, 9, assign(on=date(2015, 10, 1)), PLAN)
    first = run(pathways, bulk)
    before, refused = facts(pathways), refused_rows(pathways)

    again = run(pathways, bulk)

    assert len(first) == len(again) == 4
    assert outcomes(again) | {one: ["already"] for one in done} == outcomes(again)
    assert facts(pathways) == before
    assert refused_rows(pathways) == refused
    assert len(refused) == 1


@pytest.mark.parametrize("bulk", BULKS.values(), ids=BULKS)
def test_a_preview_tells_what_the_run_then_does_and_writes_nothing(
    pathways: Pathways, bulk: Bulk
) -> None:
    many(pathways, 3, ONE_OF_EACH)
    enrolled(pathways, 9, assign(on=date(2015, 10, 1)), PLAN)
    before = facts(pathways)

    preview = run(pathways, bulk, preview=True)
    assert facts(pathways) == before
    assert refused_rows(pathways) == []

    assert preview == run(pathways, bulk)
    assert facts(pathways) == before + 3


def test_what_somebody_undid_since_is_not_done_again(pathways: Pathways) -> None:
    undone, handed_back = enrolled(pathways, 1, ibo()), enrolled(pathways, 2, assign())
    run(pathways, END)
    run(pathways, HAND_OVER)
    *_, stopped = pathways.store.load(undone)
    annul = AnnulRegistration(
        on=ENDS, fact_id=stopped.fact_id, reason=AnnulmentReason.VERKEERDE_PERSOON
    )
    pathways.command(undone, [annul], said())
    back = TransferCounsellor(on=date(2015, 10, 1), counsellor=FROM, unit="OE-NOORD",
                              reason=HandOverReason.ANDERE)  # fmt: skip
    pathways.command(handed_back, [back], said())

    assert outcomes(run(pathways, END)) == {undone: ["already"]}
    assert outcomes(run(pathways, HAND_OVER)) == {handed_back: ["already"]}
    assert pathways.standing(undone).pathway.running()
    assert pathways.standing(handed_back).pathway.counsellor == FROM


def test_a_module_that_came_since_is_added_by_the_same_again(pathways: Pathways) -> None:
    pathway_id = enrolled(pathways, 1, ibo())
    run(pathways, END)
    pathways.command(pathway_id, [ibo(on=date(2015, 9, 7))], said())

    assert outcomes(run(pathways, END)) == {pathway_id: ["already", "accepted"]}


def test_what_is_asked_otherwise_is_another_bulk() -> None:
    others = [
        END.model_copy(update=changed)
        for changed in ({"on": date(2015, 9, 29)}, {"reason": StopReason.ANDERE},
                        {"decision_ref": "B-1"}, {"employer": OTHER_EMPLOYER})
    ]  # fmt: skip

    assert len({one.bulk_id for one in (END, *others, END_LOT, HAND_OVER)}) == 7
    assert END.bulk_id == END.model_copy().bulk_id == UUID("1056ddd7-96ad-561e-a4c8-d429885ea02f")


def test_many_at_once_come_to_one(pathways: Pathways) -> None:
    group = many(pathways, 12, ONE_OF_EACH)
    before = facts(pathways)

    with ThreadPoolExecutor(4) as together:
        found = list(together.map(lambda _: run(pathways, END), range(4)))

    assert facts(pathways) == before + len(group)
    for pathway_id in group:
        told = sorted(item for each in found for item in outcomes(each)[pathway_id])
        assert told == ["accepted", "already", "already", "already"]


def test_who_was_first_on_a_pathway_is_not_overruled_unseen(pathways: Pathways) -> None:
    """Between the bulk's look and its commit a counsellor ends the module on another day."""
    pathway_id = enrolled(pathways, 1, ibo())
    ends_there = END.model_copy(update={"on": date(2015, 9, 15)})
    racing = BulkRun(pathways, END, ACTOR)
    load, between = pathways.store.load, iter([lambda: run(pathways, ends_there)])

    def loaded(of: UUID, upto: int | None = None) -> list[object]:
        facts = load(of, upto)
        next(between, lambda: None)()
        return facts

    pathways.store.load = loaded
    found = racing.decide(pathway_id)

    assert found is None
    assert pathways.standing(pathway_id).pathway.modules[0].last_day == date(2015, 9, 15)


# --- Finding the group -------------------------------------------------------------------------------


def test_a_large_group_is_fetched_bit_by_bit(
    pathways: Pathways, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_run, "AT_ONCE", 2)
    group = many(pathways, 7, [ibo()])

    with marked(pathways.store.database_url, END.mark) as (count, ids):
        told = list(ids)

    assert (count, told) == (7, sorted(group))


def test_the_log_can_be_written_to_while_the_group_is_worked_through(pathways: Pathways) -> None:
    (pathway_id,) = many(pathways, 1, [ibo()])

    with marked(pathways.store.database_url, END.mark) as (_, ids):
        with pathways.store.connection() as connection:
            waiting = connection.execute(
                "select state from pg_stat_activity where application_name = 'pathway bulk'"
            ).fetchall()
        assert list(ids) == [pathway_id]

    assert [row["state"] for row in waiting] == ["idle"], "no transaction is held open meanwhile"


def test_a_group_of_nobody_is_empty(pathways: Pathways) -> None:
    assert run(pathways, END) == []
