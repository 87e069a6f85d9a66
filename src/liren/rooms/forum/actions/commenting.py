"""What neighbours say of a proposal, what the level answers; words that may not stand are hidden, with why and appeal."""

from datetime import datetime

from django.db import transaction

from liren.base.ledger import actions as ledger
from liren.kernel.errors import Conflict, Denied, NotFound, Refused
from liren.kernel.events import content_hash, new_salt
from liren.kernel.policy import Actor, Facts, require
from liren.rooms.forum.actions.moving import locked
from liren.rooms.forum.events import Commented, Moderated
from liren.rooms.forum.models import Agreed, Comment, Proposal
from liren.rooms.forum.rules import COMMENT_MAX, HIDE_REASONS, REASON_MAX, STANCES, said
from liren.rooms.forum.standing import marks, speaker, took_part
from liren.rooms.forum.states import State

SPEAK, ANSWER, MODERATE = "forum.speak", "forum.answer", "forum.moderate"
SILENT = frozenset({State.WITHDRAWN, State.JOINED})


@transaction.atomic
def comment(
    number: str, words: str, *, stance: str, by: Actor, now: datetime, key: str, answers: int | None = None
) -> int:
    """Say something of a proposal: for, against, or a question; its id. Staff answer a comment in the office's name.

    The same `key` again says it once. Raises Denied, NotFound, Refused("comment.*" | "forum.*" | "device.missing").
    """
    row = locked(number)
    text = said(words, most=COMMENT_MAX, field="words")
    office = by.kind == "staff"
    if office:
        require(by, ANSWER, Facts(place_path=row.seat_path))
    elif not by.has(SPEAK):
        raise Denied("policy.denied", duty=SPEAK, reason="no_duty")
    if State(row.state) in SILENT:
        raise Refused("comment.closed")
    if not office and stance not in STANCES:
        raise Refused("comment.stance", field="stance")
    above = _above(row, answers)
    if office and above is None:
        raise Refused("comment.answers", field="answers")
    owner = f"a:{by.id}" if office else f"d:{by.device_id}"
    who = "" if office else speaker(row, by, now).who
    with ledger.once(key=f"comment:{owner}:{row.id}:{key}", by=0, fingerprint=text) as first:
        if first.done:
            return int(first.result["id"])
        said_ = Comment.objects.create(
            proposal=row, answers=above, stance="office" if office else stance, words=text, salt=new_salt(),
            who=who, by=by.id if office else 0, at=now,
        )  # fmt: skip
        ledger.record(
            Commented(
                subject_id=row.id, by=by.id if office else 0, at=now, place_path=row.where_path,
                comment_id=said_.id, stance=said_.stance, text_hash=content_hash(text, said_.salt),
                official=office,
            )
        )  # fmt: skip
        if not office:
            took_part(by, now)
        first.keep({"id": said_.id})
    return int(said_.id)


def _above(row: Proposal, answers: int | None) -> Comment | None:
    """The comment that is answered; an answer to an answer stands below the first. Raises NotFound("comment.unknown")."""
    if answers is None:
        return None
    found = row.comments.filter(id=answers, hidden="").first()
    if found is None:
        raise NotFound("comment.unknown")
    return found.answers or found


@transaction.atomic
def agree(number: str, comment_id: int, *, by: Actor, now: datetime) -> int:
    """Find a comment right, once; how many do. Again takes it back. Raises NotFound, Denied, Refused."""
    if not by.has(SPEAK):
        raise Denied("policy.denied", duty=SPEAK, reason="no_duty")
    row = locked(number)
    found = _comment(row, comment_id)
    if found.hidden:
        raise NotFound("comment.unknown")
    me = speaker(row, by, now)
    gone, _ = found.agreed.filter(who__in=me.marks | {me.who}).delete()
    if not gone:
        Agreed.objects.create(comment=found, who=me.who)
    _moderated(row, found, "agreed", by=0, now=now)
    return found.agreed.count()


@transaction.atomic
def hide(number: str, comment_id: int, reason: str, *, by: Actor, now: datetime) -> None:
    """Keep a comment from being shown, for one of the reasons the house knows. Raises NotFound, Denied, Refused."""
    row, found = _for_moderator(number, comment_id, by=by)
    if reason not in HIDE_REASONS:
        raise Refused("hide.reason", field="reason")
    if found.hidden == reason:
        return
    found.hidden, found.hidden_by, found.appeal, found.appeal_ruled = reason, by.id, "", ""
    found.save(update_fields=["hidden", "hidden_by", "appeal", "appeal_ruled"])
    _moderated(row, found, "hidden", by=by.id, now=now, reason=reason)


@transaction.atomic
def restore(number: str, comment_id: int, *, by: Actor, now: datetime) -> None:
    """Show a hidden comment again. Raises NotFound, Denied."""
    row, found = _for_moderator(number, comment_id, by=by)
    if found.hidden:
        found.hidden, found.hidden_by = "", 0
        found.save(update_fields=["hidden", "hidden_by"])
        _moderated(row, found, "restored", by=by.id, now=now)


@transaction.atomic
def appeal(number: str, comment_id: int, words: str, *, by: Actor, now: datetime) -> None:
    """Whoever wrote a hidden comment says why it should stand, once. Raises NotFound for others, Refused."""
    row = locked(number)
    found = _comment(row, comment_id)
    if not found.hidden or not found.who or found.who not in marks(by, row.salt):
        raise NotFound("comment.unknown")
    if found.appeal:
        raise Refused("appeal.once")
    found.appeal = said(words, most=REASON_MAX, field="words")
    found.save(update_fields=["appeal"])
    _moderated(row, found, "appealed", by=0, now=now)


@transaction.atomic
def rule_appeal(number: str, comment_id: int, show: bool, *, by: Actor, now: datetime) -> None:
    """Somebody else than who hid it looks again. Raises NotFound, Denied, Refused("appeal.same" | "appeal.none")."""
    row, found = _for_moderator(number, comment_id, by=by)
    if not found.appeal:
        raise Refused("appeal.none")
    if found.appeal_ruled:
        raise Conflict("appeal.ruled")
    if found.hidden_by == by.id:
        raise Refused("appeal.same")
    found.appeal_ruled = "restored" if show else "upheld"
    if show:
        found.hidden = ""
    found.save(update_fields=["appeal_ruled", "hidden"])
    _moderated(row, found, found.appeal_ruled, by=by.id, now=now)


def _comment(row: Proposal, comment_id: int) -> Comment:
    found = row.comments.filter(id=comment_id).first()
    if found is None:
        raise NotFound("comment.unknown")
    return found


def _for_moderator(number: str, comment_id: int, *, by: Actor) -> tuple[Proposal, Comment]:
    row = locked(number)
    require(by, MODERATE, Facts(place_path=row.seat_path))
    return row, _comment(row, comment_id)


def _moderated(row: Proposal, found: Comment, act: str, *, by: int, now: datetime, reason: str = "") -> None:
    ledger.record(
        Moderated(
            subject_id=row.id, by=by, at=now, place_path=row.where_path, comment_id=found.id, act=act,
            reason=reason,
        )
    )  # fmt: skip
