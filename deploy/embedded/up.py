"""What `make up` runs: servers, migrations, processes, a first population; it watches until Ctrl-C."""

import argparse
import contextlib
import os
import signal
import threading
import time
from collections.abc import Mapping, Sequence
from types import FrameType

from plumbing.settings import load_or_exit

from embedded import inside, lock, plan, servers
from embedded.control import Control
from embedded.figures import STORED, Figures
from embedded.plan import Plan, UpSettings
from embedded.process import CannotStart
from embedded.screen import Screen, complain
from embedded.servers import Server
from embedded.steps import Step, Steps
from embedded.supervisor import Supervisor

SECONDS_FOR_A_STEP = 120.0
SECONDS_FOR_OLD_SERVERS = 20.0
SECONDS_BETWEEN_LOOKS = 0.5


_asked_to_end = threading.Event()


class Stopped(BaseException):
    """Someone asked us to end; no Exception, so that nothing on the way takes it for an error."""


def main(arguments: Sequence[str] | None = None, what: Plan = plan.WHOLE) -> int:
    """Run until Ctrl-C or SIGTERM; 0 when told to end, 1 when it could not start."""
    parser = argparse.ArgumentParser(prog="make up", description=__doc__)
    parser.add_argument("--empty", action="store_true", help="load nothing")
    empty: bool = parser.parse_args(arguments).empty
    settings = load_or_exit(UpSettings)
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, _end)
    with Screen() as screen:
        try:
            run(settings, screen, what, empty=empty)
        except CannotStart as why:
            complain(f"\n{why}")
            return 1
        except Stopped:
            screen.say(f"Stopped. The data stays in {settings.data_dir}.")
    return 0


def _end(_sign: int, _frame: FrameType | None) -> None:
    # Once: what follows is the stopping, which must not be interrupted half-way.
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, signal.SIG_IGN)
    # Raised while Python cleans something up, it would be told and forgotten: then the watch sees it.
    _asked_to_end.set()
    raise Stopped


def run(settings: UpSettings, screen: Screen, what: Plan, *, empty: bool) -> None:
    """Start everything in order and watch it; whatever ends this, everything is stopped again.

    Raises CannotStart, and Stopped when asked to end.
    """
    with contextlib.ExitStack() as running:
        web = settings.address(settings.web_port, "/")
        was_killed = running.enter_context(lock.hold(settings.data_dir, web))
        servers.check_the_disk(settings.data_dir)
        servers.check_the_ports(settings, SECONDS_FOR_OLD_SERVERS if was_killed else 0)
        screen.say("Starting PostgreSQL and Kafka ...")
        backends = servers.start(settings, screen.say, running)
        ours = plan.environment(
            settings, backends.pathway_url, backends.projections_url, backends.brokers
        )
        inside.write(settings.data_dir, ours)
        running.callback(inside.forget, settings.data_dir)
        control = running.enter_context(Control())
        # Of a store that others named we kill nothing.
        demo = {"DEMO_CONTROL": str(control.path)} if settings.pathway_database_url is None else {}
        environment = {**os.environ, **ours, **demo}
        _prepare(what.preparations(settings), settings, screen, environment, running)
        supervisor = Supervisor(
            what.programs(settings), environment, settings.data_dir / "log", say=screen.say
        )
        screen.say("Starting the processes ...")
        supervisor.start()
        running.callback(supervisor.stop)
        screen.say(plan.welcome(settings, backends.brokers))
        figures = running.enter_context(Figures(backends.pathway_url, backends.projections_url))
        steps = _population(what, settings, screen, environment, figures, empty=empty)
        running.callback(steps.stop)
        running.callback(screen.close, "Stopping ...")
        _watch(screen, backends.own, supervisor, steps, figures, control=control)


def _prepare(
    steps_to_take: Sequence[Step],
    settings: UpSettings,
    screen: Screen,
    environment: Mapping[str, str],
    running: contextlib.ExitStack,
) -> None:
    log = settings.data_dir / "log" / "preparations.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    steps = Steps(steps_to_take, environment, log, say=screen.say)
    running.callback(steps.stop)
    steps.take_all(SECONDS_FOR_A_STEP)


def _population(
    what: Plan,
    settings: UpSettings,
    screen: Screen,
    environment: Mapping[str, str],
    figures: Figures,
    *,
    empty: bool,
) -> Steps:
    """What is left to load: nothing when asked so, or when the store holds facts of another kind."""
    log = settings.data_dir / "log" / "population.log"
    begun = settings.data_dir / "population"
    if empty or (not begun.exists() and figures.now().get(STORED)):
        return Steps([], environment, log)
    begun.mkdir(exist_ok=True)
    return Steps(what.population(settings, begun), environment, log, say=screen.say)


def _watch(
    screen: Screen,
    own_servers: Sequence[Server],
    supervisor: Supervisor,
    steps: Steps,
    figures: Figures,
    *,
    control: Control,
) -> None:
    while not _asked_to_end.is_set():
        for server in own_servers:
            server.watch(screen.say)
        supervisor.watch()
        for name in control.asked():
            supervisor.kill(name)
        steps.advance()
        rows = [(server.name, server.state, server.address) for server in own_servers]
        rows += [(one.program.name, one.state, one.program.address) for one in supervisor.running]
        screen.show(rows, {name: f"{value:,}" for name, value in figures.now().items()})
        time.sleep(SECONDS_BETWEEN_LOOKS)
    raise Stopped


if __name__ == "__main__":
    raise SystemExit(main())
