"""The old program on the new tables: what the last release did, statement by statement, before and after an upgrade."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.house.test_site import ROOT, environment
from tools import baseline

pytestmark = [pytest.mark.proof, pytest.mark.sqlite]


TO_THE_BASELINE = """
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from tools import baseline
MigrationExecutor(connection).migrate(list(baseline.kept()["migrations"].items()))
"""


def _run(home: Path, *command: str) -> None:
    more = {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    done = subprocess.run(
        [sys.executable, "-m", "liren", *command],
        env=environment(home) | more, cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a database as the last release made it."""
    home = tmp_path_factory.mktemp("released")
    _run(home, "shell", "--verbosity", "0", "-c", TO_THE_BASELINE)
    return home


@pytest.fixture
def copied(released: Path, tmp_path: Path) -> Callable[[str], Path]:
    """A copy of it, by name."""

    def copy(name: str) -> Path:
        (tmp_path / name).mkdir(mode=0o700)
        with (
            sqlite3.connect(released / "liren.sqlite3") as whole,
            sqlite3.connect(tmp_path / name / "liren.sqlite3") as made,
        ):
            whole.backup(made)
        return tmp_path / name / "liren.sqlite3"

    return copy


def _does(database: Path, said: list[tuple[str, list[object]]]) -> list[int]:
    """Run statements as the old program would; how many rows each wrote. Raises sqlite3.Error."""
    wrote = []
    with sqlite3.connect(database) as connection:
        connection.create_function("django_format_dtdelta", 3, lambda *_: None)
        for sql, params in said:
            cursor = connection.execute(sql.replace("%s", "?").replace("%%", "%"), params)
            wrote.append(cursor.rowcount if not sql.startswith("SELECT") else len(cursor.fetchmany(1)))
    connection.close()
    return wrote


def test_the_last_release_works_before_during_and_after_an_upgrade(copied: Callable[[str], Path]) -> None:
    said = baseline.statements()
    old = _does(copied("old"), said)
    assert sum(old) > 500

    upgraded = copied("upgraded")
    _run(upgraded.parent, "migrate", "--verbosity", "0")
    assert _does(upgraded, said) == old, "after the upgrade the old program does something else"

    midway = copied("midway")
    half = len(said) // 2
    first = _does(midway, said[:half])
    _run(midway.parent, "migrate", "--verbosity", "0")
    assert first + _does(midway, said[half:]) == old, "upgraded while it worked, it does something else"


@pytest.mark.parametrize(
    ("change", "works"),
    [
        ("ALTER TABLE cases_case ADD COLUMN mark TEXT", True),
        ("ALTER TABLE cases_case ADD COLUMN mark TEXT NOT NULL DEFAULT ''", True),
        ("ALTER TABLE cases_case RENAME COLUMN version TO edition", False),
        ("ALTER TABLE cases_voice ADD COLUMN mark TEXT NOT NULL DEFAULT '' CHECK (mark <> '')", False),
        ("DROP TABLE cases_step", False),
    ],
)
def test_a_careless_change_stops_the_old_program(
    copied: Callable[[str], Path], change: str, works: bool
) -> None:
    database = copied("home")
    with sqlite3.connect(database) as connection:
        connection.execute(change)
    connection.close()
    if works:
        assert sum(_does(database, baseline.statements())) > 500
    else:
        with pytest.raises(sqlite3.Error):
            _does(database, baseline.statements())
