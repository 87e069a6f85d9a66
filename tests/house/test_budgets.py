"""The house stays small enough to know: files, functions, classes, names."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(
    path
    for part in ("src", "tools", "bench")
    for path in (ROOT / part).rglob("*.py")
    if "migrations" not in path.parts
)
REFUSED = {"utils", "util", "helpers", "helper", "common", "misc"}


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_a_file_keeps_to_its_budget(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= 400, (
        f"{_name(path)} has {lines} lines: make it a folder of the same name with the same door"
    )


def _nodes(path: Path) -> Iterator[ast.AST]:
    yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def _work(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines a function works in: its signature and its docstring cost nobody a thought."""
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return (node.end_lineno or 0) - body[0].lineno + 1 if body else 0


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_functions_and_classes_keep_to_their_budgets(path: Path) -> None:
    for node in _nodes(path):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = _work(node)
            assert length <= 50, f"{_name(path)}: {node.name} has {length} lines"
        if isinstance(node, ast.ClassDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            methods = sum(isinstance(item, ast.FunctionDef) for item in node.body)
            assert length <= 200, f"{_name(path)}: class {node.name} has {length} lines"
            assert methods <= 15, f"{_name(path)}: class {node.name} has {methods} methods"


def test_no_swamp_of_odds_and_ends() -> None:
    for path in SOURCES:
        assert not REFUSED & {part.removesuffix(".py") for part in path.relative_to(ROOT).parts}, _name(path)


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_every_module_and_public_function_says_what_it_is_for(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), f"{_name(path)} has no docstring"
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{_name(path)}: {node.name} has no docstring"


def test_no_address_of_a_package_registry_is_written_anywhere() -> None:
    hosts = ("files.pythonhosted" + ".org", "pypi" + ".org", "registry.npmjs" + ".org", "deb.debian" + ".org")
    for path in [*ROOT.glob("*.lock"), *ROOT.glob("*.in"), ROOT / "Makefile", ROOT / "pyproject.toml"]:
        text = path.read_text(encoding="utf-8")
        assert not any(host in text for host in hosts), _name(path)
