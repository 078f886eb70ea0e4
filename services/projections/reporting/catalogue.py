"""Every report that has a page; a new one is a line here, and in the table of rights."""

from collections.abc import Sequence

from projections.labels import N_
from projections.reporting import counsellors, exceptions, queries, stock, stops, transition
from projections.reporting.asked import (
    CounsellorsAsked,
    DurationsAsked,
    ExceptionsAsked,
    FlowAsked,
    InflowAsked,
    ModulesAsked,
    ReachAsked,
    StockAsked,
    StopsAsked,
    TransitionAsked,
)
from projections.reporting.behind import Facts
from projections.reporting.catalogue_work import TO_WORK
from projections.reporting.charts import Picture, Shape
from projections.reporting.flow import FLOW_BY
from projections.reporting.report_page import ReportPage, form_of
from projections.reporting.web import durations_report, flow_report, inflow_report, modules_report
from projections.reporting.web_cohorts import transition_report
from projections.reporting.web_exits import exceptions_report, reach_report, stops_report
from projections.reporting.web_on_day import counsellors_report, stock_report

GUIDANCE = (
    ReportPage(
        "page_transition",
        "/reports/transition",
        "Page: the end of WEP+ week by week",
        N_("Het einde van WEP+"),
        N_("Week na week: wie zat nog in WEP+, wie ging waarheen, wie vond werk?"),
        form_of(TransitionAsked),
        transition_report,
        transition.TRANSITION_BY,
        ("running", "ended", "to_tender", "to_subsidy", "to_other", "hired"),
        None,
        Picture(Shape.WEEKS, ("running", "ended", "to_tender", "to_subsidy", "to_other", "hired")),
        None,
        {"from": "2015-01-01", "until": "2015-12-31"},
    ),
    ReportPage(
        "page_counsellors",
        "/reports/counsellors",
        "Page: counsellors holding cases on a day",
        N_("Bemiddelaars met dossiers"),
        N_("Hoeveel bemiddelaars hadden op een dag dossiers, en hoeveel elk?"),
        form_of(CounsellorsAsked),
        counsellors_report,
        counsellors.COUNSELLORS_BY,
        (
            "counsellors_with_module",
            "counsellors_assigned",
            "counsellors_in_year",
            "counsellors_in_contact",
            "pathways_assigned",
            "pathways_unassigned",
            "median_pathways",
            "most_pathways",
        ),
        None,
        Picture(
            Shape.BARS,
            (
                "counsellors_with_module",
                "counsellors_assigned",
                "counsellors_in_year",
                "counsellors_in_contact",
            ),
        ),
        Facts.OPEN,
    ),
    ReportPage(
        "page_inflow",
        "/reports/inflow",
        "Page: who started a pathway",
        N_("Instroom"),
        N_("Wie begon aan een traject, per maand, doelgroep of provincie?"),
        form_of(InflowAsked),
        inflow_report,
        queries.INFLOW_BY,
        ("persons", "pathways"),
        None,
        Picture(Shape.BARS, ("persons",)),
        Facts.ENTRIES,
    ),
    ReportPage(
        "page_stock",
        "/reports/stock",
        "Page: pathways open on a day",
        N_("Open trajecten"),
        N_("Welke trajecten staan op een dag open, en hoeveel daarvan in een module?"),
        form_of(StockAsked),
        stock_report,
        stock.STOCK_BY,
        ("persons", "pathways", "in_module"),
        None,
        Picture(Shape.BARS, ("pathways", "in_module")),
        Facts.OPEN,
    ),
    ReportPage(
        "page_reach",
        "/reports/reach",
        "Page: who was guided in a period",
        N_("Bereik"),
        N_("Wie werd in een periode minstens één dag begeleid, per doelgroep of provincie?"),
        form_of(ReachAsked),
        reach_report,
        stock.REACH_BY,
        ("persons", "pathways"),
        None,
        Picture(Shape.BARS, ("persons",)),
    ),
    ReportPage(
        "page_modules",
        "/reports/modules",
        "Page: modules that started and ended",
        N_("Modules"),
        N_("Welke modules begonnen en hoe eindigden ze?"),
        form_of(ModulesAsked),
        modules_report,
        queries.MODULES_BY,
        (
            "persons_started",
            "started",
            "ended",
            "completed",
            "stopped_early",
            "measure_ended",
        ),
        None,
        Picture(Shape.STACKED, ("completed", "stopped_early", "measure_ended")),
        Facts.MODULES_STARTED,
    ),
    ReportPage(
        "page_stops",
        "/reports/stops",
        "Page: early stops by reason",
        N_("Vroegtijdige stops"),
        N_("Welke begonnen modules werden vroegtijdig gestopt, en waarom?"),
        form_of(StopsAsked),
        stops_report,
        stops.STOPS_BY,
        (
            "started",
            "stopped_early",
            "measure_ended",
            "share_stopped_early",
            "modules",
            "share",
        ),
        ("reasons", "reason"),
        Picture(Shape.BARS, ("started", "stopped_early", "measure_ended")),
        Facts.MODULES_STARTED,
    ),
    ReportPage(
        "page_exceptions",
        "/reports/exceptions",
        "Page: facts that were allowed and are worth a look",
        N_("Uitzonderingen"),
        N_(
            "Wat was toegelaten en verdient toch een blik: voorbij een zacht maximum, laat, vrijgesteld?"
        ),
        form_of(ExceptionsAsked),
        exceptions_report,
        exceptions.EXCEPTIONS_BY,
        ("persons", "facts", "soft_maximum", "backdated", "waived", "own_case"),
        None,
        Picture(Shape.BARS, ("facts",)),
        Facts.EXCEPTIONS,
    ),
    ReportPage(
        "page_durations",
        "/reports/durations",
        "Page: how long people waited",
        N_("Wachttijden"),
        N_("Hoeveel dagen van inschrijving tot module en tot werk?"),
        form_of(DurationsAsked),
        durations_report,
        queries.DAYS_BY,
        (
            "pathways",
            "with_module",
            "median_days_to_first_module",
            "with_work",
            "median_days_to_work",
            "with_work_after_module",
            "median_days_from_module_to_work",
        ),
        None,
        Picture(Shape.BARS, ("pathways", "with_module", "with_work")),
        Facts.ENTRIES,
    ),
)

