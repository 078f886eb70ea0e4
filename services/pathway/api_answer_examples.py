"""An example of each answer of the REST API, for its documentation: nobody in them exists."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from plumbing.access_reading import EXAMPLE as LOOKS, LooksAnswer
from pydantic import BaseModel

import schemas
from pathway.api_hand_over_models import HAND_OVER_ANSWERS
from pathway.api_models import (
    CommandDone,
    DifferenceAnswer,
    EventsAnswer,
    HistoryAnswer,
    NamesAnswer,
    PersonFound,
    PublishedDifferenceAnswer,
    PublishedHistoryAnswer,
    RefusedAnswer,
    StateAnswer,
)
from pathway.api_offered_models import OfferedAnswer
from pathway.api_person_models import PERSON_ANSWERS
from pathway.api_row_models import ROW_ANSWERS
from pathway.api_running import RUNNING_ANSWERS
from pathway.api_where import WHERE_ANSWERS

_PUBLISHED = Path(schemas.__file__).parent / "examples" / "counsellor-assigned.v1.json"
_PATHWAY = {"pathway_id": "01931f0a-7c1e-7bb2-9d0e-0c5b8a1e4f60"}
_PERSON = {"person_ref": "01931f0a-7c1e-7bb2-9d0e-5f0c2b3d6a1f"}
_ACTOR = {"kind": "BEMIDDELAAR", "ref": "bemiddelaar-01", "organisation": "OVO000083"}
_COMMAND = {
    "command_id": "8f14e45f-ceea-467f-9d2b-9a3b1c7d0e21",
    "correlation_id": "01931f0a-7c1e-7bb2-9d0e-2b3d6a1f5f0c",
}
_STATE: Mapping[str, Any] = {
    **_PERSON,
    "enrolled_on": "2015-01-05",
    "status": "IN_BEGELEIDING",
    "counsellor": "bemiddelaar-01",
    "unit": "OE-GENT",
    "screening": {
        "on": "2015-01-07",
        "distance": "MATIGE_AFSTAND",
        "needs": ["MOBILITEIT", "TAAL"],
        "advice": "WERKPLEKLEREN",
        "method": "GESPREK",
    },
    "plan": {
        "agreed_on": "2015-01-19",
        "goals": ["N110301", "N110502"],
        "competent_version": "2014-2",
        "actions": ["OPLEIDING", "WERKPLEKLEREN"],
        "review_on": "2015-07-20",
    },
    "transmission_candidate": False,
    "characteristics": None,
    "modules": [
        {
            "module_id": "01931f0a-7c1e-7bb2-9d0e-6a1f5f0c2b3d",
            "kind": "IBO",
            "status": "LOPEND",
            "started_on": "2015-09-01",
            "planned_until": "2016-02-29",
            "last_day": None,
            "hours_per_week": 38,
            "organisation": "0887010362",
            "project": None,
            "reason": None,
            "migrated": False,
        }
    ],
    "scheme": None,
    "guiding_organisation": None,
    "referral": None,
    "annulled": [],
    "hires": [],
    "closed_on": None,
    "exit_type": None,
    "merged_into": None,
    "last_fact_on": "2015-09-01",
}
_FACT: Mapping[str, Any] = {
    "fact_id": "01931f0a-7c1e-7bb2-9d0e-8a1e4f600c5b",
    "version": 2,
    "position": "40249",
    "recorded_at": "2015-01-07T09:12:30.221000Z",
    "source_time": None,
    "actor": _ACTOR,
    **_COMMAND,
    "causation_id": _COMMAND["command_id"],
    "traceparent": None,
    "rules": [],
    "warnings": [],
    "data_class": 1,
    "prev_hash": "7c88f83b6028ade382b2dd8426cebd09b6eca8134ef4ca0869d1a12fec88be22",
    "hash": "1f0a6028ade382b2dd8426cebd09b6eca8134ef4ca0869d1a12fec88be227c88",
    "fact": {
        "kind": "CounsellorAssigned",
        "occurred_on": "2015-01-07",
        "counsellor": "bemiddelaar-01",
        "unit": "OE-GENT",
    },
}
_DIFFERENCE: Mapping[str, Any] = {
    **_PATHWAY,
    "known_by": "recorded",
    "before": {"as_of": "2015-01-10", "known_at": "2015-01-06T00:00:00Z", "version": 1},
    "after": {"as_of": "2015-01-10", "known_at": None, "version": 2},
    "changes": [{"field": "/counsellor", "before": None, "after": "bemiddelaar-01"}],
}
ANSWERS: Mapping[type[BaseModel], Mapping[str, Any]] = {
    CommandDone: {
        **_PATHWAY,
        "version": 3,
        "facts": [
            {
                "kind": "IboStarted",
                "version": 3,
                "module_id": "01931f0a-7c1e-7bb2-9d0e-6a1f5f0c2b3d",
            }
        ],
        "warnings": [],
    },
    StateAnswer: {
        **_PATHWAY,
        "version": 3,
        "as_of": "2015-10-01",
        "known_at": None,
        "known_by": "recorded",
        "state": _STATE,
    },
    OfferedAnswer: {
        **_PATHWAY,
        "version": 3,
        "today": "2015-10-01",
        "fresh_from": "2015-09-24",
        "commands": [
            {
                "command": "suspend",
                "does": {
                    "nl": "De begeleiding wacht een tijd; modules die lopen, pauzeren mee.",
                    "en": "Guidance waits for a time; modules that run pause with it.",
                },
                "why_not": None,
                "fields": [
                    {
                        "name": "on",
                        "label": {"nl": "Dag", "en": "Day"},
                        "help": None,
                        "type": "day",
                        "required": True,
                        "choices": [],
                        "pattern": None,
                        "least": None,
                        "most": None,
                        "earliest": "2015-01-05",
                        "latest": "2015-10-01",
                        "value": "2015-10-01",
                    }
                ],
            }
        ],
    },
    HistoryAnswer: {**_PATHWAY, "facts": [_FACT], "next_cursor": "2"},
    PublishedHistoryAnswer: {
        **_PATHWAY,
        "events": [json.loads(_PUBLISHED.read_text())],
        "next_cursor": None,
    },
    EventsAnswer: {
        "events": [json.loads(_PUBLISHED.read_text())],
        "next": "40322",
        "position": "40322",
    },
    DifferenceAnswer: {**_DIFFERENCE, "facts": [_FACT]},
    PublishedDifferenceAnswer: {**_DIFFERENCE, "events": [json.loads(_PUBLISHED.read_text())]},
    PersonFound: {
        **_PERSON,
        "also": [],
        "number": "CURRENT",
        "pathways": [{**_PATHWAY, "open": True}],
    },
    **PERSON_ANSWERS,
    **ROW_ANSWERS,
    **WHERE_ANSWERS,
    **RUNNING_ANSWERS,
    NamesAnswer: {"names": [{**_PERSON, "last_name": "Testers", "first_name": "Anna"}]},
    RefusedAnswer: {
        "refused": [
            {
                "refused_id": "01931f0a-7c1e-7bb2-9d0e-4f600c5b8a1e",
                "refused_at": "2015-09-01T08:00:00Z",
                "actor": _ACTOR,
                **_PATHWAY,
                "command": "start-ibo",
                "rule": "too-many-hours",
                "field": "hours_per_week",
                "detail": "From 2015-09-01 on the modules would take 57 hours a week together.",
                **_COMMAND,
            }
        ],
        "next_cursor": None,
    },
    **HAND_OVER_ANSWERS,
    LooksAnswer: LOOKS.model_dump(mode="json"),
}
