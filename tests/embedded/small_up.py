"""A `make up` of two small processes, run as a program of its own by the tests beside it."""

import sys
from pathlib import Path

from embedded import up
from embedded.plan import Plan, UpSettings
from embedded.steps import Step
from embedded.supervisor import Program


def programs(settings: UpSettings) -> list[Program]:
    web = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(settings.web_port)]
    address = settings.address(settings.web_port, "/")
    sleeper = [sys.executable, "-c", "import time; time.sleep(600)"]
    return [Program("pages", web, address, address), Program("sleeper", sleeper)]


def preparations(settings: UpSettings) -> list[Step]:
    return [Step("Preparing", [sys.executable, "-c", "print('prepared')"])]


def population(settings: UpSettings, begun: Path) -> list[Step]:
    return [Step("Loading", [sys.executable, "-c", "print('loaded')"], begun / "all")]


if __name__ == "__main__":
    raise SystemExit(up.main(what=Plan(preparations, programs, population)))
