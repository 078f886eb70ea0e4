"""What we depend on is locked, licensed and asked about; and it is said when nobody could be asked."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import Distribution
from pathlib import Path
from typing import Any

import dependencies
import pytest
from dependencies import TOP, advisories, wrong_in_environment, wrong_in_lock, wrong_in_pyproject
from fastapi import FastAPI

from tests.plumbing.served import bound_socket, served

LOCK = (TOP / "uv.lock").read_text()
WEAKNESS = {
    "id": "TEST-2026-1",
    "modified": "2026-01-01T00:00:00Z",
    "summary": "An invented weakness",
    "affected": [{"package": {"name": "jinja2", "ecosystem": "PyPI"}, "versions": []}],
}


@contextmanager
def an_osv(*, weak: str = "") -> Iterator[str]:
    """The address of a service of advisories that knows of one weakness, in the package `weak`."""
    app, at = FastAPI(), bound_socket()

    @app.post("/v1/querybatch")
    def asked(body: dict[str, Any]) -> dict[str, Any]:
        found = {"vulns": [{"id": WEAKNESS["id"], "modified": WEAKNESS["modified"]}]}
        names = [query["package"]["name"] for query in body["queries"]]
        assert "fastapi" in names
        return {"results": [found if name == weak else {} for name in names]}

    app.get("/v1/vulns/TEST-2026-1")(lambda: WEAKNESS)
    with served(app, at):
        yield f"http://127.0.0.1:{at.getsockname()[1]}/"


def a_package(folder: Path, name: str, version: str, *headers: str) -> Distribution:
    told = folder / f"{name}-{version}.dist-info"
    told.mkdir()
    lines = ("Metadata-Version: 2.4", f"Name: {name}", f"Version: {version}", *headers)
    (told / "METADATA").write_text("\n".join(lines) + "\n")
    return Distribution.at(told)


def locked(name: str) -> str:
    return next(
        one["version"] for one in dependencies._locked(TOP / "uv.lock") if one["name"] == name
    )


def test_every_package_here_is_as_locked_from_the_index_under_an_agreed_licence() -> None:
    assert [*wrong_in_lock(), *wrong_in_pyproject(), *wrong_in_environment()] == []


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('source = { registry = "https://pypi.org/simple" }',
         'source = { registry = "https://elsewhere.example/simple" }', "comes from"),
        ('source = { registry = "https://pypi.org/simple" }',
         'source = { git = "https://elsewhere.example/x" }', "comes from"),
        ('hash = "sha256:', 'hash = "md5:', "without a SHA-256"),
        ("https://files.pythonhosted.org/packages", "https://elsewhere.example/packages", "elsewhere"),
    ],
)  # fmt: skip
def test_a_lock_that_names_another_place_or_no_hash_is_refused(
    tmp_path: Path, before: str, after: str, said: str
) -> None:
    changed = tmp_path / "uv.lock"
    changed.write_text(LOCK.replace(before, after, 1))

    (line,) = wrong_in_lock(changed)

    assert said in line


def test_a_requirement_that_was_never_locked_is_told(tmp_path: Path) -> None:
    shutil.copy(TOP / "uv.lock", tmp_path)
    project = (TOP / "pyproject.toml").read_text()
    (tmp_path / "pyproject.toml").write_text(project.replace('"fastapi>=', '"another", "fastapi>='))

    assert list(wrong_in_pyproject(tmp_path)) == [
        "another: pyproject.toml and uv.lock differ; run `uv lock`"
    ]


def test_what_is_installed_otherwise_than_locked_is_told(tmp_path: Path) -> None:
    stranger = a_package(tmp_path, "stranger", "1", "License-Expression: MIT")
    older = a_package(tmp_path, "fastapi", "0.1", "License-Expression: MIT")

    told = list(wrong_in_environment([stranger, older]))

    assert "stranger is installed and not in uv.lock" in told[0]
    assert "fastapi is installed as 0.1 and locked as" in told[1]


@pytest.mark.parametrize(
    ("header", "agreed"),
    [
        ("License-Expression: MIT", True),
        ("License-Expression: MPL-2.0 AND (Apache-2.0 OR MIT)", True),
        ("Classifier: License :: OSI Approved :: BSD License", True),
        ("License: BSD 2-Clause License", True),
        ("License-Expression: AGPL-3.0-only", False),
        ("License-Expression: MIT AND AGPL-3.0-only", False),
        ("License: see the file", False),
        ("Summary: it tells none", False),
    ],
)
def test_a_licence_that_nobody_agreed_to_is_told(tmp_path: Path, header: str, agreed: bool) -> None:
    package = a_package(tmp_path, "fastapi", locked("fastapi"), header)

    assert (list(wrong_in_environment([package])) == []) == agreed


def test_no_advisory_is_good_news(capfd: pytest.CaptureFixture[str]) -> None:
    with an_osv() as address:
        assert advisories(address)

    assert "NOT ASKED" not in capfd.readouterr().err


def test_an_advisory_about_a_library_in_use_fails(capfd: pytest.CaptureFixture[str]) -> None:
    with an_osv(weak="jinja2") as address:
        assert not advisories(address)

    told = capfd.readouterr()
    assert "TEST-2026-1" in told.out + told.err


def test_a_service_that_does_not_answer_is_no_finding_and_said_aloud(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert advisories("http://127.0.0.1:1/")

    assert "ADVISORIES WERE NOT ASKED" in capfd.readouterr().err


def test_anything_else_that_goes_wrong_with_asking_fails() -> None:
    with served(FastAPI(), at := bound_socket()):
        assert not advisories(f"http://127.0.0.1:{at.getsockname()[1]}/")
