"""How OpenAPI tells of problem details: one schema, and an answer for each status."""

from collections.abc import Mapping
from functools import cache
from typing import cast

from fastapi import FastAPI

REFERENCE = {"$ref": "#/components/schemas/Problem"}

PROBLEM_SCHEMA: Mapping[str, object] = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457 problem details.",
    "required": ["type", "title", "status", "correlation_id"],
    "properties": {
        "type": {
            "type": "string",
            "format": "uri-reference",
            "description": "The kind of problem, the same for ever; the address tells of it.",
            "examples": ["/problems/invalid-request"],
        },
        "title": {"type": "string", "description": "The kind of problem in words."},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "About this one, with the way out."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "pointer": {
                        "type": "string",
                        "description": "Where in the body: a JSON pointer as fragment.",
                        "examples": ["#/fields/0/name"],
                    },
                    "parameter": {
                        "type": "string",
                        "description": "Which parameter, after the place it stands in.",
                        "examples": ["header If-Match"],
                    },
                    "detail": {"type": "string"},
                },
            },
        },
        "correlation_id": {
            "type": "string",
            "description": "What to name when you ask about it; the same stands in our logs.",
        },
    },
    "additionalProperties": True,
}


def response(description: str, examples: Mapping[str, object] | None = None) -> dict[str, object]:
    """An OpenAPI answer in problem details, with named examples."""
    content: dict[str, object] = {"schema": REFERENCE}
    if examples:
        content["examples"] = dict(examples)
    return {"description": description, "content": {"application/problem+json": content}}


def describe_in_openapi(app: FastAPI) -> None:
    """Give `app`'s OpenAPI the schema, and problem details in place of FastAPI's own 422.

    Every operation also gets `default`, for what may happen to any: 401, 403, 500, 503.
    """
    original = app.openapi

    @cache
    def openapi() -> dict[str, object]:
        document: dict[str, object] = original()
        schemas = _part(_part(document, "components"), "schemas")
        schemas["Problem"] = dict(PROBLEM_SCHEMA)
        for operations in _part(document, "paths").values():
            for operation in cast("Mapping[str, object]", operations).values():
                if isinstance(operation, dict):
                    _describe(cast("dict[str, object]", operation))
        schemas.pop("HTTPValidationError", None)
        schemas.pop("ValidationError", None)
        return document

    app.openapi = openapi


def _describe(operation: dict[str, object]) -> None:
    answers = _part(operation, "responses")
    if "HTTPValidationError" in str(answers.get("422", "")):
        answers["422"] = response("The request is not valid; `errors` names what to correct.")
    answers.setdefault("default", response("Any other problem."))


def _part(of: dict[str, object], name: str) -> dict[str, object]:
    return cast("dict[str, object]", of.setdefault(name, {}))
