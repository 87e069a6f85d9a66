"""Rehearsing a write: do it, look at what is so then, and undo it, before anybody is asked whether it shall be."""

from collections.abc import Callable
from typing import TypeVar

from django.db import transaction

from liren.registers.places.queries.snapshot import look_again

Seen = TypeVar("Seen")


class _Undone(Exception):
    """Leaves the transaction of a rehearsal."""


def rehearse(act: Callable[[], object], look: Callable[[], Seen]) -> Seen:
    """What `look` sees after `act`, of which nothing stays. Raises what the act raises."""
    seen: list[Seen] = []
    try:
        with transaction.atomic():
            act()
            seen.append(look())
            raise _Undone
    except _Undone:
        return seen[0]
    finally:
        look_again()
