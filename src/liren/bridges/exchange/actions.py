"""Every write of exchange: webhooks made and ended, changes told, tried again, replayed."""

import json
import os
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from liren.base.access import queries as accounts
from liren.base.ledger import actions as ledger
from liren.bridges.exchange import queries, rules, sending
from liren.bridges.exchange.events import WebhookEnded, WebhookMade
from liren.bridges.exchange.models import Delivery, Webhook
from liren.cases import queries as cases
from liren.cases.events import CaseEvent
from liren.kernel.errors import NotFound, Refused
from liren.kernel.policy import Actor, Facts, require

CLAIM = timedelta(minutes=2)  # who took a telling up and died has had it this long
MOST = 10  # webhooks of one token
KEPT = timedelta(days=30)
VERSION = "1"


def allowed_networks() -> tuple[rules.Network, ...]:
    """The networks inside that the office named for webhooks: LIREN_WEBHOOK_NETWORKS. None without it."""
    return rules.networks(os.environ.get("LIREN_WEBHOOK_NETWORKS", ""))


@transaction.atomic
def make_webhook(url: str, *, token: accounts.TokenView, now: datetime) -> queries.WebhookView:
    """Have an address told of changes as long as the token lives. The same address again gives the same webhook.

    Raises Refused: "webhook.url", "webhook.https", "webhook.many", "webhook.address" (not one a server may be asked to
    call).
    """
    target = rules.target(url)
    known = Webhook.objects.filter(token_id=token.id, ended_at=None)
    same = known.filter(url=target.geturl()).first()
    if same is not None:
        return queries.view(same)
    if known.count() >= MOST:
        raise Refused("webhook.many", field="url", most=MOST)
    try:
        found = sending.resolve(target.hostname or "", target.port or 443)
    except sending.Unsent as error:
        raise Refused("webhook.address", field="url") from error
    if not all(rules.safe(one, allowed_networks()) for one in found):
        raise Refused("webhook.address", field="url")
    hook = Webhook(token_id=token.id, url=target.geturl(), made_at=now)
    hook.save(force_insert=True)
    ledger.record(WebhookMade(subject_id=hook.id, by=token.account_id, at=now, token=token.id))
    return queries.view(hook)


@transaction.atomic
def end_webhook(webhook_id: int, *, token: accounts.TokenView, now: datetime) -> None:
    """Tell an address no more. Idempotent. Raises NotFound("webhook.unknown") for another token's."""
    hook = Webhook.objects.filter(id=webhook_id, token_id=token.id).first()
    if hook is None:
        raise NotFound("webhook.unknown")
    if hook.ended_at is None:
        hook.ended_at = now
        hook.save(update_fields=["ended_at"])
        Delivery.objects.filter(webhook=hook).update(next_at=None)
        ledger.record(WebhookEnded(subject_id=hook.id, by=token.account_id, at=now, token=token.id))


def note_change(event: CaseEvent, *, now: datetime) -> int:
    """Have every webhook whose token may see the case told of a change; how many. Told once however often it is noted."""
    made = 0
    for hook in Webhook.objects.filter(ended_at=None).order_by("id"):
        actor = accounts.actor_of_token(hook.token_id, now=now)
        if actor is None:
            continue
        number = cases.number_for(event.subject_id, actor)
        if not number:
            continue
        row = Delivery(
            webhook=hook,
            what=event.kind,
            case_id=event.subject_id,
            number=number,
            version=event.version,
            at=event.at,
            next_at=now,
        )
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            continue  # noted before
        made += 1
    return made


def deliver_due(now: datetime, *, limit: int = 100) -> int:
    """Tell what is due, oldest first; how many arrived. Run by a job. Call outside a transaction.

    At least once: a telling whose sender died is taken up again. A webhook that failed in this run waits for the next
    one, so that one that hangs does not hold up the others.
    """
    due = Delivery.objects.filter(next_at__lte=now, webhook__ended_at=None)
    arrived, failed = 0, set()
    for row in list(due.select_related("webhook").order_by("next_at", "id")[:limit]):
        if row.webhook_id in failed:
            continue
        claimed = due.filter(id=row.id, next_at=row.next_at).update(next_at=now + CLAIM, tries=F("tries") + 1)
        if not claimed:
            continue
        row.tries += 1
        if _deliver(row, now):
            arrived += 1
        else:
            failed.add(row.webhook_id)
    return arrived


def _deliver(row: Delivery, now: datetime) -> bool:
    if accounts.actor_of_token(row.webhook.token_id, now=now) is None:
        Delivery.objects.filter(id=row.id).update(next_at=None, dead_at=now, error="token")
        return False
    at = int(now.timestamp())
    body = json.dumps(queries.told(row), ensure_ascii=False, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Liren-Webhook",
        "Liren-Delivery": str(row.id),
        "Liren-Signature": f"t={at},v{VERSION}={rules.signature(queries.secret(row.webhook), at, body)}",
    }
    try:
        sending.post(rules.target(row.webhook.url), body, headers, allowed=allowed_networks())
    except (sending.Unsent, Refused) as error:
        again = rules.wait(row.tries)
        Delivery.objects.filter(id=row.id).update(
            next_at=now + again if again is not None else None,
            dead_at=None if again is not None else now,
            error=error.code[:80],
        )
        return False
    Delivery.objects.filter(id=row.id).update(next_at=None, delivered_at=now, dead_at=None, error="")
    return True


def replay(webhook_id: int, *, by: Actor, now: datetime) -> int:
    """Tell again everything of a webhook that was given up; how many. For who keeps the channels.

    Raises Denied (duty channels.manage), NotFound("webhook.unknown").
    """
    require(by, "channels.manage", Facts())
    return _again(Webhook.objects.filter(id=webhook_id), now)


def replay_own(webhook_id: int, *, token: accounts.TokenView, now: datetime) -> int:
    """The same by the token it was made with. Raises NotFound("webhook.unknown") for another's."""
    return _again(Webhook.objects.filter(id=webhook_id, token_id=token.id), now)


def _again(found: QuerySet[Webhook], now: datetime) -> int:
    hook = found.filter(ended_at=None).first()
    if hook is None:
        raise NotFound("webhook.unknown")
    dead = Delivery.objects.filter(webhook=hook, dead_at__isnull=False)
    return dead.update(dead_at=None, next_at=now, tries=0)


def purge(now: datetime) -> int:
    """Forget what arrived, and what was given up, long ago."""
    done, _ = Delivery.objects.filter(next_at=None, at__lt=now - KEPT).delete()
    return done
