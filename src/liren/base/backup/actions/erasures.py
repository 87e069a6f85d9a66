"""What was erased stays erased: a list beside the copies, read again after going on from an older one.

A copy made before an erasure still holds the wrapped key and the words. The list holds kinds and ids, never words.
"""

import json
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from liren.base.disk.actions import sync
from liren.kernel.events import Event

FILE = "erasures.jsonl"

Eraser = Callable[[int, datetime], bool]
_erasers: dict[str, Eraser] = {}


def set_eraser(kind: str, eraser: Eraser) -> None:
    """How an erasure of this kind is done again: `eraser(id, now)` says whether anything was still there."""
    _erasers[kind] = eraser


def remember(event: Event, erased_id: int) -> None:
    """Add an erasure to the list in LIREN_BACKUPS; nothing where there are no copies. Twice is fine. Raises OSError."""
    folder = os.environ.get("LIREN_BACKUPS")
    if not folder:
        return
    line = json.dumps({"kind": event.kind, "id": erased_id, "at": event.at.isoformat()})
    handle = os.open(Path(folder) / FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, line.encode() + b"\n")
        os.fsync(handle)
    finally:
        os.close(handle)
    sync(Path(folder))


def again(folder: Path, *, now: datetime) -> int:
    """Do every erasure of the list again; how many found something. May run twice: what is erased stays as it is."""
    path, done = folder / FILE, 0
    if not path.exists():
        return 0
    seen: set[tuple[str, int]] = set()
    for line in path.read_text("utf-8").splitlines():
        try:
            told = json.loads(line)
        except ValueError:
            continue  # cut off by a crash: its event comes again
        one = (str(told["kind"]), int(told["id"]))
        if one in seen:
            continue
        seen.add(one)
        eraser = _erasers.get(one[0])
        if eraser is not None and eraser(one[1], now):
            done += 1
    return done
