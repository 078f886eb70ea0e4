"""Writes `docs/guide.nl.md` and `docs/guide.en.md`: facts, rules and commands for people, as declared.

`make guide` writes them, `python deploy/domain_guide.py --check` only says what is stale.
"""

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from operator import attrgetter
from pathlib import Path
from typing import Annotated, TypeAlias, cast, get_args, get_origin, get_type_hints

from pathway.domain import rules
from pathway.domain.catalogue import COMMANDS, FACTS
from pathway.domain.commands import Command
from pathway.domain.facts import Fact, Label, Text
from pathway.domain.lengths import Length, Unit
from pathway.domain.rules import TABLE, Certainty, Instrument, Limit, RuleRow
from pathway.domain.values import DataClass

DOCS = Path(__file__).parents[1] / "docs"

Say: TypeAlias = Callable[[Text | Label], str]
"""Tells what is told in both languages in one of them."""

HEAD = Text(
    "# De feiten van een traject\n\n"
    "Elk feit in twee zinnen, met zijn regel en zijn bron; dan de regels die met de datum veranderden, en wat "
    "gevraagd kan worden. Deze pagina wordt gemaakt uit de feiten en de regels zelf (`make guide`), zodat ze "
    "niet kan verouderen.\n\n"
    "Hoe zeker een regel is, staat bij zijn bron. Hoog: openbare bronnen zeggen het. Middelmatig: een bron "
    "zegt een deel ervan. Laag: van horen zeggen. Voorstel: het staat alleen in het domeinmodel, de nota "
    "waarvan dit systeem vertrekt, en is nog te bevestigen.",
    "# The facts of a pathway\n\n"
    "Each fact in two sentences, with its rule and its source; then the rules that changed by date, and what "
    "can be asked. This page is made from the facts and the rules themselves (`make guide`), so that it "
    "cannot rot.\n\n"
    "How sure a rule is, stands with its source. High: public sources say it. Medium: a source says a part of "
    "it. Low: hearsay. Proposal: it stands in the domain model alone, the notes that this system began from, "
    "and is still to be confirmed.",
)
FIELDS = Text("| Veld | | Uitleg | Codes |", "| Field | | Meaning | Codes |")
SOURCE = Text("Bron", "Source")
MODEL = Text("domeinmodel", "domain model")
CERTAINTY = Text("Zekerheid", "Certainty")
CERTAINTIES: Mapping[Certainty | None, Text] = {
    Certainty.HIGH: Text("hoog", "high"),
    Certainty.MEDIUM: Text("middelmatig", "medium"),
    Certainty.LOW: Text("laag", "low"),
    None: Text("voorstel", "proposal"),
}
SENSITIVE = Text(
    "Kan bijzondere gegevens bevatten (gezondheid, detentie): anderen krijgen het veralgemeend te zien.",
    "May hold special-category data (health, detention): others are told a general form of it.",
)
JUDGED_BY = Text("Regels volgens datum", "Rules by date")
COMMANDS_HEAD = Text("Wat gevraagd kan worden", "What can be asked")
RULES = Text(
    "Een feit wordt beoordeeld volgens de rij van zijn eigen dag, ook als het jaren later geregistreerd wordt. "
    "Bij (?) is een grens onzeker: dan volgt een waarschuwing en geen weigering. Zonder dag is geen begin of "
    "einde bekend. Voor wie elke vorm is, staat in `services/pathway/domain/instruments.toml`.",
    "A fact is judged by the row of its own day, also when it is registered years later. Where (?) stands, a "
    "limit is unsure: then there is a warning and no refusal. Without a day no begin or end is known. For "
    "whom each form is, stands in `services/pathway/domain/instruments.toml`.",
)
ROWS = Text(
    "| Vorm | Rij | Van | Tot en met | Grenzen | Bron | Zekerheid |",
    "| Form | Row | From | Until | Limits | Source | Certainty |",
)
INSTRUMENTS: Mapping[Instrument, Text] = {
    Instrument.IBO: Text("IBO", "IBO"),
    Instrument.STAGE: Text("Stage", "Stage"),
    Instrument.WEP_PLUS: Text("WEP+", "WEP+"),
    Instrument.AFTER_WEP_PLUS: Text("Na WEP+", "After WEP+"),
    Instrument.WEEK: Text("Volle week", "Full week"),
}
FORMS: Mapping[str, Text] = {
    rules.INFLOW: Text("eerste dag van een module", "first day of a module"),
    rules.MODULES: Text("laatste dag van een module", "last day of a module"),
    rules.ALL: Text("alle modules samen", "all modules together"),
}
"""Those that are no code of a field."""
LIMITS: Mapping[str, Text] = {
    "min_length": Text("minstens {}", "at least {}"),
    "soft_max": Text("waarschuwing voorbij {}", "a warning past {}"),
    "hard_max": Text("hoogstens {}", "at most {}"),
    "extendable": Text("verlengbaar", "can be extended"),
    "min_hours": Text("minstens {} uur per week", "at least {} hours a week"),
    "max_hours": Text("hoogstens {} uur per week", "at most {} hours a week"),
    "max_number": Text("hoogstens {} in een traject", "at most {} in a pathway"),
    "other_employer": Text("telkens bij een ander", "each with another one"),
    "prior_temp_days": Text(
        "hoogstens {} dagen interimwerk vooraf", "at most {} days of agency work before"
    ),
    "ages": Text("leeftijd {}", "age {}"),
    "education": Text("scholing {}", "education {}"),
    "unemployed_under_25": Text(
        "jonger dan 25: {} zonder werk vooraf", "under 25: {} without work before"
    ),
    "unemployed_from_25": Text(
        "vanaf 25: {} zonder werk vooraf", "from 25: {} without work before"
    ),
    "hire_obligation": Text("daarna aanwerven", "then hire"),
    "vdab_stops_for": Text("VDAB stopt alleen wegens {}", "VDAB stops it only for {}"),
}
NOT_EXTENDABLE = Text("niet verlengbaar", "cannot be extended")
OR = Text(" of ", " or ")
UNITS: Mapping[Unit, tuple[Text, Text]] = {
    Unit.DAYS: (Text("dag", "day"), Text("dagen", "days")),
    Unit.WEEKS: (Text("week", "week"), Text("weken", "weeks")),
    Unit.MONTHS: (Text("maand", "month"), Text("maanden", "months")),
    Unit.FULL_DAYS: (Text("volle dag", "full day"), Text("volle dagen", "full days")),
}
DECIMAL = Text(",", ".")


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
    return {DOCS / f"guide.{told}.md": _guide(attrgetter(told)) for told in Text._fields}


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def _guide(say: Say) -> str:
    facts = (_section(fact, say) for fact in FACTS)
    tables = (_rows(instrument, say) for instrument in Instrument)
    asked = "\n".join(f"- `{command.path}`: {say(_asks(command))}" for command in COMMANDS)
    parts = (say(HEAD), *facts, f"## {say(JUDGED_BY)}", say(RULES), *tables)
    return "\n\n".join((*parts, f"## {say(COMMANDS_HEAD)}", asked)) + "\n"


