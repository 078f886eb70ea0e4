"""The command `pathway simulate`: fills a demo's store with a plausible population, up to today."""

from contextlib import closing
from datetime import datetime
from enum import StrEnum
from time import monotonic
from typing import Annotated

import httpx2
import typer
from plumbing.clock import brussels_today, utc_now
from plumbing.settings import load_or_exit
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from pathway.identity import read_master_key
from pathway.opening import telling
from pathway.saying import Failed, say
from pathway.settings import PathwaySettings
from pathway.simulation.arrivals import Plan
from pathway.simulation.recording import Summary
from pathway.simulation.run import Disturbed, NotHere, Run
from pathway.simulation.via_http import TIMEOUT, HttpRun, HttpSettings

_SHOW_EVERY = 50


class Via(StrEnum):
    """Which way the lives take into the store."""

    STORE = "store"
    HTTP = "http"


def simulate_command(
    pathways: Annotated[int, typer.Option(min=1, help="How many pathways.")] = 300,
    seed: Annotated[int, typer.Option(help="The same seed gives the same facts.")] = 1,
    first: Annotated[
        datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The day the clock starts.")
    ] = datetime(2014, 1, 1),  # noqa: DTZ001 - A day, as typed.
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day it stops, not included. [default: today]"),
    ] = None,
    via: Annotated[
        Via,
        typer.Option(help="`store` with a clock of its own, or `http` through the REST API now."),
    ] = Via.STORE,
) -> None:
    """Fill a demo's store with invented people whose lives follow the published figures.

    Every fact is decided as in earnest. The clock runs from the first day to the last, so recorded
    times span years. Only a store that is marked as a demo accepts this.

    Example: `pathway simulate --pathways 300 --seed 1`
    """
    today = brussels_today(utc_now())
    plan = Plan(pathways, seed, first.date(), until.date() if until else today)
    if not plan.first < plan.until <= today:
        raise Failed(
            f"The simulation would run from {plan.first} to {plan.until}: give --from and --until "
            f"in this order, and no day after today ({today})."
        )
    way = _through_the_api if via is Via.HTTP else _into_the_store
    try:
        with telling(), closing(way(plan)) as run:
            began = monotonic()
            _show(run, plan)
            _tell(run.summary, run.counsellors, monotonic() - began)
    except (NotHere, Disturbed) as wrong:
        raise Failed(str(wrong)) from None
    except KeyboardInterrupt:
        another = f"for more people choose another seed, as in --seed {seed + 1}."
        go_on = "ask for the same again to go on." if via is Via.HTTP else another
        raise Failed(f"Ended half-way. What was recorded is valid and stays; {go_on}") from None


def _into_the_store(plan: Plan) -> Run:
    settings = load_or_exit(PathwaySettings)
    master = read_master_key(settings.pathway_master_key_file)
    return Run(plan, settings.pathway_database_url, master)


def _through_the_api(plan: Plan) -> HttpRun:
    settings = load_or_exit(HttpSettings)
    say.print(
        "Through the REST API everything is registered now: days lie in the past, but recorded "
        "times do not.",
        soft_wrap=True,
    )
    return HttpRun(
        plan,
        httpx2.Client(base_url=settings.pathway_api_url, timeout=TIMEOUT),
        httpx2.Client(base_url=settings.oidc_issuer, timeout=TIMEOUT),
    )


def _show(run: Run | HttpRun, plan: Plan) -> None:
    """Carry out the run, with a bar that follows the simulated days."""
    columns = (
        TextColumn("{task.fields[day]}"),
        BarColumn(bar_width=None),
        TextColumn("{task.fields[facts]:,} facts, {task.fields[rate]:,} a second"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=say) as progress:
        days = (plan.until - plan.first).days
        task = progress.add_task("", total=days, day=str(plan.first), facts=0, rate=0)
        began = monotonic()
        for n, act in enumerate(run.acts()):
            if n % _SHOW_EVERY == 0:
                facts = run.summary.facts.total()
                progress.update(
                    task,
                    completed=(act.at.date() - plan.first).days,
                    day=str(act.at.date()),
                    facts=facts,
                    rate=round(facts / (monotonic() - began)),
                )
        progress.update(task, completed=days, day=str(plan.until), facts=run.summary.facts.total())


def _tell(summary: Summary, counsellors: int, seconds: float) -> None:
    """What it came to, and what to do next."""
    facts = summary.facts.total()
    say.print(
        f"{summary.pathways:,} pathways, {summary.open:,} of them open with {counsellors} "
        f"counsellors; {facts:,} facts in {seconds:,.0f} s ({facts / seconds:,.0f} a second)."
    )
    for kind, many in summary.facts.most_common():
        say.print(f"  {many:>9,} {kind}")
    years = ", ".join(f"{year}: {many:,}" for year, many in sorted(summary.years.items()))
    say.print(f"By year of registering: {years}.", soft_wrap=True)
    refused = ", ".join(f"{many} {rule}" for rule, many in sorted(summary.refused.items()))
    say.print(f"Registered more than three days late: {summary.late:,}.")
    say.print(f"Pathways with something corrected, annulled or merged: {len(summary.amended):,}.")
    say.print(f"Commands refused, as they should be: {refused or 'none'}.", soft_wrap=True)
    for rule, many in summary.cut_short.items():
        say.print(f"Lives that ended on an unexpected refusal ({rule}): {many}.", style="red")
    say.print("Next: `pathway publisher` sends them to Kafka; `pathway audit chain` checks them.")
