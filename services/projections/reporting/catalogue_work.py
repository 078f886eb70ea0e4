"""The reports with a page that tell of the way to work."""

from typing import Literal

from projections.labels import N_
from projections.reporting import (
    exits,
    ibo,
    outcomes,
    queries,
    retention,
    time_to_work,
    work_floors,
)
from projections.reporting.asked import (
    AfterwardsAsked,
    CurvesAsked,
    ExitsAsked,
    IboAsked,
    Months,
    OutcomesAsked,
    OutflowAsked,
    ReportAsked,
    RetentionAsked,
    WorkFloorsAsked,
)
from projections.reporting.behind import Facts
from projections.reporting.charts import Picture, Shape
from projections.reporting.report_page import ReportPage, form_of
from projections.reporting.reports import GroupBy
from projections.reporting.web import afterwards_report, outflow_report
from projections.reporting.web_cohorts import outcomes_report, time_to_work_report
from projections.reporting.web_exits import (
    exits_report,
    ibo_report,
    retention_report,
    work_floors_report,
)

BY_PROOF = (
    "pathways",
    "work_dmfa",
    "work_dimona",
    "work_contract",
    "work_statement",
    "not_in_work",
    "unmeasured",
)


class ProvidersAsked(ReportAsked):
    """As ExitsAsked, by who guided."""

    by: Literal[GroupBy.PROVIDER, GroupBy.LOT, GroupBy.SCHEME] = GroupBy.PROVIDER
    months: Months = Months.SIX


TO_WORK = (
    ReportPage(
        "page_time_to_work",
        "/reports/time-to-work",
        "Page: time to work as curves",
        N_("Tijd tot werk"),
        N_(
            "Welk deel van een cohorte werkt na 1 tot 24 maanden, na WEP+, IBO, stage of zonder module?"
        ),
        form_of(CurvesAsked),
        time_to_work_report,
        time_to_work.CURVES_BY,
        ("persons", "reached", "in_nec", "share_in_nec"),
        ("told", "months"),
        Picture(Shape.CURVES),
        Facts.ENTRIES,
    ),
    ReportPage(
        "page_outcomes",
        "/reports/outcomes",
        "Page: at work on leaving and later, by proof",
        N_("Uitstroom naar werk, naar bewijs"),
        N_("Wie werkt bij de uitstroom en na 1, 3, 6 en 12 maanden, en op welk bewijs steunt dat?"),
        form_of(OutcomesAsked),
        outcomes_report,
        outcomes.OUTCOMES_BY,
        BY_PROOF,
        None,
        Picture(Shape.STACKED, BY_PROOF[1:]),
    ),
    ReportPage(
        "page_exits",
        "/reports/exits",
        "Page: exits, exit types apart",
        N_("Uitstroom"),
        N_("Hoe eindigden trajecten, elk uitstroomtype apart, en wie werkt daarna?"),
        form_of(ExitsAsked),
        exits_report,
        exits.EXITS_BY,
        (
            "persons",
            "pathways",
            "share",
            "without_proof",
            "reached",
            "measured",
            "in_work",
            "share_in_work",
            "share_unmeasured",
        ),
        ("exits", "exit_type"),
        Picture(Shape.BARS, ("pathways", "to_work", "without_proof")),
        Facts.CLOSINGS,
    ),
    ReportPage(
        "page_providers",
        "/reports/providers",
        "Page: providers and tender lots side by side",
        N_("Aanbieders en percelen"),
        N_(
            "Aanbieders of percelen naast elkaar: hoeveel personen, hoeveel naar werk, hoeveel nagegaan?"
        ),
        form_of(ProvidersAsked),
        exits_report,
        frozenset({GroupBy.PROVIDER, GroupBy.LOT, GroupBy.SCHEME}),
        ("persons", "pathways", "to_work", "reached", "measured", "in_work", "share_unmeasured"),
        None,
        Picture(Shape.BARS, ("pathways", "to_work", "measured", "in_work")),
        Facts.CLOSINGS,
    ),
    ReportPage(
        "page_outflow",
        "/reports/outflow",
        "Page: whose pathway was closed",
        N_("Afgesloten trajecten"),
        N_("Wie verliet de begeleiding, en hoe?"),
        form_of(OutflowAsked),
        outflow_report,
        queries.OUTFLOW_BY,
        ("persons", "pathways"),
        None,
        Picture(Shape.BARS, ("pathways",)),
        Facts.CLOSINGS,
    ),
    ReportPage(
        "page_afterwards",
        "/reports/afterwards",
        "Page: who works after the closing",
        N_("Werk na de afsluiting"),
        N_("Wie werkt 1, 3, 6 en 12 maanden na de afsluiting, en hoeveel ging niemand na?"),
        form_of(AfterwardsAsked),
        afterwards_report,
        queries.OUTFLOW_BY,
        (
            "pathways",
            "reached",
            "measured",
            "in_work",
            "share_in_work",
            "same_employer",
            "share_unmeasured",
        ),
        ("afterwards", "months"),
        Picture(Shape.BARS, ("pathways",)),
        Facts.CLOSINGS,
    ),
    ReportPage(
        "page_ibo",
        "/reports/ibo",
        "Page: hired after an IBO, and retained",
        N_("Na een IBO"),
        N_("Wie werd na een IBO aangeworven, en werkt daar nog?"),
        form_of(IboAsked),
        ibo_report,
        ibo.IBO_BY,
        (
            "completed",
            "hired",
            "share_hired",
            "reached",
            "measured",
            "retained",
            "share_retained",
            "share_unmeasured",
        ),
        None,
        Picture(Shape.BARS, ("completed", "hired", "retained")),
        Facts.IBOS_COMPLETED,
    ),
    ReportPage(
        "page_hire_obligations",
        "/reports/hire-obligations",
        "Page: obligations to hire after an IBO, and what became of them",
        N_("Aanwervingsplicht na een IBO"),
        N_("Welke werkgevers kwamen hun plicht na, wie werd vrijgesteld, wie schond ze?"),
        form_of(IboAsked),
        ibo_report,
        ibo.IBO_BY,
        ("completed", "obliged", "met", "waived", "breached", "overdue"),
        ("decisions", "motive"),
        Picture(Shape.STACKED, ("met", "waived", "breached", "overdue")),
        Facts.IBOS_COMPLETED,
    ),
    ReportPage(
        "page_retention",
        "/reports/retention",
        "Page: still at work after a hire",
        N_("Na een aanwerving"),
        N_("Wie werkt zoveel maanden na een aanwerving nog, en bij dezelfde werkgever?"),
        form_of(RetentionAsked),
        retention_report,
        retention.RETENTION_BY,
        (
            "persons",
            "hired",
            "reached",
            "measured",
            "in_work",
            "share_in_work",
            "retained",
            "share_retained",
            "share_unmeasured",
        ),
        None,
        Picture(Shape.BARS, ("hired", "measured", "in_work", "retained")),
        Facts.HIRES,
    ),
    ReportPage(
        "page_work_floors",
        "/reports/work-floors",
        "Page: trained on work floors, and hired by them",
        N_("Werkvloeren van werkervaring"),
        N_("Werkvloeren die enkel werkervaring boden: wie leerde er, wie bleef er?"),
        form_of(WorkFloorsAsked),
        work_floors_report,
        work_floors.WORK_FLOORS_BY,
        ("persons_trained", "trained_and_hired", "share_hired", "persons_hosted", "persons_hired"),
        None,
        Picture(Shape.BARS, ("persons_trained", "trained_and_hired", "persons_hired")),
    ),
)
