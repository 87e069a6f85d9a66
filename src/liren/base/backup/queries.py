"""Reading about backups and how the machine runs: which copies there are, and what needs a person."""

import ctypes
import platform
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import django
from django.conf import settings
from django.db import connection

import liren
from liren.base.backup import rules
from liren.base.backup.actions.copying import folder
from liren.base.backup.actions.restoring import unfinished
from liren.base.backup.models import Run
from liren.base.backup.store import Store
from liren.base.jobs import queries as jobs
from liren.base.ledger import queries as ledger
from liren.base.vault import queries as vault
from liren.kernel.errors import LirenError

State = Literal["good", "soon", "bad"]

LEAST_DISK = 1 << 30
LATE = timedelta(minutes=5)  # what is due so long finds no worker
UNSEALED = 10_000
AHEAD = timedelta(minutes=1)  # an event so far ahead was written by a clock that was put back since
LONGEST_TIMEOUT = 60  # seconds of work that may be lost with a server
TIME_ERROR = 5  # adjtimex(2): nothing keeps this clock right


@dataclass(frozen=True, slots=True)
class CopyView:
    """A copy: its name, the moment it stands at, bytes once restored (0 where its manifest cannot be read)."""

    name: str
    at: datetime | None
    bytes: int


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: what (`name`), how it stands, which case of it (`code`), and the facts a sentence needs."""

    name: str
    state: State
    code: str
    facts: Mapping[str, object] = field(default_factory=dict)


def copies() -> list[CopyView]:
    """Every copy in LIREN_BACKUPS, oldest first. Raises Refused("backup.not_set")."""
    store, found = Store(folder()), []
    for name in store.names():
        try:
            size = store.manifest(name).size()
        except LirenError:
            size = 0
        found.append(CopyView(name, rules.time_of(name), size))
    return found


def checks(now: datetime) -> list[Check]:
    """Everything that is looked at, in the order a person should read it. A dozen statements."""
    return [
        _finished(),
        _copy(now),
        _drill(now),
        _keys(),
        *_archiver(),
        _worker(now),
        _letters(),
        *_disks(),
        _clock(now),
        _versions(),
    ]


def troubles(now: datetime) -> int:
    """How many of them are bad."""
    return sum(check.state == "bad" for check in checks(now))


def _finished() -> Check:
    return Check("restore", *(("bad", "unfinished") if unfinished() else ("good", "fine")))


def _copy(now: datetime) -> Check:
    try:
        store = Store(folder())
    except LirenError:
        return Check("copy", "bad", "not_set")
    facts: dict[str, object] = {"folder": str(store.folder)}
    if not store.folder.is_dir():
        return Check("copy", "bad", "no_folder", facts)
    names = store.names()
    at = rules.time_of(names[-1]) if names else None
    failed = Run.objects.filter(kind=Run.Kind.COPY).order_by("-at").first()
    facts["count"] = len(names)
    if failed is not None and failed.error and (at is None or failed.at > at):
        return Check(
            "copy", "bad", "failed", facts | {"error": failed.error, "at": at, "failed_at": failed.at}
        )
    if at is None:
        return Check("copy", "bad", "none", facts)
    facts |= {"at": at, "age": now - at}
    return Check("copy", rules.copy_state(now - at), "made", facts)


def _drill(now: datetime) -> Check:
    run = Run.objects.filter(kind=Run.Kind.DRILL).order_by("-at").first()
    if run is None:
        return Check("drill", "soon", "none")
    facts = {"at": run.at, "age": now - run.at, "seconds": run.seconds, "error": run.error}
    if run.error:
        return Check("drill", "bad", "failed", facts)
    return Check("drill", rules.drill_state(now - run.at), "passed", facts)


def _keys() -> Check:
    here = vault.fingerprints()
    if not here:
        return Check("keys", "good", "none_yet")
    run = Run.objects.filter(kind=Run.Kind.KEYS, error="").order_by("-at").first()
    if run is None:
        return Check("keys", "bad", "no_copy")
    copied = run.facts.get("fingerprints", {})
    if any(copied.get(key) != told for key, told in here.items()):
        return Check("keys", "bad", "renewed", {"at": run.at})
    return Check("keys", "good", "copied", {"at": run.at})


def _archiver() -> Iterator[Check]:
    """Whether PostgreSQL's log is archived, and often enough: without it a restore ends with the day's base copy."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('archive_mode'), "
            "extract(epoch FROM current_setting('archive_timeout')::interval)::int, "
            "last_archived_time, last_failed_time FROM pg_stat_archiver"
        )
        mode, timeout, archived, failed = cursor.fetchone()
    if mode == "off":
        yield Check("archiver", "bad", "off")
    elif failed is not None and (archived is None or failed > archived):
        yield Check("archiver", "bad", "failing", {"failed_at": failed})
    elif not 0 < timeout <= LONGEST_TIMEOUT:
        yield Check("archiver", "bad", "slow", {"timeout": timeout})
    elif archived is None:
        yield Check("archiver", "soon", "waiting")
    else:
        yield Check("archiver", "good", "kept", {"at": archived})


def _worker(now: datetime) -> Check:
    """The worker puts its clockwork forward as it goes; where that stands in the past, there is none."""
    due = jobs.next_due()
    if due is None:
        return Check("worker", "bad", "never")
    if now - due > LATE:
        return Check("worker", "bad", "silent", {"at": due})
    return Check("worker", "good", "alive")


def _letters() -> Check:
    work, news = jobs.backlog(), ledger.backlog()
    facts = {"jobs": work.dead, "news": news.dead, "ready": work.ready, "unsealed": news.unsealed}
    if work.dead or news.dead:
        return Check("letters", "bad", "dead", facts)
    return Check("letters", "soon" if news.unsealed >= UNSEALED else "good", "none", facts)


def _disks() -> Iterator[Check]:
    places = {"disk": Path(settings.HOME)}
    try:
        if folder().is_dir():
            places["copies_disk"] = folder()
    except LirenError:
        pass  # said by the check on copies
    for name, path in places.items():
        free = shutil.disk_usage(path).free
        yield Check(
            name,
            "good" if free > LEAST_DISK else "bad",
            "free",
            {"free": free / (1 << 30), "path": str(path)},
        )


def _clock(now: datetime) -> Check:
    newest = ledger.newest_at()
    if newest is not None and newest - now > AHEAD:
        return Check("clock", "bad", "behind", {"at": newest})
    return Check("clock", *(("soon", "free") if _unsynchronised() else ("good", "kept")))


def _unsynchronised() -> bool:
    """Whether the kernel says that nothing sets its clock (NTP). False where it cannot be asked."""
    if platform.system() != "Linux":
        return False
    asked = ctypes.create_string_buffer(512)  # struct timex, zeroed: read only
    return int(ctypes.CDLL(None).adjtimex(asked)) == TIME_ERROR


def _versions() -> Check:
    facts = {
        "program": liren.__version__,
        "python": platform.python_version(),
        "django": django.get_version(),
        "database": _database(),
    }
    return Check("versions", "good", "told", facts)


def _database() -> str:
    with connection.cursor() as cursor:
        asked = "SHOW server_version" if connection.vendor == "postgresql" else "SELECT sqlite_version()"
        cursor.execute(asked)
        name = "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
        return f"{name} {str(cursor.fetchone()[0]).split()[0]}"
