"""A provider's file of modules of invented people, row by row."""

from pathlib import Path

from tests.people import invented_kbo
from tests.wep_plus import ANNA, a_register

PROVIDER = invented_kbo(4_200_001)
EMPLOYER = invented_kbo(4_200_002)

A_MODULE = {
    "INSZ": ANNA,
    "Aanbieder KBO": PROVIDER,
    "Kenmerk": "2015-0042",
    "Instrument": "IBO",
    "Vorm": "IBO",
    "Organisatie KBO": EMPLOYER,
    "Begindatum": "05/01/2015",
    "Geplande einddatum": "03/04/2015",
    "Uren per week": "38",
    "Einddatum": "",
    "Einde": "",
    "Reden": "",
}
HEADER = ";".join(A_MODULE)


def a_module(**cells: str) -> str:
    """A good row of Anna's; a keyword names the first word of a column, in lower case."""
    by_word = {name.lower().split()[0]: name for name in A_MODULE}
    return ";".join({**A_MODULE, **{by_word[word]: cell for word, cell in cells.items()}}.values())


def modules_file(folder: Path, *rows: str) -> Path:
    """A file with these rows, as Excel saves it."""
    return a_register(folder, *rows, header=HEADER)
