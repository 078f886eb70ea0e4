"""The read side over HTTP: questions by REST, and pages for people."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import psycopg
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import Response
from plumbing import logs, problems, tracing, web_app, web_sign_in
from plumbing.access_reading import EXAMPLE as LOOKS
from plumbing.callers import Caller
from plumbing.clock import Clock, utc_now
from plumbing.database import open_pool
from plumbing.health import Note
from plumbing.memory import settle
from plumbing.problems import Problem
from plumbing.rights import by_rights
from plumbing.settings import load_or_exit
from plumbing.sign_in import signed_in
from plumbing.web_sign_in import WebSignIn, WebSignInSettings, page_caller, web_sign_in_of
from pydantic import BaseModel

from projections.acting import Commands, WriteSideCommands
from projections.counsellor import COUNSELLOR
from projections.counsellor.difference import difference_routes
from projections.counsellor.enrol_pages import enrol_pages
from projections.counsellor.examples import (
    caseload_example,
    difference_example,
    timeline_example,
    worklist_example,
)
from projections.counsellor.finding_pages import finding_pages
from projections.counsellor.hand_over_pages import hand_over_pages
from projections.counsellor.note_pages import note_pages
from projections.counsellor.notes import NotesSource, WriteSideNotes
from projections.counsellor.pathway_pages import pathway_pages
from projections.counsellor.register_pages import (
    COMMANDS_AWAY,
    NO_SUCH_COMMAND,
    register_pages,
)
from projections.counsellor.web import Questions, counsellor_routes
from projections.counsellor.web_pages import counsellor_pages
from projections.counsellor.web_worklist import NO_SUCH_ALERT, worklist_pages, worklist_routes
from projections.demo_control import Control, DemoControl
from projections.names import NamesSource, Vault
from projections.overrides import Overrides, WriteSideOverrides
from projections.points import NOTHING_THEN
from projections.projection import Projection
from projections.publishing.wiring import PUBLISHING_EXAMPLES, PUBLISHING_TYPES, publishing_routes
from projections.reporting import REPORTING
from projections.reporting.examples import (
    afterwards_example,
    counsellors_example,
    durations_example,
    exceptions_example,
    exits_example,
    flow_example,
    ibo_example,
    inflow_example,
    modules_example,
    outflow_example,
    reach_example,
    retention_example,
    special_example,
    stock_example,
    stops_example,
    work_floors_example,
)
from projections.reporting.examples_cohorts import (
    outcomes_example,
    time_to_work_example,
    transition_example,
)
from projections.reporting.then import TOO_MANY_THEN
from projections.reporting.web import reporting_routes
from projections.reporting.web_behind import behind_pages
from projections.reporting.web_cohorts import cohorts_routes
from projections.reporting.web_exits import exits_routes
from projections.reporting.web_on_day import on_day_routes
from projections.reporting.web_pages import reporting_pages
from projections.reporting.web_special import special_routes
from projections.reporting.web_special_page import special_page
from projections.running_asked import RunningSource, WriteSideStatus
from projections.schema import (
    KEPT,
    OTHER_CODE,
    Database,
    MadeFromOther,
    NotMigrated,
    other_code,
    use,
)
from projections.standing import Standings, WriteSideStanding
from projections.web_access import (
    REFERENCES_AWAY,
    Looks,
    LooksSource,
    WriteSideLooks,
    access_pages,
    access_routes,
)
from projections.web_openapi import give_examples
from projections.web_operations import DEMO_AWAY, NO_DEMO, operations_pages
from projections.web_override import override_pages
from projections.web_pages import PageHeaders, Pages, serve_static
from projections.web_parked import NOT_PARKED, PARKED_EXAMPLES, ParkedPathways, parked_routes
from projections.web_reading import READ_MODELS_AWAY, RETRY_SOON, TYPES, Pool, ReadModels
from projections.web_rights import RIGHTS, Rows, Trace
from projections.web_running import Status, running_example, running_routes
from projections.web_settings import WebSettings, token_of
from projections.web_start import start_pages
from projections.web_where import (
    NO_SUCH_FACT,
    WHERE_AWAY,
    Facts,
    where_example,
    where_pages,
    where_routes,
)
from projections.where_asked import WhereSource, WriteSideFacts

DESCRIPTION = (
    "Caseload, timelines and reports on the pathways of jobseekers. Answers hold references and no "
    "names: those are asked of the vault. Days are Europe/Brussels, moments UTC. Every look at a "
    "person leaves a trace. `after=PATHWAY:VERSION` reads your own write."
)

PROJECTIONS = (COUNSELLOR, REPORTING)

EXAMPLES: Mapping[str, BaseModel] = {
    "caseload": caseload_example(),
    "worklist": worklist_example(),
    "pathway_timeline": timeline_example(),
    "pathway_difference": difference_example(),
    "report_flow": flow_example(),
    "report_inflow": inflow_example(),
    "report_modules": modules_example(),
    "report_durations": durations_example(),
    "report_outflow": outflow_example(),
    "report_afterwards": afterwards_example(),
    "report_exits": exits_example(),
    "report_stops": stops_example(),
    "report_exceptions": exceptions_example(),
    "report_ibo": ibo_example(),
    "report_retention": retention_example(),
    "report_work_floors": work_floors_example(),
    "report_reach": reach_example(),
    "report_counsellors": counsellors_example(),
    "report_stock": stock_example(),
    "report_time_to_work": time_to_work_example(),
    "report_outcomes": outcomes_example(),
    "report_transition": transition_example(),
    "report_special": special_example(),
    "access_looks": LOOKS,
    "where_is_fact": where_example(),
    "running": running_example(),
    **PARKED_EXAMPLES,
    **PUBLISHING_EXAMPLES,
}

OF_ENDPOINTS = (
    NOTHING_THEN,
    TOO_MANY_THEN,
    REFERENCES_AWAY,
    NO_SUCH_FACT,
    WHERE_AWAY,
    NOT_PARKED,
    *PUBLISHING_TYPES,
    NO_DEMO,
    DEMO_AWAY,
    NO_SUCH_ALERT,
    COMMANDS_AWAY,
    NO_SUCH_COMMAND,
)
"""Problems that one group of endpoints answers with."""

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


@dataclass(frozen=True)
class WriteSide:
    """What only the write side knows, each behind a question of its own."""

    names: NamesSource
    standings: Standings
    looks: LooksSource
    overrides: Overrides
    facts: WhereSource
    running: RunningSource
    commands: Commands
    notes: NotesSource


def create_app(
    settings: WebSignInSettings,
    pool: Pool,
    write_side: WriteSide,
    *,
    now: Clock = utc_now,
    control: Control | None = None,
    lifespan: Lifespan | None = None,
) -> FastAPI:
    """REST and pages on the read models at `pool`; `write_side` has what they lack, `control` a demo alone."""
    read_models = ReadModels(pool, now)
    trace = Trace(read_models)
    rows = Rows(read_models, write_side.standings)
    questions = Questions(read_models, rows, trace)
    pages = Pages(settings.oidc_issuer, now)
    app = FastAPI(
        title="VDAB pathways: read models",
        description=DESCRIPTION,
        version="1",
        dependencies=[Depends(by_rights(RIGHTS, trace.refused, who=_who))],
        lifespan=lifespan,
        # The usual pages would load their parts from another site.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    for routes in (
        *_of_people(questions, pages, write_side),
        *_of_reports(read_models, rows, trace, pages),
        *_of_the_system(read_models, rows, trace, pages, write_side=write_side, control=control),
        start_pages(pages),
    ):
        app.include_router(routes)
    serve_static(app)
    _prepare(app, web_sign_in_of(settings, pool, KEPT, now), read_models, pages)
    return app


def _of_people(questions: Questions, pages: Pages, write_side: WriteSide) -> list[APIRouter]:
    """What is asked of pathways by who works with people, or for them."""
    return [
        counsellor_routes(questions),
        difference_routes(questions),
        worklist_routes(questions),
        worklist_pages(questions),
        finding_pages(questions, pages, write_side.names),
        counsellor_pages(questions, pages, write_side.names),
        hand_over_pages(questions, pages, write_side.names, write_side.commands),
        pathway_pages(questions, pages, write_side.names),
        behind_pages(questions, pages, write_side.names),
        register_pages(questions, pages, write_side.names, write_side.commands),
        enrol_pages(questions.read_models, pages, write_side.commands),
        note_pages(questions, pages, write_side.names, write_side.notes),
        override_pages(write_side.overrides, pages),
    ]


def _of_reports(read_models: ReadModels, rows: Rows, trace: Trace, pages: Pages) -> list[APIRouter]:
    """Figures, and what is done with them."""
    return [
        reporting_routes(read_models, rows),
        exits_routes(read_models, rows),
        on_day_routes(read_models, rows),
        cohorts_routes(read_models, rows),
        special_routes(read_models, rows, trace),
        reporting_pages(read_models, rows, pages),
        special_page(read_models, rows, pages),
        publishing_routes(read_models, rows, trace, pages),
    ]


def _of_the_system(
    read_models: ReadModels,
    rows: Rows,
    trace: Trace,
    pages: Pages,
    *,
    write_side: WriteSide,
    control: Control | None,
) -> list[APIRouter]:
    """What auditors and operators ask about the system itself."""
    looks = Looks(read_models, rows, trace)
    facts = Facts(read_models, rows, trace, write_side.facts, PROJECTIONS)
    parked = ParkedPathways(read_models, rows, trace)
    status = Status(read_models, write_side.running, PROJECTIONS)
    return [
        access_routes(looks, write_side.looks),
        access_pages(looks, pages, write_side.looks),
        where_routes(facts),
        where_pages(facts, pages),
        parked_routes(parked, read_models),
        running_routes(status),
        operations_pages(parked, read_models, status, pages, control),
    ]


def _prepare(app: FastAPI, sign_in: WebSignIn, read_models: ReadModels, pages: Pages) -> None:
    # Sessions stand in the same database.
    for away in (psycopg.OperationalError, psycopg.InterfaceError):
        app.add_exception_handler(away, _on_database_away)
    web_sign_in.install(app, sign_in)
    web_app.prepare(
        app,
        tokens=sign_in.tokens,
        ready=lambda: _ready(read_models),
        types=(*TYPES, *OF_ENDPOINTS, *web_sign_in.TYPES),
        page=pages.problem,
    )
    give_examples(app, EXAMPLES)
    # Outside of everything, so that errors too have these headers.
    app.add_middleware(PageHeaders, policy=pages.policy)


def _write_side(url: str, names: NamesSource, standings: Standings) -> WriteSide:
    return WriteSide(
        names,
        standings,
        WriteSideLooks(url),
        WriteSideOverrides(url),
        WriteSideFacts(url),
        WriteSideStatus(url),
        WriteSideCommands(url),
        WriteSideNotes(url),
    )


def app_of_settings() -> FastAPI:
    """The same by the environment's settings; each worker process makes one of its own."""
    logs.configure("projections web")
    tracing.configure("projections web")
    settings = load_or_exit(WebSettings)
    pool = open_pool(settings.projections_database_url, "projections web", max_size=16)
    names = Vault(settings.pathway_api_url)
    standings = WriteSideStanding(settings.pathway_api_url, token_of(settings), utc_now)
    write_side = _write_side(settings.pathway_api_url, names, standings)
    control = DemoControl(settings.demo_control) if settings.demo_control else None

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
        settle()
        yield
        names.close()
        standings.close()
        pool.close()

    return create_app(settings, pool, write_side, control=control, lifespan=lifespan)


def _on_database_away(request: Request, _error: Exception) -> Response:
    return problems.answer(request, READ_MODELS_AWAY.problem(headers=RETRY_SOON))


async def _who(request: Request) -> Caller:
    """Programs show a token at each question; people have a session."""
    if request.url.path.startswith("/v1/"):
        return await signed_in(request)
    return await page_caller(request)


def _ready(read_models: ReadModels) -> Mapping[str, str | None]:
    told: dict[str, str | None] = {"postgres": None}
    try:
        with read_models.snapshot() as connection:
            for projection in PROJECTIONS:
                told[projection.name] = _wrong_with(connection, projection)
            # What was set on this connection to look at the tables is undone.
            connection.rollback()
    except Problem:
        return {"postgres": "does not answer"}
    return told


def _wrong_with(connection: Database, projection: Projection) -> str | None:
    try:
        use(connection, projection)
    except (NotMigrated, MadeFromOther) as wrong:
        return str(wrong)
    if other_code(connection, projection):
        return Note(OTHER_CODE.format(name=projection.name))
    return None
