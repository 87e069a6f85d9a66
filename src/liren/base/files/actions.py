"""Every write of files: keep what people send, give it to its owner, forget it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO

from django.db import connection, transaction

from liren.base.files import decoding, rules, scanner, states, store
from liren.base.files.child.verdict import Clean
from liren.base.files.events import FileKept, FilesAttached, FilesForgotten
from liren.base.files.models import StoredFile
from liren.base.ledger import actions as ledger
from liren.base.vault import actions as vault
from liren.kernel.errors import NotFound, Refused, Throttled
from liren.kernel.ids import new_id
from liren.kernel.policy import SYSTEM, Actor

CHUNK = 64 * 1024
BATCH = 200


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a file that was sent: sizes in bytes and pixels as kept, not as sent."""

    id: int
    kind: rules.Kind
    media_type: str
    size: int
    width: int
    height: int


def keep(
    data: bytes | BinaryIO,
    *,
    name: str,
    by: Actor,
    device_id: int | None = None,
    now: datetime,
    seal_for: str | None = None,
) -> Kept:
    """Check, clean, seal and store one file; it waits a day to be attached.

    A photo becomes a fresh upright JPEG of at most 2560 pixels without any metadata, with a thumbnail; a
    document is kept byte for byte. All is sealed: under a key of its own ("file:<id>"), or under `seal_for`,
    which then decides when it becomes unreadable. `name` is kept, sealed, for documents only.
    `device_id` is the browser that may attach it, the actor's own unless told otherwise.
    Call it outside a transaction: cleaning takes up to seconds, and SQLite has one writer.

    Raises Refused: file.empty, file.too_big (params limit_mb), file.text_too_long, file.kind, file.legacy,
    file.archive, file.media, file.locked, file.broken, file.pixels, file.bomb, file.active, file.virus,
    file.scanner_down. Throttled: file.busy, file.too_many_waiting.
    """
    sender = rules.Sender(_account(by), by.device_id if device_id is None else device_id)
    _refuse_flood(sender)
    sent = _whole(data)
    found = rules.media_type(sent)
    scanner.scan(sent)
    if found == rules.TEXT:
        clean = Clean(rules.TEXT, rules.plain_text(sent))
    else:
        clean = decoding.decode(sent, found)
    return _store(clean, clean.body or sent, name=name, by=by, sender=sender, seal_for=seal_for, now=now)


