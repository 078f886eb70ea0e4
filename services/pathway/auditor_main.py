"""The command `pathway auditor`, and what `pathway audit proof` says of it."""

import logging
from collections.abc import Iterable
from datetime import datetime

from plumbing import logs
from plumbing.metrics import METRICS_HOST, MetricsHost, MetricsPort, serve_or_exit
from plumbing.proofs import Kind
from plumbing.settings import load_or_exit

from pathway.auditor import AuditorSettings, run
from pathway.proof import Proof


def auditor_command(
    metrics_port: MetricsPort = None, metrics_host: MetricsHost = METRICS_HOST
) -> None:
    """Prove log and topics while they grow, and all of them once more every day, until stopped.

    Run as many as you like: one leads, the others stand by. What is proven stands in
    `pathway audit proof`; a difference is logged, counted and shown there, and stops nothing.

    Example: `pathway auditor`
    """
    settings = load_or_exit(AuditorSettings)
    logs.configure("pathway auditor")
    serve_or_exit(metrics_port, metrics_host)
    # Its warnings tell each attempt to connect; `term-ended` tells once what came of them.
    logging.getLogger("kafka").setLevel(logging.ERROR)
    run(settings)


def proof_lines(proofs: dict[Kind, Proof], published: int) -> Iterable[str]:
    """What is proven, in lines for a person."""
    if following := proofs.get(Kind.FOLLOWING):
        behind = "" if following.position >= published else f"; published up to {published}"
        yield f"Proven up to position {following.position} at {_moment(following.at)}{behind}."
    if complete := proofs.get(Kind.COMPLETE):
        began, ended = _moment(complete.begun_at), _moment(complete.at)
        yield (
            f"Last complete round: {began} to {ended}, {complete.facts:,} facts up to position "
            f"{complete.position}{_earlier(complete)}."
        )
    else:
        yield "No complete round came to its end yet."
    if found := proofs.get(Kind.ROUND):
        yield f"A round is under way since {_moment(found.begun_at)}: {found.position} of {found.until}."
    for proof in proofs.values():
        yield from (f"{proof.kind}: {difference}" for difference in proof.first_differences)
        if more := proof.differences - len(proof.first_differences):
            yield f"{proof.kind}: {more:,} more differences"


def _earlier(proof: Proof) -> str:
    if not proof.told_earlier:
        return ""
    return f", {proof.told_earlier:,} of their messages told by an earlier release"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
