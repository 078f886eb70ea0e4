"""Pathways to measure with: of invented people, and stored many at a time."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

from pathway.application import Pathways
from pathway.domain.guidance import AssignCounsellor

from tests.pathway.given import enrolment, said
from tests.pathway.publishing import person

FACTS_BEFORE = 4
"""Facts that each pathway has before it is measured with: about half of a pathway's life."""
_AT_ONCE = 200
_ENROLLED = date(2015, 1, 5)


def assignment(step: int) -> AssignCounsellor:
    """The command that is measured: one new fact, because every step names another counsellor."""
    return AssignCounsellor(
        on=_ENROLLED + timedelta(days=step % 1_000),
        counsellor=f"bemiddelaar-{step % 97:02d}",
        unit="OE-VOORBEELD-NOORD",
    )


def enrolled(pathways: Pathways, numbers: Iterator[int], count: int) -> list[UUID]:
    """So many new pathways with FACTS_BEFORE facts each; `numbers` says which people come next."""
    ids: list[UUID] = []
    while len(ids) < count:
        new = [_one(pathways, next(numbers)) for _ in range(min(_AT_ONCE, count - len(ids)))]
        pathways.store.append(*new)
        ids += [one.pathway_id for one in new]
    return ids


def _one(pathways: Pathways, number: int):
    return pathways.decide_enrolment(
        pathways.new_pathway_id(),
        enrolment(person(number), _ENROLLED),
        said(f"c-{number}"),
        then=[assignment(step) for step in range(1, FACTS_BEFORE)],
    )
