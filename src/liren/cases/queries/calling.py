"""The queue of the call-back desk: one voice at a time, sorted by the time left, never by person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet

from liren.cases.models import Case, Step, Voice
from liren.cases.queries.ground import visible
from liren.cases.states import State
from liren.kernel.clock import office_zone, to_office
from liren.kernel.policy import Actor
from liren.registers.duties import queries as duties


@dataclass(frozen=True, slots=True)
class ToCall:
    """One voice to call: what was asked, what was replied, by whom, and how often it was tried."""

    voice: Voice
    case: Case
    replied: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Queue:
    """Who is next, and how many wait: for a first call or again, and for their time to be tried again."""

    next: ToCall | None
    waiting: int
    resting: int


def _callable(actor: Actor) -> QuerySet[Voice]:
    """Voices somebody may be called for now: replied to, reachable, not heard this round, not of one's own reply."""
    seen = Case.objects.filter(visible(actor, "cases.call_back"), state=State.REPLIED)
    seen = seen.filter(~Q(handler_id=actor.id) | Q(handler_id=None))
    heard = Q(verdict_round=F("case__round")) & ~Q(verdict="")
    return Voice.objects.filter(case__in=seen, consent_call=True).exclude(phone_index="").exclude(heard)


def call_queue(
    actor: Actor, *, now: datetime, skipped: Iterable[int] = (), voice_id: int | None = None
) -> Queue:
    """The next voice to call, most due first; `voice_id` asks for one by itself, `skipped` are put aside for now.

    Four statements at most.
    """
    again = duties.call_again(to_office(now, office_zone()).date())
    rows = _callable(actor)
    ready = Q(last_attempt_at=None) | Q(last_attempt_at__lte=now - again)
    waiting, every = rows.filter(ready).count(), rows.count()
    chosen = rows.filter(pk=voice_id) if voice_id is not None else rows.filter(ready)
    if voice_id is None:
        chosen = chosen.exclude(pk__in=list(skipped))
    voice = chosen.select_related("case", "case__unit").order_by("case__next_due", "said_at", "id").first()
    found = _to_call(voice) if voice is not None else None
    return Queue(found, waiting, every - waiting)


def _to_call(voice: Voice) -> ToCall:
    step = (
        Step.objects.filter(case_id=voice.case_id, move__in=("reply", "answer"))
        .order_by("-at", "-id")
        .first()
    )
    return ToCall(voice, voice.case, step.words if step else "", voice.attempts)
