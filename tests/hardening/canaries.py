"""People with names, numbers and remarks like no other, and the life and the looks they go through."""

import json
import subprocess
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
from embedded.issuer_users import SYSTEMS
from embedded.plan import BIN
from plumbing.clock import brussels_today, utc_now

from tests.people import invented_insz, invented_kbo
from tests.system.clients import AUDITOR, COUNSELLOR, UNIT, Client
from tests.system.stack import Stack
from tests.wep_plus import a_register, a_row

INSZ, LATER_INSZ, SECOND_INSZ, THIRD_INSZ, FOURTH_INSZ, FIFTH_INSZ = (
    invented_insz(date(1957, 3, 29), number) for number in (771, 773, 775, 777, 779, 781)
)
LAST, FIRST, REMARK = "Kanarievogelaar", "Quirinalia", "Zeldzaamheidsopmerking"
REASON = "Uitzonderlijkheidsreden"
NUMBERS = (INSZ, LATER_INSZ, SECOND_INSZ, THIRD_INSZ, FOURTH_INSZ, FIFTH_INSZ)
OTHER_UNITS, ADMINISTRATOR = "bemiddelaar-04", "beheerder-01"
SEALED = b"gAAAA"
"""How everything begins that the vault encrypted."""
ENROL = {
    "on": "2014-12-01",
    "insz": INSZ,
    "last_name": LAST,
    "first_name": FIRST,
    "category": "06",
    "channel": "LOKET",
}
EMPLOYER = invented_kbo(4_400_001)
PROVIDER = invented_kbo(4_400_002)
LOT = {"lot": "PERCEEL-4", "scheme": "IWPL_TENDER"}
WEP_PLUS = {"planned_until": "2015-07-12", "hours_per_week": 19, "promotor": EMPLOYER}
FULL_TIME = {"hours_per_week": 38}
TODAY = brussels_today(utc_now()).isoformat()
"""Whoever closes a pathway of years ago sees it no more, and could not open it again."""
LIFE: list[tuple[str, dict[str, Any]]] = [
    ("record-characteristics", {"on": "2014-12-01", "commune": "44021", "gender": "V"}),
    ("assign-counsellor", {"on": "2014-12-02", "counsellor": COUNSELLOR, "unit": UNIT}),
    (
        "screen",
        {"on": "2014-12-02", "distance": "GROTE_AFSTAND", "needs": ["PSYCHISCH", "JUSTITIE"]}
        | {"advice": "ACTIVERINGSZORG", "method": "ICF"},
    ),
    (
        "agree-plan",
        {"on": "2014-12-02", "goals": ["N110301"], "competent_version": "2014-2"}
        | {"actions": ["ACTIVERINGSZORG", "TAALOPLEIDING"], "review_on": "2015-06-01"},
    ),
    (
        "transfer-counsellor",
        {"on": "2014-12-03", "counsellor": "bemiddelaar-02", "unit": UNIT, "reason": "AFWEZIGHEID"},
    ),
    ("unassign-counsellor", {"on": "2014-12-04", "reason": "UIT_DIENST"}),
    ("assign-counsellor", {"on": "2014-12-05", "counsellor": COUNSELLOR, "unit": UNIT}),
    (
        "plan-appointment",
        {"on": "2014-12-05", "planned_for": "2014-12-08", "channel": "KANTOOR"},
    ),
    ("miss-appointment", {"on": "2014-12-08", "valid_excuse": False}),
    (
        "send-transmission",
        {"on": "2014-12-09", "reason": "AFSPRAAK_GEMIST", "reference": "TRANSMISSIE-1"},
    ),
    ("plan-appointment", {"on": "2014-12-09", "planned_for": "2014-12-11", "channel": "VIDEO"}),
    ("hold-appointment", {"on": "2014-12-11"}),
    ("grant-exemption", {"on": "2014-12-15", "ground": "GEZONDHEID", "until": "2014-12-31"}),
    ("end-exemption", {"on": "2014-12-22"}),
    ("start-work-experience-module", {"on": "2015-01-12", **WEP_PLUS}),
    ("start-insertion-module", {"on": "2015-01-12", **WEP_PLUS}),
    ("complete-module", {"on": "2015-06-30", "of": "start-insertion-module"}),
    (
        "migrate-wep-plus",
        {"on": "2015-07-13", "to_scheme": "IWPL_SUBSIDIE", "guiding_organisation": EMPLOYER},
    ),
    (
        "start-stage",
        {"on": "2015-08-03", "planned_until": "2015-08-14", "stage": "OS", "host": EMPLOYER}
        | FULL_TIME,
    ),
    ("complete-stage", {"on": "2015-08-14", "of": "start-stage"}),
    (
        "start-stage",
        {"on": "2015-08-17", "planned_until": "2015-08-28", "stage": "ORS", "host": EMPLOYER}
        | FULL_TIME,
    ),
    ("stop-module", {"on": "2015-08-20", "reason": "ZIEKTE", "of": "start-stage"}),
    (
        "start-ibo",
        {"on": "2015-09-01", "planned_until": "2016-02-29", "variant": "GIBO"}
        | {"employer": EMPLOYER, **FULL_TIME},
    ),
    (
        "report-absence",
        {"on": "2015-10-05", "last_day": "2015-10-07", "reason": "ZIEKTE", "of": "start-ibo"},
    ),
    (
        "interrupt-module",
        {"on": "2015-11-02", "reason": "BEVALLING", "of": "start-ibo"},
    ),
    ("resume-module", {"on": "2015-11-09", "of": "start-ibo"}),
    (
        "extend-module",
        {"on": "2015-11-16", "planned_until": "2016-03-11", "motive": "OVERMACHT"}
        | {"of": "start-ibo"},
    ),
    (
        "shorten-module",
        {"on": "2015-11-23", "planned_until": "2016-02-29", "motive": "OVERMACHT"}
        | {"of": "start-ibo"},
    ),
    (
        "change-intensity",
        {"on": "2015-12-07", "hours_per_week": 30.4, "motive": "OVERMACHT", "of": "start-ibo"},
    ),
    ("suspend", {"on": "2016-01-04", "reason": "DETENTIE", "expected_until": "2016-01-08"}),
    ("resume", {"on": "2016-01-11"}),
    (
        "plan-module",
        {"on": "2016-01-12", "planned_from": "2016-05-02", "planned_until": "2016-05-13"}
        | {"module_kind": "STAGE", "stage": "ORS", "organisation": EMPLOYER, **FULL_TIME},
    ),
    (
        "module-not-started",
        {"on": "2016-01-13", "reason": "WERK_GEVONDEN", "of": "plan-module"},
    ),
    ("sign-ibo-contract", {"on": "2015-08-27", "party": "WERKGEVER", "of": "start-ibo"}),
    ("complete-ibo", {"on": "2016-02-29", "of": "start-ibo"}),
    (
        "hire",
        {"on": "2016-03-01", "employer": EMPLOYER, "contract": "ONBEPAALDE_DUUR"}
        | {"proof": "DIMONA", **FULL_TIME},
    ),
    ("refer-to-provider", {"on": "2016-01-05", "provider": PROVIDER, **LOT}),
    ("refuse-referral", {"on": "2016-01-06", "reason": "GEEN_PLAATS"}),
    ("refer-to-provider", {"on": "2016-01-07", "provider": PROVIDER, **LOT}),
    ("confirm-referral", {"on": "2016-01-11"}),
    ("extend-referral", {"on": "2016-02-01", "until": "2017-03-31"}),
    (
        "change-guiding-organisation",
        {"on": "2016-02-15", "to_organisation": EMPLOYER, "reason": "OVERDRACHT"}
        | {"agreement_ref": "AKKOORD-2016-1"},
    ),
    ("correct", {"on": "2016-03-02", "reason": "INVOERFOUT", "fact_of": "hire"}),
    (
        "check-employment",
        {"on": "2016-04-15", "checkpoint": "1M", "source": "DMFA", "in_work": True},
    ),
    (
        "end-employment",
        {"on": "2016-04-29", "employer": EMPLOYER, "reason": "MEDISCHE_OVERMACHT"},
    ),
    ("record-characteristics", {"on": "2016-03-03", "education": "KORT"}),
    (
        "annul-registration",
        {"on": "2016-03-04", "reason": "DUBBEL", "fact_of": "record-characteristics"},
    ),
    (
        "start-stage",
        {"on": "2016-04-04", "planned_until": "2016-04-08", "stage": "OS", "host": EMPLOYER}
        | FULL_TIME,
    ),
    ("annul-module", {"on": "2016-04-05", "reason": "VERKEERD_INSTRUMENT", "of": "start-stage"}),
    (
        "start-ibo",
        {"on": "2016-05-02", "planned_until": "2016-05-29", "employer": EMPLOYER, **FULL_TIME},
    ),
    ("complete-ibo", {"on": "2016-05-29", "of": "start-ibo"}),
    (
        "waive-hire-obligation",
        {"on": "2016-05-31", "motive": "ORDERBOEK", "decision_ref": "BESL-1", "of": "start-ibo"},
    ),
    (
        "start-ibo",
        {"on": "2016-05-31", "planned_until": "2016-06-28", "employer": EMPLOYER, **FULL_TIME},
    ),
    ("complete-ibo", {"on": "2016-06-28", "of": "start-ibo"}),
    (
        "record-hire-breach",
        {"on": "2016-06-29", "motive": "GEEN_AANWERVING", "decision_ref": "BESL-2"}
        | {"of": "start-ibo"},
    ),
    ("close", {"on": TODAY, "exit_type": "VRIJSTELLING"}),
    ("reopen", {"on": TODAY, "reason": "TERUGKEER"}),
]
"""Each command with its body; `of` names the command that started the module it is about, `fact_of`
the one that led to the fact it is about."""
CLOSE = {"on": TODAY, "exit_type": "NIET_TOELEIDBAAR"}
ANNUL = {"on": TODAY, "reason": "VERKEERDE_PERSOON"}
LEGACY = {
    "on": "2014-12-01",
    "source": "MIJN-LOOPBAAN-OUD",
    "source_ref": "D-0048112",
    "exported_on": "2014-12-05",
    "incomplete_until": "2014-12-04",
}
OTHERWISE = {
    "enrol",
    # The canary has no such alert by then.
    "decide_alert",
    "close",
    "annul_pathway",
    "merge_pathways",
    "revert_merge",
    "record_legacy_import",
    "give_override",
    # There is no such figure, nor such a sheet; files are of reports that are named.
    "download_report",
    "download_published",
    "answer_sheet",
    "sheet_again",
    "published_figure",
    "published_again",
    # The pathways of its example are nobody's.
    "hand_over",
    # Nothing of theirs waits.
    "parked_pathway",
    "ask_of_parked",
    "parked_changes",
    *(name.replace("-", "_") for name, _ in LIFE),
}
"""What the walk need not bring about, because the life or the browser does."""


