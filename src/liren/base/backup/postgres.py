"""PostgreSQL: a base copy by pg_basebackup, and a server of its own that replays the archived log over it.

The log is archived by the database's own server (deploy/postgresql-archive.conf) into LIREN_BACKUPS/wal, one gzip file
a segment; with it a base copy can be brought to any moment since it was made.
"""

import os
import pwd
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

from liren.base.backup.rules import Look
from liren.kernel.errors import NotFound, Refused

DATA = "postgresql"  # where the data directory lies in a copy
WAL = "wal"  # the archive, in LIREN_BACKUPS
PORT = 5432
SUPERUSER = "postgres"  # initdb's, on Debian and by default
ROOMY = "/var/tmp"  # noqa: S108 - only mkdtemp makes anything there, for one user alone
START = 3_600  # seconds a replay may take
_SEGMENT = re.compile(r"[0-9A-F]{24}")

# Of its own, so that nothing of the office's server is needed, and nobody but this user comes in.
_SETTINGS = """
listen_addresses = ''
unix_socket_permissions = 0700
port = {port}
hot_standby = off
archive_mode = off
fsync = {fsync}
max_connections = 100
shared_buffers = 64MB
logging_collector = off
"""


def programs() -> Path:
    """The folder with pg_ctl and its like, the newest version first. Raises NotFound("backup.no_postgresql")."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: float(path.parts[-3]), reverse=True
    )
    on_path = shutil.which("pg_ctl")
    if found:
        return found[0].parent
    if on_path:
        return Path(on_path).resolve().parent
    raise NotFound("backup.no_postgresql")


def copy(target: Path) -> None:
    """A base copy of the running server, with the log it needs to be whole. `target` must not be there yet.

    By the role of LIREN_DB_BACKUP, which may replicate and nothing else. Raises Refused: backup.no_role,
    backup.base_failed (what pg_basebackup said).
    """
    url = os.environ.get("LIREN_DB_BACKUP")
    if not url:
        raise Refused("backup.no_role")
    done = _run(
        "pg_basebackup", "--dbname", url, "--pgdata", str(target), "--format=plain", "--wal-method=stream",
        "--checkpoint=fast", "--no-sync", "--manifest-checksums=SHA256", "--no-password",
    )  # fmt: skip
    if done.returncode:
        raise Refused("backup.base_failed", says=_last(done.stderr))


def look(link: Any) -> Look:
    """What is in a database, at one moment. `link` is a cursor of the office's or of a restored one."""

    def rows(statement: str) -> list[tuple[Any, ...]]:
        link.execute(statement)
        return list(link.fetchall())

    names = [
        name for (name,) in rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    ]
    counts = {}
    for name in names:
        statement = f'SELECT count(*) FROM "{name}"'  # noqa: S608 - a table of ours, named by the database itself
        counts[name] = rows(statement)[0][0]
    sealed = rows("SELECT last_seq, digest FROM ledger_sealer WHERE id = 1")
    seq, digest = sealed[0] if sealed else (0, "")
    keys = rows("SELECT DISTINCT keyring_id FROM vault_datakey WHERE erased_at IS NULL ORDER BY 1")
    migrations = rows("SELECT app || '.' || name FROM django_migrations ORDER BY 1")
    return Look(
        migrations=tuple(sorted(name for (name,) in migrations)),
        rows=counts,
        seq=seq,
        digest=digest,
        events=counts["ledger_event"],
        keys=tuple(key for (key,) in keys),
    )


