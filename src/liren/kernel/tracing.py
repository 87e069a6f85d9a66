"""What a line of the log belongs to: the request or the job at hand. Ids and codes, nothing of a person."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

Told = str | int | list[str]
_at_hand: ContextVar[Mapping[str, Told]] = ContextVar("liren.at_hand")


@contextmanager
def within(**what: Told) -> Iterator[None]:
    """Every line written inside says what it belongs to; inside another one, both are said."""
    mark = _at_hand.set({**at_hand(), **what})
    try:
        yield
    finally:
        _at_hand.reset(mark)


def at_hand() -> Mapping[str, Told]:
    """What is at hand now; empty outside of everything."""
    return _at_hand.get({})
