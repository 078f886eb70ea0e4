"""An example of each request's body: the people are invented, the enterprise is VDAB."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from pathway.api_models import EnrolPerson, NamesSought, PersonSought
from pathway.api_person_models import PERSON_EXAMPLES
from pathway.api_row_models import ROW_EXAMPLES
from pathway.domain.closing import Close
from pathway.domain.corrections import (
    AnnulModule,
    AnnulPathway,
    AnnulRegistration,
    CorrectData,
)
from pathway.domain.enrolment import RecordCharacteristics
from pathway.domain.guidance import AssignCounsellor
from pathway.domain.ibo import CompleteIbo, StartIbo
from pathway.domain.merging import MergePathways, RevertMerge
from pathway.domain.modules import StopModule
from pathway.domain.stage import CompleteStage, StartStage
from pathway.domain.wep_plus import (
    CompleteModule,
    MigrateWepPlus,
    StartInsertionModule,
    StartWorkExperienceModule,
)
from pathway.domain.work import Hire

_MODULE = {"module_id": "01931f0a-7c1e-7bb2-9d0e-6a1f5f0c2b3d"}
_INSZ = {"insz": "84.05.17-998.97"}
_EMPLOYER = "0887010362"
_WEP_PLUS = {
    "on": "2015-01-12",
    "planned_until": "2015-07-12",
    "hours_per_week": 19,
    "promotor": _EMPLOYER,
    "project": "WEP-2015-017",
}

EXAMPLES: Mapping[type[BaseModel], Mapping[str, Any]] = {
    EnrolPerson: {
        "on": "2015-01-05",
        **_INSZ,
        "last_name": "Testers",
        "first_name": "Anna",
        "category": "00",
        "channel": "LOKET",
        "characteristics": {"commune": "44021", "age_group": "25-49", "education": "KORT"},
    },
    RecordCharacteristics: {
        "on": "2015-01-05",
        "commune": "44021",
        "unemployed_since": "2013-11-01",
        "gender": "V",
    },
    AssignCounsellor: {"on": "2015-01-07", "counsellor": "bemiddelaar-01", "unit": "OE-GENT"},
    StartIbo: {
        "on": "2015-09-01",
        "planned_until": "2016-02-29",
        "hours_per_week": 38,
        "employer": _EMPLOYER,
    },
    CompleteIbo: {"on": "2016-02-29", **_MODULE},
    StartStage: {
        "on": "2015-03-02",
        "planned_until": "2015-03-20",
        "hours_per_week": 30.4,
        "stage": "BVS",
        "host": _EMPLOYER,
    },
    CompleteStage: {"on": "2015-03-20", **_MODULE},
    StartWorkExperienceModule: _WEP_PLUS,
    StartInsertionModule: _WEP_PLUS,
    CompleteModule: {"on": "2015-07-12", **_MODULE},
    StopModule: {"on": "2015-05-04", **_MODULE, "reason": "OVERMACHT"},
    MigrateWepPlus: {
        "on": "2015-07-13",
        "to_scheme": "IWPL_SUBSIDIE",
        "guiding_organisation": _EMPLOYER,
    },
    Hire: {
        "on": "2016-03-01",
        "employer": _EMPLOYER,
        "contract": "ONBEPAALDE_DUUR",
        "hours_per_week": 38,
        "proof": "DIMONA",
    },
    CorrectData: {
        "on": "2015-09-07",
        "fact_id": "01931f0a-7c1e-7bb2-9d0e-6a1f5f0c2b3d",
        "changes": {"planned_until": "2016-03-06"},
        "reason": "INVOERFOUT",
        "authority": "MAIL-2015-0917",
    },
    AnnulRegistration: {
        "on": "2016-03-02",
        "fact_id": "01931f0a-7c1e-7bb2-9d0e-6a1f5f0c2b3d",
        "reason": "DUBBEL",
    },
    AnnulModule: {"on": "2016-03-02", **_MODULE, "reason": "VERKEERD_INSTRUMENT"},
    AnnulPathway: {"on": "2016-03-02", "reason": "VERKEERDE_PERSOON"},
    MergePathways: {
        "on": "2016-03-02",
        "absorbed": "01931f0a-7c1e-7bb2-9d0e-6a1f5f0c2b3d",
        "reason": "TWEE_NUMMERS",
        "authority": "KSZ-2016-0302",
    },
    RevertMerge: {
        "on": "2016-04-01",
        "absorbed": "01931f0a-7c1e-7bb2-9d0e-6a1f5f0c2b3d",
        "reason": "INVOERFOUT",
    },
    Close: {"on": "2016-03-01", "exit_type": "WERK_NEC_LOONTREKKEND"},
    PersonSought: _INSZ,
    NamesSought: {"references": ["01931f0a-7c1e-7bb2-9d0e-6a1f5f0c2b3d"]},
    **PERSON_EXAMPLES,
    **ROW_EXAMPLES,
}


def body_documented(model: type[BaseModel]) -> dict[str, Any]:
    """The body of an endpoint that reads it itself, for OpenAPI: its schema and its example."""
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    content = {"schema": schema, "example": EXAMPLES[model]}
    return {"required": True, "content": {"application/json": content}}
