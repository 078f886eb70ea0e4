"""What a request must bring: a JSON body that fits its model to the letter, and the headers of a command."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, TypeVar, cast

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from plumbing.problems import FRAMEWORK_TYPES, INVALID_REQUEST, MALFORMED_JSON, FieldError
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json
from starlette.requests import ClientDisconnect

from pathway.api_problems import IF_MATCH_MISSING, KEY_MISSING, NOT_JSON, TOO_LARGE

MAX_BODY_BYTES = 1_000_000
MOST_ERRORS_TOLD = 20
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
"""Days outside are mistyped; and adding to the calendar's very last day would fail."""

_KEY = re.compile(r"[!-~]{1,200}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)
WRONG_SOURCE_TIME = FieldError(
    "A moment is written with its time zone, such as 2015-09-01T08:30:00+02:00.",
    parameter="header Source-Time",
)
_VERSION = re.compile(r'(?:W/)?"([0-9]{1,9})"|([0-9]{1,9})')

KEY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "Names this command; repeated under the same key it is answered the same, once",
    "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
    "example": "6f1c2f6e-5d0b-4f6d-9f0e-0d9a2f3b7c11",
}
IF_MATCH_PARAMETER = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag of the state that the command was decided on",
    "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
    "example": '"3"',
}
SOURCE_TIME_PARAMETER = {
    "name": "Source-Time",
    "in": "header",
    "required": False,
    "description": "When the sending system took this in, by its own clock; kept with the facts",
    "schema": {"type": "string", "format": "date-time"},
    "example": "2015-09-01T08:30:00+02:00",
}

AnyBody = TypeVar("AnyBody", bound=BaseModel)


async def read_body(request: Request) -> bytes:
    """The bytes of a JSON body; raises a Problem (400, 413, 415)."""
    media_type = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise NOT_JSON.problem("Send the body as JSON, with Content-Type: application/json.")
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > MAX_BODY_BYTES:
                raise TOO_LARGE.problem(f"A body holds at most {MAX_BODY_BYTES} bytes.")
    except ClientDisconnect:
        raise FRAMEWORK_TYPES[400].problem("The body ended too early.") from None
    return bytes(body)


def parsed(model: type[AnyBody], raw: bytes) -> AnyBody:
    """The body as `model`, taken strictly; raises a Problem (400) or a RequestValidationError."""
    try:
        body = model.model_validate_json(raw, strict=True)
        told = cast("Mapping[str, Any]", from_json(raw))
    except ValidationError as invalid:
        errors = invalid.errors(include_url=False)[:MOST_ERRORS_TOLD]
        if errors[0]["type"] == "json_invalid":
            where = errors[0]["msg"].removeprefix("Invalid JSON: ")
            raise MALFORMED_JSON.problem(f"The body is not JSON: {where}.") from None
        raise RequestValidationError(
            [{**error, "loc": ("body", *error["loc"])} for error in errors]
        ) from None
    if wrong := list(_wrong_days(body, told, "#")):
        raise INVALID_REQUEST.problem(errors=wrong)
    return body


def idempotency_key(request: Request) -> str:
    """The key of a command; raises a Problem (400)."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if not _KEY.fullmatch(key):
        raise KEY_MISSING.problem()
    return key


def if_match(request: Request) -> int:
    """The version that If-Match names, 0 for what is no version of ours; raises a Problem (428).

    `*` is not taken: it would say that the pathway may have changed in any way.
    """
    told = request.headers.get("If-Match", "").strip()
    if told in ("", "*"):
        raise IF_MATCH_MISSING.problem()
    match = _VERSION.fullmatch(told)
    return int(match[1] or match[2]) if match else 0


def source_time(request: Request) -> datetime | None:
    """When the sender's own system took the command in, if it says so; raises a Problem (422).

    Kept with the facts as told, and judged by nothing: that clock is not ours.
    """
    told = request.headers.get("Source-Time", "").strip()
    if not told:
        return None
    try:
        moment = datetime.fromisoformat(told) if _MOMENT.fullmatch(told) else None
    except ValueError:
        moment = None
    if moment is None or not EARLIEST <= moment.date() <= LATEST:
        raise INVALID_REQUEST.problem(errors=[WRONG_SOURCE_TIME])
    return moment.astimezone(UTC)


def _wrong_days(body: BaseModel, told: Mapping[str, Any], place: str) -> Iterator[FieldError]:
    # Pydantic also takes a number of seconds in a string for a day.
    for name, value in body:
        pointer = f"{place}/{name}"
        if isinstance(value, BaseModel):
            yield from _wrong_days(value, told[name], pointer)
        elif isinstance(value, date) and told[name] != value.isoformat():
            yield FieldError("A day is written as YYYY-MM-DD, such as 2015-09-01.", pointer)
        elif isinstance(value, date) and not EARLIEST <= value <= LATEST:
            yield FieldError(f"A day lies from {EARLIEST} to {LATEST}.", pointer)
