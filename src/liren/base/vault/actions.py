"""Every use of the vault that leaves a trace: seal, reveal with a purpose, erase, and the care of the
keyring.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from django.db import transaction

from liren.base.ledger import actions as ledger
from liren.base.vault import ciphers, datakeys, keycopy, keyring, rules
from liren.base.vault.datakeys import OpenKey
from liren.base.vault.events import Erased, KeyringRotated, KeysRetired, Revealed
from liren.base.vault.models import DataKey, Reveal
from liren.base.vault.sealing import Sealer
from liren.kernel.errors import LirenError, Refused
from liren.kernel.policy import Actor

__all__ = [
    "Sealer",
    "copy_keys",
    "erase",
    "erase_again",
    "open_key_copy",
    "opens",
    "retire_keys",
    "reveal",
    "reveal_bytes",
    "reveal_many",
    "rotate_keyring",
    "seal",
    "seal_all",
    "seal_bytes",
]

_ROTATE_BATCH = 500
_SETTLED = timedelta(hours=1)


def seal(plain: str, *, subject: str, context: str) -> bytes:
    """Seal a text for `subject` ("voice:123") and `context` ("cases.voice.contact"); both are needed to
    open it.

    One statement, two for a new subject. Seal inside the transaction that keeps the token. Raises
    Refused("vault.erased") for a subject whose key was destroyed, LirenError("vault.keyring_missing").
    """
    return seal_bytes(plain.encode("utf-8", "surrogatepass"), subject=subject, context=context)


def seal_all(plains: Mapping[str, str], *, subject: str) -> dict[str, bytes]:
    """Seal several texts of one subject, keyed by context, for the statements of one. Raises as `seal`."""
    key = datakeys.for_sealing(subject)
    return {
        context: _seal(key, plain.encode("utf-8", "surrogatepass"), context)
        for context, plain in plains.items()
    }


def seal_bytes(plain: bytes, *, subject: str, context: str) -> bytes:
    """Seal a file's bytes; as `seal`. The whole file is in memory: keep it within the limits of files."""
    return _seal(datakeys.for_sealing(subject), plain, context)


def reveal(token: bytes, *, context: str, by: Actor, purpose: str, now: datetime) -> str:
    """Open a sealed text for a purpose of `rules.PURPOSES`, and keep who, whose, what, why and when. Three
    statements.

    Whether the actor may is the calling room's decision. Raises Refused: "vault.purpose" (none or unknown),
    "vault.erased", "vault.broken" (a changed token, another context); LirenError("vault.keyring_missing").
    """
    return _text(reveal_bytes(token, context=context, by=by, purpose=purpose, now=now))


def reveal_bytes(token: bytes, *, context: str, by: Actor, purpose: str, now: datetime) -> bytes:
    """Open a sealed file; as `reveal`."""
    opened = _open_all([(token, context)], purpose)[0]
    if opened is None:
        raise Refused("vault.erased")
    _keep_trace([opened], by=by, purpose=purpose, now=now)
    return opened[2]


def reveal_many(
    tokens: Sequence[tuple[bytes, str]], *, by: Actor, purpose: str, now: datetime
) -> list[str | None]:
    """Open several (token, context) at once, in their order; None where the key was erased.

    For a list of people or all the fields of one: three statements however many, one Reveal row per subject
    and context. Raises as `reveal`, but for "vault.erased"; then nothing was opened.
    """
    opened = _open_all(tokens, purpose)
    _keep_trace([each for each in opened if each is not None], by=by, purpose=purpose, now=now)
    return [None if each is None else _text(each[2]) for each in opened]


@transaction.atomic
def erase(subject: str, *, by: Actor, now: datetime) -> None:
    """Destroy the subject's key: everything sealed for it, in every table and file, becomes unreadable for
    good.

    Erasing twice, or what was never sealed, does nothing. What the keys protect in BACKUPS: a copy of the
    database made before this still holds the wrapped key, so erasure is complete when the last such copy
    has expired, or sooner after `rotate_keyring` and `retire_keys`, provided that backups of the keys
    folder are kept apart and expire too. Pages freed in a live database file are overwritten in time
    (VACUUM hastens it).
    """
    row = DataKey.objects.select_for_update().filter(subject=subject, erased_at__isnull=True).first()
    if row is None:
        return
    DataKey.objects.filter(id=row.id).update(wrapped=b"", keyring_id="", erased_at=now)
    ledger.record(Erased(subject_id=row.id, by=by.id, at=now))


def rotate_keyring(*, by: Actor, now: datetime) -> int:
    """Make a new active key and wrap every data key under it; tokens and the blind index stay as they are.

    May be stopped at any time and run again: the old keys stay until `retire_keys`. Returns how many were
    wrapped. Raises LirenError("vault.keyring_missing").
    """
    keyring_id = keyring.renew()
    wrapping = keyring.by_id(keyring_id)
    count = 0
    while batch := _rewrap(keyring_id, wrapping):
        count += batch
    with transaction.atomic():
        ledger.record(KeyringRotated(subject_id=0, by=by.id, at=now, key=keyring_id, count=count))
    return count


