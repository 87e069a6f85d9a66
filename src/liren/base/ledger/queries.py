"""Reading the ledger. Events hold no words and no names; the caller's room decides who may see which
history.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import TypeVar

from django.db.models import Model, QuerySet

from liren.base.ledger import rules, subscriptions
from liren.base.ledger.models import Cursor, DeadLetter, Event, Seal, Sealer
from liren.base.ledger.rules import Entry
from liren.kernel.policy import Actor, Facts, require

M = TypeVar("M", bound=Model)


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


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a record read newest first: of [since, until), after the row `before` (its id), so many."""

    since: datetime | None = None
    until: datetime | None = None
    before: int = 0
    limit: int = 50

    def of(self, rows: QuerySet[M]) -> QuerySet[M]:
        """That part of rows that have `at` and ids in the order of time."""
        if self.since is not None:
            rows = rows.filter(at__gte=self.since)
        if self.until is not None:
            rows = rows.filter(at__lt=self.until)
        if self.before:
            rows = rows.filter(id__lt=self.before)
        return rows.order_by("-id")[: self.limit]


def newest(subject_kind: str, stretch: Stretch, *, by: Actor, subject: int | None = None) -> list[Entry]:
    """What happened to things of one kind, newest first, for who audits. One statement. Raises Denied.

    `subject`: to one of them alone.
    """
    require(by, "ledger.read", Facts())
    rows = Event.objects.filter(subject_kind=subject_kind)
    return _entries(stretch.of(rows if subject is None else rows.filter(subject_id=subject)))


def since(seq: int, limit: int = 1_000) -> list[Entry]:
    """Sealed events after `seq`, in order, `limit` at most."""
    return _entries(Event.objects.filter(seq__gt=seq).order_by("seq")[:limit])


def between(after: int, end: int, kinds: Iterable[str], limit: int) -> list[Entry]:
    """Sealed events of these kinds with after < seq <= end, in order."""
    rows = Event.objects.filter(seq__gt=after, seq__lte=end, kind__in=sorted(kinds))
    return _entries(rows.order_by("seq")[:limit])


def sealed(first: int, last: int) -> Iterator[Entry]:
    """Sealed events first..last, in order, read a piece at a time."""
    return _plain(Event.objects.filter(seq__gte=first, seq__lte=last).order_by("seq"))


def unsealed(limit: int) -> list[Entry]:
    """The oldest events that have no place in the order yet, by id; their seq is still None."""
    return list(_plain(Event.objects.filter(seq__isnull=True).order_by("id")[:limit]))


def _plain(rows: QuerySet[Event]) -> Iterator[Entry]:
    # plain rows: the whole ledger is read here, and a model for each would take twice the time
    for row in rows.values_list(*(field.name for field in fields(Entry))).iterator(chunk_size=2_000):
        entry = Entry(*row)
        yield replace(entry, unit_ids=tuple(entry.unit_ids))


def last_seq() -> int:
    """Where the sealed ledger ends; 0 before the first seal."""
    return Sealer.objects.filter(id=Sealer.ONLY).values_list("last_seq", flat=True).first() or 0


def newest_id() -> int:
    """The id of the event written last; 0 before the first."""
    return Event.objects.order_by("-id").values_list("id", flat=True).first() or 0


def newest_at() -> datetime | None:
    """The time of the event written last."""
    return Event.objects.order_by("-id").values_list("at", flat=True).first()


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
