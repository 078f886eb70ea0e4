"""From the bytes of a promotor's file to rows: encodings, quotes, lines, and what is no register."""

from pathlib import Path

import pytest
from pathway.register import memory
from pathway.register.outcomes import RefusedRow
from pathway.register.reading import UnreadableRegister
from pathway.register.wep_plus import open_register
from pathway.register.wep_plus.rules import RegisterRow

from tests.wep_plus import A_ROW, BORIS, HEADER, a_register, a_row


def read(path: Path) -> dict[int, str]:
    """For each line its person's last name, or the rule it breaks."""
    with open_register(path) as register:
        return {
            row.line: row.last_name
            if isinstance(row, RegisterRow)
            else getattr(row, "rule", "twice")
            for row in register.rows()
        }


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp1252"])
def test_names_are_read_in_every_encoding_that_excel_uses(tmp_path: Path, encoding: str) -> None:
    path = a_register(tmp_path, a_row(naam="Müller"), encoding=encoding)

    assert read(path) == {2: "Müller"}


def test_the_encoding_is_decided_by_the_whole_file(tmp_path: Path) -> None:
    plain = [
        a_row(begindatum=f"{day:02d}/{month:02d}/2014")
        for day in range(1, 29)
        for month in range(1, 13)
    ]
    path = a_register(tmp_path, *plain * 50, a_row(insz=BORIS, naam="Noël"), encoding="cp1252")

    with open_register(path) as register:
        assert register.encoding == "cp1252"
        *_, last = register.rows()

    assert isinstance(last, RegisterRow)
    assert last.last_name == "Noël"


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_one_damaged_line_does_not_garble_the_names_in_others(tmp_path: Path, bom: bytes) -> None:
    path = a_register(tmp_path, a_row(naam="Müller"), a_row(naam="No?l"), a_row(naam="Çelik"))
    path.write_bytes(bom + path.read_bytes()[3:].replace(b"No?l", b"No\xebl"))

    assert read(path) == {2: "Müller", 3: "row-malformed", 4: "Çelik"}


def test_bytes_that_windows_1252_does_not_know_spoil_their_line_only(tmp_path: Path) -> None:
    path = a_register(tmp_path, a_row(naam="Müller"), a_row(naam="No?l"), encoding="cp1252")
    path.write_bytes(path.read_bytes().replace(b"No?l", b"No\x81l"))

    assert read(path) == {2: "Müller", 3: "row-malformed"}


@pytest.mark.parametrize("sign", ["\0", "\x1f", "\x7f", "\v"])
def test_control_characters_spoil_their_line_only(tmp_path: Path, sign: str) -> None:
    path = a_register(tmp_path, a_row(naam=f"Pee{sign}ters"), a_row(naam="Maes"))

    assert read(path) == {2: "row-malformed", 3: "Maes"}


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
def test_lines_may_end_in_every_way(tmp_path: Path, line_end: bytes) -> None:
    path = a_register(tmp_path, a_row(), a_row(insz=BORIS))
    path.write_bytes(path.read_bytes().replace(b"\r\n", line_end).removesuffix(line_end))

    assert read(path) == {2: "Peeters", 3: "Peeters"}


def test_columns_are_found_by_name_in_any_order_among_others(tmp_path: Path) -> None:
    order = list(reversed(A_ROW))
    header = ";".join(["Volgnr", *order, "", '"Opmerking; intern"'])
    row = ";".join(["1", *(A_ROW[name] for name in order), "", "x"])

    assert read(a_register(tmp_path, row, header=header)) == {2: "Peeters"}


def test_a_columns_name_may_be_broken_over_lines_and_in_capitals(tmp_path: Path) -> None:
    header = HEADER.replace("Uren per week", '"UREN  PER\nWEEK"')

    assert read(a_register(tmp_path, a_row(), header=header)) == {3: "Peeters"}


def test_a_line_counts_where_it_stands_in_the_file_and_blank_ones_are_passed_over(
    tmp_path: Path,
) -> None:
    path = a_register(tmp_path, "", a_row(naam="Maes"), "", "  ", a_row(naam="Claes"), "", "")

    assert read(path) == {3: "Maes", 6: "Claes"}


def test_a_row_of_empty_cells_is_a_row(tmp_path: Path) -> None:
    assert read(a_register(tmp_path, ";" * 14)) == {2: "required-missing"}


def test_a_quoted_cell_holds_semicolons_and_doubled_quotes(tmp_path: Path) -> None:
    path = a_register(tmp_path, a_row(naam='"Peeters; ""junior"""'), a_row(naam='"Maes"'))

    assert read(path) == {2: 'Peeters; "junior"', 3: "Maes"}


def test_a_quoted_cell_goes_on_over_lines(tmp_path: Path) -> None:
    path = a_register(
        tmp_path,
        a_row(naam='"Van den\n\nBroeck"', voornaam='"An\nna"'),
        a_row(naam="Maes") ,
        a_row(naam="Claes", nazorgpremie='"J\n"'),
        a_row(naam="Noël"),
    )  # fmt: skip

    assert read(path) == {2: "Van den Broeck", 6: "Maes", 7: "Claes", 9: "Noël"}


