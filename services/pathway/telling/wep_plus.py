"""What others may know of WEP+."""

from pathway.domain.state import Pathway
from pathway.domain.wep_plus import (
    InsertionModuleStarted,
    MigratedModule,
    ModuleCompleted,
    WepPlusMigrated,
    WepPlusModuleStart,
    WorkExperienceModuleStarted,
)
from pathway.telling.frame import status_of, told
from pathway.telling.modules import completed, module_of, started
from schemas import codes, events


@told.register
def _migrated(fact: WepPlusMigrated, after: Pathway) -> events.WepPlusMigrated:
    return events.WepPlusMigrated(
        pathway_status=status_of(after),
        from_modules=tuple(_migrated_module(module, after) for module in fact.from_modules),
        to_scheme=codes.Scheme(fact.to_scheme),
        lot=fact.lot,
        legal_status_before=codes.LegalStatus(fact.legal_status_before),
        legal_status_after=codes.LegalStatus(fact.legal_status_after),
        guiding_organisation_before=fact.guiding_organisation_before,
        guiding_organisation_after=fact.guiding_organisation_after,
        host_organisation=fact.host_organisation,
        aftercare_premium=fact.aftercare_premium,
    )


def _migrated_module(module: MigratedModule, after: Pathway) -> events.MigratedModule:
    annulled = any(one.module_id == module.module_id for one in after.annulled)
    status = None if annulled else module_of(module.module_id, after).status
    return events.MigratedModule(
        module_id=module.module_id,
        module_kind=codes.ModuleKind(module.kind),
        module_status=codes.ModuleStatus(status) if status else codes.ModuleStatus.GEANNULEERD,
        last_day=module.last_day,
    )


@told.register
def _work_experience_module(
    fact: WorkExperienceModuleStarted, after: Pathway
) -> events.WorkExperienceModuleStarted:
    return events.WorkExperienceModuleStarted.model_validate(_wep_plus_start(fact, after))


@told.register
def _insertion_module(
    fact: InsertionModuleStarted, after: Pathway
) -> events.InsertionModuleStarted:
    return events.InsertionModuleStarted.model_validate(_wep_plus_start(fact, after))


@told.register
def _module_completed(fact: ModuleCompleted, after: Pathway) -> events.ModuleCompleted:
    return events.ModuleCompleted.model_validate(completed(fact, fact, after))


def _wep_plus_start(fact: WepPlusModuleStart, after: Pathway) -> dict[str, object]:
    return {
        **started(fact, after),
        "promotor": fact.promotor,
        "project": fact.project,
        "work_floor": fact.work_floor,
        "aftercare_premium": fact.aftercare_premium,
    }
