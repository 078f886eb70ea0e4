"""Sessions of people at the pages: a row on our side, a random value in their cookie."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc import jwe
from joserfc.jwk import OctKey
from psycopg import Connection, sql
from psycopg_pool import ConnectionPool

from plumbing.callers import Caller
from plumbing.clock import Clock
from plumbing.problems import Problem
from plumbing.tokens import Tokens

SESSION_COOKIE = "vdab_pathway_session"


@dataclass(frozen=True)
class WebSession:
    """Someone signed in to the pages. Put `csrf_token` into every form; never show the other."""

    caller: Caller
    csrf_token: str
    access_token: str


class WebSessions:
    """The sessions in `schema`.web_session, the same for all processes.

    A session is as good as its access token: that is verified again at each page.
    """

    def __init__(
        self, pool: ConnectionPool[Connection[Any]], schema: str, tokens: Tokens, now: Clock
    ) -> None:
        self._pool = pool
        self._table = sql.Identifier(schema, "web_session")
        self._find = sql.SQL(
            "select access_token from {} where id_hash = %s and expires_at > %s"
        ).format(self._table)
        self._tokens = tokens
        self._now = now

    def begin(self, access_token: str, expires_at: datetime) -> str:
        """Keep a session until `expires_at`; the answer is the cookie's value, known to nobody."""
        value = secrets.token_urlsafe(32)
        with self._pool.connection() as connection:
            connection.execute(
                sql.SQL("delete from {} where expires_at < %s").format(self._table), [self._now()]
            )
            connection.execute(
                sql.SQL(
                    "insert into {} (id_hash, access_token, expires_at) values (%s, %s, %s)"
                ).format(self._table),
                [_hash(value), _sealed(access_token, value), expires_at],
            )
        return value

    def find(self, value: str) -> WebSession | None:
        """The session of a cookie's value; None when there is none or its token has ended.

        Raises the 503 Problem of `Tokens.caller`.
        """
        with self._pool.connection() as connection:
            # One question needs no transaction around it, which costs two more ways there and back.
            connection.autocommit = True
            try:
                row = connection.execute(self._find, [_hash(value), self._now()]).fetchone()
            finally:
                connection.autocommit = False
        if row is None:
            return None
        access_token = _opened(str(row[0]), value)
        try:
            caller = self._tokens.caller(access_token)
        except Problem as problem:
            if problem.status == 401:  # noqa: PLR2004
                return None
            raise
        return WebSession(caller, csrf_token_of(value), access_token)

    def end(self, value: str) -> None:
        """Forget the session of a cookie's value, if there is one."""
        with self._pool.connection() as connection:
            connection.execute(
                sql.SQL("delete from {} where id_hash = %s").format(self._table), [_hash(value)]
            )


def csrf_token_of(value: str) -> str:
    """What a form must send along: derived from the cookie's value, which no other site can read."""
    return hashlib.sha256(f"form {value}".encode()).hexdigest()


def _hash(value: str) -> bytes:
    return hashlib.sha256(f"session {value}".encode()).digest()


def _key(value: str) -> OctKey:
    # The value is 256 random bits, so one hash is enough to make a key of it.
    return OctKey.import_key(hashlib.sha256(f"token {value}".encode()).digest())


def _sealed(text: str, value: str) -> str:
    return jwe.encrypt_compact({"alg": "dir", "enc": "A256GCM"}, text, _key(value))


def _opened(sealed: str, value: str) -> str:
    plain = jwe.decrypt_compact(sealed, _key(value)).plaintext
    return (plain or b"").decode()
