"""Reading the ledger. Events hold no words and no names; the caller's room decides who may see which
history.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from liren.base.ledger import rules, subscriptions
from liren.base.ledger.models import Cursor, DeadLetter, Event, Seal, Sealer
from liren.base.ledger.rules import Entry


@dataclass(frozen=True, slots=True)
class Letter:
    """A delivery that was given up and waits for a person: `attempts` so far, `error` as type and code."""

    id: int
    subscription: str
    entry: Entry
    attempts: int
    error: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Lag:
    """How far one "later" subscription is behind, counted in seq; `retry_at` while a delivery is failing."""

    subscription: str
    behind: int
    attempts: int
    retry_at: datetime | None


@dataclass(frozen=True, slots=True)
class Backlog:
    """What the worker has still to do, for the health page."""

    unsealed: int
    dead: int
    lags: tuple[Lag, ...]


def history(subject_kind: str, subject_id: int) -> list[Entry]:
    """Everything that happened to one subject, oldest first."""
    return _entries(Event.objects.filter(subject_kind=subject_kind, subject_id=subject_id).order_by("id"))


def since(seq: int, limit: int = 1_000) -> list[Entry]:
    """Sealed events after `seq`, in order, `limit` at most."""
    return _entries(Event.objects.filter(seq__gt=seq).order_by("seq")[:limit])


def between(after: int, end: int, kinds: Iterable[str], limit: int) -> list[Entry]:
    """Sealed events of these kinds with after < seq <= end, in order."""
    rows = Event.objects.filter(seq__gt=after, seq__lte=end, kind__in=sorted(kinds))
    return _entries(rows.order_by("seq")[:limit])


def sealed(first: int, last: int) -> Iterator[Entry]:
    """Sealed events first..last, in order, read a piece at a time."""
    rows = Event.objects.filter(seq__gte=first, seq__lte=last).order_by("seq")
    return (_entry(row) for row in rows.iterator(chunk_size=2_000))


def last_seq() -> int:
    """Where the sealed ledger ends; 0 before the first seal."""
    return Sealer.objects.filter(id=Sealer.ONLY).values_list("last_seq", flat=True).first() or 0


def dead_letters(limit: int = 200) -> list[Letter]:
    """Deliveries given up and not yet replayed with success, oldest first."""
    rows = DeadLetter.objects.filter(settled_at__isnull=True).select_related("event").order_by("at", "id")
    return [_letter(row) for row in rows[:limit]]


def open_letter(letter_id: int) -> Letter | None:
    """One dead letter that is not settled."""
    rows = DeadLetter.objects.filter(id=letter_id, settled_at__isnull=True).select_related("event")
    return next((_letter(row) for row in rows), None)


def backlog() -> Backlog:
    """Unsealed events, open dead letters, and how far each "later" subscription of this process is behind."""
    end = last_seq()
    cursors = {cursor.subscription: cursor for cursor in Cursor.objects.all()}
    lags = []
    for subscription in subscriptions.later():
        cursor = cursors.get(subscription.name, Cursor(seq=0 if subscription.replay else end))
        lags.append(Lag(subscription.name, end - cursor.seq, cursor.attempts, cursor.retry_at))
    dead = DeadLetter.objects.filter(settled_at__isnull=True).count()
    return Backlog(Event.objects.filter(seq__isnull=True).count(), dead, tuple(lags))


def broken_seals() -> list[int]:
    """The first seq of every seal that no longer fits its events or the seal before; empty when all is sound.

    Reads the whole ledger. Finds any sealed event changed, removed or added, and any seal removed before
    the last; that the newest seals were cut off together is found only by a digest kept outside.
    """
    broken = []
    previous, expected = "", 1
    for row in Seal.objects.order_by("first_seq"):
        entries = list(sealed(row.first_seq, row.last_seq))
        if (row.previous, row.first_seq) != (previous, expected) or not rules.sound(
            row.previous, row.first_seq, row.count, row.digest, entries
        ):
            broken.append(row.first_seq)
        previous, expected = row.digest, row.last_seq + 1
    if Event.objects.filter(seq__gte=expected).exists() or last_seq() != expected - 1:
        broken.append(expected)
    return broken


def _entries(rows: QuerySet[Event]) -> list[Entry]:
    return [_entry(row) for row in rows]


def _entry(row: Event) -> Entry:
    return Entry(
        id=row.id,
        seq=row.seq,
        kind=row.kind,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        by=row.by,
        at=row.at,
        place_path=row.place_path,
        unit_ids=tuple(row.unit_ids),
        payload=row.payload,
    )


def _letter(row: DeadLetter) -> Letter:
    return Letter(row.id, row.subscription, _entry(row.event), row.attempts, row.error, row.at)
