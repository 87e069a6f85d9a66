"""News of exchange: webhooks made and ended. Addresses are not told: they may hold a secret."""

from dataclasses import dataclass
from typing import ClassVar

from liren.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookMade(Event):
    """A token has an address told of changes."""

    kind: ClassVar[str] = "exchange.webhook_made"
    subject_kind: ClassVar[str] = "webhook"

    token: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEnded(Event):
    """An address is told no more."""

    kind: ClassVar[str] = "exchange.webhook_ended"
    subject_kind: ClassVar[str] = "webhook"

    token: int
