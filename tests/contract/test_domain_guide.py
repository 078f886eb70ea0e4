"""The guide to the domain is made from the facts and the rules, of this release, and wholly in its language."""

import re
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
from pathway.domain.catalogue import COMMANDS, FACTS
from pathway.domain.commands import Command
from pathway.domain.rules import TABLE, Certainty, Instrument, RuleRow

ROOT = Path(__file__).parents[2]
ENGLISH = re.compile(
    r"\b(the|and|which|from|with|who|whose|their|that|this|these|has|been|were|not)\b",
    re.IGNORECASE,
)
NOT_A_LIMIT = {"id", "instrument", "variant", "since", "until", "source", "certainty", "unsure"}
FOR_WHOM = {"who", "money", "note"}
"""For people, in English only; the guide says where they stand."""


def guide() -> ModuleType:
    spec = spec_from_file_location("domain_guide", ROOT / "deploy" / "domain_guide.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def guides() -> dict[Path, str]:
    return guide().documents()


def dutch() -> str:
    return guides()[ROOT / "docs" / "guide.nl.md"]


def english() -> str:
    return guides()[ROOT / "docs" / "guide.en.md"]


def docstring(command: type[Command]) -> str:
    return (command.__doc__ or "").splitlines()[0]


def test_the_guides_are_of_this_release() -> None:
    for path, text in guides().items():
        assert path.read_text(encoding="utf-8") == text, f"run `make guide`: {path.name} is stale"


def test_each_fact_and_each_command_is_told_in_both_languages() -> None:
    for text in guides().values():
        assert all(f"(`{fact.__name__}`)" in text for fact in FACTS)
        assert all(f"`{command.path}`" in text for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.path)
def test_each_command_says_in_dutch_what_it_asks(command: type[Command]) -> None:
    assert "nl" in vars(command), f"give {command.__name__} its sentence in Dutch, as `nl`"
    assert command.nl.endswith(".")
    assert f"\n- `{command.path}`: {command.nl}\n" in dutch()
    assert f"\n- `{command.path}`: {docstring(command)}\n" in english()


def test_the_dutch_guide_holds_no_english() -> None:
    text = dutch()

    assert [docstring(command) for command in COMMANDS if docstring(command) in text] == []
    assert ENGLISH.findall(re.sub("`[^`]*`", "", text)) == []


def test_the_codes_of_a_field_are_named() -> None:
    assert all("`VERKEERDE_PERSOON`, `DUBBEL`" in text for text in guides().values())


def test_each_fact_says_how_sure_its_source_is() -> None:
    told = "Vlaams Parlement, schriftelijke vraag Werkplekleren; werk.be, WEP-plus."

    assert f"\nBron: domeinmodel 3.2; {told} Zekerheid: hoog.\n" in dutch()
    assert f"\nSource: domain model 3.2; {told} Certainty: high.\n" in english()
    assert "\nBron: domeinmodel 4.2, 7.5. Zekerheid: voorstel.\n" in dutch()
    for text in guides().values():
        sources = re.findall("^(?:Bron|Source): .*(?:Zekerheid|Certainty): .*$", text, re.MULTILINE)
        assert len(sources) == len(FACTS)


def test_each_row_of_the_rules_is_told_with_days_limits_source_and_certainty() -> None:
    assert (
        "\n| `GIBO` | `gibo/until-2018` |  | 31-8-2018 (?) | hoogstens 52 weken of 12 maanden (?); "
        "verlengbaar; minstens 17,5 uur per week; hoogstens 10 dagen interimwerk vooraf; daarna aanwerven | "
        "etaamb.openjustice.be 2018013278 (titel) | middelmatig |\n"
    ) in dutch()
    assert (
        "\n| `IS` | `is/2013` | 1-2-2013 | 31-8-2018 | at most 3 months; at most 2 in a pathway; each with "
        "another one; age `<25`; education `KORT` | VDAB magezine 2013-01; jabbeke.be; rva.be T142; besox.be, "
        "instapstage 2015 | high |\n"
    ) in english()
    assert (
        "| niet verlengbaar; hoogstens 6 maanden; VDAB stopt alleen wegens `WERK_ZELFDE_WERKGEVER`, "
        "`WERK_ANDERE_WERKGEVER`, `NIET_OPGEDAAGD`, `TEKORTKOMING_CURSIST`, `TEKORTKOMING_WERKGEVER`, "
        "`DOEL_BEREIKT`, `DOEL_NIET_HAALBAAR` | besox.be, activeringsstage 2017; easypay-group.com 5595 |"
    ) in dutch()
    assert (
        "minstens 4 weken of 1 maand; waarschuwing voorbij 24 weken; hoogstens 26 weken" in dutch()
    )
    assert "jonger dan 25: 12 maanden zonder werk vooraf; vanaf 25: 24 maanden zonder" in dutch()
    assert (
        "| alle modules samen | `full-week-38/2003` | 1-1-2003 |  | hoogstens 38 uur per" in dutch()
    )
    for text in guides().values():
        assert all(text.count(f" | `{row.id}` | ") == 1 for row in TABLE.rows)


def test_no_limit_of_a_row_is_left_untold() -> None:
    assert RuleRow.model_fields.keys() - NOT_A_LIMIT - FOR_WHOM == guide().LIMITS.keys()


def test_a_row_that_is_sure_of_nothing_has_each_limit_marked() -> None:
    changed = {"certainty": Certainty.LOW, "prior_temp_days": 0}
    low = TABLE.row("wes/2017").model_copy(update=changed)

    told = guide()._row(low, lambda text: text.en)

    assert told == (
        "| `WES` | `wes/2017` | 1-2-2017 (?) | 31-12-2022 (?) | at most 6 months (?); at least 20 hours a week "
        "(?); at most 0 days of agency work before (?) | besox.be, WES 2017; securex.be, WES 2023 | low |"
    )


def test_a_fact_leads_to_the_rules_that_judge_it() -> None:
    ibo = dutch().partition("(`IboStarted`)")[2].partition("\n## ")[0]
    planned = english().partition("(`AppointmentPlanned`)")[2].partition("\n## ")[0]

    assert (
        "Regels volgens datum: [IBO](#regels-volgens-datum-ibo), "
        "[Volle week](#regels-volgens-datum-volle-week)."
    ) in ibo
    assert "Rules by date" not in planned


def test_each_link_leads_to_a_heading() -> None:
    for text in guides().values():
        headings = {
            re.sub("[^a-z0-9 ]", "", heading.lower()).replace(" ", "-")
            for heading in re.findall("^#+ (.*)$", text, re.MULTILINE)
        }
        links = set(re.findall(r"\]\(#([^)]+)\)", text))

        assert len(links) == len(Instrument)
        assert links <= headings
