"""The commands `pathway publisher`."""

import getpass
import logging
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated
from uuid import UUID

import psycopg
import typer
from plumbing import logs, tracing
from plumbing.clock import utc_now
from plumbing.database import connection_string
from plumbing.metrics import METRICS_HOST, MetricsHost, MetricsPort, serve_or_exit
from plumbing.running import processes
from plumbing.settings import EXIT_MISCONFIGURED, load_or_exit
from psycopg.rows import dict_row

from pathway import publisher_position, tails, topics
from pathway.auditing import progress
from pathway.checkpoints import KeyUnusable
from pathway.leader import PUBLISHER, Session, leading
from pathway.lost import write_lost
from pathway.publisher import EXIT_STOPPED, PublisherSettings, run
from pathway.publisher_position import Decision
from pathway.running import kind_of
from pathway.saying import Failed, say
from pathway.topics import BrokersAway, KafkaFailed, TopicsWrong

publisher_commands = typer.Typer(help="Publish facts to Kafka, and decide what a stop asks.")
SECONDS_TO_LEAD = 5.0

Reason = Annotated[
    str, typer.Option("--reason", help="Why; kept with your name, for whoever asks later.")
]


@publisher_commands.callback(invoke_without_command=True)
def publisher(
    context: typer.Context,
    metrics_port: MetricsPort = None,
    metrics_host: MetricsHost = METRICS_HOST,
) -> None:
    """Publish every fact to both topics, exactly once and in each pathway's order, until stopped.

    Run as many as you like: one leads, the others stand by. Ends with status 65 when a person has to
    decide something first; what, stands in the log and in `pathway publisher status`.
    """
    if context.invoked_subcommand is None:
        settings = load_or_exit(PublisherSettings)
        logs.configure("pathway publisher")
        tracing.configure("pathway publisher")
        serve_or_exit(metrics_port, metrics_host)
        # Its warnings tell each attempt to connect; `term-ended` tells once what came of them.
        logging.getLogger("kafka").setLevel(logging.ERROR)
        try:
            raise typer.Exit(run(settings))
        except KeyUnusable as unusable:
            say.print(str(unusable), style="red", markup=False, soft_wrap=True)
            raise typer.Exit(EXIT_MISCONFIGURED) from None


@publisher_commands.command("status")
def status() -> None:
    """Say whether one leads, who led last, how far it is, and what stops it (then with status 65)."""
    settings = load_or_exit(PublisherSettings)
    with _session(settings) as session:
        row = publisher_position.status(session)
        [now] = processes(session, [kind_of(PUBLISHER)])
    if row is None:
        raise Failed("No publisher ever led on this store. Start one: `pathway publisher`.")
    row = {"state": now.state, "publishers": now.processes, **row}
    for name, value in row.items():
        if name != "one" and value is not None:
            say.print(f"{name.replace('_', ' ')}: {value}", markup=False, soft_wrap=True)
    if row["stopped_reason"]:
        raise typer.Exit(EXIT_STOPPED)


@publisher_commands.command("lost")
def lost(
    to: Annotated[Path, typer.Option("--to", help="Where the list goes, as CSV.")],
) -> None:
    """List what an older copy of the store lost: events that the topic holds and the store does not.

    Changes nothing. Before starting over from that copy, so that who registered them can do it again.

    Example: `pathway publisher lost --to lost.csv`
    """
    settings = load_or_exit(PublisherSettings)
    try:
        with _session(settings) as session, progress(say) as bar:
            found = write_lost(settings, session, to, bar)
    except (BrokersAway, TopicsWrong, KafkaFailed) as wrong:
        raise Failed(str(wrong)) from None
    except OSError as error:
        raise Failed(f"{to} cannot be written: {error.strerror}") from None
    if not found.events:
        say.print("Nothing is lost: the store has every event that the topic holds.")
        return
    say.print(
        f"{found.events:,} events of {found.pathways:,} pathways are lost; each is in {to}. Is there a "
        "newer copy of the store? Then restore it. Else keep this list, start over, and let those who "
        "registered them do it again.",
        markup=False,
        soft_wrap=True,
    )


@publisher_commands.command("start-over")
def start_over(reason: Reason) -> None:
    """Let the publisher fill empty topics with all facts again, under the ids that readers know.

    Only for topics that hold nothing: a message on them would be there twice.
    """
    settings = load_or_exit(PublisherSettings)
    try:
        topics.find(settings)
        there = tails.read(settings)
    except (BrokersAway, TopicsWrong, KafkaFailed) as wrong:
        raise Failed(str(wrong)) from None
    if there.events or there.state:
        raise Failed(
            "The topics hold messages. Delete both, run `pathway topics create`, then this again."
        )
    until = time.monotonic() + SECONDS_TO_LEAD
    url, lease = settings.pathway_database_url, settings.publisher_lease_seconds
    try:
        with leading(url, lease, lambda: time.monotonic() > until) as session:
            if session is None:
                raise Failed("A publisher leads at this moment. Stop it first.")
            publisher_position.forget(session, Decision(reason, getpass.getuser(), utc_now()))
    except psycopg.OperationalError as away:
        raise Failed(f"The database cannot be reached: {away}") from None
    say.print("All facts will be published again. Next: `pathway publisher`.")


@publisher_commands.command("withhold")
def withhold(fact_id: UUID, reason: Reason) -> None:
    """Let a fact that cannot be published go out as a message with its id and version only."""
    settings = load_or_exit(PublisherSettings)
    with _session(settings) as session:
        try:
            decision = Decision(reason, getpass.getuser(), utc_now())
            publisher_position.withhold(session, fact_id, decision)
        except LookupError as unknown:
            raise Failed(str(unknown)) from None
    say.print("It goes out as withheld. Next: start the publisher again, if it stopped.")


@contextmanager
def _session(settings: PublisherSettings) -> Generator[Session]:
    conninfo = connection_string(settings.pathway_database_url, "pathway publisher command")
    try:
        with Session.connect(conninfo, autocommit=True, row_factory=dict_row) as session:
            yield session
    except psycopg.OperationalError as away:
        raise Failed(f"The database cannot be reached: {away}") from None
