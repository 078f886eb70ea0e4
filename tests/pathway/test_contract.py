"""From a recorded fact to what is published of it."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, get_args, get_origin
from uuid import UUID

import pytest
from hypothesis import given as whatever, strategies as st
from jsonschema import Draft202012Validator
from pathway import contract, telling
from pathway.domain.carrying import Carried
from pathway.domain.catalogue import PathwayFact
from pathway.domain.codes import (
    AbsenceReason,
    AnnulmentReason,
    Category,
    CorrectionReason,
    ExitType,
    IboVariant,
    InterruptionReason,
    MergeReason,
    ModuleKind,
    MoneyScheme,
    StageKind,
    StopReason,
    SuspensionReason,
)
from pathway.domain.commands import Moment
from pathway.domain.corrections import DataCorrected, ModuleAnnulled
from pathway.domain.employment import EmploymentChecked
from pathway.domain.facts import Fact, Told, state_of
from pathway.domain.guidance_codes import (
    Advice,
    ExemptionKind,
    Need,
    PlanAction,
    ScreeningMethod,
)
from pathway.domain.merging import PathwaysMerged
from pathway.domain.planning import ModulePlanned
from pathway.domain.refusals import Refused
from pathway.domain.state import Pathway
from pathway.domain.work import HiredInNec
from pathway.domain.work_codes import JobEndReason
from pathway.recorded import Actor, Recorded

import schemas
from schemas import codes, events
from schemas.codes import ActorKind
from tests.pathway.domain.invented import FACTS, TODAY, before, commands, facts
from tests.pathway.domain.kit import (
    ANNA,
    enrolled,
    fact_id,
    given,
    i_started,
    ibo_started,
    stage_started,
    w_started,
)

BASE = "https://pathways.example/schemas"
PATHWAY_ID = UUID("0148ca8d-97a2-74ad-a992-a1ab4f4edbcc")
NOON = datetime(2016, 6, 1, 10, 0, tzinfo=UTC)
SENSITIVE: dict[type[StrEnum], frozenset[StrEnum]] = {
    Category: frozenset({Category.FOD_SZ, Category.OCMW, Category.UITGESLOTEN}),
    IboVariant: frozenset(IboVariant),
    MoneyScheme: frozenset(MoneyScheme),
    StageKind: frozenset({StageKind.AS, StageKind.ORS, StageKind.BVS}),
    InterruptionReason: frozenset(
        {
            InterruptionReason.ZIEKTE,
            InterruptionReason.ARBEIDSONGEVAL,
            InterruptionReason.BEVALLING,
            InterruptionReason.ANDERE,
        }
    ),
    SuspensionReason: frozenset(
        {
            SuspensionReason.ZIEKTE,
            SuspensionReason.BEVALLING,
            SuspensionReason.VRIJSTELLING,
            SuspensionReason.DETENTIE,
            SuspensionReason.ANDERE,
        }
    ),
    StopReason: frozenset({StopReason.ZIEKTE, StopReason.ARBEIDSONGEVAL, StopReason.ANDERE}),
    JobEndReason: frozenset(
        {JobEndReason.MEDISCHE_OVERMACHT, JobEndReason.DRINGENDE_REDEN, JobEndReason.ANDERE}
    ),
    ExitType: frozenset({ExitType.NIET_TOELEIDBAAR, ExitType.VRIJSTELLING, ExitType.ONBEKEND}),
    Need: frozenset(
        {
            *(Need.GEZONDHEID, Need.PSYCHISCH, Need.ARBEIDSBEPERKING, Need.VERSLAVING),
            *(Need.JUSTITIE, Need.ANDERE),
        }
    ),
    Advice: frozenset({Advice.GESPECIALISEERDE_BEGELEIDING, Advice.ACTIVERINGSZORG, Advice.ANDERE}),
    ExemptionKind: frozenset(
        {
            *(ExemptionKind.MANTELZORG, ExemptionKind.GEZONDHEID),
            *(ExemptionKind.BEVALLING, ExemptionKind.ANDERE),
        }
    ),
    PlanAction: frozenset(
        {PlanAction.GESPECIALISEERDE_BEGELEIDING, PlanAction.ACTIVERINGSZORG, PlanAction.ANDERE}
    ),
    AbsenceReason: frozenset(
        {AbsenceReason.ZIEKTE, AbsenceReason.ARBEIDSONGEVAL, AbsenceReason.ANDERE}
    ),
    ScreeningMethod: frozenset({ScreeningMethod.ICF, ScreeningMethod.ANDERE}),
}
"""Of each list of codes those that must not be told apart by what is published."""


def recorded(fact: PathwayFact, version: int = 1, **changes: Any) -> Recorded:
    envelope = {
        "fact_id": UUID("01522fb3-d419-7f6f-b5ea-a8bc4343ba26"),
        "pathway_id": PATHWAY_ID,
        "version": version,
        "position": 40544,
        "recorded_at": NOON,
        "actor": Actor(kind=ActorKind.BEMIDDELAAR, ref="bemiddelaar-01", organisation="OVO000083"),
        "command_id": "c-1",
        "correlation_id": "r-1",
        "causation_id": "c-1",
        "salt": "5a17",
        "rules": fact.judged_by(None),
        "warnings": fact.warnings(None),
        "data_class": fact.data_class,
        "prev_hash": "0" * 64,
        "hash": "1f" * 32,
        "fact": fact,
    }
    return Recorded.model_validate(envelope | changes)


def after(history: list[PathwayFact]) -> Pathway:
    pathway = state_of(Told(fact_id(at), fact) for at, fact in enumerate(history))
    assert pathway is not None
    return pathway


def planned_ibo(number: int, start: str, until: str) -> ModulePlanned:
    ibo = ibo_started(number, start, until)
    return ModulePlanned(
        occurred_on=ibo.occurred_on,
        module_id=ibo.module_id,
        module_kind=ModuleKind.IBO,
        organisation=ibo.employer,
        planned_from=ibo.occurred_on,
        planned_until=ibo.planned_until,
        hours_per_week=ibo.hours_per_week,
    )


def published(fact: PathwayFact, **changes: Any) -> schemas.Message[schemas.Data]:
    """The message of a fact that follows on what must have come before it."""
    return contract.published(recorded(fact, **changes), after([*before(fact), fact]), BASE)


def test_a_message_carries_the_whole_envelope() -> None:
    fact = ibo_started(1, "2016-01-11", "2016-07-08")

    message = published(
        fact,
        version=9,
        position=2**53 + 1,
        traceparent="00-bc70-bc70-01",
        rules=("wep-plus/2015", "full-week-38/2003"),
    )

    sent = json.loads(message.to_bytes())
    assert sent["data"].pop("employer")
    assert sent == {
        "specversion": "1.0",
        "id": "01522fb3-d419-7f6f-b5ea-a8bc4343ba26",
        "source": "/vdab/pathway",
        "type": "be.vdab.pathway.ibo-started.v1",
        "subject": str(PATHWAY_ID),
        "time": "2016-06-01T10:00:00Z",
        "datacontenttype": "application/json",
        "dataschema": "https://pathways.example/schemas/ibo-started.v1.json",
        "partitionkey": str(PATHWAY_ID),
        "streamversion": 9,
        "globalposition": "9007199254740993",
        "occurredon": "2016-01-11",
        "actortype": "BEMIDDELAAR",
        "actorref": "bemiddelaar-01",
        "actororg": "OVO000083",
        "correlationid": "r-1",
        "causationid": "c-1",
        "traceparent": "00-bc70-bc70-01",
        "dataclass": 1,
        "ruleversion": "wep-plus/2015,full-week-38/2003",
        "prevhash": "0" * 64,
        "hash": "1f" * 32,
        "data": {
            "pathway_status": "IN_BEGELEIDING",
            "module_id": str(UUID(int=1)),
            "module_kind": "IBO",
            "module_status": "LOPEND",
            "soft_maximum_on": None,
            "hard_maximum_on": "2016-07-10",
            "planned_until": "2016-07-08",
            "hours_per_week": 38.0,
            "establishment": None,
            "occupation": None,
        },
    }


@pytest.mark.parametrize("variant", IboVariant)
def test_the_row_that_judged_an_ibo_or_a_stage_stays_here_because_it_tells_the_form(
    variant: IboVariant,
) -> None:
    ibo = ibo_started(1, "2018-10-01", "2018-12-31").model_copy(update={"variant": variant})
    stage = stage_started(1, "2015-03-02", "2015-03-20")
    kinds = [stage.model_copy(update={"stage": kind}) for kind in StageKind]

    assert all(len(fact.judged_by(None)) == 2 for fact in (ibo, *kinds))
    assert {published(fact).ruleversion for fact in (ibo, *kinds)} == {"full-week-38/2003"}


@pytest.mark.parametrize("variant", IboVariant)
@pytest.mark.parametrize("begins", [ibo_started, planned_ibo])
def test_how_long_an_ibo_may_last_is_told_by_the_row_of_an_ordinary_one_whatever_its_form(
    begins: Callable[[int, str, str], PathwayFact], variant: IboVariant
) -> None:
    # Within the hard maximum of them all, and past the soft one that a K-IBO does not have.
    fact = begins(1, "2019-01-07", "2019-06-28").model_copy(update={"variant": variant})

    data = published(fact).data

    assert isinstance(data, events.IboStarted | events.ModulePlanned)
    assert (data.soft_maximum_on, data.hard_maximum_on) == (date(2019, 6, 23), date(2019, 7, 7))


@pytest.mark.parametrize(
    ("stage", "last_day"),
    [
        (StageKind.KOS, date(2017, 5, 8)),
        (StageKind.WES, date(2017, 11, 1)),
        (StageKind.AS, None),
        (StageKind.BVS, None),
        (StageKind.ORS, None),
    ],
)
def test_how_long_a_stage_may_last_is_told_only_with_its_form(
    stage: StageKind, last_day: date | None
) -> None:
    fact = stage_started(1, "2017-05-02", "2017-05-05").model_copy(update={"stage": stage})

    data = published(fact).data

    assert isinstance(data, events.StageStarted)
    assert (data.soft_maximum_on, data.hard_maximum_on) == (None, last_day)


def test_a_row_that_this_release_does_not_know_stays_here() -> None:
    assert published(enrolled(), rules=("gibo/1998",)).ruleversion == ""


def test_what_there_is_no_trace_of_is_left_out() -> None:
    assert not {"traceparent", "sourcetime"} & set(json.loads(published(enrolled()).to_bytes()))


def test_the_senders_own_clock_goes_with_what_it_sent() -> None:
    sent = published(enrolled(), source_time=datetime(2016, 5, 31, 22, 0, tzinfo=UTC)).to_bytes()

    assert json.loads(sent)["sourcetime"] == "2016-05-31T22:00:00Z"
    assert not list(validator("envelope.v1").iter_errors(json.loads(sent)))


def test_warnings_and_salt_and_commands_stay_here() -> None:
    sent = published(enrolled(), warnings=("gap-before-migration",), command_id="secret").to_bytes()

    assert b"gap" not in sent
    assert b"5a17" not in sent
    assert b"secret" not in sent


@pytest.mark.parametrize("kind", FACTS, ids=lambda kind: kind.__name__)
def test_each_stored_fact_has_an_event_of_its_name(kind: type[Fact]) -> None:
    assert kind.__name__ in {event.__name__ for event in events.EVENTS}


def test_a_fact_that_nobody_decided_about_is_not_told() -> None:
    class Whispered(Fact):
        kind: Literal["Whispered"] = "Whispered"

    with pytest.raises(NotImplementedError, match="Whispered"):
        telling.told(Whispered(occurred_on=TODAY), after([enrolled()]))
    assert all(telling.told.dispatch(kind) is not telling.told.dispatch(object) for kind in FACTS)


@whatever(facts())
def test_every_fact_survives_being_published_and_read(fact: PathwayFact) -> None:
    message = published(fact)

    read = schemas.parse(message.to_bytes())

    assert read == message
    assert type(read.data).__name__ == type(fact).__name__


@whatever(facts())
def test_every_message_fits_its_json_schemas(fact: PathwayFact) -> None:
    message = json.loads(published(fact).to_bytes())

    assert not list(validator("envelope.v1").iter_errors(message))
    name = Path(message["dataschema"]).stem
    assert not list(validator(name).iter_errors(message["data"]))


@whatever(st.lists(commands(), min_size=4, max_size=20))
def test_the_state_of_every_life_survives_being_published_and_read(life: list[Any]) -> None:
    told: list[PathwayFact] = [enrolled("2015-01-01")]
    for number, command in enumerate(life, start=1):
        try:
            told += command.decide(after(told), Moment(TODAY, lambda n=number: UUID(int=n)))
        except Refused:
            continue

    message = contract.state_message(recorded(told[-1], len(told)), after(told), BASE)

    assert schemas.parse(message.to_bytes()) == message
    assert not list(validator("state.v1").iter_errors(json.loads(message.to_bytes())["data"]))


def validator(name: str) -> Draft202012Validator:
    text = (schemas.JSON_SCHEMAS / f"{name}.json").read_text()
    return Draft202012Validator(
        json.loads(text), format_checker=Draft202012Validator.FORMAT_CHECKER
    )


def coded() -> list[tuple[type[PathwayFact], str, StrEnum]]:
    """Every fact with every code of each of its fields."""
    found: list[tuple[type[PathwayFact], str, StrEnum]] = []
    for kind in FACTS:
        for name, field in kind.model_fields.items():
            for enum in (field.annotation, *get_args(field.annotation)):
                if isinstance(enum, type) and issubclass(enum, StrEnum):
                    found += [(kind, name, code) for code in enum]
    return found


def with_code(kind: type[PathwayFact], name: str, code: StrEnum) -> PathwayFact:
    """A fact of this kind with this code, and the same everything else every time."""
    several = get_origin(kind.model_fields[name].annotation) is tuple
    return PLAIN[kind].model_copy(update={name: (code,) if several else code})


def plain(kind: type[PathwayFact]) -> PathwayFact:
    """One fact of this kind, read from the contract's own example of it."""
    name = getattr(events, kind.__name__).event
    path = Path(schemas.__file__).parent / f"examples/{name}.v1.json"
    example = json.loads(path.read_text())
    told = {k: v for k, v in example["data"].items() if k in kind.model_fields}
    for module in told.get("from_modules", []):
        module["kind"] = module.pop("module_kind")
        module.pop("module_status")
    if kind is DataCorrected:
        told["becomes"] = plain(HiredInNec)
    if kind is PathwaysMerged:
        told["facts"] = [{"fact_id": str(fact_id(9)), "fact": plain(HiredInNec)}]
    return kind.model_validate({"occurred_on": example["occurredon"], **told})


