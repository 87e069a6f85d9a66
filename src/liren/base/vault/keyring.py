"""The keys outside the database: LIREN_HOME/keys/, files readable by their owner only.

`active` names the key that wraps new data keys, `kek-<id>` are those keys, `blind` is the key of the blind
index. A copy of the database without this folder reveals nothing; without this folder nothing sealed can be
read again.
"""

import logging
import os
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from liren.base.disk import actions as disk
from liren.base.vault.ciphers import KEY
from liren.base.vault.models import DataKey
from liren.kernel.errors import LirenError

log = logging.getLogger(__name__)

_ID = re.compile(r"[0-9a-f]{16}")


def active() -> tuple[str, bytes]:
    """Id and key that wrap new data keys. Makes the keyring at first use. Raises
    LirenError("vault.keyring_missing").
    """
    kept = folder() / "active"
    if not kept.exists():
        _begin()
    key_id = kept.read_text("ascii").strip()
    return key_id, by_id(key_id)


def by_id(key_id: str) -> bytes:
    """The key of this id. Raises LirenError("vault.keyring_missing") with the path where it should be."""
    if not _ID.fullmatch(key_id):
        raise _missing(folder() / "active")
    return _read(folder() / f"kek-{key_id}")


def blind() -> bytes:
    """The key of the blind index; made once and never rotated, or no phone would be found again."""
    kept = folder() / "blind"
    if not kept.exists() and not (folder() / "active").exists():
        _begin()
    return _read(kept)


def renew() -> str:
    """Make a new key and the active one; older keys stay readable. Returns its id."""
    active()
    key_id = _new_key()
    pending = folder() / f".active-{key_id}"
    disk.create(pending, key_id.encode("ascii"))
    pending.replace(folder() / "active")
    disk.sync(folder())  # a key that wrapped data survives a power cut as surely as the data
    return key_id


def active_since() -> datetime:
    """When the active key became active, by the clock of the machine."""
    return datetime.fromtimestamp((folder() / "active").stat().st_mtime, UTC)


def ids() -> set[str]:
    """The ids of all keys in the folder."""
    return {path.name.removeprefix("kek-") for path in folder().glob("kek-*")}


def remove(key_id: str) -> None:
    """Destroy a key that wraps nothing. What it wrapped in old backups cannot be read again."""
    (folder() / f"kek-{key_id}").unlink(missing_ok=True)
    disk.sync(folder())  # a key that wrapped data survives a power cut as surely as the data


def _begin() -> None:
    """Make what is missing, unless sealed data is there already: a new key could not open it."""
    home = folder()
    sealed = DataKey.objects.exists()
    # Asked in this order: whoever sealed had a keyring before, so a keyring now was made by another process.
    if (home / "active").exists():
        return
    if sealed:
        raise _missing(home)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    _create(home / "blind", _encoded(os.urandom(KEY)))
    key_id = _new_key()
    if not _create(home / "active", key_id):  # another process was first
        remove(key_id)
    disk.sync(folder())  # a key that wrapped data survives a power cut as surely as the data


def _new_key() -> str:
    key_id = secrets.token_hex(8)
    _create(folder() / f"kek-{key_id}", _encoded(os.urandom(KEY)))
    return key_id


def _create(path: Path, text: str) -> bool:
    """Write a file whole or not at all; False if it is there already, whoever wrote it."""
    pending = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    disk.create(pending, text.encode("ascii"))
    try:
        os.link(pending, path)
    except FileExistsError:
        return False
    finally:
        pending.unlink()
    return True


def _read(path: Path) -> bytes:
    try:
        key = urlsafe_b64decode(path.read_text("ascii").strip())
    except (OSError, ValueError):
        raise _missing(path) from None
    if len(key) != KEY:
        raise _missing(path)
    return key


def _missing(path: Path) -> LirenError:
    log.critical(
        "The keyring is missing or damaged at %s, but the database holds sealed data. Put the folder `keys` "
        "back from its backup (kept apart from the database's). Until then sealed names and phones can be "
        "neither read nor kept.",
        path,
    )
    return LirenError("vault.keyring_missing", path=str(path))


def _encoded(key: bytes) -> str:
    return urlsafe_b64encode(key).decode("ascii")


def folder() -> Path:
    """Where the keys are."""
    return Path(settings.HOME) / "keys"
