"""A promotor's register, then a provider's modules, into the running system; each killed and run again."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from embedded import process
from pathway.register.wep_plus import open_register

from tests.modules import a_module, modules_file
from tests.system.clients import AUDITOR, Client
from tests.system.stack import Stack
from tests.wep_plus import FIXTURES

pytestmark = pytest.mark.system

REGISTER = FIXTURES / "register.csv"
EXPECTED = (FIXTURES / "register.expected.json").read_bytes()
MIGRATED = json.loads(EXPECTED)["migrated"]
PERIOD = {"from": "2014-01-01", "until": "2015-12-31"}
# An import's facts are known by their correlation; others are in the same store.
FACTS = """
    with fact as (
        select originator_id as pathway_id, convert_from(state, 'UTF8')::jsonb as told
          from pathway.pathway_events
    ),
    imported as (
        select pathway_id, told -> 'fact' as fact from fact
         where starts_with(told ->> 'correlation_id', 'wep-plus:')
    )
"""

ENDED = """
    select count(*), count(distinct originator_id)
      from pathway.pathway_events, lateral (select convert_from(state, 'UTF8')::jsonb as told) as _
     where starts_with(told ->> 'correlation_id', 'modules:') and told #>> '{fact,kind}' = %s
"""


def imported(stack: Stack, report: Path) -> bytes:
    """The register imported to its end; its report."""
    stack.run("pathway", "import", "wep-plus", REGISTER, "--report", report)
    return report.read_bytes()


@pytest.fixture(scope="module")
def register(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of an import that was killed half-way and run again, on a stack that has caught up."""
    report = tmp_path_factory.mktemp("wep-plus") / "report.json"
    before = stack.told()
    with stack.begun("pathway", "import", "wep-plus", REGISTER):
        assert process.eventually(lambda: stack.told() > before, within=60, every=0.005)
    assert not report.exists()
    imported(stack, report)
    stack.wait_until_caught_up()
    return report


def people(stack: Stack, condition: str) -> int:
    """Of how many people the import tells such a fact."""
    (row,) = stack.ask(f"{FACTS} select count(distinct pathway_id) from imported where {condition}")
    return row[0]


def kind(name: str) -> str:
    return f"fact ->> 'kind' = '{name}'"


def test_killed_half_way_and_started_again_it_gives_the_expected_report(register: Path) -> None:
    told = json.loads(register.read_bytes())

    already = told.pop("store")["already"]
    assert 0 < already < told["modules_started"], "it was not killed half-way"
    assert told == json.loads(EXPECTED)


def test_the_store_holds_what_the_report_says_each_person_once(
    stack: Stack, register: Path
) -> None:
    expected = json.loads(EXPECTED)

    assert people(stack, kind("Enrolled")) == expected["enrolled"]
    starts = ("WorkExperienceModuleStarted", "InsertionModuleStarted")
    (row,) = stack.ask(
        f"{FACTS} select count(*), count(distinct fact ->> 'module_id') from imported"
        " where fact ->> 'kind' = any(%s)",
        list(starts),
    )
    assert row == (expected["modules_started"], expected["modules_started"])
    to_scheme = "fact ->> 'to_scheme' = '{}'"
    assert people(stack, to_scheme.format("IWPL_SUBSIDIE")) == MIGRATED["IWPL-SUBSIDIE"]
    assert people(stack, to_scheme.format("VDAB_REGULIER")) == MIGRATED["VDAB"]


def test_imported_again_it_adds_nothing(stack: Stack, register: Path, tmp_path: Path) -> None:
    facts = stack.told()

    told = json.loads(imported(stack, tmp_path / "again.json"))

    assert stack.told() == facts
    assert told.pop("store") == {"already": json.loads(EXPECTED)["modules_started"]}
    assert told == json.loads(EXPECTED)


def test_the_reports_count_what_the_facts_say_and_a_migration_as_neither_completion_nor_early_stop(
    stack: Stack, register: Path
) -> None:
    promotors = stack.ask(
        f"{FACTS} select distinct fact ->> 'promotor' from imported where fact ? 'promotor'"
    )
    ((by_migration, by_end_of_measure),) = stack.ask(
        f"""{FACTS}
        select sum(jsonb_array_length(fact -> 'from_modules')),
               count(*) filter (where fact ->> 'reason' = 'EINDE_MAATREGEL')
          from imported
        """
    )
    # Others' tests share the store: their people may be migrated too, also outside the period.
    ((migrated_in_all,),) = stack.ask(
        f"""{FACTS}
        select count(distinct person_ref) from fact join pathway.person_pathway using (pathway_id)
         where told #>> '{{fact,kind}}' = 'WepPlusMigrated'
           and (told #>> '{{fact,occurred_on}}')::date between %s and %s
        """,
        PERIOD["from"],
        PERIOD["until"],
    )

    with closing(Client(stack, AUDITOR)) as officer:
        modules = officer.asks_web("/v1/reports/modules", **PERIOD, by="organisation")
        totals = [
            officer.asks_web("/v1/reports/flow", **PERIOD, organisation=promotor)["total"]
            for (promotor,) in promotors
        ]

    rows = [row for row in modules["rows"] if (row["group"],) in promotors]
    assert sum(row["ended"] for row in rows) == by_migration + by_end_of_measure > 0
    assert [row["ended"] - row["measure_ended"] for row in rows] == [0] * len(rows)
    assert sum(total["measure_ended"] for total in totals) == by_migration + by_end_of_measure
    assert [w["in_nec"] for total in totals for w in total["within"]] == [0] * 3 * len(totals)
    assert modules["persons_migrated"] == migrated_in_all >= sum(MIGRATED.values())


@pytest.fixture(scope="module")
def modules(register: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An IBO of everybody in the register, which is there, each under a reference of its own."""
    with open_register(REGISTER) as told:
        rows = [
            a_module(
                insz=person.insz, kenmerk=f"2016-{n:04d}", begindatum="04/01/2016",
                geplande="01/04/2016", einddatum="25/03/2016", einde="VOLTOOID",
            )
            for n, person in enumerate(told.persons())
        ]  # fmt: skip
    return modules_file(tmp_path_factory.mktemp("modules"), *rows)


def imported_modules(stack: Stack, file: Path, report: Path) -> dict[str, object]:
    stack.run("pathway", "import", "modules", file, "--report", report)
    return json.loads(report.read_bytes())


def test_killed_half_way_and_started_again_each_module_is_there_once(
    stack: Stack, modules: Path, tmp_path: Path
) -> None:
    before = stack.told()
    with stack.begun("pathway", "import", "modules", modules):
        assert process.eventually(lambda: stack.told() > before, within=60, every=0.005)

    told = imported_modules(stack, modules, tmp_path / "report.json")

    people = told["people"]
    assert isinstance(people, int)
    assert told["ended"] == {"VOLTOOID": people, "STOPGEZET": 0}
    store = told["store"]
    assert isinstance(store, dict)
    assert 0 < store["already"] < people, "it was not killed half-way"
    assert store["already"] + store["continued"] == people
    for kind in ("IboStarted", "IboCompleted"):
        assert stack.ask(ENDED, kind) == [(people, people)]

    facts = stack.told()
    again = imported_modules(stack, modules, tmp_path / "again.json")
    assert again["store"] == {"already": people}
    assert stack.told() == facts