PLAIN = {kind: plain(kind) for kind in FACTS}


@pytest.mark.parametrize(
    ("kind", "name", "code"), coded(), ids=lambda part: getattr(part, "__name__", str(part))
)
def test_every_code_of_every_fact_is_published(
    kind: type[PathwayFact], name: str, code: StrEnum
) -> None:
    message = published(with_code(kind, name, code))

    sent = json.loads(message.to_bytes())["data"].get(name)
    sent = sent[0] if isinstance(sent, list) else sent
    if code in SENSITIVE.get(type(code), ()):
        assert sent in {None, "ANDERE", "STAGE"}
    else:
        assert sent == code


@pytest.mark.parametrize(
    ("kind", "name", "codes"),
    list(
        dict.fromkeys(
            (kind, name, type(code)) for kind, name, code in coded() if type(code) in SENSITIVE
        )
    ),
    ids=lambda part: getattr(part, "__name__", str(part)),
)
def test_facts_that_differ_in_a_sensitive_code_only_are_published_as_equals(
    kind: type[PathwayFact], name: str, codes: type[StrEnum]
) -> None:
    sent = {with_code_sent(kind, name, code) for code in SENSITIVE[codes]}

    assert len(sent) == 1


def with_code_sent(kind: type[PathwayFact], name: str, code: StrEnum) -> tuple[bytes, bytes]:
    """Both messages of the fact, apart from what every fact has of its own."""
    fact = with_code(kind, name, code)
    of_its_own = {"hash": "ab" * 32, "salt": str(code), "data_class": fact.data_class}
    stored, pathway = recorded(fact, **of_its_own), after([*before(fact), fact])
    return (
        contract.published(stored, pathway, BASE).to_bytes(),
        contract.state_message(stored, pathway, BASE).to_bytes(),
    )


