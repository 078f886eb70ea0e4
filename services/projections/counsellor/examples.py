"""An example of each answer, for the API's description; a test holds them to their models."""

from datetime import UTC, date, datetime
from uuid import UUID

from projections.counsellor.alerts import Attention, Urgency
from projections.counsellor.answers import (
    AlertTold,
    CaseloadAnswer,
    CaseloadAsked,
    Pathway,
    TimelineAnswer,
)
from projections.counsellor.course import Lane, Spell
from projections.counsellor.difference import Change, DifferenceAnswer, Side
from projections.counsellor.queries import Counters, Entry, ModuleRow
from projections.counsellor.worklist import WorkItem, WorklistAnswer, WorklistAsked
from projections.freshness import Freshness
from projections.points import Taken

_PATHWAY = UUID("01931f0a-7c1e-7bb2-9d0e-6a1f5f0c2b3d")
_RECORDED = datetime(2015, 9, 1, 7, 12, 3, tzinfo=UTC)
_FRESHNESS = Freshness(
    complete_until=datetime(2015, 9, 28, 8, 30, tzinfo=UTC),
    newest_position=4711,
    newest_recorded_at=_RECORDED,
    parked_pathways=0,
)
_ALERT = AlertTold(
    reason=Attention.MODULE_ENDS, day=date(2015, 10, 9), days=11, urgency=Urgency.LATER
)
_ROW: dict[str, object] = {
    "pathway_id": _PATHWAY,
    "person_ref": "01931f0a-7c1e-7bb2-9d0e-6a1f5f0c2b3e",
    "status": "IN_BEGELEIDING",
    "counsellor": "bemiddelaar-01",
    "unit": "OE-VOORBEELD-NOORD",
    "counsellor_since": "2015-08-24",
    "enrolled_on": "2015-08-17",
    "enrolment_inferred": False,
    "legacy_sources": [],
    "incomplete_until": None,
    "category": "00",
    "commune": "11002",
    "scheme": None,
    "guiding_organisation": None,
    "distance": "MATIGE_AFSTAND",
    "screened_on": "2015-08-24",
    "plan_agreed_on": "2015-08-24",
    "plan_review_on": "2016-02-22",
    "referral_provider": None,
    "referral_status": None,
    "guided_until": None,
    "referral_extended": False,
    "running_kinds": ["IBO"],
    "running_organisations": ["0400000148"],
    "running_since": "2015-09-01",
    "next_planned_end": "2015-10-09",
    "absent_until": None,
    "modules": 1,
    "hires": 0,
    "last_hired_on": None,
    "last_employer": None,
    "suspended_on": None,
    "suspended_until": None,
    "planned_start": None,
    "soft_maximum_passed": False,
    "hire_due_by": None,
    "ended_in_protection_on": None,
    "unsigned_ibos": 0,
    "check_due_on": None,
    "first_contact_on": "2015-08-24",
    "without_counsellor_since": None,
    "referred_on": None,
    "hard_maximum_on": None,
    "missed_appointments": 0,
    "exempt_since": None,
    "exempt_until": None,
    "closed_on": None,
    "exit_type": None,
    "merged_into": None,
    "last_fact_on": "2015-09-01",
    "last_recorded_at": _RECORDED,
    "version": 3,
    "waits_from": None,
    "attention": ["MODULE_ENDS"],
}


def caseload_example() -> CaseloadAnswer:
    """A caseload of one."""
    return CaseloadAnswer(
        asked=CaseloadAsked(counsellor="bemiddelaar-01", closed=False),
        taken=Taken(as_of=date(2015, 9, 28)),
        today=date(2015, 9, 28),
        items=[Pathway.model_validate(_ROW)],
        counters=Counters(
            open=1,
            closed=0,
            unassigned=0,
            without_module=0,
            ends_soon=1,
            overdue=0,
            waiting=0,
            by_status={"IN_BEGELEIDING": 1},
        ),
        next_cursor=None,
        freshness=_FRESHNESS,
    )


def timeline_example() -> TimelineAnswer:
    """A pathway with one module, and the event that started it."""
    return TimelineAnswer(
        taken=Taken(as_of=date(2015, 9, 28)),
        pathway=Pathway.model_validate(_ROW),
        alerts=[_ALERT],
        modules=[_MODULE],
        spells=[_SPELL],
        set_by={"status": 3, "counsellor": 2},
        days=[_MODULE.started_on],
        entries=[_ENTRY],
        next_cursor=None,
        freshness=_FRESHNESS,
    )


def difference_example() -> DifferenceAnswer:
    """Somebody else was assigned, and that was told late."""
    told = timeline_example()
    day = date(2015, 9, 1)
    return DifferenceAnswer(
        pathway=told.pathway,
        before=Taken(as_of=day, known_at=told.entries[0].recorded_at.replace(year=2014)),
        after=Taken(as_of=day),
        was=None,
        became=Side(pathway=told.pathway, spells=told.spells),
        same=[Change(field="unit", before="OE-GENT", after="OE-GENT")],
        changes=[Change(field="status", before="INGESCHREVEN", after="IN_BEGELEIDING")],
        entries=told.entries,
        freshness=told.freshness,
    )


_MODULE = ModuleRow(
    module_id=UUID("01931f0a-7c1e-7bb2-9d0e-6a1f5f0c2b40"),
    kind="IBO",
    form=None,
    organisation="0400000148",
    establishment=None,
    occupation=None,
    project=None,
    work_floor=None,
    started_on=date(2015, 9, 1),
    planned_until=date(2015, 10, 9),
    last_day=None,
    hours_per_week=38.0,
    status="LOPEND",
    reason=None,
    migrated=False,
    past_soft_maximum=False,
)
_SPELL = Spell(
    lane=Lane.IBO,
    what="IBO",
    organisation=_MODULE.organisation,
    first_day=_MODULE.started_on,
    last_day=None,
    planned_until=_MODULE.planned_until,
    planned=False,
    version=3,
)
_ENTRY = Entry(
    version=3,
    event_id=UUID("01931f0a-7c1e-7bb2-9d0e-6a1f5f0c2b41"),
    event="ibo-started",
    occurred_on=_MODULE.started_on,
    recorded_at=_RECORDED,
    actor_type="BEMIDDELAAR",
    actor_org="OVO000083",
    pathway_status="IN_BEGELEIDING",
    details={
        "module_id": str(_MODULE.module_id),
        "module_kind": "IBO",
        "module_status": "LOPEND",
        "soft_maximum_on": None,
        "hard_maximum_on": "2016-02-29",
        "planned_until": "2015-10-09",
        "hours_per_week": 38.0,
        "employer": "0400000148",
        "establishment": None,
        "occupation": None,
        "module_organisation": "0400000148",
    },
)


def worklist_example() -> WorklistAnswer:
    """One person whose IBO ends next week."""
    today = date(2015, 9, 28)
    item = WorkItem(
        pathway_id=_PATHWAY,
        person_ref=UUID("01931f0a-7c1e-7bb2-9d0e-6a1f5f0c2b3e"),
        counsellor="bemiddelaar-01",
        running_kinds=["IBO"],
        urgency=Urgency.LATER,
        alerts=[_ALERT],
    )
    return WorklistAnswer(
        asked=WorklistAsked(),
        taken=Taken(as_of=today),
        today=today,
        items=[item],
        total=1,
        by_urgency={Urgency.NOW: 0, Urgency.WEEK: 0, Urgency.LATER: 1},
        snoozed=[],
        whole=True,
        freshness=_FRESHNESS,
    )
