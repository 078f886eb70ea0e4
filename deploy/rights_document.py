"""Writes docs/rights.md from the tables that the services obey: `make rights`, or `--check` for a test."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from pathway import api_rights
from pathway.api import create_app as write_side_app
from pathway.at_terminal import RULE as AT_TERMINAL
from pathway.backdating import BACKDATED, MAY_REGISTER, Age, Backdating
from pathway.domain.refusals import BackdatedTooFar
from pathway.overrides import MOST_HOURS
from plumbing import callers, row_rights
from plumbing.access import BY_ENDPOINT, BY_ROW
from plumbing.access_reading import Look
from plumbing.callers import Role
from plumbing.rights import DOCUMENTATION, Open, Rights
from plumbing.row_rights import AFTERWARDS, Rule, Scope
from plumbing.web_sign_in import WebSignInSettings
from projections import web_rights
from projections.web import create_app as read_side_app

PAGE = Path(__file__).resolve().parents[1] / "docs" / "rights.md"
NOWHERE = "http://127.0.0.1:1"

ROLES: Mapping[Role, tuple[str, str]] = {
    Role.COUNSELLOR: ("Counsellor", "guides jobseekers for VDAB"),
    Role.TEAM_LEADER: ("Team leader", "leads a unit of counsellors"),
    Role.PARTNER: ("Partner", "guides jobseekers for an organisation that VDAB pays"),
    Role.REPORTING_OFFICER: ("Reporting officer", "reads figures and sees no person"),
    Role.AUDITOR: ("Auditor", "checks who did and saw what"),
    Role.CONSUMING_SYSTEM: ("Consuming system", "follows pathways by reference"),
    Role.ENTITLED_SYSTEM: ("Entitled system", "learns which INSZ goes with which reference"),
    Role.READ_SIDE: ("The pages' service", "asks what stands between a caller and people"),
    Role.CONFIDENTIAL: ("Confidential files", "beside another right: sees shielded people too"),
    Role.OPERATOR: ("Operator", "keeps the services running"),
    Role.ADMINISTRATOR: ("Administrator", "sets barriers, mends numbers and double references"),
}
"""What each role is called on the page, and who has it."""

SCOPES: Mapping[Scope, str] = {
    Scope.CASELOAD_AND_UNIT: "their own caseload, that of their unit, and pathways of no unit yet",
    Scope.LOTS: f"whom their organisation guides, and until {AFTERWARDS.days} days afterwards",
    Scope.ALL: "everybody",
}

RULES: Mapping[Rule, str] = {
    Rule.OWN_FILE: "It is the caller's own file",
    Rule.RELATIVE: "The person is a relative of the caller",
    Rule.CONFIDENTIAL: "The file is confidential",
    Rule.COLLEAGUE: "The person is a colleague of the caller: somebody's own file",
    Rule.EVERYTHING: f"The caller's role sees {SCOPES[Scope.ALL]}",
    Rule.OVERRIDE: f"The caller gave a written reason, at most {MOST_HOURS} hours ago",
    Rule.DECEASED: "The person died",
    Rule.CLOSED: f"The pathway ended more than {AFTERWARDS.days} days ago",
    Rule.OWN_CASELOAD: "The caller guides the person",
    Rule.OWN_UNIT: "The caller's unit guides the person",
    Rule.NO_UNIT: "No unit is told of the pathway yet, and the caller is a counsellor or team leader",
    Rule.OWN_LOT: f"The caller's organisation guides the person, or did {AFTERWARDS.days} days ago or less",
    Rule.OTHERS: (
        "None of these: somebody else guides the person; or the read side was not told whose pathway it "
        "is, and then no reason lifts it there"
    ),
}
"""When each rule holds; what it decides and what lifts it follows from the code."""


@dataclass(frozen=True)
class Endpoint:
    """One thing that can be asked of a service; `roles` is None where everyone may."""

    name: str
    address: str
    summary: str
    roles: frozenset[Role] | None


def main() -> int:
    """Write the page; with `--check` write nothing, and return 1 when it is stale."""
    text = document()
    if "--check" in sys.argv[1:]:
        stale = not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text
        if stale:
            print("docs/rights.md is stale: run `make rights`")
        return int(stale)
    PAGE.write_text(text, encoding="utf-8")
    return 0


def document() -> str:
    """The whole page, as it should be."""
    parts = [
        _INTRODUCTION,
        _picture(),
        "## Who has which role\n",
        _who_is_who(),
        "## About whom: the rules in their order\n",
        _ordered_rules(),
        "## What each role may do\n",
        _MAY,
        "### Commands, files and names (the write side)\n",
        _matrix(endpoints(write_side(), api_rights.RIGHTS)),
        "### Overviews, timelines and reports (the read side)\n",
        _matrix(endpoints(read_side(), web_rights.RIGHTS)),
        "### How far back\n",
        _how_far_back(),
        "## What the trace keeps of a look\n",
        _trace(),
        _PROOF,
    ]
    return "\n".join(part.strip("\n") + "\n" for part in parts)


def write_side() -> FastAPI:
    """The write side as it describes itself, which it can without a store."""
    nowhere = cast("Any", SimpleNamespace(store=None, vault=None))
    return write_side_app(nowhere, nowhere, nowhere, "")


def read_side() -> FastAPI:
    """The read side in the same way."""
    settings = WebSignInSettings(oidc_issuer=NOWHERE, web_public_url=NOWHERE)
    told = ("names", "standings", "looks", "overrides", "facts", "running", "commands", "notes")
    others = SimpleNamespace(**dict.fromkeys(told))
    return read_side_app(settings, cast("Any", SimpleNamespace()), cast("Any", others))


def endpoints(app: FastAPI, rights: Rights) -> list[Endpoint]:
    """Every endpoint of `app` as its table of rights has it, REST first, then pages."""
    told = {
        operation["operationId"]: operation["summary"]
        for methods in app.openapi()["paths"].values()
        for operation in methods.values()
    }
    found: list[Endpoint] = []
    for route in iter_route_contexts(app.routes):
        name = route.name or ""
        if name in DOCUMENTATION:
            continue
        methods = " ".join(sorted(set(route.methods or {"GET"}) - {"HEAD"}))
        roles = rights[name]
        summary = told.get(name) or _summary_of(route)
        found.append(
            Endpoint(
                name,
                f"{methods} {route.path}",
                summary,
                None if isinstance(roles, Open) else roles,
            )
        )
    return sorted(found, key=lambda one: "/v1/" not in one.address)


def _summary_of(route: object) -> str:
    """What an endpoint outside of OpenAPI, such as a page, says of itself."""
    summary: object = getattr(route, "summary", None)
    return str(summary or "")


def _picture() -> str:
    """The way of a question; rules that follow each other and decide the same stand in one box."""
    groups = [(outcome, list(rules)) for outcome, rules in groupby(in_order(), _outcome)]
    lines: list[str] = [*_HEAD_OF_PICTURE]
    for place, (outcome, rules) in enumerate(groups):
        told = "<br>".join(f"{rule.value}: {RULES[rule]}" for rule in rules)
        last = place == len(groups) - 1
        lines.append(f'    g{place}["{told}"] {"--" if last else "-- yes --"}> {outcome}')
        if not last:
            lines.append(f"    g{place} -- no --> g{place + 1}")
    return "\n".join([*lines, "```"])


def in_order() -> list[Rule]:
    """The rules as the one expression asks them; one that it asks twice, where it does so last."""
    codes = re.findall(r"(?:then|else) '(\w+)'", row_rights.RULE)
    return [Rule(code) for code in reversed(dict.fromkeys(reversed(codes)))]


def _outcome(rule: Rule) -> str:
    if rule in row_rights.BARRIERS:
        return "never"
    return "reason" if rule in row_rights.OVERRIDABLE else "shown"


def _ordered_rules() -> str:
    lines = [_RULES, "| | Rule | When | Then |", "|---|---|---|---|"]
    for place, rule in enumerate(in_order(), start=1):
        then = {
            "never": "**not shown**, and no reason lifts it",
            "reason": f"not shown, unless for a written reason, {MOST_HOURS} hours at most",
            "shown": "shown",
        }[_outcome(rule)]
        if rule in row_rights.LIFTED_BY_CONFIDENTIAL:
            then += "; does not stand before who has the right to confidential files"
        lines.append(f"| {place} | `{rule}` | {RULES[rule]} | {then} |")
    return "\n".join(lines)


def _who_is_who() -> str:
    lines = [_CLAIMS, "| Role | Who | Given by | Sees |", "|---|---|---|---|"]
    for role, (name, who) in ROLES.items():
        scope = row_rights.SCOPES.get(role)
        sees = SCOPES[scope] if scope else "no person"
        lines.append(f"| {name} | {who} | {' or '.join(_given_by(role))} | {sees} |")
    return "\n".join(lines)


def _given_by(role: Role) -> Iterator[str]:
    for name, right in callers.RIGHTS.items():
        if right.role is role:
            yield f"right `{name}`, target group {', '.join(sorted(right.target_groups))}"
    for scope, given in callers.SCOPES.items():
        if given is role:
            yield f"scope `{scope}`"


def _matrix(found: Sequence[Endpoint]) -> str:
    closed = [one for one in found if one.roles is not None]
    columns = [role for role in ROLES if any(role in (one.roles or ()) for one in closed)]
    names = " | ".join(ROLES[role][0] for role in columns)
    lines = [f"| What | Address | {names} |", f"|---|---|{'---|' * len(columns)}"]
    for one in closed:
        cells = " | ".join("yes" if role in (one.roles or ()) else "-" for role in columns)
        lines.append(f"| {one.summary} | `{one.address}` | {cells} |")
    others = [name for role, (name, _) in ROLES.items() if role not in columns]
    if others:
        lines += ["", f"Nothing of this is for: {', '.join(others)}."]
    everyone = [f"`{one.address}`" for one in found if one.roles is None]
    lines += [
        "",
        f"For everyone, also without signing in, and about no person: {', '.join(everyone)}.",
    ]
    return "\n".join(lines)


def _how_far_back() -> str:
    by_itself = Backdating()
    ages = {
        Age.FRESH: f"up to {by_itself.free_days} days ago",
        Age.LATE: f"up to {by_itself.limit_days} days ago",
        Age.OLD: "longer ago",
    }
    who = [role for role in ROLES if role in api_rights.GUIDES]
    lines = [
        _BACK,
        f"| The day is | {' | '.join(ROLES[role][0] for role in who)} |",
        f"|---|{'---|' * len(who)}",
    ]
    for age, told in ages.items():
        cells = " | ".join(_back(age, role) for role in who)
        lines.append(f"| {told} | {cells} |")
    return "\n".join(lines)


def _back(age: Age, role: Role) -> str:
    if age is Age.FRESH:
        return "yes"
    if role in MAY_REGISTER[age]:
        return f"yes, with the warning `{BACKDATED}`"
    return f"yes, with the warning `{BACKDATED}`; where enforced: no"


def _trace() -> str:
    lines = [_LOOKS, "| Kept | What it is |", "|---|---|"]
    for name, field in Look.model_fields.items():
        lines.append(f"| `{name}` | {field.description} |")
    lines += ["", "The purposes, as codes, by role:", "", "| Role | Purpose |", "|---|---|"]
    purposes = dict.fromkeys((*api_rights.PURPOSES, *web_rights.PURPOSES))
    for role, (name, _) in ROLES.items():
        codes = dict.fromkeys(code for roles, code in purposes if role in roles)
        if codes:
            lines.append(f"| {name} | {', '.join(f'`{code}`' for code in codes)} |")
    return "\n".join(lines)


_HEAD_OF_PICTURE = (
    "```mermaid",
    "flowchart TD",
    '    asked["A question or a command"] --> token{"A valid token of our issuer, for us?"}',
    '    token -- no --> away(["401: sign in"])',
    '    token -- yes --> right{"Does a role of the caller open this endpoint?"}',
    '    right -- no --> refused["Denied look in the trace"] --> not_allowed(["403: not allowed"])',
    "    right -- yes --> g0",
    '    shown["Permitted look in the trace"] --> answer(["Shown"])',
    '    never["Denied look in the trace"] --> nobody(["404: the same as for who does not exist"])',
    '    reason["Denied look in the trace"] --> lifted(["404, until a written reason is given"])',
)
_REPORT_READERS = " or ".join(
    name.lower() for role, (name, _) in ROLES.items() if role in web_rights.REPORT_READERS
)
_INTRODUCTION = f"""
<!-- Generated by `make rights` from the tables that the services obey. Do not edit: change those. -->
# Who may see and do what

