"""Other releases' folds, in a module of their own so that worker processes find them."""

from collections.abc import Sequence
from dataclasses import replace

from projections.counsellor import COUNSELLOR
from projections.counsellor.projection import counsellor_rows
from projections.projection import Event, Rows, data_of

from schemas.events import HiredInNec, PathwayClosed


def refuses_closings_and_hires(events: Sequence[Event]) -> Rows:
    """Cannot make rows of a closing, and makes rows of a hire that PostgreSQL does not take."""
    made = counsellor_rows(events)
    if any(isinstance(data_of(event), PathwayClosed) for event in events):
        raise RuntimeError("a pathway was closed")
    if any(isinstance(data_of(event), HiredInNec) for event in events):
        [caseload] = made["caseload"]
        made = {**made, "caseload": [{**caseload, "hires": 2**40}]}
    return made


def counts_hires_twice_and_forgets_ended_modules(events: Sequence[Event]) -> Rows:
    """A release that sees two things otherwise."""
    made = counsellor_rows(events)
    [caseload] = made["caseload"]
    modules = [row for row in made["module"] if row["last_day"] is None]
    return {**made, "caseload": [{**caseload, "hires": 2 * caseload["hires"]}], "module": modules}


POISONED = replace(COUNSELLOR, fold=refuses_closings_and_hires)
OTHERWISE = replace(COUNSELLOR, fold=counts_hires_twice_and_forgets_ended_modules)
