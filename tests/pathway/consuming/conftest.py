"""A store with two topics, and its REST API over a real connection, for who consumes both."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from plumbing.hardening import SERVING

from tests.pathway.api.client import SYSTEM, Caller
from tests.pathway.api.conftest import app, counsellor, issuer, pool
from tests.pathway.publishing import Publishing, topics_for
from tests.plumbing.served import bound_socket, served

from .reading import Api

__all__ = ["app", "counsellor", "issuer", "pool"]


@pytest.fixture
def publishing(
    pathway_url: str, kafka_bootstrap: str, topic_suffix: str, tmp_path: Path
) -> Iterator[Publishing]:
    with topics_for(pathway_url, kafka_bootstrap, topic_suffix, tmp_path) as publishing:
        yield publishing


@pytest.fixture
def api(app: FastAPI, counsellor: Caller) -> Iterator[Api]:
    """The write side's REST API, for a consuming system."""
    at = bound_socket()
    with served(app, at, **SERVING):
        told = counsellor.signed_in_as(SYSTEM).http.headers["Authorization"]
        yield Api(f"http://127.0.0.1:{at.getsockname()[1]}", told.removeprefix("Bearer "))
