"""Every fact is declared once: what people are told of it follows from there."""

from typing import Annotated, get_args, get_type_hints

import pytest
from pathway.domain import catalogue
from pathway.domain.catalogue import COMMANDS, FACTS, PathwayFact
from pathway.domain.commands import Command
from pathway.domain.facts import Fact, Label
from pydantic import TypeAdapter

OWN_TO_EVERY_ONE = {"kind", "occurred_on", "on"}


def labels(model: type[Fact] | type[Command]) -> dict[str, Label | None]:
    """Each field that is the model's own, with its label."""
    hints = get_type_hints(model, include_extras=True)
    return {
        name: next((mark for mark in get_args(hints[name])[1:] if isinstance(mark, Label)), None)
        for name in model.model_fields
        if name not in OWN_TO_EVERY_ONE
    }


def name(model: type) -> str:
    return model.__name__


@pytest.mark.parametrize("model", [*FACTS, *COMMANDS], ids=name)
def test_each_field_has_a_name_in_dutch_and_english(model: type[Fact] | type[Command]) -> None:
    assert [field for field, label in labels(model).items() if label is None] == []


@pytest.mark.parametrize("fact", FACTS, ids=name)
def test_each_fact_says_what_it_is_in_two_sentences_and_where_that_comes_from(
    fact: type[Fact],
) -> None:
    assert fact.about.source.model
    assert fact.about.source.pages or not fact.about.source.certainty
    for text in fact.about.meaning:
        assert text.count(". ") == 1
        assert text.endswith(".")
    assert fact.model_fields["kind"].default == fact.__name__


def test_each_fact_says_what_rules_it_by_date() -> None:
    module = "IBO STAGE WEP_PLUS WEEK"

    assert {fact.__name__: " ".join(fact.ruled_by) for fact in FACTS if fact.ruled_by} == {
        "ReferralConfirmed": "AFTER_WEP_PLUS",
        "ReferralExtended": "AFTER_WEP_PLUS",
        "IboStarted": "IBO WEEK",
        "IboCompleted": "IBO WEEK",
        "StageStarted": "STAGE WEEK",
        "StageCompleted": "STAGE WEEK",
        "WorkExperienceModuleStarted": "WEP_PLUS WEEK",
        "InsertionModuleStarted": "WEP_PLUS WEEK",
        "ModuleCompleted": "WEP_PLUS WEEK",
        "WepPlusMigrated": "WEP_PLUS AFTER_WEP_PLUS",
        "ModulePlanned": module,
        "ModuleStopped": module,
        "ModuleResumed": module,
        "ModuleExtended": module,
        "ModuleShortened": module,
        "ModuleIntensityChanged": module,
        # By what rules the fact that is put right.
        "DataCorrected": "IBO STAGE WEP_PLUS AFTER_WEP_PLUS WEEK",
        "PathwaysMerged": "WEEK",
    }


def test_every_fact_is_read_back_as_what_it_is() -> None:
    any_fact = TypeAdapter(PathwayFact)

    told = {
        one["properties"]["kind"]["const"]
        for one in any_fact.json_schema()["$defs"].values()
        if "kind" in one.get("properties", {}) and "const" in one["properties"]["kind"]
    }

    assert told == {fact.__name__ for fact in FACTS}


def test_no_room_is_forgotten() -> None:
    def whole(of: type) -> set[type]:
        below = {one for sub in of.__subclasses__() for one in (sub, *whole(sub))}
        return {one for one in below if one.__module__.startswith(catalogue.__package__)}

    assert {one for one in whole(Fact) if "about" in vars(one)} == set(FACTS)
    assert {one for one in whole(Command) if "path" in vars(one)} == set(COMMANDS)


def test_a_fields_label_stands_in_the_schema() -> None:
    schema = next(fact for fact in FACTS if fact.__name__ == "IboStarted").model_json_schema()

    employer = schema["properties"]["employer"]
    assert (employer["title"], employer["x-title-nl"]) == ("Employer (KBO)", "Werkgever (KBO)")


def test_labels_help_in_both_languages() -> None:
    label = Label("Naam", "Name")

    assert TypeAdapter(Annotated[int, label]).json_schema() == {
        "title": "Name",
        "type": "integer",
        "x-title-nl": "Naam",
    }
