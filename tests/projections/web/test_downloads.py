"""Files of reports, published figures and the caseload: what is in them, of whom, and which traces."""

import csv
import io
import json
import sys
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import date

import pytest
from projections.publishing.files import Format, Sheet, plain, written
from pyarrow import parquet
from starlette.testclient import TestClient

from tests.projections.conftest import Worker
from tests.projections.web.conftest import As, Looks
from tests.projections.web.given import AUDITOR, LEADER, MINE, OFFICER, anna, bram, cora, fons
from tests.projections.web.served_pages import sign_in

EXITS = "/v1/reports/exits/download?from=2015-01-01&until=2015-12-31&by=year&format="
CASELOAD = "/v1/caseload/download?format="


@pytest.fixture(autouse=True)
def _people(reporting: Worker, counsellor: Worker) -> None:
    for worker in (reporting, counsellor):
        worker.put(anna(), bram(), cora(), fons())


def unzipped(content: bytes) -> dict[str, list[list[str]]]:
    with zipfile.ZipFile(io.BytesIO(content)) as both:
        return {
            name: list(csv.reader(both.read(name).decode("utf-8-sig").splitlines()))
            for name in both.namelist()
        }


def test_a_report_as_csv_has_its_definition_in_a_second_file(as_: As) -> None:
    answer = as_(AUDITOR).get(EXITS + "csv")

    files = unzipped(answer.content)
    columns, *lines = files["data.csv"]
    about = dict(files["definition.csv"][1:])
    assert columns[:4] == ["group", "part", "persons", "pathways"]
    assert lines[-1][:4] == ["TOTAAL", "WERK_NEC_LOONTREKKEND", "1", "1"]
    assert about["as_of"] == "2015-10-01"
    assert about["known_at"].startswith("2015-10-01T09:00")
    assert about["parameter by"] == "year"
    assert "definition persons (nl)" in about
    assert answer.headers["content-disposition"] == 'attachment; filename="exits.zip"'


def test_a_report_as_excel_has_a_sheet_with_its_definition(as_: As) -> None:
    answer = as_(OFFICER).get(EXITS + "xlsx")

    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        assert b'name="Definition"' in book.read("xl/workbook.xml")
        assert b"definition persons (nl)" in book.read("xl/worksheets/sheet2.xml")


def test_a_report_as_parquet_tells_its_definition_in_the_file(as_: As) -> None:
    answer = as_(AUDITOR).get(EXITS + "parquet")

    table = parquet.read_table(io.BytesIO(answer.content))
    assert table.column("pathways").to_pylist()[-1] == 1
    assert table.schema.metadata[b"vdab.report"] == b"exits"


def test_without_the_extra_parquet_says_what_to_do(
    as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    answer = as_(OFFICER).get(EXITS + "parquet")

    assert (answer.status_code, answer.json()["type"]) == (501, "/problems/no-parquet")


def test_a_published_figure_has_its_address_inside(as_: As) -> None:
    asked = {"report": "stock", "parameters": {"as_of": "2015-09-30"}, "question": "Hoeveel?"}
    told = as_(OFFICER).post("/v1/published", json=asked).json()

    files = unzipped(as_(MINE).get(f"/v1/published/{told['id']}/download?format=csv").content)

    about = dict(files["definition.csv"][1:])
    assert about["address"].endswith(told["address"])
    assert about["digest"] == told["digest"]


@pytest.mark.parametrize("form", [*Format], ids=str)
def test_the_caseload_is_of_whom_the_caller_sees_and_leaves_their_looks(
    as_: As, looks: Looks, form: Format, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("projections.publishing.downloads.MOST_ROWS", 1)

    answer = as_(MINE).get(CASELOAD + form)

    listed = {item["pathway_id"] for item in as_(MINE).get("/v1/caseload").json()["items"]}
    seen = {about for _, about, endpoint, _, _ in looks() if endpoint == "download_caseload"}
    assert answer.status_code == 200
    assert len(listed) == len(seen) == 3
    if form is Format.CSV:
        columns, *lines = unzipped(answer.content)["data.csv"]
        assert {line[columns.index("pathway_id")] for line in lines} == listed


def test_the_caseload_of_then_is_a_file_too(as_: As) -> None:
    answer = as_(LEADER).get(f"{CASELOAD}csv&known_at=2015-09-30T00:00:00Z")

    assert dict(unzipped(answer.content)["definition.csv"])["known_at"].startswith("2015-09-30")


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        (OFFICER, CASELOAD + "csv", 403),
        (MINE, "/v1/reports/special/download?from=2015-01-01&until=2015-12-31&format=csv", 403),
        (OFFICER, EXITS + "pdf", 422),
        (OFFICER, EXITS + "csv&per=year", 422),
        (OFFICER, "/v1/reports/nothing/download?format=csv", 404),
        (MINE, CASELOAD + "csv&per=year", 422),
    ],
    ids=["no rows", "not theirs", "no format", "mistyped", "no report", "mistyped list"],
)
def test_what_may_not_be_asked_is_no_file_either(as_: As, who: str, path: str, status: int) -> None:
    assert as_(who).get(path).status_code == status


@pytest.mark.parametrize(
    ("who", "page", "lines"),
    [(AUDITOR, "/reports/exits?from=2015-01-01&until=2015-12-31", 5), (MINE, "/caseload", 3)],
    ids=["report", "caseload"],
)
def test_pages_lead_to_their_files(browser: TestClient, who: str, page: str, lines: int) -> None:
    shown = sign_in(browser, who, page).text
    [link] = [one for one in shown.split('"') if "/download?" in one and one.endswith("csv")]

    answer = browser.get(link.replace("&amp;", "&"))

    assert len(unzipped(answer.content)["data.csv"]) == lines


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_no_cell_is_a_formula(text: str) -> None:
    sheet = Sheet({"a": "text"}, [{"a": text}], [("what", text)])
    with written(sheet, Format.CSV) as file, written(sheet, Format.EXCEL) as book:
        told, made = unzipped(file.read()), zipfile.ZipFile(book).read("xl/worksheets/sheet1.xml")

    assert told["data.csv"][1] == told["definition.csv"][1][1:] == [f"'{text}"]
    assert b"<f>" not in made
    assert plain(-1) == "-1"


@pytest.mark.parametrize("form", [*Format], ids=str)
def test_memory_stays_flat_however_long_the_list(form: Format) -> None:
    def lines(n: int) -> Iterator[dict[str, object]]:
        return (
            {"a": f"{json.dumps(i)} of a list", "b": i, "c": date(2015, 1, 1)} for i in range(n)
        )

    def peak(n: int) -> int:
        tracemalloc.start()
        sheet = Sheet({"a": "text", "b": "whole", "c": "day"}, lines(n), [])
        written(sheet, form).close()
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)
    assert peak(12_000) < 1.5 * peak(4_000) + 500_000
