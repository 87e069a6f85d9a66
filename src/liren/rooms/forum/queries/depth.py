"""How deep deciding together goes in a year: who took part, what was answered in time, what was promised and kept."""

from dataclasses import dataclass
from datetime import date, datetime, time

from liren.kernel.clock import office_day, office_zone
from liren.registers.places import queries as places
from liren.rooms.forum.models import Proposal, Step, TookPart, Turn
from liren.rooms.forum.states import WAITING, State

DECIDED = frozenset({"accept", "join", "decline", "raise", "promise"})


@dataclass(frozen=True, slots=True)
class Depth:
    """Counts of one year, the proposals made in it. `eligible`: the households of the office's ground, if counted."""

    year: int
    households: int
    eligible: int | None
    made: int
    in_time: int  # of `asked`, decisions a level owed by now
    asked: int
    steps_in_time: int  # of `steps_due`, steps whose day has come
    steps_due: int
    kept: int
    reopened: int
    grids: int  # of `all_grids`, those with a proposal
    all_grids: int


def depth(year: int, *, now: datetime) -> Depth:
    """The figures of a year so far. Eight statements, however many proposals."""
    begin, end = (datetime.combine(date(at, 1, 1), time(0), office_zone()) for at in (year, year + 1))
    made = Proposal.objects.filter(made_at__gte=begin, made_at__lt=end).exclude(state=State.WITHDRAWN)
    in_time, asked = _answered(year, begin, end, now)
    today = office_day(now)
    steps = Step.objects.filter(proposal__in=made.values("id"), due__lte=today)
    done = steps.values_list("done_at", "due")
    in_good_time = sum(at is not None and office_day(at) <= due for at, due in done)
    root = places.root()
    grids = places.within(root.path, "grid")
    grounds = set(made.values_list("where_path", flat=True))
    return Depth(
        year=year,
        households=TookPart.objects.filter(year=year).count(),
        eligible=places.count(root.id).households,
        made=made.count(),
        in_time=in_time,
        asked=asked,
        steps_in_time=in_good_time,
        steps_due=steps.count(),
        kept=made.filter(state=State.KEPT).count(),
        reopened=Turn.objects.filter(move="reopen", at__gte=begin, at__lt=end).count(),
        grids=sum(any(ground.startswith(grid.path) for ground in grounds) for grid in grids),
        all_grids=len(grids),
    )


def _answered(year: int, begin: datetime, end: datetime, now: datetime) -> tuple[int, int]:
    """How many decisions levels made in time, of those that were due or made: a proposal unanswered counts as missed."""
    turns = list(
        Turn.objects.filter(proposal__made_at__gte=begin, proposal__made_at__lt=end)
        .exclude(proposal__state=State.WITHDRAWN)
        .order_by("proposal_id", "at", "id")
        .values_list("proposal_id", "move", "state", "why", "at", "due_at")
    )
    good = asked = 0
    for at, (proposal, _move, state, _why, _when, due) in enumerate(turns):
        if State(state) not in WAITING or due is None:
            continue
        after = turns[at + 1] if at + 1 < len(turns) and turns[at + 1][0] == proposal else None
        if after is not None and after[1] in DECIDED:
            asked += 1
            good += after[3] != "unanswered" and after[4] <= due
        elif after is None and due < now:
            asked += 1
    return good, asked