def _asks(command: type[Command]) -> Text:
    return Text(command.nl, (command.__doc__ or "").splitlines()[0])


def _section(fact: type[Fact], say: Say) -> str:
    about, source = fact.about, fact.about.source
    told = "; ".join(filter(None, (f"{say(MODEL)} {source.model}", source.pages)))
    sure = say(CERTAINTIES[source.certainty])
    lines = [
        f"## {say(about.title)} (`{fact.__name__}`)",
        "",
        say(about.meaning),
        "",
        f"{say(SOURCE)}: {told}. {say(CERTAINTY)}: {sure}.",
    ]
    if fact.ruled_by:
        links = ", ".join(_link(instrument, say) for instrument in fact.ruled_by)
        lines += ["", f"{say(JUDGED_BY)}: {links}."]
    if fact.data_class is DataClass.SPECIAL:
        lines += ["", say(SENSITIVE)]
    if rows := list(_fields(fact, say)):
        lines += ["", say(FIELDS), "|---|---|---|---|", *rows]
    return "\n".join(lines)


def _fields(fact: type[Fact], say: Say) -> Iterator[str]:
    hints = get_type_hints(fact, include_extras=True)
    for name in fact.model_fields:
        label = next((mark for mark in get_args(hints[name]) if isinstance(mark, Label)), None)
        if label:
            help_text = say(label.help) if label.help else ""
            codes = ", ".join(f"`{code}`" for code in _codes(hints[name]))
            yield f"| {say(label)} | `{name}` | {help_text} | {codes} |"


def _codes(hint: object) -> list[str]:
    """The codes of a field that takes some."""
    if get_origin(hint) is Annotated:
        return _codes(get_args(hint)[0])
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return [code.value for code in hint]
    return [code for part in get_args(hint) for code in _codes(part)]


def _link(instrument: Instrument, say: Say) -> str:
    anchor = re.sub("[^a-z0-9 ]", "", _heading(instrument, say).lower()).replace(" ", "-")
    return f"[{say(INSTRUMENTS[instrument])}](#{anchor})"


def _heading(instrument: Instrument, say: Say) -> str:
    return f"{say(JUDGED_BY)}: {say(INSTRUMENTS[instrument])}"


def _rows(instrument: Instrument, say: Say) -> str:
    """The rows about an instrument, form by form as the table has them."""
    rows = (_row(row, say) for row in TABLE.rows if row.instrument is instrument)
    head = (f"### {_heading(instrument, say)}", "", say(ROWS), "|---|---|---|---|---|---|---|")
    return "\n".join((*head, *rows))


def _row(row: RuleRow, say: Say) -> str:
    limits = "; ".join(_limits(row, say))
    cells = (
        say(FORMS[row.variant]) if row.variant in FORMS else f"`{row.variant}`",
        f"`{row.id}`",
        _day(row.since if row.since > date.min else None) + _unsure(row, "since"),
        _day(row.until) + _unsure(row, "until"),
        limits,
        row.source,
        say(CERTAINTIES[row.certainty]),
    )
    return f"| {' | '.join(cells)} |"


def _limits(row: RuleRow, say: Say) -> Iterator[str]:
    if row.extendable is False:
        yield say(NOT_EXTENDABLE)
    for name, text in LIMITS.items():
        value = getattr(row, name)
        # None of it at all (0) is a limit too.
        if value is not None and value is not False and value != ():
            limit = "unemployed" if name.startswith("unemployed") else name
            yield say(text).format(_value(value, say)) + _unsure(row, limit)


def _unsure(row: RuleRow, limit: str) -> str:
    return "" if row.is_sure_of(cast("Limit", limit)) else " (?)"


def _value(value: object, say: Say) -> str:
    match value:
        case Length():
            return say(OR).join(f"{n} {say(UNITS[unit][n > 1])}" for n, unit in value)
        case Decimal():
            return str(value).replace(".", say(DECIMAL))
        case tuple():
            return ", ".join(f"`{code}`" for code in cast("tuple[StrEnum, ...]", value))
        case _:
            return str(value)


def _day(day: date | None) -> str:
    return f"{day.day}-{day.month}-{day.year}" if day else ""


if __name__ == "__main__":
    sys.exit(main())
