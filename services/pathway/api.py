"""The REST API of the write side: commands in, state and history out, and who pathways are about."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import psycopg
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import FileResponse, Response
from plumbing import logs, problems, tracing, web_app
from plumbing.database import open_pool
from plumbing.ids import new_id
from plumbing.memory import collect_less_often
from plumbing.problems import FRAMEWORK_TYPES
from plumbing.rights import by_rights
from plumbing.settings import load_or_exit
from plumbing.sign_in import SignInSettings, tokens_of
from plumbing.tokens import Tokens
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import schemas
from pathway import api_problems
from pathway.answering import Answers
from pathway.api_access import access_routes
from pathway.api_barriers import OWN_BARRIER, UNKNOWN_BARRIER, barrier_routes
from pathway.api_commands import Using, command_routes
from pathway.api_difference import difference_routes
from pathway.api_docs import describe_bodies, docs_routes
from pathway.api_events import TYPES as OF_EVENTS, event_routes
from pathway.api_hand_over import hand_over_routes
from pathway.api_notes import DESTROYED, note_routes
from pathway.api_numbers import NUMBER_REFUSED, number_routes
from pathway.api_offered import offered_routes
from pathway.api_overrides import NOTHING_TO_OVERRIDE, UNKNOWN_OVERRIDE, override_routes
from pathway.api_people import UNKNOWN_PERSON, people_routes
from pathway.api_refused import refused_routes
from pathway.api_rights import RIGHTS, Trace
from pathway.api_running import running_routes
from pathway.api_sight import Sight
from pathway.api_state import state_routes
from pathway.api_where import NO_SUCH_FACT, where_routes
from pathway.application import Pathways
from pathway.backdating import Backdating, limits_of
from pathway.domain.refusals import UnknownPathway
from pathway.identity import DamagedPerson, Vault, WrongMasterKey, read_master_key
from pathway.settings import PathwaySettings
from pathway.store import Store, StoreAway
from pathway.where import WhereSettings

FORGET_EVERY_SECONDS = 3600
DESCRIPTION = (
    "Commands on the pathways of jobseekers, and their state and history. Every command needs an "
    "Idempotency-Key, and on an existing pathway the ETag of its state as If-Match. Days are "
    "Europe/Brussels, moments UTC."
)
OF_ENDPOINTS = (
    UNKNOWN_PERSON,
    NUMBER_REFUSED,
    DESTROYED,
    UNKNOWN_BARRIER,
    OWN_BARRIER,
    NOTHING_TO_OVERRIDE,
    UNKNOWN_OVERRIDE,
    *OF_EVENTS,
    NO_SUCH_FACT,
)
"""Problems that one group of endpoints answers with."""

log = logs.logger(__name__)

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def create_app(
    pathways: Pathways,
    answers: Answers,
    tokens: Tokens,
    schemas_base: str,
    lifespan: Lifespan | None = None,
    *,
    backdating: Backdating = Backdating(),  # noqa: B008 - it is frozen.
    brokers: WhereSettings | None = None,
) -> FastAPI:
    """The API on these use cases; `schemas_base` is where it serves the events' JSON Schemas.

    `brokers` tell of consumer groups; without, those of the environment.
    """
    trace = Trace(pathways.store)
    app = FastAPI(
        title="VDAB pathways",
        description=DESCRIPTION,
        version="1",
        dependencies=[Depends(by_rights(RIGHTS, trace.refused))],
        lifespan=lifespan,
        # The usual pages would load their parts from another site.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    for routes in _routes(app, pathways, answers, trace, schemas_base, backdating=backdating):
        app.include_router(routes)
    sight = Sight(pathways.store, trace)
    app.include_router(where_routes(pathways.store, trace, sight, brokers or WhereSettings()))
    app.add_exception_handler(StoreAway, _on_store_away)
    app.add_exception_handler(UnknownPathway, _on_unknown_pathway)
    app.add_exception_handler(DamagedPerson, _on_damaged_person)
    app.add_exception_handler(WrongMasterKey, _on_wrong_master_key)
    app.add_middleware(NothingKept)
    web_app.prepare(
        app,
        tokens=tokens,
        ready=lambda: _ready(pathways.store),
        types=(*api_problems.OWN_TYPES, *OF_ENDPOINTS),
    )
    describe_bodies(app)
    return app


def app_of_settings() -> FastAPI:
    """The API as the environment's settings say; each worker process makes one of its own."""
    collect_less_often()
    logs.configure("pathway api")
    tracing.configure("pathway api")
    settings, sign_in = load_or_exit(PathwaySettings), load_or_exit(SignInSettings)
    store = Store(settings.pathway_database_url)
    vault = Vault(store, read_master_key(settings.pathway_master_key_file), new_id=new_id)
    pool = open_pool(settings.pathway_database_url, "pathway api")
    answers = Answers(pool, vault.keyed_hash, store.clock)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
        forgetting = asyncio.create_task(_forget_old(answers))
        yield
        forgetting.cancel()
        pool.close()
        store.close()

    return create_app(
        Pathways(store, vault),
        answers,
        tokens_of(sign_in),
        settings.schemas_base,
        lifespan,
        backdating=limits_of(settings),
        brokers=load_or_exit(WhereSettings),
    )


