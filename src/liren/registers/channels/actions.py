"""Every write of channels: tell, deliver, take receipts, send again, give up, send a one-time code."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from liren.base.ledger import actions as ledger
from liren.base.vault import actions as vault
from liren.kernel.clock import office_zone
from liren.kernel.errors import LirenError, NotFound, Refused
from liren.kernel.ids import new_id
from liren.kernel.policy import MACHINE, SYSTEM, Actor, Facts, decide
from liren.registers.channels import adapters, loading, rules, states, wording
from liren.registers.channels.events import Moved, Told
from liren.registers.channels.loading import MessageRule
from liren.registers.channels.models import Message, Receipt
from liren.registers.channels.states import State

log = logging.getLogger(__name__)

PHONE = "channels.recipient.phone"
EMAIL = "channels.recipient.email"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is told, and how they can be reached. Addresses only as tokens of the vault, with their context.

    `phone` opens to a number, or to JSON with a "phone"; empty: no text message. So with `email`.
    """

    device_id: int | None = None
    account_id: int | None = None
    phone_index: str = ""
    phone: bytes = b""
    phone_context: str = PHONE
    email: bytes = b""
    email_context: str = EMAIL
    language: str = "zh-hans"


def tell(
    recipient: Recipient,
    code: str,
    params: Mapping[str, Any],
    *,
    key: str,
    now: datetime,
    case_id: int | None = None,
    place_path: str = "",
    by: Actor = SYSTEM,
) -> list[int]:
    """Write one message per channel its rule names and the recipient can be reached by; their ids.

    Inside the caller's transaction: either the thing happened and will be told, or neither. The same `key`
    again writes nothing and gives the same ids. In-app messages are there at once; the others wait for
    `deliver_due`, at night until the quiet hours end. Three statements. Raises NotFound("message.unknown"),
    Refused("message.params"|"message.personal"|"message.code_kept").
    """
    rule = loading.message(code, now)
    kept = rules.checked(params, rule.params)
    told = list(Message.objects.filter(key=key).order_by("id").values_list("id", flat=True))
    if told:
        return told
    shared = {
        "key": key,
        "code": code,
        "params": kept,
        "urgent": rule.urgent,
        "case_id": case_id,
        "place_path": place_path,
        "created_at": now,
    }
    rows = _rows(recipient, rule, shared, now)
    if not rows:
        return []
    ids = tuple(row.id for row in rows)
    told_ = Told(
        subject_id=ids[0],
        by=by.id,
        at=now,
        place_path=place_path,
        code=code,
        case_id=case_id,
        message_ids=ids,
    )
    with transaction.atomic(savepoint=False):
        Message.objects.bulk_create(rows)
        ledger.record(told_)
    return list(ids)


def seal_phone(phone: str, *, subject: str) -> bytes:
    """A phone number as a token for `Recipient.phone`, sealed under the person's subject ("voice:123")."""
    return vault.seal(phone, subject=subject, context=PHONE)


def seal_email(email: str, *, subject: str) -> bytes:
    """An address as a token for `Recipient.email`; as `seal_phone`."""
    return vault.seal(email, subject=subject, context=EMAIL)


def deliver_due(now: datetime, *, limit: int = 200) -> int:
    """Send what is due, oldest first, at most `limit`; how many were sent. Run by a job every minute.

    At least once: a message whose sender died is taken up again, with the same message id. What falls into
    the quiet hours waits for the morning without spending a try. Call outside a transaction.
    """
    morning = rules.quiet_until(now, loading.quiet(now), office_zone())
    due = Message.objects.filter(state=State.QUEUED, next_try__lte=now)
    if morning is not None:
        due.filter(urgent=False).update(next_try=morning)
    sent = 0
    for row in list(due.order_by("next_try", "id")[:limit]):
        claimed = due.filter(id=row.id, next_try=row.next_try).update(
            next_try=now + loading.claim(now), attempts=F("attempts") + 1, tried_at=now
        )
        if claimed:
            row.attempts += 1
            sent += _deliver(row, now)
    return sent


