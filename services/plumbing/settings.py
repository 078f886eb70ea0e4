"""Settings come from the environment; a wrong one is told by name, with the way out."""

import sys
from typing import TypeVar

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

S = TypeVar("S", bound="Settings")

EXIT_MISCONFIGURED = 78
"""What sysexits.h calls EX_CONFIG: starting again without a change will not help."""


class SettingsInvalid(Exception):
    """A setting is missing or wrong; the message has a line for each, and shows no values."""


class Settings(BaseSettings):
    """What to inherit from; a field `database_url` is read from the variable DATABASE_URL.

    Give each field a description: it is what people are told when the field is wrong.
    Passwords are SecretStr, so that they show nowhere.
    """

    model_config = SettingsConfigDict(
        case_sensitive=False, env_ignore_empty=True, extra="ignore", frozen=True
    )


def load(kind: type[S]) -> S:
    """The settings of `kind` from the environment; raises SettingsInvalid."""
    try:
        return kind()
    except ValidationError as error:
        # No cause: it would show the values, passwords among them.
        raise SettingsInvalid(_told(kind, error)) from None


def load_or_exit(kind: type[S]) -> S:
    """As `load`, for a program's start: says what is wrong and ends with status 78."""
    try:
        return load(kind)
    except SettingsInvalid as invalid:
        print(invalid, file=sys.stderr)  # For the person at the terminal.
        raise SystemExit(EXIT_MISCONFIGURED) from None


def _told(kind: type[Settings], error: ValidationError) -> str:
    lines = ["The settings are not right:"]
    prefix = kind.model_config.get("env_prefix", "")
    for wrong in error.errors(include_input=False, include_url=False):
        name = str(wrong["loc"][0]) if wrong["loc"] else ""
        field = kind.model_fields.get(name)
        variable = _variable(prefix, name, field)
        why = wrong["msg"].removeprefix("Value error, ")
        what = "is not set" if wrong["type"] == "missing" else f"is not usable: {why}"
        way_out = f" Set it to {field.description}." if field and field.description else ""
        lines.append(f"  {variable} {what}.{way_out}" if variable else f"  {why}")
    return "\n".join(lines)


def _variable(prefix: str, name: str, field: FieldInfo | None) -> str:
    alias = field.validation_alias if field else None
    return (alias if isinstance(alias, str) else prefix + name).upper()
