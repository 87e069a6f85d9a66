"""What stands beside a case: where it was merged, its helpers' parts, its open questions, by which exit it left."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Q

from liren.cases.models import Bar, Case, Exit, Merge, Part, Question, Voice
from liren.cases.queries.ground import AlikeCase, alike, facts_of, visible
from liren.cases.states import AT_WORK, OPEN, State
from liren.kernel.clock import office_zone, to_office
from liren.kernel.errors import NotFound
from liren.kernel.policy import Actor, decide, scope
from liren.registers.duties import queries as duties
from liren.registers.people import queries as people
from liren.registers.places import queries as places

MERGEABLE = frozenset({State.RECEIVED}) | AT_WORK


def standing(case: Case) -> Case:
    """The case that handles this one now: itself, or the last of those it was merged into. One statement a link."""
    seen = {case.id}
    while case.merged_into_id is not None and case.merged_into_id not in seen:
        seen.add(case.merged_into_id)
        case = Case.objects.get(pk=case.merged_into_id)
    return case


def twins_of(case: Case, actor: Actor, *, class_code: str, place_path: str, now: datetime) -> list[AlikeCase]:
    """Open cases this actor may merge this one into, most alike first, with likeness and reason. One statement.

    `class_code` and `place_path` are what is suggested where the case itself has none yet. Last 60 days, at most three.
    """
    if State(case.state) not in MERGEABLE or case.sealed or case.barred:
        return []
    reach = visible(actor, "cases.merge") & Q(sealed=False, barred=False) & ~Q(pk=case.pk)
    return alike(
        words=case.title,
        class_code=case.class_code or class_code,
        place_path=case.place_path if case.place_id is not None else place_path,
        now=now,
        limit=3,
        among=reach,
        unread=True,
    )


@dataclass(frozen=True, slots=True)
class TakenIn:
    """A case that was merged into another, as the other's page shows it."""

    case_id: int
    number: str
    title: str
    voices: int
    version: int
    at: datetime


def taken_in(case_id: int) -> list[TakenIn]:
    """The cases merged into this one and not taken apart since, newest first. One statement."""
    rows = Merge.objects.filter(target_id=case_id, undone_at=None).select_related("source").order_by("-at")
    return [
        TakenIn(
            row.source_id, row.source.number, row.source.title, len(row.voice_ids), row.source.version, row.at
        )
        for row in rows[:50]
    ]


def parts(case_id: int) -> list[Part]:
    """A case's parts with their units, in the order they were asked for."""
    return list(Part.objects.filter(case_id=case_id).select_related("unit").order_by("asked_at", "id")[:200])


@dataclass(frozen=True, slots=True)
class PartRow:
    """One part on the list of those asked of my unit."""

    part_id: int
    task: str
    due_at: datetime
    asked_at: datetime
    unit: str
    lead: str
    number: str
    title: str
    place: str
    state: str


def _mine(actor: Actor) -> Q:
    """Parts asked of the units the actor works for; whoever oversees a place sees that place's."""
    reach = scope(actor, "cases.read")
    cases = Case.objects.filter(visible(actor, "cases.read"))
    units = [*reach.unit_ids, *(unit for _, unit in reach.pairs)]
    mine = Q(case__in=cases, state="asked", case__state__in=sorted(OPEN))
    wide = reach.everything or bool(reach.place_paths)
    return mine if wide else mine & Q(unit_id__in=units)


def parts_for(actor: Actor, *, limit: int = 200) -> list[PartRow]:
    """Open parts of my units, or of the place I oversee, those due first on top. Two statements."""
    rows = list(
        Part.objects.filter(_mine(actor))
        .select_related("unit", "case", "case__unit")
        .order_by("due_at", "id")[:limit]
    )
    names = places.full_names({row.case.place_id for row in rows if row.case.place_id is not None})
    return [
        PartRow(
            part_id=row.id,
            task=row.task,
            due_at=row.due_at,
            asked_at=row.asked_at,
            unit=row.unit.short or row.unit.name,
            lead=(row.case.unit.short or row.case.unit.name) if row.case.unit else "",
            number=row.case.number,
            title=row.case.title,
            place=names.get(row.case.place_id or 0, "") or row.case.place_text,
            state=row.case.state,
        )
        for row in rows
    ]


