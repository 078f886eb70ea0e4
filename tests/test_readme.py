"""What the README promises about settings and commands, held against the code."""

import importlib
import pkgutil
import re
from pathlib import Path

import embedded
import pathway
import plumbing
import projections
import pytest
from plumbing.settings import Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def settings() -> set[str]:
    """The environment variables that any of our processes reads."""
    for package in (pathway, projections, plumbing, embedded):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)

    def below(kind: type[Settings]) -> set[type[Settings]]:
        return {kind}.union(*(below(k) for k in kind.__subclasses__()))

    return {
        (kind.model_config.get("env_prefix", "") + name).upper()
        for kind in below(Settings)
        if kind.__module__.split(".")[0] in {"pathway", "projections", "plumbing", "embedded"}
        for name in kind.model_fields
    }


def test_every_setting_is_told() -> None:
    assert len(settings()) > 15
    assert {name for name in settings() if f"`{name}`" not in README} == set()


def test_every_link_leads_somewhere() -> None:
    links = re.findall(r"\]\((?!http|#)([^)]+)\)", README)

    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("command", ["up", "test", "audit"])
def test_every_make_target_exists(command: str) -> None:
    assert f"make {command}" in README
    assert re.search(rf"^{command}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
