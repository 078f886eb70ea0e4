"""What the endpoints about rights by row take and answer: barriers, overrides, what stands."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from plumbing.callers import CallerKind
from plumbing.row_rights import Rule
from pydantic import AfterValidator, BaseModel, Field, model_validator

from pathway import identifiers
from pathway.api_models import Answered, Body, Insz
from pathway.api_person_models import Code
from pathway.barriers import BarrierKind
from pathway.identifiers import InvalidIdentifier
from pathway.overrides import MOST_HOURS

LEAST_REASON, MOST_REASON = 10, 1000


def _no_insz(told: str) -> str:
    try:
        identifiers.insz(told)
    except InvalidIdentifier:
        return told
    raise ValueError("a caller is named as in their token (vo_id), never by an INSZ")


def _printable(told: str) -> str:
    if not told.isprintable():
        raise ValueError("a caller is named by signs that can be printed")
    return told


def _reason(told: str) -> str:
    text = told.strip()
    if len(text) < LEAST_REASON:
        raise ValueError(f"a reason says why, in {LEAST_REASON} signs or more")
    if not all(sign.isprintable() or sign == "\n" for sign in text):
        raise ValueError("a reason is made of signs that can be printed, and of lines")
    return text


CallerRef = Annotated[
    str,
    Field(
        min_length=1,
        max_length=100,
        pattern=r"^[!-~]+$",
        description="A caller as named in their token (vo_id)",
        examples=["bemiddelaar-01"],
    ),
    AfterValidator(_no_insz),
]


class SetBarrier(Body):
    """What is to stand before a person, who is named by exactly one of `insz` and `person_ref`."""

    kind: BarrierKind
    insz: Insz | None = None
    person_ref: UUID | None = None
    caller_ref: CallerRef | None = Field(
        default=None, description="Whose own file or relative; nobody for a confidential file"
    )
    motive: Code = Field(description="Why, as a code", examples=["EIGEN_MELDING"])

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.insz is None) == (self.person_ref is None):
            raise ValueError("name the person by exactly one of insz and person_ref")
        if (self.kind is BarrierKind.CONFIDENTIAL) != (self.caller_ref is None):
            raise ValueError(
                "EIGEN_DOSSIER and VERWANT need a caller_ref, VERTROUWELIJK takes none"
            )
        return self


class BarrierView(Answered):
    """A barrier; `ended_at` is null while it stands."""

    barrier_id: UUID
    kind: BarrierKind
    person_ref: UUID
    caller_ref: str | None
    motive: str
    set_at: datetime
    set_by: str
    ended_at: datetime | None
    ended_by: str | None


class BarriersAnswer(Answered):
    """Barriers, the newest first."""

    barriers: list[BarrierView]
    next_cursor: str | None = Field(description="What to ask on with; null at the end")


class GiveOverride(Body):
    """Why the caller has to see somebody, who is named by exactly one of `insz` and `pathway_id`."""

    insz: Insz | None = None
    pathway_id: UUID | None = None
    reason: Annotated[str, AfterValidator(_reason)] = Field(
        min_length=LEAST_REASON,
        max_length=MOST_REASON,
        description="Free text, which auditors read",
    )
    hours: int = Field(default=MOST_HOURS, ge=1, le=MOST_HOURS, description="How long it holds")

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.insz is None) == (self.pathway_id is None):
            raise ValueError("name whom you have to see by exactly one of insz and pathway_id")
        return self


class OverrideGiven(Answered):
    """What the caller may see until then (UTC), and which rule refused it before."""

    override_id: UUID
    person_ref: UUID
    pathways: list[UUID]
    rule: Rule
    until: datetime


class OverrideEnded(Answered):
    """An override of the caller's own that is over; `ended_at` is null when its time had passed."""

    override_id: UUID
    until: datetime
    ended_at: datetime | None


class OverrideView(Answered):
    """Who overrode which rule about whom and why; `reason` is null when it was destroyed."""

    override_id: UUID
    caller_ref: str
    organisation: str
    person_ref: UUID
    rule: Rule
    reason: str | None
    since: datetime
    until: datetime
    ended_at: datetime | None


class OverridesAnswer(Answered):
    """Overrides, the newest first."""

    overrides: list[OverrideView]
    next_cursor: str | None = Field(description="What to ask on with; null at the end")


class StandingSought(Body):
    """Between whom and everybody to tell what stands, as their token names them."""

    caller_ref: Annotated[str, AfterValidator(_printable)] = Field(min_length=1, max_length=1000)
    caller_kind: CallerKind | None = Field(
        default=None, description="Before systems (SYSTEEM) nothing stands"
    )


class Lifted(Answered):
    """A person whose refusals the caller lifted, until then (UTC)."""

    person_ref: UUID
    until: datetime


class StandingAnswer(Answered):
    """What stands between a caller and people, under every reference of theirs."""

    barriers: dict[Rule, list[UUID]] = Field(description="People by the rule that is before them")
    overridden: list[Lifted]


_REFERENCE = "01931f0a-7c1e-7bb2-9d0e-6a1f5f0c2b3d"
_PATHWAY = "01931f0a-7c1e-7bb2-9d0e-0c5b8a1e4f60"
_REASON = "Belde aan het onthaal; de eigen bemiddelaar is afwezig."
_OWN_FILE = {"kind": "EIGEN_DOSSIER", "caller_ref": "bemiddelaar-01", "motive": "EIGEN_MELDING"}
_BARRIER = {
    "barrier_id": "01931f0a-7c1e-7bb2-9d0e-4f600c5b8a1e",
    **_OWN_FILE,
    "person_ref": _REFERENCE,
    "set_at": "2015-09-01T08:00:00Z",
    "set_by": "beheerder-01",
    "ended_at": None,
    "ended_by": None,
}
_OVERRIDE = {"override_id": "01931f0a-7c1e-7bb2-9d0e-5f0c2b3d6a1f"}
_UNTIL = {"until": "2015-09-02T08:00:00Z"}
_LIFTED = {**_OVERRIDE, "person_ref": _REFERENCE, "rule": "VAN_ANDEREN", **_UNTIL}
ROW_EXAMPLES: Mapping[type[BaseModel], Mapping[str, Any]] = {
    SetBarrier: {"insz": "84.05.17-998.97", **_OWN_FILE},
    GiveOverride: {"pathway_id": _PATHWAY, "reason": _REASON, "hours": 4},
    StandingSought: {"caller_ref": "bemiddelaar-01", "caller_kind": "BEMIDDELAAR"},
}
ROW_ANSWERS: Mapping[type[BaseModel], Mapping[str, Any]] = {
    BarrierView: _BARRIER,
    BarriersAnswer: {"barriers": [_BARRIER], "next_cursor": None},
    OverrideGiven: {**_LIFTED, "pathways": [_PATHWAY]},
    OverrideEnded: {**_OVERRIDE, **_UNTIL, "ended_at": "2015-09-01T09:30:00Z"},
    OverridesAnswer: {
        "overrides": [
            {
                **_LIFTED,
                "caller_ref": "bemiddelaar-01",
                "organisation": "OVO000083",
                "reason": _REASON,
                "since": "2015-09-01T08:00:00Z",
                "ended_at": None,
            }
        ],
        "next_cursor": None,
    },
    StandingAnswer: {
        "barriers": {"EIGEN_DOSSIER": [_REFERENCE]},
        "overridden": [{"person_ref": "01931f0a-7c1e-7bb2-9d0e-6a1f5f0c2b3e", **_UNTIL}],
    },
}
