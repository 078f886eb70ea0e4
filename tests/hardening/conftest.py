"""Databases migrated as an operator does, and logins with one role each."""

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from plumbing import database
from projections import schema
from projections.counsellor import COUNSELLOR
from projections.reporting import REPORTING
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

MIGRATIONS = Path(__file__).parents[2] / "services/pathway/migrations"
ROLES = (
    "pathway_api",
    "pathway_publisher",
    "pathway_scheduler",
    "pathway_auditor",
    "projections_consumer",
    "projections_web",
    "projections_auditor",
)

LoginAs = Callable[[str, str], str]


@pytest.fixture(scope="session")
def write_side(new_database: Callable[..., str]) -> str:
    """The URL of a migrated write side, as its owner."""
    url = new_database()
    with database.connect(url, "tests", autocommit=True) as connection:
        connection.execute("create schema if not exists pathway")
    database.migrate(url, MIGRATIONS, "pathway")
    return url


@pytest.fixture(scope="session")
def read_side(new_database: Callable[..., str]) -> str:
    """The URL of a migrated read side, as its owner."""
    url = new_database()
    schema.migrate(url, [COUNSELLOR, REPORTING], frozenset())
    return url


@pytest.fixture(scope="session")
def login_as(postgres_url: str, write_side: str, read_side: str) -> Iterator[LoginAs]:
    """`login_as(url, role)`: the same address for a login that has that role and nothing else."""
    with psycopg.connect(postgres_url, autocommit=True) as owner:
        for role in ROLES:
            login = sql.Identifier(f"login_{role}")
            owner.execute(
                sql.SQL("create role {} login password 'invented' in role {}").format(
                    login, sql.Identifier(role)
                )
            )

        def as_role(url: str, role: str) -> str:
            parts = conninfo_to_dict(url)
            return make_conninfo("", **{**parts, "user": f"login_{role}", "password": "invented"})

        yield as_role