def as_on_disk() -> set[bytes]:
    """The canaries in every way in which a program may write them down, in small letters."""
    dotted = {f"{n[:2]}.{n[2:4]}.{n[4:6]}-{n[6:9]}.{n[9:]}" for n in NUMBERS}
    dashed = {f"{n[:6]}-{n[6:9]}.{n[9:]}" for n in NUMBERS}
    texts = {*NUMBERS, *dotted, *dashed, LAST, FIRST, REMARK, REASON}
    plain = {text.lower().encode(code) for text in texts for code in ("utf-8", "utf-16-le")}
    forms = {form for one in texts for form in (one, one.lower(), one.upper())}
    return plain | {text.encode().hex().encode() for text in forms}


def canaries_in(held: bytes) -> set[bytes]:
    """Which of them stand in it, in letters of any size."""
    small = held.lower()
    return {one for one in as_on_disk() if one in small}


def found_in(folder: Path) -> dict[str, set[bytes]]:
    """The files in which a canary stands, and which."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    found = {str(path.relative_to(folder)): canaries_in(_held(path)) for path in files}
    return {name: inside for name, inside in found.items() if inside}


def _held(path: Path) -> bytes:
    """What it holds, but for the zeros that brokers set aside in gigabytes; a last letter may need one."""
    try:
        return path.read_bytes().rstrip(b"\0") + b"\0"
    except FileNotFoundError:
        # The servers run, and take away files of their own: what is gone is not on disk.
        return b""


def lives(client: Client, done: dict[str, Any]) -> None:
    """Every command of a life goes through, but for the last one, which would hide the rest."""
    address, led_to = f"/v1/pathways/{done['pathway_id']}", dict[str, dict[str, Any]]()
    for command, body in LIFE:
        told = {name: value for name, value in body.items() if name not in ("of", "fact_of")}
        if "of" in body:
            told["module_id"] = led_to[body["of"]]["module_id"]
        if "fact_of" in body:
            history = client.asks(f"{address}/history", limit=200)["facts"]
            told["fact_id"] = history[led_to[body["fact_of"]]["version"] - 1]["fact_id"]
        done = client.insist(f"{address}/{command}", told, done["version"])
        led_to[command] = done["facts"][-1]


def merged_and_parted(client: Client, leader: Client, administrator: Client, canary: str) -> None:
    """The number is replaced, an older file told of; a second number turns out to be theirs, and then not."""
    number = {"insz": INSZ, "replaced_by": LATER_INSZ, "since": "2016-04-06", "source": "KSZ"}
    administrator.api.post("/v1/persons/replace-number", json=number).raise_for_status()
    absorbed = client.insist("/v1/pathways", ENROL | {"insz": FIFTH_INSZ})["pathway_id"]
    one, same = (
        client.asks(f"/v1/pathways/{p}")["state"]["person_ref"] for p in (absorbed, canary)
    )
    link = {"person_ref": one, "same_as": same, "source": "KSZ"}
    administrator.api.post("/v1/persons/link", json=link).raise_for_status()
    # Whoever may not see the absorbed one any more cannot part them, and it closes with the merge.
    newest = leader.asks(f"/v1/pathways/{canary}")["version"]
    leader.insist(f"/v1/pathways/{canary}/record-legacy-import", LEGACY, newest)
    body = {"on": str(brussels_today(utc_now())), "absorbed": absorbed}
    for command, reason in (("merge-pathways", "TWEE_NUMMERS"), ("revert-merge", "INVOERFOUT")):
        newest = leader.asks(f"/v1/pathways/{canary}")["version"]
        leader.insist(f"/v1/pathways/{canary}/{command}", body | {"reason": reason}, newest)


def imported(stack: Stack, folder: Path) -> None:
    """Two more of the name come in by a register, which the system is only lent; its report stays."""
    row = {"naam": LAST, "voornaam": FIRST}
    wrong = a_row(insz=f"{INSZ[:-2]}00", **row)
    file = a_register(folder, a_row(insz=SECOND_INSZ, **row), a_row(insz=THIRD_INSZ, **row), wrong)
    stack.run("pathway", "import", "wep-plus", file, "--report", stack.folder / "report.json")


def planted(example: Any, filled: dict[str, str]) -> Any:
    """An example body about the canary."""
    own = {
        **filled, "insz": INSZ, "replaced_by": LATER_INSZ, "last_name": LAST, "first_name": FIRST,
        "name": LAST, "text": REMARK, "reason": f"{REASON}, {LAST}", "numbers": [INSZ],
        "references": [filled["person_ref"]], "counsellor": COUNSELLOR, "unit": UNIT,
        "caller_ref": "bemiddelaar-09",
    }  # fmt: skip
    return {key: own.get(key, value) for key, value in example.items()}


Walked = dict[str, set[int]]
"""Each operation by its id, with the statuses that it answered."""


def walk(client: httpx2.Client, filled: dict[str, str], here: httpx2.Client) -> Walked:
    """Ask everything that the OpenAPI document names about the canary, well and badly.

    `here` tells at which version the pathway is by now. Closing is left for the end, because it
    hides the rest.
    """
    walked: Walked = {}
    for path, methods in client.get("/openapi.json").json()["paths"].items():
        for method, operation in methods.items():
            name = operation["operationId"]
            if name != "close":
                statuses = _asked(client, filled, here, (method, path), operation)
                walked.setdefault(name, set()).update(statuses)
    return walked


def _asked(
    client: httpx2.Client,
    filled: dict[str, str],
    here: httpx2.Client,
    where: tuple[str, str],
    operation: dict[str, Any],
) -> set[int]:
    method, path = where
    content = operation.get("requestBody", {}).get("content", {})
    example = content.get("application/json", {}).get("example", {})
    address = path.format_map({**dict.fromkeys(_places(path), str(uuid4())), **filled})
    body = planted(example, filled)
    if path.endswith("/cancel-number"):
        body["insz"] = SECOND_INSZ
    statuses: set[int] = set()
    for sent in (body, {**body, REMARK: INSZ, "on": LAST}):
        newest = here.get(f"/v1/pathways/{filled['pathway_id']}").headers.get("ETag", '"1"')
        answer = client.request(
            method,
            address,
            params=next((told for part, told in _NEEDED.items() if f"/{part}" in path), {}),
            headers={"Idempotency-Key": str(uuid4()), "If-Match": newest},
            **({"json": sent} if content else {}),
        )
        statuses.add(answer.status_code)
        if method == "post" and answer.is_success and path in _OF_THEIR_OWN:
            filled[_OF_THEIR_OWN[path]] = answer.json()[_OF_THEIR_OWN[path]]
    return statuses


_NEEDED: dict[str, dict[str, str]] = {
    "reports/counsellors": {},
    "reports/stock": {},
    "reports/transition": {"from": "2015-01-01", "until": "2015-12-31"},
    "caseload/download": {"format": "csv"},
    "reports": {"from": "2014-01-01", "until": "2016-12-31"},
    "difference": {"from_known_at": "2000-01-01T00:00:00Z"},
}
"""What a question cannot do without, by the part of its address that says which it is."""
_OF_THEIR_OWN = {"/v1/barriers": "barrier_id", "/v1/overrides": "override_id"}


def _places(path: str) -> list[str]:
    return [part.partition("}")[0] for part in path.split("{")[1:]]


def ask_badly(client: httpx2.Client, path: str) -> None:
    """Put the canary where no person's data belongs."""
    for odd in (INSZ, LAST, f"{INSZ[:6]}-{INSZ[6:]}"):
        client.get(f"{path}/{odd}", params={"after": odd, odd: odd, "sort": odd})
        client.post(
            path,
            content=f'{{"on": "{odd}", "{odd}": '.encode(),
            headers={
                "Content-Type": "application/json",
                "Idempotency-Key": odd,
                "If-Match": odd,
                "X-Correlation-Id": odd,
                "User-Agent": odd,
                "traceparent": odd,
            },
        )


