"""The first answer sheet: the founding document's three questions, answered from a demo's invented people."""

from uuid import UUID

from plumbing.callers import Caller, CallerKind, Role

from projections.publishing import sheets, store
from projections.publishing.figures import PublishAsked, frozen
from projections.publishing.sheets import PartAsked, SheetAsked
from projections.web_reading import ReadModels

FIRST_SHEET = "wep-plus-2015"
DEMO = Caller("demo", CallerKind.SYSTEEM, "OVO002949", frozenset({Role.REPORTING_OFFICER}))
TITLE = "Werkplekleren: integratie van de werkervaringsprojecten (WEP+)"

_WEP = {"from": "2014-01-01", "until": "2015-12-31"}
_AFTER = {"from": "2015-07-01", "until": "2016-12-31"}
_TWO_YEARS = {"from": "2015-01-01", "until": "2016-12-31"}

QUESTIONS = (
    (
        "1. Wat is de toekomst van instellingen met enkel een werkervaringsmodule, en wat zijn hun opties?",
        (
            "Zij kunnen hun werkvloer ter beschikking blijven stellen voor werkplekleren (IBO, stage), en "
            "wie er opgeleid werd daarna aanwerven. Dit cijfer telt, voor organisaties met enkel een "
            "werkervaringsmodule, hoeveel mensen op hun werkvloer opgeleid werden, hoeveel daarvan zij "
            "zelf aanwierven, en wie er na WEP+ nog over de vloer kwam."
        ),
        "Hoeveel mensen leidden instellingen met enkel een werkervaringsmodule op, en wierven ze aan?",
        "work-floors",
        {**_WEP, "by": "organisation"},
    ),
    (
        "2. Kan een WEP+-project omgevormd worden naar een ander initiatief?",
        (
            "Binnen het domein Werk is die mogelijkheid niet voorzien; organisaties kunnen wel intekenen "
            "op de tender Intensief Werkplekleren. De deelnemers gingen over: dit cijfer telt hoeveel "
            "personen uit WEP+ overgingen, en hoe de modules van de periode begonnen en eindigden. Wat "
            "eindigde omdat de maatregel eindigde, is noch voltooid, noch vroegtijdig gestopt."
        ),
        "Hoeveel personen gingen uit WEP+ over naar het nieuwe systeem, en hoe eindigden hun modules?",
        "modules",
        {**_TWO_YEARS, "by": "measure"},
    ),
    (
        "3. Welke ondersteuning krijgen bestaande organisaties om zich te integreren?",
        (
            "Leerwerkbedrijven die WEP+ begeleidden, begeleiden ook in Intensief Werkplekleren, en VDAB "
            "leidt hen op. Of dat lukt, blijkt uit wie zij bereiken en wie van WEP+ doorstroomt naar het "
            "normaal economisch circuit. Dit cijfer telt hoeveel mensen elke organisatie na 1 juli 2015 "
            "begeleidde; het volgende wie na WEP+, IBO of stage werk vond."
        ),
        "Hoeveel mensen begeleidde elke organisatie na 1 juli 2015?",
        "reach",
        {**_AFTER, "by": "provider"},
    ),
    (
        "Het doel: doorstroom naar het normaal economisch circuit",
        (
            "Van wie een module eindigde: wie had binnen 3, 6 en 12 maanden werk in het NEC? Van wie die "
            "maanden nog niet voorbij zijn, staat het er bij."
        ),
        "Hoeveel mensen vonden werk in het NEC na WEP+, IBO of stage?",
        "flow",
        {**_WEP, "by": "measure"},
    ),
)
"""Heading, text, and the figure's own question, report and parameters."""


def make_first_sheet(read_models: ReadModels) -> UUID | None:
    """Publish its figures and make the sheet, all or nothing; None when it was there.

    Raises the Problems of reports.
    """
    parts: list[PartAsked] = []
    with read_models.pool.connection() as connection:
        for heading, text, question, report, parameters in QUESTIONS:
            asked = PublishAsked(report=report, parameters=parameters, question=question)
            with read_models.snapshot() as moment:
                figure = frozen(moment, read_models, asked, DEMO)
            store.put(connection, figure)
            parts.append(PartAsked(heading=heading, text=text, published_id=figure.id))
        asked_sheet = SheetAsked(title=TITLE, parts=tuple(parts))
        made = sheets.make(connection, asked_sheet, DEMO, read_models.now(), shipped=FIRST_SHEET)
        if made is None:
            connection.rollback()
        return made
