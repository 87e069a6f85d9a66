"""Put a proposal before one's neighbours, and take it back."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from liren.base.ledger import actions as ledger
from liren.kernel.clock import office_day, office_zone
from liren.kernel.errors import Denied, NotFound, Refused
from liren.kernel.events import content_hash, new_salt
from liren.kernel.ids import new_id, new_number
from liren.kernel.policy import Actor
from liren.registers.channels import actions as channels
from liren.registers.places import queries as places
from liren.rooms.forum import levels
from liren.rooms.forum.actions.moving import locked, moved
from liren.rooms.forum.events import Proposed
from liren.rooms.forum.models import Proposal, Second, Turn
from liren.rooms.forum.rules import TITLE_MAX, WORDS_MAX, mobile, said
from liren.rooms.forum.standing import author_key, marks, took_part
from liren.rooms.forum.states import State

DUTY = "forum.speak"


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposal as somebody writes it: a title, why and what, where, and to which level. `phone`: where to be told."""

    title: str
    words: str
    place_id: int | None
    level: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """What became of a draft."""

    number: str
    state: str


@transaction.atomic
def propose(draft: Draft, *, by: Actor, now: datetime, key: str) -> Made:
    """Make a proposal; its author is the first household behind it. The same `key` again gives the same proposal.

    Raises Denied, Refused (forum.*, level.*, device.missing), NotFound("place.unknown").
    """
    if not by.has(DUTY):
        raise Denied("policy.denied", duty=DUTY, reason="no_duty")
    if by.device_id is None:
        raise Refused("device.missing")
    title = said(draft.title, most=TITLE_MAX, field="title").replace("\n", " ")
    words = said(draft.words, most=WORDS_MAX, field="words")
    if draft.place_id is None:
        raise Refused("forum.no_place", field="place")
    where = places.get(draft.place_id)
    rule = levels.level(draft.level, office_day(now))
    seat = levels.seat(where.id, rule.key)
    if seat is None:
        raise Refused("level.not_there", field="level")
    with ledger.once(key=f"propose:{by.device_id}:{key}", by=0, fingerprint=f"{title}\n{words}") as first:
        if first.done:
            return Made(**first.result)
        salt, number = new_salt(), new_number(now, office_zone())
        row = Proposal(
            id=new_id(now), number=number, level=rule.key, first_level=rule.key, state=State.GATHERING,
            title=title, words=words, salt=salt, author="", where_id=where.id, where_path=where.path,
            seat_path=seat.path, made_at=now, changed_at=now, due_at=levels.ends(rule.gather, now),
        )  # fmt: skip
        _sign(row, draft, by, now)
        ledger.record(
            Proposed(
                subject_id=row.id, by=0, at=now, place_path=where.path, level=rule.key,
                text_hash=content_hash(f"{title}\n{words}", salt),
            )
        )  # fmt: skip
        if rule.seconds == 1:
            moved(row, "submit", by=by, now=now)
        made = Made(row.number, row.state)
        first.keep({"number": made.number, "state": made.state})
    return made


def _sign(row: Proposal, draft: Draft, by: Actor, now: datetime) -> None:
    """The author's household stands behind it, whatever the level's proof: a proposal without anybody is none."""
    who, known = author_key(row, by, now)
    row.author = content_hash(f"d:{by.device_id}", row.salt)
    if draft.phone.strip():
        row.contact = channels.seal_phone(mobile(draft.phone), subject=f"proposal:{row.id}")
    row.save(force_insert=True)
    Second.objects.create(proposal=row, who=who, known=known, at=now)
    Turn.objects.create(
        proposal=row, move="propose", state=row.state, level=row.level, by=0, at=now, due_at=row.due_at
    )
    took_part(by, now)


@transaction.atomic
def withdraw(number: str, *, by: Actor, now: datetime) -> None:
    """Take one's own proposal back while nobody decided on it: its words and the number to be told at are erased.

    Raises NotFound for a stranger, IllegalMove.
    """
    row = locked(number)
    if row.author not in marks(by, row.salt):
        raise NotFound("proposal.not_found")
    if row.state != State.WITHDRAWN:
        row.title, row.words, row.contact = "", "", None
        moved(row, "withdraw", by=by, now=now)