def aim(data: Path, archive: Path, until: datetime | None) -> None:
    """Make a data directory that replays the archive when it is started: to its end, or to a moment.

    The server that is started on it may be any: it needs gunzip and must be able to read the archive.
    """
    lines = [
        f"restore_command = 'gunzip -c {_quoted(archive)}/%f.gz > %p'",
        "recovery_target_action = 'promote'",
        "recovery_target_timeline = 'latest'",
    ]
    if until is not None:
        lines.append(f"recovery_target_time = '{until.isoformat()}'")
    with (data / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
        file.write("\n".join(["", "# by liren restore", *lines, ""]))
    (data / "recovery.signal").touch(mode=0o600)


@contextmanager
def workplace(folder: Path) -> Iterator[Path]:
    """A folder a server of ours may work in: `folder`, but for root, whose folders its server could not enter."""
    if os.geteuid() != 0:
        yield folder
        return
    made = Path(tempfile.mkdtemp(prefix="liren-drill-", dir=ROOMY))
    try:
        made.chmod(0o711)
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def served(data: Path, work: Path) -> Iterator[str]:
    """A server on a restored data directory, for this process alone; gives the address of its socket's folder.

    Root may not run a server: then the system's user postgres does. Raises Refused("backup.replay_failed").
    """
    user = _server_user()
    own = work / "server"
    own.mkdir(mode=0o700)
    (own / "postgresql.conf").write_text(
        _SETTINGS.format(port=PORT, fsync="off") + f"unix_socket_directories = '{own}'\n", encoding="utf-8"
    )
    (own / "pg_hba.conf").write_text("local all all trust\n", encoding="utf-8")
    options = f"-c config_file={own}/postgresql.conf -c hba_file={own}/pg_hba.conf -c data_directory={data}"
    _give(user, data, own)
    start = ("-D", str(data), "-l", str(own / "log"), "-o", options, "-w", "-t", str(START), "start")
    done = _run("pg_ctl", *start, user=user)
    try:
        if done.returncode:
            said = (own / "log").read_text("utf-8", "replace") if (own / "log").exists() else done.stderr
            raise Refused("backup.replay_failed", says=_last(said))
        await_replay(lambda: psycopg.connect(host=str(own), port=PORT, dbname="postgres", user=SUPERUSER))
        yield str(own)
    finally:
        _run("pg_ctl", "-D", str(data), "-m", "immediate", "stop", user=user)


def await_replay(connect: Callable[[], "psycopg.Connection[Any]"]) -> None:
    """Wait until a server has replayed its log and takes writes. Raises Refused("backup.replay_failed") after an hour."""
    deadline = time.monotonic() + START
    while time.monotonic() < deadline:
        try:
            with connect() as link:
                asked = link.execute("SELECT pg_is_in_recovery()").fetchone()
                if asked is not None and not asked[0]:
                    return
        except psycopg.OperationalError:
            pass  # not up yet
        time.sleep(0.1)
    raise Refused("backup.replay_failed", says="timeout")


def check(socket: str, database: str) -> None:
    """Every table and index of a restored database is whole (pg_amcheck). Raises Refused("backup.broken")."""
    done = _run(
        "pg_amcheck", "--host", socket, "--port", str(PORT), "--username", SUPERUSER, "--install-missing",
        "--database", database, "--no-password",
    )  # fmt: skip
    if done.returncode:
        raise Refused("backup.broken", part=_last(done.stderr))


def address(socket: str, database: str) -> str:
    """LIREN_DB for a restored database."""
    return f"postgresql://{SUPERUSER}@/{quote(database)}?host={quote(socket, safe='')}&port={PORT}"


def first_segment(label: bytes) -> str:
    """The oldest segment of the log a base copy needs, from its backup_label; "" where it says none."""
    found = re.search(rb"START WAL LOCATION: \S+ \(file ([0-9A-F]{24})\)", label)
    return found[1].decode("ascii") if found else ""


def forget_log(archive: Path, before: str) -> int:
    """Remove archived segments older than `before`, which no kept base copy needs; how many. Histories stay."""
    count = 0
    for path in archive.glob("*.gz"):
        segment = path.name[:24]
        # the first eight digits are the timeline: what counts is the place in the log
        if _SEGMENT.fullmatch(segment) and segment[8:] < before[8:]:
            path.unlink(missing_ok=True)
            count += 1
    return count


def archived_until(archive: Path) -> datetime | None:
    """When the last whole segment was put into the archive."""
    times = [path.stat().st_mtime for path in archive.glob("*.gz")]
    return datetime.fromtimestamp(max(times)).astimezone() if times else None


def _run(program: str, *words: str, user: dict[str, Any] | None = None) -> "subprocess.CompletedProcess[str]":
    """One of PostgreSQL's programs, to its end; what a server left running says goes to its own log."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        done = subprocess.run(  # noqa: S603 - PostgreSQL's own programs, told paths of ours
            [str(programs() / program), *words],
            cwd="/",
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            **(user or {}),
        )
        said.seek(0)
        return subprocess.CompletedProcess(done.args, done.returncode, "", said.read())


def _server_user() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    try:
        entry = pwd.getpwnam("postgres")
    except KeyError:
        raise NotFound("backup.no_postgresql") from None
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _give(user: dict[str, Any], *folders: Path) -> None:
    for folder in folders if user else ():
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, user["user"], user["group"], follow_symlinks=False)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''").replace("%", "%%")


def _last(said: str) -> str:
    lines = [line for line in said.strip().splitlines() if line.strip()]
    return lines[-1][-200:] if lines else ""