def may_for_unit(actor: Actor, case: Case, unit_id: int | None, duty: str) -> bool:
    """Whether the actor may do the duty on the case on behalf of this very unit, or for the whole place."""
    facts = facts_of(case)
    units = frozenset() if unit_id is None else frozenset({unit_id})
    return decide(actor, duty, replace(facts, unit_ids=units)).allowed


def is_voice_of(voice_id: int, case_id: int) -> bool:
    """Whether this voice is on this case now."""
    return Voice.objects.filter(pk=voice_id, case_id=case_id).exists()


def open_questions(case_id: int) -> list[Question]:
    """What was asked of the people behind a case and is not answered yet, oldest first."""
    rows = Question.objects.filter(case_id=case_id, answered_at=None).select_related("voice")
    return list(rows.order_by("asked_at", "id")[:50])


def questions_of(voice: Voice) -> list[Question]:
    """What one requester was asked and has not answered yet, oldest first. The caller knows that the voice is theirs."""
    return list(Question.objects.filter(voice=voice, answered_at=None).order_by("asked_at", "id")[:20])


def bars_of(case: Case) -> list[str]:
    """The units and the people kept from a case, by name. Two statements. For who may bar them."""
    rows = Bar.objects.filter(case=case).order_by("at", "id").values_list("unit__name", "account_id")
    names = people.labels(account for _, account in rows if account is not None)
    return [unit or names.get(account or 0, "") for unit, account in rows]


@dataclass(frozen=True, slots=True)
class LeftBy:
    """By which exit a case left, what came of it, and until when new facts bring it back."""

    key: str
    title: str
    channel: str
    reference: str
    earlier_number: str
    reason: str
    reply: str
    at: datetime
    follow_due: datetime | None
    outcome: str
    outcome_words: str
    outcome_at: datetime | None
    back_until: datetime


def left_by(case: Case) -> LeftBy | None:
    """How a case left, None where it did not. One statement. For staff who see the case and for the people behind it."""
    if not case.exit_key:
        return None
    row = Exit.objects.filter(case=case).order_by("-at", "-id").first()
    return _left(row) if row is not None else None


def _left(row: Exit) -> LeftBy:
    try:
        way = duties.exit_way(row.key, to_office(row.at, office_zone()).date())
        title, back = way.title, way.back
    except NotFound:  # a row of the pack that was taken away since
        title, back = row.key, timedelta(0)
    return LeftBy(
        key=row.key,
        title=title,
        channel=row.channel,
        reference=row.reference,
        earlier_number=row.earlier_number,
        reason=row.reason,
        reply=row.reply,
        at=row.at,
        follow_due=row.follow_due,
        outcome=row.outcome,
        outcome_words=row.outcome_words,
        outcome_at=row.outcome_at,
        back_until=row.at + back,
    )


@dataclass(frozen=True, slots=True)
class Referral:
    """One demand that was handed on, of which somebody must ask what became."""

    number: str
    title: str
    version: int
    exit: LeftBy
    late: bool


def to_follow(actor: Actor, *, now: datetime, limit: int = 200) -> list[Referral]:
    """Demands that left for another channel and were not asked after yet; those overdue come first. One statement."""
    cases = Case.objects.filter(visible(actor, "cases.leave"), state=State.LEFT)
    rows = (
        Exit.objects.filter(outcome="", follow_due__isnull=False, case__in=cases)
        .select_related("case")
        .order_by("follow_due", "id")[:limit]
    )
    return [
        Referral(
            row.case.number,
            row.case.title,
            row.case.version,
            _left(row),
            bool(row.follow_due and row.follow_due < now),
        )
        for row in rows
    ]
