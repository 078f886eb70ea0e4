"""Each rule that a row of the register can break, and the order in which they are tried."""

from itertools import combinations
from pathlib import Path

import pytest
from pathway.register.outcomes import DuplicateRow, RefusedRow
from pathway.register.wep_plus import open_register
from pathway.register.wep_plus.rules import RegisterRow

from tests.wep_plus import ANNA, BORIS, GUIDE, HEADER, PROMOTOR, a_register, a_row


def outcomes(folder: Path, *rows: str) -> list[RegisterRow | RefusedRow | DuplicateRow]:
    with open_register(a_register(folder, *rows)) as register:
        return list(register.rows())


def verdicts(folder: Path, *rows: str) -> list[str]:
    return [
        outcome.rule if isinstance(outcome, RefusedRow) else type(outcome).__name__
        for outcome in outcomes(folder, *rows)
    ]


ACCEPTED = "RegisterRow"
DUPLICATE = "DuplicateRow"

# In the order in which they are tried: from missing cells over the columns from the left to
# what must hold between columns.
BROKEN = [
    ({"naam": ""}, "required-missing"),
    ({"insz": ANNA[:9] + "00"}, "insz-invalid"),
    ({"nis": "4402"}, "value-invalid"),
    ({"promotor": "0400008600"}, "kbo-invalid"),
    ({"module": "X"}, "module-unknown"),
    ({"begindatum": "31/02/2015"}, "date-invalid"),
    ({"einddatum": "30-09-2015"}, "date-invalid"),
    ({"uren": "38.5"}, "value-invalid"),
    ({"maatregel": "SOCIALE WERKPLAATS"}, "scheme-unknown"),
    ({"overgangsdatum": "2015-10-01"}, "date-invalid"),
    ({"begeleider": "2147812701"}, "kbo-invalid"),
    ({"werkvloer": "0887010363"}, "kbo-invalid"),
    ({"nazorgpremie": "ja"}, "value-invalid"),
    ({"begindatum": "01/04/2015"}, "inflow-closed"),
    ({"einddatum": "01/10/2015", "overgangsdatum": "02/10/2015"}, "end-after-measure"),
    ({"overgangsdatum": "30/06/2015"}, "migration-out-of-range"),
]


@pytest.mark.parametrize(("cells", "rule"), BROKEN, ids=[f"{c} {r}" for c, r in BROKEN])
def test_a_row_that_breaks_one_rule_is_refused_with_it(
    tmp_path: Path, cells: dict[str, str], rule: str
) -> None:
    assert verdicts(tmp_path, a_row(**cells), a_row()) == [rule, ACCEPTED]


def test_a_row_that_breaks_two_rules_is_refused_with_the_first(tmp_path: Path) -> None:
    pairs = [
        (first, second)
        for first, second in combinations(BROKEN, 2)
        if not first[0].keys() & second[0]
    ]

    refused = verdicts(tmp_path, *(a_row(**one, **two) for (one, _), (two, _) in pairs))

    assert len(pairs) > 100
    assert refused == [rule for (_, rule), _ in pairs]


@pytest.mark.parametrize(
    "column",
    ["insz", "naam", "voornaam", "promotor", "module", "begindatum", "einddatum",
     "overgangsdatum", "begeleider"],
)  # fmt: skip
@pytest.mark.parametrize("empty", ["", "  ", "\N{NO-BREAK SPACE}"])
def test_what_is_required_may_not_be_empty(tmp_path: Path, column: str, empty: str) -> None:
    assert verdicts(tmp_path, a_row(**{column: empty})) == ["required-missing"]


@pytest.mark.parametrize("scheme", ["VDAB", "IWPL-SUBSIDIE"])
def test_a_measure_needs_its_date_and_guide(tmp_path: Path, scheme: str) -> None:
    rows = [a_row(maatregel=scheme, overgangsdatum=""), a_row(maatregel=scheme, begeleider="")]

    assert verdicts(tmp_path, *rows) == ["required-missing"] * 2


@pytest.mark.parametrize("scheme", ["", "GEEN"])
def test_without_a_measure_neither_date_nor_guide_is_needed(tmp_path: Path, scheme: str) -> None:
    row = a_row(maatregel=scheme, overgangsdatum="", begeleider="")

    assert verdicts(tmp_path, row) == [ACCEPTED]


def test_commune_project_hours_work_floor_and_premium_may_be_unknown(tmp_path: Path) -> None:
    row = a_row(nis="", projectnummer="", uren="", werkvloer="", nazorgpremie="")

    (accepted,) = outcomes(tmp_path, row)

    assert isinstance(accepted, RegisterRow)
    assert accepted[4] is None
    assert (accepted.project, accepted.hours) == (None, None)
    assert (accepted.work_floor, accepted.aftercare) == (None, None)


