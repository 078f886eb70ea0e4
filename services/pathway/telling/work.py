"""What others may know of work, and of the pathway's end."""

from collections.abc import Mapping

from pathway.domain import codes as stored
from pathway.domain.closing import PathwayClosed
from pathway.domain.state import Pathway
from pathway.domain.work import HiredInNec
from pathway.telling.frame import status_of, told
from schemas import codes, events

GENERAL_EXIT: Mapping[stored.ExitType, codes.ExitType] = {
    stored.ExitType.NIET_TOELEIDBAAR: codes.ExitType.ANDERE,
    stored.ExitType.VRIJSTELLING: codes.ExitType.ANDERE,
    stored.ExitType.ONBEKEND: codes.ExitType.ANDERE,
}


@told.register
def _hired(fact: HiredInNec, after: Pathway) -> events.HiredInNec:
    return events.HiredInNec(
        pathway_status=status_of(after),
        employer=fact.employer,
        establishment=fact.establishment,
        contract=codes.ContractKind(fact.contract),
        until=fact.until,
        hours_per_week=float(fact.hours_per_week),
        occupation=fact.occupation,
        linked_module_id=fact.linked_module_id,
        proof=codes.Proof(fact.proof),
    )


@told.register
def _closed(fact: PathwayClosed, after: Pathway) -> events.PathwayClosed:
    exit_type = exit_type_of(fact.exit_type)
    return events.PathwayClosed(
        pathway_status=status_of(after),
        exit_type=exit_type,
        proof=codes.Proof(fact.proof) if fact.proof else None,
    )


def exit_type_of(told: stored.ExitType) -> codes.ExitType:
    return GENERAL_EXIT.get(told) or codes.ExitType(told)
