"""Metrics: each name declared once with its meaning, served for Prometheus beside a process's own work."""

import errno
import math
import sys
import threading
import time
from collections.abc import Callable, Iterable
from socketserver import ThreadingMixIn
from typing import Annotated, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import typer
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from plumbing.settings import EXIT_MISCONFIGURED

REGISTRY = CollectorRegistry()
SECONDS_WITHOUT_A_BEAT = 60.0
"""A loop that does not come round for so long is stuck, if it said nothing else."""

COMMITS_TOGETHER = Histogram(
    "pathway_commits_together",
    "Commits that went to PostgreSQL in one call, because they came while another was under way",
    buckets=(1, 2, 4, 8, 16, 32, 64),
    registry=REGISTRY,
)
CONFLICTS = Counter(
    "pathway_conflicts",
    "Commits that fell because somebody else was first, by the constraint that told",
    ["constraint"],
    registry=REGISTRY,
)
LOOKED_UP = Counter(
    "pathway_commits_looked_up",
    "Commits whose answer was lost with the session, and that were sent once more",
    registry=REGISTRY,
)
WAITING = Gauge(
    "pathway_events_waiting", "Requests for events that wait for the next one", registry=REGISTRY
)
PUBLISHED = Counter(
    "pathway_published", "Facts that this publisher put on the topics", registry=REGISTRY
)
LEADS = Gauge("pathway_publisher_leads", "1 while this publisher leads", registry=REGISTRY)
ANNOUNCED = Counter("pathway_announced", "Deadlines that this scheduler told of", registry=REGISTRY)
AUDITED = Counter(
    "pathway_audited", "Facts that this auditor proved, those of rounds included", registry=REGISTRY
)
AUDITOR_LEADS = Gauge("pathway_auditor_leads", "1 while this auditor leads", registry=REGISTRY)
COMPARED = Counter(
    "projections_proven",
    "Events that this twin proved, those of rounds included",
    registry=REGISTRY,
)
TWIN_LEADS = Gauge("projections_twin_leads", "1 while this twin leads", registry=REGISTRY)
APPLIED = Counter(
    "projections_applied",
    "Events that this consumer applied to its read model",
    ["projection"],
    registry=REGISTRY,
)
PASSED_OVER = Counter(
    "projections_passed_over",
    "Events that came once more and were there already",
    ["projection"],
    registry=REGISTRY,
)
PARKED_NOW = Counter(
    "projections_parked",
    "Pathways that this consumer parked for a person to look at, by reason",
    ["projection", "reason"],
    registry=REGISTRY,
)
LAG = Gauge(
    "projections_lag_offsets",
    "Offsets of this consumer's partitions that are still to be read, marks of transactions included",
    ["projection"],
    registry=REGISTRY,
)

MetricsPort = Annotated[
    int | None,
    typer.Option(
        "--metrics-port",
        envvar="METRICS_PORT",
        min=1,
        max=65535,
        help="A port for Prometheus: /metrics, and /health/live, which tells stuck from idle. [default: none]",
    ),
]
METRICS_HOST = "127.0.0.1"
MetricsHost = Annotated[
    str, typer.Option("--metrics-host", envvar="METRICS_HOST", help="The address of that port.")
]

Asked = Callable[[], Iterable[Metric]]


class Beat:
    """By when this process's loop has to come round again; who has no loop never has to."""

    def __init__(self) -> None:
        self._until = math.inf

    def __call__(self, rests: float = 0.0) -> None:
        """The loop comes round, and means to rest so many seconds before it does again."""
        self._until = time.monotonic() + rests + SECONDS_WITHOUT_A_BEAT

    @property
    def alive(self) -> bool:
        """Whether it came round in time."""
        return time.monotonic() < self._until


BEAT = Beat()
"""Of this process's loop; API and pages have none, and tell by `/health/ready` on their own port."""


class _Server(ThreadingMixIn, WSGIServer):
    # Somebody who connects and asks nothing keeps nobody else waiting.
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    timeout = 5

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - the library's own.
        pass


class _AskedAtEachScrape(Collector):
    def __init__(self, ask: Asked) -> None:
        self._ask = ask

    def collect(self) -> Iterable[Metric]:
        return self._ask()


def gauge(name: str, meaning: str, values: Iterable[tuple[dict[str, str], float]]) -> Metric:
    """A gauge that was asked for just now: for each set of labels its value."""
    told = GaugeMetricFamily(name, meaning)
    for labels, value in values:
        told.add_sample(name, labels, value)
    return told


def ask_at_each_scrape(ask: Asked) -> None:
    """Serve what `ask` tells, too: for what stands in a database, also while other processes are dead."""
    REGISTRY.register(_AskedAtEachScrape(ask))


def serve_or_exit(port: int | None, host: str) -> None:
    """Serve `/metrics` and `/health/live` from a thread, for as long as the process lives; None serves nothing.

    Where that cannot be: says why and ends with status 78.
    """
    if port is None:
        return
    try:
        server = make_server(host, port, _answer, _Server, _Quiet)
    except OSError as failed:
        taken = failed.errno == errno.EADDRINUSE
        way_out = (
            "is taken; choose another with --metrics-port"
            if taken
            else f"failed: {failed.strerror}"
        )
        print(f"The port for metrics, {host}:{port}, {way_out}.", file=sys.stderr)
        raise SystemExit(EXIT_MISCONFIGURED) from None
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()


def _answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:  # noqa: ANN401
    if environ["PATH_INFO"] == "/metrics":
        start_response("200 OK", [("Content-Type", CONTENT_TYPE_LATEST)])
        return [generate_latest(REGISTRY)]
    if environ["PATH_INFO"] != "/health/live":
        start_response("404 Not Found", [("Content-Type", "text/plain")])
        return [b"Here are /metrics and /health/live.\n"]
    status, told = ("200 OK", b"alive\n") if BEAT.alive else ("503 Service Unavailable", b"stuck\n")
    start_response(status, [("Content-Type", "text/plain")])
    return [told]
