"""Caseload, pathway page and reports on a whole register, beside bare pages of as many bytes."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from http.client import HTTPConnection

import httpx2
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from plumbing.database import connect
from plumbing.memory import settle
from projections.schema import Database
from psycopg import sql

from tests.benchmarks.measuring import (
    Figure,
    Measured,
    Say,
    Sizes,
    figures,
    in_turns,
    percentile,
)
from tests.benchmarks.place import Place
from tests.plumbing.served import bound_socket, served
from tests.projections.history import named
from tests.projections.web.given import MINE, OFFICER, everyone
from tests.projections.web.served_pages import (
    InventedNames,
    filled,
    served_issuer,
    sign_in,
    web_app,
)

NAME = "pages"
NOW = datetime(2015, 10, 1, 9, tzinfo=UTC)
HTML = {"Accept": "text/html"}
CASELOAD = 120
"""Pathways of one counsellor; each of the others has about as many."""
YEAR = "from=2014-01-01&until=2014-12-31"
PAGES = {
    "caseload": (MINE, "/caseload?state=all"),
    "pathway": (MINE, f"/pathways/{named('pathway anna')}"),
    "flow report": (OFFICER, f"/reports/flow?{YEAR}"),
    "exits report": (OFFICER, f"/reports/exits?{YEAR}"),
    "stock report": (OFFICER, "/reports/stock"),
}
COUNTED_ANEW = ("flow report", "exits report", "stock report")
"""Reports that are looked at a second time, each look after a fact: what was counted before does not hold."""


def measure(place: Place, sizes: Sizes, say: Say) -> list[Figure]:
    """Milliseconds of an answer over HTTP, and the bytes of each page."""
    url = filled(place.read_models(), everyone(), NOW)
    say(f"making {sizes.pathways_shown:,} pathways of {len(everyone())}")
    with connect(url, "benchmarks", autocommit=True) as connection:
        multiply(connection, sizes.pathways_shown)
    found: list[Figure] = []
    with _pages(url) as (address, cookies):
        anew = partial(_fact_came_in, url)
        for what, come_in in (*((p, None) for p in PAGES), *((p, anew) for p in COUNTED_ANEW)):
            who, path = PAGES[what]
            headers = {**HTML, "Cookie": cookies[who]}
            size = len(_get(address, path, headers))
            looks = max(2, sizes.looks // 10) if come_in else sizes.looks
            with _bare(size) as bare:
                sides = in_turns(
                    sizes.rounds,
                    partial(_round, address, path, headers, looks, come_in),
                    partial(_round, bare, "/", {}, looks, None),
                    partial(_say, say, what),
                )
            after = " after a fact came in" if come_in else ""
            told = f"{what}{after}, {sizes.pathways_shown:,} pathways, {size / 1000:.1f} kB"
            names = [(key, f"{told}, {key}", "ms") for key in ("p50", "p95")]
            found += figures(NAME, names, sides)
    return found


def _fact_came_in(url: str) -> None:
    """The reports' position moves, as with each batch of facts: nobody knows that no row changed."""
    with connect(url, "benchmarks", autocommit=True) as connection:
        connection.execute("update reporting.partition_progress set next_offset = next_offset + 1")


def multiply(connection: Database, pathways: int) -> None:
    """Make so many pathways of those that are there: each a copy under ids and a counsellor of its own."""
    times = max(1, pathways // len(everyone()))
    for schema in ("counsellor", "reporting"):
        for table, columns in _tables(connection, schema).items():
            others = {
                "pathway_id": "md5(t.pathway_id::text || n)::uuid",
                "person_ref": "md5(t.person_ref::text || n)::uuid",
                # The first copies are of the one who looks.
                "counsellor": f"case when t.counsellor is null or n <= {CASELOAD // 3} "
                f"then t.counsellor else t.counsellor || '-' || n / {CASELOAD // 3} end",
            }
            chosen = [others.get(c, f't."{c}"') for c in columns]
            connection.execute(
                sql.SQL(
                    "insert into {t} ({c}) select {v} from {t} t, generate_series(1, %s) n"
                ).format(
                    t=sql.Identifier(schema, table),
                    c=sql.SQL(", ").join(map(sql.Identifier, columns)),
                    v=sql.SQL(", ").join(map(sql.SQL, chosen)),  # pyright: ignore[reportArgumentType]
                ),
                [times - 1],
            )
    connection.execute("vacuum analyze")


def _tables(connection: Database, schema: str) -> Mapping[str, list[str]]:
    """Tables whose rows are a pathway's, with the columns that are not made by the table itself."""
    rows = connection.execute(
        """
        select table_name, array_agg(column_name::text order by ordinal_position)
        from information_schema.columns
        where table_schema = %s and is_generated = 'NEVER' and is_identity = 'NO'
        group by 1 having 'pathway_id' = any(array_agg(column_name::text))
        """,
        [schema],
    ).fetchall()
    return dict(rows)


@contextmanager
def _pages(url: str) -> Iterator[tuple[tuple[str, int], dict[str, str]]]:
    """Where the pages are, and the cookie of each who looks."""
    at = bound_socket()
    host, port = at.getsockname()
    address = f"http://{host}:{port}"
    with (
        served_issuer() as issuer,
        web_app(url, issuer, InventedNames(), address, NOW) as app,
        served(app, at, access_log=False),
    ):
        cookies: dict[str, str] = {}
        for who, path in dict(PAGES.values()).items():
            with httpx2.Client(base_url=address, headers=HTML, follow_redirects=True) as browser:
                sign_in(browser, who, path)  # pyright: ignore[reportArgumentType]
                cookies[who] = "; ".join(f"{c.name}={c.value}" for c in browser.cookies.jar)
            assert "vdab_pathway_session" in cookies[who]
        # As the service does when it is ready.
        settle()
        yield (host, port), cookies


@contextmanager
def _bare(size: int) -> Iterator[tuple[str, int]]:
    """A page of so many bytes, from the same framework and nothing else."""
    app, body, at = FastAPI(), "x" * size, bound_socket()

    @app.get("/")
    def page() -> HTMLResponse:  # pyright: ignore[reportUnusedFunction]
        return HTMLResponse(body)

    with served(app, at, access_log=False):
        yield at.getsockname()


def _round(
    address: tuple[str, int],
    path: str,
    headers: Mapping[str, str],
    looks: int,
    before_each: Callable[[], None] | None,
    _number: int,
) -> Measured:
    times: list[float] = []
    connection = HTTPConnection(*address)
    for _ in range(looks):
        if before_each:
            before_each()
        began = time.perf_counter()
        _ask(connection, path, headers)
        times.append((time.perf_counter() - began) * 1000)
    connection.close()
    return {"p50": percentile(times, 50), "p95": percentile(times, 95)}


def _get(address: tuple[str, int], path: str, headers: Mapping[str, str]) -> bytes:
    return _ask(HTTPConnection(*address), path, headers)


def _ask(connection: HTTPConnection, path: str, headers: Mapping[str, str]) -> bytes:
    connection.request("GET", path, headers=dict(headers))
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path} was answered with {answer.status}")
    return body


def _say(say: Say, what: str, words: str) -> None:
    say(f"{what}: {words}")