@pytest.mark.parametrize(
    "spoilt",
    [
        a_row(naam='Pee"ters'),
        a_row(naam='"Peeters'),
        a_row(naam='Peeters"'),
        a_row(naam='"Pee"ters"'),
        a_row(naam=' "Peeters"'),
        a_row(naam='"Peeters" '),
        a_row(naam='"'),
        a_row(naam='"""'),
        a_row(nazorgpremie='"J'),
        a_row(nazorgpremie='J"'),
        a_row(nazorgpremie='"'),
        '"' + a_row(),
        a_row() + '"',
        '"',
        '"' * 15,
    ],
)
def test_a_stray_quote_spoils_its_own_line_only(tmp_path: Path, spoilt: str) -> None:
    path = a_register(
        tmp_path,
        a_row(naam="Maes"),
        spoilt,
        a_row(naam='"Claes"'),
        spoilt,
        spoilt,
        a_row(naam="Noël"),
    )

    assert read(path) == {
        2: "Maes",
        3: "row-malformed",
        4: "Claes",
        5: "row-malformed",
        6: "row-malformed",
        7: "Noël",
    }


def test_two_stray_quotes_do_not_swallow_the_lines_between_them(tmp_path: Path) -> None:
    opens, closes = a_row(naam='"Maes'), a_row(naam='Maes"')

    assert list(read(a_register(tmp_path, opens, a_row(), closes)).values()) == [
        "row-malformed",
        "Peeters",
        "row-malformed",
    ]
    assert set(read(a_register(tmp_path, opens, closes)).values()) == {"row-malformed"}


def test_a_quote_that_opens_on_the_last_line_spoils_that_line(tmp_path: Path) -> None:
    path = a_register(tmp_path, a_row(), a_row(nazorgpremie='"J'))
    path.write_bytes(path.read_bytes().rstrip())

    assert read(path) == {2: "Peeters", 3: "row-malformed"}


def test_an_endless_line_is_refused_alone(tmp_path: Path) -> None:
    endless = a_row(naam="x" * 1_000_000)

    assert read(a_register(tmp_path, endless, a_row(naam="Maes"))) == {
        2: "row-malformed",
        3: "Maes",
    }
    assert read(a_register(tmp_path, a_row(nazorgpremie='"J'), endless, a_row(naam="Maes"))) == {
        2: "row-malformed",
        3: "row-malformed",
        4: "Maes",
    }


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"\r\n\r\n  \r\n", "is empty"),
        (b"PK\x03\x04" + bytes(range(256)) * 9, "Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel workbook"),
        (b"%PDF-1.7\n", "PDF"),
        (HEADER.encode("utf-16"), "UTF-16"),
        (b"\x7fELF\x02\x01\x01\x00\x00", "no header in line 1: characters that are no text"),
        (b'INSZ;"Naam;Voornaam\r\n', "no header in line 1: a quote"),
        (HEADER.replace(";", ",").encode(), "misses: INSZ"),
        (HEADER.replace("Naam;", "").encode(), r"\(line 1\) misses: Naam\. The first"),
        (HEADER.replace("Module", "Modul").encode(), "misses: Module"),
        ((HEADER + ";insz").encode(), "has twice: INSZ"),
    ],
)
def test_what_is_no_register_is_one_clear_error(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "register.csv"
    path.write_bytes(content)

    with pytest.raises(UnreadableRegister, match=why):
        open_register(path)


def test_a_file_that_is_not_there_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(UnreadableRegister, match=r"gone\.csv cannot be read: No such file"):
        open_register(tmp_path / "gone.csv")
    with pytest.raises(UnreadableRegister, match="directory"):
        open_register(tmp_path)


def test_a_register_may_hold_no_rows(tmp_path: Path) -> None:
    with open_register(a_register(tmp_path)) as register:
        assert list(register.rows()) == []
        assert list(register.persons()) == []


def test_progress_is_told_in_bytes_and_rows(tmp_path: Path) -> None:
    path = a_register(tmp_path, *[a_row()] * 2500)
    told: list[tuple[int, int]] = []

    with open_register(path) as register:
        outcomes = list(register.rows(lambda read, rows: told.append((read, rows))))

    assert [rows for _, rows in told] == [1000, 2000, 2500]
    assert [read for read, _ in told] == sorted(read for read, _ in told)
    assert told[-1][0] == register.size == path.stat().st_size
    assert not [outcome for outcome in outcomes if isinstance(outcome, RefusedRow)]


def test_no_cell_smuggles_in_a_control_character_over_lines(tmp_path: Path) -> None:
    path = a_register(tmp_path, a_row(nazorgpremie='"J'), "\x1f", '"', a_row(naam="Maes"))

    assert read(path) == {2: "row-malformed", 4: "row-malformed", 5: "Maes"}


def test_a_full_disk_is_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = memory._TABLES.replace("begin;", "pragma max_page_count = 6; begin;")
    monkeypatch.setattr(memory, "_TABLES", small)
    days = [f"{day:02d}/{month:02d}/2014" for day in range(1, 29) for month in range(1, 13)]

    path = a_register(tmp_path, *(a_row(begindatum=day) for day in days))

    with (
        open_register(path) as register,
        pytest.raises(UnreadableRegister, match=r"disk is full\): make room"),
    ):
        list(register.rows())
