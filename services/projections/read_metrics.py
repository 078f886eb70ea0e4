"""What Prometheus is told of the read models, asked of their database at each scrape."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import psycopg
from plumbing.clock import Clock, utc_now
from plumbing.database import bounded_string
from plumbing.metrics import gauge
from plumbing.proofs import Kind
from prometheus_client.core import Metric

from projections import proof
from projections.freshness import Freshness, freshness
from projections.projection import Projection
from projections.proof import Proof
from projections.schema import other_code


def read_metrics(
    database_url: str, projections: Mapping[str, Projection], clock: Clock = utc_now
) -> Iterable[Metric]:
    """How far each read model is, how old its newest answers are, and how many pathways wait for a person.

    A database that is away, or has no read models, is told as such, and nothing else.
    """
    try:
        conninfo = bounded_string(database_url, "projections metrics")
        with psycopg.connect(conninfo, autocommit=True) as connection:
            found = {name: freshness(connection, name) for name in projections}
            proofs = {name: proof.stored(connection, name) for name in found}
            other = {name: other_code(connection, one) for name, one in projections.items()}
    except psycopg.Error:
        found, proofs = dict[str, Freshness](), dict[str, dict[Kind, Proof]]()
        other = dict[str, bool]()
    yield gauge("projections_up", "1 when the read models answer", [({}, float(bool(found)))])
    yield gauge(
        "projections_newest_position",
        "Place in the log of the newest fact that the read model has",
        [({"projection": name}, one.newest_position or 0) for name, one in found.items()],
    )
    yield gauge(
        "projections_complete_age_seconds",
        "For how long the read model may lack something; not told before it was ever complete",
        [
            ({"projection": name}, max(0.0, (clock() - one.complete_until).total_seconds()))
            for name, one in found.items()
            if one.complete_until
        ],
    )
    yield from _waiting(found)
    yield gauge(
        "projections_code_differs",
        "1 while rows may be there that another release's code made: rebuild the read model",
        [({"projection": name}, float(differs)) for name, differs in other.items()],
    )
    yield from _proven(proofs, clock())


def _waiting(found: Mapping[str, Freshness]) -> Iterable[Metric]:
    yield gauge(
        "projections_parked_pathways",
        "Pathways that wait for a person, and that the read model does not show whole",
        [({"projection": name}, one.parked_pathways) for name, one in found.items()],
    )
    yield gauge(
        "projections_given_up_pathways",
        "Pathways that an operator decided to leave as they are, and that it does not show whole",
        [({"projection": name}, one.given_up_pathways) for name, one in found.items()],
    )


def _proven(found: Mapping[str, Mapping[Kind, Proof]], now: datetime) -> Iterable[Metric]:
    rows = [(name, one) for name, proofs in found.items() for one in proofs.values()]
    yield gauge(
        "projections_proven_position",
        "Place in the log up to which the twin has proven the read model",
        [({"projection": name}, one.position) for name, one in rows if one.kind is Kind.FOLLOWING],
    )
    yield gauge(
        "projections_proof_age_seconds",
        "For how long the twin proved nothing (following), and completed no round (complete)",
        [
            ({"projection": name, "kind": one.kind}, max(0.0, (now - one.at).total_seconds()))
            for name, one in rows
            if one.kind is not Kind.ROUND
        ],
    )
    yield gauge(
        "projections_proof_differences",
        "Differences that the twin found and that no complete round has cleared since",
        [({"projection": name, "kind": one.kind}, one.differences) for name, one in rows],
    )
