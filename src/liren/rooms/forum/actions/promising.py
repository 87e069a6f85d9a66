"""A proposal that is answered with yes becomes a promise in steps; who asked for it says whether it was kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from liren.base.ledger import actions as ledger
from liren.kernel.clock import office_day
from liren.kernel.errors import Denied, NotFound, Refused
from liren.kernel.events import content_hash, new_salt
from liren.kernel.policy import Actor
from liren.rooms.forum import levels
from liren.rooms.forum.actions.moving import for_staff, locked, moved
from liren.rooms.forum.actions.seconding import DUTY
from liren.rooms.forum.counting import counted, round_of
from liren.rooms.forum.events import Judged, Ruled, Stepped
from liren.rooms.forum.models import Postponed, Proposal, Ruling, Step
from liren.rooms.forum.rules import REASON_MAX, STEPS_MAX, said
from liren.rooms.forum.standing import marks, took_part
from liren.rooms.forum.states import target


@dataclass(frozen=True, slots=True)
class Planned:
    """One step as it is promised. `money` in yuan, None where it costs nothing."""

    title: str
    due: date | None
    money: Decimal | None = None


@transaction.atomic
def promise(
    number: str,
    answer: str,
    steps: Sequence[Planned],
    *,
    by: Actor,
    now: datetime,
    version: int | None = None,
) -> None:
    """Answer with yes: the words everybody reads and the steps, each with its day.

    Raises NotFound, Denied, Conflict, IllegalMove, Refused("promise.*" | "forum.*").
    """
    row = for_staff(number, "promise", by=by, version=version)
    target("promise", row.state)
    words = said(answer, most=REASON_MAX, field="answer")
    if not steps:
        raise Refused("promise.no_steps", field="steps")
    if len(steps) > STEPS_MAX:
        raise Refused("promise.many_steps", field="steps", most=STEPS_MAX)
    salt = new_salt()
    ruling = Ruling.objects.create(
        proposal=row, level=row.level, outcome="promise", reason=words, salt=salt, by=by.id, at=now
    )
    ledger.record(
        Ruled(
            subject_id=row.id, by=by.id, at=now, place_path=row.where_path, ruling_id=ruling.id,
            outcome="promise", level=row.level, failed=(), text_hash=content_hash(words, salt),
        )
    )  # fmt: skip
    for position, planned in enumerate(steps):
        _set(row, position, planned, by=by, now=now)
    moved(row, "promise", by=by, now=now)


def _set(row: Proposal, position: int, planned: Planned, *, by: Actor, now: datetime) -> None:
    title = said(planned.title, most=80, field="steps").replace("\n", " ")
    if planned.due is None:
        raise Refused("promise.no_day", field="steps", step=position + 1)
    if planned.due < office_day(now):
        raise Refused("promise.past_day", field="steps", step=position + 1)
    if planned.money is not None and not 0 <= planned.money < 10**11:
        raise Refused("promise.money", field="steps", step=position + 1)
    step = Step.objects.create(
        proposal=row, position=position, title=title, due=planned.due, money=planned.money
    )
    _told(row, step, "set", by=by, now=now)


@transaction.atomic
def add_step(number: str, planned: Planned, *, by: Actor, now: datetime) -> None:
    """Promise one step more, as where it was found not kept. Raises NotFound, Denied, IllegalMove, Refused."""
    row = for_staff(number, "step", by=by)
    target("step", row.state)
    there = row.steps.count()
    if there >= STEPS_MAX:
        raise Refused("promise.many_steps", field="steps", most=STEPS_MAX)
    _set(row, there, planned, by=by, now=now)
    moved(row, "step", by=by, now=now, why="added")


@transaction.atomic
def step_done(number: str, step_id: int, note: str, *, by: Actor, now: datetime) -> None:
    """A step is done, with what can be seen of it. Again changes nothing. Raises NotFound, Denied, IllegalMove."""
    row, step = _step(number, step_id, by=by)
    if step.done_at is not None:
        return
    step.done_at, step.note = now, " ".join(note.split())[:300]
    step.save(update_fields=["done_at", "note"])
    _told(row, step, "done", by=by, now=now)
    moved(row, "step", by=by, now=now)


@transaction.atomic
def postpone(number: str, step_id: int, due: date | None, why: str, *, by: Actor, now: datetime) -> None:
    """A step will be late: a new day and why, beside the old one. Raises NotFound, Denied, Refused("postpone.*")."""
    row, step = _step(number, step_id, by=by)
    if step.done_at is not None:
        raise Refused("postpone.done")
    reason = said(why, most=300, field="why")
    if due is None or due <= max(step.due, office_day(now)):
        raise Refused("postpone.day", field="due")
    Postponed.objects.create(step=step, was=step.due, due=due, why=reason, by=by.id, at=now)
    step.due = due
    step.save(update_fields=["due"])
    _told(row, step, "postponed", by=by, now=now)
    moved(row, "step", by=by, now=now, why="postponed")


@transaction.atomic
def finish(number: str, *, by: Actor, now: datetime) -> None:
    """All steps are done: those behind it are asked. Raises NotFound, Denied, IllegalMove, Refused("finish.steps")."""
    row = for_staff(number, "finish", by=by)
    target("finish", row.state)
    if row.steps.filter(done_at=None).exists():
        raise Refused("finish.steps")
    moved(row, "finish", by=by, now=now)


@transaction.atomic
def judge(number: str, kept: bool, words: str, *, by: Actor, now: datetime) -> None:
    """Somebody behind the proposal says whether it was kept; a second word replaces the first.

    Raises Denied, NotFound, IllegalMove, Refused("judge.not_behind" | "forum.too_long").
    """
    if not by.has(DUTY):
        raise Denied("policy.denied", duty=DUTY, reason="no_duty")
    row = locked(number)
    target("judge", row.state)
    mine = marks(by, row.salt)
    behind = row.seconds.filter(who__in=mine).values_list("who", flat=True).first()
    who = behind or (row.author if row.author in mine else "")
    if not who:
        raise Refused("judge.not_behind")
    text = said(words, most=500, field="words") if words.strip() else ""
    row.verdicts.update_or_create(
        round=round_of(row), who=who, defaults={"kept": kept, "words": text, "at": now}
    )
    took_part(by, now)
    yes, no = counted(row)
    ledger.record(Judged(subject_id=row.id, by=0, at=now, place_path=row.where_path, kept=yes, denied=no))


def _step(number: str, step_id: int, *, by: Actor) -> tuple[Proposal, Step]:
    row = for_staff(number, "step", by=by)
    target("step", row.state)
    step = row.steps.filter(id=step_id).first()
    if step is None:
        raise NotFound("step.unknown")
    return row, step


def _told(row: Proposal, step: Step, act: str, *, by: Actor, now: datetime) -> None:
    ledger.record(
        Stepped(
            subject_id=row.id, by=by.id, at=now, place_path=row.where_path, step_id=step.id, act=act,
            due_at=levels.closes(step.due),
        )
    )  # fmt: skip
