"""What cannot be traced is not answered: every door of both services, by each role, without its trace."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from plumbing.callers import Role
from psycopg import sql

from tests.rights.doors import OF_OTHERS, Door, Endpoint, Question, asked, just
from tests.rights.test_cells import SHOW_SOMEBODY

SHOW_NOBODY = {
    "report_flow", "report_inflow", "report_modules", "report_durations", "report_outflow",
    "report_afterwards", "report_exits", "report_stops", "report_exceptions", "report_ibo", "report_retention",
    "report_work_floors", "report_reach", "report_counsellors", "report_stock", "report_special",
    "page_counsellors", "page_stock", "page_reach", "page_exits", "page_stops", "page_ibo",
    "page_exceptions", "page_special",
    "page_hire_obligations", "page_retention", "page_work_floors", "page_flow", "page_override",
    "page_open_timeline", "give_reason", "publish", "published_figures", "published_figure",
    "published_again", "page_published_list", "page_published", "page_published_again",
    "publish_figure", "make_sheet", "answer_sheets", "answer_sheet", "sheet_again", "page_sheets",
    "page_sheet", "page_sheet_again", "make_sheet_page", "report_time_to_work", "report_outcomes",
    "report_transition", "page_reports", "page_inflow", "page_modules", "page_durations",
    "page_outflow", "page_afterwards", "page_time_to_work", "page_outcomes", "page_transition",
    "page_providers", "page_behind", "put_off", "decide_alert", "search_names", "keep_filter",
    "download_report", "page_download_report", "download_published", "page_download_published",
    "page_enrol", "send_enrolment", "page_hand_over", "send_hand_over", "running", "page_running",
    # Whom a worklist and a file of a caseload tell of is looked at in their own tests; nobody is in them here.
    "worklist", "download_caseload", "kill_process",
}  # fmt: skip
"""Leave no look: figures without names, and pages that tell no more than their own address."""
WHOLLY_WITHOUT_PEOPLE = {("refused_commands", Role.OPERATOR)}
"""Operators are told which commands were refused, and about nobody."""
TELL_OF_SOMEBODY = SHOW_SOMEBODY | {"pathway_state", "barriers", "overrides"}
"""Answers that hold more of a person than their question, so that silence is not for want of people."""
A_VERSION_THAT_IS_NOT_THERE = 99


@contextmanager
def without_its_trace(door: Door) -> Iterator[None]:
    """The service while nothing can be written to its trace."""
    name, away = (sql.Identifier(door.schema, one) for one in ("record_looks", "no_looks"))
    swap = sql.SQL("alter function {} rename to {}")
    with psycopg.connect(door.url, autocommit=True) as connection:
        connection.execute(swap.format(name, sql.Identifier("no_looks")))
        try:
            yield
        finally:
            connection.execute(swap.format(away, sql.Identifier("record_looks")))


@pytest.fixture(autouse=True)
def _lists_hold_somebody(write_side: Door) -> None:
    """A refused command about the known person, and a reason about one of others."""
    guide = write_side.knock(just(Role.COUNSELLOR, "guides"))
    close = next(one for one in write_side.closed() if one.name == "close")
    too_early = {"on": "2014-01-01", "exit_type": "UITSCHRIJVING"}
    refused = asked(guide, close.method, close.address(**write_side.known), too_early, 3)
    reason = {
        "pathway_id": write_side.hidden[OF_OTHERS[0]]["pathway_id"],
        "reason": "Staat hier aan het loket.",
    }
    given = asked(guide, "POST", "/v1/overrides", reason)
    assert (refused.status_code, given.status_code) in {(409, 201), (409, 409)}


def leaves_a_look(endpoint: Endpoint, role: Role) -> bool:
    """Whether this question is answered with a look: at somebody, or denied for want of the right."""
    if role not in endpoint.roles:
        return True
    return endpoint.name not in SHOW_NOBODY and (endpoint.name, role) not in WHOLLY_WITHOUT_PEOPLE


def told_of_anybody(door: Door, question: Question, text: str) -> set[str]:
    """What an answer says of people that its question did not."""
    everybody = [door.known, *door.hidden.values()]
    known = {value for one in everybody for key, value in one.items() if key != "first_name"}
    return {one for one in known if one in text and one not in str(question)}


def kept(door: Door) -> list[object]:
    """How much the write side keeps that is no fact; facts are refused here for their version."""
    with psycopg.connect(door.url) as connection:
        return connection.execute(
            "select (select count(*) from vault.note), (select count(*) from pathway.barrier),"
            " (select count(*) from pathway.override), (select count(*) from vault.same_person),"
            " (select count(*) from vault.number where status = 'CURRENT')"
        ).fetchall()


@pytest.mark.parametrize("role", Role)
def test_what_cannot_be_traced_is_not_answered_and_tells_of_nobody(door: Door, role: Role) -> None:
    client, looks = door.knock(just(role)), door.looks()

    with without_its_trace(door):
        for endpoint in door.closed():
            question = door.question(endpoint)
            answer = asked(client, *question, A_VERSION_THAT_IS_NOT_THERE)
            if leaves_a_look(endpoint, role):
                assert answer.status_code == 503, endpoint
                assert answer.json()["type"] == "/problems/not-traced", endpoint
            assert told_of_anybody(door, question, answer.text) == set(), endpoint

    assert door.looks() == looks


@pytest.mark.parametrize("role", Role)
def test_what_cannot_be_traced_is_not_kept(write_side: Door, role: Role) -> None:
    client, before = write_side.knock(just(role)), kept(write_side)

    with without_its_trace(write_side):
        for endpoint in write_side.closed():
            asked(client, *write_side.question(endpoint), A_VERSION_THAT_IS_NOT_THERE)

    assert kept(write_side) == before


def test_the_same_questions_tell_of_people_where_they_are_traced(door: Door) -> None:
    telling = set[str]()
    for role in Role:
        client = door.knock(just(role))
        for endpoint in door.closed():
            question = door.question(endpoint)
            if endpoint.name in TELL_OF_SOMEBODY and role in endpoint.roles:
                answer = asked(client, *question)
                if told_of_anybody(door, question, answer.text):
                    telling.add(endpoint.name)

    assert telling == TELL_OF_SOMEBODY & {one.name for one in door.closed()}
