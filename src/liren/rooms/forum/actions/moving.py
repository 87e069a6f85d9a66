"""What every move of a proposal does: the table is asked, the clock set, the story and the ledger told."""

from datetime import datetime

from liren.base.ledger import actions as ledger
from liren.kernel.clock import office_day
from liren.kernel.errors import Conflict, NotFound
from liren.kernel.policy import Actor, Facts, require
from liren.rooms.forum import levels
from liren.rooms.forum.events import ProposalMoved
from liren.rooms.forum.models import Proposal, Turn
from liren.rooms.forum.states import CLOCKS, MOVES, State, target


def locked(number: str) -> Proposal:
    """A proposal to be changed. Raises NotFound("proposal.not_found")."""
    row = Proposal.objects.select_for_update().filter(number=number).first()
    if row is None:
        raise NotFound("proposal.not_found")
    return row


def for_staff(number: str, move: str, *, by: Actor, version: int | None = None) -> Proposal:
    """A proposal locked for a move of the level it lies with.

    Raises NotFound, Denied, Conflict("proposal.changed") where somebody moved it since `version` was looked at.
    """
    row = locked(number)
    require(by, MOVES[move].duty, Facts(place_path=row.seat_path))
    if version is not None and version != row.version:
        raise Conflict("proposal.changed")
    return row


def moved(row: Proposal, move: str, *, by: Actor, now: datetime, level: str = "", why: str = "") -> None:
    """Take a move: state, level, clock, turn and news. The caller holds the lock. Raises IllegalMove."""
    row.state = target(move, row.state)
    if level:
        _seat(row, level)
        row.raised_for = why
    row.version += 1
    row.changed_at = now
    row.due_at = _due(row, now)
    row.save()
    who = by.id if by.kind != "resident" else 0
    Turn.objects.create(
        proposal=row, move=move, state=row.state, level=row.level, why=why, by=who, at=now, due_at=row.due_at
    )
    ledger.record(
        ProposalMoved(
            subject_id=row.id, by=who, at=now, place_path=row.where_path, move=move, state=row.state,
            level=row.level, version=row.version, why=why, due_at=row.due_at,
        )
    )  # fmt: skip


def raise_up(row: Proposal, *, by: Actor, now: datetime, why: str) -> bool:
    """Carry a proposal to the next level, to be sorted there; whether there is one."""
    up = levels.level(row.level, office_day(now)).up
    if not up or levels.seat(row.where_id, up) is None:
        return False
    moved(row, "raise", by=by, now=now, level=up, why=why)
    return True


def _seat(row: Proposal, level: str) -> None:
    seat = levels.seat(row.where_id, level)
    if seat is None:
        raise NotFound("place.unknown")
    row.level, row.seat_path = level, seat.path


def _due(row: Proposal, now: datetime) -> datetime | None:
    """When the clock of its state runs out. Of a promise: the day of its next step; where all are done, or it was found
    not kept, the level's limit to answer.
    """
    clock = CLOCKS.get(State(row.state))
    if clock is None:
        return None
    rule = levels.level(row.level, office_day(now))
    if clock == "step":
        left = row.steps.filter(done_at=None).order_by("due").values_list("due", flat=True).first()
        return levels.closes(left) if left is not None else levels.ends(rule.reply, now)
    limits = {"gather": rule.gather, "sort": rule.sort, "reply": rule.reply, "verdict": rule.verdict}
    return levels.ends(limits[clock], now)
