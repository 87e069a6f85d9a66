"""Making a copy while people work: the database at one moment, then the files, then the name that makes it a copy."""

import errno
import logging
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import Error, connection, transaction

import liren
from liren.base.backup import postgres, rules, sqlite
from liren.base.backup.models import Run
from liren.base.backup.rules import Look, Manifest, Part
from liren.base.backup.store import Store
from liren.base.vault import queries as vault
from liren.kernel.clock import office_zone, utc_now
from liren.kernel.errors import LirenError, NotFound, Refused

log = logging.getLogger(__name__)

# What of LIREN_HOME is copied beside the database. Keys are not: whoever has a copy reads no name and no phone.
FOLDERS = ("files", "packs", "models")
SEALED = "files"  # sealed bytes look like chance: packing them only costs
RUNS_KEPT = timedelta(days=90)
SPARE = 64 << 20  # bytes left free on the disk of the copies

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def folder() -> Path:
    """The folder LIREN_BACKUPS names. Raises Refused("backup.not_set")."""
    named = os.environ.get("LIREN_BACKUPS")
    if not named:
        raise Refused("backup.not_set")
    return Path(named)


def copy(*, now: datetime) -> Manifest:
    """Make a copy in LIREN_BACKUPS, forget those that are no longer kept, and note how it went.

    What was acknowledged before it began is in it. Killed or refused in the midst, it leaves no copy and the earlier
    ones as they were. Raises Refused: backup.not_set, backup.no_space, backup.unwritable, backup.keep;
    NotFound("backup.no_folder"); Conflict("backup.busy").
    """
    begun, store = time.monotonic(), Store(folder())
    try:
        with noted(Run.Kind.COPY, now), store.held(), _told(store):
            manifest = _copied(store, now)
            _rotate(store)
    except LirenError as error:
        log.error("no copy was made: %s", error)
        raise
    seconds = time.monotonic() - begun
    note(Run.Kind.COPY, now, seconds, copy=manifest.name, bytes=manifest.size())
    return manifest


def note(kind: Run.Kind, now: datetime, seconds: float, **facts: object) -> None:
    """Keep how something went well."""
    Run.objects.create(kind=kind, at=now, seconds=round(seconds, 2), facts=facts)
    Run.objects.filter(at__lt=now - RUNS_KEPT, kind__in=(Run.Kind.COPY, Run.Kind.FILES)).delete()


@contextmanager
def noted(kind: Run.Kind, now: datetime) -> Iterator[None]:
    """Keep how something failed, where the database still takes it, and let it fail."""
    begun = time.monotonic()
    try:
        yield
    except Exception as error:
        code = error.code if isinstance(error, LirenError) else type(error).__name__
        try:
            Run.objects.create(
                kind=kind, at=now, seconds=round(time.monotonic() - begun, 2), error=code[:200]
            )
        except Error:
            log.error("the failure could not be noted in the database")
        raise


