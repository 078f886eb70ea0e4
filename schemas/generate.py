"""Writes what follows from the models: JSON Schemas, and the marked parts of asyncapi.yaml and README.md.

`python -m schemas.generate` writes, `python -m schemas.generate --check` only says what is stale.
"""

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from schemas import JSON_SCHEMAS, LEFT_OUT, Message, pages, schema_name
from schemas.events import EVENTS, Data, PathwayState
from schemas.pages import ENVELOPE, Schema

HERE = Path(__file__).parent
DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _Untitled(GenerateJsonSchema):
    """Without a title that repeats the name of each field."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401 - as inherited.
        return False


def main() -> int:
    """Write every generated file; with `--check` write none, and return 1 when one is stale."""
    wanted = documents()
    stale = [path for path, text in wanted.items() if _read(path) != text]
    left_over = [path for path in JSON_SCHEMAS.glob("*.json") if path not in wanted]
    if "--check" in sys.argv[1:]:
        for path in (*stale, *left_over):
            print(f"{path.relative_to(HERE.parent)} is stale: run `python -m schemas.generate`")
        return 1 if stale or left_over else 0
    for path in stale:
        path.parent.mkdir(exist_ok=True)
        path.write_text(wanted[path], encoding="utf-8")
    for path in left_over:
        path.unlink()
    return 0


def json_schemas() -> dict[str, Schema]:
    """The JSON Schema of the envelope and of each type, by name."""
    return {ENVELOPE: _envelope()} | {schema_name(d): _data(d) for d in (*EVENTS, PathwayState)}


def documents() -> dict[Path, str]:
    """Every file that follows from the models, with the text that it should have."""
    schemas = json_schemas()
    files = {JSON_SCHEMAS / f"{name}.json": as_text(schema) for name, schema in schemas.items()}
    for name in ("asyncapi.yaml", "README.md"):
        path = HERE / name
        files[path] = _with_generated_parts(_read(path) or "", schemas)
    return files


def as_text(schema: Schema) -> str:
    """A JSON Schema as it stands in its file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def _data(data: type[Data]) -> Schema:
    schema = data.model_json_schema(schema_generator=_Untitled, mode="serialization")
    about = {"title": pages.title(data), "description": pages.meaning(data)}
    return {"$schema": DIALECT, **about, **_without(schema, "title", "description")}


def _envelope() -> Schema:
    schema = Message[Data].model_json_schema(schema_generator=_Untitled, mode="serialization")
    properties = schema["properties"] | {"data": {"type": "object", **_told(schema, "data")}}
    definitions = {k: v for k, v in schema["$defs"].items() if f"#/$defs/{k}" in str(properties)}
    about = {"title": "CloudEvents envelope", "description": _first(Message.__doc__)}
    # An attribute without a value is left out of a message, so it cannot be null.
    for name in LEFT_OUT:
        told, _null = properties[name]["anyOf"]
        properties[name] = {**told, **_told(schema, name)}
    required = [n for n in properties if n not in LEFT_OUT]
    return {
        "$schema": DIALECT,
        **about,
        "type": "object",
        "properties": properties,
        "required": required,
        "$defs": definitions,
    }


def _told(schema: Schema, name: str) -> Schema:
    return {"description": schema["properties"][name]["description"]}


def _without(schema: Schema, *names: str) -> Schema:
    return {name: part for name, part in schema.items() if name not in names}


def _first(doc: str | None) -> str:
    return (doc or "").strip().splitlines()[0]


def _with_generated_parts(text: str, schemas: Mapping[str, Schema]) -> str:
    for name, part in pages.parts(schemas).items():
        marks = re.compile(
            rf"(?P<begin>^[^\n]*generated: {name}(?: -->)?\n).*?(?P<end>^[^\n]*end of {name}(?: -->)?$)",
            re.DOTALL | re.MULTILINE,
        )
        text = marks.sub(lambda m, part=part: f"{m['begin']}{part}\n{m['end']}", text)
    return text


if __name__ == "__main__":
    raise SystemExit(main())
