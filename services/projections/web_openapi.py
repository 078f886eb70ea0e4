"""Examples in the API's own description, whole: the framework leaves out every null in it."""

from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from fastapi import FastAPI
from plumbing import problems
from plumbing.problems import INVALID_REQUEST, ProblemType
from plumbing.sign_in import NOT_ALLOWED
from pydantic import BaseModel

from projections.standing import STANDING_AWAY
from projections.web_reading import BEHIND, READ_MODELS_AWAY


def documented(*types: ProblemType) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a question: its ETag, 304, and the problems that any question may meet."""
    return {
        200: {"headers": {"ETag": {"schema": {"type": "string"}}}},
        304: {"description": "Nothing changed since the answer with the ETag of If-None-Match."},
        **problems.responses(
            INVALID_REQUEST, NOT_ALLOWED, BEHIND, READ_MODELS_AWAY, STANDING_AWAY, *types
        ),
    }


def give_examples(app: FastAPI, examples: Mapping[str, BaseModel]) -> None:
    """Let `app`'s OpenAPI show an answer for each of these operations, named by their id."""
    original = app.openapi

    @cache
    def openapi() -> dict[str, Any]:
        document = original()
        for operations in cast("Mapping[str, Any]", document["paths"]).values():
            for operation in operations.values():
                example = examples.get(operation.get("operationId", ""))
                if example is not None:
                    content = operation["responses"]["200"]["content"]["application/json"]
                    content["example"] = example.model_dump(mode="json")
        return document

    app.openapi = openapi
