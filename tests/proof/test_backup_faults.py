"""What goes wrong while a copy is made: kill -9, a full disk, and people who go on writing."""

import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from liren.base.backup import sqlite
from liren.base.backup.store import Store
from tests.base import backup_home
from tests.base.backup_home import ROOT, Home

pytestmark = [pytest.mark.proof, pytest.mark.sqlite]


@pytest.fixture
def office(tmp_path: Path) -> Home:
    """An office with one copy, and enough in it that a copy takes a moment."""
    made = backup_home.made(tmp_path)
    made.liren("backup")
    (made.home / "models").mkdir()
    return made


def _grow(office: Home, turn: int) -> None:
    """Something new that a copy must write: twelve megabytes of chance."""
    (office.home / "models" / f"{turn}.bin").write_bytes(random.Random(turn).randbytes(12 << 20))


def test_a_copy_that_is_killed_is_no_copy_and_spoils_none(office: Home) -> None:
    dice, struck = random.Random(7), 0
    for turn in range(8):
        _grow(office, turn)
        before = office.names()
        process = subprocess.Popen(
            [sys.executable, "-m", "liren", "backup"],
            env=office.environ(),
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
        )
        blocks = len(list((office.copies / "blocks").glob("*/*")))
        while process.poll() is None and len(list((office.copies / "blocks").glob("*/*"))) == blocks:
            time.sleep(0.002)
        time.sleep(dice.uniform(0, 0.15))
        process.send_signal(signal.SIGKILL)
        struck += process.wait() == -signal.SIGKILL
        after = office.names()
        assert after[: len(before)] == before
        store = Store(office.copies)
        for name in after:
            assert store.spoilt(store.manifest(name)) == []
    assert struck >= 4, "nothing was interrupted: this proved nothing"
    office.liren("backup")
    assert "演练好了" in office.liren("drill")
    assert not (office.copies / "unfinished").exists()
    assert not [path for path in office.copies.rglob(".*") if path.name != ".lock"]


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path | None]:
    """A disk of six megabytes; None where this machine lets nobody mount one."""
    disk = tmp_path / "small"
    disk.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", disk], capture_output=True)
    try:
        yield disk if done.returncode == 0 else None
    finally:
        if done.returncode == 0:
            subprocess.run(["umount", disk], check=True)


def test_a_full_disk_is_told_and_leaves_the_earlier_copies(office: Home, small: Path | None) -> None:
    _grow(office, 1)
    before = sorted(path for path in office.copies.rglob("*") if path.is_file())
    done = subprocess.run(
        [sys.executable, "-m", "liren", "backup"],
        env=office.environ(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (200 << 10, 200 << 10)),
    )
    assert done.returncode != 0
    assert "backup.no_space" in done.stderr, done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(path for path in office.copies.rglob("*") if path.is_file()) == before
    assert "演练好了" in office.liren("drill")
    if small is not None:
        office.env["LIREN_BACKUPS"] = str(small)
        said = office.liren("backup", fails=True)
        assert "backup.no_space" in said
        assert [path for path in small.rglob("*") if path.is_file() and path.name != ".lock"] == []
        assert "Copies: failed" in office.liren("doctor", fails=True)


def test_what_was_acknowledged_before_the_copy_began_is_in_it(office: Home, tmp_path: Path) -> None:
    acknowledged: list[tuple[int, datetime]] = []
    going = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(office.home / sqlite.FILE, timeout=20)) as link:
            link.execute("PRAGMA synchronous=FULL")
            number = 1
            while not going.is_set():
                with link:
                    link.execute(
                        "INSERT INTO backup_run (id, kind, at, seconds, error, facts) VALUES (?, 'probe', ?, 0, '', '{}')",
                        (number, datetime.now(UTC).isoformat()),
                    )
                acknowledged.append((number, datetime.now(UTC)))
                number += 1

    for turn in range(3):
        _grow(office, turn)
    writer = threading.Thread(target=write)
    writer.start()
    try:
        time.sleep(0.5)
        office.liren("backup")
    finally:
        going.set()
        writer.join()
    made = Store(office.copies).latest()
    assert made is not None
    new = office.clean(tmp_path / "new")
    new.liren("restore")
    with closing(sqlite3.connect(new.home / sqlite.FILE)) as link:
        held = [
            number for (number,) in link.execute("SELECT id FROM backup_run WHERE kind = 'probe' ORDER BY id")
        ]
    before = [number for number, at in acknowledged if at < made.at]
    assert len(before) > 20
    assert len(acknowledged) > len(before), "nobody wrote during the copy: this proved nothing"
    assert held == list(range(1, len(held) + 1)), "a hole: not one moment"
    assert len(held) >= len(before)


def test_the_server_writes_on_while_it_is_copied(office: Home) -> None:
    """No writer waits longer than it would without a copy: the longest wait is far below SQLite's patience."""
    longest, going = [0.0], threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(office.home / sqlite.FILE, timeout=20)) as link:
            number = 1
            while not going.is_set():
                begun = time.monotonic()
                with link:
                    link.execute(
                        "INSERT INTO backup_run (id, kind, at, seconds, error, facts) VALUES (?, 'probe', '', 0, '', '{}')",
                        (number,),
                    )
                longest[0] = max(longest[0], time.monotonic() - begun)
                number += 1
                time.sleep(0.002)

    with closing(sqlite3.connect(office.home / sqlite.FILE)) as link, link:
        link.execute("CREATE TABLE bulk (body BLOB)")
        link.executemany("INSERT INTO bulk VALUES (?)", ((os.urandom(1 << 20),) for _ in range(60)))
    writer = threading.Thread(target=write)
    writer.start()
    try:
        office.liren("backup")
    finally:
        going.set()
        writer.join()
    assert longest[0] < 5.0
