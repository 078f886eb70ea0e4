"""How a command comes by the use cases, and how it tells a person that it cannot do its work."""

from collections.abc import Generator
from contextlib import closing, contextmanager

import typer
from plumbing.ids import new_id
from plumbing.settings import load_or_exit
from psycopg import OperationalError
from psycopg.errors import InvalidSchemaName, UndefinedTable
from rich.console import Console

from pathway.application import Pathways
from pathway.identity import DamagedPerson, Vault, WrongMasterKey, read_master_key
from pathway.settings import PathwaySettings
from pathway.store import Store, StoreAway

say = Console(stderr=True, highlight=False)


class Failed(typer.Exit):
    """The command could not do its work: one line for the person, exit status 1."""

    def __init__(self, message: str) -> None:
        say.print(message, style="red", markup=False, soft_wrap=True)
        super().__init__(1)


@contextmanager
def telling() -> Generator[None]:
    """What goes wrong with database or vault in this block, as one line for the person."""
    try:
        yield
    except (WrongMasterKey, DamagedPerson) as wrong:
        raise Failed(str(wrong)) from None
    except (StoreAway, OperationalError) as away:
        raise Failed(
            f"The database cannot be used: {away}. Check that PostgreSQL runs there "
            "(PATHWAY_DATABASE_URL), then run this again."
        ) from None
    except (UndefinedTable, InvalidSchemaName):
        raise Failed("The database lacks tables of ours. Run `pathway migrate` first.") from None


@contextmanager
def open_store() -> Generator[Store]:
    """The store of the settings; ends the command when it is away."""
    settings = load_or_exit(PathwaySettings)
    with telling(), closing(Store(settings.pathway_database_url)) as store:
        yield store


@contextmanager
def open_pathways() -> Generator[Pathways]:
    """The use cases on the database and vault of the settings; ends the command when they are away."""
    master_key_file = load_or_exit(PathwaySettings).pathway_master_key_file
    with open_store() as store:
        yield Pathways(store, Vault(store, read_master_key(master_key_file), new_id=new_id))
