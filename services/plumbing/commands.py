"""Commands that are loaded when they are asked for, so that a process pays for its own alone."""

from collections.abc import Mapping
from importlib import import_module

import typer
from typer._click import Command, Context
from typer.core import TyperGroup
from typer.main import get_command, get_group


def on_demand(places: Mapping[str, str]) -> type[TyperGroup]:
    """What to give `typer.Typer` as `cls`: it has these commands beside its own, loaded at their first use.

    `places` are MODULE:NAME by command: a group of commands there, or a function that is one.
    """

    class OnDemand(TyperGroup):
        def list_commands(self, ctx: Context) -> list[str]:
            return [*super().list_commands(ctx), *places]

        def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
            if cmd_name in places:
                return _loaded(cmd_name, places[cmd_name])
            return super().get_command(ctx, cmd_name)

    return OnDemand


def _loaded(name: str, place: str) -> Command:
    module, _, attribute = place.partition(":")
    found = getattr(import_module(module), attribute)
    if isinstance(found, typer.Typer):
        found.rich_markup_mode = "markdown"
        command: Command = get_group(found)
    else:
        alone = typer.Typer(rich_markup_mode="markdown")
        alone.command()(found)
        command = get_command(alone)
    command.name = name
    return command
