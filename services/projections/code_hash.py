"""Which code makes a projection's rows: a hash of the fold and of all that it reaches, without its comments."""

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from projections.projection import Projection

_OURS = ("projections", "schemas")
"""What a fold may reach: the contract that reads its events, and this service."""


@cache
def code_hash(projection: Projection) -> str:
    """SHA-256 of what makes the rows, in hex: other words of a comment or docstring do not change it.

    Another minor version of Python may.
    """
    return _hash_of(projection.fold.__module__, projection.fold.__qualname__)


@cache
def hash_of(module: str, what: str) -> str:
    """The same of what is so called in that module, such as what counts a report."""
    return _hash_of(module, what)


def _hash_of(module: str, what: str) -> str:
    sources = _reached(module)
    told = "\n".join(f"{name}\n{ast.unparse(_bare(sources[name]))}" for name in sorted(sources))
    return hashlib.sha256(f"{what}\n{told}".encode()).hexdigest()


def _reached(first: str) -> dict[str, ast.Module]:
    """The module and those of ours that it imports, and so on, by name."""
    found: dict[str, ast.Module] = {}
    ahead = [first]
    while ahead:
        name = ahead.pop()
        if name in found or (place := _file_of(name)) is None:
            continue
        found[name] = ast.parse(place.read_bytes())
        ahead += (n for n in _imported(found[name]) if n.partition(".")[0] in _OURS)
    return found


def _file_of(name: str) -> Path | None:
    """Where a module's source is; None for a name that is no module."""
    try:
        spec = find_spec(name)
    except ModuleNotFoundError:
        return None
    return Path(spec.origin) if spec and spec.origin else None


def _imported(tree: ast.Module) -> Iterator[str]:
    """All that is imported by name: what is imported from a module may be a module too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{one.name}" for one in node.names)


def _bare(tree: ast.Module) -> ast.Module:
    """The same without sentences that only people read: strings that stand by themselves."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            node.body = [one for one in node.body if not _is_sentence(one)] or [ast.Pass()]
    return tree


def _is_sentence(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
