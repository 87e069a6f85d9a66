"""挂账: the work waits for a reason outside the unit, until a working day on which it is looked at again."""

from datetime import date, datetime

from django.db import transaction

from liren.base.ledger import actions as ledger
from liren.cases import clocks, events, queries
from liren.cases.actions.stepping import moved, same_version, take, words_of
from liren.cases.models import Case, Deferral
from liren.kernel.clock import office_zone, to_office
from liren.kernel.errors import IllegalMove, Refused
from liren.kernel.policy import Actor
from liren.kernel.worktime import load_calendar
from liren.registers.duties import queries as duties


def _review(on: date, now: datetime, longest: datetime) -> datetime:
    """When the office opens on the review day. Raises Refused("deferral.review_past" | "…review_far" | "…review_rest")."""
    last = to_office(longest, office_zone()).date()
    if on > last:
        raise Refused("deferral.review_far", field="review_on", limit=last.isoformat())
    if on < to_office(now, office_zone()).date():
        raise Refused("deferral.review_past", field="review_on")
    hours = load_calendar("office").hours(on)
    if not hours:
        raise Refused("deferral.review_rest", field="review_on")
    opens = hours[0][0]
    if opens <= now:
        raise Refused("deferral.review_past", field="review_on")
    return opens


@transaction.atomic
def defer(
    case_id: int,
    reason_code: str,
    *,
    by: Actor,
    version: int | None,
    text: str,
    review_on: date,
    now: datetime,
) -> Case:
    """Let a case wait, with what the requester is told. Where the reason is a lawful one its limit stands still.

    Raises NotFound, Conflict, IllegalMove, Refused("deferral.reason_unknown" | "deferral.review_*" | "words.*").
    """
    case = queries.lock(case_id, by=by, duty="cases.defer")
    same_version(case, version)
    words = words_of(text)
    rule = duties.deferral_rule(to_office(now, office_zone()).date())
    reason = next((one for one in rule.reasons if one.code == reason_code), None)
    if reason is None:
        raise Refused("deferral.reason_unknown", field="reason_code")
    review_at = _review(review_on, now, clocks.ends(rule.review, now, "office"))
    facts = {"reason": reason.code, "review_at": review_at.isoformat(), "stops": reason.stops}
    hashed = take(case, "defer", by=by, now=now, words=words, shown=True, facts=facts, review_at=review_at)
    Deferral(
        case=case,
        reason_code=reason.code,
        words=words,
        by=by.id,
        since=now,
        review_at=review_at,
        stops_clock=reason.stops,
    ).save(force_insert=True)
    ledger.record(
        events.Deferred(
            subject_id=case.id,
            by=by.id,
            at=now,
            place_path=queries.told_path(case),
            unit_ids=queries.unit_ids(case),
            version=case.version,
            reason_code=reason.code,
            review_at=review_at,
            words_hash=hashed,
        )
    )
    return case


@transaction.atomic
def resume(case_id: int, *, by: Actor, version: int | None, now: datetime, text: str = "") -> Case:
    """Go on with a case that waited; a limit that stood still ends later by as long.

    Raises NotFound, Conflict, IllegalMove.
    """
    case = queries.lock(case_id, by=by, duty="cases.defer")
    same_version(case, version)
    row = Deferral.objects.filter(case=case, until=None).order_by("-since", "-id").first()
    if row is None:
        raise IllegalMove("move.not_open", state=case.state, move="resume")
    row.until, row.ended_by = now, by.id
    row.save(update_fields=["until", "ended_by"])
    if case.unit_id is not None:
        clocks.recount(case, now, by=by.id, why="deferral")
    words = words_of(text) if text.strip() else ""
    hashed = take(case, "resume", by=by, now=now, words=words, shown=True)
    moved(case, "resume", by=by, now=now, words_hash=hashed)
    return case
