"""Writing files that must survive a power cut: the bytes and the name are on disk when a call returns."""

import os
from contextlib import suppress
from pathlib import Path


def write(target: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Put a file in its place, whole or not at all: a reader sees the one before or this one.

    Makes its folder. Two at once for one target is the caller's to prevent. Raises OSError; then nothing is left of it.
    """
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.new")
    unfinished.unlink(missing_ok=True)  # of somebody who was killed
    try:
        _put(unfinished, data, mode)
        unfinished.replace(target)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise
    sync(target.parent)


def create(target: Path, data: bytes) -> None:
    """Write a file of its owner's alone where there is none. Raises FileExistsError; OSError, then nothing is left."""
    try:
        _put(target, data, 0o600)
    except FileExistsError:
        raise
    except OSError:
        with suppress(OSError):
            target.unlink()
        raise
    sync(target.parent)


def sync(folder: Path) -> None:
    """The names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _put(target: Path, data: bytes, mode: int) -> None:
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as out:
        os.fchmod(out.fileno(), mode)  # whatever the umask of who writes
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
