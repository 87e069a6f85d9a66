"""A demand leaves by one of the six lawful exits, somebody asks what became of it, and new facts bring it back.

Source: 北京市接诉即办工作条例 art. 11; the exits, what each needs, when to follow it up and how long it may come back are
rows of the pack duties.exits. Never into silence: each exit has a reply, and says where the requester can turn.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from liren.base.files import actions as files
from liren.base.ledger import actions as ledger
from liren.cases import clocks, events, queries
from liren.cases.actions.opening import index
from liren.cases.actions.stepping import moved, same_version, take, words_of
from liren.cases.models import Case, Exit
from liren.cases.rules import WORDS_MAX, clean_words
from liren.kernel.clock import office_zone, to_office
from liren.kernel.errors import IllegalMove, NotFound, Refused
from liren.kernel.policy import Actor
from liren.kernel.worktime import due, load_calendar
from liren.registers.duties import queries as duties

OUTCOMES = ("accepted", "refused", "settled", "unknown")
SHORT = 80  # characters of a channel or of another office's reference


@dataclass(frozen=True, slots=True)
class Leaving:
    """By which exit, and what is known of where it goes. `reply` is what the requester reads."""

    key: str
    reply: str
    channel: str = ""
    reference: str = ""
    earlier_number: str = ""
    reason: str = ""


def _short(text: str, field: str) -> str:
    kept = clean_words(text)
    if len(kept) > SHORT:
        raise Refused("words.too_long", field=field, limit=SHORT, length=len(kept))
    return kept


def _way(key: str, now: datetime) -> duties.Exit:
    try:
        return duties.exit_way(key, to_office(now, office_zone()).date())
    except NotFound:
        raise Refused("exit.unknown", field="exit") from None


def _earlier(case: Case, number: str, by: Actor) -> Case:
    """The earlier case a repeat repeats: seen by who says so, answered, of the same class and place, and not this one."""
    digits = "".join(char for char in number if char.isdigit())
    try:
        found = queries.standing(queries.case_ref(digits, by))
    except NotFound:
        raise Refused("exit.earlier_unknown", field="earlier_number") from None
    if found.id == case.id:
        raise Refused("exit.earlier_itself", field="earlier_number")
    same_place = found.place_path.startswith(case.place_path) or case.place_path.startswith(found.place_path)
    if not case.class_code or found.class_code != case.class_code or not same_place:
        raise Refused("exit.earlier_other", field="earlier_number")
    if found.replied_at is None and not found.exit_key:
        raise Refused("exit.earlier_unanswered", field="earlier_number")
    return found


def _row(case: Case, wanted: Leaving, way: duties.Exit, *, by: Actor, now: datetime) -> Exit:
    """Check what the exit needs and build its row. Raises Refused, each naming the field that is missing."""
    channel, reason = _short(wanted.channel, "channel"), clean_words(wanted.reason)
    if "referred_to" in way.needs and not channel:
        raise Refused("exit.no_referred_to", field="channel")
    if "channel" in way.needs and not channel:
        raise Refused("exit.no_channel", field="channel")
    if "reason" in way.needs and not reason:
        raise Refused("exit.no_reason", field="reason")
    earlier = ""
    if "earlier_case" in way.needs:
        if not wanted.earlier_number.strip():
            raise Refused("exit.no_earlier", field="earlier_number")
        earlier = _earlier(case, wanted.earlier_number, by).number
    reply = words_of(wanted.reply, field="text")
    open_places = duties.unfilled(reply)
    if open_places:
        raise Refused("exit.open_places", field="text", places="、".join(open_places))
    follow = way.follow
    return Exit(
        case=case,
        key=way.code,
        channel=channel,
        reference=_short(wanted.reference, "reference"),
        earlier_number=earlier,
        reason=words_of(reason, field="reason") if reason else "",
        reply=reply,
        by=by.id,
        at=now,
        follow_due=due(follow.limit, now, load_calendar(follow.calendar)).at if follow else None,
    )


@transaction.atomic
def leave(case_id: int, wanted: Leaving, *, by: Actor, version: int | None, now: datetime) -> Case:
    """Let a case leave by a lawful exit; every requester is told where to turn.

    Raises NotFound, Conflict, IllegalMove, Refused("exit.…", field=…) for what the exit needs and was not given.
    """
    case = queries.lock(case_id, by=by, duty="cases.leave")
    same_version(case, version)
    way = _way(wanted.key, now)
    row = _row(case, wanted, way, by=by, now=now)
    case.exit_key = way.code
    if case.contacted_at is None:
        case.contacted_at = now  # an answer is a contact
    facts: dict[str, Any] = {"exit": way.code, "earlier": row.earlier_number}
    hashed = take(case, "leave", by=by, now=now, words=row.reply, shown=True, facts=facts)
    row.save(force_insert=True)
    ledger.record(
        events.Left(
            subject_id=case.id,
            by=by.id,
            at=now,
            place_path=queries.told_path(case),
            unit_ids=queries.unit_ids(case),
            version=case.version,
            exit_key=way.code,
            words_hash=hashed,
            follow_due=row.follow_due,
        )
    )
    return case


@transaction.atomic
def follow_exit(
    case_id: int, outcome: str, *, by: Actor, version: int | None, text: str, now: datetime
) -> Case:
    """Write down what became of a demand that left; the requester is told.

    Raises NotFound, Conflict, IllegalMove where it did not leave, Refused("exit.outcome_unknown", words.empty).
    """
    case = queries.lock(case_id, by=by, duty="cases.leave")
    same_version(case, version)
    if outcome not in OUTCOMES:
        raise Refused("exit.outcome_unknown", field="outcome")
    words = words_of(text)
    row = Exit.objects.filter(case=case).order_by("-at", "-id").first()
    if row is None:
        raise IllegalMove("move.not_open", state=case.state, move="follow_exit")
    row.outcome, row.outcome_words, row.outcome_by, row.outcome_at = outcome, words, by.id, now
    hashed = take(case, "follow_exit", by=by, now=now, words=words, shown=True, facts={"outcome": outcome})
    row.save(update_fields=["outcome", "outcome_words", "outcome_by", "outcome_at"])
    ledger.record(
        events.ExitFollowed(
            subject_id=case.id,
            by=by.id,
            at=now,
            place_path=queries.told_path(case),
            unit_ids=queries.unit_ids(case),
            version=case.version,
            outcome=outcome,
            words_hash=hashed,
        )
    )
    return case


@transaction.atomic
def come_back(
    voice_id: int, text: str, *, by: Actor, now: datetime, key: str, file_ids: tuple[int, ...] = ()
) -> Case:
    """The requester brings a demand that left back with new facts: received again, with all that was said kept.

    Raises NotFound (a stranger's), IllegalMove, Refused("exit.back_too_late", days=…), words.empty.
    """
    case, voice = queries.lock_own(voice_id, by=by, duty="matters.come_back", now=now)
    words = words_of(text, field="words", limit=WORDS_MAX)
    with ledger.once(key=key, by=by.id, fingerprint=f"{voice_id}:{words}:{sorted(file_ids)}") as once:
        if once.done:
            return case
        left = Exit.objects.filter(case=case).order_by("-at", "-id").first()
        if left is None:
            raise IllegalMove("move.not_open", state=case.state, move="come_back")
        window = _way(left.key, left.at).back
        if now - left.at > window:
            raise Refused("exit.back_too_late", days=window.days)
        case.unit_id, case.automatic, case.exit_key = None, False, ""
        clocks.lift(case, now, by=by.id, why="came_back")
        if file_ids:
            files.attach(file_ids, owner=f"voice:{voice.id}", by=by, now=now)
            case.files += len(file_ids)
        facts = {"exit": left.key, "files": len(file_ids)}
        hashed = take(case, "come_back", by=by, now=now, words=words, voice=voice, facts=facts)
        Exit.objects.filter(case=case, outcome="").update(follow_due=None)  # nobody need be asked any more
        index(case, queries.words_of_case(case.id))
        moved(case, "come_back", by=by, now=now, words_hash=hashed)
        once.keep({"case_id": case.id})
    return case
