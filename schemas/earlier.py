"""What an earlier release of the contract told: the message of now, without fields that came later."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, cast

import orjson
from pydantic import BaseModel

import schemas
from schemas import releases
from schemas.events import CarriedEvent, Data, DataCorrected

ENVELOPE = "envelope.v1"


class Lack(NamedTuple):
    """A field that a message does not have and one of now would: its place, and where it is described.

    `path` is such as `data.modules.0.organisation`, `schema` the name of a JSON Schema, `within` the
    definition in it, empty for the schema itself.
    """

    path: str
    schema: str
    within: str

    @property
    def name(self) -> str:
        """The field's own name."""
        return self.path.rpartition(".")[2]


def lacks(message: schemas.Message[Data]) -> tuple[Lack, ...]:
    """What this message, as it was read, does not have of what one of now would. Mostly nothing."""
    if isinstance(message, schemas.Unknown):
        return ()
    found = [
        Lack(name, ENVELOPE, "")
        for name in type(message).model_fields
        if name not in message.model_fields_set and name not in schemas.LEFT_OUT
    ]
    return (*found, *_of_data(message.data, "data"))


def without(expected: bytes, lacking: Sequence[Lack]) -> bytes | None:
    """The canonical form of a message of now without these fields; None where no release ever told it so."""
    if not any(_did_not_know(release.schemas, lacking) for release in _releases()):
        return None
    told = orjson.loads(expected)
    for lack in lacking:
        *places, name = lack.path.split(".")
        within = told
        for place in places:
            within = within[int(place) if isinstance(within, list) else place]
        del within[name]
    return canonical(orjson.dumps(told))


def canonical(message: bytes) -> bytes:
    """The same JSON whatever the order of its keys was."""
    return orjson.dumps(orjson.loads(message), option=orjson.OPT_SORT_KEYS)


@cache
def _releases() -> Sequence[releases.Release]:
    return releases.releases()


def _did_not_know(released: Mapping[str, dict[str, Any]], lacking: Sequence[Lack]) -> bool:
    """Whether a release had these types, and none of these fields."""
    for lack in lacking:
        schema = released.get(lack.schema)
        if schema is None:
            return False
        owner = schema["$defs"].get(lack.within, {}) if lack.within else schema
        if lack.name in owner.get("properties", {}):
            return False
    return bool(lacking)


def _of_data(data: Data | None, path: str) -> Iterator[Lack]:
    if data is not None:
        yield from _of_model(data, path, schemas.schema_name(type(data)), "")


def _of_model(model: BaseModel, path: str, schema: str, within: str) -> Iterator[Lack]:
    for name in type(model).model_fields:
        if name not in model.model_fields_set:
            yield Lack(f"{path}.{name}", schema, within)
            continue
        value = cast("object", getattr(model, name))
        if isinstance(value, BaseModel):
            yield from _of_model(value, f"{path}.{name}", schema, type(value).__name__)
        elif isinstance(value, tuple):
            for place, one in enumerate(cast("tuple[object, ...]", value)):
                if isinstance(one, BaseModel):
                    yield from _of_model(one, f"{path}.{name}.{place}", schema, type(one).__name__)
    # Events within events are told as plain JSON, each by its own type.
    if isinstance(model, CarriedEvent):
        yield from _of_data(schemas.carried(model), f"{path}.data")
    if isinstance(model, DataCorrected):
        yield from _of_data(schemas.corrected(model), f"{path}.corrected")
