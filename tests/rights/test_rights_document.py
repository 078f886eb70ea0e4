"""The page for the data protection officer says what the services do, and nothing is left out of it."""

from functools import cache

import rights_document
from pathway import api_rights
from plumbing.callers import Role
from plumbing.row_rights import Rule
from projections import web_rights
from rights_document import PAGE, ROLES, RULES, endpoints, in_order, read_side, write_side


@cache
def document() -> str:
    return rights_document.document()


@cache
def everything() -> list[rights_document.Endpoint]:
    return [
        *endpoints(write_side(), api_rights.RIGHTS),
        *endpoints(read_side(), web_rights.RIGHTS),
    ]


def test_the_page_is_as_new_as_the_tables() -> None:
    assert PAGE.read_text(encoding="utf-8") == document(), "run `make rights`"


def test_each_endpoint_says_in_a_sentence_what_it_is_for() -> None:
    assert [one.address for one in everything() if one.roles is not None and not one.summary] == []


def test_each_endpoint_of_both_tables_stands_on_the_page() -> None:
    page = document()

    assert [one.address for one in everything() if f"`{one.address}`" not in page] == []
    assert {one.name for one in everything()} == {*api_rights.RIGHTS, *web_rights.RIGHTS}


def test_each_role_and_each_rule_has_its_words() -> None:
    assert set(ROLES) == set(Role)
    assert set(RULES) == set(Rule)


def test_the_order_on_the_page_is_the_order_of_asking() -> None:
    assert in_order() == list(Rule)


def test_who_reads_figures_about_everybody_is_told_before_the_tables() -> None:
    [told] = [line for line in document().splitlines() if line.startswith("- **Reports**")]

    assert {role for role, (name, _) in ROLES.items() if name.lower() in told} == set(
        web_rights.REPORT_READERS
    )


def test_a_pathway_without_a_unit_is_not_said_to_be_guided_by_nobody() -> None:
    # A counsellor may be told without a unit.
    assert "unit" in RULES[Rule.NO_UNIT]
    assert "guides" not in RULES[Rule.NO_UNIT]


def test_a_cell_says_yes_where_the_table_does_and_nothing_elsewhere() -> None:
    page = document()
    (caseload,) = [line for line in page.splitlines() if "`GET /v1/caseload`" in line]
    (inflow,) = [line for line in page.splitlines() if "`GET /v1/reports/inflow`" in line]
    (head,) = [
        line for line in page.splitlines() if "| Reporting officer |" in line and "What" in line
    ]
    of_officers = head.split("|").index(" Reporting officer ")

    assert caseload.split("|")[of_officers].strip() == "-"
    assert inflow.split("|")[of_officers].strip() == "yes"
