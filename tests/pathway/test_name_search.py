"""A search by name ends with the hits that it tells, and counts whom the caller may see."""

from datetime import date
from uuid import UUID

import pytest
from pathway import name_search, numbers
from pathway.application import Pathways
from pathway.domain.guidance import AssignCounsellor
from pathway.identity import Person
from pathway.name_search import MOST_HITS, Hits, search
from plumbing import row_rights
from plumbing.callers import Caller, CallerKind, Role
from plumbing.row_rights import Rule, Standing

from tests.pathway.given import enrolment, said
from tests.people import invented_insz

OURS, THEIRS = "OE-VOORBEELD-NOORD", "OE-VOORBEELD-ZUID"
NOTHING = Standing()
DAY = date(2015, 1, 5)
BEA = Caller("bea", CallerKind.BEMIDDELAAR, "OVO000083", frozenset({Role.COUNSELLOR}), unit=OURS)


def sees(standing: Standing = NOTHING) -> dict[str, object]:
    """What Bea, of our unit, may see."""
    return row_rights.values(BEA, BEA.roles, standing, date(2015, 10, 1))


def someone(pathways: Pathways, number: int, unit: str, last_name: str = "Veelvoorbeeld") -> UUID:
    """A person whose pathway lies with this unit, by reference."""
    person = Person(
        insz=invented_insz(date(1971, 3, 4), number), last_name=last_name, first_name="Jan"
    )
    enrolled = pathways.enrol(enrolment(person, DAY), said(f"enrol-{number}")).pathway_id
    assigned = AssignCounsellor(on=DAY, counsellor=f"of-{unit}", unit=unit)
    pathways.command(enrolled, [assigned], said(f"assign-{number}"))
    found = pathways.vault.reference(person.insz)
    assert found
    return found


def references(hits: Hits) -> set[UUID]:
    return {one for one, _ in hits.people}


@pytest.mark.parametrize("name", ["jan", "jan veel"])
def test_whom_the_caller_may_not_see_takes_no_place_in_the_list(
    pathways: Pathways, name: str
) -> None:
    for number in range(1, MOST_HITS + 3):
        someone(pathways, number, THEIRS)
    ours = {someone(pathways, number, OURS) for number in (50, 51)}

    hits = search(pathways.store, pathways.vault, name, sees())

    assert (references(hits), hits.more) == (ours, False)
    assert search(pathways.store, pathways.vault, name).more


def test_there_are_more_when_there_are_more_that_the_caller_may_see(pathways: Pathways) -> None:
    someone(pathways, 50, THEIRS)
    for number in range(1, MOST_HITS + 1):
        someone(pathways, number, OURS)
    as_many = search(pathways.store, pathways.vault, "veelvoorbeeld", sees())
    someone(pathways, 51, OURS)
    one_more = search(pathways.store, pathways.vault, "veelvoorbeeld", sees())

    assert (len(as_many.people), as_many.more) == (MOST_HITS, False)
    assert (len(one_more.people), one_more.more) == (MOST_HITS, True)


def test_a_barrier_takes_a_person_out_of_the_hits(pathways: Pathways) -> None:
    relative, other = someone(pathways, 1, OURS), someone(pathways, 2, OURS)

    hits = search(
        pathways.store, pathways.vault, "jan", sees(Standing({Rule.RELATIVE: [relative]}))
    )

    assert references(hits) == {other}


@pytest.mark.parametrize("linked_from_ours", [True, False])
def test_who_is_visible_by_one_reference_is_found_by_the_names_of_another(
    pathways: Pathways, *, linked_from_ours: bool
) -> None:
    theirs = someone(pathways, 1, THEIRS, "Vroegerevoorbeeld")
    ours = someone(pathways, 2, OURS, "Laterevoorbeeld")
    pair = (ours, theirs) if linked_from_ours else (theirs, ours)
    numbers.link(pathways.store, pathways.vault, *pair, source="KSZ")

    hits = search(pathways.store, pathways.vault, "vroegere", sees())

    assert references(hits) == {pair[1]}


def test_as_many_words_as_a_name_holds_can_be_searched_for(pathways: Pathways) -> None:
    someone(pathways, 1, OURS, "A b c d e f g h i j k l m n o p q r s t u v w x y z Veelvoorbeeld")

    hits = search(
        pathways.store, pathways.vault, "a b c d e f g h i j k l m n o p q r s t u v w veel jan"
    )

    assert len(hits.people) == 1


def test_a_word_longer_than_the_index_has_to_fit_to_its_end(pathways: Pathways) -> None:
    someone(pathways, 1, OURS, "Vandenvoorbeeldenbergeheide")
    found = search(pathways.store, pathways.vault, "vandenvoorbeeldenbergeheide")
    other = search(pathways.store, pathways.vault, "vandenvoorbeeldenbergenaar")

    assert (len(found.people), len(other.people)) == (1, 0)


LONG = "Vandenvoorbeeldenbergeheide"
"""Longer than the letters that are kept, as many a double name is when it is written as one."""


def alike(pathways: Pathways, how_many: int, first: int = 1) -> dict[UUID, str]:
    """People whose names differ only after the letters that are kept."""
    names = [f"{LONG}{chr(ord('a') + number)}ter" for number in range(how_many)]
    return {someone(pathways, number, OURS, name): name for number, name in enumerate(names, first)}


def test_who_has_a_long_name_is_found_by_it_among_many_who_are_nearly_called_so(
    pathways: Pathways,
) -> None:
    people = alike(pathways, MOST_HITS + 5)

    for seen_by in (None, sees()):
        told = {
            one: search(pathways.store, pathways.vault, name, seen_by)
            for one, name in people.items()
        }
        assert {one: references(hits) for one, hits in told.items()} == {one: {one} for one in told}
        assert not any(hits.more for hits in told.values())


def test_two_long_words_lead_past_the_first_who_fit_nearly(pathways: Pathways) -> None:
    people = alike(pathways, MOST_HITS + 5)
    last = max(people)

    hits = search(pathways.store, pathways.vault, f"jan {people[last]}", sees())

    assert (references(hits), hits.more) == ({last}, False)


def test_a_long_word_that_fits_more_than_are_told_says_so(pathways: Pathways) -> None:
    alike(pathways, MOST_HITS + 5)
    for number in range(50, 51 + MOST_HITS):
        someone(pathways, number, OURS, f"{LONG}naar")

    hits = search(pathways.store, pathways.vault, f"{LONG}naar", sees())

    assert {person.last_name for _, person in hits.people} == {f"{LONG}naar"}
    assert (len(hits.people), hits.more) == (MOST_HITS, True)


def test_a_search_reads_so_far_and_no_further(
    pathways: Pathways, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = alike(pathways, MOST_HITS + 5)
    monkeypatch.setattr(name_search, "READ_ON", 2)
    monkeypatch.setattr(name_search, "MOST_READ", MOST_HITS + 3)

    hits = search(pathways.store, pathways.vault, people[max(people)], sees())

    assert (hits.people, hits.more) == ((), True)
