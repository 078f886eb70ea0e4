"""Looks as CEF lines: one for each person, whatever the words in them hold."""

from pathlib import Path

import pytest
from plumbing.access import Decision, look
from plumbing.cef import CefLog, access_line, cef_log_of_settings
from plumbing.correlation import Correlation, correlated
from plumbing.database import connect
from plumbing.problems import Problem

from tests.plumbing.test_access import ANNA, ASKED, BRAM, DDL

LOOK: dict[str, str | None] = {
    "caller_ref": "bemiddelaar-01",
    "caller_kind": "BEMIDDELAAR",
    "organisation": "OVO1",
    "about": str(ANNA),
    "endpoint": "caseload",
    "role": "COUNSELLOR",
    "rule": "RIJ",
    "purpose": "BEGELEIDING",
    "decision": "PERMIT",
    "correlation_id": "request-1",
}


def test_a_look_is_a_line_of_the_field() -> None:
    line = access_line("pathway", LOOK, end_ms=1_772_452_800_000)

    assert line == (
        "CEF:0|vdab-pathway|pathway|1.0|audit:access|Inzage|INFO|end=1772452800000"
        f" suid=bemiddelaar-01 duid={ANNA} sproc=request-1 flexString1Label=Decision"
        " flexString1=Permit flexString2Label=Rule flexString2=RIJ cs1Label=Endpoint cs1=caseload"
        " cs2Label=Purpose cs2=BEGELEIDING cs3Label=Role cs3=COUNSELLOR cs4Label=Organisation"
        " cs4=OVO1 msg=BEMIDDELAAR bemiddelaar-01: caseload"
    )


def test_a_denial_is_a_warning_also_when_nobody_was_named() -> None:
    line = access_line("pathway", LOOK | {"decision": "DENY", "about": None}, end_ms=0)

    assert "|WARN|" in line
    assert "flexString1=Deny" in line
    assert "duid" not in line


def test_no_word_ends_its_field_or_its_line() -> None:
    odd = "a=b|c\\d\ne\rf\u2028g"

    line = access_line("odd|\\\nname", LOOK | {"caller_ref": odd}, end_ms=0)

    assert line.splitlines() == [line]
    assert line.startswith("CEF:0|vdab-pathway|odd\\|\\\\ name|1.0|")
    assert "suid=a\\=b|c\\\\d\\ne\\rf g duid=" in line


def test_each_person_in_a_list_is_a_line(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "access.cef"
    with connect(database_url, "test") as connection, correlated(Correlation("request-1", "")):
        connection.execute("create schema demo")
        connection.execute(DDL)
        for _ in range(2):
            look(
                connection,
                "demo",
                **ASKED,
                about=[ANNA, BRAM],
                decision=Decision.PERMIT,
                cef=CefLog(str(file)),
            )

    lines = file.read_text().splitlines()
    assert [line.partition("duid=")[2][:36] for line in lines] == [str(ANNA), str(BRAM)] * 2
    assert all("sproc=request-1" in line for line in lines)


def test_a_look_without_its_cef_line_is_refused(database_url: str, tmp_path: Path) -> None:
    with connect(database_url, "test") as connection:
        connection.execute("create schema demo")
        connection.execute(DDL)
        with pytest.raises(Problem) as refused:
            look(
                connection,
                "demo",
                **ASKED,
                about=[ANNA],
                decision=Decision.PERMIT,
                cef=CefLog(str(tmp_path)),
            )

    assert (refused.value.status, refused.value.type) == (503, "not-traced")


def test_the_setting_says_where_lines_go(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("ACCESS_CEF_FILE", raising=False)
    cef_log_of_settings().write(["nowhere"])
    monkeypatch.setenv("ACCESS_CEF_FILE", "stderr")
    cef_log_of_settings().write(["to be seen"])

    assert capsys.readouterr().err == "to be seen\n"
