"""What the API's own description shows of published figures: one figure, and the same counted again."""

from datetime import UTC, datetime
from uuid import UUID

from projections.points import KnownBy
from projections.publishing.figures import Code, Document, LogPlace, PartitionPlace, Published
from projections.publishing.recalculating import Change, Difference
from projections.publishing.service import Again, PublishedList
from projections.publishing.sheets import PartAsked, Rerun, Sheet
from projections.publishing.sheets_web import SheetRerun, SheetWhole
from projections.publishing.store import Listed
from projections.reporting.examples import exits_example

_AT = datetime(2015, 10, 1, 9, tzinfo=UTC)


def published_example() -> Published:
    """Exits of 2014, as they were known on 1 October 2015."""
    report = exits_example().model_dump(mode="json")
    beside = {name: report.pop(name) for name in ("definitions", "freshness", "taken")}
    document = Document(
        id=UUID("01931f0a-7c1e-7bb2-9d0e-5f0c2b3d6a1f"),
        report="exits",
        parameters={
            "from": "2014-01-01",
            "until": "2014-12-31",
            "by": "month",
            "months": 6,
            "as_of": "2015-10-01",
            "known_at": "2015-10-01T09:00:00Z",
            "known_by": "recorded",
        },
        as_of=_AT.date(),
        known_at=_AT,
        known_by=KnownBy.RECORDED,
        question="Hoeveel mensen verlieten de begeleiding naar werk? (schriftelijke vraag 12)",
        published_at=_AT,
        published_by="rapporteur-01",
        organisation="OVO002949",
        definitions=beside["definitions"],
        definition_version="5d41402abc4b2a76b9719d911017c592a6f2c8d4e1f0b3a7968574635241302f",
        code=Code(rows=("7c1e",), report="9d0e"),
        log=LogPlace(
            topic_id=None,
            complete_until=_AT,
            newest_position=40251,
            newest_recorded_at=_AT,
            parked_pathways=0,
            given_up_pathways=0,
            partitions=(PartitionPlace(partition=0, next_offset=6121, newest_position=40251),),
        ),
        result=report,
    )
    return Published.of(document)


def published_list_example() -> PublishedList:
    """One figure in the list."""
    told = published_example()
    listed = Listed.model_validate(told, from_attributes=True)
    return PublishedList(items=(listed,), next_cursor=None)


def again_example() -> Again:
    """One more person, whose closing was recorded afterwards."""
    told = published_example()
    return Again(
        published=told,
        digest_holds=True,
        recalculated_at=datetime(2015, 11, 2, 8, tzinfo=UTC),
        as_known_then=told.result,
        as_known_now=told.result,
        same_as_known_then=True,
        same_as_known_now=False,
        why=(),
        changes=(
            Change(
                group="TOTAAL",
                part="",
                figure="pathways",
                then=120,
                as_known_then=120,
                as_known_now=126,
            ),
        ),
        difference=Difference(facts=6, pathways=6, late=0, whole=True),
        facts=None,
    )


def sheet_example() -> SheetWhole:
    """A sheet with one figure."""
    figure = published_example()
    sheet = Sheet(
        id=UUID("01931f0a-7c1e-7bb2-9d0e-0c2b3d6a1f5f"),
        title="Schriftelijke vraag 12: naar werk",
        parts=(PartAsked(heading="Naar werk", text="In 2014.", published_id=figure.id),),
        made_by=figure.published_by,
        organisation=figure.organisation,
        made_at=_AT,
    )
    return SheetWhole(sheet=sheet, figures=(figure,))


def rerun_example() -> SheetRerun:
    """The same, counted again."""
    told = sheet_example()
    [figure] = told.figures
    again = Rerun(
        published_id=figure.id,
        question=figure.question,
        outcome="SAME",
        digest_holds=True,
        changes=0,
    )
    return SheetRerun(sheet_id=told.sheet.id, figures=(again,))
