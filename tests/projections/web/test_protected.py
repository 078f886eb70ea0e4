"""What reports tell those who may see no person says nothing certain of 1 to 4 people, however they ask.

Two worlds are asked the same. In the second each person of the first has five doubles, whom the key leaves
out of the protected population: whatever number was from 1 to 4 in the first is six times as many there. If
every answer is the same in both, nobody can tell from answers in which world they are, so nothing that
follows from answers, of whatever totals, filters and moments, makes a number from 1 to 4 certain.
"""

import hashlib
import os
import random
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from plumbing.database import open_pool
from projections.reporting.catalogue import PAGES
from projections.reporting.report_page import ReportPage
from projections.reporting.reports import Figures
from projections.web_reading import ReadModels
from pydantic import ValidationError

from schemas.codes import Checkpoint, ExitType
from tests.projections.history import BAKERY, CANTEEN, History, named
from tests.projections.web.conftest import As
from tests.projections.web.given import AUDITOR, LEADER, MINE, OFFICER
from tests.projections.web.served_pages import filled

PAIRS = int(os.environ.get("EXAMPLES", "300"))
KEY = b"a key of tests, of thirty-two or more bytes"
MOVED = 60
"""Of 256, more than in production, so that all three kinds are among a few dozen people."""
DOUBLES = 5
PEOPLE = 36
NOW = datetime(2016, 10, 1, 9, tzinfo=UTC)
FEW = range(1, 5)
CLOCKS = ({}, {}, {}, {"known_at": "2015-03-02T08:00:00Z"}, {"known_at": "2015-11-02T08:00:00Z"})
PERIODS = (
    *((f"{year}-01-01", f"{year}-12-31") for year in (2014, 2015)),
    *((f"2015-{month:02}-01", f"2015-{month:02}-28") for month in range(1, 13)),
    ("2014-01-01", "2015-06-30"),
    ("2014-01-01", "2015-07-31"),
)

Numbers = Mapping[tuple[str, ...], int]


def draw(person: str) -> int:
    return hashlib.sha256(KEY + named(f"person {person}").bytes).digest()[0]


def left_out(person: str) -> str:
    """Another name for somebody like this person, whom the key leaves out."""
    return next(name for n in range(10_000) if draw(name := f"{person} {n}") < MOVED)


def life(number: int, name: str) -> History:
    """The same facts for whoever has this number."""
    chance = random.Random(number)
    began = date(2014, 1, 6) + timedelta(days=chance.randrange(600))
    history = History(name).enrolled(began)
    history.characteristics(began, chance.choice(("11002", "44021", "71022")))
    history.assigned(began, f"u{number % 3}", chance.choice(("NORTH", "SOUTH")))
    starts = began + timedelta(days=chance.randrange(10, 40))
    ends = starts + timedelta(days=chance.randrange(30, 150))
    start = chance.choice((history.ibo, history.stage, history.work_experience))
    start("m", starts, ends)
    chance.choice((history.completed, history.stopped))("m", ends)
    hired = ends + timedelta(days=chance.randrange(1, 60))
    if chance.random() < 0.6:
        history.hired(hired, chance.choice((BAKERY, CANTEEN)))
    closed = hired + timedelta(days=3)
    history.closed(closed, chance.choice((ExitType.PENSIOEN, ExitType.WERK_NEC_LOONTREKKEND)))
    if chance.random() < 0.5:
        history.checked(closed + timedelta(days=95), Checkpoint.THREE, since=closed)
    return history


@pytest.fixture(scope="module")
def worlds(
    new_database: Callable[..., str], template: str
) -> Iterator[tuple[ReadModels, ReadModels]]:
    """The read models of the few, and of six times as many of whom nobody can know."""
    few = [life(number, f"one {number}") for number in range(PEOPLE)]
    doubles = [
        life(number, left_out(f"double {number} {n}"))
        for number in range(PEOPLE)
        for n in range(DOUBLES)
    ]
    urls = []
    for people in (few, [*few, *doubles]):
        urls.append(filled(new_database(template), people, NOW))
        with psycopg.connect(urls[-1]) as connection:
            connection.execute(
                "update projections.report_key set key = %s, moved = %s", [KEY, MOVED]
            )
    with open_pool(urls[0], "test") as one, open_pool(urls[1], "test") as other:
        yield ReadModels(one, lambda: NOW, True), ReadModels(other, lambda: NOW, True)


def questions(chance: random.Random, page: ReportPage) -> tuple[Any, Any]:
    """Two questions to one report that differ in some of period, grouping, clocks and the rest."""
    both: list[Any] = []
    told: dict[str, str] = {}
    while len(both) < 2:
        if not both or chance.random() < 0.6:
            first, last = chance.choice(PERIODS)
            told |= {"from": first, "until": last} if "first" in page.form.model_fields else {}
        if not both or chance.random() < 0.4:
            told = {k: v for k, v in told.items() if k != "known_at"} | chance.choice(CLOCKS)
        if chance.random() < 0.4:
            told["by"] = chance.choice(sorted(page.groupings))
        try:
            both.append(page.form.model_validate(told))
        except ValidationError:
            told.pop("by", None)
    return both[0], both[1]


