"""Bringing sealed events to the "later" subscriptions: in order, at least once, with dead letters in the
end.
"""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from liren.base.ledger import models, queries, rules, subscriptions
from liren.base.ledger.actions.recording import record
from liren.base.ledger.events import BacklogPassed, LetterReplayed
from liren.base.ledger.models import Cursor, DeadLetter
from liren.base.ledger.subscriptions import Subscription
from liren.kernel.errors import NotFound
from liren.kernel.events import Event, from_stored
from liren.kernel.policy import Actor

log = logging.getLogger(__name__)

BATCH = 50


class _Failed(Exception):
    """A reaction raised and the batch around it is rolled back; `alone` if the batch was this one event."""

    def __init__(self, seq: int, error: Exception, *, alone: bool) -> None:
        super().__init__()
        self.seq = seq
        self.error = error
        self.alone = alone


def deliver(name: str | None = None, *, now: datetime, limit: int = 10_000) -> int:
    """Bring sealed events to every "later" subscription (or the named one). Returns how many were brought.

    Reaction and cursor move in one transaction: after a crash the event comes again, and what the reaction
    wrote in the database exists once. A failing event is tried 8 times with growing waits while its
    subscription waits; then it becomes a dead letter and the next one follows. Other subscriptions are not
    held up. Never raises for a reaction.
    """
    return sum(_serve(subscription, now, limit) for subscription in subscriptions.later(name))


def _serve(subscription: Subscription, now: datetime, limit: int) -> int:
    brought, size = 0, BATCH
    while brought < limit:
        try:
            count = _bring(subscription, now, min(size, limit - brought))
        except _Failed as failure:
            if not failure.alone:  # nothing of the batch was kept: find the culprit one by one
                size = 1
                continue
            if not _put_off(subscription, failure, now):
                return brought
            count, size = 1, BATCH
        if not count:
            return brought
        brought += count
    return brought


@transaction.atomic
def _bring(subscription: Subscription, now: datetime, size: int) -> int:
    cursor = _lock_cursor(subscription)
    if cursor is None or (cursor.retry_at is not None and cursor.retry_at > now):
        return 0
    # Read before the events: all events up to here are visible, so none can be passed over.
    end = queries.last_seq()
    size = 1 if cursor.attempts else size
    entries = queries.between(cursor.seq, end, subscription.kinds, size)
    for entry in entries:
        try:
            # Whatever it raises, the batch is undone; it must not stop the other subscriptions.
            subscription.reaction(rebuilt(entry))
        except Exception as error:
            raise _Failed(entry.seq or 0, error, alone=len(entries) == 1) from error
    reached = entries[-1].seq or 0 if len(entries) == size else end
    if reached > cursor.seq:
        Cursor.objects.filter(id=cursor.id).update(seq=reached, attempts=0, retry_at=None)
    return len(entries)


@transaction.atomic
def _put_off(subscription: Subscription, failure: _Failed, now: datetime) -> bool:
    """Count a failed delivery. True if it was the last attempt: the event is a dead letter and the cursor
    goes on.
    """
    cursor = _lock_cursor(subscription)
    if cursor is None or cursor.seq >= failure.seq:
        return False
    error = rules.named(failure.error)
    attempts = cursor.attempts + 1
    log.warning("delivery to %s of event seq %s failed: %s", subscription.name, failure.seq, error)
    if attempts < rules.ATTEMPTS:
        Cursor.objects.filter(id=cursor.id).update(attempts=attempts, retry_at=now + rules.wait(attempts))
        return False
    event_id = models.Event.objects.values_list("id", flat=True).get(seq=failure.seq)
    DeadLetter.objects.bulk_create(
        [
            DeadLetter(
                subscription=subscription.name, event_id=event_id, attempts=attempts, error=error, at=now
            )
        ],
        ignore_conflicts=True,
    )
    Cursor.objects.filter(id=cursor.id).update(seq=failure.seq, attempts=0, retry_at=None)
    return True


def _lock_cursor(subscription: Subscription) -> Cursor | None:
    """The subscription's cursor, locked; None while another worker serves it. Made at the first run."""
    mine = Cursor.objects.filter(subscription=subscription.name)
    cursor = mine.select_for_update(skip_locked=True).first()
    if cursor is None and not mine.exists():
        start = 0 if subscription.replay else queries.last_seq()
        Cursor.objects.bulk_create([Cursor(subscription=subscription.name, seq=start)], ignore_conflicts=True)
        cursor = mine.select_for_update(skip_locked=True).first()
    return cursor


def replay(letter_id: int, *, by: Actor, now: datetime) -> bool:
    """Deliver a dead letter again. True if it succeeded: then it is settled and the replay is on record.

    Raises NotFound("ledger.letter") for an unknown or settled letter or a subscription no longer there.
    """
    letter = queries.open_letter(letter_id)
    known = subscriptions.later(letter.subscription) if letter else []
    if letter is None or not known:
        raise NotFound("ledger.letter")
    try:
        with transaction.atomic():
            locked = DeadLetter.objects.select_for_update().get(id=letter_id)
            if locked.settled_at is None:
                known[0].reaction(rebuilt(letter.entry))
                DeadLetter.objects.filter(id=letter_id).update(settled_at=now)
                event = LetterReplayed(
                    subject_id=letter_id,
                    by=by.id,
                    at=now,
                    subscription=letter.subscription,
                    event_id=letter.entry.id,
                )
                record(event)
        return True
    except Exception as error:
        told, attempts = rules.named(error), letter.attempts + 1
        log.warning("replay to %s of event %s failed: %s", letter.subscription, letter.entry.id, told)
        DeadLetter.objects.filter(id=letter_id).update(error=told, attempts=attempts)
        return False


@transaction.atomic
def pass_backlog(*, by: Actor, now: datetime, names: Sequence[str] | None = None) -> int:
    """Declare everything sealed so far delivered, for all "later" subscriptions or the named ones; returns
    the last seq.

    For bulk imports of the past, whose people must not be written to again. Call `seal` until it returns 0
    first.
    """
    end = queries.last_seq()
    for subscription in subscriptions.later():
        if names is None or subscription.name in names:
            Cursor.objects.update_or_create(
                subscription=subscription.name, defaults={"seq": end, "attempts": 0, "retry_at": None}
            )
    record(BacklogPassed(subject_id=0, by=by.id, at=now, seq=end))
    return end


def rebuilt(entry: rules.Entry) -> Event:
    """The typed event of a stored row. Raises NotFound("event.unknown"), Refused("event.unreadable")."""
    return from_stored(
        entry.kind,
        subject_id=entry.subject_id,
        by=entry.by,
        at=entry.at,
        place_path=entry.place_path,
        unit_ids=entry.unit_ids,
        payload=entry.payload,
    )
