"""Every look at a person leaves a row, and nothing is shown without one."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files
from uuid import UUID

import psycopg
import pytest
from plumbing.access import BY_ROW, Decision, look, right_of
from plumbing.access_audit import Newest, audit
from plumbing.callers import Caller, CallerKind, Role
from plumbing.correlation import correlated
from plumbing.database import connect
from plumbing.problems import Problem
from psycopg import Connection

ANNA = UUID("01931f0a-7c1e-7bb2-9d0e-6a1f5f0c2b3d")
BRAM = UUID("01931f0a-7c1e-7bb2-9d0e-6a1f5f0c2b3e")
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
BEA = Caller("bemiddelaar-01", CallerKind.BEMIDDELAAR, "OVO1", frozenset({Role.COUNSELLOR}))
ASKED = {"caller": BEA, "endpoint": "caseload", "purpose": "BEGELEIDING", "at": NOON}


AUDITOR = replace(BEA, roles=frozenset({Role.AUDITOR}))
DDL = files("plumbing").joinpath("access.sql").read_text().replace("SCHEMA", "demo")


@pytest.fixture
def url(database_url: str) -> str:
    return database_url


def audited(url: str) -> tuple[int, list[str]]:
    newest = Newest()
    said = [f"{one.where}: {one.what}" for one in audit(url, "demo", newest)]
    return newest.rows, said


@pytest.fixture
def connection(url: str) -> Iterator[Connection]:
    with connect(url, "test") as connection:
        connection.execute("create schema demo")
        connection.execute(DDL)
        connection.commit()
        yield connection
        connection.rollback()


def rows(connection: Connection) -> list[tuple]:
    return connection.execute(
        "select at, caller_ref, caller_kind, organisation, about, endpoint, purpose, decision,"
        " correlation_id from demo.access_row order by id"
    ).fetchall()


def test_a_list_of_people_gives_a_row_for_each(connection: Connection) -> None:
    with correlated() as shared:
        look(connection, "demo", **ASKED, about=[ANNA, BRAM], decision=Decision.PERMIT)

    asked = (NOON, "bemiddelaar-01", "BEMIDDELAAR", "OVO1")
    answered = ("caseload", "BEGELEIDING", "PERMIT", shared.correlation_id)
    assert rows(connection) == [(*asked, str(who), *answered) for who in (ANNA, BRAM)]


def test_an_empty_list_shows_nobody(connection: Connection) -> None:
    look(connection, "demo", **ASKED, about=[], decision=Decision.PERMIT)

    assert rows(connection) == []


def test_a_denial_leaves_a_row_also_when_nobody_was_named(connection: Connection) -> None:
    look(connection, "demo", **ASKED, about=[], decision=Decision.DENY)

    assert [(row[4], row[7]) for row in rows(connection)] == [(None, "DENY")]


def test_a_look_that_cannot_be_traced_is_refused(connection: Connection) -> None:
    connection.execute("alter table demo.access_row rename to away")

    with pytest.raises(Problem) as refused:
        look(connection, "demo", **ASKED, about=[ANNA], decision=Decision.PERMIT)

    assert (refused.value.status, refused.value.type) == (503, "not-traced")


@pytest.mark.parametrize(
    "change",
    [
        "update demo.access_row set decision = 'PERMIT'",
        "delete from demo.access_row",
        "truncate demo.access_row",
        "update demo.access_head set id = id, hash = 'other'",
        "delete from demo.access_head",
        "truncate demo.access_head",
    ],
)
def test_a_row_is_never_changed_or_removed(connection: Connection, change: str) -> None:
    look(connection, "demo", **ASKED, about=[ANNA], decision=Decision.DENY)

    with pytest.raises(psycopg.errors.RaiseException, match="never changed"):
        connection.execute(change)


def test_a_row_says_by_which_right_and_rule_it_was_decided(connection: Connection) -> None:
    rights = {"caseload": frozenset({Role.COUNSELLOR, Role.TEAM_LEADER})}
    used = right_of(rights, "caseload", BEA)

    look(
        connection, "demo", **ASKED, about=[ANNA], decision=Decision.PERMIT, role=used, rule=BY_ROW
    )

    told = connection.execute("select role, rule from demo.access_row").fetchall()
    assert told == [("COUNSELLOR", "RIJ")]
    assert right_of(rights, "caseload", AUDITOR) == ""


def test_looks_of_many_at_once_stand_in_one_chain(connection: Connection, url: str) -> None:
    def many(_: int) -> None:
        with connect(url, "test") as own:
            for _ in range(5):
                look(own, "demo", **ASKED, about=[ANNA, BRAM], decision=Decision.PERMIT)
                own.commit()
                look(own, "demo", **ASKED, about=[ANNA], decision=Decision.PERMIT)
                own.rollback()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(many, range(4)))

    assert audited(url) == (40, [])


def test_a_look_waits_for_another_for_some_time_only(connection: Connection, url: str) -> None:
    connection.execute("alter function demo.record_looks set lock_timeout = '50ms'")
    connection.commit()
    with connect(url, "other") as other:
        other.execute("select from demo.access_head for update")
        with pytest.raises(Problem) as refused:
            look(connection, "demo", **ASKED, about=[ANNA], decision=Decision.PERMIT)

    assert refused.value.type == "not-traced"


def tampered(connection: Connection, url: str, *statements: str) -> list[str]:
    """What the audit says after a superuser changed four looks with the triggers off."""
    people = [ANNA, BRAM, ANNA, BRAM]
    look(connection, "demo", **ASKED, about=people, decision=Decision.PERMIT)
    connection.execute("alter table demo.access_row disable trigger all")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    return audited(url)[1]


def test_an_untouched_trace_has_no_differences(connection: Connection, url: str) -> None:
    odd = replace(BEA, ref='a"b\\c\n\tÉ\x01\x7f')
    look(connection, "demo", **(ASKED | {"caller": odd}), about=[ANNA], decision=Decision.PERMIT)
    look(connection, "demo", **ASKED, about=[], decision=Decision.DENY)
    connection.commit()

    assert audited(url) == (2, [])


@pytest.mark.parametrize("column", ["at = at + interval '1 us'", *(
    f"{name} = 'X'" for name in ("caller_ref", "caller_kind", "organisation", "about", "endpoint",
                                 "role", "rule", "purpose", "correlation_id")
), "about = null, decision = 'DENY'"])  # fmt: skip
def test_an_altered_row_is_named(connection: Connection, url: str, column: str) -> None:
    [said] = tampered(connection, url, f"update demo.access_row set {column} where id = 2")

    assert said.startswith("look 2: its hash is not that of what it says: it was altered")


def test_a_row_altered_with_a_new_hash_is_named_by_the_next(
    connection: Connection, url: str
) -> None:
    [said] = tampered(
        connection,
        url,
        "update demo.access_row set caller_ref = 'X' where id = 2",
        "update demo.access_row as r set hash = demo.access_hash(r) where id = 2",
    )

    assert said.startswith("look 3: does not follow look 2 as that stands")


def test_removed_rows_are_named(connection: Connection, url: str) -> None:
    said = tampered(connection, url, "delete from demo.access_row where id in (2, 4)")

    assert said == [
        "look 3: look 2 before it is missing",
        "the end of the trace: looks 4 to 4 are missing",
    ]


INSERT = (
    "insert into demo.access_row select (r).* from (select jsonb_populate_record(r, '{\"id\": %s}') as r"
    " from demo.access_row as r where id = 4) as copied"
)


def test_inserted_rows_are_named(connection: Connection, url: str) -> None:
    said = tampered(connection, url, INSERT % 5, INSERT % 0)

    assert said[0] == "look 0: was inserted: looks are numbered from 1"
    assert any(one.startswith("look 5: its hash is not that of what it says") for one in said)
    assert said[-1] == "the end of the trace: what stands after look 4 was inserted"


def test_reordered_rows_are_named(connection: Connection, url: str) -> None:
    said = tampered(
        connection,
        url,
        "update demo.access_row set id = 9 where id = 2",
        "update demo.access_row set id = 2 where id = 3",
        "update demo.access_row set id = 3 where id = 9",
    )

    assert {"look 2", "look 3"} <= {one.partition(":")[0] for one in said}


@pytest.mark.parametrize("service", ["pathway", "projections"])
def test_the_services_have_this_chain(service: str) -> None:
    whole = files("plumbing").joinpath("access.sql").read_text()
    chain = whole[whole.index("-- The chain:") :].replace("SCHEMA", service)

    assert chain in files(service).joinpath("migrations/0025_access_chain.sql").read_text()


def test_rows_from_before_the_chain_get_their_places(database_url: str) -> None:
    base, chain = DDL.split("-- The chain:")
    with connect(database_url, "test") as connection:
        connection.execute("create schema demo")
        connection.execute(base)
        for number in range(3):
            connection.execute(
                "insert into demo.access_row (at, caller_ref, caller_kind, organisation, about,"
                " endpoint, purpose, decision, correlation_id)"
                " values (now(), 'a', 'b', 'c', 'd', 'e', 'f', 'PERMIT', %s)",
                [str(number)],
            )
            connection.execute("select nextval('demo.access_row_id_seq')")
        connection.execute("--" + chain)
        connection.commit()

    assert audited(database_url) == (3, [])
