"""Published histories of invented pathways, written as their events, and the topic's records of them."""

import itertools
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid5

import orjson
from projections.projection import Record

import schemas
from schemas import Message, event_type
from schemas.codes import (
    AbsenceReason,
    Advice,
    AgeGroup,
    BreachMotive,
    Channel,
    Checkpoint,
    ContractKind,
    ContractParty,
    DeadlineKind,
    Distance,
    Education,
    ExemptionKind,
    ExitType,
    Gender,
    GuideChangeReason,
    HandOverReason,
    JobEndReason,
    LegalStatus,
    ModuleKind,
    ModuleStatus,
    PathwayStatus,
    PlanAction,
    Proof,
    ReopeningReason,
    Scheme,
    ScreeningMethod,
    StageKind,
    StopReason,
    SuspensionReason,
    WaiverMotive,
)
from schemas.events import (
    AbsenceReported,
    AppointmentMissed,
    CounsellorAssigned,
    CounsellorTransferred,
    CounsellorUnassigned,
    Data,
    DeadlineReached,
    EmploymentChecked,
    EmploymentEnded,
    Enrolled,
    ExemptionGranted,
    GuidingOrganisationChanged,
    HiredInNec,
    HireObligationBreached,
    HireObligationWaived,
    IboCompleted,
    IboContractSigned,
    IboStarted,
    ImportedFromLegacy,
    InsertionModuleStarted,
    MigratedModule,
    ModuleCompleted,
    ModuleStopped,
    ParticipantCharacteristicsRecorded,
    PathwayClosed,
    PathwayPlanAgreed,
    PathwayReopened,
    PathwayResumed,
    PathwaySuspended,
    ReferralConfirmed,
    ReferralExtended,
    ReferredToProvider,
    Screened,
    StageCompleted,
    StageStarted,
    WepPlusMigrated,
    Withheld,
    WorkExperienceModuleStarted,
)

NAMES = UUID("00000000-0000-7000-8000-000000000000")
BAKERY, GARDEN, CANTEEN = "0400000148", "0400000247", "0400000346"
ANTWERP, GHENT = "11002", "44021"

_positions = itertools.count(1)


def named(name: str) -> UUID:
    """An id that a test can name: the same for the same name."""
    return uuid5(NAMES, name)


