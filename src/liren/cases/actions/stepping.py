"""The one mechanism by which a case moves: table, clock, version, appended step."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from liren.base.ledger import actions as ledger
from liren.cases import clocks, events, queries, states
from liren.cases.models import Case, Deferral, Extension, Objection, Step, Voice
from liren.cases.rules import NOTE_MAX, clean_words
from liren.kernel.errors import Conflict, Refused
from liren.kernel.events import content_hash, new_salt
from liren.kernel.policy import SYSTEM, Actor


def words_of(text: str, *, field: str = "text", limit: int = NOTE_MAX) -> str:
    """Clean what somebody typed. Raises Refused("words.empty") or Refused("words.too_long", limit, length)."""
    words = clean_words(text)
    if not words:
        raise Refused("words.empty", field=field)
    if len(words) > limit:
        raise Refused("words.too_long", field=field, limit=limit, length=len(words))
    return words


def same_version(case: Case, version: int | None) -> None:
    """Two clerks at once: the later one is told what changed. Raises Conflict("case.changed", …)."""
    if version is not None and version != case.version:
        raise Conflict("case.changed", number=case.number, state=case.state, seen=version, now=case.version)


def take(
    case: Case,
    move: str,
    *,
    by: Actor,
    now: datetime,
    words: str = "",
    voice: Voice | None = None,
    shown: bool = False,
    facts: Mapping[str, Any] | None = None,
    review_at: datetime | None = None,
) -> str:
    """Move `case` along the table, restart its clock when the state changed, save it and append the step.

    Returns the salted hash of `words` for the event ("" without words). Raises IllegalMove.
    """
    before = case.state
    case.state = states.target(case.state, move)
    if case.supervised and (case.state not in states.AT_WORK or move == "dispatch"):
        # the unit moved on, or it is another's now: the ladder is climbed anew
        case.supervised = ""
        case.supervision_set.filter(ended_at=None).update(ended_at=now)
    if before in states.AT_WORK and (case.state not in states.AT_WORK or move == "dispatch"):
        _drop_claims(case, before, now)
    if case.state != before or move in {"dispatch", "reply"}:
        clocks.restart(case, now, review_at=review_at)
    case.version += 1
    case.save()
    salt = new_salt() if words else ""
    Step(
        case=case,
        voice=voice,
        move=move,
        state=case.state,
        at=now,
        by=by.id,
        unit_id=case.unit_id,
        words=words,
        salt=salt,
        shown=shown,
        facts=dict(facts or {}),
    ).save(force_insert=True)
    return content_hash(words, salt) if words else ""


def _drop_claims(case: Case, before: str, now: datetime) -> None:
    """What the unit still asked for is nobody's question any more: the case is answered, gone, or another unit's."""
    waiting = Extension.objects.filter(case=case, decision="")
    waiting.update(decision="moot", decided_at=now, decided_by=SYSTEM.id)
    if before == states.State.OBJECTED:
        unruled = Objection.objects.filter(case=case, ruling="")
        unruled.update(ruling="moot", ruled_at=now, ruled_by=SYSTEM.id)
    if before == states.State.DEFERRED:
        Deferral.objects.filter(case=case, until=None).update(until=now, ended_by=SYSTEM.id)


def moved(case: Case, move: str, *, by: Actor, now: datetime, words_hash: str = "") -> None:
    """Record a step that has no news of its own; the caller has taken it."""
    ledger.record(
        events.Moved(
            subject_id=case.id,
            by=by.id,
            at=now,
            place_path=queries.told_path(case),
            unit_ids=queries.unit_ids(case),
            version=case.version,
            move=move,
            state=case.state,
            words_hash=words_hash,
        )
    )
