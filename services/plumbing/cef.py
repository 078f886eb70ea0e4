"""Looks at people as CEF lines, which security centres collect, beside the rows in the database."""

import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pydantic import Field

from plumbing.settings import Settings, load

STDERR = "stderr"
_WARN_ON = "DENY"


class CefSettings(Settings):
    """Where CEF lines go."""

    access_cef_file: str = Field(
        default="",
        description=f"the file to which a CEF line is added for each look, or `{STDERR}`; "
        "without it none is written",
    )


@dataclass(frozen=True)
class CefLog:
    """Adds lines to a file, to standard error for `STDERR`, and nowhere for "". Safe from many threads."""

    target: str

    def write(self, lines: Iterable[str]) -> None:
        """Add these lines at once. Raises OSError when they cannot be."""
        if not self.target:
            return
        told = "".join(f"{line}\n" for line in lines).encode()
        if self.target == STDERR:
            sys.stderr.write(told.decode())
            sys.stderr.flush()
            return
        # Opened for each look, so that the file may be rotated away; added in one write, so that
        # the lines of several processes do not mix.
        file = os.open(self.target, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
        try:
            if os.write(file, told) != len(told):
                raise OSError(f"{self.target} took only part of the lines")
        finally:
            os.close(file)


def cef_log_of_settings() -> CefLog:
    """As ACCESS_CEF_FILE says. Raises SettingsInvalid."""
    return CefLog(load(CefSettings).access_cef_file)


def access_line(product: str, look: Mapping[str, str | None], *, end_ms: int) -> str:
    """One look as a CEF line. `look` has the fields of an access row as text; `end_ms` is its moment.

    A denial is WARN, so that it stands out where lines of many systems come together.
    """
    decision = look["decision"] or ""
    severity = "WARN" if decision == _WARN_ON else "INFO"
    extension = {
        "end": str(end_ms),
        "suid": look["caller_ref"],
        "duid": look["about"],
        "sproc": look["correlation_id"],
        "flexString1Label": "Decision",
        "flexString1": decision.capitalize(),
        "flexString2Label": "Rule",
        "flexString2": look["rule"],
        "cs1Label": "Endpoint",
        "cs1": look["endpoint"],
        "cs2Label": "Purpose",
        "cs2": look["purpose"],
        "cs3Label": "Role",
        "cs3": look["role"],
        "cs4Label": "Organisation",
        "cs4": look["organisation"],
        "msg": f"{look['caller_kind']} {look['caller_ref']}: {look['endpoint']}",
    }
    header = ("CEF:0", "vdab-pathway", _header(product), "1.0", "audit:access", "Inzage", severity)
    told = " ".join(f"{key}={_value(value)}" for key, value in extension.items() if value)
    return "|".join((*header, told))


def _header(text: str) -> str:
    return " ".join(text.replace("\\", "\\\\").replace("|", "\\|").splitlines())


def _value(text: str) -> str:
    """CEF's own escapes; what else would end a line somewhere becomes a space."""
    escaped = text.replace("\\", "\\\\").replace("=", "\\=")
    escaped = escaped.replace("\r", "\\r").replace("\n", "\\n")
    return " ".join(escaped.splitlines())
