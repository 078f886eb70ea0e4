"""A WEP+ register of invented people, row by row."""

from datetime import date
from pathlib import Path

from tests.people import invented_insz, invented_kbo

FIXTURES = Path(__file__).parent / "fixtures" / "wep_plus"

ANNA = invented_insz(date(1984, 5, 17), 24)
BORIS = invented_insz(date(1969, 11, 2), 333)
PROMOTOR = invented_kbo(4_100_001)
GUIDE = invented_kbo(4_100_002)
WORK_FLOOR = invented_kbo(4_100_003)

A_ROW = {
    "INSZ": ANNA,
    "Naam": "Peeters",
    "Voornaam": "Anna",
    "NIS-code": "44021",
    "Promotor KBO": PROMOTOR,
    "Projectnummer": "WEP-2014-0032",
    "Module": "W",
    "Begindatum": "15/10/2014",
    "Einddatum": "30/09/2015",
    "Uren per week": "38",
    "Maatregel na WEP+": "IWPL-SUBSIDIE",
    "Overgangsdatum": "01/10/2015",
    "Begeleider KBO": GUIDE,
    "Werkvloer KBO": WORK_FLOOR,
    "Nazorgpremie": "J",
}
HEADER = ";".join(A_ROW)


def a_row(**cells: str) -> str:
    """A good row of Anna's; a keyword names the first word of a column, in lower case."""
    by_word = {name.lower().replace("-", " ").split()[0]: name for name in A_ROW}
    return ";".join({**A_ROW, **{by_word[word]: cell for word, cell in cells.items()}}.values())


def a_register(folder: Path, *rows: str, header: str = HEADER, encoding: str = "utf-8-sig") -> Path:
    """A file with these rows, as Excel saves it."""
    path = folder / "register.csv"
    path.write_bytes("".join(f"{row}\r\n" for row in (header, *rows)).encode(encoding))
    return path
