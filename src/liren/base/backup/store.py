"""Where copies lie: LIREN_BACKUPS/blocks/ab/<sha256>[.z] and LIREN_BACKUPS/copies/<name>.json.

A block is written once, under another name first; a copy exists from the moment its manifest has its name. What was cut
off before that is no copy, and the next run sweeps it away.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path

from liren.base.backup import rules
from liren.base.backup.rules import BLOCK, Manifest, Part
from liren.base.disk.actions import write
from liren.kernel.errors import Conflict, NotFound, Refused

LEVEL = 1  # of zlib: a database shrinks to a fifth at once; more costs minutes and gains little


class Store:
    """A folder with copies."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.copies = folder / "copies"
        self.blocks = folder / "blocks"
        self.work = folder / "unfinished"

    def names(self) -> list[str]:
        """The names of the copies, oldest first."""
        return sorted(path.stem for path in self.copies.glob("*.json") if rules.time_of(path.stem))

    def manifest(self, name: str) -> Manifest:
        """The manifest of a copy. Raises NotFound("backup.unknown"), Refused: backup.broken, backup.form."""
        path = self.copies / f"{name}.json"
        if rules.time_of(name) is None or not path.exists():
            raise NotFound("backup.unknown", copy=name, folder=str(self.folder))
        return rules.read(path.read_bytes())

    def latest(self) -> Manifest | None:
        """The newest copy; None where there is none."""
        names = self.names()
        return self.manifest(names[-1]) if names else None

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else writes here meanwhile; what a run that was killed left behind is gone.

        Raises Conflict("backup.busy"), NotFound("backup.no_folder"), OSError.
        """
        if not self.folder.is_dir():
            # made here it would hide that the disk for it is not there
            raise NotFound("backup.no_folder", folder=str(self.folder))
        handle = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Conflict("backup.busy") from None
            self._tidy()
            for folder in (self.copies, self.blocks, self.work):
                folder.mkdir(mode=0o700, exist_ok=True)
            yield
        finally:
            shutil.rmtree(self.work, ignore_errors=True)
            os.close(handle)

    def _tidy(self) -> None:
        shutil.rmtree(self.work, ignore_errors=True)
        for path in [*self.copies.glob(".*"), *self.blocks.glob("*/.*")]:
            path.unlink(missing_ok=True)

    def put(self, source: Path, path: str, *, packed: bool, fresh: list[Path]) -> Part:
        """Take a file in as `path`; blocks that are there already are shared. New ones are added to `fresh`."""
        size, changed, blocks = 0, source.stat().st_mtime_ns, []
        with source.open("rb") as file:
            while block := file.read(BLOCK):
                name = hashlib.sha256(block).hexdigest()
                target = self._place(name, packed)
                if not target.exists():
                    write(target, zlib.compress(block, LEVEL) if packed else block)
                    fresh.append(target)
                blocks.append(name)
                size += len(block)
        return Part(path, size, changed, packed, tuple(blocks))

    def get(self, part: Part, target: Path) -> None:
        """Write a part out, every block held to its name. Raises Refused("backup.broken") with the path."""
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if part.path.endswith("/"):
            target.mkdir(mode=0o700, exist_ok=True)
            return
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            for name in part.blocks:
                out.write(self._block(name, part))
            if out.tell() != part.size:
                raise Refused("backup.broken", part=part.path)
            out.flush()
            os.fsync(out.fileno())

    def _block(self, name: str, part: Part) -> bytes:
        try:
            data = self._place(name, part.packed).read_bytes()
            block = zlib.decompress(data) if part.packed else data
        except (FileNotFoundError, zlib.error):
            raise Refused("backup.broken", part=part.path) from None
        if hashlib.sha256(block).hexdigest() != name:
            raise Refused("backup.broken", part=part.path)
        return block

    def content(self, part: Part) -> bytes:
        """All bytes of a small part. Raises Refused("backup.broken")."""
        return b"".join(self._block(name, part) for name in part.blocks)

    def spoilt(self, manifest: Manifest) -> list[Path]:
        """The blocks of a copy that are missing or not what they were. Reads all of them."""
        found = []
        for part in manifest.parts:
            for name in part.blocks:
                try:
                    self._block(name, part)
                except Refused:
                    found.append(self._place(name, part.packed))
        return found

    def close(self, manifest: Manifest) -> None:
        """Give the copy its name: from now on it is one."""
        write(self.copies / f"{manifest.name}.json", rules.written(manifest))

    def forget(self, names: set[str]) -> None:
        """Remove copies, and the blocks no copy needs any more."""
        for name in names:
            (self.copies / f"{name}.json").unlink(missing_ok=True)
        self.sweep()

    def sweep(self) -> None:
        """Remove the blocks no copy needs. Where a manifest cannot be read nothing goes: its blocks are not known."""
        try:
            wanted = {
                self._place(name, part.packed)
                for copy in self.names()
                for part in self.manifest(copy).parts
                for name in part.blocks
            }
        except Refused:
            return
        for path in self.blocks.glob("*/*"):
            if path not in wanted:
                path.unlink(missing_ok=True)

    def _place(self, name: str, packed: bool) -> Path:
        return self.blocks / name[:2] / (f"{name}.z" if packed else name)
