"""PostgreSQL: a base copy while people write, the log archived, a restore to a moment and to the end, and the drill."""

import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

import psycopg
import pytest

from liren.base.backup import postgres
from tests.base import backup_home
from tests.base.backup_home import ROOT, Home
from tools import postgres as own_postgres

pytestmark = [
    pytest.mark.proof,
    pytest.mark.postgres,
    pytest.mark.skipif(
        "LIREN_DB_OWNER" not in os.environ, reason="needs PostgreSQL: python -m tools.prove proof"
    ),
]
ZONE = ZoneInfo("Asia/Shanghai")


@dataclass
class Cluster:
    """A server of its own, archiving as deploy/postgresql-archive.conf says, with the three roles of the manual."""

    root: Path
    data: Path

    def ctl(self, *words: str) -> None:
        """pg_ctl as the server's user."""
        command = [own_postgres.programs() / "pg_ctl", "-D", self.data, *words]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **self.run())

    def run(self) -> dict[str, object]:
        """How its programs are started."""
        return {"cwd": "/", "env": {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}, **own_postgres._user()}

    def start(self) -> None:
        """Start it and wait until it takes writes."""
        self.ctl(*self.starting())
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                with self.link("postgres") as link:
                    if link.execute("SELECT pg_is_in_recovery()").fetchone() == (False,):
                        return
            except psycopg.OperationalError:
                pass
            time.sleep(0.1)
        raise AssertionError((self.root / "log").read_text())

    def starting(self) -> list[str]:
        """The words of pg_ctl. As on Debian its settings do not lie in the data directory."""
        options = f"-c config_file={self.root}/postgresql.conf"
        return ["-l", f"{self.root}/log", "-o", options, "-w", "-t", "120", "start"]

    def systemctl(self) -> str:
        """A script that stops and starts this server where the manual does, and tells of the rest."""
        as_user = "runuser -u postgres -- " if own_postgres._user() else ""
        ctl = f"{as_user}{own_postgres.programs() / 'pg_ctl'} -D {self.data}"
        start = shlex.join(self.starting())
        return (
            f'cd /\ncase "$*" in "stop postgresql") {ctl} -m fast -w stop;; "start postgresql") {ctl} {start};; '
            f'*) echo "systemctl $*";; esac\n'
        )

    def link(self, role: str, database: str = "postgres") -> "psycopg.Connection[tuple[object, ...]]":
        """A line to it."""
        return psycopg.connect(host=str(self.root), dbname=database, user=role, autocommit=True)

    def url(self, role: str) -> str:
        """An address of it."""
        return f"postgresql://{role}@/liren?host={quote(str(self.root), safe='')}"


def _settings(root: Path, archive: Path) -> str:
    """The shipped file itself; only its paths are those of this test."""
    shipped = (ROOT / "deploy" / "postgresql-archive.conf").read_text(encoding="utf-8")
    shipped = shipped.replace("/opt/liren/deploy/liren-archive", str(root / "liren-archive"))
    assert "archive_timeout = 30" in shipped
    return shipped.replace("/backup/liren/wal", str(archive)) + (
        f"\nlisten_addresses = ''\nunix_socket_directories = '{root}'\nfsync = off\n"
        f"hba_file = '{root}/pg_hba.conf'\nident_file = '{root}/pg_ident.conf'\n"
    )


@contextmanager
def _cluster(root: Path, archive: Path) -> Iterator[Cluster]:
    user = own_postgres._user()
    cluster = Cluster(root, root / "data")
    shutil.copy(ROOT / "deploy" / "liren-archive", root / "liren-archive")
    for folder in (root, archive):
        if user:
            shutil.chown(folder, "postgres", "postgres")
    subprocess.run(
        [own_postgres.programs() / "initdb", "-D", cluster.data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
         "--locale=C.UTF-8", "--no-sync"],
        check=True, stdout=subprocess.DEVNULL, **cluster.run(),
    )  # fmt: skip
    for name in ("postgresql.conf", "pg_hba.conf", "pg_ident.conf"):
        (cluster.data / name).rename(root / name)
    with (root / "postgresql.conf").open("a") as file:
        file.write(_settings(root, archive))
    cluster.start()
    try:
        with cluster.link("postgres") as link:
            link.execute("CREATE ROLE liren_owner LOGIN")
            link.execute("CREATE ROLE liren_app LOGIN")
            link.execute("CREATE ROLE liren_backup LOGIN REPLICATION")
            link.execute("CREATE DATABASE liren OWNER liren_owner")
        yield cluster
    finally:
        subprocess.run(
            [own_postgres.programs() / "pg_ctl", "-D", cluster.data, "-m", "immediate", "stop"],
            stdout=subprocess.DEVNULL, **cluster.run(),
        )  # fmt: skip


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder that the server's user can reach too."""
    made = Path("/var/tmp") / f"liren-pitr-{os.getpid()}"
    made.mkdir(mode=0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="module")
