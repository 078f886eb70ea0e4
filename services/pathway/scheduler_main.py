"""The command `pathway scheduler`."""

from typing import Annotated
from uuid import UUID

import psycopg
import typer
from plumbing import logs, tracing
from plumbing.database import connection_string
from plumbing.metrics import METRICS_HOST, MetricsHost, MetricsPort, serve_or_exit
from plumbing.settings import load_or_exit
from psycopg.rows import dict_row

from pathway.leader import Session
from pathway.opening import open_store
from pathway.saying import Failed, say
from pathway.scheduler import SchedulerSettings, announce_due, run

Once = Annotated[
    bool,
    typer.Option("--once", help="Tell what is due now and end, as for a timer of your own."),
]


def scheduler_command(
    *,
    once: Once = False,
    metrics_port: MetricsPort = None,
    metrics_host: MetricsHost = METRICS_HOST,
) -> None:
    """Tell other systems of deadlines that were reached: planned ends, hires due, referral terms, checkpoints.

    Run as many as you like: one leads, the others stand by. Nothing is told twice, and what was
    reached while none ran is told afterwards, with its own day.

    Example: `pathway scheduler`, or once a night `pathway scheduler --once`
    """
    settings = load_or_exit(SchedulerSettings)
    logs.configure("pathway scheduler")
    tracing.configure("pathway scheduler")
    if not once:
        serve_or_exit(metrics_port, metrics_host)
        run(settings)
        return
    broken: set[UUID] = set()
    conninfo = connection_string(settings.pathway_database_url, "pathway scheduler")
    try:
        with (
            open_store() as store,
            Session.connect(conninfo, autocommit=True, row_factory=dict_row) as session,
        ):
            told = announce_due(store, session, broken=broken)
    except psycopg.Error as away:
        raise Failed(f"The database cannot be used: {away}") from None
    if told is None:
        raise Failed(
            "A scheduler looks at this moment, or a simulation lives in other years. Nothing was told; "
            "try again later."
        )
    what = "deadline" if told == 1 else "deadlines"
    say.print(f"Told of {told:,} {what}. They go on to Kafka: see `pathway publisher status`.")
    if broken:
        raise Failed(f"{len(broken):,} pathways cannot be read: see `pathway audit chain`.")
