"""A backup nobody restored is a hope: restore the newest copy beside the office, look it through, throw it away."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from liren.base.backup import postgres, sqlite
from liren.base.backup.actions.copying import found, note, noted
from liren.base.backup.actions.restoring import lay_out, refuse_newer
from liren.base.backup.models import Run
from liren.base.backup.rules import Manifest
from liren.base.backup.store import Store
from liren.base.ledger import queries as ledger
from liren.base.vault import actions as vault
from liren.kernel.errors import Refused

Probe = Callable[[], tuple[bytes, str] | None]
_probes: list[Probe] = []

LONGEST = 3600  # seconds a look into a restored copy may take


@dataclass(frozen=True, slots=True)
class Inspection:
    """What the program itself finds in a restored copy. `opened` is None where nothing is sealed."""

    broken_seals: int
    seq: int
    opened: bool | None


@dataclass(frozen=True, slots=True)
class Drilled:
    """A drill that went well: `seconds` from the copy on the shelf to one that could be worked with."""

    copy: str
    seconds: float
    age: float
    rows: int
    events: int
    opened: bool | None


def set_probe(probe: Probe) -> None:
    """Where to find one sealed thing, as (token, context), to try whether it opens."""
    _probes[:] = [probe]


def drill(*, now: datetime) -> Drilled:
    """Restore the newest copy into a folder of its own, prove it, note it, throw it away.

    Checksums, the database's own check, rows, the chain of the ledger, one sealed field. A spoilt block is taken off
    the shelf, so that the next copy writes it anew. Raises as `found`, and Refused: backup.broken, backup.newer,
    backup.drill_rows, backup.drill_ledger, backup.drill_sealed.
    """
    begun = time.monotonic()
    with noted(Run.Kind.DRILL, now):
        store, manifest = found("latest")
        refuse_newer(manifest)
        with store.held(), postgres.workplace(store.work) as work:
            home = work / "home"
            home.mkdir(mode=0o711)
            try:
                lay_out(store, manifest, home)
            except Refused:
                for path in store.spoilt(manifest):
                    path.unlink(missing_ok=True)
                raise
            (home / "keys").symlink_to(Path(settings.HOME) / "keys")
            seen = (
                _of_postgresql(store, manifest, home)
                if manifest.engine == "postgresql"
                else _of_sqlite(manifest, home)
            )
        seconds = round(time.monotonic() - begun, 2)
        done = Drilled(
            manifest.name,
            seconds,
            (now - manifest.at).total_seconds(),
            sum(manifest.look.rows.values()),
            manifest.look.events,
            seen.opened,
        )
    facts = asdict(done)
    note(Run.Kind.DRILL, now, facts.pop("seconds"), **facts)
    return done


def _of_sqlite(manifest: Manifest, home: Path) -> Inspection:
    sqlite.check(home / sqlite.FILE)
    if sqlite.look(home / sqlite.FILE) != manifest.look:
        raise Refused("backup.drill_rows", copy=manifest.name)
    return _proven(manifest, _inspected(home))


def _of_postgresql(store: Store, manifest: Manifest, home: Path) -> Inspection:
    """Replayed to the end of the archive, so that the archive is proven too."""
    data, database = home / postgres.DATA, connection.settings_dict["NAME"]
    postgres.aim(data, store.folder / postgres.WAL, None)
    with postgres.served(data, home) as socket:
        postgres.check(socket, database)
        return _proven(manifest, _inspected(home, LIREN_DB=postgres.address(socket, database)))


def _proven(manifest: Manifest, seen: Inspection) -> Inspection:
    """The ledger is whole and not shorter than it was when the copy was made, and what is sealed opens."""
    if seen.broken_seals or seen.seq < manifest.look.seq:
        raise Refused("backup.drill_ledger", copy=manifest.name)
    if seen.opened is False:
        raise Refused("backup.drill_sealed", copy=manifest.name)
    return seen


def _inspected(home: Path, **database: str) -> Inspection:
    """Let the program itself look at the copy, in a process of its own, so that this one never leaves its database."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("LIREN_")}
    zone = {"LIREN_ZONE": os.environ["LIREN_ZONE"]} if "LIREN_ZONE" in os.environ else {}
    command = [sys.executable, "-m", "liren", "drill", "--inside"]
    done = subprocess.run(  # noqa: S603 - this program itself, by a fixed command
        command,
        env=plain | zone | database | {"LIREN_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=LONGEST,
    )
    if done.returncode:
        raise Refused(
            "backup.drill_unread",
            says=done.stderr.strip().splitlines()[-1][:200] if done.stderr.strip() else "",
        )
    told: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return Inspection(**told)


def inspect() -> Inspection:
    """In the restored copy itself: every seal of the ledger, and whether one sealed thing opens."""
    probed = _probes[0]() if _probes else None
    opened = None if probed is None else vault.opens(probed[0], context=probed[1])
    return Inspection(len(ledger.broken_seals()), ledger.last_seq(), opened)
