"""The command line of the read side: `projections --help`."""

import signal
import threading
from collections.abc import Callable
from enum import StrEnum
from types import FrameType
from typing import Annotated

import typer
from plumbing import access_audit, logs, tracing
from plumbing.clock import utc_now
from plumbing.commands import on_demand
from plumbing.database import connect
from plumbing.failpoints import arm_or_exit
from plumbing.metrics import (
    METRICS_HOST,
    MetricsHost,
    MetricsPort,
    ask_at_each_scrape,
    serve_or_exit,
)
from plumbing.running import Process
from plumbing.settings import load_or_exit

from projections import (
    audit as auditing,
    consumer as consuming,
    printing,
    proof,
    readers,
    schema,
    status as statuses,
    twin,
    where,
)
from projections.projection import Projection
from projections.read_metrics import read_metrics
from projections.settings import DatabaseSettings, FollowSettings, TwinSettings
from projections.terminal import (
    EXIT_STOPPED,
    PROJECTIONS,
    Name,
    fail,
    say,
    show,
    told_plainly,
)

app = typer.Typer(
    # A consumer that starts needs none of them.
    cls=on_demand(
        {
            "parked": "projections.parked_main:parked_commands",
            "published": "projections.publishing.main:published_commands",
            "sheet": "projections.publishing.sheet_main:sheet_commands",
            "rebuild": "projections.rebuild.main:rebuild_commands",
        }
    ),
    help="Read models: they follow the events topic and answer questions.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    # A pretty traceback would show local variables, a database's password among them.
    pretty_exceptions_enable=False,
)


class Audited(StrEnum):
    """What can be audited: a read model, or the trace."""

    COUNSELLOR = Name.COUNSELLOR.value
    REPORTING = Name.REPORTING.value
    LOOKS = "looks"
    PROOF = "proof"


def _stopped_by_signal() -> threading.Event:
    """Set by SIGTERM or Ctrl-C: what is in hand is finished first."""
    stop = threading.Event()

    def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask_to_stop)
    return stop


@app.callback()
def every_command() -> None:
    """What every process of ours begins with."""
    arm_or_exit()


@app.command()
def migrate(
    anew: Annotated[
        list[Name] | None,
        typer.Option(help="Empty this read model and make it anew; its consumer fills it again."),
    ] = None,
    *,
    upgrade: Annotated[
        bool, typer.Option(help="Do so with each that another release made, with other tables.")
    ] = False,
) -> None:
    """Make the read models' tables where they are missing; safe to run again.

    Example: `PROJECTIONS_DATABASE_URL=postgresql://127.0.0.1/projections projections migrate`
    """
    url = load_or_exit(DatabaseSettings).projections_database_url
    with told_plainly():
        done = schema.migrate(url, PROJECTIONS.values(), frozenset(anew or ()), upgrade=upgrade)
    show(done)
    say.print("The read models are up to date. Next: `projections consumer NAME` for each.")


@app.command("consumer")
def consumer_command(
    name: Annotated[Name, typer.Argument(help="The read model to keep up to date.")],
    metrics_port: MetricsPort = None,
    metrics_host: MetricsHost = METRICS_HOST,
) -> None:
    """Follow the events topic and keep one read model up to date, until Ctrl-C or SIGTERM.

    Several can run for the same NAME: they share the topic's partitions.

    Example: `projections consumer counsellor`
    """
    settings = load_or_exit(FollowSettings)
    logs.configure(f"projections consumer {name}")
    tracing.configure(f"projections consumer {name}")
    serve_or_exit(metrics_port, metrics_host)
    with told_plainly():
        consuming.follow(name.projection, settings, _stopped_by_signal())


@app.command("twin")
def twin_command(
    metrics_port: MetricsPort = None, metrics_host: MetricsHost = METRICS_HOST
) -> None:
    """Prove every read model all the time: fold anew what changes, and once a day all of the topic.

    Run as many as you like: one leads, the others stand by. What is proven stands in
    `projections audit proof`; a difference is logged, counted and shown there, and stops nothing.

    Example: `projections twin`
    """
    settings = load_or_exit(TwinSettings)
    logs.configure("projections twin")
    serve_or_exit(metrics_port, metrics_host)
    with told_plainly():
        twin.prove(PROJECTIONS.values(), settings, _stopped_by_signal())


@app.command("audit")
def audit_command(
    what: Annotated[
        Audited | None,
        typer.Argument(
            help="A read model, the trace of looks, or what the twin has proven; without it, every "
            "read model."
        ),
    ] = None,
    *,
    again: Annotated[
        bool, typer.Option("--again", help="With `proof`: have a complete round begin.")
    ] = False,
) -> None:
    """Fold the whole topic anew, beside the read model, and compare every row; exit 1 on a difference.

    `looks` compares every traced look at a person with its hash and its neighbours instead. Keep the
    newest look's number and hash elsewhere: whoever could rewrite the whole trace cannot rewrite that.
    `proof` says what `projections twin` has proven of each read model, and compares nothing.

    Example: `projections audit counsellor`
    """
    if what is Audited.LOOKS:
        _audit_looks()
        return
    if what is Audited.PROOF:
        _say_proof(again=again)
        return
    settings = load_or_exit(FollowSettings)
    proven = True
    for projection in [PROJECTIONS[what]] if what else PROJECTIONS.values():
        audited = auditing.Audited(projection.name, _show_difference(projection))
        with told_plainly():
            auditing.audit(projection, settings, audited, at=utc_now(), say=say.print)
        show(printing.audit_lines(audited))
        proven = proven and audited.proven
    if not proven:
        raise typer.Exit(1)