def as_system(client: Client, stack: Stack, name: str) -> Client:
    """The same client, from now on that system of the demo."""
    asked = {
        "grant_type": "client_credentials",
        "client_id": name,
        "client_secret": SYSTEMS[name].secret,
    }
    address = stack.settings.address(stack.settings.issuer_port, "/token")
    token = httpx2.post(address, data=asked).raise_for_status().json()["access_token"]
    for door in (client.api, client.web):
        door.headers["Authorization"] = f"Bearer {token}"
    return client


def kept_for_later(client: Client, stack: Stack, pathway_id: str) -> None:
    """The remark and the reason are told to who may read them, and stand sealed in their tables."""
    notes = client.asks(f"/v1/pathways/{pathway_id}/notes")
    with closing(Client(stack, AUDITOR)) as auditor:
        overrides = auditor.asks("/v1/overrides")
    assert REMARK in json.dumps(notes)
    assert REASON in json.dumps(overrides)
    stored = stack.ask(
        "select sealed from vault.note union all select reason from pathway.override"
    )
    assert len(stored) >= 2
    assert {bytes(sealed)[: len(SEALED)] for (sealed,) in stored} == {SEALED}


def by_command(stack: Stack, note_id: str, references: tuple[str, str]) -> None:
    """What an administrator does at a terminal; what the commands say stays on disk."""
    asked = {
        ("barriers", "add", "--kind", "VERTROUWELIJK", "--motive", "EIGEN_VRAAG", "--by", "b-1"): [
            LATER_INSZ
        ],
        ("barriers", "list"): [],
        ("vault", "replace-insz", "--since", "2016-01-01"): [THIRD_INSZ, FOURTH_INSZ],
        ("vault", "cancel-insz", "--since", "2016-02-01"): [FOURTH_INSZ],
        ("vault", "link", *references): [],
        ("vault", "redact-note", note_id, "--motive", "NIET_TER_ZAKE", "--by", "b-1"): [],
        ("vault", "index"): [],
        ("vault", "rotate"): [],
    }
    for words, typed in asked.items():
        done = subprocess.run(
            [BIN / "pathway", *words],
            check=False,
            input="".join(f"{line}\n" for line in typed),
            capture_output=True,
            text=True,
            env=stack.environment,
            timeout=60,
        )
        (stack.folder / f"{'-'.join(words[:2])}.out").write_text(done.stdout + done.stderr)
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
