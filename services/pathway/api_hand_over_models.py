"""What handing a caseload over takes and answers over HTTP."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from pathway.api_views import Answered
from pathway.bulk import HandOver
from pathway.bulk_run import Outcome

MOST_PATHWAYS = 200


class HandOverAsked(HandOver):
    """Which of a counsellor's pathways go to whom, from which day on."""

    pathways: Annotated[
        list[UUID], Field(min_length=1, max_length=MOST_PATHWAYS, description="In this order")
    ]
    preview: Annotated[
        bool, Field(description="Tell what would become of each, and record nothing")
    ] = False


class HandedOver(Answered):
    """What became of one pathway; in a preview, what would."""

    pathway_id: UUID
    outcome: Outcome
    warnings: list[str]
    rule: str | None = Field(description="Which rule refused it", examples=["another-guides"])
    detail: str | None = Field(description="Why, and the way out")


class HandOverAnswer(Answered):
    """How many came to what, and each pathway in the order that was asked."""

    preview: bool
    correlation_id: str = Field(description="Of the facts that it records, and of its refusals")
    accepted: int
    warned: int = Field(description="How many of those accepted have a warning")
    already: int = Field(description="Recorded by the same request before")
    refused: int
    pathways: list[HandedOver]


_PATHWAY = "01931f0a-7c1e-7bb2-9d0e-0c5b8a1e4f60"
_OTHER = "01931f0a-7c1e-7bb2-9d0e-2b3d6a1f5f0c"
HAND_OVER_EXAMPLES: Mapping[type[BaseModel], Mapping[str, Any]] = {
    HandOverAsked: {
        "from_counsellor": "bemiddelaar-01",
        "counsellor": "bemiddelaar-02",
        "on": "2015-09-01",
        "reason": "HERVERDELING",
        "pathways": [_PATHWAY, _OTHER],
        "preview": True,
    },
}
HAND_OVER_ANSWERS: Mapping[type[BaseModel], Mapping[str, Any]] = {
    HandOverAnswer: {
        "preview": True,
        "correlation_id": "bulk:01931f0a-7c1e-5bb2-9d0e-6a1f5f0c2b3d",
        "accepted": 1,
        "warned": 0,
        "already": 0,
        "refused": 1,
        "pathways": [
            {
                "pathway_id": _PATHWAY,
                "outcome": "accepted",
                "warnings": [],
                "rule": None,
                "detail": None,
            },
            {
                "pathway_id": _OTHER,
                "outcome": "refused",
                "warnings": [],
                "rule": "another-guides",
                "detail": "It is closed, or bemiddelaar-01 does not guide it now. "
                "See who does on its own page.",
            },
        ],
    },
}
