"""The keyring as one file under a passphrase, for the safe; and fingerprints, by which keys are known without showing.

scrypt (RFC 7914; N = 2^17, r = 8, p = 1: about half a second and 128 MB per guess) and AES-256-GCM.
"""

import hashlib
import json
import os
import re
from base64 import b64decode, b64encode, urlsafe_b64decode
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from liren.base.disk import actions as disk
from liren.base.vault.ciphers import KEY
from liren.base.vault.rules import NONCE
from liren.kernel.errors import Refused

KIND = "liren.keys.1"
SHORTEST = 12  # characters of a passphrase
_SALT = 16
_FILE = re.compile(r"active|blind|kek-[0-9a-f]{16}")


def fingerprints(folder: Path) -> dict[str, str]:
    """Key id (and "blind") to sixteen hex digits of a SHA-256 of the key. Keys are random, so it tells nothing of them."""
    found = {}
    for path in folder.glob("*"):
        if path.name == "active" or not _FILE.fullmatch(path.name):
            continue
        try:
            key = urlsafe_b64decode(path.read_text("ascii").strip())
        except (OSError, ValueError):
            continue  # a damaged key is no key
        if len(key) == KEY:
            name = path.name.removeprefix("kek-")
            found[name] = hashlib.sha256(b"liren.key\n" + key).hexdigest()[:16]
    return found


def locked(folder: Path, passphrase: str) -> bytes:
    """All files of the keyring in `folder` under a passphrase. Raises Refused("vault.passphrase_short")."""
    if len(passphrase) < SHORTEST:
        raise Refused("vault.passphrase_short", field="passphrase", least=SHORTEST)
    files = {
        path.name: path.read_text("ascii") for path in sorted(folder.glob("*")) if _FILE.fullmatch(path.name)
    }
    salt, nonce = os.urandom(_SALT), os.urandom(NONCE)
    body = AESGCM(_derived(passphrase, salt)).encrypt(nonce, json.dumps(files).encode(), KIND.encode())
    told = {"kind": KIND, "salt": _text(salt), "nonce": _text(nonce), "body": _text(body)}
    return json.dumps(told, indent=1).encode() + b"\n"


def unlocked(data: bytes, passphrase: str, folder: Path) -> None:
    """Write the keyring of a copy into a folder that is not there yet, for its owner only.

    Raises Refused: vault.no_key_copy (another file), vault.passphrase (wrong, or a changed file).
    """
    try:
        told = json.loads(data)
        if told["kind"] != KIND:
            raise ValueError
        salt, nonce, body = (b64decode(told[name], validate=True) for name in ("salt", "nonce", "body"))
    except (ValueError, KeyError, TypeError):
        raise Refused("vault.no_key_copy") from None
    try:
        files = json.loads(AESGCM(_derived(passphrase, salt)).decrypt(nonce, body, KIND.encode()))
    except (InvalidTag, ValueError):
        raise Refused("vault.passphrase", field="passphrase") from None
    folder.mkdir(mode=0o700, parents=True)
    for name, text in files.items():
        if _FILE.fullmatch(name):
            disk.create(folder / name, text.encode("ascii"))


def _derived(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=KEY, n=1 << 17, r=8, p=1).derive(passphrase.encode())


def _text(data: bytes) -> str:
    return b64encode(data).decode("ascii")
