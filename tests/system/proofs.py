"""What must hold between store, topic and rows, whatever happened: everything there, and once."""

import json
from collections import defaultdict
from functools import lru_cache

from jsonschema import Draft202012Validator

import schemas
from tests.system.clients import Received, read_all
from tests.system.stack import Stack


def assert_everything_is_there_once(stack: Stack) -> list[Received]:
    """Every stored fact is once on the topic and once in the rows, in its pathway's order; the messages."""
    stored = stack.ask(
        "select originator_id::text, originator_version, fact_id::text from pathway.pathway_events"
    )
    events = read_all(stack.brokers, stack.events_topic)

    assert_each_pathway_is_whole(events)
    seen = [(e["subject"], e["streamversion"], e["id"]) for e in (one.event for one in events)]
    assert sorted(seen) == sorted(stored), "store and topic differ"
    timeline = stack.ask_rows(
        "select pathway_id::text, version, event_id::text from counsellor.timeline"
    )
    assert sorted(timeline) == sorted(stored), "store and timeline differ"
    reported = stack.ask_rows(
        "select pathway_id::text, version, event_id::text from reporting.pathway_event"
    )
    assert sorted(reported) == sorted(stored), "store and reporting differ"
    assert stack.ask_rows("select * from projections.parked") == []
    return events


def assert_each_pathway_is_whole(events: list[Received]) -> None:
    """Each id once; each pathway in one partition, its versions 1, 2, 3 ... in the order of reading."""
    ids = [one.event["id"] for one in events]
    assert len(ids) == len(set(ids)), "an event stands twice on the topic"
    versions: dict[str, list[int]] = defaultdict(list)
    partitions: dict[str, set[int]] = defaultdict(set)
    for one in events:
        versions[one.event["subject"]].append(one.event["streamversion"])
        partitions[one.event["subject"]].add(one.partition)
    broken = {p: v for p, v in versions.items() if v != list(range(1, len(v) + 1))}
    assert broken == {}
    assert {len(where) for where in partitions.values()} <= {1}


def what_does_not_fit(message: Received) -> list[str]:
    """What the published JSON Schemas have against a message; nothing is well."""
    event = message.event
    name = event["type"].removeprefix("be.vdab.pathway.")
    wrong = [*_schema("envelope.v1").iter_errors(event), *_schema(name).iter_errors(event["data"])]
    return [f"{event['type']}: {error.message}" for error in wrong]


@lru_cache
def _schema(name: str) -> Draft202012Validator:
    schema = json.loads((schemas.JSON_SCHEMAS / f"{name}.json").read_text())
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