def _show_difference(projection: Projection) -> Callable[[auditing.Difference], None]:
    return lambda one: show([printing.difference_line(projection.name, one)])


def _say_proof(*, again: bool) -> None:
    url = load_or_exit(DatabaseSettings).projections_database_url
    differ = False
    with told_plainly(), connect(url, "projections audit", autocommit=True) as connection:
        for name in PROJECTIONS:
            if again:
                proof.want_round(connection, name, utc_now())
            found = proof.stored(connection, name)
            show(printing.proof_lines(name, found))
            differ = differ or any(one.differences for one in found.values())
    if again:
        say.print(
            "A complete round begins at the twin's next look. Next: `projections audit proof`."
        )
    elif differ:
        raise typer.Exit(1)


def _audit_looks() -> None:
    url = load_or_exit(DatabaseSettings).projections_database_url
    newest = access_audit.Newest()
    wrong = 0
    with told_plainly():
        for one in access_audit.audit(url, schema.KEPT, newest):
            wrong += 1
            show([printing.look_line(one)])
    show(printing.looks_lines(newest, wrong))
    if wrong:
        raise typer.Exit(1)


@app.command("status")
def status_command() -> None:
    """Show how far each read model is, partition by partition, and whether its consumer runs.

    Ends with status 65 when one ended and a person has to decide something first.

    Example: `projections status`
    """
    # Not at the top, like the rebuild that it tells of.
    from projections.rebuild.telling import beside_lines  # noqa: PLC0415

    settings = load_or_exit(FollowSettings)
    consumers: list[Process] = []
    ends = statuses.ends_or_none(settings)
    url = settings.projections_database_url
    with told_plainly(), connect(url, "projections status", autocommit=True) as connection:
        for projection in PROJECTIONS.values():
            schema.use(connection, projection)
            show(printing.status_lines(statuses.status(connection, projection, ends)))
            show(beside_lines(connection, projection))
            consumers.append(readers.reader(connection, projection.name))
            show([printing.consumer_line(consumers[-1])])
    if any(one.state == "STOPPED" for one in consumers):
        raise typer.Exit(EXIT_STOPPED)


@app.command("where")
def where_command(
    fact: Annotated[
        str,
        typer.Argument(metavar="PATHWAY:VERSION", help="The fact, as `pathway where` tells it."),
    ],
    at: Annotated[
        str | None,
        typer.Option(metavar="PARTITION:OFFSET", help="Where its event stands on the topic."),
    ] = None,
) -> None:
    """Show when each read model applied a fact, or what it waits for.

    Example: `projections where 01931f0a-7c1e-7bb2-9d0e-0c5b8a1e4f60:3 --at 7:6120`
    """
    try:
        told = where.asked(fact, at)
    except ValueError as wrong:
        fail(f"{wrong}. `pathway where FACT` prints this command as its next step")
    url = load_or_exit(DatabaseSettings).projections_database_url
    with told_plainly(), connect(url, "projections where", autocommit=True) as connection:
        found = [where.whereabouts(connection, name, told) for name in PROJECTIONS]
    show(map(printing.where_line, found))
    if any(one.step is where.Step.PARKED for one in found):
        say.print("Next: `projections parked list`.")
    else:
        say.print("Next, for how far each read model is: `projections status`.")


@app.command("web")
def web_command(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 8400,
    workers: Annotated[int, typer.Option(min=1, help="How many processes answer.")] = 1,
    *,
    metrics_port: MetricsPort = None,
    metrics_host: MetricsHost = METRICS_HOST,
) -> None:
    """Serve the pages and the questions over REST, until Ctrl-C or SIGTERM.

    Example: `projections web --port 8400`, with WEB_PUBLIC_URL=http://127.0.0.1:8400
    """
    # Not at the top: consumers would load the web framework, half of their start and 25 MB.
    import uvicorn  # noqa: PLC0415
    from plumbing.hardening import SERVING  # noqa: PLC0415

    from projections.web_settings import WebSettings  # noqa: PLC0415

    # What is wrong is said here, once, and not by each worker.
    url = load_or_exit(WebSettings).projections_database_url
    logs.configure("projections web")
    ask_at_each_scrape(lambda: read_metrics(url, PROJECTIONS))
    serve_or_exit(metrics_port, metrics_host)
    uvicorn.run(
        "projections.web:app_of_settings",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        timeout_graceful_shutdown=30,
        log_config=None,
        access_log=False,
        **SERVING,
    )


if __name__ == "__main__":
    app()
