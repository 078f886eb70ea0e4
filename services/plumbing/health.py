"""Whether a process lives, and whether it is ready for work: for orchestrators, without a token."""

from collections.abc import Callable, Mapping
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from plumbing.problems import ProblemType, responses


class Note(str):
    """What is to be done about a part that works meanwhile."""

    __slots__ = ()


Check = Callable[[], Mapping[str, str | None]]
"""Answers for each part that is needed (such as `postgres`) None, a Note, or what is wrong with it."""

NOT_READY = ProblemType(
    slug="not-ready",
    status=503,
    title="The service is not ready",
    way_out="Wait and ask again; `checks` names the part that is not there yet.",
)

ENDPOINTS = ("health_live", "health_ready")


class Live(BaseModel):
    """The process answers."""

    status: Literal["live"] = "live"


class Ready(BaseModel):
    """The process and all that it needs are there."""

    status: Literal["ready"] = "ready"
    checks: dict[str, str] = Field(
        description="For each part `ok`, or what is to be done about it, though it works"
    )


def router(check: Check) -> APIRouter:
    """`/health/live` and `/health/ready`; `check` may block, and an error from it means not ready.

    What it says is shown to anyone: names of parts and plain words, no addresses.
    """
    health = APIRouter(prefix="/health", tags=["health"])

    # On the event loop: it answers also when every thread waits for a database that hangs.
    @health.get("/live", summary="Whether the process answers")
    async def health_live() -> Live:  # pyright: ignore[reportUnusedFunction]
        return Live()

    @health.get(
        "/ready",
        summary="Whether the process and all that it needs are there",
        responses=responses(NOT_READY),
    )
    def health_ready() -> Ready:  # pyright: ignore[reportUnusedFunction]
        checks = _checked(check)
        told = {name: what or "ok" for name, what in checks.items()}
        wrong = [n for n, what in checks.items() if not (what is None or isinstance(what, Note))]
        if wrong:
            raise NOT_READY.problem(f"Not ready: {', '.join(wrong)}.", checks=told)
        return Ready(checks=told)

    return health


def _checked(check: Check) -> Mapping[str, str | None]:
    try:
        return check()
    except Exception as error:  # Whatever it is, this process is not ready.
        return {"check": f"failed with {type(error).__name__}"}