PAGES = (*TO_WORK, *GUIDANCE)

FLOW = ReportPage(
    "page_flow",
    "/reports/flow",
    "Page: flow into work after a module",
    N_("Doorstroom naar werk"),
    N_("Wie vond na WEP+, IBO of stage werk in het normaal economisch circuit, en hoe snel?"),
    form_of(FlowAsked),
    flow_report,
    FLOW_BY,
    (),
    None,
    Picture(Shape.STREAMS),
    Facts.MODULES_ENDED,
)
"""It has a template of its own."""
ADDRESSES = tuple((page.address, page.title) for page in (FLOW, *PAGES))
"""Every page of a report with its title."""

OFTEN_ASKED: Sequence[tuple[str, str]] = (
    ("/reports/inflow?by=age_group", N_("Doelgroepen: instroom naar leeftijd")),
    ("/reports/inflow?by=unemployment", N_("Doelgroepen: instroom naar werkloosheidsduur")),
    ("/reports/reach?by=province", N_("Bereik per provincie")),
    ("/reports/exits?by=province", N_("Uitstroom per provincie")),
    ("/reports/providers?by=lot", N_("Percelen naast elkaar")),
    (
        "/reports/flow?measure=WEP_PLUS&from=2015-01-01&until=2015-12-31",
        N_("WEP+ in 2015: wie werkte zes maanden later in het NEC, en op welk bewijs?"),
    ),
)
"""Questions that a report answers when it is asked so."""
