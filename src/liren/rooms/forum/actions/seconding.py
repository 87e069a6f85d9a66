"""附议: a household stands behind a proposal, on its phone or on paper; enough of them carry it to the level's desk."""

from datetime import datetime

from django.db import transaction

from liren.base.ledger import actions as ledger
from liren.kernel.clock import office_day
from liren.kernel.errors import Denied, Refused
from liren.kernel.events import content_hash
from liren.kernel.policy import Actor
from liren.rooms.forum import levels
from liren.rooms.forum.actions.moving import for_staff, locked, moved, raise_up
from liren.rooms.forum.counting import households
from liren.rooms.forum.events import Seconded
from liren.rooms.forum.models import Proposal, Second
from liren.rooms.forum.rules import HOUSEHOLDS_MAX
from liren.rooms.forum.standing import speaker, took_part
from liren.rooms.forum.states import State, target

DUTY = "forum.speak"


@transaction.atomic
def second(number: str, *, by: Actor, now: datetime) -> int:
    """Stand behind a proposal as one household; how many do now. A household that does already changes nothing.

    Raises NotFound, IllegalMove, Denied, Refused("forum.phone_needed" | "forum.lives_elsewhere" | "device.missing").
    """
    if not by.has(DUTY):
        raise Denied("policy.denied", duty=DUTY, reason="no_duty")
    row = locked(number)
    target("second", row.state)
    me = speaker(row, by, now)
    rule = levels.level(_counts_for(row, now), office_day(now))
    if rule.proof == "phone" and not me.proven:
        raise Refused("forum.phone_needed")
    if not row.seconds.filter(who__in=me.marks | {me.who}).exists():
        Second.objects.create(proposal=row, who=me.who, known=me.known, at=now)
        took_part(by, now)
        _told(row, by=0, now=now)
        _carry(row, by=by, now=now)
    return households(row)


@transaction.atomic
def take_back(number: str, *, by: Actor, now: datetime) -> int:
    """Stand behind it no longer, while it is still gathering; how many do now. Raises NotFound, Refused."""
    row = locked(number)
    if row.state != State.GATHERING:
        raise Refused("second.counted")
    me = speaker(row, by, now)
    if row.author in me.marks:
        raise Refused("second.author")
    gone, _ = row.seconds.filter(who__in=me.marks | {me.who}).delete()
    if gone:
        _told(row, by=0, now=now)
    return households(row)


@transaction.atomic
def add_paper(number: str, count: int | None, sheet: str, *, by: Actor, now: datetime) -> int:
    """Count a sheet of signatures collected at doors: how many households, and where the sheet is kept.

    The same sheet again corrects its number. Raises NotFound, Denied, IllegalMove, Refused("paper.*").
    """
    row = for_staff(number, "add_paper", by=by)
    target("add_paper", row.state)
    kept = " ".join(sheet.split())
    if not kept:
        raise Refused("paper.no_sheet", field="sheet")
    if count is None or not 0 <= count <= HOUSEHOLDS_MAX or len(kept) > 100:
        raise Refused("paper.count", field="count", most=HOUSEHOLDS_MAX)
    who = content_hash(f"sheet:{kept}", row.salt)
    row.seconds.update_or_create(
        who=who, defaults={"households": count, "sheet": kept, "by": by.id, "at": now}
    )
    _told(row, by=by.id, now=now, paper=True)
    _carry(row, by=by, now=now)
    return households(row)


def _counts_for(row: Proposal, now: datetime) -> str:
    """The level a second counts for: the one it gathers for, or the next one after it was declined."""
    up = levels.level(row.level, office_day(now)).up
    return up if row.state == State.DECLINED and up else row.level


def _carry(row: Proposal, *, by: Actor, now: datetime) -> None:
    """Enough households carry it to the desk of its level; after a no, to the next level."""
    rule = levels.level(_counts_for(row, now), office_day(now))
    if households(row) < rule.seconds:
        return
    if row.state == State.GATHERING:
        moved(row, "submit", by=by, now=now)
    elif row.state == State.DECLINED and rule.key != row.level:
        raise_up(row, by=by, now=now, why="seconds")


def _told(row: Proposal, *, by: int, now: datetime, paper: bool = False) -> None:
    ledger.record(
        Seconded(
            subject_id=row.id,
            by=by,
            at=now,
            place_path=row.where_path,
            households=households(row),
            paper=paper,
        )
    )