def _deliver(row: Message, now: datetime) -> bool:
    """Open the address, hand the message over, note what came of it."""
    adapter = adapters.of(row.channel)
    try:
        letter = wording.letter(row, now)
        opened = vault.reveal(
            bytes(row.address), context=row.address_context, by=MACHINE, purpose="deliver_message", now=now
        )
        given = adapter.send(_address(opened), letter)
    except adapters.SendFailed as failure:
        return _failed(row, failure.code, final=failure.final, now=now)
    except Refused as refusal:
        if refusal.code == "vault.erased":
            return _go(row.id, "forget", now=now, error=refusal.code)
        return _failed(row, refusal.code, final=True, now=now)
    except LirenError as error:
        return _failed(row, error.code, final=False, now=now)
    except Exception as error:  # an adapter is somebody else's code: one bad message must not stop the rest
        log.error("channel %s failed on message %d: %s", row.channel, row.id, type(error).__name__)
        return _failed(row, "adapter.error", final=False, now=now)
    return _go(row.id, "send", now=now, provider=adapter.name, provider_id=given[:80])


def _failed(row: Message, code: str, *, final: bool, now: datetime) -> bool:
    again = None if final else rules.next_try(row.attempts, now, loading.waits(now))
    if again is None:
        _go(row.id, "bury", now=now, error=code)
    else:
        Message.objects.filter(id=row.id, state=State.QUEUED).update(next_try=again, error=code[:80])
    return False


def receive(
    provider: str,
    receipt_id: str,
    *,
    message_id: str,
    outcome: Literal["delivered", "failed"],
    at: datetime,
    now: datetime,
    reason: str = "",
) -> bool:
    """Take a provider's receipt; False when this one was taken before. The caller has verified who sent it.

    What arrived has arrived: a failure reported later changes nothing. Raises NotFound("message.unknown").
    """
    with transaction.atomic():
        row = Message.objects.select_for_update().filter(id=_number(message_id)).first()
        if row is None:
            raise NotFound("message.unknown", message=message_id[:40])
        if Receipt.objects.filter(provider=provider, receipt_id=receipt_id).exists():
            return False
        receipt = Receipt(
            id=new_id(now),
            provider=provider,
            receipt_id=receipt_id,
            message=row,
            outcome=outcome,
            reason=reason[:80],
            at=at,
        )
        try:
            with transaction.atomic():
                receipt.save(force_insert=True)
        except IntegrityError:  # the same receipt id came for two messages at once
            return False
        move = "arrive" if outcome == "delivered" else "bounce"
        if states.is_open(row.state, move):
            _go(row.id, move, now=now, error="" if outcome == "delivered" else reason or "receipt.failed")
    return True


def retry(message_id: int, *, by: Actor, now: datetime) -> None:
    """Send again what did not arrive, with a fresh count of tries.

    Needs channels.manage or cases.dispatch where the message belongs. Raises NotFound("message.none"),
    IllegalMove("message.move") for one that is not on the worklist.
    """
    _care(message_id, "retry", by=by, now=now)


def give_up(message_id: int, *, by: Actor, now: datetime) -> None:
    """Note that the person is told another way. Duties and errors as `retry`."""
    _care(message_id, "give_up", by=by, now=now)


def unlink(case_id: int, *, device_id: int | None, phone_index: str) -> int:
    """Untie a case's messages from the device and phone of somebody who was erased; how many. One statement.

    What waits to be sent finds its address erased and is forgotten by the sender.
    """
    theirs = Q(pk__in=[])
    if device_id is not None:
        theirs |= Q(device_id=device_id)
    if phone_index:
        theirs |= Q(phone_index=phone_index)
    rows = Message.objects.filter(theirs, case_id=case_id)
    return rows.update(device_id=None, phone_index="")


