"""SQLite: a copy while the server writes, a look into a copy, the proof that it is whole."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from liren.base.backup.rules import Look
from liren.kernel.errors import Refused

FILE = "liren.sqlite3"


def copy(source: Path, target: Path) -> None:
    """Copy one moment of a database that others write to meanwhile; nobody waits. Raises sqlite3.Error, OSError.

    One step under one read transaction (WAL): what was committed before it is in the copy, half a transaction never.
    Pages keep their places, so that the next copy shares the blocks that did not change.
    """
    with (
        closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True)) as live,
        closing(sqlite3.connect(target)) as made,
    ):
        # whole again or thrown away: the copy counts only once its blocks are on disk
        made.execute("PRAGMA synchronous=OFF")
        live.backup(made)


def look(path: Path) -> Look:
    """What is in a copy. Raises sqlite3.Error."""
    with _opened(path) as link:
        names = [
            name
            for (name,) in link.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
            )
        ]
        rows = {name: _count(link, name) for name in names}
        sealed = link.execute("SELECT last_seq, digest FROM ledger_sealer WHERE id = 1").fetchone()
        seq, digest = sealed or (0, "")
        keys = link.execute(
            "SELECT DISTINCT keyring_id FROM vault_datakey WHERE erased_at IS NULL ORDER BY 1"
        )
        migrations = link.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1")
        return Look(
            migrations=tuple(name for (name,) in migrations),
            rows=rows,
            seq=seq,
            digest=digest,
            events=rows["ledger_event"],
            keys=tuple(key for (key,) in keys),
        )


def check(path: Path) -> None:
    """Read the whole of it. Raises Refused("backup.broken") where SQLite finds anything."""
    try:
        with _opened(path) as link:
            said = [line for (line,) in link.execute("PRAGMA integrity_check(3)")]
            orphans = link.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError:
        raise Refused("backup.broken", part=FILE) from None
    if said != ["ok"] or orphans is not None:
        raise Refused("backup.broken", part=FILE)


def settle(path: Path) -> bool:
    """Bring everything of a database into its one file; False where another process has it open."""
    with closing(sqlite3.connect(path, timeout=1)) as link:
        try:
            link.execute("PRAGMA journal_mode=DELETE").fetchone()
        except sqlite3.OperationalError:
            return False
    return True


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Read only, and leaving no files beside it."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as link:
        yield link


def _count(link: sqlite3.Connection, table: str) -> int:
    statement = f'SELECT count(*) FROM "{table}"'  # noqa: S608 - a table of ours, named by the database itself
    rows: int = link.execute(statement).fetchone()[0]
    return rows
