"""How long it takes to be at work again from a copy, and how much work a lost server takes with it.

SQLite: a street of 20,001 cases is copied, restored and drilled by the commands of the manual. PostgreSQL: rows are
written all the time while the shipped archive settings are at work, and at every moment it is asked how old the oldest
row is that no archived segment holds: that is what would be lost if the server went away now. `LIREN_BENCH_HOMES` names
a folder in which the street stays.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from time import perf_counter

import psycopg

from bench.frame import Measured
from liren.base.jobs import rules as jobs
from tools import postgres

CASES, AS_OF, SEED = 20_001, date(2026, 11, 20), 1
WATCHED = 100  # seconds PostgreSQL is watched: three times its archive_timeout
ROOT = Path(__file__).resolve().parents[1]
SHIPPED = ROOT / "deploy" / "postgresql-archive.conf"


def measure() -> list[Measured]:
    """Three rows: the longer of drill and restore, and what is lost on either database."""
    with tempfile.TemporaryDirectory(prefix="liren-backup-") as made:
        home = Path(os.environ.get("LIREN_BENCH_HOMES") or made) / f"street-{CASES}"
        rows = _sqlite(home, Path(made))
    return [*rows, _postgresql()]


def _liren(home: Path, copies: Path, *words: str) -> tuple[str, float]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("LIREN_")}
    own = {"LIREN_HOME": str(home), "LIREN_BACKUPS": str(copies), "PYTHONPATH": str(ROOT / "src")}
    begun = perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "liren", *words],
        env=plain | own,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout, perf_counter() - begun


def _sqlite(home: Path, work: Path) -> list[Measured]:
    copies, new = work / "copies", work / "new"
    copies.mkdir()
    new.mkdir(mode=0o700)
    if not (home / "loaded").exists():
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        _liren(
            home, copies, "street", "--scale", str(CASES), "--seed", str(SEED), "--as-of", AS_OF.isoformat()
        )
        (home / "loaded").touch()
    _liren(home, copies, "setup", "--verbosity", "0")
    _, first = _liren(home, copies, "backup")
    _, second = _liren(home, copies, "backup")
    _, drill = _liren(home, copies, "drill")
    (new / "keys").symlink_to(home / "keys")
    _, restore = _liren(new, copies, "restore")
    stored = sum(path.stat().st_size for path in copies.rglob("*") if path.is_file())
    size = sum(path.stat().st_size for path in home.rglob("*") if path.is_file())
    every = jobs.parse(_interval(home, copies))
    assert not isinstance(every, jobs.Cron)
    worst = every.total_seconds() + max(first, second)
    noted = (
        f"{CASES:,} cases, {size >> 20} MB: backup {first:.1f} s, then {second:.1f} s, restore {restore:.1f} s, "
        f"drill {drill:.1f} s, from command to end; both copies take {stored >> 20} MB; baseline: restore in min"
    )
    lost = (
        f"a copy every {every.total_seconds():.0f} s, and the longest copy took {worst - every.total_seconds():.1f} s: "
        f"what was written just after one began is safe when the next one is done; baseline: the interval in min"
    )
    return [
        Measured(
            "restore drill and restore, the longer, at 20,001 cases",
            round(max(drill, restore) / 60, 2), "min", round(restore / 60, 2), noted,
        ),
        Measured(
            "work lost with the server, SQLite", round(worst / 60, 2), "min", round(every.total_seconds() / 60, 2), lost
        ),
    ]  # fmt: skip


def _interval(home: Path, copies: Path) -> str:
    """How often the worker of this street makes a copy, as it knows itself."""
    asked = (
        "import json; from liren.base.jobs import tasks; print(json.dumps(tasks.schedules()['backup.copy']))"
    )
    told, _ = _liren(home, copies, "shell", "--verbosity", "0", "-c", asked)
    return str(json.loads(told.strip().splitlines()[-1]))


def _shipped(archive: Path, program: Path) -> dict[str, str]:
    """The settings of the shipped file, with the paths of this machine."""
    lines = re.findall(r"^(\w+) = (.+)$", SHIPPED.read_text(encoding="utf-8"), re.MULTILINE)
    settings = {name: value.strip("'") for name, value in lines}
    settings["archive_command"] = f"{program} %p %f {archive}"
    return settings


def _postgresql() -> Measured:
    with tempfile.TemporaryDirectory(prefix="liren-archive-", dir="/var/tmp") as made:
        folder, archive = Path(made), Path(made) / "wal"
        folder.chmod(0o755)
        archive.mkdir()
        archive.chmod(0o777)
        program = folder / "liren-archive"
        program.write_text((ROOT / "deploy" / "liren-archive").read_text(encoding="utf-8"), encoding="utf-8")
        program.chmod(0o755)
        with postgres.server(_shipped(archive, program)) as reached:
            worst, rows, segments = _watch(reached["LIREN_DB_OWNER"], archive)
    note = (
        f"{rows} rows in {WATCHED} s under the shipped archive settings, {segments} segments archived; at every row "
        f"asked how old the oldest row is that no archived segment holds; baseline: archive_timeout in s"
    )
    return Measured("work lost with the server, PostgreSQL", round(worst, 1), "s", 30.0, note)


def _watch(address: str, archive: Path) -> tuple[float, int, int]:
    """The largest age of a row that would be lost, how many rows there were, how many segments were archived."""
    waiting: list[
        tuple[float, str]
    ] = []  # rows no archived segment holds: when, and the segment their commit is in
    worst, rows, ends = 0.0, 0, time.monotonic() + WATCHED
    with psycopg.connect(address, autocommit=True) as link:
        link.execute("CREATE TABLE probe (at timestamptz)")
        while time.monotonic() < ends:
            link.execute("INSERT INTO probe VALUES (now())")
            asked = link.execute("SELECT pg_walfile_name(pg_current_wal_insert_lsn())").fetchone()
            assert asked is not None
            waiting.append((time.monotonic(), str(asked[0])))
            rows += 1
            last = max((path.name[:24] for path in archive.glob("*.gz")), default="")
            waiting = [(at, segment) for at, segment in waiting if segment > last]
            if waiting:
                worst = max(worst, time.monotonic() - waiting[0][0])
            time.sleep(0.1)
    return worst, rows, len(list(archive.glob("*.gz")))
