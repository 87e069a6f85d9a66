"""Files are in their place whole or not at all, and whoever may read them is whom their mode names."""

import os
from pathlib import Path

import pytest

from liren.base.disk import actions as disk


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("mode", [0o600, 0o644])
def test_the_mode_is_the_one_asked_for_whatever_the_umask(tmp_path: Path, mode: int) -> None:
    before = os.umask(0o077)
    try:
        disk.write(tmp_path / "a", b"one", mode=mode)
    finally:
        os.umask(before)
    assert (tmp_path / "a").stat().st_mode & 0o777 == mode


def test_a_write_that_fails_leaves_the_file_before_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk.write(tmp_path / "a", b"one")
    (tmp_path / ".a.new").write_bytes(b"of somebody who was killed")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        for write in (disk.write, disk.create):
            with pytest.raises(OSError, match="No space"):
                write(tmp_path / ("a" if write is disk.write else "b"), b"two")
    assert (tmp_path / "a").read_bytes() == b"one"
    assert names(tmp_path) == ["a"]
    disk.write(tmp_path / "a", b"two")
    assert (tmp_path / "a").read_bytes() == b"two"


def test_nothing_is_created_over_what_is_there(tmp_path: Path) -> None:
    disk.create(tmp_path / "a", b"one")
    with pytest.raises(FileExistsError):
        disk.create(tmp_path / "a", b"two")
    assert (tmp_path / "a").read_bytes() == b"one"
