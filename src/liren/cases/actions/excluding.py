"""剔除: a case is left out of the rates for a reason about the matter, asked by one and decided by another."""

from datetime import datetime

from django.db import transaction

from liren.base.ledger import actions as ledger
from liren.cases import events, queries
from liren.cases.actions.stepping import same_version, take, words_of
from liren.cases.models import Case, Exclusion
from liren.cases.rates import leave_out
from liren.kernel.clock import office_zone, to_office
from liren.kernel.errors import Denied, Refused
from liren.kernel.policy import Actor
from liren.registers.duties import queries as duties


@transaction.atomic
def ask_exclusion(
    case_id: int, reason_code: str, *, by: Actor, version: int | None, text: str, now: datetime
) -> Case:
    """Ask that an ended case be left out of the rates, with words that name the evidence.

    Raises NotFound, Denied, Conflict, IllegalMove (it has not ended), Refused("exclusion.reason" |
    "exclusion.asked_already" | "exclusion.excluded_already" | "exclusion.she_said_not_solved" | "words.*").
    """
    case = queries.lock(case_id, by=by, duty="cases.ask_exclusion")
    same_version(case, version)
    _refuse_about_the_answer(case, reason_code, now)
    if case.excluded:
        raise Refused("exclusion.excluded_already")
    if case.exclusion_set.filter(decision="").exists():
        raise Refused("exclusion.asked_already")
    words = words_of(text)
    hashed = take(case, "ask_exclusion", by=by, now=now, words=words, facts={"reason": reason_code})
    Exclusion(case=case, reason_code=reason_code, words=words, asked_by=by.id, asked_at=now).save(
        force_insert=True
    )
    _tell(case, "asked", reason_code, by=by, now=now, hashed=hashed)
    return case


@transaction.atomic
def decide_exclusion(
    case_id: int, decision: str, *, by: Actor, version: int | None, text: str, now: datetime
) -> Case:
    """Grant or refuse what was asked ("granted" | "refused"), or let a case count again ("ended"); with words.

    Neither the handler nor who asked decides. Nothing is overwritten: ending is a row of its own. Raises NotFound,
    Denied("exclusion.asked_by_you"), Conflict, IllegalMove, Refused("exclusion.decision" | "exclusion.nothing_asked" |
    "exclusion.not_excluded" | "exclusion.she_said_not_solved" | "words.*").
    """
    case = queries.lock(case_id, by=by, duty="cases.decide_exclusion")
    same_version(case, version)
    if decision not in {"granted", "refused", "ended"}:
        raise Refused("exclusion.decision", field="decision")
    words = words_of(text)
    row = _ended(case, words, by=by, now=now) if decision == "ended" else _asked(case, by)
    if decision == "granted":
        _refuse_about_the_answer(case, row.reason_code, now)
    row.decision, row.decided_by, row.decided_at = decision, by.id, now
    row.save()
    case.excluded = decision == "granted"
    facts = {"reason": row.reason_code, "decision": decision}
    hashed = take(case, "decide_exclusion", by=by, now=now, words=words, facts=facts)
    _tell(case, decision, row.reason_code, by=by, now=now, hashed=hashed)
    return case


def _asked(case: Case, by: Actor) -> Exclusion:
    row = case.exclusion_set.filter(decision="").first()
    if row is None:
        raise Refused("exclusion.nothing_asked")
    if row.asked_by == by.id:
        raise Denied("exclusion.asked_by_you")
    return row


def _ended(case: Case, words: str, *, by: Actor, now: datetime) -> Exclusion:
    granted = case.exclusion_set.filter(decision="granted").order_by("-decided_at").first()
    if not case.excluded or granted is None:
        raise Refused("exclusion.not_excluded")
    if granted.asked_by == by.id:
        raise Denied("exclusion.asked_by_you")
    return Exclusion(case=case, reason_code=granted.reason_code, words=words, asked_by=by.id, asked_at=now)


def _refuse_about_the_answer(case: Case, reason_code: str, now: datetime) -> None:
    reasons = {one.code: one for one in duties.exclusion_reasons(to_office(now, office_zone()).date())}
    reason = reasons.get(reason_code)
    if reason is None or reason.about == "record":
        raise Refused("exclusion.reason", field="reason")
    code = leave_out(reason.about, verdicts=case.voice_set.values_list("verdict", flat=True))
    if code:
        raise Refused(code, field="reason")


def _tell(case: Case, decision: str, reason_code: str, *, by: Actor, now: datetime, hashed: str) -> None:
    ledger.record(
        events.ExclusionTurned(
            subject_id=case.id,
            by=by.id,
            at=now,
            place_path=queries.told_path(case),
            unit_ids=queries.unit_ids(case),
            version=case.version,
            decision=decision,
            reason_code=reason_code,
            words_hash=hashed,
        )
    )