def test_a_general_code_stands_for_more_than_one() -> None:
    for name, hidden in SENSITIVE.items():
        assert len(hidden) > 1, name


@pytest.mark.parametrize(
    "hidden",
    [
        telling.enrolment.GENERAL_CATEGORY,
        telling.modules.GENERAL_STAGE,
        telling.modules.GENERAL_REASON,
        telling.work.GENERAL_EXIT,
        telling.course.GENERAL_INTERRUPTION,
        telling.course.GENERAL_SUSPENSION,
        telling.work.GENERAL_JOB_END,
        telling.guidance.GENERAL_NEED,
        telling.guidance.GENERAL_ADVICE,
        telling.guidance.GENERAL_METHOD,
        telling.guidance.GENERAL_ACTION,
        telling.course.GENERAL_ABSENCE,
        telling.duties.GENERAL_EXEMPTION,
    ],
)
def test_no_sensitive_code_is_a_code_of_the_wire(hidden: dict[StrEnum, StrEnum]) -> None:
    for code, general in hidden.items():
        assert code.value not in {known.value for known in type(general)}


@pytest.mark.parametrize("data_class", [0, 1, 2, 3])
def test_no_message_claims_to_hold_special_data(data_class: int) -> None:
    assert published(enrolled(), data_class=data_class).dataclass == min(data_class, 1)