For the data protection officer, the auditor, and whoever decides about rights. Everything on this page is
written by a program from the tables that the two services obey, so that it says what they do; a test fails
when the page is older than the tables.

In short:

- Nobody sees anything without a token that the issuer (ACM/IDM) signed, for this application and for now.
- A token gives **roles**; a table says which role may use which endpoint. What is not in it is refused.
- Then it depends on **about whom**: ordered rules decide for each pathway, the same for one file and for each
  line of a list. A list is narrowed before it is counted: its counts tell of nobody whom it would not show.
- **Reports** are figures about everybody, without names, for every {_REPORT_READERS}.
  Small figures are shown as they are, except about special categories: those are for reporting officers alone,
  and no number of fewer than five persons is told, nor what would give it away.
- **Where a fact is**, operators and auditors may ask of any: its moments and places, and nothing of what it
  says. Of the rules about whom only the barriers hide that.
- **Which pathways wait** in a read model, operators and administrators are told, whoever they are of, also
  while the write side is away: references and places, and no value of a row.
- Who may not be seen is told like who does not exist.
- **Every look is traced before it is shown**, permitted or denied. What cannot be traced is not shown.
- **People ask over REST and pages alone.** No SQL view is offered to them yet, so that nobody reads rows past
  these rules. The logins of the databases are for processes; who keeps the databases is outside of this page.
