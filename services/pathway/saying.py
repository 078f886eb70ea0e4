"""How a command tells a person something, and that it cannot do its work."""

import typer
from rich.console import Console

say = Console(stderr=True, highlight=False)


class Failed(typer.Exit):
    """The command could not do its work: one line for the person, exit status 1."""

    def __init__(self, message: str) -> None:
        say.print(message, style="red", markup=False, soft_wrap=True)
        super().__init__(1)


def database_away(away: Exception) -> Failed:
    """The database does not answer, or not as it should."""
    return Failed(
        f"The database cannot be used: {away}. Check that PostgreSQL runs there "
        "(PATHWAY_DATABASE_URL), then run this again."
    )
