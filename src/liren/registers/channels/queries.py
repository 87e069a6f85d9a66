"""Every read of channels: one's own messages, and the worklist of what did not arrive."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import get_language

from liren.kernel.policy import Actor, Scope, scope
from liren.registers.channels import loading, rules, wording
from liren.registers.channels.models import Message
from liren.registers.channels.states import DEAD_LETTERS, State


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message as its recipient reads it."""

    id: int
    code: str
    case_id: int | None
    title: str
    text: str
    at: datetime
    urgent: bool


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One message that did not arrive. No address and no name: whom it was for is seen on the case."""

    id: int
    code: str
    case_id: int | None
    title: str
    channel: str
    attempts: int
    tried_at: datetime
    error: str
    error_code: str


def inbox(actor: Actor, *, case_id: int | None = None, limit: int = 50) -> list[MessageView]:
    """The messages for this very device, account or proven phone, newest first. One statement."""
    rows = _addressed(actor).filter(channel="in_app")
    if case_id is not None:
        rows = rows.filter(case_id=case_id)
    return [_view(row) for row in rows.order_by("-created_at", "-id")[:limit]]


@dataclass(frozen=True, slots=True)
class SentView:
    """One message as kept of its recipient: by which channel, and whether it arrived."""

    message: MessageView
    channel: str
    state: str


def sent_to(actor: Actor, *, limit: int = 500) -> list[SentView]:
    """Every message for this very device or proven phone by any channel, newest first: one's own data."""
    rows = _addressed(actor).order_by("-created_at", "-id")[:limit]
    return [SentView(_view(row), wording.channel_title(row.channel), row.state) for row in rows]


def _addressed(actor: Actor) -> QuerySet[Message]:
    mine = Q(pk__in=[])
    if actor.device_id is not None:
        mine |= Q(device_id=actor.device_id)
    if actor.phone_index:
        mine |= Q(phone_index=actor.phone_index)
    if actor.kind == "staff":
        mine |= Q(account_id=actor.id)
    return Message.objects.filter(mine)


def dead_letters(actor: Actor | None = None, *, limit: int = 200) -> list[DeadLetter]:
    """What did not arrive, longest waiting first; for `actor` only where they may care for it."""
    language = wording.language_of(get_language() or "")
    found = []
    for row in _dead(actor).order_by("created_at", "id")[:limit]:
        rule = loading.message(row.code, row.created_at)
        found.append(
            DeadLetter(
                id=row.id,
                code=row.code,
                case_id=row.case_id,
                title=wording.title(rule, language),
                channel=wording.channel_title(row.channel),
                attempts=row.attempts,
                tried_at=row.tried_at or row.created_at,
                error=wording.error_title(row.error),
                error_code=row.error,
            )
        )
    return found


def count_dead(actor: Actor | None = None) -> int:
    """How many `dead_letters` there are."""
    return _dead(actor).count()


def waiting(now: datetime) -> int:
    """How many messages are due and not yet sent: a health figure."""
    return Message.objects.filter(state=State.QUEUED, next_try__lte=now).count()


def _dead(actor: Actor | None) -> QuerySet[Message]:
    rows = Message.objects.filter(state__in=list(DEAD_LETTERS))
    if actor is not None and not actor.has(rules.SEALED_DUTY):
        rows = rows.exclude(code__in=rules.SEALED_CODES)
    return rows if actor is None else rows.filter(_visible([scope(actor, duty) for duty in rules.CARING]))


def _visible(scopes: Sequence[Scope]) -> Q:
    """Messages belong to places, not to units."""
    if any(each.everything for each in scopes):
        return Q()
    seen = Q(pk__in=[])
    for path in {path for each in scopes for path in each.place_paths}:
        seen |= Q(place_path__startswith=path)
    return seen


def _view(row: Message) -> MessageView:
    rule = loading.message(row.code, row.created_at)
    language = wording.language_of(get_language() or row.language)
    return MessageView(
        id=row.id,
        code=row.code,
        case_id=row.case_id,
        title=wording.title(rule, language),
        text=wording.text(rule, row.params, language),
        at=row.created_at,
        urgent=row.urgent,
    )
