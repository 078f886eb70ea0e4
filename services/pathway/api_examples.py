"""An example of each request's body: the people are invented, the enterprise is VDAB."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from pathway.api_hand_over_models import HAND_OVER_EXAMPLES
from pathway.api_models import EnrolPerson, NamesSought, PersonSought
from pathway.api_person_models import PERSON_EXAMPLES
from pathway.api_row_models import ROW_EXAMPLES
from pathway.domain.absence import ReportAbsence
from pathway.domain.closing import Close, Reopen
from pathway.domain.corrections import AnnulModule, AnnulPathway, AnnulRegistration, CorrectData
from pathway.domain.course import (
    ChangeIntensity,
    ExtendModule,
    InterruptModule,
    ResumeModule,
    ShortenModule,
)
from pathway.domain.duties import (
    EndExemption,
    GrantExemption,
    HoldAppointment,
    MissAppointment,
    PlanAppointment,
    SendTransmission,
)
from pathway.domain.employment import CheckEmployment, EndEmployment
from pathway.domain.enrolment import RecordCharacteristics
from pathway.domain.guidance import AssignCounsellor, Screen, TransferCounsellor, UnassignCounsellor
from pathway.domain.ibo import CompleteIbo, StartIbo
from pathway.domain.ibo_contract import SignIboContract
from pathway.domain.legacy import RecordLegacyImport
from pathway.domain.merging import MergePathways, RevertMerge
from pathway.domain.modules import StopModule
from pathway.domain.obligation import RecordHireBreach, WaiveHireObligation
from pathway.domain.plan import AgreePlan
from pathway.domain.planning import DropPlannedModule, PlanModule
from pathway.domain.referral import (
    ChangeGuidingOrganisation,
    ConfirmReferral,
    ExtendReferral,
    ReferToProvider,
    RefuseReferral,
)
from pathway.domain.stage import CompleteStage, StartStage
from pathway.domain.suspension import Resume, Suspend
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
    RecordLegacyImport: {
        "on": "2013-05-13",
        "source": "MIJN-LOOPBAAN-OUD",
        "source_ref": "D-0048112",
        "exported_on": "2014-01-31",
        "incomplete_until": "2013-12-31",
    },
    AssignCounsellor: {"on": "2015-01-07", "counsellor": "bemiddelaar-01", "unit": "OE-GENT"},
    TransferCounsellor: {
        "on": "2015-03-02",
        "counsellor": "bemiddelaar-02",
        "unit": "OE-GENT",
        "reason": "HERVERDELING",
    },
    UnassignCounsellor: {"on": "2015-03-02", "reason": "UIT_DIENST"},
    Screen: {
        "on": "2015-01-07",
        "distance": "MATIGE_AFSTAND",
        "needs": ["MOBILITEIT", "TAAL"],
        "advice": "WERKPLEKLEREN",
        "method": "GESPREK",
    },
    AgreePlan: {
        "on": "2015-01-19",
        "goals": ["N110301", "N110502"],
        "competent_version": "2014-2",
        "actions": ["OPLEIDING", "WERKPLEKLEREN"],
        "review_on": "2015-07-20",
    },
    ChangeGuidingOrganisation: {
        "on": "2016-03-01",
        "to_organisation": _EMPLOYER,
        "reason": "OVERDRACHT",
        "agreement_ref": "AKKOORD-2016-031",
    },
    ReferToProvider: {
        "on": "2016-01-04",
        "provider": _EMPLOYER,
        "lot": "PERCEEL-4",
        "scheme": "IWPL_TENDER",
    },
    ConfirmReferral: {"on": "2016-01-18"},
    RefuseReferral: {"on": "2016-01-18", "reason": "GEEN_PLAATS"},
    ExtendReferral: {"on": "2016-12-05", "until": "2017-07-17", "decision_ref": "MOTIEF-2016-12"},
    PlanAppointment: {"on": "2015-01-07", "planned_for": "2015-01-21", "channel": "KANTOOR"},
    HoldAppointment: {"on": "2015-01-21"},
    MissAppointment: {"on": "2015-01-21", "valid_excuse": False},
    GrantExemption: {"on": "2015-03-02", "ground": "OPLEIDING", "until": "2015-06-30"},
    EndExemption: {"on": "2015-05-04"},
    SendTransmission: {
        "on": "2015-02-23",
        "reason": "AFSPRAAK_GEMIST",
        "reference": "TRANSMISSIE-2015-0217",
    },
    StartIbo: {
        "on": "2015-09-01",
        "planned_until": "2016-02-29",
        "hours_per_week": 38,
        "employer": _EMPLOYER,
    },
    PlanModule: {
        "on": "2015-02-16",
        "module_kind": "STAGE",
        "stage": "OS",
        "organisation": _EMPLOYER,
        "planned_from": "2015-03-02",
        "planned_until": "2015-03-27",
        "hours_per_week": 38,
    },
    DropPlannedModule: {"on": "2015-03-02", **_MODULE, "reason": "GEEN_PLAATS"},
    InterruptModule: {"on": "2015-11-02", **_MODULE, "reason": "COLLECTIEVE_SLUITING"},
    ReportAbsence: {"on": "2015-11-16", **_MODULE, "last_day": "2015-11-18", "reason": "ZIEKTE"},
    ResumeModule: {"on": "2015-11-09", **_MODULE},
    ExtendModule: {
        "on": "2016-01-18",
        **_MODULE,
        "planned_until": "2016-03-04",
        "motive": "INHALEN_AFWEZIGHEID",
    },
    ShortenModule: {
        "on": "2016-01-18",
        **_MODULE,
        "planned_until": "2016-02-12",
        "motive": "COMPETENTIES_SNELLER_BEREIKT",
    },
    ChangeIntensity: {
        "on": "2015-12-07",
        **_MODULE,
        "hours_per_week": 30.4,
        "motive": "VRAAG_CURSIST",
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
    SignIboContract: {
        "on": "2015-08-27",
        **_MODULE,
        "party": "WERKGEVER",
        "plan_ref": "PLAN-2015-0042",
    },
    WaiveHireObligation: {
        "on": "2016-03-14",
        **_MODULE,
        "motive": "HERSTRUCTURERING",
        "decision_ref": "BESL-2016-0007",
    },
    RecordHireBreach: {
        "on": "2016-03-14",
        **_MODULE,
        "motive": "GEEN_AANWERVING",
        "decision_ref": "BESL-2016-0008",
        "sanction_until": "2018-03-13",
    },
    EndEmployment: {
        "on": "2016-07-29",
        "employer": _EMPLOYER,
        "reason": "ONTSLAG_WERKGEVER",
        "returns_to_guidance": True,
    },
    CheckEmployment: {
        "on": "2016-06-06",
        "checkpoint": "3M",
        "in_work": True,
        "same_employer": True,
        "source": "DMFA",
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
    Suspend: {"on": "2015-11-02", "reason": "FAMILIAAL", "expected_until": "2015-11-30"},
    Resume: {"on": "2015-12-01"},
    Reopen: {"on": "2016-04-01", "reason": "WERK_GING_NIET_DOOR"},
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
    **HAND_OVER_EXAMPLES,
}


def body_documented(model: type[BaseModel]) -> dict[str, Any]:
    """The body of an endpoint that reads it itself, for OpenAPI: its schema and its example."""
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    content = {"schema": schema, "example": EXAMPLES[model]}
    return {"required": True, "content": {"application/json": content}}
