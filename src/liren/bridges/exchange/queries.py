"""Every read of exchange."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from liren.base.access import queries as accounts
from liren.base.vault import queries as vault
from liren.bridges.exchange.models import Delivery, Webhook
from liren.kernel.policy import Actor, Facts, require


@dataclass(frozen=True, slots=True)
class WebhookView:
    """A webhook. `secret` signs what it is told; only its own token is shown it."""

    id: int
    token_id: int
    url: str
    secret: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class WebhookState:
    """How a webhook fares: what waits, what was given up and why last."""

    id: int
    name: str
    url: str
    made_at: datetime
    waiting: int
    dead: int
    error: str


def view(hook: Webhook) -> WebhookView:
    """A webhook as its token is told of it."""
    return WebhookView(hook.id, hook.token_id, hook.url, secret(hook), hook.made_at)


def secret(hook: Webhook) -> str:
    """What a webhook is signed with: derived from the office's keys, the same as long as they last."""
    return vault.blind("exchange.webhook", str(hook.id))


def webhooks_of(token: accounts.TokenView) -> list[WebhookView]:
    """The living webhooks of a token. One statement."""
    return [view(hook) for hook in Webhook.objects.filter(token_id=token.id, ended_at=None).order_by("id")]


def states(*, by: Actor) -> list[WebhookState]:
    """Every living webhook with what waits and what was given up. Raises Denied (channels.manage). Three statements."""
    require(by, "channels.manage", Facts())
    waiting, dead = Q(deliveries__next_at__isnull=False), Q(deliveries__dead_at__isnull=False)
    hooks = list(
        Webhook.objects.filter(ended_at=None)
        .annotate(waiting=Count("deliveries", filter=waiting), dead=Count("deliveries", filter=dead))
        .order_by("id")
    )
    names = accounts.token_names(hook.token_id for hook in hooks)
    late = Delivery.objects.filter(webhook__in=hooks).exclude(error="").order_by("-at")
    errors: dict[int, str] = {}
    for hook_id, error in late.values_list("webhook_id", "error")[:500]:
        errors.setdefault(hook_id, error)
    return [
        WebhookState(
            hook.id,
            names.get(hook.token_id, ""),
            hook.url,
            hook.made_at,
            hook.waiting,
            hook.dead,
            errors.get(hook.id, ""),
        )
        for hook in hooks
    ]


def told(row: Delivery) -> dict[str, Any]:
    """What a receiver is told: that something changed, and where to read it. No words, no names."""
    return {
        "id": str(row.id),
        "what": row.what,
        "number": row.number,
        "version": row.version,
        "at": row.at.isoformat(),
        "href": f"/api/v1/cases/{row.number}",
    }
