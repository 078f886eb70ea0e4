"""Names are asked of the vault in the name of who looks, at most 200 at once."""

from collections.abc import Iterator
from typing import Annotated
from uuid import UUID

import pytest
from fastapi import Body, FastAPI, Header, HTTPException
from plumbing.correlation import correlated, new_correlation
from projections.names import Names, Vault

from tests.plumbing.served import bound_socket, served
from tests.projections.history import named

ANNA, BRAM = named("person anna"), named("person bram")
REMOVED = named("person removed")


@pytest.fixture
def asked() -> list[dict[str, object]]:
    """What the vault was asked."""
    return []


@pytest.fixture
def vault(asked: list[dict[str, object]]) -> Iterator[Vault]:
    app = FastAPI()

    @app.post("/v1/persons/names")
    def names(
        references: Annotated[list[UUID], Body(embed=True)],
        authorization: Annotated[str, Header()],
        x_correlation_id: Annotated[str, Header()],
    ) -> dict[str, object]:
        if authorization != "Bearer good":
            raise HTTPException(403)
        asked.append({"n": len(references), "correlation": x_correlation_id})
        known = [one for one in references if one != REMOVED]
        told = {"last_name": "Testers", "first_name": "Anna"}
        return {"names": [{"person_ref": one, **told} for one in known]}

    at = bound_socket()
    with served(app, at):
        vault = Vault(f"http://127.0.0.1:{at.getsockname()[1]}")
        yield vault
        vault.close()


def test_names_come_last_name_first_and_each_is_asked_once(
    vault: Vault, asked: list[dict[str, object]]
) -> None:
    with correlated(new_correlation("look-1-of-a-test")):
        names = vault.of([ANNA, BRAM, ANNA, None, REMOVED], "good")

    assert names == Names({ANNA: "Testers, Anna", BRAM: "Testers, Anna"})
    assert names.of(REMOVED) is None
    assert names.of(None) is None
    assert asked == [{"n": 3, "correlation": "look-1-of-a-test"}]


def test_many_are_asked_in_batches(vault: Vault, asked: list[dict[str, object]]) -> None:
    many = [named(f"person {n}") for n in range(450)]

    assert len(vault.of(many, "good").known) == 450
    assert [each["n"] for each in asked] == [200, 200, 50]


def test_nobody_is_asked_for_nobody(vault: Vault, asked: list[dict[str, object]]) -> None:
    assert vault.of([None], "good") == Names()
    assert asked == []


def test_a_vault_that_refuses_leaves_the_page_without_names(vault: Vault) -> None:
    assert vault.of([ANNA], "bad") == Names(missing=True)


def test_a_vault_that_is_away_leaves_the_page_without_names() -> None:
    away = Vault("http://127.0.0.1:1")

    assert away.of([ANNA], "good") == Names(missing=True)
    away.close()
