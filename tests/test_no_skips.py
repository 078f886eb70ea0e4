"""A skip passes on a desk and fails in CI, and so does a run without tests."""

import os
import subprocess
import sys

import pytest


@pytest.fixture
def status_of(tmp_path):
    def run(code, *, ci, beside="", processes=0):
        (tmp_path / "test_it.py").write_text(f"import pytest\n{code}\n")
        (tmp_path / "test_beside.py").write_text(beside)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.no_skips", "-c", os.devnull]
        command += ["-p", "xdist", "-n", str(processes)] if processes else []
        # Looking for plugins takes longer than all else here, and none of the others matters.
        environment = {**os.environ, "CI": ci, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        done = subprocess.run(
            [*command, "--rootdir", tmp_path, tmp_path],
            env=environment,
            capture_output=True,
            check=False,
        )
        return done.returncode

    return run


PASSES = "def test_a(): pass"
SKIPS = "def test_a(): pytest.skip('not here')"
SKIPS_WHOLE = "pytest.skip('not here', allow_module_level=True)"


@pytest.mark.parametrize("code", [SKIPS, f"{PASSES}\n{SKIPS_WHOLE}"])
def test_a_skip_fails_in_ci_only(status_of, code):
    assert status_of(f"{PASSES}\n{SKIPS.replace('_a', '_b')}", ci="false") == 0
    assert status_of(f"{PASSES}\n{SKIPS.replace('_a', '_b')}", ci="true") == 1
    assert status_of(code, ci="true") != 0


@pytest.mark.parametrize("code", [SKIPS, SKIPS_WHOLE])
def test_a_skip_in_one_of_several_processes_fails_too(status_of, code):
    assert status_of(PASSES, ci="true", beside=PASSES, processes=2) == 0
    assert status_of(code, ci="true", beside=PASSES, processes=2) == 1


def test_what_passes_passes_in_ci_too(status_of):
    assert status_of(PASSES, ci="true") == 0


def test_an_expected_failure_is_no_skip(status_of):
    code = "@pytest.mark.xfail(strict=True)\ndef test_a(): raise ValueError"
    assert status_of(code, ci="true") == 0


def test_no_tests_at_all_fail(status_of):
    assert status_of("", ci="true") != 0
