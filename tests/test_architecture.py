"""The shape of the code, held by a machine: sizes, a sentence for each module, and top-level rooms."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("services", "schemas", "deploy")
MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
LONGEST_MODULE = 400
LONGEST_FUNCTION = 40


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the function, its docstring not counted: telling more is never a reason to split."""
    first = function.body[0]
    told = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    docstring = (first.end_lineno or 0) - first.lineno + 1 if told else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def test_there_is_code_to_look_at() -> None:
    assert len(MODULES) > 20


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_is_short_and_opens_with_a_sentence(path: Path) -> None:
    source = path.read_text()
    sentence = (ast.get_docstring(ast.parse(source)) or "").split("\n\n")[0].replace("\n", " ")

    assert sentence.rstrip('"').endswith((".", "`", "?")), "no sentence at the top"
    assert len(source.splitlines()) <= LONGEST_MODULE


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_functions_are_short(path: Path) -> None:
    tree = ast.parse(path.read_text())
    long = {f.name: length(f) for f in functions(tree) if length(f) >= LONGEST_FUNCTION}

    assert long == {}


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_no_class_is_named_after_nothing(path: Path) -> None:
    vague = ("Manager", "Handler", "Helper", "Service", "Utils", "Dto", "Base")
    tree = ast.parse(path.read_text())
    classes = [n.name for n in ast.walk(tree) if isinstance(n, ast.ClassDef)]

    assert [c for c in classes if c.endswith(vague)] == []
