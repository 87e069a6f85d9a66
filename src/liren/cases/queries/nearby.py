"""What neighbours may know of each other's matters: the kind of thing, the courtyard, where it stands. Nobody's words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from liren.cases.models import Case, Follow
from liren.cases.states import AT_WORK, State
from liren.kernel.policy import Actor


@dataclass(frozen=True, slots=True)
class InHand:
    """A case in hand as anybody may see it: kind of thing, place, state, how many. No title: those are words."""

    case_id: int
    class_code: str
    place_path: str
    state: str
    voices: int
    received_at: datetime


# Kinds of demand whose very existence may point at a person are never listed for neighbours.
PUBLIC_TYPES = ("help", "complaint", "suggestion")
PRIVATE_GROUPS = ("neighbour", "care", "child", "health", "social", "labour", "police", "other")
_COLUMNS = ("id", "class_code", "place_path", "state", "voices", "received_at")


def _may_be_public() -> Q:
    """What may be public in whatever state. A sealed case, or one kept from somebody's eyes, is kept from all."""
    private = Q(class_code="")
    for group in PRIVATE_GROUPS:
        private |= Q(class_code__startswith=group + ".")
    return Q(demand_type__in=PUBLIC_TYPES, sealed=False, barred=False) & ~private


def _public() -> Q:
    return _may_be_public() & Q(state__in=sorted(AT_WORK))


def in_hand(*, now: datetime, limit: int) -> list[InHand]:
    """Public matters being worked on, those most people spoke up for first. Last 30 days."""
    rows = (
        Case.objects.filter(_public(), received_at__gte=now - timedelta(days=30))
        .order_by("-voices", "-received_at")
        .values_list(*_COLUMNS)[:limit]
    )
    return [InHand(*row) for row in rows]


def is_in_hand(case_id: int) -> bool:
    """Whether a case is one neighbours may join from the list."""
    return Case.objects.filter(_public(), pk=case_id).exists()


@dataclass(frozen=True, slots=True)
class Followed:
    """A case this device follows, and when it last came a step further that anybody may know of."""

    case: InHand
    changed_at: datetime
    in_hand: bool  # neighbours may still add their voice


_STAGES = ("received_at", "dispatched_at", "signed_at", "contacted_at", "replied_at", "closed_at")


def followed(actor: Actor, *, limit: int = 50) -> list[Followed]:
    """What this device follows, last changed first, as far as it may still be public: also after it has ended."""
    if actor.device_id is None:
        return []
    mine = Follow.objects.filter(device_id=actor.device_id).values("case_id")
    rows = Case.objects.filter(_may_be_public(), pk__in=mine).values_list(*_COLUMNS, *_STAGES)[:limit]
    found = [
        Followed(InHand(*row[:6]), max(at for at in row[6:] if at is not None), State(row[3]) in AT_WORK)
        for row in rows
    ]
    return sorted(found, key=lambda one: one.changed_at, reverse=True)


def followers(case_id: int, *, since: datetime) -> list[tuple[int, int]]:
    """(follow, device) of who wanted the news of a case by then; nobody where it may not be public any more."""
    if not Case.objects.filter(_may_be_public(), pk=case_id).exists():
        return []
    return [
        (row.id, row.device_id)
        for row in Follow.objects.filter(case_id=case_id, since__lte=since).order_by("id")
    ]