"""
_CLAIMS = f"""
Rights stand in the claim `{callers.RIGHTS_CLAIM}` of the token, as `RIGHT:ORGANISATION`. A right counts only
for the organisation that the person signed in for, and only in the target group that it is meant for: an
organisation cannot make its own people counsellors. Systems have scopes instead, which give a person nothing.
How far a role sees holds where no barrier stands before, as the next section says.
"""
_RULES = """
The first rule that holds decides, about each pathway by itself: of one person one pathway may be shown and
another not. What is told of the person, such as the name, is told to who sees one of their pathways. The first
four are about the person, so they come before everything else and hold for all their pathways. Administrators
set and end them, but not what stands before themselves or about their own file or a relative's. Systems are no
people, and have no file, relatives or colleagues. A reason is sealed under the key of the person it is about;
auditors read it.
"""
_MAY = """
"yes" says that the role may ask; the rules above then decide about whom. Everything else is refused with 403,
and the attempt is traced.
"""
_BACK = f"""
What is registered long after its day is warned of: in the answer, with the fact, and on the timeline. The
operator may have it refused (`BACKDATING_ENFORCED`), and sets the days (`BACKDATING_FREE_DAYS`,
`BACKDATING_LIMIT_DAYS`). A correction or an annulment is as old as the oldest day that it changes something
of. Imports and systems are not held to it. The refusal is `{BackdatedTooFar.rule}`, and names who
may. A role that is not here registers nothing.
"""
_LOOKS = f"""
Each person in an answer has an entry of their own, in a chain of hashes in which nothing can be changed or left
out unnoticed. There is no name, no INSZ and no free text in it. The rule is the ordered one that decided;
`{BY_ENDPOINT}` where the role alone did, `{BY_ROW}` where no ordered one was asked, and `{AT_TERMINAL}` where
somebody worked at a terminal with the keys of the database and the vault.
"""
_PROOF = """
## How this is held

| What | By |
|---|---|
| each cell of both tables and its entry in the trace; no endpoint outside | `tests/rights/test_cells.py` |
| forged, expired and other tokens with one thing wrong | `tests/rights/test_tokens.py` |
| the ordered rules | `tests/plumbing/test_row_rights.py` |
| others' ids are told like nobody's | `tests/rights/test_swapped_ids.py` |
| made-up requests by each role | `tests/rights/test_fuzz_roles.py` |
| how far back, cell by cell | `tests/pathway/test_backdating.py` |
| what cannot be traced is not answered, at each endpoint by each role | `tests/rights/test_untraced.py` |
| sessions and forms of the pages | `tests/rights/test_sessions.py` |
| this page | `tests/rights/test_rights_document.py` |
"""

if __name__ == "__main__":
    sys.exit(main())