def test_a_missing_cell_comes_before_any_wrong_one(tmp_path: Path) -> None:
    row = a_row(insz="x", promotor="x", einddatum="")

    assert verdicts(tmp_path, row) == ["required-missing"]


def test_another_number_of_cells_comes_before_anything_else(tmp_path: Path) -> None:
    assert verdicts(tmp_path, a_row(insz="") + ";", a_row(insz="").removesuffix(";J")) == [
        "row-malformed",
        "row-malformed",
    ]


@pytest.mark.parametrize("hours", ["0", "0,0", "-5", "38,5", "100", "12,345", "x", "1.000", "٣٨"])
def test_hours_are_more_than_none_and_at_most_a_full_week(tmp_path: Path, hours: str) -> None:
    assert verdicts(tmp_path, a_row(uren=hours)) == ["value-invalid"]


@pytest.mark.parametrize(
    "day",
    [
        "0/10/2014",
        "29/02/2015",
        "01/13/2014",
        "1/1/14",
        "01/01/0214",
        "01.10.2014",
        "\u0660\u0661/10/2014",
    ],
)
def test_a_day_that_is_in_no_calendar_is_no_date(tmp_path: Path, day: str) -> None:
    assert verdicts(tmp_path, a_row(begindatum=day)) == ["date-invalid"]


def test_excels_own_short_date_is_a_date(tmp_path: Path) -> None:
    assert verdicts(tmp_path, a_row(begindatum="5/01/2015"), a_row(begindatum="05/01/2015")) == [
        ACCEPTED,
        DUPLICATE,
    ]


def test_a_module_may_last_one_day_but_not_less(tmp_path: Path) -> None:
    assert verdicts(
        tmp_path,
        a_row(begindatum="01/03/2015", einddatum="01/03/2015"),
        a_row(begindatum="02/03/2015", einddatum="01/03/2015"),
    ) == [ACCEPTED, "end-before-start"]


def test_an_end_before_the_begin_comes_before_the_measures_own_dates(tmp_path: Path) -> None:
    rows = [
        a_row(begindatum="02/06/2015", einddatum="01/06/2015"),
        a_row(begindatum="02/11/2015", einddatum="01/11/2015"),
    ]

    assert verdicts(tmp_path, *rows) == ["end-before-start"] * 2


def test_wep_plus_takes_nobody_in_after_march_2015_and_ends_with_september(tmp_path: Path) -> None:
    assert verdicts(
        tmp_path,
        a_row(begindatum="31/03/2015"),
        a_row(begindatum="01/04/2015"),
        a_row(insz=BORIS, einddatum="30/09/2015", maatregel=""),
        a_row(insz=BORIS, einddatum="01/10/2015", maatregel=""),
        a_row(begindatum="01/04/2015", einddatum="01/10/2015"),
    ) == [ACCEPTED, "inflow-closed", ACCEPTED, "end-after-measure", "inflow-closed"]


@pytest.mark.parametrize(
    ("scheme", "day", "verdict"),
    [
        ("IWPL-SUBSIDIE", "30/06/2015", "migration-out-of-range"),
        ("IWPL-SUBSIDIE", "01/07/2015", ACCEPTED),
        ("IWPL-SUBSIDIE", "31/12/2015", ACCEPTED),
        ("IWPL-SUBSIDIE", "01/01/2016", "migration-out-of-range"),
        ("VDAB", "30/06/2015", "migration-out-of-range"),
        ("VDAB", "01/07/2015", ACCEPTED),
        ("VDAB", "01/01/2016", ACCEPTED),
        ("GEEN", "30/06/2015", ACCEPTED),
        ("", "30/06/2015", ACCEPTED),
    ],
)
def test_migration_has_its_months(tmp_path: Path, scheme: str, day: str, verdict: str) -> None:
    row = a_row(einddatum="31/05/2015", maatregel=scheme, overgangsdatum=day)

    assert verdicts(tmp_path, row) == [verdict]


@pytest.mark.parametrize("scheme", ["IWPL-SUBSIDIE", "VDAB"])
def test_nobody_migrates_on_or_before_the_end_of_the_module(tmp_path: Path, scheme: str) -> None:
    ends = {"einddatum": "15/07/2015", "maatregel": scheme}

    assert verdicts(
        tmp_path,
        a_row(**ends, overgangsdatum="14/07/2015"),
        a_row(**ends, overgangsdatum="15/07/2015"),
        a_row(**ends, overgangsdatum="16/07/2015"),
    ) == ["migration-out-of-range", "migration-out-of-range", ACCEPTED]


