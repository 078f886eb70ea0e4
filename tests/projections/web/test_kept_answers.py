"""A report is counted once while no row changes, for each question and reader, and anew after any change."""

from datetime import date

import pytest
from projections import kept
from projections.kept import Kept, state
from projections.reporting import web
from projections.reporting.protected import protected_rows

from tests.projections.conftest import Worker
from tests.projections.history import History
from tests.projections.web.conftest import As
from tests.projections.web.given import AUDITOR, MINE, NORTH, OFFICER

YEAR = {"from": "2015-01-01", "until": "2015-12-31"}


def gerda() -> History:
    history = History("gerda").enrolled(date(2015, 5, 4)).assigned(date(2015, 5, 6), MINE, NORTH)
    return history.ibo("a", date(2015, 6, 1), date(2015, 8, 28)).completed("a", date(2015, 8, 28))


def total(as_: As, name: str, who: str = AUDITOR, **asked: str) -> dict:
    answer = as_(who).get(f"/v1/reports/{name}", params=YEAR | asked)
    assert answer.status_code == 200, answer.text
    return answer.json()["total"]


def test_it_is_counted_once_until_a_fact_comes_in(
    as_: As, reporting: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = gerda()
    reporting.put(history)
    first = total(as_, "modules")
    with monkeypatch.context() as patched:
        patched.setattr("projections.reporting.queries.modules", None)
        assert total(as_, "modules") == first
    history.ibo("b", date(2015, 9, 7), date(2016, 1, 29))

    reporting.put(history, from_version=len(history))

    assert (first["started"], total(as_, "modules")["started"]) == (1, 2)


def test_each_question_moment_and_reader_has_an_answer_of_its_own(
    as_: As, reporting: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    reporting.put(gerda())
    protected: list[None] = []

    def noted(connection, rows):
        protected.append(None)
        return protected_rows(connection, rows)

    monkeypatch.setattr(web, "protected_rows", noted)

    assert total(as_, "modules")["started"] == 1
    assert total(as_, "modules", until="2015-05-31")["started"] == 0
    assert total(as_, "modules", as_of="2015-05-31")["started"] == 0
    assert total(as_, "modules", known_at="2015-05-31T00:00:00Z")["started"] == 0
    assert protected == []
    assert total(as_, "modules", OFFICER)["started"] == 0
    assert len(protected) == 1


def test_what_a_parked_pathway_catches_up_on_is_a_change(reporting: Worker) -> None:
    reporting.put(gerda())
    seen = [state(reporting.connection, "reporting")]

    for change in (
        "insert into reporting.caught_up values (gen_random_uuid(), 1, 2, now())",
        "update reporting.caught_up set applied_at = applied_at + interval '1 second'",
        """
        insert into projections.parked
            (projection, pathway_id, from_version, partition, "offset", reason, error, since)
        values ('reporting', gen_random_uuid(), 1, 0, 1, 'GAP', '', now())
        """,
        "update projections.report_key set key = sha256(key)",
    ):
        reporting.connection.execute(change)
        seen.append(state(reporting.connection, "reporting"))

    assert len(set(seen)) == len(seen)


def test_the_one_that_nobody_asked_for_longest_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_KEPT", 2)
    answers = Kept[str](len)
    made: list[str] = []

    for question in ("a", "b", "a", "c", "a", "b"):
        answers.answer(question, (1,), lambda question=question: made.append(question) or question)

    assert made == ["a", "b", "c", "b"]
    assert answers.answer("a", (2,), lambda: "of another state") == "of another state"
    assert answers.answer("b", (1,), lambda: "again, as that one was too large to keep any") != "b"
