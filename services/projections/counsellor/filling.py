"""A form of a command: what was filled in as the body that the write side takes, and words for its parts."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from projections.acting import Choice, Command, Field, Rule
from projections.labels import N_
from projections.words import Words

CHANGES = "changes."
REQUIRED, NO_NUMBER = "required", "no_number"
"""What a page says of a field by itself."""
GROUPS: Mapping[str, frozenset[str]] = {
    N_("Begeleiding"): frozenset(
        {
            "assign-counsellor",
            "transfer-counsellor",
            "unassign-counsellor",
            "screen",
            "agree-plan",
            "plan-appointment",
            "hold-appointment",
            "miss-appointment",
            "record-characteristics",
        }
    ),
    N_("IBO, stages en andere modules"): frozenset(
        {
            "start-ibo",
            "complete-ibo",
            "sign-ibo-contract",
            "start-stage",
            "complete-stage",
            "start-work-experience-module",
            "start-insertion-module",
            "complete-module",
            "plan-module",
            "module-not-started",
            "stop-module",
            "interrupt-module",
            "resume-module",
            "extend-module",
            "shorten-module",
            "change-intensity",
            "report-absence",
            "annul-module",
        }
    ),
    N_("Werk"): frozenset(
        {
            "hire",
            "end-employment",
            "check-employment",
            "waive-hire-obligation",
            "record-hire-breach",
        }
    ),
}
OTHERS = N_("Traject, toeleiding en vrijstelling")
"""Where commands stand that are in no group above."""

_UNITS = {
    "day": N_("dag"),
    "days": N_("dagen"),
    "week": N_("week"),
    "weeks": N_("weken"),
    "month": N_("maand"),
    "months": N_("maanden"),
    "full day": N_("volledige dag"),
    "full days": N_("volledige dagen"),
}
_LENGTH = re.compile(r"(\d+) ([a-z ]+?)(?= or |$)")


@dataclass(frozen=True)
class Filled:
    """What somebody filled in: as it stands in the form, as a body, and what is wrong with it by itself."""

    values: Mapping[str, Sequence[str]]
    body: Mapping[str, Any]
    wrong: Mapping[str, str]


def begun(command: Command) -> Filled:
    """A form as it is before anybody filled it in."""
    values = {field.name: _as_text(field.value) for field in command.fields}
    return Filled(values, {}, {})


def filled(command: Command, sent: Mapping[str, Sequence[str]]) -> Filled:
    """What was sent, read by the fields of the command; what is left empty is not sent on."""
    values = {one.name: [v.strip() for v in sent.get(one.name, ())] for one in command.fields}
    body: dict[str, Any] = {}
    changes: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for field in command.fields:
        told = [value for value in values[field.name] if value]
        try:
            value = _value(field, told)
        except ValueError:
            wrong[field.name] = NO_NUMBER
            continue
        if field.name.startswith(CHANGES):
            if value != field.value and not (value in (None, []) and field.value in (None, [])):
                changes[field.name.removeprefix(CHANGES)] = value
        elif value not in (None, []):
            body[field.name] = value
        elif field.required:
            wrong[field.name] = REQUIRED
    return Filled(values, body | ({"changes": changes} if changes else {}), wrong)


def grouped(commands: Sequence[Command]) -> Iterator[tuple[str, list[Command]]]:
    """Commands by what they are about; only groups that have some."""
    known = frozenset[str]().union(*GROUPS.values())
    rest = frozenset(one.command for one in commands) - known
    for title, names in (*GROUPS.items(), (OTHERS, rest)):
        found = [one for one in commands if one.command in names]
        if found:
            yield title, found


def rule_words(rule: Rule, words: Words) -> str:
    """What the rules say of a form, such as `minstens 4 weken, hoogstens 26 weken`."""
    told = [
        words(sentence, length=_length(length, words))
        for sentence, length in (
            (N_("minstens {length}"), rule.min_length),
            (N_("zacht maximum {length}"), rule.soft_max),
            (N_("hoogstens {length}"), rule.hard_max),
        )
        if length
    ]
    if rule.min_hours:
        told.append(words("minstens {n} uur per week", n=words.number(rule.min_hours)))
    if rule.max_hours:
        told.append(words("hoogstens {n} uur per week", n=words.number(rule.max_hours)))
    if rule.since:
        told.append(words("vanaf {day}", day=words.day(rule.since)))
    if rule.until:
        told.append(words("tot en met {day}", day=words.day(rule.until)))
    return ", ".join(told)


def choice_words(choice: Choice, words: Words) -> str:
    """One value of a field: a code in words, or a module by what, where and when."""
    module = choice.module
    if module is None:
        return words.label(choice.code)
    until = module.last_day or module.planned_until
    told = words(
        "{what} bij {organisation}, van {day} tot en met {until}",
        what=words.label(module.form or module.kind),
        organisation=words.organisation(module.organisation),
        day=words.day(module.started_on),
        until=words.day(until),
    )
    if module.last_day is None and module.soft_maximum_on:
        told += words(" (zacht maximum {day})", day=words.day(module.soft_maximum_on))
    if module.last_day is None and module.hard_maximum_on:
        told += words(" (hoogstens tot {day})", day=words.day(module.hard_maximum_on))
    return told


def _length(told: str, words: Words) -> str:
    parts = [
        f"{n} {words(_UNITS[unit]) if unit in _UNITS else unit}"
        for n, unit in _LENGTH.findall(told)
    ]
    return words(" of ").join(parts) or told


def _value(field: Field, told: Sequence[str]) -> object:
    """The value of a field as JSON has it; None where it was left empty. Raises ValueError."""
    if field.type == "codes":
        return list(told)
    if field.type == "texts":
        return [one for part in told for one in re.split(r"[\s,;]+", part) if one]
    if not told:
        return None
    match field.type:
        case "number":
            number = float(told[0].replace(",", "."))
            return int(number) if number.is_integer() else number
        case "integer":
            return int(told[0])
        case "yes-no":
            return told[0] == "true"
        case _:
            return told[0]


def _as_text(value: object) -> list[str]:
    if value is None:
        return []
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, float) and value.is_integer():
        return [str(int(value))]
    if isinstance(value, list):
        return [str(one) for one in value]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return [str(value)]
