"""What waits for a desk: proposals to sort and to answer, promises whose day is near, appeals against hiding."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet

from liren.kernel.policy import Actor, Scope, scope
from liren.registers.places import queries as places
from liren.rooms.forum.models import Comment, Proposal
from liren.rooms.forum.queries.listing import Row, rows
from liren.rooms.forum.rules import masked
from liren.rooms.forum.states import State

VIEWS = {
    "sort": (State.SUBMITTED,),
    "answer": (State.ACCEPTED,),
    "promised": (State.PROMISED, State.DONE),
    "gathering": (State.GATHERING,),
    "ended": (State.KEPT, State.DECLINED, State.JOINED, State.LAPSED),
}
DUTY = "forum.sort"


@dataclass(frozen=True, slots=True)
class Count:
    """A view of the desk and how many proposals are in it."""

    name: str
    many: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A view of the desk: its proposals by time left, and how many every view has."""

    view: str
    rows: list[Row]
    counts: list[Count]


@dataclass(frozen=True, slots=True)
class HiddenView:
    """A hidden comment somebody appealed for."""

    number: str
    title: str
    comment_id: int
    words: str
    reason: str
    appeal: str
    own: bool  # hidden by the asker: another has to look


def waiting(actor: Actor, view: str, *, now: datetime, limit: int = 200) -> Waiting:
    """What lies with the levels the asker sits at, the most pressing first; an unknown view is the first."""
    chosen = view if view in VIEWS else "sort"
    there = Proposal.objects.filter(_seen(scope(actor, DUTY)))
    found = there.filter(state__in=VIEWS[chosen]).order_by(F("due_at").asc(nulls_last=True), "-changed_at")
    counts = [Count(name, there.filter(state__in=states).count()) for name, states in VIEWS.items()]
    return Waiting(chosen, rows(found[:limit], now), counts)


def hidden_waiting(actor: Actor) -> list[HiddenView]:
    """Appeals nobody has ruled on yet."""
    reach = scope(actor, "forum.moderate")
    found: QuerySet[Comment] = (
        Comment.objects.filter(_seen(reach, "proposal__"), appeal_ruled="")
        .exclude(appeal="")
        .exclude(hidden="")
        .select_related("proposal")
        .order_by("id")
    )
    return [
        HiddenView(
            one.proposal.number, masked(one.proposal.title), one.id, one.words, one.hidden, one.appeal,
            one.hidden_by == actor.id,
        )
        for one in found[:100]
    ]  # fmt: skip


def _seen(reach: Scope, prefix: str = "") -> Q:
    if reach.everything:
        return Q()
    wanted = Q(pk__in=[])
    for path in reach.place_paths:
        wanted |= places.path_filter(path, f"{prefix}seat_path")
    return wanted
