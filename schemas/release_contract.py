"""`make release-contract`: keeps the present JSON Schemas as the release that pyproject.toml names."""

import argparse
import sys
from datetime import date
from pathlib import Path

from schemas import kept
from schemas.compatibility import checked
from schemas.differences import Schemas
from schemas.generate import as_text, json_schemas
from schemas.releases import LIST, RELEASED, Version, present_version, releases, today


def main() -> int:
    """Keep the present contract; says why not, and returns 1, where that cannot be."""
    argparse.ArgumentParser(
        prog="python -m schemas.release_contract",
        description="Keeps the present JSON Schemas in schemas/released/, under the version of pyproject.toml.",
    ).parse_args()
    version, now, before = present_version(), json_schemas(), releases()
    if before and version <= before[-1].version:
        same = now == before[-1].schemas
        print(
            f"{before[-1].version} is released, and {'this is it' if same else 'never changes'}. "
            "For another release, raise the version in pyproject.toml (then `uv lock`)."
        )
        return int(not same)
    report = checked(now, before, version, today())
    if report.fails:
        print(report)
        return 1
    keep(now, version, today())
    print(f"Kept as schemas/released/{version}. Tell readers in CHANGELOG.md, under Contract.")
    return 0


def keep(schemas: Schemas, version: Version, on: date, folder: Path = RELEASED) -> None:
    """Keep these as a release. Raises FileExistsError when there is one of this version."""
    place = folder / str(version)
    place.mkdir()
    for name, schema in schemas.items():
        (place / f"{name}.json").write_text(as_text(schema), encoding="utf-8")
    kept.keep(place)
    with (folder / LIST).open("a", encoding="utf-8") as file:
        file.write(f'\n[[release]]\nversion = "{version}"\non = {on}\n')


if __name__ == "__main__":
    sys.exit(main())
