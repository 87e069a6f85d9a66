"""One key per subject, wrapped by the active key of the keyring. Plain keys live only as long as a call."""

import os
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import connection

from liren.base.vault import ciphers, keyring, rules
from liren.base.vault.models import DataKey
from liren.kernel.clock import utc_now
from liren.kernel.errors import Refused
from liren.kernel.ids import new_id

_CLAIM = (
    "INSERT INTO vault_datakey (id, subject, keyring_id, wrapped, created_at, erased_at) "
    "VALUES (%s, %s, %s, %s, %s, NULL) ON CONFLICT (subject) DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class OpenKey:
    """A data key ready for use; its bytes never show."""

    id: int
    subject: str
    key: bytes = field(repr=False)


def for_sealing(subject: str) -> OpenKey:
    """The subject's key; made if it has none. One statement for a new subject, two for a known one: most
    subjects are sealed for once, when they begin.

    Two at once get one key: the second insert waits and then does nothing. Raises Refused("vault.erased").
    """
    keyring_id, wrapping = keyring.active()
    made = OpenKey(new_id(), subject, os.urandom(ciphers.KEY))
    wrapped = wrap(made, keyring_id, wrapping)
    with connection.cursor() as cursor:
        at = connection.ops.adapt_datetimefield_value(utc_now())
        cursor.execute(_CLAIM, [made.id, subject, keyring_id, wrapped, at])
        if cursor.rowcount == 1:
            return made
    return _open(DataKey.objects.get(subject=subject))


def for_opening(ids: Collection[int]) -> dict[int, OpenKey | None]:
    """The keys of these ids in one statement; None for an erased one, absent if unknown."""
    rows = DataKey.objects.filter(id__in=ids)
    return {row.id: None if row.erased_at is not None else _open(row) for row in rows}


def wrap(opened: OpenKey, keyring_id: str, wrapping: bytes) -> bytes:
    """The key's bytes sealed under a key of the keyring, bound to id and subject."""
    nonce, body = ciphers.encrypt(rules.AES_256_GCM, wrapping, opened.key, _bound(opened, keyring_id))
    return nonce + body


def unwrap(row: DataKey) -> OpenKey:
    """The key of a row that is not erased. Raises LirenError("vault.keyring_missing"),
    Refused("vault.broken").
    """
    wrapped = bytes(row.wrapped)
    nonce, body = wrapped[: rules.NONCE], wrapped[rules.NONCE :]
    wrapping = keyring.by_id(row.keyring_id)
    bound = _bound(OpenKey(row.id, row.subject, b""), row.keyring_id)
    key = ciphers.decrypt(rules.AES_256_GCM, wrapping, nonce, body, bound)
    return OpenKey(row.id, row.subject, key)


def _open(row: DataKey) -> OpenKey:
    if row.erased_at is not None:
        raise Refused("vault.erased")
    return unwrap(row)


def _bound(opened: OpenKey, keyring_id: str) -> bytes:
    return rules.bound(rules.AES_256_GCM, opened.id, opened.subject, f"keyring:{keyring_id}")