def office(place: Path) -> Iterator[tuple[Home, Cluster]]:
    """An office on such a server, with one copy."""
    home, copies, root = place / "home", place / "copies", place / "server"
    home.mkdir(mode=0o700)
    copies.mkdir(mode=0o711)
    (copies / "wal").mkdir()
    root.mkdir()
    with _cluster(root, copies / "wal") as cluster:
        env = {
            "LIREN_DB": cluster.url("liren_app"),
            "LIREN_DB_OWNER": cluster.url("liren_owner"),
            "LIREN_DB_APP_ROLE": "liren_app",
            "LIREN_DB_BACKUP": cluster.url("liren_backup"),
        }
        made = Home(home, copies, env)
        made.env["LIREN_DB_ROLE"] = "owner"
        made.liren("setup", "--verbosity", "0")
        del made.env["LIREN_DB_ROLE"]
        made.python(backup_home.OFFICE)
        made.say("备份之前说的")
        assert "备份好了" in made.liren("backup")
        yield made, cluster


def _switch(cluster: Cluster, archive: Path) -> None:
    """Close the open segment and wait until it is archived, as half a minute does by itself."""
    with cluster.link("postgres") as link:
        row = link.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()
    assert row is not None
    deadline = time.monotonic() + 60
    while not (archive / f"{row[0]}.gz").exists():
        assert time.monotonic() < deadline, "not archived"
        time.sleep(0.1)


def _by_the_book(home: Home, cluster: Cluster, turn: str, until: str) -> str:
    """The manual's lines, word by word: only places and the moment are those of this test."""
    text = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
    inner = text.split("<!-- restore on PostgreSQL: a test runs these lines -->")[1].split("<!-- end -->")[0]
    commands = [line.strip() for line in inner.splitlines() if line.startswith("    ")]
    assert len(commands) >= 9
    asked = f' --until "{until}"' if until else ""
    commands = [line.replace(' --until "2026-11-27 10:15"', asked) for line in commands]
    places = {"/var/lib/postgresql/15/main.before": cluster.root / f"before-{turn}"}
    places |= {"/var/lib/postgresql/15/main": cluster.data, "/var/lib/liren": home.home}
    scripts = {"systemctl": cluster.systemctl()} | ({} if own_postgres._user() else {"chown": "exit 0\n"})
    return backup_home.shell(home, commands, told="", places=places, scripts=scripts)


def test_a_moment_the_end_and_the_drill(office: tuple[Home, Cluster], place: Path) -> None:
    home, cluster = office
    archive = home.copies / postgres.WAL
    home.say("停电之前说的")
    time.sleep(1.1)
    moment = datetime.now(ZONE)
    time.sleep(1.1)
    voice = home.say("停电之后说的")
    _switch(cluster, archive)
    told = home.liren("drill")
    assert "打开了 opened" in told
    doctor = home.liren("doctor", fails=True)
    assert "Archive of the database's log: last archived" in doctor
    # the day's base is taken over, its parts are not stored again
    before = len(list((home.copies / "blocks").glob("*/*")))
    home.liren("backup")
    assert len(list((home.copies / "blocks").glob("*/*"))) == before

    # to the moment: what was said after it is not there
    assert "backup.where_to" in home.liren("restore", fails=True)
    assert "backup.until_late" in home.liren(
        "restore", "--to", str(place / "never"), "--until", "2099-01-01 00:00", fails=True
    )
    assert "backup.until_early" in home.liren(
        "restore", "--to", str(place / "never"), "--until", "2020-01-01 00:00", fails=True
    )
    assert not (place / "never").exists()
    until = moment.isoformat(sep=" ", timespec="milliseconds")[:-6]
    assert "演练好了" in _by_the_book(home, cluster, "first", until)
    assert home.words() == ["备份之前说的", "停电之前说的"]
    home.say("恢复之后说的")
    assert voice

    # to the end of the archive, over the new timeline: all that was archived is there
    _switch(cluster, archive)
    assert "演练好了" in _by_the_book(home, cluster, "second", "")
    assert home.words() == ["备份之前说的", "停电之前说的", "恢复之后说的"]


def test_archiving_that_fails_is_an_alarm(office: tuple[Home, Cluster]) -> None:
    home, cluster = office
    archive = home.copies / postgres.WAL
    moved = archive.with_name("wal.away")
    archive.rename(moved)
    with cluster.link("postgres") as link:
        link.execute("CREATE TABLE IF NOT EXISTS something AS SELECT 1")
        link.execute("SELECT pg_switch_wal()")
        deadline = time.monotonic() + 60
        asked = "SELECT last_failed_time > coalesce(last_archived_time, '-infinity') FROM pg_stat_archiver"
        while link.execute(asked).fetchone() != (True,):
            assert time.monotonic() < deadline
            time.sleep(0.2)
    assert "Archive of the database's log: failed" in home.liren("doctor", fails=True)
    moved.rename(archive)
