"""What others may know of an enrolment."""

from collections.abc import Mapping

from pathway.domain import codes as stored
from pathway.domain.enrolment import Enrolled, ParticipantCharacteristicsRecorded
from pathway.domain.legacy import ImportedFromLegacy
from pathway.domain.state import Pathway
from pathway.telling.frame import status_of, told
from schemas import codes, events

GENERAL_CATEGORY: Mapping[stored.Category, codes.Category] = {
    stored.Category.FOD_SZ: codes.Category.ANDERE,
    # Not about health, but a word that stood for one category alone would hide nothing.
    stored.Category.OCMW: codes.Category.ANDERE,
    stored.Category.UITGESLOTEN: codes.Category.ANDERE,
}


@told.register
def _enrolled(fact: Enrolled, after: Pathway) -> events.Enrolled:
    return events.Enrolled(
        pathway_status=status_of(after),
        person_ref=fact.person_ref,
        category=_category(fact.category),
        channel=codes.Channel(fact.channel),
        inferred=fact.inferred,
    )


@told.register
def _imported(fact: ImportedFromLegacy, after: Pathway) -> events.ImportedFromLegacy:
    return events.ImportedFromLegacy(
        pathway_status=status_of(after),
        source=fact.source,
        source_ref=fact.source_ref,
        exported_on=fact.exported_on,
        incomplete_until=fact.incomplete_until,
    )


@told.register
def _characteristics(
    fact: ParticipantCharacteristicsRecorded, after: Pathway
) -> events.ParticipantCharacteristicsRecorded:
    return events.ParticipantCharacteristicsRecorded(
        pathway_status=status_of(after),
        commune=fact.commune,
        unemployed_since=fact.unemployed_since,
        age_group=codes.AgeGroup(fact.age_group) if fact.age_group else None,
        gender=codes.Gender(fact.gender) if fact.gender else None,
        education=codes.Education(fact.education) if fact.education else None,
    )


def _category(told: stored.Category | None) -> codes.Category | None:
    if told is None:
        return None
    return GENERAL_CATEGORY.get(told) or codes.Category(told)
