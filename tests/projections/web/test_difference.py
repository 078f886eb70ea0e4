"""The difference between two points: which columns it tells, in which words, and which it leaves out."""

import re
from datetime import date
from html import unescape

import pytest
from projections.counsellor.difference import NOT_COMPARED, OF_MODULE, OF_PATHWAY
from projections.words import DASH, words
from starlette.testclient import TestClient

from schemas.codes import (
    MergeReason,
    ModuleKind,
    ModuleStatus,
    PathwayStatus,
    SuspensionReason,
)
from schemas.events import ModulePlanned, PathwayAbsorbed, PathwaySuspended
from tests.projections.conftest import Worker
from tests.projections.history import BAKERY, CANTEEN, History, named
from tests.projections.web.conftest import As
from tests.projections.web.given import AUDITOR, MINE, NORTH
from tests.projections.web.served_pages import sign_in

MARCH, APRIL, MAY, JUNE = (date(2015, month, 2) for month in (3, 4, 5, 6))
SEPTEMBER, NOVEMBER = date(2015, 9, 30), date(2015, 11, 30)
BEFORE = "2015-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("table", "compared"), [("caseload", OF_PATHWAY), ("module", OF_MODULE)], ids=str
)
def test_each_column_is_compared_or_left_out_for_a_reason(
    counsellor: Worker, table: str, compared: dict[str, str]
) -> None:
    there = counsellor.columns(table) - {"pathway_id"}

    assert len(there) > 10
    assert compared.keys() <= there
    assert there - compared.keys() <= NOT_COMPARED.keys(), "compare it, or say why not"
    assert compared.keys() & NOT_COMPARED.keys() == set()


def test_nothing_is_left_out_that_is_no_column_nor_without_a_reason(counsellor: Worker) -> None:
    there = counsellor.columns("caseload") | counsellor.columns("module")

    assert NOT_COMPARED.keys() <= there
    assert all(len(reason.split()) > 3 for reason in NOT_COMPARED.values())


@pytest.mark.parametrize("told", sorted({*OF_PATHWAY.values(), *OF_MODULE.values()}))
def test_each_column_has_words_in_english_too(told: str) -> None:
    assert words("en")(told) != told or told == "Status"


def guided() -> History:
    """Somebody of whom nearly everything is told that a counsellor sees."""
    history = History("gerda").enrolled(MARCH, inferred=True).from_legacy(MARCH, APRIL)
    history.assigned(MARCH, MINE, NORTH).screened(MARCH).plan_agreed(MARCH, SEPTEMBER)
    history.referred(MARCH).confirmed(APRIL).ibo("i", APRIL, SEPTEMBER).absent("i", MAY, JUNE)
    history.tell(
        ModulePlanned,
        MAY,
        module_id=named("a stage"),
        module_kind=ModuleKind.STAGE,
        module_status=ModuleStatus.GEPLAND,
        planned_from=NOVEMBER,
        planned_until=NOVEMBER,
        hours_per_week=38.0,
        organisation=BAKERY,
    )
    history.status = PathwayStatus.GESCHORST
    reason = SuspensionReason.ANDERE
    return history.tell(PathwaySuspended, JUNE, reason=reason, expected_until=SEPTEMBER)


def at_work() -> History:
    """Somebody whose IBO led to a job, which was lost within its protection, and who left."""
    history = History("wim").enrolled(MARCH).assigned(MARCH, MINE, NORTH)
    history.ibo("i", MARCH, MAY).completed("i", MAY, hire_due_by=JUNE).hired(MAY, CANTEEN)
    return history.job_ended(JUNE, SEPTEMBER)


def absorbed() -> History:
    """Somebody whose pathway is a part of another one now."""
    history = History("wim too").enrolled(MARCH).assigned(MARCH, MINE, NORTH)
    history.status = PathwayStatus.SAMENGEVOEGD
    return history.tell(
        PathwayAbsorbed, MAY, survivor=named("pathway wim"), reason=MergeReason.TWEE_NUMMERS
    )


def changed(as_: As, history: History) -> dict[str, object]:
    """What is known now and was not before anything was, field by field."""
    answer = as_(AUDITOR).get(
        f"/v1/pathways/{history.pathway_id}/difference", params={"from_known_at": BEFORE}
    )
    assert answer.status_code == 200, answer.text
    changes = answer.json()["changes"]
    return {one["field"]: one["after"] for one in changes if one["module_id"] is None}


def test_what_newer_facts_tell_of_guidance_is_part_of_the_difference(
    as_: As, counsellor: Worker
) -> None:
    counsellor.put(guided())

    told = changed(as_, guided())

    assert told.items() >= {
        ("status", "GESCHORST"),
        ("enrolment_inferred", True),
        ("incomplete_until", str(APRIL)),
        ("distance", "MATIGE_AFSTAND"),
        ("screened_on", str(MARCH)),
        ("plan_agreed_on", str(MARCH)),
        ("plan_review_on", str(SEPTEMBER)),
        ("referral_provider", CANTEEN),
        ("referral_status", "DEFINITIEF"),
        ("guided_until", "2016-03-31"),
        ("planned_start", str(NOVEMBER)),
        ("absent_until", str(JUNE)),
        ("suspended_on", str(JUNE)),
        ("suspended_until", str(SEPTEMBER)),
        ("unsigned_ibos", 1),
    }
    assert told["legacy_sources"] == ["OUD"]


def test_what_became_of_work_and_of_the_pathway_is_part_of_it_too(
    as_: As, counsellor: Worker
) -> None:
    counsellor.put(at_work(), absorbed())

    assert changed(as_, at_work()).items() >= {
        ("hire_due_by", str(JUNE)),
        ("hires", 1),
        ("last_employer", CANTEEN),
        ("ended_in_protection_on", str(JUNE)),
    }
    assert changed(as_, absorbed())["merged_into"] == str(named("pathway wim"))


def test_the_page_tells_each_of_them_in_words(browser: TestClient, counsellor: Worker) -> None:
    counsellor.put(guided(), absorbed())
    address = f"/pathways/{guided().pathway_id}/difference?from_known_at=2015-01-01T00:00"
    sign_in(browser, AUDITOR)

    def rows(address: str) -> list[str]:
        page = browser.get(address).text
        told = re.findall(r"<tr.*?</tr>", page, re.DOTALL)[1:]
        plain = [" ".join(unescape(re.sub(r"<[^>]*>", " ", row)).split()) for row in told]
        # Before there was nothing; what differs is marked.
        return [re.sub(rf" (anders|different) {DASH} ", ": ", row) for row in plain]

    dutch, english = rows(address), rows(f"{address}&lang=en")

    assert "Schorsing verwacht tot en met: 30/09/2015" in dutch
    assert "Inschrijvingsdag afgeleid: ja" in dutch
    assert "Overgenomen uit: OUD" in dutch
    assert "Referred to: 0400.000.346" in english
    assert "State of the referral: definitive" in english
    assert "IBOs without three signatures: 1" in english
    merged = rows(f"/pathways/{absorbed().pathway_id}/difference?from_known_at=2015-01-01T00:00")
    assert f"Part of pathway: {named('pathway wim')}" in merged
