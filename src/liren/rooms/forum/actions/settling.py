"""What the clock does: proposals nobody seconded lapse, what a level left unanswered goes up, promises are judged."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr

from liren.kernel.clock import office_day
from liren.kernel.policy import SYSTEM
from liren.rooms.forum import levels
from liren.rooms.forum.actions.moving import moved, raise_up
from liren.rooms.forum.counting import counted
from liren.rooms.forum.models import Proposal
from liren.rooms.forum.rules import kept
from liren.rooms.forum.states import State

AT_ONCE = 200


def settle_due(*, now: datetime) -> int:
    """Move what is due; how many were moved. Run by a job. What waits for a level that does not raise stays, overdue."""
    due = Proposal.objects.filter(due_at__lte=now, state__in=_BY_CLOCK).order_by("due_at")
    return sum(_settle(number, now) for number in due.values_list("number", flat=True)[:AT_ONCE])


_BY_CLOCK = (State.GATHERING, State.SUBMITTED, State.ACCEPTED, State.DONE)


@transaction.atomic
def _settle(number: str, now: datetime) -> bool:
    row = Proposal.objects.select_for_update().get(number=number)
    if row.due_at is None or row.due_at > now or State(row.state) not in _BY_CLOCK:
        return False  # somebody was quicker
    if row.state == State.GATHERING:
        moved(row, "lapse", by=SYSTEM, now=now)
    elif row.state == State.DONE:
        yes, no = counted(row)
        if kept(yes, no):
            moved(row, "keep", by=SYSTEM, now=now)
        else:
            moved(row, "reopen", by=SYSTEM, now=now, why="denied")
    elif levels.level(row.level, office_day(now)).unanswered == "raise":
        return raise_up(row, by=SYSTEM, now=now, why="unanswered")
    else:
        return False
    return True


def follow_move(old_path: str, new_path: str) -> None:
    """A place moved: proposals on its ground, and those that lie with it, go along. In the mover's transaction."""
    for field in ("where_path", "seat_path"):
        inside = Proposal.objects.filter(**{f"{field}__startswith": old_path})
        inside.update(**{field: Concat(Value(new_path), Substr(F(field), len(old_path) + 1))})
