"""分拣: the level answers the four questions and takes a proposal up, joins it to another, raises it or declines it."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast, get_args

from django.db import transaction

from liren.base.ledger import actions as ledger
from liren.kernel.clock import office_day
from liren.kernel.errors import NotFound, Refused
from liren.kernel.events import content_hash, new_salt
from liren.kernel.policy import Actor
from liren.rooms.forum import levels
from liren.rooms.forum.actions.moving import for_staff, moved, raise_up
from liren.rooms.forum.events import Ruled
from liren.rooms.forum.models import Proposal, Ruling
from liren.rooms.forum.rules import QUESTIONS, REASON_MAX, Outcome, Sorting, check_sorting, said
from liren.rooms.forum.states import SECONDED, State, target


@dataclass(frozen=True, slots=True)
class Decision:
    """What a level decides: the outcome, its four answers, the reason everybody reads, the proposal it is joined to."""

    outcome: Outcome
    sorting: Sorting
    reason: str = ""
    join: str = ""


def outcome(said: str) -> Outcome:
    """One of the four outcomes. Raises Refused("sorting.no_outcome")."""
    for known in get_args(Outcome):
        if said == known:
            return cast(Outcome, known)
    raise Refused("sorting.no_outcome", field="outcome")


@transaction.atomic
def sort(number: str, decision: Decision, *, by: Actor, now: datetime, version: int | None = None) -> None:
    """Decide on a proposal. Sent twice it is decided once.

    Raises NotFound, Denied, Conflict, IllegalMove, Refused("sorting.*" | "join.*" | "forum.too_long").
    """
    row = for_staff(number, decision.outcome, by=by, version=version)
    target(decision.outcome, row.state)
    last = not levels.level(row.level, office_day(now)).up
    check_sorting(decision.outcome, decision.sorting, decision.reason, last=last)
    reason = said(decision.reason, most=REASON_MAX, field="reason") if decision.reason.strip() else ""
    other = _other(row, decision.join, by=by) if decision.outcome == "join" else None
    _keep(row, decision, reason, by=by, now=now)
    if decision.outcome == "raise":
        if not raise_up(row, by=by, now=now, why="power"):
            raise Refused("sorting.no_level_above", field="outcome")
        return
    # Whoever stands behind both cannot be told apart from two households, as each proposal salts by itself: those of the
    # joined one are shown beside the other's and never added to them.
    row.joined = other
    moved(row, decision.outcome, by=by, now=now)


def _other(row: Proposal, number: str, *, by: Actor) -> Proposal:
    """The proposal it is joined to. Raises Refused("join.itself" | "join.unknown" | "join.ended")."""
    if number == row.number:
        raise Refused("join.itself", field="join")
    try:
        other = for_staff(number, "join", by=by)
    except NotFound as error:
        raise Refused("join.unknown", field="join") from error
    if State(other.state) not in SECONDED | {State.PROMISED} or other.state == State.DECLINED:
        raise Refused("join.ended", field="join")
    return other


def _keep(row: Proposal, decision: Decision, reason: str, *, by: Actor, now: datetime) -> None:
    salt = new_salt()
    answers = {name: getattr(decision.sorting, name) for name in QUESTIONS}
    ruling = Ruling.objects.create(
        proposal=row, level=row.level, outcome=decision.outcome, answers=answers, reason=reason, salt=salt,
        by=by.id, at=now,
    )  # fmt: skip
    ledger.record(
        Ruled(
            subject_id=row.id, by=by.id, at=now, place_path=row.where_path, ruling_id=ruling.id,
            outcome=decision.outcome, level=row.level, failed=decision.sorting.failed,
            text_hash=content_hash(reason, salt),
        )
    )  # fmt: skip
