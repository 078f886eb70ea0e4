"""In which encoding a register was saved, decided before its first row is read."""

import codecs
from pathlib import Path

_CHUNK = 1 << 20

_NO_REGISTERS = {
    b"PK\x03\x04": "an Excel workbook or a zip file",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF",
    codecs.BOM_UTF16_LE: "Unicode text in UTF-16",
    codecs.BOM_UTF16_BE: "Unicode text in UTF-16",
}


def is_instead(path: Path) -> str | None:
    """What the file is, if its first bytes tell that it is no CSV; raises OSError."""
    with path.open("rb") as file:
        begins = file.read(4)
    return next((what for mark, what in _NO_REGISTERS.items() if begins.startswith(mark)), None)


def encoding(path: Path) -> str:
    """Return the encoding of the whole file, "utf-8-sig" or "cp1252"; raises OSError.

    A file with a BOM, or with no other bytes than UTF-8 allows, is UTF-8. Otherwise its lines
    vote: one damaged line must not garble the names in all others.
    """
    with path.open("rb") as file:
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            file.seek(0)
            if file.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8 and not _lines_vote_utf8(path):
                return "cp1252"
    return "utf-8-sig"


def _lines_vote_utf8(path: Path) -> bool:
    votes = 0
    with path.open("rb") as file:
        while line := file.readline(_CHUNK):
            if not line.isascii():
                try:
                    line.decode()
                    votes += 1
                except UnicodeDecodeError:
                    votes -= 1
    return votes > 0
