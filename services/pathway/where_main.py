"""The command `pathway where`: what became of one fact."""

from typing import Annotated

import typer
from plumbing.settings import load_or_exit

from pathway import where
from pathway.opening import open_store
from pathway.saying import Failed, say
from pathway.topics import BrokersAway, KafkaFailed
from pathway.where import Fact, Noted, Publishing, WhereSettings


def where_command(
    told: Annotated[str, typer.Argument(metavar="FACT", help="A fact's id, or PATHWAY:VERSION.")],
    *,
    search: Annotated[
        bool, typer.Option("--search", help="Read the partition for an offset that was not noted.")
    ] = False,
) -> None:
    """Say when a fact was recorded, where it was published, and which consumer groups are past it.

    Example: `pathway where 01931f0a-7c1e-7bb2-9d0e-0c5b8a1e4f60:3`
    """
    settings = load_or_exit(WhereSettings)
    with open_store() as store, store.connection() as connection:
        try:
            fact = where.find(connection, told)
        except ValueError as wrong:
            raise Failed(f"{wrong}. A fact's id stands in the pathway's history.") from None
        if fact is None:
            raise Failed(f"There is no fact {told}. Ask the pathway's history for its facts.")
        publishing = where.publishing(connection, fact)
    typer.echo(f"fact {fact.fact_id}, version {fact.version} of pathway {fact.pathway_id}")
    for line in where.sentences(fact, publishing):
        typer.echo(line)
    noted = publishing.noted
    if publishing.published:
        if noted is None and search:
            noted = _searched(settings, fact)
        _groups(settings, fact, noted)
    _next(fact, publishing, noted)


def _searched(settings: WhereSettings, fact: Fact) -> Noted | None:
    say.print(f"Reading partition {fact.partition} of {settings.events_topic} ...", markup=False)
    try:
        offset = where.search(settings, fact)
    except (BrokersAway, KafkaFailed) as away:
        raise Failed(f"It cannot be searched for now: {away}") from None
    if offset is None:
        typer.echo("its event is not in the partition: `pathway audit topics` says what is missing")
        return None
    typer.echo(f"found at partition {fact.partition}, offset {offset}")
    return Noted(offset, offset, fact.recorded_at)


def _groups(settings: WhereSettings, fact: Fact, noted: Noted | None) -> None:
    try:
        found = where.groups(settings, fact, noted)
    except BrokersAway as away:
        typer.echo(f"consumer groups: not known now, {away}")
        return
    if not found:
        typer.echo("consumer groups: none has a place in this partition")
    for group in found:
        past = {True: "past it", False: "not there yet", None: "perhaps past it"}[group.past]
        typer.echo(f"consumer group {group.name}: reads offset {group.next_offset} next, {past}")


def _next(fact: Fact, told: Publishing, noted: Noted | None) -> None:
    named = f"{fact.pathway_id}:{fact.version}"
    if not told.published:
        say.print("Next: `pathway publisher status`.")
    elif noted is None:
        say.print(f"Next: `pathway where {named} --search`, or `projections where {named}`.")
    else:
        at = f"--at {fact.partition}:{noted.last_offset}"
        say.print(f"Next: `projections where {named} {at}`.", soft_wrap=True)
