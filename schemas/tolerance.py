"""Codes that a later release may send: read as the general code of their list, where it has one."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from schemas.codes import general


def with_general_codes(model: type[BaseModel], told: Any, broken: ValidationError) -> bool:  # noqa: ANN401
    """Put general codes in `told` in the place of unknown ones, in place; whether there was one to put.

    `broken` is what `model` found wrong with it. Statuses and kinds have no general code: not to know one
    of those is not to know how things stand.
    """
    found = False
    for error in broken.errors(include_url=False, include_context=False, include_input=False):
        listed = _list_at(model, error["loc"]) if error["type"] == "enum" else None
        code = general(listed) if listed else None
        if code is None:
            continue
        *path, last = error["loc"]
        holder = told
        for step in path:
            holder = holder[step]
        if isinstance(holder[last], str):
            holder[last], found = code.value, True
    return found


def _list_at(model: type[BaseModel], path: tuple[int | str, ...]) -> type[StrEnum] | None:
    """The list that the field at this path takes its code from."""
    for place, step in enumerate(path):
        if not isinstance(step, str) or step not in model.model_fields:
            continue
        for kind in _kinds_in(model.model_fields[step].annotation):
            if issubclass(kind, StrEnum) and place == len(path) - 1:
                return kind
            if issubclass(kind, BaseModel):
                model = kind
    return None


def _kinds_in(annotation: object) -> Iterator[type]:
    """The classes in a field's type, such as those of a list or of what may be null."""
    if isinstance(annotation, type) and not get_args(annotation):
        yield annotation
    for part in get_args(annotation):
        yield from _kinds_in(part)
