"""What may be told of an address: the route that it reached, in logs, problems and spans."""

from starlette.types import Scope


def route_of(scope: Scope) -> str:
    """The route's template, such as `/v1/things/{id}`: an address itself may hold anything."""
    route: object = scope.get("route")
    return str(getattr(route, "path_format", None) or getattr(route, "path", "unknown"))
