"""The guide to the domain is made from the facts, and is of this release."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from pathway.domain.catalogue import COMMANDS, FACTS

ROOT = Path(__file__).parents[2]


def guides() -> dict[Path, str]:
    spec = spec_from_file_location("domain_guide", ROOT / "deploy" / "domain_guide.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.documents()


def test_the_guides_are_of_this_release() -> None:
    for path, text in guides().items():
        assert path.read_text(encoding="utf-8") == text, f"run `make guide`: {path.name} is stale"


def test_each_fact_and_each_command_is_told_in_both_languages() -> None:
    for text in guides().values():
        assert all(f"(`{fact.__name__}`)" in text for fact in FACTS)
        assert all(f"`{command.path}`" in text for command in COMMANDS)


def test_the_codes_of_a_field_are_named() -> None:
    assert all("`VERKEERDE_PERSOON`, `DUBBEL`" in text for text in guides().values())
