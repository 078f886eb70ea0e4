"""What the command line shows of audits, parked pathways and status, in plain lines."""

from collections.abc import Iterable, Mapping

import orjson
from plumbing import access_audit
from plumbing.proofs import Kind
from plumbing.running import Process

from projections.audit import Audited, Difference
from projections.healing import Retried
from projections.parked_requests import Request
from projections.parking import Parked
from projections.projection import Row
from projections.proof import Proof
from projections.status import Status
from projections.where import Step, Whereabouts


def audit_lines(audited: Audited, against: str = "a fresh fold") -> Iterable[str]:
    """What was compared, each pathway that is apart, and the verdict; not the rows that differ."""
    name = audited.projection
    rows = ", ".join(f"{count} of {table}" for table, count in audited.rows.items())
    yield f"{name}: {audited.pathways} pathways, {audited.events} events; compared rows: {rows}"
    if audited.parked_in_fold:
        yield f"{name}: {audited.parked_in_fold} wait in the fold too; see `projections parked list`"
    for behind in audited.behind:
        why = "is parked" if behind.waits else "is behind"
        yield (
            f"{name}: pathway {behind.pathway_id} {why}: the read model has version "
            f"{behind.live_version}, the topic {behind.fold_version}"
        )
    for ahead in audited.ahead:
        yield (
            f"{name}: pathway {ahead.pathway_id} has events that the topic does not: the read model "
            f"has version {ahead.live_version}, the topic {ahead.fold_version}"
        )
    yield from _verdict(audited, against)


def _verdict(audited: Audited, against: str) -> Iterable[str]:
    name = audited.projection
    found = audited.found + len(audited.behind) + len(audited.ahead)
    if audited.moving:
        yield (
            f"{name}: not proven: {audited.moving} pathways were not compared, because new events "
            "came all the time; audit again when fewer come"
        )
    if found or not audited.moving:
        yield f"{name}: {found} differences" if found else f"{name}: equal to {against}"


def difference_line(name: str, difference: Difference) -> str:
    """A row of this read model that is not as a fresh fold has it."""
    side, row = (
        ("only in the read model", difference.live)
        if difference.live is not None
        else ("only in the fresh fold", difference.fold)
    )
    return f"{name}: {difference.table} of {difference.pathway_id}, {side}: {_shown(row)}"


def look_line(wrong: access_audit.Difference) -> str:
    """A place at which the trace of looks does not hold."""
    return f"{wrong.where}: {wrong.what}"


def looks_lines(newest: access_audit.Newest, wrong: int) -> Iterable[str]:
    """The newest look to keep, and the verdict, with so many places at which the trace does not hold."""
    yield f"The newest is look {newest.id}: {newest.hash.hex()}"
    yield f"looks: {newest.rows} compared; {wrong or 'no'} differences"


def proof_lines(name: str, proofs: Mapping[Kind, Proof]) -> Iterable[str]:
    """What the twin has proven of a read model."""
    if not proofs:
        yield f"{name}: nothing is proven yet; is `projections twin` running?"
        return
    if following := proofs.get(Kind.FOLLOWING):
        at = f"{following.at:%Y-%m-%d %H:%M:%S} UTC"
        yield f"{name}: proven up to position {following.position} at {at}"
    if complete := proofs.get(Kind.COMPLETE):
        yield (
            f"{name}: last complete round {complete.begun_at:%Y-%m-%d %H:%M:%S} to "
            f"{complete.at:%Y-%m-%d %H:%M:%S} UTC: {complete.events} events, "
            f"{complete.pathways} pathways"
        )
    else:
        yield f"{name}: no complete round came to its end yet"
    for proof in proofs.values():
        yield from (f"{name}: {proof.kind}: {one}" for one in proof.first_differences)
    found = sum(proof.differences for proof in proofs.values())
    yield f"{name}: {found or 'no'} differences"


def parked_lines(parked: Iterable[Parked]) -> Iterable[str]:
    """One line for each that waits."""
    for each in parked:
        whom = (
            f"pathway {each.pathway_id} from version {each.from_version}"
            if each.pathway_id
            else "a record without a pathway"
        )
        yield (
            f"{each.projection}: {whom} since {each.since:%Y-%m-%d %H:%M:%S} UTC, {each.reason} at "
            f"{each.partition}:{each.offset}: {each.error}"
        )
        if each.given_up_at:
            yield (
                f"  given up by {each.given_up_by} at {each.given_up_at:%Y-%m-%d %H:%M:%S} UTC: "
                f"{each.given_up_because}"
            )
        elif each.next_try:
            yield f"  tried {each.tried} times by itself, next at {each.next_try:%H:%M:%S} UTC"