def numbers_of(value: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], int]]:
    """Each number of people in an answer, by where it stands: its group, its part and its name."""
    match value:
        case dict():
            named_by = [str(value[k]) for k in ("group", "exit_type", "reason") if k in value]
            months = [str(value["months"])] if "reached" in value and "months" in value else []
            for name, held in value.items():
                # Of staff, or no count.
                if not name.startswith(("months", "counsellors", "most", "median")):
                    yield from numbers_of(held, (*path, *named_by, *months, str(name)))
        case list() | tuple():
            for held in value:
                yield from numbers_of(held, path)
        case int() if not isinstance(value, bool):
            yield path, value
        case _:
            pass


class Asking:
    """Each question of one world, asked once."""

    def __init__(self, read_models: ReadModels) -> None:
        self.read_models = read_models
        self.known: dict[tuple[str, str, bool], Figures] = {}

    def answer(self, page: ReportPage, asked: Any, *, protected: bool) -> dict[str, Any]:
        key = (page.name, asked.model_dump_json(), protected)
        if key not in self.known:
            models = ReadModels(self.read_models.pool, self.read_models.now, protected)
            self.known[key] = page.make(models, asked)
        return self.known[key].model_dump(exclude={"freshness", "definitions", "taken", "period"})

    def numbers(self, page: ReportPage, asked: Any, *, protected: bool) -> Numbers:
        return dict(numbers_of(self.answer(page, asked, protected=protected)))


def true_of(ones: Numbers, others: Numbers) -> Numbers:
    """The numbers of two answers and their differences, by the place that both have."""
    told = {("one", *place): n for place, n in ones.items()}
    told |= {("other", *place): n for place, n in others.items()}
    return told | {("between", *place): abs(n - others.get(place, 0)) for place, n in ones.items()}


def test_no_pair_of_answers_makes_a_number_from_1_to_4_certain(
    worlds: tuple[ReadModels, ReadModels],
) -> None:
    few, many = map(Asking, worlds)
    chance = random.Random(PAIRS)
    pairs = [(page, *questions(chance, page)) for page in chance.choices(PAGES, k=60)]
    met = 0
    for _ in range(PAIRS):
        page, one, other = chance.choice(pairs)
        if chance.random() < 0.2 and len(pairs) * 10 < PAIRS:
            one, other = questions(chance, page)
        for asked in (one, other):
            told = few.answer(page, asked, protected=True)
            assert told == many.answer(page, asked, protected=True), (page.name, asked)
            assert all(n % 5 == 0 for _, n in numbers_of(told)), (page.name, asked)
        here, there = (
            true_of(*(asking.numbers(page, asked, protected=False) for asked in (one, other)))
            for asking in (few, many)
        )
        small = {place for place, n in here.items() if n in FEW}
        met += len(small)
        assert {place for place in small if there.get(place) in FEW} == set(), (page.name, one)
    assert met > PAIRS, "the questions met too few small numbers to say anything"


def test_exact_answers_would_tell_the_two_worlds_apart(
    worlds: tuple[ReadModels, ReadModels],
) -> None:
    few, many = map(Asking, worlds)
    page = next(page for page in PAGES if page.name == "page_inflow")
    asked = page.form.model_validate({"from": "2014-01-01", "until": "2015-12-31", "by": "month"})

    assert few.answer(page, asked, protected=False) != many.answer(page, asked, protected=False)


def test_large_numbers_stay_near(worlds: tuple[ReadModels, ReadModels]) -> None:
    few, _ = map(Asking, worlds)
    page = next(page for page in PAGES if page.name == "page_inflow")
    asked = page.form.model_validate({"from": "2014-01-01", "until": "2015-12-31", "by": "year"})

    told = few.answer(page, asked, protected=True)["total"]["persons"]
    twice = sum(draw(f"one {n}") >= 256 - MOVED for n in range(PEOPLE))
    out = sum(draw(f"one {n}") < MOVED for n in range(PEOPLE))

    assert abs(told - (PEOPLE + twice - out)) <= 2
    assert twice > 0 < out


@pytest.mark.parametrize(
    ("who", "protected"), [(OFFICER, True), (AUDITOR, False), (LEADER, False), (MINE, False)]
)
def test_who_may_see_people_is_told_exact_figures_and_nobody_else(
    as_: As, reporting: Any, who: str, protected: bool
) -> None:
    reporting.put(*(History(f"p{n}").enrolled(date(2014, 1, 6)) for n in range(3)))

    year = {"from": "2014-01-01", "until": "2014-12-31"}
    report = as_(who).get("/v1/reports/inflow", params=year).json()
    stock = as_(who).get("/v1/reports/stock", params={"as_of": "2014-06-30"}).json()

    told = (report["total"]["persons"], stock["total"]["persons"], report["protected"])
    assert told == ((5, 5, True) if protected else (3, 3, False))


def test_who_is_left_out_is_so_at_every_moment_and_nobody_else_sees_the_key(
    read_models: str,
) -> None:
    with psycopg.connect(read_models) as connection:
        rights = connection.execute(
            "select has_table_privilege('projections_consumer', 'projections.report_key', 'select')"
        ).fetchone()

    assert rights == (False,)
