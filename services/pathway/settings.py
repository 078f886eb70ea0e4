"""What the pathway processes are told by their environment."""

from functools import cached_property
from pathlib import Path
from typing import Annotated

from plumbing.database import checked
from plumbing.settings import Settings
from pydantic import AfterValidator, Field


class PathwaySettings(Settings):
    """Settings of every pathway process; `docs` and `--help` show these descriptions."""

    pathway_database_url: Annotated[str, AfterValidator(checked)] = Field(
        description="the PostgreSQL address of the write side, postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
    )
    pathway_master_key_file: Path = Field(
        default=Path(".data/keys/master.key"),
        description="the file with the vault's master keys, made by `pathway vault new-key FILE`",
    )
    pathway_signing_key_file: Path = Field(
        default=Path(".data/keys/signing.key"),
        description="the file with the key that signs checkpoints, made by `pathway audit new-key FILE`",
    )
    backdating_free_days: int = Field(
        default=7, ge=0, description="how many days ago is registered without any warning"
    )
    backdating_limit_days: int = Field(
        default=60, ge=0, description="how many days ago a counsellor may register"
    )
    backdating_enforced: bool = Field(
        default=False, description="true to refuse what is longer ago; false to only warn of it"
    )
    schemas_base_url: str = Field(
        default="http://127.0.0.1:8401/schemas",
        description="the address that serves the JSON Schemas of events",
    )

    @cached_property
    def schemas_base(self) -> str:
        return self.schemas_base_url.rstrip("/")
