"""docs/security.md promises nothing it cannot show: every test it names is there."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))


@cache
def _tests(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize(("file", "name"), NAMED, ids="::".join)
def test_a_test_it_names_is_there(file: str, name: str) -> None:
    assert name.startswith("test_")
    assert name in _tests(ROOT / file)


def test_every_line_names_a_test_or_says_who_does_it() -> None:
    tables = PAGE[PAGE.index("## OWASP ASVS") :]
    lines = [line for line in tables.splitlines() if line.startswith("|") and not line.startswith("|---")]
    assert len(lines) > 45
    for line in lines:
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[-1] == "test or statement":
            continue
        assert "`" in cells[-1] or len(cells[-1]) > 15, line
    assert "**not met**" in PAGE
    assert len(NAMED) > 60


def test_a_flaw_can_be_reported() -> None:
    told = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    assert "Report a vulnerability" in told
    assert (ROOT / "docs" / "security.md").exists()
