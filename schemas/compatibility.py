"""What breaks against the last released contract, and for which reader.

`python -m schemas.compatibility` says so, and exits with 1 when something breaks that may not.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from schemas import codes
from schemas.consumers import Consumer, registered
from schemas.differences import ON_THE_TOPIC, Difference, Kind, Schemas, differences
from schemas.generate import json_schemas
from schemas.releases import Release, Version, present_version, releases, today

_WHAT: Mapping[Kind, str] = {
    Kind.TYPE_REMOVED: "the type is gone; whoever reads it waits for what no longer comes",
    Kind.FIELD_REMOVED: "the field is gone; whoever reads it finds nothing",
    Kind.FIELD_OPTIONAL: "the field may be absent, and was always there",
    Kind.FIELD_DEMANDED: "the field must be there, and what stands on the topic does not have it",
    Kind.NULL_ALLOWED: "the field may be null, and never was",
    Kind.RETYPED: "the field is of another type ({what})",
    Kind.WIDENED: "the field may hold what it could not hold before ({what})",
    Kind.NARROWED: "the field may no longer hold what stands on the topic ({what})",
    Kind.CODE_ADDED: "{what} is new in the list {codes}, and readers do not know it",
    Kind.CODE_REMOVED: "{what} is gone from the list {codes}, and stands on the topic",
}
_BESIDE = "leave {type} as it was, and send {next} beside it for 12 months"
_WAY_OUT: Mapping[Kind, str] = {
    Kind.FIELD_DEMANDED: "give the field a default, so that it may be absent; else " + _BESIDE,
    Kind.CODE_ADDED: "send it {general}by its own name in {next}, beside {type} for 12 months",
    Kind.CODE_REMOVED: "keep the code in the list, also when it is no longer sent; else " + _BESIDE,
}


@dataclass(frozen=True)
class Finding:
    """A difference that breaks somebody, with the registered readers that it breaks."""

    change: Difference
    readers: Sequence[Consumer]
    until: date | None = None
    """For a type that a newer version replaced: the day from which it may go."""

    def __str__(self) -> str:
        what = _WHAT[self.change.kind].format(what=self.change.what, codes=self.change.codes)
        names = ", ".join(map(str, self.readers)) or "no registered reader; there may be others"
        when = " as soon as it takes these schemas" if self.change.kind in ON_THE_TOPIC else ""
        return (
            f"{self.change.type} {self.change.field}".rstrip() + f": {self.change.kind}\n"
            f"  what     {what}\n"
            f"  breaks   {names}{when if self.readers else ''}\n"
            f"  way out  {self._way_out()}"
        )

    def _way_out(self) -> str:
        if self.until:
            return f"keep it until {self.until}: 12 months beside {_next(self.change.type)}"
        listed = getattr(codes, self.change.codes, None)
        code = codes.general(listed) if listed else None
        return _WAY_OUT.get(self.change.kind, _BESIDE).format(
            type=self.change.type,
            next=_next(self.change.type),
            general=f"as {code} in {self.change.type}, and " if code else "",
        )


@dataclass(frozen=True)
class Report:
    """What the present contract does to who reads the last release."""

    against: Release | None
    version: Version
    findings: Sequence[Finding]
    news: Sequence[Difference]

    @property
    def fails(self) -> bool:
        """Whether something breaks that may not: from 1.0.0 on anything, before that what no version tells."""
        return bool(self.findings) and not self._told

    @property
    def _told(self) -> bool:
        return self.against is not None and self.version.may_break(self.against.version)

    def __str__(self) -> str:
        if self.against is None:
            return "No release to compare with: `make release-contract` keeps the first."
        lines = [f"Against release {self.against.version} of {self.against.on}:"]
        lines += [str(finding) for finding in self.findings] or ["Nothing breaks."]
        if self.news:
            told = ", ".join(f"{one.type} {one.field}".rstrip() for one in self.news)
            lines.append(f"New, and passed over by who does not know it: {told}.")
        if self.findings and self._told:
            lines.append(f"{self.version} may do so: before 1.0.0 a minor version may break.")
        elif self.findings and self.against.version.major == 0:
            lines.append(
                "Before 1.0.0 a minor version may break: raise it in pyproject.toml, and say so "
                "in CHANGELOG.md, under Contract."
            )
        return "\n".join(lines)


def checked(
    now: Schemas,
    released: Sequence[Release],
    version: Version,
    on: date,
    consumers: Sequence[Consumer] | None = None,
) -> Report:
    """The contract `now` against the last of these releases, as of this day."""
    consumers = registered() if consumers is None else consumers
    if not released:
        return Report(None, version, [], [])
    found = differences(released[-1].schemas, now)
    findings: list[Finding] = []
    for change in (one for one in found if one.breaks):
        until = _may_go_on(change, released)
        if until is None or on < until:
            readers = [one for one in consumers if one.is_broken_by(change)]
            findings.append(Finding(change, readers, until))
    return Report(released[-1], version, findings, [one for one in found if not one.breaks])


def _may_go_on(change: Difference, released: Sequence[Release]) -> date | None:
    """The day from which a type may go that a newer version of it stands beside; None without one."""
    if change.kind is not Kind.TYPE_REMOVED:
        return None
    beside = [one.on for one in released if _next(change.type) in one.schemas]
    return a_year_after(beside[0]) if beside else None


def a_year_after(day: date) -> date:
    """The same day 12 months later; of 29 February, 1 March."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return date(day.year + 1, 3, 1)


def _next(type_name: str) -> str:
    name, _, version = type_name.rpartition(".v")
    return f"{name}.v{int(version) + 1}"


def main() -> int:
    """Print what breaks; 1 when something does that may not."""
    argparse.ArgumentParser(
        prog="python -m schemas.compatibility",
        description=(
            "Compares the contract as the models make it now with the last release in schemas/released/, and "
            "says what breaks, for which reader of schemas/consumers.toml, and the way out. Exits with 1 when "
            "something breaks that may not."
        ),
    ).parse_args()
    report = checked(json_schemas(), releases(), present_version(), today())
    print(report)
    return int(report.fails)


if __name__ == "__main__":
    sys.exit(main())