class History:
    """What the topic has of one pathway, event after event; `recorded` days are of the newest event."""

    def __init__(self, pathway: str, person: str | None = None) -> None:
        self.pathway_id = named(f"pathway {pathway}")
        self.person_ref = named(f"person {person or pathway}")
        self.values: list[bytes] = []
        self.status = PathwayStatus.INGESCHREVEN
        self.modules: dict[str, ModuleKind] = {}
        self.recorded_at = datetime(2015, 1, 1, 8, tzinfo=UTC)

    def __len__(self) -> int:
        return len(self.values)

    def event_id(self, version: int) -> UUID:
        return UUID(orjson.loads(self.values[version - 1])["id"])

    def add(self, data: Data, on: date, **envelope: object) -> "History":
        self.recorded_at = max(
            self.recorded_at + timedelta(seconds=1), datetime.combine(on, time(9), UTC)
        )
        version = len(self.values) + 1
        message = Message[type(data)](
            **{
                "id": named(f"{self.pathway_id} {version} {next(_positions)}"),
                "type": event_type(type(data)),
                "subject": self.pathway_id,
                "time": self.recorded_at,
                "dataschema": "https://example.org/schemas",
                "partitionkey": self.pathway_id,
                "streamversion": version,
                "globalposition": str(next(_positions)),
                "occurredon": on,
                "actortype": "BEMIDDELAAR",
                "actorref": "u100",
                "actororg": "OVO001234",
                "correlationid": "c-1",
                "causationid": "c-1",
                "dataclass": 1,
                "ruleversion": "",
                "prevhash": "0" * 64,
                "hash": "1" * 64,
                "data": data,
                **envelope,
            }
        )
        self.values.append(message.to_bytes())
        return self

    def tell(self, kind: type[Data], on: date, **fields: object) -> "History":
        return self.add(kind(pathway_status=self.status, **fields), on)

    def enrolled(self, on: date, *, inferred: bool = False) -> "History":
        return self.tell(
            Enrolled,
            on,
            person_ref=self.person_ref,
            category=None,
            channel=Channel.IMPORT if inferred else Channel.LOKET,
            inferred=inferred,
        )

    def from_legacy(self, on: date, until: date, source: str = "OUD") -> "History":
        days = {"exported_on": until, "incomplete_until": until}
        return self.tell(ImportedFromLegacy, on, source=source, source_ref="D-1", **days)

    def characteristics(self, on: date, commune: str | None = ANTWERP) -> "History":
        return self.tell(
            ParticipantCharacteristicsRecorded,
            on,
            commune=commune,
            unemployed_since=date(2012, 1, 1),
            age_group=AgeGroup.FROM_25,
            gender=Gender.VROUW,
            education=Education.KORT,
        )

    def assigned(self, on: date, counsellor: str = "u100", unit: str = "OE-9000") -> "History":
        self.status = PathwayStatus.IN_BEGELEIDING
        return self.tell(CounsellorAssigned, on, counsellor=counsellor, unit=unit)

    def transferred(self, on: date, before: str, to: str, unit: str = "OE-9000") -> "History":
        told = {"from_counsellor": before, "counsellor": to, "unit": unit}
        return self.tell(CounsellorTransferred, on, **told, reason=HandOverReason.HERVERDELING)

    def unassigned(self, on: date, before: str) -> "History":
        reason = HandOverReason.UIT_DIENST
        return self.tell(CounsellorUnassigned, on, counsellor=before, reason=reason)

    def screened(self, on: date, distance: str = "MATIGE_AFSTAND") -> "History":
        return self.tell(
            Screened,
            on,
            distance=Distance(distance),
            needs=(),
            advice=Advice.OPLEIDING,
            method=ScreeningMethod.GESPREK,
        )

    def plan_agreed(self, on: date, review_on: date) -> "History":
        told = {"goals": (), "competent_version": None, "actions": (PlanAction.OPLEIDING,)}
        return self.tell(PathwayPlanAgreed, on, **told, review_on=review_on)

    def absent(self, name: str, on: date, last_day: date) -> "History":
        module = self._module(name, ModuleStatus.LOPEND)
        return self.tell(
            AbsenceReported, on, **module, last_day=last_day, reason=AbsenceReason.ANDERE
        )

    def referred(self, on: date, provider: str = CANTEEN) -> "History":
        scheme = Scheme.IWPL_TENDER
        return self.tell(ReferredToProvider, on, provider=provider, lot="P-4", scheme=scheme)

    def confirmed(self, on: date, provider: str = CANTEEN) -> "History":
        told = {"provider": provider, "lot": "P-4", "scheme": Scheme.IWPL_TENDER}
        return self.tell(ReferralConfirmed, on, **told, until=on + timedelta(days=364))

    def extended(self, on: date, until: date, provider: str = CANTEEN) -> "History":
        return self.tell(ReferralExtended, on, provider=provider, until=until)

    def guide_changed(self, on: date, before: str, to: str) -> "History":
        return self.tell(
            GuidingOrganisationChanged,
            on,
            from_organisation=before,
            to_organisation=to,
            lot=None,
            reason=GuideChangeReason.OVERDRACHT,
            agreement_ref="A-1",
            mandate_ended_on=None,
        )

    def ibo(
        self, name: str, on: date, until: date, employer: str = BAKERY, **more: object
    ) -> "History":
        told = {"employer": employer, "establishment": None, "occupation": None, **more}
        return self._start(IboStarted, ModuleKind.IBO, name, (on, until), told)

    def stage(self, name: str, on: date, until: date, host: str = BAKERY) -> "History":
        more = {"stage": StageKind.WES, "host": host}
        return self._start(StageStarted, ModuleKind.STAGE, name, (on, until), more)

    def work_experience(self, name: str, on: date, until: date, **more: object) -> "History":
        kind, told = ModuleKind.WEP_WERKERVARING, {**_wep_plus(), **more}
        return self._start(WorkExperienceModuleStarted, kind, name, (on, until), told)

    def insertion(self, name: str, on: date, until: date, **more: object) -> "History":
        kind, told = ModuleKind.WEP_INSCHAKELING, {**_wep_plus(), **more}
        return self._start(InsertionModuleStarted, kind, name, (on, until), told)

    def _start(
        self,
        event: type[Data],
        kind: ModuleKind,
        name: str,
        days: tuple[date, date],
        more: dict[str, object],
    ) -> "History":
        on, until = days
        self.status = PathwayStatus.IN_BEGELEIDING
        self.modules[name] = kind
        module = self._module(name, ModuleStatus.LOPEND)
        return self.tell(event, on, **module, planned_until=until, hours_per_week=38.0, **more)

    def completed(self, name: str, on: date, **more: object) -> "History":
        event = {ModuleKind.IBO: IboCompleted, ModuleKind.STAGE: StageCompleted}.get(
            self.modules[name], ModuleCompleted
        )
        return self.tell(event, on, **self._module(name, ModuleStatus.VOLTOOID), **more)

    def stopped(
        self, name: str, on: date, reason: StopReason = StopReason.NIET_OPGEDAAGD
    ) -> "History":
        module = self._module(name, ModuleStatus.STOPGEZET)
        return self.tell(ModuleStopped, on, **module, reason=reason)

    def migrated(self, on: date, *names: str, to: str = CANTEEN) -> "History":
        left = tuple(
            MigratedModule(
                **self._module(name, ModuleStatus.STOPGEZET), last_day=on - timedelta(days=1)
            )
            for name in names
        )
        return self.tell(
            WepPlusMigrated,
            on,
            from_modules=left,
            to_scheme=Scheme.IWPL_SUBSIDIE,
            lot=None,
            legal_status_before=LegalStatus.DOELGROEPWERKNEMER,
            legal_status_after=LegalStatus.WERKZOEKENDE,
            guiding_organisation_before=GARDEN,
            guiding_organisation_after=to,
            host_organisation=None,
            aftercare_premium=None,
        )

    def hired(self, on: date, employer: str = BAKERY, **more: object) -> "History":
        self.status = PathwayStatus.NAZORG
        return self.tell(
            HiredInNec,
            on,
            **{
                "employer": employer,
                "establishment": None,
                "contract": ContractKind.ONBEPAALDE_DUUR,
                "until": None,
                "hours_per_week": 38.0,
                "occupation": None,
                "linked_module_id": None,
                "proof": Proof.DIMONA,
                **more,
            },
        )

    def reached(self, on: date, name: str) -> "History":
        """The planned end of that module passed; only the scheduler noticed."""
        about = self._module(name, ModuleStatus.LOPEND)
        del about["module_status"]
        return self.tell(DeadlineReached, on, deadline=DeadlineKind.MODULE_EINDE, **about)

    def signed(self, name: str, on: date, *parties: ContractParty) -> "History":
        for party in parties or ContractParty:
            told = {**self._module(name, ModuleStatus.LOPEND), "party": party}
            self.tell(IboContractSigned, on, **told)
        return self

    def waived(self, name: str, on: date) -> "History":
        told = {**self._module(name, ModuleStatus.VOLTOOID), "motive": WaiverMotive.ORDERBOEK}
        return self.tell(HireObligationWaived, on, **told, decision_ref="BESL-1")

    def breached(self, name: str, on: date) -> "History":
        told = {**self._module(name, ModuleStatus.VOLTOOID), "decision_ref": "BESL-2"}
        return self.tell(HireObligationBreached, on, **told, motive=BreachMotive.GEEN_AANWERVING)

    def job_ended(self, on: date, protected_until: date | None = None) -> "History":
        return self.tell(
            EmploymentEnded,
            on,
            employer=BAKERY,
            hired_on=None,
            reason=JobEndReason.ONTSLAG_WERKGEVER,
            returns_to_guidance=False,
            protected_until=protected_until,
        )

    def checked(
        self,
        on: date,
        checkpoint: Checkpoint,
        source: Proof = Proof.DMFA,
        *,
        since: date,
        works: bool = True,
        same: bool | None = None,
    ) -> "History":
        told = {"in_work": works, "same_employer": same, "source": source, "since": since}
        return self.tell(EmploymentChecked, on, checkpoint=checkpoint, **told)

    def missed(self, on: date) -> "History":
        return self.tell(AppointmentMissed, on, valid_excuse=False)

    def exempt(self, on: date, until: date | None = None) -> "History":
        return self.tell(ExemptionGranted, on, ground=ExemptionKind.OPLEIDING, until=until)

    def suspended(self, on: date) -> "History":
        self.status = PathwayStatus.GESCHORST
        return self.tell(PathwaySuspended, on, reason=SuspensionReason.FAMILIAAL)

    def resumed(self, on: date) -> "History":
        self.status = PathwayStatus.IN_BEGELEIDING
        return self.tell(PathwayResumed, on)

    def closed(
        self,
        on: date,
        exit_type: ExitType = ExitType.WERK_NEC_LOONTREKKEND,
        proof: Proof | None = None,
    ) -> "History":
        self.status = PathwayStatus.AFGESLOTEN
        return self.tell(PathwayClosed, on, exit_type=exit_type, proof=proof)

    def reopened(self, on: date) -> "History":
        self.status = PathwayStatus.IN_BEGELEIDING
        return self.tell(PathwayReopened, on, reason=ReopeningReason.TERUGKEER)

    def withheld(self, on: date) -> "History":
        return self.tell(Withheld, on)

    def newer_type(self, on: date) -> "History":
        """An event of a type that only a later release knows."""
        self.withheld(on)
        value = orjson.loads(self.values[-1])
        value |= {"type": "be.vdab.pathway.praised.v1", "data": {"praise": "great"}}
        self.values[-1] = orjson.dumps(value)
        return self

    def _module(self, name: str, status: ModuleStatus) -> dict[str, object]:
        return {
            "module_id": named(f"{self.pathway_id} module {name}"),
            "module_kind": self.modules[name],
            "module_status": status,
        }


def _wep_plus() -> dict[str, object]:
    return {"promotor": GARDEN, "project": "P-1", "work_floor": None, "aftercare_premium": None}


def broken(value: bytes) -> bytes:
    """The same message, no longer fitting its schema."""
    message = orjson.loads(value)
    message["data"]["pathway_status"] = "VERTROKKEN"
    return orjson.dumps(message)


def events(history: History) -> list[schemas.Message[Data]]:
    """The history as a projection's fold is given it."""
    return [schemas.parse(value) for value in history.values]


def record(history: History, version: int, offset: int, partition: int = 0) -> Record:
    """One event as the topic has it at a place."""
    return Record(partition, offset, str(history.pathway_id).encode(), history.values[version - 1])
