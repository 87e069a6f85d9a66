"""Going on from a copy: everything is laid out and proven beside what is there, then put in place in one go."""

import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from liren.base.backup import postgres, rules, sqlite
from liren.base.backup.actions import erasures
from liren.base.backup.actions.copying import FOLDERS, found, no_space, note
from liren.base.backup.events import Restored
from liren.base.backup.models import Run
from liren.base.backup.rules import Manifest
from liren.base.backup.store import Store
from liren.base.disk.actions import sync, write
from liren.base.ledger import actions as ledger
from liren.base.vault import actions as vault
from liren.base.vault import queries as keys
from liren.kernel.clock import to_office
from liren.kernel.errors import Conflict, Refused
from liren.kernel.policy import Actor

_DATABASE = (sqlite.FILE, f"{sqlite.FILE}-wal", f"{sqlite.FILE}-shm")
_LIBPQ = {
    "dbname",
    "user",
    "password",
    "host",
    "port",
}  # of Django's parameters; the rest is about its cursors
_LAID_OUT = ".restoring"
MARK = "restored.json"  # in LIREN_HOME from the moment a copy is in place until `finish` was done


@dataclass(frozen=True, slots=True)
class Restoring:
    """How a restore is wanted: the old put aside, keys from a file under a passphrase, or without any keys.

    PostgreSQL only: `to` is the data directory to make, `until` the moment it stands at (the end of the log without).
    """

    aside: bool = False
    key_copy: Path | None = None
    passphrase: str = ""
    without_keys: bool = False
    to: Path | None = None
    until: datetime | None = None


def restore(name: str, wanted: Restoring, *, now: datetime) -> tuple[Manifest, Path | None]:
    """Put a copy into LIREN_HOME; the copy, and where the old was put aside. `finish` comes after the tables are new.

    Everything is checked before anything is replaced. Raises Refused: backup.not_set, backup.broken, backup.form,
    backup.newer, backup.engine, backup.no_space, backup.holds_data, backup.key_missing, backup.key_wrong and those of
    the key copy; NotFound: backup.unknown, backup.none; Conflict("backup.in_use").
    """
    store, manifest = _chosen(name, wanted)
    home = Path(settings.HOME)
    _refuse(manifest, home, wanted)
    laid_out = home / _LAID_OUT
    shutil.rmtree(laid_out, ignore_errors=True)
    try:
        laid_out.mkdir(mode=0o700)
        if wanted.key_copy is not None:
            vault.open_key_copy(wanted.key_copy.read_bytes(), wanted.passphrase, laid_out / "keys")
        if not wanted.without_keys:
            _compare_keys(manifest, laid_out / "keys" if wanted.key_copy else home / "keys")
        lay_out(store, manifest, laid_out)
        if wanted.to is None:
            sqlite.check(laid_out / sqlite.FILE)
        else:
            shutil.move(laid_out / postgres.DATA, wanted.to)  # it may lie on another disk
            postgres.aim(wanted.to, store.folder / postgres.WAL, wanted.until)
        old = _put_aside(home, now) if wanted.aside else None
        leave_mark(store, manifest, now)
        _put_in_place(laid_out, home)
    finally:
        shutil.rmtree(laid_out, ignore_errors=True)
    return manifest, old


def _chosen(name: str, wanted: Restoring) -> tuple[Store, Manifest]:
    """The copy named, or the newest whose base was whole before the wanted moment.

    Raises Refused: backup.until_early (no base copy is so old), backup.until_late (the archive does not reach so far).
    """
    store, manifest = found(name)
    if wanted.until is None:
        return store, manifest
    last = postgres.archived_until(store.folder / postgres.WAL)
    if last is None or wanted.until > last:
        raise Refused(
            "backup.until_late", last="—" if last is None else f"{to_office(last):%Y-%m-%d %H:%M:%S}"
        )
    if name == "latest":
        for other in reversed(store.names()):
            manifest = store.manifest(other)
            if (rules.time_of(manifest.base) or manifest.at) < wanted.until:
                return store, manifest
        raise Refused("backup.until_early")
    if (rules.time_of(manifest.base) or manifest.at) >= wanted.until:
        raise Refused("backup.until_early")
    return store, manifest


def lay_out(store: Store, manifest: Manifest, target: Path) -> None:
    """Write all parts of a copy into a folder, each held to its checksums. Raises Refused("backup.broken"), OSError."""
    for part in manifest.parts:
        store.get(part, inside(target, part.path))


def inside(target: Path, path: str) -> Path:
    """Where a part goes. Raises Refused("backup.broken") for one that would leave the folder."""
    place = target / path
    if not place.resolve().is_relative_to(target.resolve()):
        raise Refused("backup.broken", part=path)
    return place


def unfinished() -> bool:
    """Whether a copy was put in place and `finish` has not been done: nobody should work on it yet."""
    return (Path(settings.HOME) / MARK).exists()


