"""Which role may use which endpoint: one table for each service, and no endpoint outside it."""

from collections.abc import Awaitable, Callable, Mapping
from enum import Enum

from fastapi import FastAPI, Request
from fastapi.routing import iter_route_contexts
from starlette.concurrency import run_in_threadpool

from plumbing.callers import Caller, Role
from plumbing.sign_in import NOT_ALLOWED, signed_in


class Open(Enum):
    """Endpoints that need no token."""

    TO_EVERYONE = "everyone"


SIGNED_IN = frozenset(Role)
"""Every role: for endpoints where it is enough to have any right here at all."""

Rights = Mapping[str, frozenset[Role] | Open]
"""From an endpoint's name (its function's) to the roles that may use it."""

Denied = Callable[[Request, Caller], None]
Who = Callable[[Request], Awaitable[Caller]]

# FastAPI's own, which show nothing but the form of the API.
DOCUMENTATION = ("openapi", "swagger_ui_html", "swagger_ui_redirect", "redoc_html")


def by_rights(
    rights: Rights, denied: Denied | None = None, *, who: Who = signed_in
) -> Callable[[Request], Awaitable[None]]:
    """The dependency that holds a whole app to `rights`: `FastAPI(dependencies=[Depends(...)])`.

    An endpoint that the table does not name is for nobody. `denied` is called (it may block, and
    may write a trace) before a caller without the right is refused. `who` tells who is calling: by
    token, or for pages by their session.
    """

    async def check_rights(request: Request) -> None:
        roles = rights.get(str(getattr(request.scope.get("route"), "name", "")), frozenset[Role]())
        if isinstance(roles, Open):
            return
        caller = await who(request)
        if not caller.is_one_of(roles):
            if denied is not None:
                await run_in_threadpool(denied, request, caller)
            raise NOT_ALLOWED.problem()

    return check_rights


def forgotten(app: FastAPI, rights: Rights) -> list[str]:
    """What is wrong between `app` and its table, a line each; for a test that wants none.

    Endpoints that the table does not name or nothing checks, names that two endpoints share, and
    names in the table without an endpoint.
    """
    wrong: list[str] = []
    seen: set[str] = set()
    for route in iter_route_contexts(app.routes):
        name = route.name or ""
        if name in DOCUMENTATION:
            continue
        if name in seen:
            wrong.append(f"{name} is the name of two endpoints")
        seen.add(name)
        if name not in rights:
            wrong.append(f"{name} ({route.path}) has no rights")
        elif not isinstance(rights[name], Open) and not _is_checked(route):
            wrong.append(f"{name} ({route.path}) is not checked: include it with by_rights")
    return wrong + [f"{name} has rights but is no endpoint" for name in rights if name not in seen]


def _is_checked(route: object) -> bool:
    dependant: object = getattr(route, "dependant", None)
    dependencies: list[object] = list(getattr(dependant, "dependencies", []))
    return any(
        getattr(getattr(dependency, "call", None), "__name__", "") == "check_rights"
        for dependency in dependencies
    )
