"""Writes `docs/guide.nl.md` and `docs/guide.en.md`: every fact for people, from the facts' own declarations.

`make guide` writes them, `python deploy/domain_guide.py --check` only says what is stale.
"""

import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NamedTuple, get_args, get_origin, get_type_hints

from pathway.domain.catalogue import COMMANDS, FACTS
from pathway.domain.facts import Fact, Label
from pathway.domain.values import DataClass

DOCS = Path(__file__).parents[1] / "docs"


class Words(NamedTuple):
    """What the guide says around the facts, in one language."""

    language: str
    head: str
    field: str
    meaning: str
    codes: str
    source: str
    sensitive: str
    commands: str


NL = Words(
    "nl",
    "# De feiten van een traject\n\n"
    "Elk feit in twee zinnen, met zijn regel en zijn bron. Deze pagina wordt gemaakt uit de feiten zelf "
    "(`make guide`), zodat ze niet kan verouderen.",
    "Veld",
    "Uitleg",
    "Codes",
    "Bron",
    "Kan bijzondere gegevens bevatten (gezondheid, detentie): anderen krijgen het veralgemeend te zien.",
    "Wat gevraagd kan worden",
)
EN = Words(
    "en",
    "# The facts of a pathway\n\n"
    "Each fact in two sentences, with its rule and its source. This page is made from the facts themselves "
    "(`make guide`), so that it cannot rot.",
    "Field",
    "Meaning",
    "Codes",
    "Source",
    "May hold special-category data (health, detention): others are told a general form of it.",
    "What can be asked",
)


def main() -> int:
    """Write both guides; with `--check` write nothing, and return 1 when one is stale."""
    stale = [path for path, text in documents().items() if _read(path) != text]
    if "--check" in sys.argv[1:]:
        for path in stale:
            print(f"docs/{path.name} is stale: run `make guide`")
        return 1 if stale else 0
    for path in stale:
        path.write_text(documents()[path], encoding="utf-8")
    return 0


def documents() -> dict[Path, str]:
    """Each guide's file with the text that it should have."""
    return {DOCS / f"guide.{words.language}.md": _guide(words) for words in (NL, EN)}


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def _guide(words: Words) -> str:
    facts = "\n\n".join(_section(fact, words) for fact in FACTS)
    asked = "\n".join(
        f"- `{command.path}`: {(command.__doc__ or '').splitlines()[0]}" for command in COMMANDS
    )
    return f"{words.head}\n\n{facts}\n\n## {words.commands}\n\n{asked}\n"


def _section(fact: type[Fact], words: Words) -> str:
    about = fact.about
    lines = [
        f"## {getattr(about.title, words.language)} (`{fact.__name__}`)",
        "",
        getattr(about.meaning, words.language),
        "",
        f"{words.source}: {about.source}.",
    ]
    if fact.data_class is DataClass.SPECIAL:
        lines += ["", words.sensitive]
    if rows := list(_fields(fact, words)):
        head = f"| {words.field} | | {words.meaning} | {words.codes} |"
        lines += ["", head, "|---|---|---|---|", *rows]
    return "\n".join(lines)


def _fields(fact: type[Fact], words: Words) -> Iterator[str]:
    hints = get_type_hints(fact, include_extras=True)
    for name in fact.model_fields:
        label = next((mark for mark in get_args(hints[name]) if isinstance(mark, Label)), None)
        if label:
            help_text = getattr(label.help, words.language) if label.help else ""
            codes = ", ".join(f"`{code}`" for code in _codes(hints[name]))
            yield f"| {getattr(label, words.language)} | `{name}` | {help_text} | {codes} |"


def _codes(hint: object) -> list[str]:
    """The codes of a field that takes some."""
    if get_origin(hint) is Annotated:
        return _codes(get_args(hint)[0])
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return [code.value for code in hint]
    return [code for part in get_args(hint) for code in _codes(part)]


if __name__ == "__main__":
    sys.exit(main())
