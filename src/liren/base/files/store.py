"""Sealed bytes on disk: LIREN_HOME/files/ab/cd/<id>, and <id>.thumb beside it. Whole or not there at all."""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from liren.base.disk import actions as disk


def place(file_id: int, *, thumb: bool = False) -> Path:
    """Where a file lies. The folders come from the random low bits of the id, so that all fill evenly."""
    low = f"{file_id & 0xFFFF:04x}"
    return Path(settings.HOME) / "files" / low[:2] / low[2:] / (f"{file_id}.thumb" if thumb else str(file_id))


def write(file_id: int, sealed: bytes, *, thumb: bool = False) -> str:
    """Keep sealed bytes, surely on disk when this returns; gives their SHA-256 in hex. Raises OSError."""
    target = place(file_id, thumb=thumb)
    disk.write(target, sealed)
    return hashlib.sha256(sealed).hexdigest()


def read(file_id: int, *, thumb: bool = False) -> bytes:
    """The sealed bytes. Raises FileNotFoundError."""
    return place(file_id, thumb=thumb).read_bytes()


def delete(file_id: int) -> None:
    """Both the file and its thumbnail; missing ones are fine."""
    for thumb in (False, True):
        place(file_id, thumb=thumb).unlink(missing_ok=True)


def lying_around(before: float) -> Iterator[tuple[int, Path]]:
    """Id and path of all that was last written before `before` (Unix seconds), unfinished writes among it."""
    for path in (Path(settings.HOME) / "files").glob("*/*/*"):
        with suppress(FileNotFoundError, ValueError):  # another process deleted it, or it is not ours
            if path.stat().st_mtime < before:
                yield int(path.name.lstrip(".").partition(".")[0]), path
