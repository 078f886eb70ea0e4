"""The command `pathway api`: the REST API as one or several processes, until stopped."""

import errno
import socket
from functools import partial
from typing import Annotated

import typer
import uvicorn
from plumbing import logs
from plumbing.metrics import (
    METRICS_HOST,
    MetricsHost,
    MetricsPort,
    ask_at_each_scrape,
    serve_or_exit,
)
from plumbing.settings import load_or_exit

from pathway.opening import open_pathways
from pathway.saying import Failed
from pathway.settings import PathwaySettings
from pathway.store import Store
from pathway.store_metrics import store_metrics

GRACE_SECONDS = 30
"""How long a stop waits for what is being answered."""


def api_command(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8401,
    workers: Annotated[int, typer.Option(min=1, help="How many processes answer.")] = 1,
    *,
    metrics_port: MetricsPort = None,
    metrics_host: MetricsHost = METRICS_HOST,
) -> None:
    """Serve the REST API until stopped; what is being answered then is finished first.

    Example: `pathway api --port 8401`, then open http://127.0.0.1:8401/docs
    """
    _check(host, port)
    from plumbing.hardening import SERVING  # noqa: PLC0415 - As in `_check`.

    logs.configure("pathway api")
    _serve_metrics(metrics_port, metrics_host)
    uvicorn.run(
        "pathway.api:app_of_settings",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        timeout_graceful_shutdown=GRACE_SECONDS,
        log_config=None,
        access_log=False,
        **SERVING,
    )


def _serve_metrics(port: int | None, host: str) -> None:
    if port is None:
        return
    store = Store(load_or_exit(PathwaySettings).pathway_database_url, pool_size=1, patience=2)
    ask_at_each_scrape(partial(store_metrics, store))
    serve_or_exit(port, host)


def _check(host: str, port: int) -> None:
    """Say here, once, what is missing: a worker that cannot start would be started again."""
    # Not at the top: the web framework takes as long to load as all other commands together.
    from plumbing.sign_in import SignInSettings  # noqa: PLC0415

    load_or_exit(SignInSettings)
    with open_pathways():
        pass
    try:
        with socket.create_server((host, port)):
            pass
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Failed(
                f"Port {port} is taken. Stop what listens there, or choose another with --port."
            ) from None
        raise Failed(f"{host} port {port} cannot be listened on: {error.strerror}.") from None
