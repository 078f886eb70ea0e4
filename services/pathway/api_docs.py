"""The page `/docs` and the OpenAPI document behind it; nothing on it comes from another site."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from html import escape
from typing import Any, cast

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse
from plumbing.rights import Open
from pydantic.json_schema import models_json_schema

from pathway.api_answer_examples import ANSWERS
from pathway.api_examples import EXAMPLES
from pathway.api_rights import RIGHTS

_STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "code,pre{background:#eef1f4;padding:.1rem .3rem}pre{padding:.6rem;overflow:auto}"
    "summary{cursor:pointer;padding:.3rem 0}"
)


def describe_bodies(app: FastAPI) -> None:
    """Give `app`'s OpenAPI an example of each answer, and the schemas of request bodies.

    The endpoints read their bodies themselves, so the framework knows none of them.
    """
    original = app.openapi
    models = [(model, "validation") for model in EXAMPLES]

    @cache
    def openapi() -> dict[str, Any]:
        document = original()
        _, told = models_json_schema(models, ref_template="#/components/schemas/{model}")  # pyright: ignore[reportArgumentType]
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        for name, schema in cast("Mapping[str, Any]", told["$defs"]).items():
            schemas.setdefault(name, schema)
        for content in _answers(document):
            named = str(content.get("schema"))
            content["examples"] = {
                model.__name__: {"value": example}
                for model, example in ANSWERS.items()
                if f"/{model.__name__}'" in named
            }
        return document

    app.openapi = openapi


def _answers(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What stands under `application/json` for each answer of each operation on people."""
    for path, operations in document["paths"].items():
        for operation in operations.values() if path.startswith("/v1/") else ():
            for answer in operation["responses"].values():
                if "application/json" in answer.get("content", {}):
                    yield answer["content"]["application/json"]


def docs_routes(app: FastAPI) -> APIRouter:
    """`GET /docs`: each endpoint, who may use it, an example and the answers."""
    routes = APIRouter()
    page = cache(lambda: _page(app))

    @routes.get("/docs", name="docs", include_in_schema=False)
    def docs() -> HTMLResponse:  # pyright: ignore[reportUnusedFunction]
        """For people; programs read `/openapi.json`."""
        return HTMLResponse(
            page(),
            headers={
                "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
            },
        )

    return routes


def _page(app: FastAPI) -> str:
    parts = "".join(_operations(cast("Mapping[str, Any]", app.openapi()["paths"])))
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(app.title)}</title>"
        f"<style>{_STYLE}</style><h1>{escape(app.title)}</h1>"
        f"<p>{escape(app.description)}</p><p>For programs: <a href='openapi.json'>"
        "openapi.json</a>. What can go wrong: <a href='problems'>problems</a>.</p>"
        f"{parts}</html>"
    )


def _operations(paths: Mapping[str, Any]) -> Iterator[str]:
    for path, methods in paths.items():
        for method, operation in methods.items():
            yield _shown(f"{method.upper()} {path}", operation)


def _shown(title: str, operation: Mapping[str, Any]) -> str:
    roles = RIGHTS.get(str(operation.get("operationId")), Open.TO_EVERYONE)
    who = "everyone" if isinstance(roles, Open) else ", ".join(sorted(roles))
    parts = [
        f"<details><summary><code>{escape(title)}</code> {escape(operation['summary'])}</summary>",
        f"<p>{escape(operation.get('description', ''))}</p><p>For: {escape(who)}</p>",
    ]
    for parameter in operation.get("parameters", []):
        told = parameter.get("description", "")
        parts.append(f"<p><code>{escape(parameter['name'])}</code> ({parameter['in']}) ")
        parts.append(f"{escape(told)}</p>")
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    if "example" in content:
        parts.append(f"<pre>{escape(json.dumps(content['example'], indent=2))}</pre>")
    for status, answer in operation["responses"].items():
        parts.append(f"<p><code>{status}</code> {escape(answer['description'])}</p>")
    return "".join([*parts, "</details>"])