@contextmanager
def _told(store: Store) -> Iterator[None]:
    """A disk that is full or may not be written, in words."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        full = getattr(error, "errno", None) in _FULL or getattr(error, "sqlite_errorcode", 0) in (
            sqlite3.SQLITE_FULL,
            sqlite3.SQLITE_IOERR_WRITE,
        )
        if full:
            raise no_space(store.folder) from error
        if isinstance(error, PermissionError):
            raise Refused("backup.unwritable", folder=str(store.folder)) from error
        raise


def no_space(folder: Path) -> Refused:
    """The refusal where a disk is too full."""
    return Refused("backup.no_space", folder=str(folder), free_mb=shutil.disk_usage(folder).free >> 20)


def _copied(store: Store, now: datetime) -> Manifest:
    fresh: list[Path] = []
    try:
        last = _last(store)
        if connection.vendor == "postgresql":
            base, look, parts = _postgresql(store, last, fresh)
        else:
            base, (look, parts) = rules.name_of(now), _sqlite(store, fresh)
        # after the database: a file is on disk before its row is committed
        parts += _files(store, last, fresh)
        prints = vault.fingerprints()
        manifest = Manifest(
            name=rules.name_of(now),
            at=now,
            program=liren.__version__,
            engine=connection.vendor,
            base=base,
            look=look,
            fingerprints={key: prints[key] for key in (*look.keys, "blind") if key in prints},
            parts=tuple(parts),
        )
        store.close(manifest)
    except BaseException:
        for path in fresh:
            path.unlink(missing_ok=True)
        raise
    return manifest


def _last(store: Store) -> Manifest | None:
    """The newest copy; None where its manifest is spoilt: then everything is read again."""
    try:
        return store.latest()
    except LirenError:
        return None


def _sqlite(store: Store, fresh: list[Path]) -> tuple[Look, list[Part]]:
    source, plain = Path(settings.HOME) / sqlite.FILE, store.work / sqlite.FILE
    if shutil.disk_usage(store.folder).free < source.stat().st_size + SPARE:
        raise no_space(store.folder)
    sqlite.copy(source, plain)
    look = sqlite.look(plain)
    part = store.put(plain, sqlite.FILE, packed=True, fresh=fresh)
    plain.unlink()
    return look, [part]


def _postgresql(store: Store, last: Manifest | None, fresh: list[Path]) -> tuple[str, Look, list[Part]]:
    """The base copy of the day, taken over while it is young: what came after it is in the archived log."""
    ended = rules.time_of(last.base) if last is not None and last.engine == "postgresql" else None
    if last is not None and ended is not None and utc_now() - ended < rules.BASE_LASTS:
        kept = [part for part in last.parts if part.path.startswith(f"{postgres.DATA}/")]
        return last.base, last.look, kept
    with transaction.atomic(), connection.cursor() as cursor:
        look = postgres.look(cursor)
    plain = store.work / postgres.DATA
    postgres.copy(plain)
    parts = []
    for path in sorted(plain.rglob("*")):
        inside = f"{postgres.DATA}/{path.relative_to(plain)}"
        if path.is_dir() and not any(path.iterdir()):
            parts.append(Part(f"{inside}/", 0, 0, True, ()))
        elif path.is_file():
            parts.append(store.put(path, inside, packed=True, fresh=fresh))
    shutil.rmtree(plain)
    return rules.name_of(utc_now()), look, parts


def _files(store: Store, last: Manifest | None, fresh: list[Path]) -> Iterator[Part]:
    """Everything beside the database; what did not change since the last copy is taken from there unread."""
    known = {(part.path, part.size, part.changed): part for part in last.parts} if last else {}
    home = Path(settings.HOME)
    for name in FOLDERS:
        for path in sorted((home / name).rglob("*")):
            try:
                stat = path.stat()
                if not path.is_file() or path.name.startswith("."):
                    continue
                inside = str(path.relative_to(home))
                yield known.get((inside, stat.st_size, stat.st_mtime_ns)) or store.put(
                    path, inside, packed=name != SEALED, fresh=fresh
                )
            except FileNotFoundError:
                continue  # erased meanwhile


def _rotate(store: Store) -> None:
    names = store.names()
    gone = set(names) - rules.kept(names, os.environ.get("LIREN_BACKUPS_KEEP") or rules.KEEP, office_zone())
    if gone:
        store.forget(gone)
        _forget_log(store)


def _forget_log(store: Store) -> None:
    """Archived log from before the oldest base copy that is kept serves nobody."""
    label, needed = f"{postgres.DATA}/backup_label", set()
    for name in store.names():
        for part in store.manifest(name).parts:
            if part.path == label:
                needed.add(postgres.first_segment(store.content(part)))
    if needed and "" not in needed:
        postgres.forget_log(store.folder / postgres.WAL, min(needed, key=lambda segment: segment[8:]))


def found(name: str) -> tuple[Store, Manifest]:
    """A copy by its name in LIREN_BACKUPS, by the path of its manifest, or the newest ("latest").

    Raises NotFound: backup.unknown, backup.none; Refused: backup.not_set, backup.broken, backup.form.
    """
    path = Path(name)
    if path.suffix == ".json":
        return Store(path.resolve().parent.parent), Store(path.resolve().parent.parent).manifest(path.stem)
    store = Store(folder())
    if name != "latest":
        return store, store.manifest(name)
    last = store.latest()
    if last is None:
        raise NotFound("backup.none", folder=str(store.folder))
    return store, last