@transaction.atomic
def retire_keys(*, by: Actor, now: datetime) -> int:
    """Destroy the keys of the keyring that wrap nothing any more. Returns how many.

    Do this once backups from before the last rotation are no longer wanted: they cannot be opened
    afterwards, and that is what makes erasure reach them. Raises Refused("vault.too_soon") within an hour
    of a rotation, when a slow writer may still be wrapping under the key before.
    """
    active, _ = keyring.active()
    if now - keyring.active_since() < _SETTLED:
        raise Refused("vault.too_soon")
    used = set(DataKey.objects.filter(erased_at__isnull=True).values_list("keyring_id", flat=True).distinct())
    idle = tuple(sorted(keyring.ids() - used - {active}))
    if idle:
        ledger.record(KeysRetired(subject_id=0, by=by.id, at=now, keys=idle))
        for key_id in idle:
            transaction.on_commit(partial(keyring.remove, key_id))
    return len(idle)


def copy_keys(passphrase: str) -> bytes:
    """The keyring as one file under a passphrase, to be kept apart from every copy of the database.

    Raises Refused("vault.passphrase_short"), LirenError("vault.keyring_missing").
    """
    keyring.active()
    return keycopy.locked(keyring.folder(), passphrase)


def open_key_copy(data: bytes, passphrase: str, folder: Path) -> None:
    """Write the keyring out of such a file into `folder`, which must not be there yet.

    Raises Refused: vault.no_key_copy, vault.passphrase.
    """
    keycopy.unlocked(data, passphrase, folder)


@transaction.atomic
def erase_again(key_ids: Collection[int], *, by: Actor, now: datetime) -> int:
    """After a restore: destroy the keys that had been destroyed after the copy was made. Returns how many."""
    rows = DataKey.objects.filter(id__in=key_ids, erased_at__isnull=True)
    subjects = list(rows.values_list("subject", flat=True))
    for subject in subjects:
        erase(subject, by=by, now=now)
    return len(subjects)


@transaction.atomic
def _rewrap(keyring_id: str, wrapping: bytes) -> int:
    rows = DataKey.objects.select_for_update().filter(erased_at__isnull=True).exclude(keyring_id=keyring_id)
    batch = list(rows.order_by("id")[:_ROTATE_BATCH])
    for row in batch:
        row.wrapped = datakeys.wrap(datakeys.unwrap(row), keyring_id, wrapping)
        row.keyring_id = keyring_id
    DataKey.objects.bulk_update(batch, ["wrapped", "keyring_id"])
    return len(batch)


def _seal(key: OpenKey, plain: bytes, context: str) -> bytes:
    algorithm = ciphers.chosen()
    bound = rules.bound(algorithm, key.id, key.subject, context)
    nonce, body = ciphers.encrypt(algorithm, key.key, plain, bound)
    return rules.pack(rules.Token(algorithm, key.id, nonce, body))


def opens(token: bytes, *, context: str) -> bool:
    """Whether a sealed thing can be opened with the keys that are here. What it says leaves the vault to nobody, so
    that nothing is kept of it: for the drill. One statement.
    """
    try:
        return _opened([(token, context)])[0] is not None
    except LirenError:
        return False


def _open_all(tokens: Sequence[tuple[bytes, str]], purpose: str) -> list[tuple[OpenKey, str, bytes] | None]:
    """Key, context and plain bytes of each; None where erased. One statement."""
    if purpose not in rules.PURPOSES:
        raise Refused("vault.purpose", field="purpose")
    return _opened(tokens)


def _opened(tokens: Sequence[tuple[bytes, str]]) -> list[tuple[OpenKey, str, bytes] | None]:
    parts = [(rules.unpack(bytes(token)), context) for token, context in tokens]
    keys = datakeys.for_opening({part.data_key_id for part, _ in parts if part is not None})
    opened: list[tuple[OpenKey, str, bytes] | None] = []
    for part, context in parts:
        if part is None or part.data_key_id not in keys:
            raise Refused("vault.broken")
        key = keys[part.data_key_id]
        if key is None:
            opened.append(None)
            continue
        bound = rules.bound(part.algorithm, key.id, key.subject, context)
        opened.append((key, context, ciphers.decrypt(part.algorithm, key.key, part.nonce, part.body, bound)))
    return opened


def _keep_trace(
    opened: Sequence[tuple[OpenKey, str, bytes]], *, by: Actor, purpose: str, now: datetime
) -> None:
    """Two INSERTs, both or neither. Nothing is handed out before both are written."""
    seen = dict.fromkeys((key.id, key.subject, context) for key, context, _ in opened)
    if not seen:
        return
    with transaction.atomic(savepoint=False):
        ids = ledger.record_all(
            [
                Revealed(subject_id=key_id, by=by.id, at=now, context=context, purpose=purpose)
                for key_id, _, context in seen
            ]
        )
        Reveal.objects.bulk_create(
            [
                Reveal(id=event_id, by=by.id, subject=subject, context=context, purpose=purpose, at=now)
                for event_id, (_, subject, context) in zip(ids, seen, strict=True)
            ]
        )


def _text(plain: bytes) -> str:
    return plain.decode("utf-8", "surrogatepass")
