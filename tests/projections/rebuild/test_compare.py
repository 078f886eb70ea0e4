"""What a changed projection will show otherwise, counted, and told with the event behind each difference."""

from collections.abc import Callable
from uuid import UUID

import psycopg
import pytest
from plumbing.clock import utc_now
from projections.counsellor import COUNSELLOR
from projections.projection import Projection
from projections.rebuild.compare import Compared, compare
from projections.rebuild.places import CannotRebuild
from projections.rebuild.reasons import Otherwise

from tests.projections.history import History, named
from tests.projections.kafka import following
from tests.projections.lives import JUNE, life
from tests.projections.rebuild.folds import OTHERWISE

Told = dict[UUID, list[Otherwise]]
Compare = Callable[..., tuple[Compared, Told]]


@pytest.fixture
def compared(settings) -> Compare:
    def comparing(projection: Projection, details: int = 100) -> tuple[Compared, Told]:
        told: Told = {}
        found = compare(projection, settings, details=details, tell=told.__setitem__, at=utc_now())
        return found, told

    return comparing


@pytest.fixture
def people(topic, live) -> list[History]:
    """Twelve pathways that the live read model has."""
    lives = [life(f"person {n}") for n in range(12)]
    topic.put(*lives)
    live(COUNSELLOR, 72)
    return lives


def test_a_rebuild_by_the_same_code_equals_the_live_one(people, rebuild, compared):
    rebuild(COUNSELLOR)

    found, told = compared(COUNSELLOR)

    assert found.same
    assert (found.audited.pathways, found.audited.rows["pathway_event"]) == (12, 72)
    assert told == {}


def test_what_came_since_is_caught_up_with_first(people, rebuild, compared, topic, live):
    rebuild(COUNSELLOR)
    topic.put(*(person.closed(JUNE) for person in people), from_version=7)
    live(COUNSELLOR, 84)

    found, _ = compared(COUNSELLOR)

    assert found.same
    assert found.audited.rows["pathway_event"] == 84


def test_it_may_be_compared_while_more_comes(people, rebuild, compared, topic, settings):
    rebuild(COUNSELLOR)

    with following(COUNSELLOR, settings):
        topic.put(*(person.closed(JUNE) for person in people), from_version=7)
        found, _ = compared(COUNSELLOR)

    assert found.same


def test_each_difference_is_told_with_the_event_behind_it(people, rebuild, compared):
    rebuild(OTHERWISE)

    found, told = compared(OTHERWISE)

    assert not found.same
    caseload, module = found.by_table["caseload"], found.by_table["module"]
    assert (caseload.otherwise, caseload.pathways, caseload.columns) == (12, 12, {"hires": 12})
    assert (module.only_live, module.only_rebuilt, module.otherwise) == (12, 0, 0)
    assert set(told) == {person.pathway_id for person in people}
    anna = people[3]
    hires, gone = sorted(told[anna.pathway_id], key=lambda one: one.table)
    assert (hires.column, hires.live, hires.rebuilt) == ("hires", 1, 2)
    assert hires.event.id == anna.event_id(6)
    assert gone.key == (str(named(f"{anna.pathway_id} module ibo")),)
    assert gone.rebuilt is None
    # The module's row went with its end, not with what came later.
    assert gone.event.id == anna.event_id(5)


def test_a_row_that_comes_is_told_with_the_event_that_brought_it(people, rebuild, compared, rows):
    rebuild(COUNSELLOR)
    anna = people[3]
    rows("delete from counsellor.module where pathway_id = %s returning 1", anna.pathway_id)

    found, told = compared(COUNSELLOR)

    assert found.by_table["module"].only_rebuilt == 1
    [come] = told[anna.pathway_id]
    assert (come.table, come.live, come.event.id) == ("module", None, anna.event_id(4))


def test_a_row_that_no_event_explains_is_told_with_the_event_that_it_names(
    people, rebuild, compared, rows
):
    rebuild(COUNSELLOR)
    anna = people[3]
    rows(
        "update counsellor.module set module_id = %s where pathway_id = %s returning 1",
        UUID(int=1),
        anna.pathway_id,
    )

    _, told = compared(COUNSELLOR)

    gone = next(one for one in told[anna.pathway_id] if one.gone)
    # Nothing names it: the last event is all that can be said.
    assert gone.event.id == anna.event_id(6)


def test_all_are_counted_and_as_many_shown_as_are_asked_for(people, rebuild, compared):
    rebuild(OTHERWISE)

    found, told = compared(OTHERWISE, details=2)

    assert found.by_table["caseload"].otherwise == 12
    assert len(told) == 2
    assert {len(one) for one in told.values()} == {2}


def test_tables_and_columns_of_one_side_only_are_told_and_the_others_compared(
    people, rebuild, compared, rows, read_models
):
    rebuild(COUNSELLOR)
    with psycopg.connect(read_models, autocommit=True) as connection:
        connection.execute("alter table counsellor.caseload add column mood text")
        connection.execute("alter table counsellor.module drop column form")
        connection.execute("create table counsellor.diary (pathway_id uuid, told text)")

    found, told = compared(COUNSELLOR)

    assert found.apart == [
        "only the live one has caseload.mood",
        "only the live one has the table diary",
        "only the rebuilt one has module.form",
    ]
    assert not found.same
    assert (found.by_table, told) == ({}, {})


def test_without_a_whole_one_of_this_release_it_says_what_to_do(
    people, rebuild, compared, rows, settings
):
    with pytest.raises(
        CannotRebuild, match="there is no counsellor_next; run `projections rebuild"
    ):
        compared(COUNSELLOR)
    rebuild(COUNSELLOR)
    with pytest.raises(CannotRebuild, match="by the code of another release"):
        compared(OTHERWISE)
    rows("update counsellor_next.made_from set filled_at = null returning 1")
    with pytest.raises(CannotRebuild, match="not whole"):
        compared(COUNSELLOR)
