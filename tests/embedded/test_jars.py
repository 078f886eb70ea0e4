"""Kafka's jars: pinned, checked each time, and a missing network is told as that."""

import os

import pytest
from embedded import jars
from embedded.process import CannotStart


@pytest.fixture
def no_network(monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")


@pytest.fixture
def cache(tmp_path, kafka_bootstrap):
    """A cache with every jar of the one that the broker of this session came from."""
    for entry in jars.class_path().split(":"):
        there = tmp_path / os.path.relpath(entry, jars.CACHE)
        there.parent.mkdir(parents=True, exist_ok=True)
        os.link(entry, there)
    return tmp_path


def test_the_first_download_without_network_is_told_with_the_way_out(tmp_path, no_network):
    with pytest.raises(CannotStart, match=r"first start needs the network.*HTTPS_PROXY"):
        jars.class_path(tmp_path, say=lambda _: None)


def test_what_was_downloaded_needs_no_network(cache, no_network):
    assert str(cache) in jars.class_path(cache)


def test_a_jar_that_is_not_the_pinned_one_is_never_used(cache, no_network):
    altered = next(cache.rglob("kafka-clients-*.jar"))
    altered.unlink()
    altered.write_bytes(b"something else")

    with pytest.raises(CannotStart):
        jars.class_path(cache, say=lambda _: None)


def test_a_download_that_is_not_the_pinned_one_is_never_used(cache, monkeypatch):
    altered = next(cache.rglob("kafka-clients-*.jar"))
    altered.unlink()
    monkeypatch.setattr(jars, "_download", lambda *_: altered.write_bytes(b"something else"))

    with pytest.raises(CannotStart, match="SHA-256 differs"):
        jars.class_path(cache, say=lambda _: None)
