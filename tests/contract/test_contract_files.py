"""The contract's files: fresh, complete, and each example fits its schema and our own reader."""

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel

import schemas
from schemas import codes, events, generate
from schemas.events import EVENTS, PathwayState

CONTRACT = Path(schemas.__file__).parent
EVERY_TYPE = (*EVENTS, PathwayState)
NAMES = [schemas.schema_name(data) for data in EVERY_TYPE]
MODELS = [
    model
    for model in vars(events).values()
    if isinstance(model, type) and issubclass(model, BaseModel)
]


def schema(name: str) -> dict[str, object]:
    return json.loads((schemas.JSON_SCHEMAS / f"{name}.json").read_text())


def example(name: str) -> bytes:
    return (CONTRACT / "examples" / f"{name}.json").read_bytes()


def fits(instance: object, name: str) -> list[str]:
    validator = Draft202012Validator(
        schema(name), format_checker=Draft202012Validator.FORMAT_CHECKER
    )
    return [error.message for error in validator.iter_errors(instance)]


def test_what_follows_from_the_models_is_fresh() -> None:
    stale = [p.name for p, text in generate.documents().items() if p.read_text() != text]

    assert stale == [], "run `python -m schemas.generate`"


def test_no_schema_and_no_example_is_of_nothing() -> None:
    assert {p.stem for p in schemas.JSON_SCHEMAS.iterdir()} == {*NAMES, "envelope.v1"}
    assert {p.stem for p in (CONTRACT / "examples").iterdir()} == set(NAMES)


@pytest.mark.parametrize("name", [*NAMES, "envelope.v1"])
def test_each_schema_is_json_schema_2020_12(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))


@pytest.mark.parametrize("name", NAMES)
def test_each_example_fits_its_schemas(name: str) -> None:
    message = json.loads(example(name))

    assert fits(message, "envelope.v1") == []
    assert fits(message["data"], name) == []


@pytest.mark.parametrize("data", EVERY_TYPE)
def test_each_example_is_read_and_written_again_as_it_is(data: type[schemas.Data]) -> None:
    name = schemas.schema_name(data)

    message = schemas.parse(example(name))

    assert type(message.data) is data
    assert json.loads(message.to_bytes()) == json.loads(example(name))


@pytest.mark.parametrize("name", NAMES)
def test_no_example_names_a_field_that_its_schema_does_not_know(name: str) -> None:
    message = json.loads(example(name))

    assert message["data"].keys() == schema(name)["properties"].keys()
    assert message.keys() <= schema("envelope.v1")["properties"].keys()


def test_the_examples_of_one_pathway_are_one_chain() -> None:
    messages = [schemas.parse(example(name)) for name in NAMES if name != "state.v1"]
    first = next(m.subject for m in messages if isinstance(m.data, events.Enrolled))
    life = sorted((m for m in messages if m.subject == first), key=lambda m: m.streamversion)

    assert [m.streamversion for m in life] == list(range(1, len(life) + 1))
    assert life[0].prevhash == "0" * 64
    assert [m.prevhash for m in life[1:]] == [m.hash for m in life[:-1]]


@pytest.mark.parametrize("model", [*MODELS, schemas.Message], ids=lambda model: model.__name__)
def test_each_field_says_what_it_means(model: type[BaseModel]) -> None:
    silent = [name for name, field in model.model_fields.items() if not field.description]

    assert silent == []


@pytest.mark.parametrize("data", EVERY_TYPE)
def test_each_event_has_its_section_and_its_message(data: type[schemas.Data]) -> None:
    name = schemas.schema_name(data)
    page = (CONTRACT / "README.md").read_text()
    asyncapi = (CONTRACT / "asyncapi.yaml").read_text()

    assert f"\n### {name}\n" in page
    assert f"json/{name}.json" in page
    assert f"examples/{name}.json" in page
    assert schemas.event_type(data) in asyncapi
    assert f"$ref: json/{name}.json" in asyncapi
    assert f"$ref: '#/components/messages/{name}'" in asyncapi


def test_each_code_list_is_on_the_page() -> None:
    lists = {n for n, kind in vars(codes).items() if isinstance(kind, type) and n != "StrEnum"}
    page = (CONTRACT / "README.md").read_text()

    assert {n for n in lists if f"\n| {n} | " in page} == lists


def test_each_link_of_the_page_leads_somewhere() -> None:
    page = (CONTRACT / "README.md").read_text()
    headings = {
        re.sub(r"[^a-z0-9 _-]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^#+ (.*)$", page, re.MULTILINE)
    }
    links = set(re.findall(r"\]\(([^)]+)\)", page))

    for link in links:
        if link.startswith("#"):
            assert link[1:] in headings
        elif not link.startswith("https://"):
            assert (CONTRACT / link).exists()


def test_both_topics_are_on_the_page_and_in_asyncapi() -> None:
    for file in ("README.md", "asyncapi.yaml"):
        text = (CONTRACT / file).read_text()

        assert schemas.EVENTS_TOPIC in text
        assert schemas.STATE_TOPIC in text