def await_database() -> None:
    """On PostgreSQL: wait until the server that was just started has replayed the archive; nothing on SQLite.

    Raises Refused("backup.replay_failed").
    """
    if connection.vendor == "postgresql":
        params = {name: value for name, value in connection.get_connection_params().items() if name in _LIBPQ}
        postgres.await_replay(lambda: psycopg.connect(**params))


def finish(*, by: Actor, now: datetime) -> int:
    """After a restore, on tables of this version: what was erased since the copy is erased again, and it is on record.

    May be stopped and run again. Returns how many erasures found something. Raises Refused("backup.finished").
    """
    mark = Path(settings.HOME) / MARK
    if not mark.exists():
        raise Refused("backup.finished")
    told = json.loads(mark.read_text("utf-8"))
    erased = erasures.again(Path(told["folder"]), now=now)
    with transaction.atomic():
        ledger.record(
            Restored(subject_id=0, by=by.id, at=now, copy=told["copy"], seq=told["seq"], erased_again=erased)
        )
        seconds = (now - datetime.fromisoformat(told["begun"])).total_seconds()
        note(Run.Kind.RESTORE, now, seconds, copy=told["copy"], erased_again=erased)
    mark.unlink()
    return erased


def leave_mark(store: Store, manifest: Manifest, now: datetime) -> None:
    """Say in LIREN_HOME from which copy it goes on, until `finish` is done."""
    told = {
        "copy": manifest.name,
        "seq": manifest.look.seq,
        "folder": str(store.folder),
        "begun": now.isoformat(),
    }
    write(Path(settings.HOME) / MARK, json.dumps(told).encode())


def _refuse(manifest: Manifest, home: Path, wanted: Restoring) -> None:
    refuse_newer(manifest)
    if unfinished() and any(_data(home)) and not wanted.aside:
        raise Refused("backup.unfinished")
    if manifest.engine != connection.vendor:
        raise Refused("backup.engine", copy=manifest.engine, here=connection.vendor)
    if (connection.vendor == "postgresql") != (wanted.to is not None):
        raise Refused("backup.where_to")
    if wanted.to is not None and wanted.to.exists():
        raise Refused("backup.to_there", path=str(wanted.to))
    if not wanted.aside and any(_data(home)):
        raise Refused("backup.holds_data", home=str(home))
    if shutil.disk_usage(home).free < manifest.size() * 1.1:
        raise no_space(home)


def refuse_newer(manifest: Manifest) -> None:
    """Raises Refused("backup.newer") for a copy with tables this program does not know."""
    loader = MigrationExecutor(None).loader
    known = {f"{app}.{name}" for app, name in loader.disk_migrations}
    if rules.unknown(manifest.look.migrations, known):
        raise Refused("backup.newer", copy=manifest.name, program=manifest.program)


def _data(home: Path) -> Iterator[Path]:
    """What of an installation is there."""
    for name in (*_DATABASE, *FOLDERS):
        path = home / name
        if path.is_file() or (path.is_dir() and any(path.iterdir())):
            yield path


def _compare_keys(manifest: Manifest, folder: Path) -> None:
    here = keys.fingerprints(folder)
    wanted = {*manifest.look.keys, *manifest.fingerprints}
    for key in sorted(wanted):
        if key not in here:
            raise Refused("backup.key_missing", folder=str(Path(settings.HOME) / "keys"), key=key)
        if key in manifest.fingerprints and here[key] != manifest.fingerprints[key]:
            raise Refused("backup.key_wrong", key=key)


def _put_aside(home: Path, now: datetime) -> Path | None:
    """Move what is there into a folder of its own. Raises Conflict("backup.in_use") while a server has it open."""
    database = home / sqlite.FILE
    connection.close()
    if database.exists() and not sqlite.settle(database):
        raise Conflict("backup.in_use")
    there = list(_data(home))
    if not there:
        return None
    aside = home / f"before-{rules.name_of(now)}"
    aside.mkdir(mode=0o700)
    _move(there, aside)
    return aside


def _put_in_place(laid_out: Path, home: Path) -> None:
    """The database last: until it is there, nothing looks like an installation that could be used."""
    connection.close()
    if (laid_out / "keys").exists():
        (home / "keys").mkdir(mode=0o700, exist_ok=True)
        _move((laid_out / "keys").iterdir(), home / "keys")
    others = [laid_out / name for name in FOLDERS if (laid_out / name).exists()]
    for path in others:
        if (home / path.name).is_dir():  # empty, or it would have been refused
            (home / path.name).rmdir()
    _move(others, home)
    if (laid_out / sqlite.FILE).exists():
        _move([laid_out / sqlite.FILE], home)


def _move(paths: Iterable[Path], target: Path) -> None:
    for path in paths:
        path.replace(target / path.name)
    sync(target)
