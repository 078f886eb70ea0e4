"""Clients that go on commanding, insist until each command is answered, and keep every answer for the judge."""

import threading
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

import httpx2
from embedded import process

from tests.faults.judge import Acknowledged, Told
from tests.people import invented_kbo
from tests.system.clients import COUNSELLOR, UNIT, Client, anybody
from tests.system.stack import Stack

CALLERS = 2
SECONDS_BETWEEN_COMMANDS = 0.05
SECONDS_TO_INSIST = 240.0
SECONDS_TO_SIGN_IN = 60.0
ASKED_AGAIN = 0.1
"""The share of commands that are sent once more at the end; those that had to be retried are all."""
HOST = invented_kbo(4_300_001)
COMMANDS: tuple[tuple[str, Mapping[str, object]], ...] = (
    ("assign-counsellor", {"on": "2024-01-10", "counsellor": COUNSELLOR, "unit": UNIT}),
    (
        "start-stage",
        {
            "on": "2024-01-15",
            "planned_until": "2024-02-09",
            "hours_per_week": 38,
            "stage": "BVS",
            "host": HOST,
        },
    ),
    (
        "hire",
        {
            "on": "2024-02-01",
            "employer": HOST,
            "contract": "ONBEPAALDE_DUUR",
            "hours_per_week": 38,
            "proof": "DIMONA",
        },
    ),
    ("close", {"on": "2024-02-02", "exit_type": "WERK_NEC_LOONTREKKEND"}),
)


@dataclass
class Command:
    """What a client asks for, and what it was answered."""

    key: str
    address: str
    body: Mapping[str, object]
    version: int | None
    answers: list[httpx2.Response] = field(default_factory=list[httpx2.Response])
    tries: int = 0

    @property
    def told(self) -> dict[str, Any]:
        """What the first answer says."""
        return self.answers[0].json()

    @property
    def acknowledged(self) -> Acknowledged:
        """The same, as the judge knows it."""
        pathway_id = self.told["pathway_id"]
        facts = [Told(pathway_id, fact["version"], fact["kind"]) for fact in self.told["facts"]]
        answers = tuple((answer.status_code, answer.text) for answer in self.answers)
        return Acknowledged(self.key, tuple(facts), answers)


class Load:
    """Some clients for the length of the block; then each command was answered, or `failed` says why not."""

    def __init__(self, stack: Stack, chance: Random) -> None:
        self._stack = stack
        self._chance = chance
        self._enough = threading.Event()
        self.commands: list[Command] = []
        self.failed: list[str] = []
        self._threads = [
            threading.Thread(target=self._call, args=(Random(chance.random()),))
            for _ in range(CALLERS)
        ]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._enough.set()
        for thread in self._threads:
            thread.join()

    @property
    def acknowledged(self) -> list[Acknowledged]:
        return [command.acknowledged for command in list(self.commands)]

    def repeat(self) -> None:
        """Send some commands once more, and each of which the first answer did not come."""
        again = [c for c in self.commands if c.tries > 1 or self._chance.random() < ASKED_AGAIN]
        with closing(signed_in(self._stack)) as client:
            for command in again:
                self._insist(client, command)

    def enrol(self, client: Client, chance: Random) -> Command:
        """One more person, for whom somebody insists."""
        return self._done(client, chance, "/v1/pathways", anybody(), None)

    def _call(self, chance: Random) -> None:
        try:
            with closing(signed_in(self._stack)) as client:
                while not self._enough.is_set():
                    self._live(client, chance)
        except (AssertionError, httpx2.HTTPError) as failed:
            self.failed.append(str(failed))

    def _live(self, client: Client, chance: Random) -> None:
        told = self.enrol(client, chance).told
        address = f"/v1/pathways/{told['pathway_id']}"
        for command, body in COMMANDS:
            if self._enough.wait(chance.uniform(0, 2 * SECONDS_BETWEEN_COMMANDS)):
                return
            told = self._done(client, chance, f"{address}/{command}", body, told["version"]).told

    def _done(
        self,
        client: Client,
        chance: Random,
        address: str,
        body: Mapping[str, object],
        version: int | None,
    ) -> Command:
        key = str(UUID(int=chance.getrandbits(128), version=4))
        command = Command(key, address, body, version)
        self._insist(client, command)
        self.commands.append(command)
        return command

    def _insist(self, client: Client, command: Command) -> None:
        deadline = time.monotonic() + SECONDS_TO_INSIST
        while True:
            command.tries += 1
            told = "nothing"
            with suppress(httpx2.HTTPError):
                answer = client.command(command.address, command.body, command.version, command.key)
                told = f"{answer.status_code} {answer.text}"
                if answer.is_success:
                    command.answers.append(answer)
                    return
                assert answer.status_code == httpx2.codes.SERVICE_UNAVAILABLE or (
                    "in-flight" in told
                ), f"{command.address}: {told}"
            assert time.monotonic() < deadline, f"no answer to {command.address}: {told}"
            time.sleep(SECONDS_BETWEEN_COMMANDS)


def signed_in(stack: Stack) -> Client:
    """A client with a token, as soon as the issuer gives one."""
    made: list[Client] = []

    def signs_in() -> bool:
        with suppress(httpx2.HTTPError):
            made.append(Client(stack))
        return bool(made)

    assert process.eventually(signs_in, within=SECONDS_TO_SIGN_IN), "the issuer gives no token"
    return made[0]