def test_a_migration_tells_how_each_module_ended() -> None:
    fact = PLAIN[next(kind for kind in FACTS if kind.__name__ == "WepPlusMigrated")]

    message = published(fact)

    assert isinstance(message.data, events.WepPlusMigrated)
    assert {m.module_status for m in message.data.from_modules} == {codes.ModuleStatus.STOPGEZET}


def test_a_corrected_migration_tells_of_its_annulled_module_that_it_is() -> None:
    fact = PLAIN[next(kind for kind in FACTS if kind.__name__ == "WepPlusMigrated")]
    annulled = ModuleAnnulled(
        occurred_on=TODAY, module_id=fact.from_modules[0].module_id, reason=AnnulmentReason.TEST
    )
    history = [*before(fact), fact, annulled]
    right = DataCorrected(
        occurred_on=fact.occurred_on,
        target=fact_id(len(history) - 2),
        becomes=fact,
        reason=CorrectionReason.INVOERFOUT,
    )

    data = telling.told(right, after([*history, right]))

    assert isinstance(data, events.DataCorrected)
    told = [module["module_status"] for module in data.corrected["from_modules"]]
    assert told[0] == "GEANNULEERD"


def test_a_check_of_work_that_came_along_with_a_merge_tells_where_it_counts_from() -> None:
    checked = PLAIN[EmploymentChecked].model_copy(update={"since": date(2016, 7, 29)})
    absorbed = {"absorbed": UUID(int=2), "absorbed_person": UUID(int=3)}
    merged = PathwaysMerged(
        occurred_on=TODAY,
        **absorbed,
        absorbed_enrolled_on=TODAY,
        facts=(Carried(fact_id=fact_id(9), fact=checked),),
        reason=MergeReason.DUBBEL,
    )
    pathway = after([enrolled(), merged])

    data = telling.told(merged, pathway)
    state = contract.state_message(recorded(merged), pathway, BASE).data

    assert [one.data["since"] for one in data.events] == ["2016-07-29"]
    assert [check.since for check in state.checks] == [date(2016, 7, 29)]