def request_lines(requests: Iterable[Request]) -> Iterable[str]:
    """What was asked of a pathway by the pages and over REST, the newest first."""
    for each in requests:
        came = f"{each.outcome} at {each.done_at:%H:%M:%S} UTC" if each.done_at else "not done yet"
        why = "".join(f" ({told})" for told in (each.reason, each.detail) if told)
        yield f"  {each.asked_at:%Y-%m-%d %H:%M:%S} UTC {each.asked_by}: {each.asked}, {came}{why}"


def retried_lines(retried: Retried, *, dry_run: bool) -> Iterable[str]:
    """The rows that changed, or would, and whether the pathway goes on."""
    for change in retried.changes:
        sign, row = ("-", change.before) if change.before is not None else ("+", change.after)
        yield f"  {sign} {change.table} {_shown(row)}"
    verb = "would be applied" if dry_run else "applied"
    pathway = retried.parked.pathway_id
    yield f"pathway {pathway}: {retried.applied} events {verb}"
    if retried.still:
        still = retried.still
        yield f"pathway {pathway}: waits on from {still.from_version}, {still.reason}: {still.error}"


def where_line(told: Whereabouts) -> str:
    """How far a fact is in a read model."""
    if told.step is Step.APPLIED:
        at = told.applied_at
        when = f" at {at:%Y-%m-%d %H:%M:%S} UTC" if at else ", at a moment that is not known here"
        return f"{told.read_model}: applied{when}"
    if told.step is Step.PARKED and told.waiting:
        waits = told.waiting
        return (
            f"{told.read_model}: waits behind its parked pathway, from version {waits.from_version} "
            f"since {waits.since:%Y-%m-%d %H:%M:%S} UTC ({waits.reason}); see `projections parked list`"
        )
    beside = f";{consumer_line(told.reader).removeprefix(' ')}" if told.reader else ""
    if told.step is Step.UNREAD and told.behind is not None:
        return f"{told.read_model}: not read yet, {told.behind} places on the topic to go{beside}"
    return f"{told.read_model}: {_STEPS[told.step]}{beside}"


_STEPS = {
    Step.PARKED: "waits behind its parked pathway",
    Step.UNREAD: "not read yet",
    Step.UNSEEN: "its place was read and it was not there; `pathway audit topics` says what is missing",
    Step.ANOTHER: "has another event as this version",
    Step.UNKNOWN: "not applied; --at PARTITION:OFFSET, from `pathway where`, tells how far it is read",
    Step.NOT_MADE: "has no tables of this release yet; see `projections migrate`",
}


def status_lines(status: Status) -> Iterable[str]:
    """A read model in a few lines."""
    fresh = status.freshness
    complete = f"{fresh.complete_until:%H:%M:%S} UTC" if fresh.complete_until else "not yet known"
    lag = "unknown, Kafka is away" if status.lag is None else str(status.lag)
    yield (
        f"{status.projection}: {status.events} events of {status.pathways} pathways applied; "
        f"lag {lag}; complete until {complete}; {fresh.parked_pathways} parked"
    )
    for each in status.partitions:
        end = "?" if each.end_offset is None else each.end_offset
        yield f"  partition {each.partition}: next {each.next_offset} of {end}"


def consumer_line(process: Process) -> str:
    """Who follows the topic for a read model, or why nobody does."""
    since = f"since {process.since:%Y-%m-%d %H:%M:%S} UTC" if process.since else ""
    if process.state == "STOPPED":
        return f"  its consumer ended {since} and waits for a decision: {process.way_out}"
    start = f"`{process.process.replace(' ', ' consumer ', 1)}`"
    if process.state == "SILENT":
        return (
            f"  its consumer hangs, silent for over a minute: end it, and start it again: {start}"
        )
    if process.state == "NOT_RUNNING":
        return f"  no consumer runs; start one: {start}"
    return f"  {process.processes} of its consumers run, {since or 'since when is not told'}"


def _shown(row: Row | None) -> str:
    return orjson.dumps(row).decode()
