"""One proposal as everybody reads it: its words masked, its story, what was decided, promised, done and said."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum

from liren.kernel.clock import office_day
from liren.kernel.errors import NotFound
from liren.kernel.policy import Actor, Facts, decide
from liren.registers.places import queries as places
from liren.rooms.forum import levels
from liren.rooms.forum.counting import counted, households, verdicts
from liren.rooms.forum.models import Comment, Proposal
from liren.rooms.forum.rules import Level, masked
from liren.rooms.forum.standing import marks
from liren.rooms.forum.states import MOVES, SECONDED, State, open_moves


@dataclass(frozen=True, slots=True)
class TurnView:
    """One move of its story; `by` is the account of staff, 0 for residents."""

    move: str
    state: str
    level: str
    why: str
    by: int
    at: datetime


@dataclass(frozen=True, slots=True)
class RulingView:
    """What a level decided, the questions it answered with no, and why."""

    level: str
    outcome: str
    failed: tuple[str, ...]
    reason: str
    by: int
    at: datetime


@dataclass(frozen=True, slots=True)
class StepView:
    """A step of the promise; `was` are the days it was put off from, each with why."""

    id: int
    title: str
    due: date
    money: Decimal | None
    done_at: datetime | None
    note: str
    was: tuple[tuple[date, str], ...]
    late: bool


@dataclass(frozen=True, slots=True)
class CommentView:
    """A comment with its answers. `mine`: the asker wrote it; hidden words are shown to nobody but them and the desk."""

    id: int
    stance: str
    words: str
    at: datetime
    by: int
    agreed: int
    hidden: str
    appeal: str
    appeal_ruled: str
    mine: bool
    answers: tuple["CommentView", ...]


@dataclass(frozen=True, slots=True)
class View:
    """A proposal. `needed`: what the level asks for that a second now counts for; `behind`, `author`: the asker is."""

    number: str
    version: int
    title: str
    words: str
    where: str
    where_id: int
    level: str
    first_level: str
    raised_for: str
    seats: tuple[
        tuple[str, str], ...
    ]  # the levels there are for this ground, each with the name of its place
    state: str
    made_at: datetime
    due_at: datetime | None
    overdue: bool
    households: int
    known: int
    on_paper: int
    joined_households: int
    needed: int
    counts_for: str
    rule: Level
    may_second: bool
    behind: bool
    author: bool
    joined: tuple[str, str] | None
    turns: tuple[TurnView, ...]
    rulings: tuple[RulingView, ...]
    steps: tuple[StepView, ...]
    comments: tuple[CommentView, ...]
    verdicts: tuple[int, int]
    denials: tuple[str, ...]
    judged: bool | None
    moves: tuple[str, ...]  # those the asker may take as staff
    may_answer: bool
    may_moderate: bool


def proposal(number: str, actor: Actor, *, now: datetime) -> View:
    """One proposal. What was withdrawn is gone for everybody. Raises NotFound("proposal.not_found")."""
    row = Proposal.objects.select_related("joined").filter(number=number).first()
    if row is None or row.state == State.WITHDRAWN:
        raise NotFound("proposal.not_found")
    mine = marks(actor, row.salt)
    facts = Facts(place_path=row.seat_path)
    on = office_day(now)
    rule = levels.level(row.level, on)
    counts_for = rule.up if row.state == State.DECLINED and rule.up else row.level
    said = verdicts(row)
    own = said.filter(who__in=mine).first()
    behind = row.seconds.filter(who__in=mine).exists()
    moderates = decide(actor, "forum.moderate", facts).allowed
    return View(
        number=row.number,
        version=row.version,
        title=masked(row.title),
        words=masked(row.words),
        where=places.full_name(row.where_id),
        where_id=row.where_id,
        level=row.level,
        first_level=row.first_level,
        raised_for=row.raised_for,
        seats=_seats(row),
        state=row.state,
        made_at=row.made_at,
        due_at=row.due_at,
        overdue=row.due_at is not None and row.due_at < now,
        **_behind(row),
        needed=levels.level(counts_for, on).seconds,
        counts_for=counts_for,
        rule=rule,
        may_second=State(row.state) in SECONDED and not (row.state == State.DECLINED and not rule.up),
        behind=behind,
        author=row.author in mine,
        joined=(row.joined.number, masked(row.joined.title)) if row.joined else None,
        turns=tuple(
            TurnView(one.move, one.state, one.level, one.why, one.by, one.at)
            for one in row.turns.order_by("at", "id")
        ),
        rulings=_rulings(row),
        steps=_steps(row, on),
        comments=_comments(row, mine, moderates=moderates),
        verdicts=counted(row),
        denials=tuple(masked(one.words) for one in said.filter(kept=False).exclude(words="")),
        judged=own.kept if own is not None else None,
        moves=_moves(row, actor, facts),
        may_answer=decide(actor, "forum.answer", facts).allowed,
        may_moderate=moderates,
    )


def _moves(row: Proposal, actor: Actor, facts: Facts) -> tuple[str, ...]:
    return tuple(name for name in open_moves(row.state) if decide(actor, MOVES[name].duty, facts).allowed)


def _seats(row: Proposal) -> tuple[tuple[str, str], ...]:
    around = [*places.ancestors(row.where_id), places.get(row.where_id)]
    found = {place.kind: place.name for place in around}
    return tuple(
        (key, found[key]) for key in ("courtyard", "community", "street", "district") if key in found
    )


def _behind(row: Proposal) -> dict[str, int]:
    def summed(found: Any) -> int:
        return found.aggregate(all=Sum("households"))["all"] or 0

    joined = Proposal.objects.filter(joined=row).aggregate(all=Sum("seconds__households"))["all"] or 0
    return {
        "households": households(row),
        "known": summed(row.seconds.filter(known=True)),
        "on_paper": summed(row.seconds.exclude(sheet="")),
        "joined_households": joined,
    }


def _rulings(row: Proposal) -> tuple[RulingView, ...]:
    return tuple(
        RulingView(
            one.level, one.outcome, tuple(name for name, yes in one.answers.items() if not yes), masked(one.reason),
            one.by, one.at,
        )
        for one in row.rulings.order_by("at", "id")
    )  # fmt: skip


def _steps(row: Proposal, on: date) -> tuple[StepView, ...]:
    return tuple(
        StepView(
            one.id, one.title, one.due, one.money, one.done_at, one.note,
            tuple((late.was, late.why) for late in sorted(one.postponed.all(), key=lambda late: (late.at, late.id))),
            one.done_at is None and one.due < on,
        )
        for one in row.steps.order_by("position").prefetch_related("postponed")
    )  # fmt: skip


def _comments(row: Proposal, mine: frozenset[str], *, moderates: bool) -> tuple[CommentView, ...]:
    """Those the most neighbours find right first, the newest first among equals; answers in order of time."""
    found = list(row.comments.annotate(liked=Count("agreed")).order_by("at", "id"))
    below: dict[int, list[Comment]] = {}
    for one in found:
        if one.answers_id is not None:
            below.setdefault(one.answers_id, []).append(one)

    def view(one: Comment) -> CommentView:
        own = bool(one.who) and one.who in mine
        shown = not one.hidden or own or moderates
        return CommentView(
            one.id, one.stance, masked(one.words) if shown else "", one.at, one.by, one.liked,  # type: ignore[attr-defined]
            one.hidden, one.appeal if own or moderates else "", one.appeal_ruled, own,
            tuple(view(other) for other in below.get(one.id, ())),
        )  # fmt: skip

    first = [view(one) for one in found if one.answers_id is None]
    return tuple(sorted(first, key=lambda one: (-one.agreed, -one.at.timestamp())))
