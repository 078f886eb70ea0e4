"""What a register adds up to: the report, and its persons."""

import json
import os
import random
import subprocess
import sys
import tracemalloc
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pathway.register.reading import Register
from pathway.register.wep_plus import open_register
from pathway.register.wep_plus.matching import migration_of
from pathway.register.wep_plus.rules import RegisterRow

from tests.wep_plus import ANNA, BORIS, FIXTURES, GUIDE, PROMOTOR, WORK_FLOOR, a_register, a_row

SAMPLE = FIXTURES / "register.csv"


def judged(path: Path) -> Register[RegisterRow]:
    register = open_register(path)
    for _ in register.rows():
        pass
    return register


def test_the_sample_register_gives_exactly_its_expected_report() -> None:
    expected = (FIXTURES / "register.expected.json").read_bytes()

    with open_register(SAMPLE) as register:
        for _ in range(2):
            for _ in register.rows():
                pass
            assert register.report.to_json() == expected


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_persons_rows_need_not_stand_together(tmp_path: Path, seed: int) -> None:
    header, *rows = SAMPLE.read_text(encoding="utf-8-sig").splitlines()
    shuffled = random.Random(seed).sample(rows, len(rows))

    told = json.loads(judged(a_register(tmp_path, *shuffled, header=header)).report.to_json())

    expected = json.loads((FIXTURES / "register.expected.json").read_text())
    assert len(told.pop("duplicates")) == len(expected.pop("duplicates"))
    assert {shuffled[int(line) - 2]: rule for line, rule in told.pop("rejected").items()} == {
        rows[int(line) - 2]: rule for line, rule in expected.pop("rejected").items()
    }
    assert told == expected


def test_a_report_counts_persons_modules_and_migrations(tmp_path: Path) -> None:
    report = judged(
        a_register(
            tmp_path,
            a_row(module="W"),
            a_row(insz=BORIS, module="W", maatregel="GEEN"),
            a_row(module="I"),
            a_row(insz=BORIS, module="I", maatregel="GEEN"),
            a_row(insz=BORIS, module="I", maatregel="GEEN"),
            a_row(insz=BORIS, module="X"),
        )
    ).report

    assert (report.rows, report.people, report.modules) == (6, 2, 4)
    assert report.migrated == {"IWPL-SUBSIDIE": 1, "VDAB": 0}
    assert report.ended_without_migration == 1
    assert report.duplicates == [6]
    assert report.rejected == {7: "module-unknown"}


def test_a_measure_that_only_a_later_row_names_counts(tmp_path: Path) -> None:
    nothing = {"maatregel": "", "overgangsdatum": "", "begeleider": ""}

    report = judged(a_register(tmp_path, a_row(module="I", **nothing), a_row(module="W"))).report

    assert (report.people, report.migrated["IWPL-SUBSIDIE"]) == (1, 1)


def test_what_the_store_said_is_in_the_report_only_if_it_said_something(tmp_path: Path) -> None:
    report = judged(a_register(tmp_path, a_row())).report

    assert "store" not in json.loads(report.to_json({}))
    assert json.loads(report.to_json({"differs": [2]}))["store"] == {"differs": [2]}


def test_an_empty_register_has_an_empty_report(tmp_path: Path) -> None:
    assert json.loads(judged(a_register(tmp_path)).report.to_json()) == {
        "rows": 0,
        "enrolled": 0,
        "modules_started": 0,
        "migrated": {"IWPL-SUBSIDIE": 0, "VDAB": 0},
        "ended_without_migration": 0,
        "duplicates": [],
        "rejected": {},
    }


def test_a_row_comes_back_with_its_person_as_it_was_read(tmp_path: Path) -> None:
    with open_register(a_register(tmp_path, a_row(uren="28,5"))) as register:
        (row,) = register.rows()
        (person,) = register.persons()

    assert person.rows == (row,)
    assert row == (
        2, ANNA, "Peeters", "Anna", "44021", PROMOTOR, "WEP-2014-0032", "W", date(2014, 10, 15),
        date(2015, 9, 30), Decimal("28.50"), "IWPL-SUBSIDIE", date(2015, 10, 1), GUIDE, WORK_FLOOR,
        True,
    )  # fmt: skip


def test_what_is_empty_comes_back_empty(tmp_path: Path) -> None:
    row = a_row(
        nis="", projectnummer="", uren="", maatregel="", overgangsdatum="", begeleider="",
        werkvloer="", nazorgpremie="",
    )  # fmt: skip

    with open_register(a_register(tmp_path, row)) as register:
        assert [person.rows for person in register.persons()] == [tuple(register.rows())]


def test_persons_come_in_the_order_of_their_first_rows_with_all_their_rows(tmp_path: Path) -> None:
    path = a_register(
        tmp_path,
        a_row(insz=BORIS, module="X"),
        a_row(module="W", begindatum="01/03/2015"),
        a_row(insz=BORIS, module="W", maatregel=""),
        a_row(module="I", begindatum="01/02/2015"),
        a_row(module="I", begindatum="01/02/2015"),
        a_row(insz=BORIS, module="I", maatregel="VDAB"),
    )

    with open_register(path) as register:
        anna, boris = register.persons()

    assert (anna.insz, [row.line for row in anna.rows]) == (ANNA, [3, 5])
    assert (boris.insz, [row.line for row in boris.rows]) == (BORIS, [4, 7])
    assert migration_of(anna) == anna.rows[0]
    assert migration_of(boris) == boris.rows[1]


def test_the_persons_of_a_register_are_all_it_enrolled() -> None:
    with open_register(SAMPLE) as register:
        persons = list(register.persons())

        assert len(persons) == len({person.insz for person in persons}) == register.report.people
        assert sum(len(person.rows) for person in persons) == register.report.modules


@pytest.mark.parametrize("row", [a_row(module="X"), a_row()], ids=["refused", "doubled"])
def test_a_row_that_is_refused_or_doubled_costs_a_few_bytes_until_the_report_is_written(
    tmp_path: Path, row: str
) -> None:
    few, many = (_most_memory(a_register(tmp_path, *[row] * rows)) for rows in (20_000, 70_000))

    # A list of such lines alone would take 36 bytes a row, a dict more than a hundred.
    assert many - few < 50_000 * 20


def _most_memory(register: Path) -> int:
    """How much a judgement and its report take at most, in bytes."""
    tracemalloc.start()
    try:
        with judged(register) as done, Path(os.devnull).open("wb") as nowhere:
            nowhere.writelines(done.report.pieces({}))
            assert done.report.refused + done.report.duplicate >= done.report.rows - 1
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_the_command_needs_no_more_memory_for_more_refused_rows(tmp_path: Path) -> None:
    few, many = (
        _most_memory_of_the_command(a_register(tmp_path, *[a_row(module="X")] * rows))
        for rows in (20_000, 140_000)
    )

    assert many - few < 5_000, "kilobytes; a dict of the refused lines would take 15,000 and more"


def _most_memory_of_the_command(register: Path) -> int:
    """The peak of `pathway import wep-plus --dry-run` with a report, in kilobytes."""
    report = register.with_name("report.json")
    words = ["import", "wep-plus", str(register), "--dry-run", "--report", str(report)]
    # The kernel's own figure for the program alone; what a parent is told counts the fork too.
    program = f"""
from pathway.main import app
try:
    app({words!r})
finally:
    print(*[line for line in open("/proc/self/status") if line.startswith("VmHWM")])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert len(json.loads(report.read_bytes())["rejected"]) > 1
    return int(done.stdout.split()[1])
