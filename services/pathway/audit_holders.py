"""`pathway audit holders`: whether who may see each pathway is decided on what its facts say."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any, LiteralString

import orjson
from plumbing.database import connection_string
from psycopg import IsolationLevel
from psycopg.rows import dict_row

from pathway.application import folded
from pathway.auditing import Findings, progress
from pathway.beside import Held
from pathway.deciding import held
from pathway.leader import Session
from pathway.store import recorded

AT_ONCE = 500
NOT_LOOKED_AT = "1970-01-01"
_FACTS: LiteralString = """
    select e.*, to_jsonb(h) as holder
    from pathway.pathway_events as e
    left join pathway.holder as h on h.pathway_id = e.originator_id and e.originator_version = 1
    order by e.originator_id, e.originator_version
"""
_STRANGERS: LiteralString = """
    select pathway_id from pathway.holder as h where not exists (
        select from pathway.pathway_events as e where e.originator_id = h.pathway_id)
"""


def audit(database_url: str, findings: Findings) -> None:
    """Compare each row of `pathway.holder` with the fold of its pathway's facts, as of one moment.

    Memory does not grow with the log. Raises psycopg.OperationalError.
    """
    conninfo = connection_string(database_url, "pathway audit holders")
    with Session.connect(conninfo, row_factory=dict_row) as session:
        session.isolation_level = IsolationLevel.REPEATABLE_READ
        session.read_only = True
        for stranger in session.execute(_STRANGERS).fetchall():
            findings.differs(f"holder of {stranger['pathway_id']}", "there is no such pathway")
        with progress(findings.say) as bar, session.cursor(name="holders") as cursor:
            cursor.itersize = AT_ONCE
            task = bar.add_task("holders", total=None)
            for _, facts in groupby(cursor.execute(_FACTS), key=lambda row: row["originator_id"]):
                findings.compared["holders"] += 1
                for what in _differences(list(facts)):
                    findings.differs(*what)
                bar.advance(task)


def _differences(rows: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    pathway_id = rows[0]["originator_id"]
    where = f"holder of {pathway_id}"
    pathway = folded(recorded(row) for row in rows)
    there: dict[str, Any] | None = rows[0]["holder"]
    if pathway is None:
        yield where, "its facts cannot be folded: see `pathway audit chain`"
    elif there is None:
        yield where, "is missing: nobody may see this pathway"
    else:
        expected = _as_json(held(pathway_id, pathway))
        for column, value in expected.items():
            # What was there before anybody scheduled waits for the scheduler's first look.
            if there[column] != value and there[column] != NOT_LOOKED_AT:
                yield where, f"{column} is {there[column]}, and by its facts {value}"


def _as_json(holder: Held) -> dict[str, Any]:
    """A holder as PostgreSQL tells it in JSON."""
    partners = {who: until and until.isoformat() for who, until in holder.partners.items()}
    return {
        "person_ref": str(holder.person_ref),
        "counsellor": holder.counsellor,
        "unit": holder.unit,
        "partners": partners,
        "closed_on": holder.closed_on and holder.closed_on.isoformat(),
        "exit_type": holder.exit_type,
        "due_from": holder.due_from and holder.due_from.isoformat(),
        "excludes": orjson.loads(orjson.dumps(holder.excludes)),
    }
