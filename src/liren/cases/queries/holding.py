"""Counts of periods that are over, kept by each process until something happens anywhere in the house.

Every change appends an event, so what was counted stands as long as no newer event is there. On PostgreSQL two writes may
cross and commit against their order, and a rule pack may be changed by hand: such a count is looked at again after five
minutes at the latest.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from hashlib import sha256
from typing import TypeVar, cast

from django.core.cache import cache
from django.utils.translation import get_language

from liren.base.ledger import queries as ledger
from liren.kernel.clock import utc_now
from liren.kernel.policy import Actor

LONGEST = 300  # seconds
T = TypeVar("T")
_look: ContextVar[int | None] = ContextVar("look", default=None)


@contextmanager
def one_look() -> Iterator[None]:
    """Everything asked inside is held as of one moment, and whether anything happened is asked once."""
    token = _look.set(ledger.newest_id())
    try:
        yield
    finally:
        _look.reset(token)


def held(what: str, until: datetime, key: tuple[object, ...], make: Callable[[], T]) -> T:
    """What `make` gives, kept under `key` if the period that ends at `until` is over. A statement more where it is."""
    if until > utc_now():
        return make()
    newest = _look.get()
    newest = ledger.newest_id() if newest is None else newest
    # lines bear names, and names have a language
    full = repr((newest, get_language(), until, *key)).encode()
    return cast(T, cache.get_or_set(f"cases.{what}.{sha256(full).hexdigest()}", make, LONGEST))


def whose(actor: Actor) -> tuple[object, ...]:
    """What of an actor decides what he may see."""
    grants = sorted((one.role, one.place_path, one.unit_id or 0, one.own_only) for one in actor.grants)
    return actor.id, actor.kind, actor.proof, tuple(grants)