def test_a_withheld_fact_leaves_its_envelope_only() -> None:
    fact = ibo_started(1, "2016-01-11", "2016-07-08")
    stored = recorded(fact, version=4)

    message = contract.withheld(stored, after([enrolled(), fact]), BASE)

    sent = json.loads(message.to_bytes())
    assert sent["data"] == {"pathway_status": "IN_BEGELEIDING"}
    assert (sent["type"], sent["streamversion"]) == ("be.vdab.pathway.withheld.v1", 4)
    assert (message.id, message.ruleversion) == (stored.fact_id, "")
    assert schemas.parse(message.to_bytes()) == message


def test_a_state_tells_the_whole_pathway() -> None:
    pathway = given(enrolled(), w_started(1), i_started(2)).pathway

    message = contract.state_message(recorded(i_started(2), version=3), pathway, BASE)

    assert message.type == "be.vdab.pathway.state.v1"
    assert message.source == "/vdab/pathway/state"
    assert message.streamversion == 3
    assert isinstance(message.data, events.PathwayState)
    assert message.data.person_ref == ANNA
    assert [m.module_kind for m in message.data.modules] == ["WEP_WERKERVARING", "WEP_INSCHAKELING"]


def test_a_pathway_that_is_not_the_one_after_the_fact_is_found_out() -> None:
    with pytest.raises(LookupError):
        contract.published(
            recorded(ibo_started(1, "2016-01-11", "2016-07-08")), after([enrolled()]), BASE
        )


def test_instants_are_utc_whatever_zone_they_came_in() -> None:
    summer = datetime.fromisoformat("2016-06-01T12:00:00+02:00")

    assert published(enrolled(), recorded_at=summer) == published(enrolled(), recorded_at=NOON)
    assert (
        b'"time":"2016-06-01T10:00:00.000001Z"'
        in published(enrolled(), recorded_at=NOON + timedelta(microseconds=1)).to_bytes()
    )


def test_days_are_days() -> None:
    assert published(enrolled("2014-01-06")).occurredon == date(2014, 1, 6)
