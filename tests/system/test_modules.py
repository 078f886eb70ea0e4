"""A provider's file of modules into the running system, killed half-way and run again."""

import json
from pathlib import Path

import pytest
from embedded import process
from pathway.register.wep_plus import open_register

from tests.modules import a_module, modules_file
from tests.system.stack import Stack
from tests.wep_plus import FIXTURES

pytestmark = pytest.mark.system

REGISTER = FIXTURES / "register.csv"
ENDED = """
    select count(*), count(distinct originator_id)
      from pathway.pathway_events, lateral (select convert_from(state, 'UTF8')::jsonb as told) as _
     where starts_with(told ->> 'correlation_id', 'modules:') and told #>> '{fact,kind}' = %s
"""


@pytest.fixture(scope="module")
def file(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An IBO of everybody in the register, each under a reference of its own."""
    stack.run("pathway", "import", "wep-plus", REGISTER)
    with open_register(REGISTER) as register:
        rows = [
            a_module(
                insz=person.insz, kenmerk=f"2016-{n:04d}", begindatum="04/01/2016",
                geplande="01/04/2016", einddatum="25/03/2016", einde="VOLTOOID",
            )
            for n, person in enumerate(register.persons())
        ]  # fmt: skip
    return modules_file(tmp_path_factory.mktemp("modules"), *rows)


def imported(stack: Stack, file: Path, report: Path) -> dict[str, object]:
    stack.run("pathway", "import", "modules", file, "--report", report)
    return json.loads(report.read_bytes())


def test_killed_half_way_and_started_again_each_module_is_there_once(
    stack: Stack, file: Path, tmp_path: Path
) -> None:
    before = stack.told()
    with stack.begun("pathway", "import", "modules", file):
        assert process.eventually(lambda: stack.told() > before, within=60, every=0.005)

    told = imported(stack, file, tmp_path / "report.json")

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
    again = imported(stack, file, tmp_path / "again.json")
    assert again["store"] == {"already": people}
    assert stack.told() == facts
