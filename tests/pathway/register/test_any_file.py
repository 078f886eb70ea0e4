"""No file, however damaged, does more than break rules on its own lines."""

import tempfile
from datetime import date
from pathlib import Path

from hypothesis import given, settings, strategies as st
from pathway.register.outcomes import DuplicateRow, RefusedRow
from pathway.register.reading import UnreadableRegister
from pathway.register.wep_plus import open_register
from pathway.register.wep_plus.rules import RegisterRow

from tests.people import invented_insz
from tests.wep_plus import HEADER, a_register, a_row

PERSONS = [invented_insz(date(1970, 1, day), 101) for day in range(1, 6)]
GOOD = [a_row(insz=insz, naam='"Müller; junior"', module=kind) for kind in "WI" for insz in PERSONS]
DAMAGE = st.text(st.sampled_from('";\t\0 \N{NO-BREAK SPACE}WI0/,é\x85\u2028') | st.characters(
    exclude_categories=["Cs"], exclude_characters="\r\n"
))  # fmt: skip


def outcomes(content: bytes) -> dict[int, RegisterRow | RefusedRow | DuplicateRow]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "register.csv"
        path.write_bytes(content)
        with open_register(path) as register:
            lines = {row.line: row for row in register.rows()}
            report = register.report
            persons = list(register.persons())
    assert report.rows == len(lines)
    assert report.rows == report.modules + len(report.duplicates) + len(report.rejected)
    assert report.people == len(persons)
    return lines


@settings(deadline=None)
@given(st.binary())
def test_any_bytes_are_rows_or_no_register(content: bytes) -> None:
    try:
        told = outcomes(content)
    except UnreadableRegister as unreadable:
        told = str(unreadable)

    assert told


@settings(deadline=None)
@given(st.lists(st.binary() | st.text('";\n\rW').map(str.encode), max_size=9))
def test_any_bytes_under_a_header_are_rows(lines: list[bytes]) -> None:
    outcomes(HEADER.encode() + b"\n" + b"\n".join(lines))


@settings(deadline=None)
@given(st.integers(0, 9), st.integers(0, 130), st.integers(0, 130), DAMAGE)
def test_a_damaged_line_changes_nothing_for_other_persons(
    line: int, start: int, end: int, damage: str
) -> None:
    damaged = list(GOOD)
    damaged[line] = GOOD[line][:start] + damage + GOOD[line][max(start, end) :]
    with tempfile.TemporaryDirectory() as folder:
        before = outcomes(a_register(Path(folder), *GOOD).read_bytes())
        after = outcomes(a_register(Path(folder), *damaged).read_bytes())

    others = [number for number in before if number % 5 != (line + 2) % 5]
    assert len(others) == 8
    assert [after[number] for number in others] == [before[number] for number in others]


@settings(deadline=None)
@given(st.integers(0, 9), st.integers(0, 100), st.binary().filter(lambda b: not {10, 13} & {*b}))
def test_bytes_that_are_no_text_change_nothing_for_other_persons(
    line: int, at: int, damage: bytes
) -> None:
    rows = [row.encode() for row in GOOD]
    damaged = [*rows]
    damaged[line] = rows[line][:at] + damage + rows[line][at:]

    before = outcomes(b"\n".join([HEADER.encode(), *rows]))
    after = outcomes(b"\n".join([HEADER.encode(), *damaged]))

    others = [number for number in before if number % 5 != (line + 2) % 5]
    assert [after[number] for number in others] == [before[number] for number in others]