@pytest.mark.parametrize(
    "other",
    [
        {"maatregel": "VDAB"},
        {"maatregel": "GEEN"},
        {"overgangsdatum": "02/10/2015"},
        {"begeleider": PROMOTOR},
    ],
)
def test_a_later_row_that_names_another_migration_is_refused_alone(
    tmp_path: Path, other: dict[str, str]
) -> None:
    assert verdicts(
        tmp_path,
        a_row(module="W"),
        a_row(module="I", **other),
        a_row(module="I"),
        a_row(insz=BORIS, **other),
    ) == [ACCEPTED, "migration-conflict", ACCEPTED, ACCEPTED]


def test_a_row_that_names_no_measure_conflicts_with_none(tmp_path: Path) -> None:
    nothing = {"maatregel": "", "overgangsdatum": "", "begeleider": ""}

    assert verdicts(
        tmp_path,
        a_row(module="I", **nothing),
        a_row(module="W"),
        a_row(module="W", **nothing),
        a_row(module="W", maatregel="VDAB"),
    ) == [ACCEPTED, ACCEPTED, ACCEPTED, "migration-conflict"]


def test_a_refused_row_names_nothing(tmp_path: Path) -> None:
    assert verdicts(tmp_path, a_row(maatregel="VDAB", module="X"), a_row()) == [
        "module-unknown",
        ACCEPTED,
    ]


def test_modules_that_end_without_successor_may_end_on_different_days(tmp_path: Path) -> None:
    rows = [
        a_row(module="W", maatregel="GEEN", einddatum="30/06/2015", overgangsdatum="01/07/2015"),
        a_row(module="I", maatregel="GEEN", einddatum="31/08/2015", overgangsdatum="01/09/2015"),
    ]

    assert verdicts(tmp_path, *rows) == [ACCEPTED, ACCEPTED]


def test_the_same_row_written_otherwise_is_a_duplicate(tmp_path: Path) -> None:
    other = a_row(
        insz=f"{ANNA[:2]}.{ANNA[2:4]}.{ANNA[4:6]}-{ANNA[6:9]}.{ANNA[9:]}",
        naam=" Peeters ",
        uren="38,0",
        begeleider=f"{GUIDE[:4]}.{GUIDE[4:7]}.{GUIDE[7:]}",
        projectnummer='"WEP-2014-0032"',
    )

    _, doubled = outcomes(tmp_path, a_row(), other)

    assert doubled == DuplicateRow(line=3, same_as=2)


def test_an_accent_written_as_a_sign_of_its_own_is_the_same_name(tmp_path: Path) -> None:
    rows = [a_row(voornaam="Zo\N{LATIN SMALL LETTER E WITH DIAERESIS}"),
            a_row(voornaam="Zoe\N{COMBINING DIAERESIS}")]  # fmt: skip

    assert verdicts(tmp_path, *rows) == [ACCEPTED, DUPLICATE]


def test_a_refused_row_is_never_a_duplicate_and_its_double_is_refused_too(tmp_path: Path) -> None:
    conflict = a_row(module="I", maatregel="VDAB")
    rows = [a_row(module="X"), a_row(module="X"), a_row(), conflict, conflict, a_row()]

    assert verdicts(tmp_path, *rows) == [
        "module-unknown",
        "module-unknown",
        ACCEPTED,
        "migration-conflict",
        "migration-conflict",
        DUPLICATE,
    ]


def test_a_row_that_differs_only_in_a_column_that_nobody_reads_is_a_duplicate(
    tmp_path: Path,
) -> None:
    path = a_register(
        tmp_path, a_row() + ";first", a_row() + ";second", header=HEADER + ";Opmerking"
    )

    with open_register(path) as register:
        assert [type(outcome) for outcome in register.rows()] == [RegisterRow, DuplicateRow]


def test_a_refusal_names_line_column_rule_and_way_out_but_nobody(tmp_path: Path) -> None:
    rows = [a_row(insz=ANNA[:10] + str((int(ANNA[10]) + 1) % 10)), a_row(), a_row(maatregel="GEEN")]

    wrong, _, conflict = outcomes(tmp_path, *rows)

    assert isinstance(wrong, RefusedRow)
    assert wrong.message.startswith("line 2, INSZ: the last two digits")
    assert wrong.message.endswith("(insz-invalid)")
    assert isinstance(conflict, RefusedRow)
    assert "line 3 names another measure" in conflict.message
    for told in (wrong.message, conflict.message):
        assert ANNA[:6] not in told
        assert "Peeters" not in told
        assert "Anna" not in told
