"""What the people behind a case may see of it: their own words, what was done, what comes next and when."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from liren.base.vault import actions as vault
from liren.base.vault import queries as keys
from liren.cases.models import Case, Rating, Step, Voice
from liren.cases.queries.ground import DEVICE_DAYS, facts_of, owns
from liren.cases.rules import title_of
from liren.cases.states import AT_WORK, Move, State, open_moves
from liren.kernel.errors import NotFound
from liren.kernel.policy import Actor, decide


@dataclass(frozen=True, slots=True)
class MatterRow:
    """One of my matters, as a line."""

    number: str
    voice_id: int
    title: str
    state: str
    place: str
    unit: str
    said_at: datetime
    next_due: datetime | None
    replied_at: datetime | None
    closed_at: datetime | None
    verdict: str  # mine, of the present round
    may_rate: bool


@dataclass(frozen=True, slots=True)
class Status:
    """What the number and the last four digits show: where it stands, nothing of what was said."""

    number: str
    state: str
    unit: str
    said_at: datetime
    next_due: datetime | None


@dataclass(frozen=True, slots=True)
class Matter:
    """One of my matters whole. `others` counts the other voices on the same case, nobody's name."""

    case: Case
    voice: Voice
    steps: list[Step]
    ratings: list[Rating]
    moves: list[Move]
    others: int
    verdict: str


def _mine(actor: Actor, now: datetime) -> Q:
    condition = Q(pk__in=[])
    if actor.phone_index:
        condition |= Q(phone_index=actor.phone_index)
    if actor.device_id is not None:
        condition |= Q(device_id=actor.device_id, said_at__gte=now - timedelta(days=DEVICE_DAYS))
    return condition


def _row(voice: Voice, actor: Actor, now: datetime) -> MatterRow:
    case = voice.case
    own = owns(voice, actor, now)
    rateable = case.state in {State.REPLIED, State.SOLVED, State.CLOSED, State.CLOSED_UNCONFIRMED}
    verdict = voice.verdict if voice.verdict_round == case.round else ""
    return MatterRow(
        number=voice.number,
        voice_id=voice.id,
        # a title is the first voice's own words: whoever joined sees their own
        title=(case.title if voice.number == case.number else title_of(voice.words)) if own else "",
        state=case.state,
        place=case.place.name if case.place else case.place_text,
        unit=case.unit.name if case.unit else "",
        said_at=voice.said_at,
        next_due=case.next_due,
        replied_at=case.replied_at,
        closed_at=case.closed_at,
        verdict=verdict,
        may_rate=own and rateable and not verdict,
    )


def matters(actor: Actor, *, now: datetime, limit: int = 100) -> list[MatterRow]:
    """My matters, those that wait for my word first, then newest first. One statement; nothing for strangers."""
    if not actor.phone_index and actor.device_id is None:
        return []
    voices = (
        Voice.objects.filter(_mine(actor, now))
        .select_related("case", "case__place", "case__unit")
        .order_by("-said_at")[:limit]
    )
    rows = [_row(voice, actor, now) for voice in voices]
    return sorted(rows, key=lambda row: not row.may_rate)


def matter(number: str, actor: Actor, *, now: datetime) -> Matter:
    """One of my matters. Raises NotFound for a stranger's, as for one that never was."""
    voice = Voice.objects.filter(number=number).select_related("case", "case__place", "case__unit").first()
    if voice is None or not owns(voice, actor, now):
        raise NotFound("matter.not_found")
    case = voice.case
    steps = list(
        case.step_set.filter(Q(shown=True) | Q(voice=voice))
        .exclude(Q(voice__isnull=False) & ~Q(voice=voice))
        .select_related("unit")
        .order_by("-at", "-id")[:200]
    )
    ratings = list(voice.rating_set.order_by("at"))
    facts = facts_of(case, own=True)
    moves = [move for move in open_moves(case.state, "resident") if decide(actor, move.duty, facts).allowed]
    verdict = voice.verdict if voice.verdict_round == case.round else ""
    return Matter(case, voice, steps, ratings, moves, case.voices - 1, verdict)


def status(number: str, last_four: str) -> Status:
    """Where a matter stands, for who knows its number and the phone's last four digits; the caller throttles.

    Raises NotFound alike for a wrong number and for wrong digits.
    """
    voice = Voice.objects.filter(number=number).select_related("case", "case__unit").first()
    wanted = keys.blind("last_four", f"{number}:{last_four}")
    if voice is None or not voice.last_four or voice.last_four != wanted:
        raise NotFound("matter.not_found")
    case = voice.case
    return Status(number, case.state, case.unit.name if case.unit else "", voice.said_at, case.next_due)


def contact_of(voice: Voice, *, by: Actor, purpose: str, now: datetime) -> str:
    """The sealed contact of a voice as JSON {"name", "phone"}; every reading is kept with its purpose.

    Raises Denied, Refused("vault.erased"). "" where none was left.
    """
    decision = decide(by, "cases.contact_reveal", facts_of(voice.case))
    if not decision.allowed:
        raise NotFound("case.not_found")
    if not voice.contact:
        return ""
    return vault.reveal(bytes(voice.contact), context="cases.voice.contact", by=by, purpose=purpose, now=now)


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


def _public() -> Q:
    private = Q(class_code="")
    for group in PRIVATE_GROUPS:
        private |= Q(class_code__startswith=group + ".")
    return Q(state__in=sorted(AT_WORK), demand_type__in=PUBLIC_TYPES) & ~private


def in_hand(*, now: datetime, limit: int) -> list[InHand]:
    """Public matters being worked on, those most people spoke up for first. Last 30 days."""
    rows = (
        Case.objects.filter(_public(), received_at__gte=now - timedelta(days=30))
        .order_by("-voices", "-received_at")
        .values_list("id", "class_code", "place_path", "state", "voices", "received_at")[:limit]
    )
    return [InHand(*row) for row in rows]


def is_in_hand(case_id: int) -> bool:
    """Whether a case is one neighbours may join from the list."""
    return Case.objects.filter(_public(), pk=case_id).exists()


def frequent_classes(*, now: datetime, limit: int) -> list[str]:
    """The classes most often asked for in the last month: the chips of the home page, by real frequency."""
    rows = (
        Case.objects.filter(received_at__gte=now - timedelta(days=30))
        .exclude(class_code="")
        .values_list("class_code")
        .annotate(n=Count("id"))
        .order_by("-n", "class_code")[:limit]
    )
    return [code for code, _ in rows]


def sees_voice_files(voice_id: int, actor: Actor, *, now: datetime) -> bool:
    """Whether photos of a voice are open to the actor: to who said it, and to staff who may read the case."""
    voice = Voice.objects.filter(pk=voice_id).select_related("case").first()
    if voice is None:
        return False
    return owns(voice, actor, now) or decide(actor, "cases.read", facts_of(voice.case)).allowed


def sees_case_files(case_id: int, actor: Actor, *, now: datetime) -> bool:
    """Whether photos the unit added to a case are open to the actor: to everybody behind it, and to its staff."""
    case = Case.objects.filter(pk=case_id).first()
    if case is None:
        return False
    if decide(actor, "cases.read", facts_of(case)).allowed:
        return True
    return any(owns(voice, actor, now) for voice in case.voice_set.filter(_mine(actor, now)))