def attach(file_ids: Sequence[int], *, owner: str, by: Actor, now: datetime) -> None:
    """Give waiting files to their owner ("voice:123"). Doing it again for the same owner changes nothing.

    Only the browser or the account that sent a file can attach it. Raises Refused("file.too_many", most),
    NotFound("file.gone"): purged, another's, or already attached elsewhere, without saying which.
    RuntimeError outside the transaction of what the files belong to.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("files are attached in the transaction of what they belong to")
    rules.check_owner(owner)
    wanted = sorted(set(file_ids))
    if len(wanted) > rules.MAX_PER_ATTACH:
        raise Refused("file.too_many", most=rules.MAX_PER_ATTACH)
    if not wanted:
        return
    rows = list(StoredFile.objects.select_for_update().filter(id__in=wanted).order_by("id"))
    asked_by = rules.Sender(_account(by), by.device_id)
    for row in rows:
        mine = rules.may_attach(rules.Sender(row.by_id, row.device_id), asked_by)
        if not mine or not (
            row.state == states.WAITING or (row.state == states.ATTACHED and row.owner == owner)
        ):
            raise NotFound("file.gone")
    if len(rows) != len(wanted):
        raise NotFound("file.gone")
    fresh = tuple(row.id for row in rows if row.state == states.WAITING)
    if fresh:
        StoredFile.objects.filter(id__in=fresh).update(state=states.ATTACHED, owner=owner, attached_at=now)
        ledger.record(FilesAttached(subject_id=fresh[0], by=by.id, at=now, file_ids=fresh, owner=owner))


@transaction.atomic
def forget(owner: str, *, by: Actor, now: datetime) -> int:
    """Erase all files of an owner for good: keys first, then bytes. The rows stay, empty. Returns how many.

    Whether `by` may is the calling room's decision. Files sealed for another subject (`seal_for`) lose their
    bytes here; backups of them die with that subject's key.
    """
    rules.check_owner(owner)
    rows = list(
        StoredFile.objects.select_for_update().filter(owner=owner, state=states.ATTACHED).order_by("id")
    )
    if rows:
        _erase(rows, owner=owner, by=by, now=now)
        StoredFile.objects.filter(id__in=[row.id for row in rows]).update(
            state=states.FORGOTTEN,
            forgotten_at=now,
            by_id=0,
            device_id=None,
            name_sealed=None,
            stored_hash="",
            thumb_hash="",
        )
    return len(rows)


def purge_unattached(now: datetime) -> int:
    """Erase and remove what nobody attached within a day. For the daily job; returns how many."""
    before = now - timedelta(hours=rules.WAITING_HOURS)
    count = 0
    while batch := _purge_some(before, now):
        count += batch
    return count


def sweep_disk(now: datetime) -> int:
    """Delete bytes that no row speaks of, left by a process that died between writing and committing.

    Only what is older than a day, so that nothing just being kept is touched. For the weekly job; returns
    how many paths. Such bytes were unreadable already: their key was rolled back.
    """
    found = list(store.lying_around((now - timedelta(hours=rules.WAITING_HOURS)).timestamp()))
    count = 0
    for start in range(0, len(found), BATCH):
        some = found[start : start + BATCH]
        living = StoredFile.objects.filter(id__in=[file_id for file_id, _ in some]).exclude(
            state=states.FORGOTTEN
        )
        known = set(living.values_list("id", flat=True))
        for file_id, path in some:
            if file_id not in known or path.name.startswith("."):
                path.unlink(missing_ok=True)
                count += 1
    return count


def _account(by: Actor) -> int:
    return 0 if by.kind == "anonymous" else by.id


def _refuse_flood(sender: rules.Sender) -> None:
    waiting = StoredFile.objects.filter(
        state=states.WAITING, by_id=sender.account_id, device_id=sender.device_id
    ).count()
    if waiting >= rules.MAX_WAITING:
        raise Throttled("file.too_many_waiting", retry_after=3600)


def _whole(data: bytes | BinaryIO) -> bytes:
    """All bytes, unless too many: then it stops reading (or never starts, where the size is told)."""
    told = len(data) if isinstance(data, bytes) else getattr(data, "size", None)
    if isinstance(told, int) and told > rules.MAX_BYTES:
        raise _too_big()
    if isinstance(data, bytes):
        return data
    pieces, total = [], 0
    while piece := data.read(CHUNK):
        total += len(piece)
        if total > rules.MAX_BYTES:
            raise _too_big()
        pieces.append(piece)
    return b"".join(pieces)


def _too_big() -> Refused:
    return Refused("file.too_big", limit_mb=rules.MAX_BYTES // 1024 // 1024)


def _store(
    clean: Clean,
    body: bytes,
    *,
    name: str,
    by: Actor,
    sender: rules.Sender,
    seal_for: str | None,
    now: datetime,
) -> Kept:
    file_id = new_id(now)
    subject = seal_for or f"file:{file_id}"
    kind = rules.kind_of(clean.media_type)

    def seal(plain: bytes, part: str) -> bytes:
        return vault.seal_bytes(plain, subject=subject, context=f"files.{part}:{file_id}")

    try:
        with transaction.atomic():
            row = StoredFile(
                id=file_id,
                kind=kind,
                media_type=clean.media_type,
                size=len(body),
                width=clean.width,
                height=clean.height,
                thumb_size=len(clean.thumb),
                subject=subject,
                by_id=sender.account_id,
                device_id=sender.device_id,
                created_at=now,
            )
            row.stored_hash = store.write(file_id, seal(body, "body"))
            if clean.thumb:
                row.thumb_hash = store.write(file_id, seal(clean.thumb, "thumb"), thumb=True)
            if kind == "document":
                row.name_sealed = seal(rules.safe_name(name, clean.media_type).encode(), "name")
            row.save(force_insert=True)
            ledger.record(
                FileKept(subject_id=file_id, by=by.id, at=now, media_type=clean.media_type, size=len(body))
            )
    except BaseException:
        store.delete(file_id)
        raise
    return Kept(file_id, kind, clean.media_type, len(body), clean.width, clean.height)


@transaction.atomic
def _purge_some(before: datetime, now: datetime) -> int:
    waiting = StoredFile.objects.select_for_update().filter(state=states.WAITING, created_at__lt=before)
    rows = list(waiting.order_by("created_at")[:BATCH])
    if rows:
        _erase(rows, owner="", by=SYSTEM, now=now)
        StoredFile.objects.filter(id__in=[row.id for row in rows]).delete()
    return len(rows)


def _erase(rows: Sequence[StoredFile], *, owner: str, by: Actor, now: datetime) -> None:
    """Keys now, bytes once that is committed: rolled back, nothing is lost; crashed, nothing can be read."""
    for row in rows:
        if row.subject == f"file:{row.id}":
            vault.erase(row.subject, by=by, now=now)
        transaction.on_commit(_deletion(row.id))
    ids = tuple(row.id for row in rows)
    ledger.record(FilesForgotten(subject_id=ids[0], by=by.id, at=now, file_ids=ids, owner=owner))


def _deletion(file_id: int) -> Callable[[], None]:
    return lambda: store.delete(file_id)
