"""What the people behind a case may see of it: their own words, what was done, what comes next and when."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from liren.base.vault import actions as vault
from liren.base.vault import queries as keys
from liren.cases.models import Case, Deferral, Extension, LimitChange, Question, Rating, Step, Voice
from liren.cases.queries.beside import LeftBy, left_by, questions_of
from liren.cases.queries.ground import DEVICE_DAYS, facts_of, owns
from liren.cases.rules import may_reopen, title_of
from liren.cases.states import Move, State, open_moves
from liren.kernel.clock import office_zone, to_office
from liren.kernel.errors import NotFound
from liren.kernel.policy import Actor, decide
from liren.registers.duties import queries as duties


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
    asked: bool  # the unit asked me something and waits for my answer


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
    """One of my matters whole. `others` counts the other voices on the same case, nobody's name.

    `merged`: it was said as a matter of its own and is handled with another. `reopen_until`: until when "not solved"
    opens it again, None while it has not ended; after that it is said anew.
    """

    case: Case
    voice: Voice
    steps: list[Step]
    ratings: list[Rating]
    moves: list[Move]
    others: int
    verdict: str
    merged: bool
    questions: list[Question]
    deferral: Deferral | None
    extensions: list["Extended"]
    left: LeftBy | None
    reopen_until: datetime | None
    may_reopen: bool
    earlier: str  # the number of the matter this one was said anew from


@dataclass(frozen=True, slots=True)
class Extended:
    """More time that was granted, as the requester is told: why, from when, until when."""

    at: datetime
    reason: str
    before: datetime | None
    after: datetime | None


def mine(actor: Actor, now: datetime) -> Q:
    """The voices that may be shown as the actor's, as a condition; `owns` says whether their words are open."""
    condition = Q(pk__in=[])
    if actor.phone_index:
        condition |= Q(phone_index=actor.phone_index)
    if actor.device_id is not None:
        condition |= Q(device_id=actor.device_id, said_at__gte=now - timedelta(days=DEVICE_DAYS))
    return condition


def _row(voice: Voice, actor: Actor, now: datetime, asked: bool) -> MatterRow:
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
        asked=own and asked,
    )


def matters(actor: Actor, *, now: datetime, limit: int = 100) -> list[MatterRow]:
    """My matters, those that wait for my word first, then newest first. One statement, two where a unit asked me
    something; nothing for strangers.
    """
    if not actor.phone_index and actor.device_id is None:
        return []
    voices = list(
        Voice.objects.filter(mine(actor, now))
        .select_related("case", "case__place", "case__unit")
        .order_by("-said_at")[:limit]
    )
    asked = [voice.id for voice in voices if voice.case.questions_open]
    waiting = (
        Question.objects.filter(voice_id__in=asked, answered_at=None) if asked else Question.objects.none()
    )
    open_for = set(waiting.values_list("voice_id", flat=True))
    rows = [_row(voice, actor, now, voice.id in open_for) for voice in voices]
    return sorted(rows, key=lambda row: not (row.may_rate or row.asked))


def _reopen_until(case: Case, now: datetime) -> datetime | None:
    if case.closed_at is None:
        return None
    return duties.reopen_rule(to_office(now, office_zone()).date()).until(case.closed_at)


def reopenable(case: Case, now: datetime) -> bool:
    """Whether "not solved" opens this case again now. Rule: rule.reopen of the limits pack."""
    return may_reopen(case.state, _reopen_until(case, now), now)


def matter(number: str, actor: Actor, *, now: datetime) -> Matter:
    """One of my matters. Raises NotFound for a stranger's, as for one that never was."""
    voice = Voice.objects.filter(number=number).select_related("case", "case__place", "case__unit").first()
    if voice is None or not owns(voice, actor, now):
        raise NotFound("matter.not_found")
    case = voice.case
    ratings = list(voice.rating_set.order_by("at"))
    facts = facts_of(case, own=True)
    moves = [move for move in open_moves(case.state, "resident") if decide(actor, move.duty, facts).allowed]
    steps = _steps(voice)
    until = _reopen_until(case, now)
    deferred = case.state == State.DEFERRED
    return Matter(
        case=case,
        voice=voice,
        steps=steps,
        ratings=ratings,
        moves=moves,
        others=case.voices - 1,
        verdict=voice.verdict if voice.verdict_round == case.round else "",
        merged=voice.origin_case_id not in {None, case.id},
        questions=questions_of(voice) if case.questions_open else [],
        deferral=Deferral.objects.filter(case=case, until=None).order_by("-since").first()
        if deferred
        else None,
        extensions=_extensions(case) if case.extended else [],
        left=left_by(case),
        reopen_until=until,
        may_reopen=may_reopen(case.state, until, now),
        earlier=next((str(step.facts.get("earlier", "")) for step in steps if step.move == "receive"), ""),
    )


def _steps(voice: Voice) -> list[Step]:
    """What this person may read of the story: what is shown to all, and their own words, also from before a merge."""
    told = Q(case_id=voice.case_id) & Q(voice=None, shown=True)
    if voice.origin_case_id is not None:
        told |= Q(case_id=voice.origin_case_id) & Q(voice=None, shown=True)
    rows = Step.objects.filter(told | Q(voice=voice)).select_related("unit")
    return list(rows.order_by("-at", "-id")[:200])


def _extensions(case: Case) -> list[Extended]:
    """Time that was granted, newest first, with what the limit was before and is since. Two statements."""
    granted = Extension.objects.filter(case=case, decision="granted").order_by("-decided_at", "-id")
    changes = {
        change.at: change for change in LimitChange.objects.filter(case=case, why="extension").order_by("at")
    }
    told = []
    for row in granted:
        change = changes.get(row.decided_at) if row.decided_at else None
        told.append(
            Extended(
                at=row.decided_at or row.asked_at,
                reason=row.reason,
                before=change.handle_before if change else None,
                after=change.handle_after if change else None,
            )
        )
    return told


def status(number: str, last_four: str) -> Status:
    """Where a matter stands, for who knows its number and the phone's last four digits; the caller throttles.

    Raises NotFound alike for a wrong number and for wrong digits.
    """
    voice = Voice.objects.filter(number=number).select_related("case", "case__unit").first()
    wanted = keys.blind("last_four", f"{number}:{last_four}")
    if voice is None or not voice.last_four or voice.last_four != wanted:
        raise NotFound("matter.not_found")
    case = voice.case
    unit = case.unit.name if case.unit and not case.sealed else ""
    return Status(number, case.state, unit, voice.said_at, case.next_due)


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


def frequent_classes(*, now: datetime, limit: int) -> list[str]:
    """The classes most often asked for in the last month: the chips of the home page, by real frequency."""
    rows = (
        Case.objects.filter(received_at__gte=now - timedelta(days=30), sealed=False)
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
    return any(owns(voice, actor, now) for voice in case.voice_set.filter(mine(actor, now)))
