"""The parts of README.md and asyncapi.yaml that follow from the models: tables, sections, messages."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from schemas import codes, event_type, schema_name
from schemas.events import EVENTS, Data, PathwayState

ENVELOPE = "envelope.v1"
Schema = dict[str, Any]


def parts(schemas: Mapping[str, Schema]) -> dict[str, str]:
    """Each generated part by its name, from the JSON Schemas by their names."""
    everything = (*EVENTS, PathwayState)
    return {
        "channel messages": "\n".join(_channel_message(data) for data in EVENTS),
        "messages": "\n".join(_asyncapi_message(data) for data in everything),
        "envelope": _table(schemas[ENVELOPE], schemas[ENVELOPE]["properties"]),
        "events": "\n\n".join(_section(data, schemas[schema_name(data)]) for data in EVENTS),
        "state": _fields(schemas[schema_name(PathwayState)]),
        "codes": _code_lists(schemas.values()),
    }


def title(model: type[BaseModel]) -> str:
    """The event's Dutch title: what stands before the colon in its docstring."""
    return (model.__doc__ or "").partition(":")[0]


def meaning(model: type[BaseModel]) -> str:
    """What the docstring says after the Dutch title, on one line."""
    told = " ".join((model.__doc__ or "").partition(":")[2].split())
    return told[:1].upper() + told[1:]


def _channel_message(data: type[Data]) -> str:
    return f"      {schema_name(data)}:\n        $ref: '#/components/messages/{schema_name(data)}'"


def _asyncapi_message(data: type[Data]) -> str:
    name = schema_name(data)
    return f"""\
    {name}:
      name: {event_type(data)}
      title: {title(data)}
      summary: >-
        {meaning(data)}
      traits:
        - $ref: '#/components/messageTraits/cloudEvent'
      payload:
        allOf:
          - $ref: json/{ENVELOPE}.json
          - type: object
            properties:
              type:
                const: {event_type(data)}
              data:
                $ref: json/{name}.json
      examples:
        - name: {name}
          payload:
            $ref: examples/{name}.json"""


def _section(data: type[Data], schema: Schema) -> str:
    name = schema_name(data)
    return f"""\
### {name}

**{title(data)}.** {meaning(data)}

Type `{event_type(data)}` · [schema](json/{name}.json) · [example](examples/{name}.json)

{_fields(schema)}"""


def _fields(schema: Schema) -> str:
    """The table of these data, and one for each kind of object inside them."""
    tables = [_table(schema, schema["properties"])]
    for name, inner in schema.get("$defs", {}).items():
        if "properties" in inner:
            tables.append(f"Each `{name}`:\n\n{_table(schema, inner['properties'])}")
    return "\n\n".join(tables)


def _table(schema: Schema, properties: Mapping[str, Schema]) -> str:
    rows = [
        f"| `{name}` | {_type(field)} | {_described(schema, field)} |"
        for name, field in properties.items()
    ]
    return "\n".join(["| name | type | meaning |", "|---|---|---|", *rows])


def _type(field: Schema) -> str:
    """How a field's JSON looks, in a few words."""
    if "anyOf" in field:
        return " or ".join(_type(choice) for choice in field["anyOf"])
    if "$ref" in field:
        name = _ref(field)
        return f"[{name}](#codes)" if hasattr(codes, name) else f"`{name}`"
    if "const" in field:
        return f"`{field['const']}`"
    if field.get("type") == "array":
        return f"list of {_type(field['items'])}"
    return str(field.get("format") or field.get("type"))


def _described(schema: Schema, field: Schema) -> str:
    if "description" in field:
        return str(field["description"])
    if "anyOf" in field:
        return _described(schema, field["anyOf"][0]) + "; null is not told"
    return str(schema["$defs"][_ref(field)]["description"])


def _ref(field: Schema) -> str:
    return str(field["$ref"]).rpartition("/")[2]


def _code_lists(schemas: Iterable[Schema]) -> str:
    lists = {
        name: definition
        for schema in schemas
        for name, definition in schema.get("$defs", {}).items()
        if "enum" in definition
    }
    rows = [
        f"| {name} | {lists[name]['description']} | "
        + ", ".join(f"`{code}`" for code in lists[name]["enum"])
        + " |"
        for name in sorted(lists)
    ]
    return "\n".join(["| list | meaning | codes |", "|---|---|---|", *rows])
