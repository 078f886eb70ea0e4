"""What Prometheus is told of the store and of publishing, asked of the database at each scrape."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import psycopg
from plumbing.metrics import gauge
from prometheus_client.core import Metric

from pathway.store import Store, StoreAway


def store_metrics(store: Store) -> Iterable[Metric]:
    """How many facts are stored, published and proven, how long the oldest waits, what stops publishing.

    A store that is away, or lacks tables of ours, is told as such, and nothing else.
    """
    try:
        row, proofs = _asked(store), _proofs(store)
    except (StoreAway, psycopg.Error):
        row, proofs = None, {}
    yield gauge("pathway_store_up", "1 when PostgreSQL answers", [({}, float(row is not None))])
    if row is not None:
        yield from _told(row, store.clock())
        yield from _proven(proofs, store.clock())


def _asked(store: Store) -> dict[str, Any] | None:
    with store.connection() as connection:
        return connection.execute(
            """
            with published as (
                select coalesce(max(position), 0) as position, max(stopped_reason) as stopped
                from pathway.publisher_status
            )
            select published.*,
                   (select coalesce(max(notification_id), 0) from pathway.pathway_events) as stored,
                   (select recorded_at from pathway.pathway_events
                    where notification_id > published.position
                    order by notification_id limit 1) as waits_since
            from published
            """
        ).fetchone()


def _proofs(store: Store) -> dict[str, dict[str, Any]]:
    with store.connection() as connection:
        rows = connection.execute(
            "select kind, position, at, differences from pathway.proof"
        ).fetchall()
    return {row["kind"]: row for row in rows}


def _proven(found: Mapping[str, Mapping[str, Any]], now: datetime) -> Iterable[Metric]:
    proven = found.get("following")
    yield gauge(
        "pathway_proven_position",
        "Place in the log up to which the auditor has proven log and topics",
        [({}, proven["position"] if proven else 0)],
    )
    yield gauge(
        "pathway_proof_age_seconds",
        "For how long the auditor proved nothing (following), and completed no round (complete)",
        [
            ({"kind": kind}, max(0.0, (now - row["at"]).total_seconds()))
            for kind, row in found.items()
            if kind != "round"
        ],
    )
    yield gauge(
        "pathway_proof_differences",
        "Differences that the auditor found and that no complete round has cleared since",
        [({"kind": kind}, row["differences"]) for kind, row in found.items()],
    )


def _told(row: dict[str, Any], now: datetime) -> Iterable[Metric]:
    yield gauge(
        "pathway_stored_position", "Place in the log of the newest fact", [({}, row["stored"])]
    )
    yield gauge(
        "pathway_published_position",
        "Place in the log up to which every fact is on the topics",
        [({}, row["position"])],
    )
    since: datetime | None = row["waits_since"]
    yield gauge(
        "pathway_publisher_oldest_waiting_seconds",
        "Age of the oldest fact that is stored and not published; 0 when none waits",
        [({}, max(0.0, (now - since).total_seconds()) if since else 0.0)],
    )
    yield gauge(
        "pathway_publisher_stopped",
        "1 while publishing waits for a person's decision, with the reason",
        [({"reason": row["stopped"]}, 1.0)] if row["stopped"] else [({"reason": ""}, 0.0)],
    )
