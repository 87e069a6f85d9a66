"""Who is woken by which kind of event, in this process. Filled once at start by site/wiring.py."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from liren.kernel.events import Event

Reaction = Callable[[Event], None]
When = Literal["now", "later"]


@dataclass(frozen=True, slots=True)
class Subscription:
    """A named reaction to some kinds of event."""

    name: str
    kinds: frozenset[str]
    reaction: Reaction
    when: When
    replay: bool


_ALL: dict[str, Subscription] = {}


def add(subscription: Subscription) -> None:
    """Keep a subscription. Raises ValueError if the name is taken: names key the cursors."""
    if subscription.name in _ALL:
        raise ValueError(f"subscription {subscription.name} exists")
    _ALL[subscription.name] = subscription


def drop(name: str) -> None:
    """Forget a subscription; its cursor stays in the database."""
    del _ALL[name]


def now(kind: str) -> list[Subscription]:
    """The reactions that run inside the transaction of an event of this kind, in order of subscribing."""
    return [each for each in _ALL.values() if each.when == "now" and kind in each.kinds]


def later(name: str | None = None) -> list[Subscription]:
    """The subscriptions served by delivery: all, or the one of this name."""
    return [each for each in _ALL.values() if each.when == "later" and name in (None, each.name)]


def make(
    name: str, kinds: Iterable[type[Event]], reaction: Reaction, when: When, replay: bool
) -> Subscription:
    """A subscription of these event classes. Raises ValueError without any."""
    named = frozenset(kind.kind for kind in kinds)
    if not named:
        raise ValueError(f"subscription {name} names no event")
    return Subscription(name, named, reaction, when, replay)
