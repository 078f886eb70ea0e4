"""How a command comes by the use cases, and what it tells a person when they are away."""

from collections.abc import Generator
from contextlib import closing, contextmanager

from plumbing.ids import new_id
from plumbing.settings import load_or_exit
from psycopg import OperationalError
from psycopg.errors import InvalidSchemaName, UndefinedTable

from pathway.application import Pathways
from pathway.identity import DamagedPerson, Vault, WrongMasterKey, read_master_key
from pathway.saying import Failed, database_away
from pathway.settings import PathwaySettings
from pathway.store import Store, StoreAway


@contextmanager
def telling() -> Generator[None]:
    """What goes wrong with database or vault in this block, as one line for the person."""
    try:
        yield
    except (WrongMasterKey, DamagedPerson) as wrong:
        raise Failed(str(wrong)) from None
    except (StoreAway, OperationalError) as away:
        raise database_away(away) from None
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