def _routes(
    app: FastAPI,
    pathways: Pathways,
    answers: Answers,
    trace: Trace,
    schemas_base: str,
    *,
    backdating: Backdating,
) -> list[APIRouter]:
    sight = Sight(pathways.store, trace)
    using = Using(pathways, answers, trace, sight, backdating)
    return [
        command_routes(using),
        hand_over_routes(using),
        offered_routes(pathways, trace, sight, backdating),
        state_routes(pathways, trace, sight, schemas_base),
        difference_routes(pathways, trace, sight, schemas_base),
        event_routes(pathways.store, trace, sight, schemas_base),
        people_routes(pathways, trace, sight),
        number_routes(pathways, trace, sight),
        note_routes(pathways, trace, sight),
        refused_routes(pathways.store, trace),
        access_routes(pathways.store, trace),
        barrier_routes(pathways, trace),
        override_routes(pathways, trace),
        running_routes(pathways.store),
        schema_routes(),
        docs_routes(app),
    ]


def schema_routes() -> APIRouter:
    """`GET /schemas/NAME.json`: what `dataschema` in the events points to, for everyone."""
    routes = APIRouter(prefix="/schemas", tags=["schemas"])
    folder = Path(schemas.__file__).parent / "json"
    known: Mapping[str, Path] = {path.name: path for path in folder.glob("*.json")}

    @routes.get(
        "/{name}.json",
        name="event_schema",
        operation_id="event_schema",
        summary="The JSON Schema of an event's data",
        response_class=Response,
        responses={
            200: {"content": {"application/schema+json": {}}},
            **problems.responses(FRAMEWORK_TYPES[404]),
        },
    )
    def event_schema(name: str) -> Response:  # pyright: ignore[reportUnusedFunction]
        """Such as `/schemas/ibo-started.v1.json`."""
        file = known.get(f"{name}.json")
        if file is None:
            raise FRAMEWORK_TYPES[404].problem(f"The schemas are: {', '.join(sorted(known))}.")
        return FileResponse(
            file,
            media_type="application/schema+json",
            headers={"Cache-Control": "public, max-age=3600"},
        )

    return routes


class NothingKept:
    """Tells browsers and proxies to keep nothing of what is about people."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_header(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, send_with_header)


async def _forget_old(answers: Answers) -> None:
    while True:
        try:
            while await run_in_threadpool(answers.forget):
                pass
        except (StoreAway, psycopg.Error) as failed:
            # Whatever it is: the next hour may be better, and nobody waits for this.
            log.warning("old answers not deleted", failure=logs.failure(failed))
        await asyncio.sleep(FORGET_EVERY_SECONDS)


def _ready(store: Store) -> Mapping[str, str | None]:
    try:
        store.mark()
    except StoreAway:
        return {"postgres": "does not answer"}
    return {"postgres": None}


def _on_store_away(request: Request, _error: Exception) -> Response:
    problem = api_problems.STORE_AWAY.problem(headers=api_problems.RETRY_SOON)
    return problems.answer(request, problem)


def _on_unknown_pathway(request: Request, error: Exception) -> Response:
    problem = api_problems.REFUSALS[UnknownPathway].problem(str(error))
    return problems.answer(request, problem)


def _on_damaged_person(request: Request, _error: Exception) -> Response:
    return problems.answer(request, api_problems.PERSON_DAMAGED.problem())


def _on_wrong_master_key(request: Request, _error: Exception) -> Response:
    return problems.answer(request, api_problems.VAULT_SEALED.problem())