def send_code(phone: str, code: str, *, minutes: int = 5, now: datetime | None = None) -> None:
    """Send a one-time code at once, day or night. It is not kept: no row, no event, no second try.

    Its caller records that one was sent. Raises LirenError("message.unsent").
    """
    number = new_id(now)
    letter = wording.code(code, minutes=minutes, message_id=f"code-{number}")
    try:
        adapters.of("sms").send(phone, letter)
    except adapters.SendFailed as failure:
        raise LirenError("message.unsent", reason=failure.code) from failure


def _care(message_id: int, move: str, *, by: Actor, now: datetime) -> None:
    with transaction.atomic():
        row = Message.objects.select_for_update().filter(id=message_id).first()
        if row is None or not any(
            decide(by, duty, Facts(place_path=row.place_path)).allowed for duty in rules.CARING
        ):
            raise NotFound("message.none")
        _go(message_id, move, now=now, by=by)


@transaction.atomic
def _go(
    message_id: int,
    move: str,
    *,
    now: datetime,
    by: Actor = MACHINE,
    error: str = "",
    provider: str = "",
    provider_id: str = "",
) -> bool:
    """Make one move of the table and record it. True when the message is on its way or there."""
    row = Message.objects.select_for_update().get(id=message_id)
    if move in ("send", "bury", "forget") and not states.is_open(row.state, move):
        return False  # a receipt was quicker than we were
    row.state, row.error = states.target(row.state, move), error[:80]
    row.next_try = rules.first_try(now, loading.quiet(now), office_zone(), urgent=row.urgent)
    match move:
        case "retry":
            row.attempts = 0
        case "give_up":
            row.settled_by = by.id
        case "send":
            row.sent_at, row.provider, row.provider_id = now, provider, provider_id
        case "arrive":
            row.delivered_at = now
    if row.state != State.QUEUED:
        row.next_try = None
    row.save()
    ledger.record(
        Moved(
            subject_id=row.id,
            by=by.id,
            at=now,
            place_path=row.place_path,
            state=row.state,
            channel=row.channel,
            case_id=row.case_id,
            error=row.error,
        )
    )
    return row.state in (State.SENT, State.DELIVERED)


def _rows(recipient: Recipient, rule: MessageRule, shared: dict[str, Any], now: datetime) -> list[Message]:
    """One message for each channel of the rule by which the recipient can be reached."""
    try_at = rules.first_try(now, loading.quiet(now), office_zone(), urgent=rule.urgent)
    arrived = states.target(State.QUEUED, "arrive")
    # An in-app message has arrived as soon as it is written.
    in_app = {"state": arrived, "next_try": None, "sent_at": now, "delivered_at": now}
    queued = {"state": State.QUEUED, "next_try": try_at}
    known = recipient.device_id or recipient.account_id or recipient.phone_index or shared["case_id"]
    ways: dict[str, tuple[bool, dict[str, Any]]] = {
        "in_app": (bool(known), in_app),
        "sms": (
            bool(recipient.phone),
            {**queued, "address": bytes(recipient.phone), "address_context": recipient.phone_context},
        ),
        "email": (
            bool(recipient.email),
            {**queued, "address": bytes(recipient.email), "address_context": recipient.email_context},
        ),
    }
    reached = [channel for channel in rule.channels if ways[channel][0]]
    # Ids of one moment are random: sorted, they keep the order of the rule.
    ids = sorted(new_id(now) for _ in reached)
    return [
        Message(
            id=message_id,
            channel=channel,
            language=recipient.language,
            device_id=recipient.device_id,
            account_id=recipient.account_id,
            phone_index=recipient.phone_index,
            **shared,
            **ways[channel][1],
        )
        for message_id, channel in zip(ids, reached, strict=True)
    ]


def _address(opened: str) -> str:
    """The address in what was sealed: itself, or the phone of a contact kept as JSON."""
    if not opened.startswith("{"):
        return opened
    try:
        phone = json.loads(opened).get("phone", "")
    except ValueError:
        phone = ""
    if not phone:
        raise adapters.SendFailed("address.none", final=True)
    return str(phone)


def _number(message_id: str) -> int:
    return int(message_id) if message_id.isascii() and message_id.isdigit() and len(message_id) < 20 else 0
