"""Appending what happened, in the transaction in which it happened."""

from collections.abc import Callable, Iterable, Sequence
from threading import Lock
from typing import TypeVar

from django.db import connection

from liren.base.bulk.actions import Sheet
from liren.base.ledger import models, subscriptions
from liren.base.ledger.subscriptions import When
from liren.kernel.events import Event
from liren.kernel.ids import new_id

E = TypeVar("E", bound=Event)

_lock = Lock()
_last = 0


def record(event: Event) -> int:
    """Append the event inside the caller's transaction (one INSERT) and run the "now" reactions at once.
    Returns its id.

    If the transaction is rolled back the event never was; if it commits, every "later" subscription gets it
    at least once. Raises RuntimeError outside a transaction, and whatever a reaction raises: then nothing
    happened.
    """
    return record_all([event])[0]


def record_all(events: Sequence[Event]) -> list[int]:
    """Append several events, in this order, with one INSERT; then run the "now" reactions of each. Returns
    their ids.

    Raises RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an event is recorded in the transaction of what it tells about")
    sheet, ids = Sheet(models.Event), [_next_id() for _ in events]
    for id_, event in zip(ids, events, strict=True):
        sheet.add(
            id=id_,
            kind=event.kind,
            subject_kind=event.subject_kind,
            subject_id=event.subject_id,
            by=event.by,
            at=event.at,
            place_path=event.place_path,
            unit_ids=list(event.unit_ids),
            payload=event.payload(),
        )
    sheet.insert()
    for event in events:
        for subscription in subscriptions.now(event.kind):
            subscription.reaction(event)
    return ids


def subscribe(
    name: str,
    kinds: Iterable[type[E]],
    reaction: Callable[[E], None],
    *,
    when: When,
    replay: bool = True,
) -> None:
    """Wake `reaction` for every event of these classes; called from site/wiring.py only.

    "now": inside the transaction of the event, so it must be short and may refuse it by raising. "later":
    after the commit, by the worker, in an own transaction, at least once and in order of seq; the reaction
    must bear being run twice for one event. A "later" subscription that is new to an installation is given
    all its history, or with `replay=False` (reactions that reach people) only what is sealed after its
    first delivery run. Renaming a "later" subscription makes it new. Raises ValueError for a name in use.
    """

    def react(event: Event) -> None:
        reaction(event)  # type: ignore[arg-type]  # only events of `kinds` are brought here

    subscriptions.add(subscriptions.make(name, kinds, react, when, replay))


def _next_id() -> int:
    """Ids rise within a process even inside one millisecond or when the clock is set back: order of events
    is causal.
    """
    global _last
    with _lock:
        _last = max(new_id(), _last + 1)
        return _last
